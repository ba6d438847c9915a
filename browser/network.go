package browser

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"sync/atomic"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// A response is what came from the network, before any filtering.
// https://fetch.spec.whatwg.org/#concept-response
type response struct {
	status         int
	header         headerList
	body           io.ReadCloser // to be closed by whoever ends up with the response
	length         int64         // of the body, -1 if unknown
	opaqueRedirect bool
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

// networkFetch sends the request itself, with what the browser adds to it.
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (f *fetch) networkFetch() (*response, *Error) {
	credentials := f.includeCredentials()
	out := &outgoing{
		method: f.method, target: f.current(), header: slices.Clone(f.header),
		body: f.body, stream: f.stream,
	}
	if !out.header.has("Accept") {
		out.header.append("Accept", "*/*") // https://fetch.spec.whatwg.org/#concept-fetch
	}
	f.addReferer(out)
	f.addOrigin(out)
	f.addUserAgent(out)
	if credentials {
		f.addCookies(out)
	}
	r, failure := f.exchange(ruleExchange, out)
	if failure != nil {
		return nil, failure
	}
	if credentials {
		f.storeCookies(r)
	}
	return r, nil
}

// includeCredentials decides whether cookies are sent and stored.
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (f *fetch) includeCredentials() bool {
	in := Field{"credentials", string(f.credentials)}
	switch {
	case f.credentials == CredentialsInclude:
		f.info(ruleCredentials, "The credentials mode is include: cookies are sent and stored.", in)
		return true
	case f.credentials == CredentialsSameOrigin && f.tainting == taintingBasic:
		f.info(ruleCredentials, "The credentials mode is same-origin and no other origin is involved: cookies are sent and stored.", in)
		return true
	case f.credentials == CredentialsSameOrigin && origin.SameOrigin(f.page.origin, f.current().origin):
		f.info(ruleCredentials, "The credentials mode is same-origin and another origin was involved on the way: no cookies are sent or stored.", in)
	case f.credentials == CredentialsSameOrigin:
		f.info(ruleCredentials, "The credentials mode is same-origin and this is another origin: no cookies are sent or stored.", in)
	default:
		f.info(ruleCredentials, "The credentials mode is omit: no cookies are sent or stored.", in)
	}
	return false
}

func (f *fetch) addReferer(out *outgoing) {
	if value := f.referrer(); value != "" {
		out.header.append("Referer", value)
		f.info(ruleReferer, "The Referer is "+value+".", Field{"referrer policy", string(f.referrerPolicy)})
		return
	}
	f.info(ruleReferer, "No Referer is sent.", Field{"referrer policy", string(f.referrerPolicy)})
}

func (f *fetch) addOrigin(out *outgoing) {
	value := f.originHeader()
	if value == "" {
		f.info(ruleOriginHeader, "No Origin is sent: a "+f.method+" that involves no CORS carries none.")
		return
	}
	out.header.append("Origin", value)
	f.info(ruleOriginHeader, "The Origin is "+value+".", Field{"origin", value})
}

func (f *fetch) addUserAgent(out *outgoing) {
	if !out.header.has("User-Agent") {
		out.header.append("User-Agent", f.page.browser.userAgent)
	}
}

// exchange sends one request and waits for the headers of its answer.
// https://fetch.spec.whatwg.org/#http-network-fetch
func (f *fetch) exchange(r *rule, out *outgoing) (*response, *Error) {
	request, wrote := f.httpRequest(out)
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
	if !out.preflight {
		f.sent = f.sent || err == nil || wrote.Load()
	}
	if err != nil {
		if f.ctx.Err() != nil {
			err = context.Cause(f.ctx)
		}
		x.Error = err.Error()
		failure := f.fail(r, ReasonNetworkFailed, networkMessage(err, out.target), Field{"url", x.URL})
		failure.Err = err
		f.lastStep().Exchange = x
		return nil, failure
	}
	response := &response{status: answer.StatusCode, header: headerListOf(answer.Header), body: answer.Body, length: answer.ContentLength}
	if response.body == nil {
		response.body = http.NoBody
	}
	x.Answer = &Answer{Status: response.status, Header: response.header}
	f.info(r, exchangeNote(out, response.status))
	f.lastStep().Exchange = x
	return response, nil
}

func (f *fetch) lastStep() *Step { return &f.trace.Steps[len(f.trace.Steps)-1] }

func exchangeNote(out *outgoing, status int) string {
	what := "The request "
	if out.preflight {
		what = "The preflight "
	}
	return what + out.method + " " + out.target.withoutFragment() + " was answered with status " + strconv.Itoa(status) + "."
}

// httpRequest builds the request for the transport. wrote turns true when it
// is known to have been written, answered or not.
func (f *fetch) httpRequest(out *outgoing) (request *http.Request, wrote *atomic.Bool) {
	wrote = new(atomic.Bool)
	u := out.target.netURL()
	request = &http.Request{
		Method: out.method, URL: u, Host: u.Host,
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
	watch := &httptrace.ClientTrace{WroteRequest: func(info httptrace.WroteRequestInfo) {
		if info.Err == nil {
			wrote.Store(true)
		}
	}}
	return request.WithContext(httptrace.WithClientTrace(f.ctx, watch)), wrote
}

// readBody reads the body of a response that the script gets.
func (f *fetch) readBody(r *response) ([]byte, *Error) {
	defer r.body.Close()
	if f.method == "HEAD" || f.method == "CONNECT" || fetchspec.IsNullBodyStatus(r.status) {
		return nil, nil // https://fetch.spec.whatwg.org/#main-fetch
	}
	most := f.page.browser.maxBody
	body, err := io.ReadAll(io.LimitReader(r.body, most+1))
	if err != nil {
		if f.ctx.Err() != nil {
			err = context.Cause(f.ctx)
		}
		failure := f.fail(ruleBody, ReasonNetworkFailed, "The response's body broke off: "+networkMessage(err, f.current()))
		failure.Err = err
		return nil, failure
	}
	if int64(len(body)) > most {
		return nil, f.fail(ruleBody, ReasonBodyTooLarge, "The response's body is larger than the limit of "+strconv.FormatInt(most, 10)+" bytes.")
	}
	return body, nil
}
