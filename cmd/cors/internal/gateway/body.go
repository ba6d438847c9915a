package gateway

import (
	"io"
	"net/http"
	"sync"
	"time"

	"crossorigin.dev/cmd/cors/internal/policyfile"
)

// A body is a request's. Reading it fails when it is too large, and when nothing
// comes for too long; a limit for the whole of it would end long uploads.
//
// The deadline stands until the end of the body has been read, also while nobody
// reads: the server itself reads what is left of a body before it answers, and
// waits for it. From its end on the server watches the connection for the client
// to go away, which a deadline would look like.
type body struct {
	io.ReadCloser
	control *http.ResponseController
	stall   time.Duration

	mu    sync.Mutex // the transport may go on reading when the response has come
	until time.Time  // the read deadline
	over  bool       // the end has been read, or the connection is the server's again
	err   error
}

func newBody(w http.ResponseWriter, from io.ReadCloser, file *policyfile.File) *body {
	b := &body{
		ReadCloser: http.MaxBytesReader(w, from, file.Limits.Body),
		control:    http.NewResponseController(w),
		stall:      file.Timeouts.Stall,
	}
	b.extend()
	return b
}

func (b *body) Read(p []byte) (int, error) {
	b.extend()
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.end(err)
	}
	return n, err
}

// extend moves the deadline when a good part of it is gone. That it cannot be
// set only means that there is none.
func (b *body) extend() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := time.Now(); !b.over && b.until.Sub(now) < b.stall*3/4 {
		b.until = now.Add(b.stall)
		_ = b.control.SetReadDeadline(b.until)
	}
}

func (b *body) end(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err != io.EOF && b.err == nil:
		b.err = err
	case err == io.EOF && !b.over:
		b.over = true
		_ = b.control.SetReadDeadline(time.Time{})
	}
}

// leave is called when the handler returns. What is left of the body is the
// server's to read, and then the deadlines are.
func (b *body) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.over && b.err == nil {
		_ = b.control.SetReadDeadline(time.Now().Add(b.stall))
	}
	b.over = true
}

// failure is why the client's side of the body ended early; nil: it did not.
func (b *body) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}
