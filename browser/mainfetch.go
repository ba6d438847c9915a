package browser

import (
	"slices"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// mainFetch decides which rules the current URL falls under. It is entered
// again for each redirect. https://fetch.spec.whatwg.org/#main-fetch
func (f *fetch) mainFetch() (*response, *Error) {
	target := f.upgradeMixedContent(f.current())
	f.urls[len(f.urls)-1] = target
	f.info(ruleOrigins, "The page is of "+f.page.origin.String()+", the URL of "+target.origin.String()+".",
		Field{"page", f.page.origin.String()}, Field{"url", target.href})
	f.unchecked = f.mixedAfterPreflight(target)
	if failure := f.mayBeAsked(target); failure != nil {
		return nil, failure
	}
	if unspecifiedRefused[f.profile()] && target.hostname == "0.0.0.0" {
		return nil, f.fail(ruleLocalNetwork, ReasonNetworkFailed, "This browser connects to no server at 0.0.0.0; write 127.0.0.1 or localhost.", Field{"url", target.href})
	}
	f.determineReferrer()
	if f.tainting != taintingBasic || origin.SameOrigin(target.origin, f.page.origin) || f.mode != ModeCORS {
		f.returnBodyHeaders()
	}
	switch {
	case f.tainting == taintingBasic && (origin.SameOrigin(target.origin, f.page.origin) || f.page.owns(target)):
		f.pass(ruleSameOrigin, "The URL is of the page's own origin, so no CORS is involved.")
		return f.schemeFetch(target)
	case target.scheme == "data" && f.hop == 0:
		f.pass(ruleSameOrigin, "A data: URL holds its own content, so no CORS is involved.")
		return f.schemeFetch(target)
	case f.mode == modeWebSocket:
		f.pass(ruleSameOrigin, "A WebSocket knows no CORS: the server alone decides, by the Origin it is sent.")
		return f.schemeFetch(target)
	case f.mode == ModeSameOrigin:
		return nil, f.failSameOrigin(target)
	case f.mode == ModeNoCORS:
		if f.redirect != RedirectFollow {
			return nil, f.failNoCORSRedirect()
		}
		f.tainting = taintingOpaque
		f.pass(ruleModeNoCORS, "The mode is no-cors: the request is sent, but the script will see nothing of the response.")
		return f.schemeFetch(target)
	case !target.isHTTP():
		return nil, f.failScheme(target)
	}
	f.tainting = taintingCORS
	f.returnBodyHeaders()
	return f.corsFetch()
}

// mayBeAsked looks for what forbids to ask for a URL at all.
// https://fetch.spec.whatwg.org/#main-fetch
func (f *fetch) mayBeAsked(target *location) *Error {
	if !modeFirst[f.profile()] {
		if failure := f.checkPort(target); failure != nil {
			return failure
		}
		return f.checkMixedContent(target)
	}
	if !f.page.owns(target) && target.isHTTP() && !origin.SameOrigin(target.origin, f.page.origin) {
		switch {
		case f.mode == ModeSameOrigin:
			return f.failSameOrigin(target)
		case f.mode == ModeNoCORS && f.redirect != RedirectFollow:
			return f.failNoCORSRedirect()
		}
	}
	if f.unchecked {
		return nil
	}
	return f.checkMixedAndPort(target)
}

func (f *fetch) checkMixedAndPort(target *location) *Error {
	if failure := f.checkMixedContent(target); failure != nil {
		return failure
	}
	return f.checkPort(target)
}

// mixedAfterPreflight reports whether the browser asks by a preflight before it looks
// for mixed content, as some do after a redirect.
func (f *fetch) mixedAfterPreflight(target *location) bool {
	return mixedAfterPreflight[f.profile()] && f.hop > 0 && f.mode == ModeCORS && target.isHTTP() &&
		!(f.tainting == taintingBasic && origin.SameOrigin(target.origin, f.page.origin))
}

func (f *fetch) failSameOrigin(target *location) *Error {
	return f.fail(ruleModeSameOrigin, ReasonModeSameOrigin,
		"The mode is same-origin, but "+target.origin.String()+" is another origin than the page's, "+f.page.origin.String()+"; nothing was sent there.",
		Field{"mode", string(f.mode)})
}

func (f *fetch) failNoCORSRedirect() *Error {
	return f.fail(ruleModeNoCORS, ReasonModeNoCORSRedirect,
		"Mode no-cors goes with redirect mode follow only, not with "+string(f.redirect)+".", Field{"redirect", string(f.redirect)})
}

// corsFetch fetches from another origin, asking first if need be.
// https://fetch.spec.whatwg.org/#main-fetch
func (f *fetch) corsFetch() (*response, *Error) {
	needed := f.needsPreflight()
	response, failure := f.httpFetch(needed)
	if failure != nil && needed != nil && f.forgets(failure) && f.page.browser.preflights.clear(f.cacheKey()) {
		f.info(ruleCacheClear, "What earlier preflights allowed for this URL is forgotten, since the fetch failed.")
	}
	return response, failure
}

// needsPreflight returns what a preflight must ask about, or nil if none is
// called for.
func (f *fetch) needsPreflight() *preflightNeed {
	names := f.unsafeNames()
	if headersReturn[f.profile()] {
		names = f.namesLeft
	}
	if preflightRepeated[f.profile()] == repeatWithAll {
		names = f.namesAtFirst
	}
	switch {
	case f.useCORSPreflight:
		f.info(ruleUsePreflight, "The body is streamed or its upload is listened to, so the server is asked first, by a preflight.")
	case f.unsafeRequest && !fetchspec.IsSafelistedMethod(f.method):
		f.info(ruleNeedsPreflight, "The method "+f.method+" is not GET, HEAD or POST, so the server is asked first, by a preflight.", Field{"method", f.method})
	case f.unsafeRequest && len(names) > 0:
		f.info(ruleNeedsPreflight, headersToAsk(names)+" not on the safelist, so the server is asked first, by a preflight.", Field{"headers", list(names)})
	case (f.asked != nil || f.hop > 0 && f.unsafeAtFirst) && preflightRepeated[f.profile()] == repeatWithRest:
		f.info(ruleNeedsPreflight, "This browser asks again after a redirect, though nothing calls for it any more.")
	case f.asked != nil && preflightRepeated[f.profile()] == repeatWithAll:
		f.info(ruleNeedsPreflight, "This browser asks again after a redirect, about the headers there were at first.")
	default:
		f.info(ruleNeedsNoPreflight, "The method and all headers are on the safelist: a page could always send such a request, so it goes out without a preflight.", Field{"method", f.method})
		return nil
	}
	return &preflightNeed{names: names}
}

func headersToAsk(names []string) string {
	if len(names) == 1 {
		return "The header " + names[0] + " is"
	}
	return "The headers " + list(names) + " are"
}

// forgets reports whether a failure makes the preflight cache forget the URL:
// in the standard, any.
func (f *fetch) forgets(failure *Error) bool {
	switch forgottenAfter[f.profile()] {
	case forgetAfterAny:
		return true
	case forgetButRefusedRedirects:
		return failure.Reason != ReasonRedirectModeError
	case forgetAfterPreflight:
		return failure.preflight && !slices.Contains(lookupBypassed[f.profile()], f.cacheMode())
	}
	return false
}
