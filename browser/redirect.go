package browser

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// maxRedirects is how many redirects are followed.
const maxRedirects = 20

// redirectFetch follows a redirect.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
func (f *fetch) redirectFetch(r *response) (*response, *Error) {
	value, present := r.header.get("Location")
	if !present || value == "" && emptyLocationIgnored[f.profile()] {
		f.info(ruleRedirectLocation, "The status is "+strconv.Itoa(r.status)+", but there is no Location to follow, so the response is taken as it is.")
		return r, nil
	}
	r.close()
	if f.stranded {
		return nil, f.fail(ruleRedirectFollow, ReasonNetworkFailed, "This browser refuses a redirect that comes after a stored one from the page's own origin to another.",
			Field{"location", value}, Field{"cause", causeClosed})
	}
	value, failure := f.oneLocation(r)
	if failure == nil && value == "" && emptyLocationRefused[f.profile()] {
		failure = f.failLocation(value)
	}
	if failure != nil {
		return nil, failure
	}
	if failure := f.streamFirst(value, r.status); failure != nil {
		return nil, failure
	}
	next, failure := f.redirectLocation(value)
	if failure != nil {
		return nil, failure
	}
	count := Field{"redirects", strconv.Itoa(f.redirectCount)}
	if f.redirectCount == maxRedirects {
		return nil, f.fail(ruleRedirectCount, ReasonRedirectTooMany, "There were more than 20 redirects.", count, Field{"location", next.href})
	}
	f.pass(ruleRedirectCount, "Fewer than 20 redirects came before.", count)
	f.redirectCount++
	if failure := f.redirectUserinfo(next); failure != nil {
		return nil, failure
	}
	if failure := f.redirectStream(r.status); failure != nil {
		return nil, failure
	}
	if portBeforeFollow[f.profile()] {
		if failure := f.checkPort(next); failure != nil {
			return nil, failure
		}
	}
	f.redirectHeaders(r.status, next)
	f.redirectMethod(r.status, next)
	if hintsSafelisted[f.profile()] && !origin.SameOrigin(f.page.origin, next.origin) {
		f.header = f.header.withoutNamed(isClientHint)
	}
	f.follow(r, next)
	return f.mainFetch()
}

// followUnseen follows a redirect that the script is not to see followed. It waits
// for what comes of it, but how that ends is nothing to the script.
func (f *fetch) followUnseen(r *response) *Error {
	f.info(ruleRedirectMode, "This browser follows it all the same on behalf of a keepalive request, and tells the script nothing of what comes of it.")
	unseen := *f
	unseen.redirect, unseen.unseen = RedirectFollow, true
	unseen.redirectCount++ // this one counts twice
	next, failure := unseen.redirectFetch(r)
	switch {
	case failure == nil:
		next.close()
	case failure.Reason == ReasonLoginAwaited || f.ctx.Err() != nil:
		return failure
	default:
		end := &f.trace.Steps[len(f.trace.Steps)-1]
		end.Decision, end.Reason = DecisionInfo, ""
	}
	return nil
}

// redirectTarget looks for what is wrong with where a redirect leads, which is
// not to be followed anyway.
func (f *fetch) redirectTarget(r *response) *Error {
	value, failure := f.oneLocation(r)
	if failure != nil {
		return failure
	}
	if failure := f.streamFirst(value, r.status); failure != nil {
		return failure
	}
	next, err := f.page.browser.locations.parse(value, f.current())
	switch {
	case err != nil:
		return f.failLocation(value)
	case f.foreignUserinfo(next):
		return f.redirectUserinfo(next)
	case !next.isHTTP() && next.scheme != "ftp":
		return f.failRedirectScheme(next, value)
	}
	return nil
}

// streamFirst is redirectStream for browsers that look for it before where the
// redirect leads, but for a user name that is forbidden there.
func (f *fetch) streamFirst(value string, status int) *Error {
	if f.stream == nil || !streamBeforeTarget[f.profile()] {
		return nil
	}
	if next, err := f.page.browser.locations.parse(value, f.current()); err == nil && f.foreignUserinfo(next) {
		return nil
	}
	return f.redirectStream(status)
}

// foreignUserinfo reports whether a redirect's URL has a user name or password
// that another origin's being involved forbids.
func (f *fetch) foreignUserinfo(next *location) bool {
	return next.includesCredentials && f.foreign(next)
}

// foreign reports whether another origin than the page's is involved in a redirect.
func (f *fetch) foreign(next *location) bool {
	return f.mode == ModeCORS && !origin.SameOrigin(f.page.origin, next.origin) || f.tainting == taintingCORS
}

// redirectStream looks for a body that cannot be sent again.
// https://fetch.spec.whatwg.org/#http-redirect-fetch
func (f *fetch) redirectStream(status int) *Error {
	if f.stream == nil || status == http.StatusSeeOther {
		return nil
	}
	return f.fail(ruleRedirectBody, ReasonRedirectBodyNotReplayable,
		"The redirect asks to send the body again, but it was streamed and is gone.", Field{"status", strconv.Itoa(status)})
}

// latin1 takes each byte for a character.
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// redirects reports whether the browser takes a response for a redirect.
func (f *fetch) redirects(r *response) bool {
	later := laterRedirects[f.profile()] && r.status > http.StatusPermanentRedirect && r.status < 400
	return fetchspec.IsRedirectStatus(r.status) || later && r.header.has("Location")
}

// leadsOn reports whether a response is a redirect that says where to.
func (r *response) leadsOn() bool {
	return fetchspec.IsRedirectStatus(r.status) && first(r.header.lines("Location")) != ""
}

// oneLocation returns the value of the Location header, of which there may be
// but one. https://fetch.spec.whatwg.org/#extract-header-list-values
func (f *fetch) oneLocation(r *response) (string, *Error) {
	lines := r.header.lines("Location")
	if sameLocationsAllowed[f.profile()] {
		lines = slices.Compact(lines)
	}
	if locationsJoined[f.profile()] {
		lines = []string{strings.Join(lines, ", ")}
	}
	if len(lines) > 1 {
		return "", f.fail(ruleRedirectLocation, ReasonRedirectLocation, "The redirect has "+strconv.Itoa(len(lines))+" Location headers.",
			Field{"location", strings.Join(lines, ", ")}, Field{"locations", strconv.Itoa(len(lines))})
	}
	if locationIsLatin1[f.profile()] {
		return latin1(strings.ToValidUTF8(lines[0], "\uFFFD")), nil
	}
	return escapeBytes(lines[0]), nil
}

// escapeBytes percent-encodes what is not ASCII in a Location that is no UTF-8,
// as browsers do where the standard does not say how to decode it; measured:
// redirect-location-latin1.
func escapeBytes(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] < utf8.RuneSelf {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return b.String()
}

func (f *fetch) failLocation(value string) *Error {
	return f.fail(ruleRedirectLocation, ReasonRedirectLocation,
		"The redirect's Location, "+quote(value)+", cannot be parsed as a URL.", Field{"location", value})
}

// redirectLocation resolves the Location header.
// https://fetch.spec.whatwg.org/#concept-response-location-url
func (f *fetch) redirectLocation(value string) (*location, *Error) {
	in := Field{"location", value}
	next, err := f.page.browser.locations.parse(value, f.current())
	if err != nil {
		return nil, f.failLocation(value)
	}
	blank := f.isAboutBlank(next) && keepaliveToAboutBlank[f.profile()] && f.keepalive && f.mode == ModeNoCORS
	if !next.isHTTP() && !blank {
		return nil, f.failRedirectScheme(next, value)
	}
	next = next.withFragment(f.current())
	f.pass(ruleRedirectLocation, "The redirect leads to "+next.href+".", in)
	return next, nil
}

func (f *fetch) failRedirectScheme(next *location, value string) *Error {
	return f.fail(ruleRedirectLocation, ReasonRedirectScheme,
		"The redirect leads to "+quote(next.href)+"; only http and https are followed.", Field{"location", value})
}

func (f *fetch) redirectUserinfo(next *location) *Error {
	if !next.includesCredentials || f.unseen {
		return nil
	}
	in := Field{"location", next.href}
	refuse := func() *Error {
		return f.fail(ruleRedirectUserinfo, ReasonRedirectUserinfo,
			"The redirect's Location carries a user name or password, which is refused when another origin is involved.", in)
	}
	if f.foreign(next) {
		if userinfoAfterPreflight[f.profile()] && f.tainting == taintingBasic {
			f.recheck = refuse
			return nil
		}
		return refuse()
	}
	if ownUserinfoRefused[f.profile()] && f.initiator != InitiatorXHR {
		return f.fail(ruleRedirectUserinfo, ReasonRedirectUserinfo,
			"The redirect's Location carries a user name or password, which this browser refuses even from the page's own origin to itself.", in, Field{"own", "true"})
	}
	f.pass(ruleRedirectUserinfo, "The redirect's Location carries a user name or password, which its own origin may.", in)
	return nil
}

// redirectHeaders takes away the headers that do not go where a redirect leads.
func (f *fetch) redirectHeaders(status int, next *location) {
	leaves := !origin.SameOrigin(f.current().origin, next.origin)
	bodyless := becomesGET(status, f.method)
	if headersReturn[f.profile()] {
		bodyless = f.returnHeaders(status, bodyless, leaves)
	}
	if leaves && f.header.has("Authorization") {
		f.info(ruleRedirectHeaders, "The redirect leads to another origin, so Authorization is not sent along.")
	}
	if bodyHeadersReturn[f.profile()] {
		bodyless = f.dropBodyHeaders(status, bodyless, next)
	}
	f.header = f.header.withoutNamed(lostWith(bodyless, leaves))
}

// returnHeaders is what headersReturn says. It reports whether the headers that go
// with the body are lost.
func (f *fetch) returnHeaders(status int, bodyless, leavesOrigin bool) bool {
	lost := lostWith(bodyless, leavesOrigin)
	ofBody := func(name string) bool { return f.typeOfBody && fetchspec.EqualFold(name, "content-type") }
	if bodyless || f.method != f.methodAtFirst {
		f.headerAtFirst = f.headerAtFirst.withoutNamed(ofBody)
		if f.asked == nil {
			f.namesAtFirst = slices.DeleteFunc(slices.Clone(f.namesAtFirst), ofBody)
			f.unsafeAtFirst = f.unsafeRequest && len(f.namesAtFirst) > 0
		}
	}
	f.namesLeft = slices.DeleteFunc(slices.Clone(f.namesAtFirst), func(name string) bool { return lost(name) && !ofBody(name) })
	f.header = f.headerAtFirst
	return becomesGET(status, f.methodAtFirst)
}

// lostWith picks the headers that go with the body, or stay within an origin.
func lostWith(bodyless, leavesOrigin bool) func(name string) bool {
	return func(name string) bool {
		return bodyless && fetchspec.IsRequestBodyHeaderName(name) || leavesOrigin && fetchspec.EqualFold(name, "authorization")
	}
}

// redirectMethod changes the method to GET where the standard says so.
func (f *fetch) redirectMethod(status int, next *location) {
	if !becomesGET(status, f.method) {
		if f.method == "DELETE" && foreignDeleteIsGET[f.profile()] && !origin.SameOrigin(f.current().origin, next.origin) {
			f.info(ruleRedirectMethod, "This browser makes a DELETE that is redirected to another origin a GET.", Field{"status", strconv.Itoa(status)})
			f.method, f.body = "GET", nil
		}
		return
	}
	f.info(ruleRedirectMethod, "After a "+strconv.Itoa(status)+" the method "+f.method+" becomes GET, and the body goes.", Field{"status", strconv.Itoa(status)})
	f.method, f.body, f.stream = "GET", nil, nil
}

// dropBodyHeaders keeps what a redirect drops with the body, and reports whether it
// does. Without CORS so does each later one that would make a GET of a POST, and for good if it leaves the page's own origin.
func (f *fetch) dropBodyHeaders(status int, bodyless bool, next *location) bool {
	own := origin.SameOrigin(f.page.origin, next.origin)
	if f.tainting != taintingCORS && (own || f.mode != ModeCORS) {
		bodyless = bodyless || becomesGET(status, "POST") && len(f.dropped) > 0
		f.stayDropped = f.stayDropped || bodyless && !own && f.tainting == taintingBasic
	}
	if bodyless {
		f.returning = f.hop + 2
		if lost := f.header.without(func(h Field) bool { return !fetchspec.IsRequestBodyHeaderName(h.Name) }); len(lost) > 0 {
			f.dropped = lost
		}
	}
	return bodyless
}

// returnBodyHeaders adds what a redirect dropped with the body, in browsers that
// leave it out of one request only.
func (f *fetch) returnBodyHeaders() {
	if len(f.dropped) > 0 && f.hop >= f.returning && !(f.stayDropped && f.tainting != taintingCORS) {
		f.header = slices.Concat(f.header, f.dropped)
		f.dropped = nil
	}
}

// becomesGET reports whether a redirect turns a method into GET.
func becomesGET(status int, method string) bool {
	return (status == 301 || status == 302) && method == "POST" || status == 303 && method != "GET" && method != "HEAD"
}

// follow makes next the current URL.
func (f *fetch) follow(r *response, next *location) {
	before := f.serializedOrigin()
	if !origin.SameOrigin(f.current().origin, next.origin) {
		f.originSent = ""
	}
	f.cleaned = headersCleaned[f.profile()] && f.mode == ModeCORS && !origin.SameOrigin(f.current().origin, next.origin)
	if selfRedirectUnstored[f.profile()] && !f.movesForGood(r) && r.stored != nil && next.withoutFragment() == f.current().withoutFragment() {
		f.page.browser.responses.remove(*r.stored)
	}
	f.inMemory = f.inMemory && f.current().scheme == "http"
	f.redirectStored = r.stored
	f.urls = append(f.urls, next)
	f.hop++
	f.redirectPolicy(r.header)
	f.pass(ruleRedirectFollow, "The redirect to "+next.href+" is followed.", Field{"status", strconv.Itoa(r.status)}, Field{"location", next.href})
	if f.serializedOrigin() != before {
		f.info(ruleRedirectTaint, "One origin has redirected to another on the page's behalf, so the request's origin is null from here on.",
			Field{"before", before}, Field{"after", "null"})
	}
}
