package browser

import (
	"net/http"
	"slices"
	"strconv"

	"crossorigin.dev/internal/fetchspec"
)

// finish gives the script what it may see of the response, and no more.
// https://fetch.spec.whatwg.org/#concept-filtered-response
func (f *fetch) finish(r *response) (*Response, *Error) {
	if failure := f.checkType(r, f.heldBack(r)); failure != nil {
		r.close()
		return nil, failure
	}
	if f.mode == modeWebSocket {
		return f.finishWebSocket(r)
	}
	switch {
	case r.opaqueRedirect:
		r.close()
		return f.finishOpaque(ResponseOpaqueRedirect, "The script sees that there was a redirect, and nothing else."), nil
	case f.tainting == taintingOpaque:
		r.close()
		return f.finishOpaque(ResponseOpaque, "The script gets an opaque response: it cannot see the status, the headers or the body."), nil
	}
	body, broken := f.readBody(r)
	if broken == nil {
		f.keepMemories(body)
	}
	response := &Response{
		Type: ResponseBasic, Status: r.status, URL: f.current().withoutFragment(),
		Redirected: len(f.urls) > 1, Body: body, BodyError: broken,
		TimingAllowed: !f.timingFailed, Trace: f.trace,
	}
	if f.tainting == taintingCORS {
		response.Type = ResponseCORS
		response.Header = f.exposed(r.header)
	} else {
		response.Header = r.header.withoutNamed(fetchspec.IsForbiddenResponseHeaderName).header()
		f.info(ruleFilter, "No other origin is involved: the script sees all headers but Set-Cookie.")
	}
	f.trace.Verdict = Verdict{
		Outcome: OutcomeAllowed, Type: response.Type, Status: r.status,
		Sent: f.sent, Preflighted: f.preflighted(), Message: f.allowedMessage(r, broken),
	}
	return response, nil
}

func (f *fetch) allowedMessage(r *response, broken error) string {
	status := "(status " + strconv.Itoa(r.status) + ")"
	if broken != nil {
		status += ", though not to its end"
	}
	switch {
	case !f.current().isHTTP():
		return "The script may read what the " + f.current().scheme + ": URL holds."
	case f.tainting == taintingBasic:
		return "The script may read the response " + status + ": it is of the page's own origin."
	}
	allowed, _ := r.header.get("Access-Control-Allow-Origin")
	return "The script may read the response " + status + ": its Access-Control-Allow-Origin is " + allowed + "."
}

func (f *fetch) finishOpaque(t ResponseType, message string) *Response {
	f.info(ruleFilter, message)
	f.trace.Verdict = Verdict{
		Outcome: OutcomeOpaque, Type: t, Sent: f.sent, Preflighted: f.preflighted(), Message: message,
	}
	response := &Response{Type: t, Header: http.Header{}, TimingAllowed: t == ResponseOpaque && !f.timingFailed, Trace: f.trace}
	if t == ResponseOpaqueRedirect {
		response.URL = f.current().withoutFragment()
	}
	return response
}

// exposed returns the headers that a script sees of a response from another
// origin. A list that cannot be parsed exposes nothing: the standard's "or
// failure" there is a slip, and no browser does otherwise.
// https://fetch.spec.whatwg.org/#concept-filtered-response-cors
func (f *fetch) exposed(h headerList) http.Header {
	line, present := h.get("Access-Control-Expose-Headers")
	names, bad, ok := fetchspec.TokenList(h.lines("Access-Control-Expose-Headers"))
	all := ok && !f.credentialed() && slices.Contains(names, "*")
	exposed := newNameSet(names)
	visible := h.withoutNamed(func(name string) bool {
		return fetchspec.IsForbiddenResponseHeaderName(name) ||
			!all && !fetchspec.IsSafelistedResponseHeaderName(name) && !exposed.has(name)
	})
	in := Field{"access-control-expose-headers", line}
	switch {
	case !present:
		f.info(ruleExpose, "There is no Access-Control-Expose-Headers, so the script sees only "+seen(visible)+".")
	case !ok:
		f.info(ruleExpose, "Access-Control-Expose-Headers cannot be parsed ("+quote(bad)+" is not a name), so it exposes nothing; the script sees only "+seen(visible)+".", in)
	default:
		f.info(ruleExpose, "With Access-Control-Expose-Headers "+quote(line)+" the script sees "+seen(visible)+".", in)
	}
	return visible.header()
}

func seen(visible headerList) string {
	if len(visible) == 0 {
		return "no header"
	}
	return list(visible.names())
}
