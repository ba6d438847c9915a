package browser

import (
	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// mainFetch decides which rules the current URL falls under. It is entered
// again for each redirect. https://fetch.spec.whatwg.org/#main-fetch
func (f *fetch) mainFetch() (*response, *Error) {
	target := f.current()
	f.info(ruleOrigins, "The page is of "+f.page.origin.String()+", the URL of "+target.origin.String()+".",
		Field{"page", f.page.origin.String()}, Field{"url", target.href})
	if f.referrerPolicy == "" {
		f.referrerPolicy = f.page.referrerPolicy
	}
	if origin.SameOrigin(target.origin, f.page.origin) && f.tainting == taintingBasic {
		f.pass(ruleSameOrigin, "The URL is of the page's own origin, so no CORS is involved.")
		return f.schemeFetch()
	}
	if f.mode == ModeSameOrigin {
		return nil, f.fail(ruleModeSameOrigin, ReasonModeSameOrigin,
			"The mode is same-origin, but "+target.origin.String()+" is another origin than the page's, "+f.page.origin.String()+"; nothing was sent there.",
			Field{"mode", string(f.mode)})
	}
	if f.mode == ModeNoCORS {
		if f.redirect != RedirectFollow {
			return nil, f.fail(ruleModeNoCORS, ReasonModeNoCORSRedirect,
				"Mode no-cors goes with redirect mode follow only, not with "+string(f.redirect)+".", Field{"redirect", string(f.redirect)})
		}
		f.tainting = taintingOpaque
		f.pass(ruleModeNoCORS, "The mode is no-cors: the request is sent, but the script will see nothing of the response.")
		return f.schemeFetch()
	}
	if !target.isHTTP() {
		return nil, f.failScheme(target)
	}
	f.tainting = taintingCORS
	return f.corsFetch()
}

func (f *fetch) failScheme(target *location) *Error {
	return f.fail(ruleScheme, ReasonSchemeNotSupported,
		"The URL's scheme is "+target.url.Scheme()+"; only http and https can be fetched from another origin.", Field{"url", target.href})
}

// schemeFetch is https://fetch.spec.whatwg.org/#scheme-fetch.
func (f *fetch) schemeFetch() (*response, *Error) {
	if !f.current().isHTTP() {
		return nil, f.failScheme(f.current())
	}
	return f.httpFetch(nil)
}

// corsFetch fetches from another origin, asking first if need be.
// https://fetch.spec.whatwg.org/#main-fetch
func (f *fetch) corsFetch() (*response, *Error) {
	names := f.unsafeNames()
	needed := &preflightNeed{names: names}
	switch {
	case f.unsafeRequest && !fetchspec.IsSafelistedMethod(f.method):
		f.info(ruleNeedsPreflight, "The method "+f.method+" is not GET, HEAD or POST, so the server is asked first, by a preflight.", Field{"method", f.method})
	case f.unsafeRequest && len(names) > 0:
		f.info(ruleNeedsPreflight, headersToAsk(names)+" not on the safelist, so the server is asked first, by a preflight.", Field{"headers", list(names)})
	default:
		f.info(ruleNeedsNoPreflight, "The method and all headers are on the safelist: a page could always send such a request, so it goes out without a preflight.", Field{"method", f.method})
		return f.httpFetch(nil)
	}
	response, failure := f.httpFetch(needed)
	if failure != nil && f.page.browser.preflights.clear(f.cacheKey()) {
		f.info(ruleCacheClear, "What earlier preflights allowed for this URL is forgotten, since the fetch failed.")
	}
	return response, failure
}

func headersToAsk(names []string) string {
	if len(names) == 1 {
		return "The header " + names[0] + " is"
	}
	return "The headers " + list(names) + " are"
}
