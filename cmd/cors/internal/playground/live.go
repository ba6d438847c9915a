package playground

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// The live log: a page opens an event stream, is told the log's id by its first
// event, and begins runs with it (run.Live). The stream then shows what arrives
// of those runs, and nothing else. The id has 130 random bits and is told to
// nobody but that page; it is forgotten when the stream ends, and so is all
// that the log holds.

const (
	maxLogs     = 64
	logBacklog  = 64 // events of one log that wait to be sent; more are dropped
	logLifetime = 30 * time.Minute
	logBeat     = 15 * time.Second
	logPatience = 5 * time.Second // for one event to be sent
)

// arrived is an arrival as the live log shows it.
type arrived struct {
	Run string `json:"run"`
	At  int64  `json:"at"` // milliseconds since the run began
	arrival
}

// A hub knows the open live logs.
type hub struct {
	mu     sync.Mutex
	logs   map[string]chan arrived
	closed chan struct{}
	once   sync.Once
}

func newHub() *hub { return &hub{logs: map[string]chan arrived{}, closed: make(chan struct{})} }

// show puts an event into the log of that id, if it is open.
func (h *hub) show(id string, e arrived) {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case h.logs[id] <- e: // a nil channel is never ready
	default:
	}
}

func (h *hub) open() (id string, events <-chan arrived, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.logs) >= maxLogs {
		return "", nil, false
	}
	id = rand.Text()
	log := make(chan arrived, logBacklog)
	h.logs[id] = log
	return id, log, true
}

func (h *hub) forget(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.logs, id)
}

// close ends every stream.
func (h *hub) close() { h.once.Do(func() { close(h.closed) }) }

// ServeHTTP is the event stream of one live log.
// https://html.spec.whatwg.org/#server-sent-events
func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, events, ok := h.open()
	if !ok {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "Too many live logs are open. Everything else works without.", http.StatusServiceUnavailable)
		return
	}
	defer h.forget(id)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	controller := http.NewResponseController(w)
	send := func(format string, args ...any) bool {
		if controller.SetWriteDeadline(time.Now().Add(logPatience)) != nil {
			return false
		}
		_, err := fmt.Fprintf(w, format, args...)
		return err == nil && controller.Flush() == nil
	}
	// The server's deadline for reading a request would end the stream.
	if controller.SetReadDeadline(time.Time{}) != nil || !send("event: log\ndata: %s\n\n", id) {
		return
	}
	beat := time.NewTicker(logBeat)
	defer beat.Stop()
	end := time.NewTimer(logLifetime)
	defer end.Stop()
	for {
		sent := true
		select {
		case <-r.Context().Done():
			return
		case <-h.closed:
			return
		case <-end.C:
			return // the page opens another
		case <-beat.C:
			sent = send(": still here\n\n")
		case e := <-events:
			data, err := json.Marshal(e)
			sent = err == nil && send("event: arrival\ndata: %s\n\n", data)
		}
		if !sent {
			return
		}
	}
}
