package gateway

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"time"
)

// forward sends the request to the upstream, and its response back.
func (x *exchange) forward(r *http.Request) {
	u := x.route.upstream
	release, ok := u.enter(r.Context())
	if !ok {
		x.failure = "busy"
		x.fail(http.StatusServiceUnavailable, "the upstream has as many requests as it may have")
		return
	}
	defer release()
	transport := u.transport
	if isWebSocket(r) {
		transport = u.upgrades
	}
	response, err := transport.RoundTrip(x.request(r))
	x.informed()
	if err == nil && (response.StatusCode < 100 || response.StatusCode > 999) {
		response.Body.Close()
		err = fmt.Errorf("the status %d is none", response.StatusCode) // which net/http would panic about
	}
	switch {
	case err != nil:
		x.upstreamFailed(r, err)
	case response.StatusCode == http.StatusSwitchingProtocols:
		x.switchProtocols(r, response)
	default:
		x.respond(response)
	}
}

// enter waits for the upstream to have room.
func (u *upstream) enter(ctx context.Context) (release func(), ok bool) {
	if u.slots == nil {
		return func() {}, true
	}
	release = func() { <-u.slots }
	select {
	case u.slots <- struct{}{}:
		return release, true
	default:
	}
	patience := time.NewTimer(u.timeouts.Connect)
	defer patience.Stop()
	select {
	case u.slots <- struct{}{}:
		return release, true
	case <-patience.C:
	case <-ctx.Done():
	}
	return nil, false
}

// inform passes an informational response on, without CORS. The transport calls
// it during RoundTrip, and may do so once more when that has returned already.
func (x *exchange) inform(status int, upstream textproto.MIMEHeader) error {
	x.informing.Lock()
	defer x.informing.Unlock()
	if x.final || x.old {
		return nil // https://httpwg.org/specs/rfc9110.html#status.1xx
	}
	header := x.Header()
	policy := maps.Clone(header)
	clear(header)
	for name, values := range upstream {
		if !isCORS(name) {
			header[name] = values
		}
	}
	x.ResponseWriter.WriteHeader(status)
	clear(header)
	maps.Copy(header, policy)
	return nil
}

// informed ends the informational responses.
func (x *exchange) informed() {
	x.informing.Lock()
	defer x.informing.Unlock()
	x.final = true
}

// respond passes the upstream's response on.
func (x *exchange) respond(r *http.Response) {
	x.admit(r)
	announced := x.announce(r.Trailer)
	x.WriteHeader(r.StatusCode)
	err := x.copyBody(r)
	r.Body.Close() // and its trailers are complete
	if err != nil {
		panic(http.ErrAbortHandler) // or the client would take a half for the whole
	}
	x.trail(r.Trailer, announced)
}

// announce says which trailers will come, as far as the upstream does.
func (x *exchange) announce(trailer http.Header) (names []string) {
	for name := range trailer {
		if !isCORS(name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		x.Header().Set("Trailer", strings.Join(names, ", "))
		x.Header().Del("Content-Length") // HTTP/1.1 has trailers only without one
	}
	return names
}

// trail sends the trailers, also those that were not announced.
func (x *exchange) trail(trailer http.Header, announced []string) {
	if len(trailer) == 0 {
		return
	}
	// Otherwise net/http would give a short body a length.
	_ = http.NewResponseController(x).Flush()
	header := x.Header()
	for name, values := range trailer {
		switch {
		case isCORS(name):
		case slices.Contains(announced, name):
			header[name] = values
		default:
			header[http.TrailerPrefix+name] = values
		}
	}
}

// buffers are shared by all bodies that are being copied.
var buffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}

func (x *exchange) copyBody(r *http.Response) error {
	var to io.Writer = x
	if r.ContentLength < 0 || isEventStream(r.Header) {
		s := newStream(x)
		defer s.stop()
		to = s
	}
	buffer := buffers.Get().(*[32 << 10]byte)
	defer buffers.Put(buffer)
	_, err := io.CopyBuffer(to, r.Body, buffer[:])
	return err
}

// isEventStream: https://html.spec.whatwg.org/multipage/server-sent-events.html#text/event-stream
func isEventStream(header http.Header) bool {
	contentType, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(contentType), "text/event-stream")
}

// A stream is a body whose pieces go out as they come, and so does the header if
// the first piece takes its time.
type stream struct {
	to    *http.ResponseController
	body  io.Writer
	mu    sync.Mutex // held to write and to flush
	begun bool       // the header has gone out, or never will
	timer *time.Timer
}

func newStream(w http.ResponseWriter) *stream {
	s := &stream{to: http.NewResponseController(w), body: w}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer = time.AfterFunc(0, s.begin)
	return s
}

func (s *stream) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.begun {
		s.begun = true
		_ = s.to.Flush() // the next Write says what is wrong
	}
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun = true
	n, err := s.body.Write(p)
	if err == nil {
		err = s.to.Flush()
	}
	return n, err
}

func (s *stream) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun = true
	s.timer.Stop()
}
