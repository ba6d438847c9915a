package gateway

import (
	"io"
	"net/http"
	"sync"
	"time"

	"crossorigin.dev/cmd/cors/internal/policyfile"
)

// A body is a request's, read by the transport. Reading it fails when it is too
// large, and when nothing comes for too long; a limit for the whole of it would
// end long uploads.
type body struct {
	io.ReadCloser
	control *http.ResponseController
	stall   time.Duration

	mu    sync.Mutex // the transport may go on reading when the response has come
	until time.Time  // the read deadline
	ended bool
	err   error
}

func newBody(w http.ResponseWriter, from io.ReadCloser, file *policyfile.File) *body {
	return &body{
		ReadCloser: http.MaxBytesReader(w, from, file.Limits.Body),
		control:    http.NewResponseController(w),
		stall:      file.Timeouts.Stall,
	}
}

func (b *body) Read(p []byte) (int, error) {
	b.extend()
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.end(err)
	}
	return n, err
}

func (b *body) Close() error {
	b.end(nil)
	return b.ReadCloser.Close()
}

// extend moves the deadline when a good part of it is gone. That it cannot be
// set only means that there is none.
func (b *body) extend() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := time.Now(); !b.ended && b.until.Sub(now) < b.stall*3/4 {
		b.until = now.Add(b.stall)
		_ = b.control.SetReadDeadline(b.until)
	}
}

// end takes the deadline back: from here on the server watches the connection
// for the client to go away, and a deadline would look like that.
func (b *body) end(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != io.EOF && b.err == nil {
		b.err = err
	}
	if !b.ended && !b.until.IsZero() {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	b.ended = true
}

// over is called when the handler returns. The connection belongs to the server
// again, and its deadlines too.
func (b *body) over() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.ended && !b.until.IsZero() {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	b.ended = true
}

// failure is why the client's side of the body ended early; nil: it did not.
func (b *body) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}
