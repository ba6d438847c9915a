package browser

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"strconv"
	"sync/atomic"

	"crossorigin.dev/internal/fetchspec"
)

// A response is what came from the network, before any filtering.
// https://fetch.spec.whatwg.org/#concept-response
type response struct {
	status         int
	header         headerList
	body           io.ReadCloser // to be closed by whoever ends up with the response
	length         int64         // of the body, -1 if unknown
	opaqueRedirect bool
	space          AddressSpace // of the server's address
	http1          bool
	reused         bool             // it came over a connection that had served before
	stored         *storedKey       // under which it has just been stored; nil if it has not
	storedBefore   []storedResponse // what was stored there until then
	sniffedWhole   bool             // its body has been read before it is judged
}

// close lets go of the body unread. A short one is read to its end, so that
// the connection can serve the next request.
func (r *response) close() {
	const short = 2 << 10
	if 0 < r.length && r.length <= short {
		io.CopyN(io.Discard, r.body, short)
	}
	r.body.Close()
}

// An outgoing request is one that is about to be sent.
type outgoing struct {
	preflight bool
	method    string
	target    *location
	header    headerList
	body      []byte
	stream    io.Reader
}

// exchange sends one request, and again if it is to go over a new connection, which
// is the transport's to make. The first answer is not stored, though the standard
// could be read to serve the second from it.
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (f *fetch) exchange(r *rule, out *outgoing) (*response, *Error) {
	misdirected := false
	for attempt := 1; ; attempt++ {
		response, failure := f.exchangeOnce(r, out)
		if failure != nil || out.stream != nil {
			return response, failure
		}
		note := f.askedAgain(response, attempt, misdirected)
		if note == "" {
			return response, nil
		}
		response.close()
		if attempt == mostAttempts {
			return nil, f.fail(r, ReasonNetworkFailed, "The server was tired of waiting (status 408) ten times; this browser sends the request no more.",
				Field{"url", out.target.withoutFragment()}, Field{"cause", causeClosed})
		}
		misdirected = misdirected || response.status == http.StatusMisdirectedRequest
		f.info(ruleNewConnection, note, Field{"status", strconv.Itoa(response.status)})
		f.renewCookies(response, out)
	}
}

// askedAgain says why a request is sent again after an answer, in the words of the
// trace; it is empty if the answer stands.
func (f *fetch) askedAgain(r *response, attempt int, misdirected bool) string {
	insistence := timeoutAskedAgain[f.profile()]
	switch {
	case r.status == http.StatusMisdirectedRequest && !misdirected && (attempt == 1 || insistence == insistsIfReused):
		return "The server does not answer for this origin on this connection (status 421), so the request is sent once more, on a new one."
	case r.status == http.StatusRequestTimeout && insistence == insistsIfReused && r.http1 && r.reused && attempt == 1:
		return "The server was tired of waiting (status 408), and the connection had served before, so this browser sends the request once more, on a new one."
	case r.status == http.StatusRequestTimeout && insistence == insistsOverHTTP2 && !r.http1:
		return "The server was tired of waiting (status 408), which over HTTP/2 this browser takes for a lost connection, so it sends the request again."
	}
	return ""
}

// mostAttempts is how often Firefox sends a request whose connection is lost.
const mostAttempts = 10

// renewCookies stores the cookies of an answer that is asked for again, and sends
// those that there are then.
func (f *fetch) renewCookies(r *response, out *outgoing) {
	if !f.credentialsIncluded || out.preflight || !misdirectedCookiesKept[f.profile()] {
		return
	}
	f.storeCookies(r)
	out.header = out.header.withoutNamed(func(name string) bool { return fetchspec.EqualFold(name, "cookie") })
	f.addCookies(out)
}

// exchangeOnce sends one request and waits for the headers of its answer.
// https://fetch.spec.whatwg.org/#http-network-fetch
func (f *fetch) exchangeOnce(r *rule, out *outgoing) (*response, *Error) {
	if out.stream != nil && out.target.scheme == "http" {
		return nil, f.failStream()
	}
	request, watch := f.httpRequest(out)
	x := &Exchange{
		Preflight: out.preflight, Method: out.method, URL: out.target.withoutFragment(),
		Header: out.header, BodySize: int64(len(out.body)), Started: f.now(),
	}
	if out.stream != nil {
		x.BodySize = -1
	}
	answer, err := f.page.browser.transport.RoundTrip(request)
	x.Duration = f.now().Sub(x.Started)
	if err == nil && answer == nil {
		err = errors.New("the transport gave neither a response nor an error")
	}
	if v := watch.verdict.Load(); v != nil {
		if failure := f.recordLocalNetwork(*v, watch.space()); failure != nil {
			if err == nil {
				answer.Body.Close()
			}
			return nil, failure
		}
	}
	if !out.preflight {
		f.sent = f.sent || err == nil || watch.wrote.Load()
	}
	if err != nil && watch.http1.Load() {
		return nil, f.failStream()
	}
	if err != nil {
		return nil, f.failExchange(r, x, err, out)
	}
	response := &response{
		status: answer.StatusCode, header: headerListOf(answer.Header), body: answer.Body,
		length: answer.ContentLength, space: watch.space(), http1: answer.ProtoMajor == 1, reused: watch.reused.Load(),
	}
	if headersJoinedOnArrival[f.profile()] {
		response.header = response.header.arrived(response.http1)
	}
	if spdyTold[f.profile()] && !response.http1 {
		response.header.append("X-Firefox-Spdy", "h2")
	}
	if response.body == nil {
		response.body = http.NoBody
	}
	x.Answer = &Answer{Status: response.status, Header: response.header}
	f.info(r, exchangeNote(out, response.status))
	f.lastStep().Exchange = x
	if failure := f.refuseStatus(r, response, x.URL); failure != nil {
		return nil, failure
	}
	if out.stream != nil && response.http1 {
		response.body.Close()
		return nil, f.failStream()
	}
	return response, nil
}

// refuseStatus fails the fetch for a status that no server may answer with.
func (f *fetch) refuseStatus(r *rule, response *response, url string) *Error {
	in := Field{"url", url}
	switch {
	case response.status == http.StatusSwitchingProtocols && f.mode != modeWebSocket && switchingAwaited[f.profile()]:
		response.body.Close()
		return f.fail(r, ReasonNetworkFailed,
			"The server switched to a protocol that nobody asked for (status 101); this browser goes on waiting for a response.",
			in, Field{"cause", causeClosed})
	case response.status == http.StatusProxyAuthRequired && proxyStatusRefused[f.profile()]:
		response.close()
		return f.fail(r, ReasonNetworkFailed, "The server asks for a proxy's password (status 407), and is no proxy.", in, Field{"cause", causeProxyStatus})
	}
	return nil
}

func (f *fetch) lastStep() *Step { return &f.trace.Steps[len(f.trace.Steps)-1] }

func (f *fetch) failExchange(r *rule, x *Exchange, err error, out *outgoing) *Error {
	if f.ctx.Err() != nil {
		err = context.Cause(f.ctx)
	}
	x.Error = err.Error()
	cause, message := explain(err, out.target)
	failure := f.fail(r, ReasonNetworkFailed, message, Field{"url", x.URL}, Field{"cause", cause})
	failure.Err = err
	f.lastStep().Exchange = x
	return failure
}

func (f *fetch) failStream() *Error {
	return f.fail(ruleStream, ReasonStreamHTTP1, "A streamed body needs HTTP/2, and the server speaks HTTP/1.", Field{"url", f.current().href})
}

func exchangeNote(out *outgoing, status int) string {
	what := "The request "
	if out.preflight {
		what = "The preflight "
	}
	return what + out.method + " " + out.target.withoutFragment() + " was answered with status " + strconv.Itoa(status) + "."
}

// A watch observes what the transport does with one request, as far as it
// tells.
type watch struct {
	wrote     atomic.Bool                         // the request was written, answered or not
	connected atomic.Pointer[AddressSpace]        // the server's
	verdict   atomic.Pointer[localNetworkVerdict] // on the connection
	http1     atomic.Bool                         // it speaks HTTP/1, which a stream must not be written to
	reused    atomic.Bool                         // the connection had served before
}

func (w *watch) space() AddressSpace {
	if s := w.connected.Load(); s != nil {
		return *s
	}
	return AddressSpaceUnknown
}

// httpRequest builds the request for the transport.
func (f *fetch) httpRequest(out *outgoing) (*http.Request, *watch) {
	u := out.target.net // a copy, which the transport may change
	request := &http.Request{
		Method: out.method, URL: &u, Host: u.Host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: out.header.header(),
	}
	switch {
	case out.stream != nil:
		request.Body, request.ContentLength = io.NopCloser(out.stream), -1
	case len(out.body) > 0:
		request.ContentLength = int64(len(out.body))
		request.Body = io.NopCloser(bytes.NewReader(out.body))
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(out.body)), nil }
	}
	w := new(watch)
	observe := &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			if c, ok := info.Conn.(*tls.Conn); ok && out.stream != nil && c.ConnectionState().NegotiatedProtocol != "h2" {
				w.http1.Store(true)
				c.Close() // https://fetch.spec.whatwg.org/#http-network-fetch
			}
			w.reused.Store(info.Reused)
			f.connected(w, out.target, info.Conn)
		},
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				w.wrote.Store(true)
			}
		},
	}
	return request.WithContext(httptrace.WithClientTrace(f.ctx, observe)), w
}

// connected judges a connection before anything is written to it. One that is
// refused is closed, so that nothing can be.
func (f *fetch) connected(w *watch, target *location, conn net.Conn) {
	address, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return // a transport of the caller's own, that goes nowhere
	}
	space := f.profile().spaceOf(address.Addr())
	w.connected.Store(&space)
	verdict := f.judgeLocalNetwork(target, space)
	if verdict.decision == "" {
		return
	}
	w.verdict.Store(&verdict)
	if verdict.decision == DecisionFail {
		conn.Close()
	}
}

// ErrBodyTooLarge is the [Response].BodyError of a body of which no more than
// [Options].MaxBody was read.
var ErrBodyTooLarge = errors.New("browser: the body is larger than the limit")

// readsReset reports whether the body of a 205 is read.
func (f *fetch) readsReset(r *response) bool {
	reads := resetContentRead[f.profile()]
	return reads == readAlways || reads == readOverHTTP2 && !r.http1
}

// readBody reads the body of a response that the script gets. A fetch succeeds
// once the headers have passed, so that a body which breaks off does not fail
// it: what there is of the body is returned with the error.
// https://fetch.spec.whatwg.org/#fetch-finale
func (f *fetch) readBody(r *response) ([]byte, error) {
	defer r.body.Close()
	full := r.status == http.StatusResetContent && f.readsReset(r)
	if f.method == "HEAD" || fetchspec.IsNullBodyStatus(r.status) && !full {
		return nil, nil // https://fetch.spec.whatwg.org/#main-fetch
	}
	if f.initiator == InitiatorEventSource || r.body == http.NoBody {
		return nil, nil // the one has no end, the other not even a beginning
	}
	most := f.page.browser.maxBody
	body, err := io.ReadAll(io.LimitReader(r.body, most))
	if err == nil && int64(len(body)) == most {
		var beyond [1]byte
		_, err = io.ReadFull(r.body, beyond[:])
		if err == nil {
			f.info(ruleBody, "The response's body is larger than the limit of "+strconv.FormatInt(most, 10)+" bytes, and is cut there.")
			return body, ErrBodyTooLarge
		}
	}
	if err == nil || err == io.EOF {
		return body, nil
	}
	if f.ctx.Err() != nil {
		err = context.Cause(f.ctx)
	}
	cause, message := explain(err, f.current())
	f.info(ruleBody, "The response's body breaks off after "+strconv.Itoa(len(body))+" bytes. "+message, Field{"cause", cause})
	return body, err
}
