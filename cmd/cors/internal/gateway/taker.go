package gateway

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// A taker is the response of an HTTP/2 stream. The stream is reset if its client
// takes nothing for as long as patience. The connection's write deadline does not
// see that: as long as the client keeps the stream's window closed, nothing is
// written at all.
type taker struct {
	http.ResponseWriter
	patience time.Duration
	since    atomic.Int64 // when the write under way began, Unix nanoseconds; 0: there is none

	mu    sync.Mutex // held to look, and to stop
	watch *time.Timer
	over  bool // the handler has returned, and the ResponseWriter is not ours any more
}

func newTaker(w http.ResponseWriter, patience time.Duration) *taker {
	t := &taker{ResponseWriter: w, patience: patience}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.watch = time.AfterFunc(patience, t.look)
	return t
}

// Unwrap lets http.ResponseController set deadlines.
func (t *taker) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (t *taker) Write(p []byte) (int, error) {
	t.since.Store(time.Now().UnixNano())
	defer t.since.Store(0)
	return t.ResponseWriter.Write(p)
}

// FlushError is what http.ResponseController calls.
func (t *taker) FlushError() error {
	t.since.Store(time.Now().UnixNano())
	defer t.since.Store(0)
	return http.NewResponseController(t.ResponseWriter).Flush()
}

// look resets the stream if one write takes too long, and otherwise comes back
// when it could.
func (t *taker) look() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	wait := t.patience
	if since := t.since.Load(); since != 0 {
		wait -= time.Since(time.Unix(0, since))
	}
	if wait > 0 {
		t.watch.Reset(wait)
		return
	}
	// A deadline in the past ends the write.
	_ = http.NewResponseController(t.ResponseWriter).SetWriteDeadline(time.Unix(1, 0))
}

func (t *taker) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	t.watch.Stop()
}
