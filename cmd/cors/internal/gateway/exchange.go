package gateway

import (
	"context"
	"errors"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httputil"
	"strings"
	"sync"
	"time"

	"crossorigin.dev/cmd/cors/internal/policyfile"
	"crossorigin.dev/origin"
)

// An exchange is one request and its response, on the way through the gateway.
// It is the ResponseWriter that package cors and the proxy write to.
type exchange struct {
	http.ResponseWriter
	gateway  *Gateway
	site     *site
	listener *policyfile.Listener
	began    time.Time
	route    *route      // nil: none matches
	own      http.Header // what the policy sets; the response gets it whoever makes it
	judged   bool        // package cors is done: what is set from now on is not the policy's
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

// Header is own as long as package cors decides. What it sets cannot stay among
// the response's: ReverseProxy clears those after an informational response, and
// adds the upstream's fields to them.
func (x *exchange) Header() http.Header {
	if !x.judged {
		return x.own
	}
	return x.ResponseWriter.Header()
}

func (x *exchange) WriteHeader(status int) {
	if !x.judged { // it is package cors that answers
		x.judged = true
		maps.Copy(x.Header(), x.own)
	}
	switch {
	case status < 200 && status != http.StatusSwitchingProtocols:
		if x.old {
			return // https://httpwg.org/specs/rfc9110.html#status.1xx
		}
		stripCORS(x.Header()) // an informational response has no CORS
	case x.status == 0:
		x.status, x.answered = status, time.Since(x.began)
	}
	x.ResponseWriter.WriteHeader(status)
}

// fail answers in the upstream's place. The answer carries the CORS headers of
// its route, so that a script sees the true status.
func (x *exchange) fail(status int, why string) {
	x.refused, x.judged = true, true
	header := x.Header()
	maps.Copy(header, x.own)
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	x.WriteHeader(status)
	io.WriteString(x, "cors gateway: "+why+"\n")
}

func (x *exchange) tooLarge() {
	x.ResponseWriter.Header().Set("Connection", "close") // rather than read it all
	x.failure = "request too large"
	x.fail(http.StatusRequestEntityTooLarge, "the request's body is larger than limits.body allows")
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

// proxy sends the request to the upstream, and its response back.
func (x *exchange) proxy(r *http.Request) {
	u := x.route.upstream
	release, ok := u.enter(r.Context())
	if !ok {
		x.failure = "busy"
		x.fail(http.StatusServiceUnavailable, "the upstream has as many requests as it may have")
		return
	}
	defer release()
	proxy := httputil.ReverseProxy{
		Rewrite:        x.rewrite,
		ModifyResponse: x.modify,
		ErrorHandler:   x.upstreamFailed,
		Transport:      u.transport,
		BufferPool:     buffers,
		ErrorLog:       silent,
	}
	if isWebSocket(r) {
		proxy.Transport = u.upgrades
	}
	proxy.ServeHTTP(x, r)
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
func (x *exchange) upstreamFailed(_ http.ResponseWriter, r *http.Request, err error) {
	var tooLarge *http.MaxBytesError
	var fromClient error
	if x.body != nil {
		fromClient = x.body.failure()
	}
	switch {
	case errors.As(err, &tooLarge) || errors.As(fromClient, &tooLarge):
		x.tooLarge()
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

// isWebSocket knows a handshake of HTTP/1.1, https://httpwg.org/specs/rfc6455.html#opening-handshake.
// No other protocol may be switched to: what follows would pass unseen.
func isWebSocket(r *http.Request) bool {
	return len(r.Header["Upgrade"]) == 1 && strings.EqualFold(r.Header["Upgrade"][0], "websocket")
}

// mayOpenWebSocket applies the policy to a handshake, for which browsers ask no
// preflight and check no header: https://websockets.spec.whatwg.org/#feedback-from-the-protocol.
// It may be opened from an origin that the policy allows, from the gateway's
// own, and by what is no browser and sends no Origin.
func (x *exchange) mayOpenWebSocket(r *http.Request) bool {
	origins := r.Header["Origin"]
	return len(origins) == 0 || x.allowed() || len(origins) == 1 && isOwnOrigin(origins[0], r)
}

// allowed reports whether the policy allows the request's origin.
func (x *exchange) allowed() bool { return len(x.own["Access-Control-Allow-Origin"]) > 0 }

// isOwnOrigin compares host and port. Whether the browser spoke TLS cannot be
// told behind a balancer, so schemes are not compared.
func isOwnOrigin(serialized string, r *http.Request) bool {
	o, err := origin.Parse(serialized)
	if err != nil || o.IsOpaque() {
		return false
	}
	own := o.Host()
	if o.Port() != "" {
		own += ":" + o.Port()
	}
	return own == r.Host
}
