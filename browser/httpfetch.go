package browser

import (
	"strconv"

	"crossorigin.dev/internal/fetchspec"
)

// httpFetch sends the request, after a preflight if one is needed, and judges
// the response. https://fetch.spec.whatwg.org/#concept-http-fetch
func (f *fetch) httpFetch(needed *preflightNeed) (*response, *Error) {
	if needed != nil && !f.allowedByCache(needed) {
		if failure := f.preflight(needed); failure != nil {
			return nil, failure
		}
	}
	response, failure := f.networkFetch()
	if failure != nil {
		return nil, failure
	}
	if failure := f.judge(response); failure != nil {
		response.close()
		return nil, failure
	}
	if !fetchspec.IsRedirectStatus(response.status) {
		return response, nil
	}
	return f.redirected(response)
}

// judge applies the checks that a response must pass before anything else is
// made of it, redirects included.
func (f *fetch) judge(r *response) *Error {
	if f.tainting == taintingCORS {
		return f.corsCheck(r.header, f.serializedOrigin(), responseReasons)
	}
	return nil
}

// redirected does with a redirect what the redirect mode says.
// https://fetch.spec.whatwg.org/#concept-http-fetch
func (f *fetch) redirected(r *response) (*response, *Error) {
	status := strconv.Itoa(r.status)
	in := []Field{{"redirect", string(f.redirect)}, {"status", status}}
	switch f.redirect {
	case RedirectError:
		r.close()
		return nil, f.fail(ruleRedirectMode, ReasonRedirectModeError,
			"The server answered with a redirect ("+status+"), and the redirect mode is error.", in...)
	case RedirectManual:
		f.info(ruleRedirectMode, "The redirect mode is manual: the script gets a response that shows nothing, and the redirect is not followed.", in...)
		r.opaqueRedirect = true
		return r, nil
	}
	return f.redirectFetch(r)
}
