package gateway

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"crossorigin.dev/cmd/cors/internal/policyfile"
)

// An exchange is one request and its response, on the way through the gateway.
// It is the ResponseWriter that package cors writes to. What the policy grants is
// in its Header from then on, whoever makes the response.
type exchange struct {
	http.ResponseWriter
	gateway  *Gateway
	site     *site
	listener *policyfile.Listener
	began    time.Time
	route    *route // nil: none matches
	body     *body  // nil: the request has none
	taker    *taker // nil: it is not HTTP/2
	status   int    // 0: no header has been sent
	answered time.Duration
	refused  bool   // the answer is the gateway's own
	old      bool   // the client speaks HTTP/1.0
	failure  string // how the upstream failed; empty: it did not

	informing sync.Mutex // held to send informational responses
	final     bool       // there are none any more
}

// Unwrap lets http.ResponseController flush, hijack and set deadlines.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

func (x *exchange) WriteHeader(status int) {
	x.answer(status)
	x.ResponseWriter.WriteHeader(status)
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
	x.refused = true
	header := x.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	x.WriteHeader(status)
	io.WriteString(x, "cors gateway: "+why+"\n")
}

func (x *exchange) tooLarge() {
	x.Header().Set("Connection", "close") // rather than read it all
	x.failure = "request too large"
	x.fail(http.StatusRequestEntityTooLarge, "the request's body is larger than limits.body allows")
}

// finish records the exchange, also when respond ends it with a panic because it
// broke off in the middle.
func (x *exchange) finish() {
	if x.body != nil {
		x.body.leave()
	}
	if x.taker != nil {
		x.taker.stop()
	}
	x.gateway.records.finished(x)
}

// upstreamFailed answers when there is no response to pass on.
func (x *exchange) upstreamFailed(r *http.Request, err error) {
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

// allowed reports whether the policy allows the request's origin. It is asked
// before there is a response.
func (x *exchange) allowed() bool { return len(x.Header()["Access-Control-Allow-Origin"]) > 0 }
