package gateway

import (
	"context"
	"errors"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httputil"
	"sync"
	"time"

	"crossorigin.dev/cmd/cors/internal/policyfile"
)

// An exchange is one request and its response, on the way through the gateway.
// It is the ResponseWriter that package cors and the proxy write to.
type exchange struct {
	http.ResponseWriter
	gateway  *Gateway
	site     *site
	listener *policyfile.Listener
	began    time.Time
	route    *route // nil: none matches
	proxy    httputil.ReverseProxy
	hints    http.Header // of an informational response, while ReverseProxy waits for the final one
	waiting  bool        // it does
	body     *body       // nil: the request has none
	taker    *taker      // nil: it is not HTTP/2
	status   int         // 0: no header has been sent
	answered time.Duration
	refused  bool   // the answer is the gateway's own
	old      bool   // the client speaks HTTP/1.0
	failure  string // how the upstream failed; empty: it did not
}

// Unwrap lets http.ResponseController flush, hijack and set deadlines.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// Header is the response's, in which what the policy grants stands from the
// beginning. Informational responses have one of their own: ReverseProxy adds the
// upstream's fields to it, and clears it then.
func (x *exchange) Header() http.Header {
	if !x.waiting {
		return x.ResponseWriter.Header()
	}
	if x.hints == nil {
		x.hints = http.Header{}
	}
	return x.hints
}

func (x *exchange) WriteHeader(status int) {
	if x.waiting {
		x.inform(status)
		return
	}
	x.answer(status)
	x.ResponseWriter.WriteHeader(status)
}

// inform sends an informational response, without CORS.
func (x *exchange) inform(status int) {
	if x.old {
		return // https://httpwg.org/specs/rfc9110.html#status.1xx
	}
	stripCORS(x.hints)
	header := x.ResponseWriter.Header()
	final := maps.Clone(header)
	clear(header)
	maps.Copy(header, x.hints)
	x.ResponseWriter.WriteHeader(status)
	clear(header)
	maps.Copy(header, final)
}

// answer notes the status of the response.
func (x *exchange) answer(status int) {
	if x.status == 0 {
		x.status, x.answered = status, time.Since(x.began)
	}
}

// fail answers in the upstream's place. The answer carries the CORS headers of
// its route, so that a script sees the true status.
func (x *exchange) fail(status int, why string) {
	x.refused, x.waiting = true, false
	header := x.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	x.WriteHeader(status)
	io.WriteString(x, "cors gateway: "+why+"\n")
}

// tooLarge is what to fail with when there is more of a body than may be.
func (x *exchange) tooLarge() (status int, why string) {
	x.ResponseWriter.Header().Set("Connection", "close") // rather than read it all
	x.failure = "request too large"
	return http.StatusRequestEntityTooLarge, "the request's body is larger than limits.body allows"
}

// finish records the exchange, also when the proxy ends it with a panic because
// it broke off in the middle.
func (x *exchange) finish() {
	if x.body != nil {
		x.body.leave()
	}
	if x.taker != nil {
		x.taker.stop()
	}
	x.gateway.records.finished(x)
}

// buffers are shared by all responses that are being copied.
var buffers = &bufferPool{sync.Pool{New: func() any { return new([32 << 10]byte) }}}

type bufferPool struct{ pool sync.Pool }

func (p *bufferPool) Get() []byte  { return p.pool.Get().(*[32 << 10]byte)[:] }
func (p *bufferPool) Put(b []byte) { p.pool.Put((*[32 << 10]byte)(b)) }

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
	x.proxy = httputil.ReverseProxy{
		Rewrite:        x.rewrite,
		ModifyResponse: x.modify,
		ErrorHandler:   upstreamFailed,
		Transport:      u.transport,
		BufferPool:     buffers,
		ErrorLog:       silent,
	}
	if isWebSocket(r) {
		x.proxy.Transport = u.upgrades
	}
	x.waiting = true
	x.proxy.ServeHTTP(x, r)
}

// silent is where ReverseProxy logs what upstreamFailed and finish record.
var silent = log.New(nowhere{}, "", 0)

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

// upstreamFailed answers when there is no response to pass on.
func upstreamFailed(w http.ResponseWriter, r *http.Request, err error) {
	x := w.(*exchange) // forward gave it to ReverseProxy
	var tooLarge *http.MaxBytesError
	var fromClient error
	if x.body != nil {
		fromClient = x.body.failure()
	}
	switch {
	case errors.As(err, &tooLarge) || errors.As(fromClient, &tooLarge):
		x.fail(x.tooLarge())
	case fromClient != nil && isTimeout(fromClient):
		x.failure = "client stalled"
		x.fail(http.StatusRequestTimeout, "the request's body stopped coming")
	case fromClient != nil:
		x.failure = "client broke off"
		x.fail(http.StatusBadRequest, "the request's body broke off")
	case r.Context().Err() != nil:
		x.failure = "client went away"
		x.fail(http.StatusBadGateway, "the client went away") // nobody reads it
	case isTimeout(err):
		x.failure = "timeout"
		x.logUpstream(err)
		x.fail(http.StatusGatewayTimeout, "the upstream did not answer in time")
	default:
		x.failure = "unreachable"
		x.logUpstream(err)
		x.fail(http.StatusBadGateway, "the upstream could not be reached, or its answer was no HTTP")
	}
}

func (x *exchange) logUpstream(err error) {
	x.gateway.config.Log.Warn("upstream failed", "upstream", x.route.upstream.name,
		"route", x.route.Match, "failure", x.failure, "error", cut(err.Error())) // it may quote the upstream
}

// allowed reports whether the policy allows the request's origin. It is asked
// before there is a response.
func (x *exchange) allowed() bool {
	return len(x.ResponseWriter.Header()["Access-Control-Allow-Origin"]) > 0
}
