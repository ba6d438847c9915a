package browser

import (
	"slices"
	"strconv"
	"strings"

	"crossorigin.dev/internal/fetchspec"
)

// httpFetch sends the request, after a preflight if one is needed, and judges
// the response. https://fetch.spec.whatwg.org/#concept-http-fetch
func (f *fetch) httpFetch(needed *preflightNeed) (*response, *Error) {
	f.begun++
	if needed != nil {
		if f.unchecked {
			if failure := f.checkPort(f.current()); failure != nil {
				return nil, failure
			}
		}
		if !f.allowedByCache(needed) {
			if failure := f.preflight(needed); failure != nil {
				failure.preflight = true
				return nil, failure
			}
		}
		f.asked = needed
	}
	if f.unchecked {
		if failure := f.checkMixedAndPort(f.current()); failure != nil {
			return nil, failure
		}
	}
	if failure := f.recheckRedirect(); failure != nil {
		return nil, failure
	}
	response, failure := f.networkOrCacheFetch()
	if failure != nil {
		return nil, failure
	}
	failure = f.judgeLocation(response)
	if failure == nil {
		failure = f.judge(response)
	}
	if failure != nil {
		response.close()
		f.unstore(response)
		return nil, failure
	}
	if !f.redirects(response) {
		return response, nil
	}
	return f.redirected(response)
}

// judgeLocation looks for a Location that cannot be followed, where that comes
// before the CORS check.
func (f *fetch) judgeLocation(r *response) *Error {
	if locationSingular[f.profile()] && r.header.has("Location") {
		if _, failure := f.oneLocation(r); failure != nil {
			return failure
		}
	}
	if ftpUnanswered[f.profile()] && r.leadsOn() {
		next, err := f.page.browser.locations.parse(first(r.header.lines("Location")), f.current())
		if err == nil && next.scheme == "ftp" {
			return f.failRedirectScheme(next, next.href)
		}
	}
	switch first := locationFirst[f.profile()]; {
	case first == locatedLater, first == locatedToFollow && f.redirect != RedirectFollow, !r.leadsOn():
		return nil
	}
	value, failure := f.oneLocation(r)
	if failure != nil {
		return failure
	}
	next, err := f.page.browser.locations.parse(value, f.current())
	switch {
	case err != nil:
		return f.failLocation(value)
	case locationFirst[f.profile()] == locatedAlways:
		return nil
	case !next.isHTTP() && next.scheme != "about" && next.scheme != "ftp":
		return f.failRedirectScheme(next, value)
	case f.page.restrictsMixedContent():
		return f.checkMixedContent(f.upgradeMixedContent(next))
	}
	return nil
}

// judge applies the checks that a response must pass before anything else is
// made of it, redirects included.
func (f *fetch) judge(r *response) *Error {
	if f.tainting == taintingCORS || f.tainting == taintingBasic {
		awaits := loginAwaited[f.profile()]
		if (awaits == awaitsAny || awaits == awaitsOwn && f.tainting == taintingBasic) && r.status == 401 && f.credentialsIncluded && asksForLogin(r.header, "basic", "digest") {
			return f.fail(ruleLogin, ReasonLoginAwaited, "This browser asks the user to log in (status 401), and the fetch waits until somebody does.", Field{"status", "401"})
		}
	}
	if f.tainting == taintingCORS {
		if failure := f.corsCheck(r, f.serializedOrigin(), responseReasons); failure != nil {
			return failure
		}
	}
	f.checkTiming(r)
	if f.tainting == taintingOpaque {
		return f.checkCORP(r)
	}
	return nil
}

// asksForLogin reports whether a response asks for one of these schemes of
// authentication.
func asksForLogin(h headerList, schemes ...string) bool {
	return slices.ContainsFunc(h.lines("WWW-Authenticate"), func(challenge string) bool {
		scheme, _, _ := strings.Cut(strings.TrimSpace(challenge), " ")
		return slices.Contains(schemes, fetchspec.Lower(scheme))
	})
}

// redirected does with a redirect what the redirect mode says.
// https://fetch.spec.whatwg.org/#concept-http-fetch
func (f *fetch) redirected(r *response) (*response, *Error) {
	status := strconv.Itoa(r.status)
	in := []Field{{"redirect", string(f.redirect)}, {"status", status}}
	switch {
	case f.redirect == RedirectError && locationlessPasses[f.profile()] && first(r.header.lines("Location")) == "":
		f.info(ruleRedirectMode, "The redirect mode is error, but the redirect has no Location, which this browser takes for a response.", in...)
		return r, nil
	case f.redirect == RedirectError:
		r.close()
		if targetBeforeMode[f.profile()] {
			if failure := f.redirectTarget(r); failure != nil {
				return nil, failure
			}
		}
		return nil, f.fail(ruleRedirectMode, ReasonRedirectModeError,
			"The server answered with a redirect ("+status+"), and the redirect mode is error.", in...)
	case f.redirect == RedirectManual:
		f.info(ruleRedirectMode, "The redirect mode is manual: the script gets a response that shows nothing, and the redirect is not followed.", in...)
		r.opaqueRedirect = true
		if f.keepalive && f.mode == ModeNoCORS && keepaliveFollows[f.profile()] {
			return r, f.followUnseen(r)
		}
		return r, nil
	}
	begun := f.begun
	next, failure := f.redirectFetch(r)
	if failure != nil && f.begun == begun {
		f.unstore(r)
	}
	return next, failure
}
