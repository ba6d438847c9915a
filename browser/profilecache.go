package browser

// More of the table in profile.go: the HTTP cache and other schemes.
var (
	// opaqueDataUnstored: an opaque response that looks like data is blocked
	// before it is stored (opaque response blocking); measured: vary-poison,
	// whose JSON is not, and vary-poison-text/css, which is.
	opaqueDataUnstored = perProfile[bool]{Chromium: true}
	// redirectsUncached: what a redirect leads to is asked for anew, unless the
	// redirect came from the cache and does not lead from the page's own origin to
	// another; measured: found-redir-ok, random-923-12-5, and chains of two and three
	// hops.
	redirectsUncached = perProfile[bool]{WebKit: true}
	// uncachedFetched: cache mode only-if-cached asks the server for what is not
	// cached; measured: cached-mode-only-if-cached.
	uncachedFetched = perProfile[bool]{WebKit: true}
	// pragmaHonoured: a script's Pragma: no-cache refuses what is stored; measured:
	// cached-request-cache-control.
	pragmaHonoured = perProfile[bool]{WebKit: true}
	// failedUnstored: which responses that the script may not have are not kept;
	// measured: a second GET after one of max-age=60 without
	// Access-Control-Allow-Origin, and the same of status 302.
	failedUnstored = perProfile[unstoring]{Chromium: unstoreButRedirects, Firefox: unstoreRedirects, WebKit: unstoreAndRestore}
	// redirectsStoredToFollow: of the statuses 300 to 399 a response is stored only
	// if it is a redirect with a Location that is followed, or a 301 or 308 over plain
	// http; a 303 only if it says for how long; measured: each with and without
	// Location, max-age and redirect mode manual, over either scheme.
	redirectsStoredToFollow = perProfile[bool]{Firefox: true}
	// storedAnyway: responses of other statuses are stored only if they say for how
	// long they are fresh, as RFC 9111 asks for at least; measured: cached-error-with-a-tag,
	// and each from 200 to 505 with an ETag.
	storedAnyway = perProfile[[]int]{
		Spec:   {200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501},
		WebKit: {200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501},
	}
	// storedIfDated: of those others, the ones that are stored at all; measured:
	// random-44-99-5, and each from 200 to 505 with max-age=60.
	storedIfDated = perProfile[[]int]{WebKit: {201, 202, 205, 302, 303, 307, 403, 406, 415}}
	// partsStored: a 206 that nobody asked for is stored like a 200; measured: one
	// of max-age=60, and one without under force-cache.
	partsStored = perProfile[bool]{Firefox: true, WebKit: true}
	// headsCached: HEAD has a cache of its own; measured: HEAD twice after max-age=60,
	// and with a GET between.
	headsCached = perProfile[bool]{Firefox: true}
	// onlyOKValidated: what is stored of a redirect or an error is not asked about;
	// measured: a second GET of 403, 404 and 500 with an ETag, and circles of redirects.
	onlyOKValidated = perProfile[bool]{Firefox: true}
	// authorizationAsksAnew: what was fetched without Authorization does not serve a
	// request with it unless the server says that it is still good; measured: after
	// max-age=60, with and without force-cache.
	authorizationAsksAnew = perProfile[bool]{Firefox: true}
	// noStoreHonoured: a request with Cache-Control: no-store passes the cache;
	// measured: before and after a response of max-age=60.
	noStoreHonoured = perProfile[bool]{Firefox: true}
	// emptyHeadersUnstored: a header without a value is not stored, unless there are two
	// of its name; measured: "X-A:", and with "X-A: 1", and random-515-72-20.
	emptyHeadersUnstored = perProfile[bool]{Firefox: true}
	// errorInvalidates: a POST and the like make the cache forget the URL even if
	// they end in an error; measured: cached-post-invalidates.
	errorInvalidates = perProfile[bool]{Firefox: true}
	// storedUnfresh: what would not be used again as it is, nor asked about, is
	// stored all the same, and serves force-cache; measured: a GET under
	// force-cache after a 200, 302, 404 or 500 that says nothing of caching.
	storedUnfresh = perProfile[bool]{Chromium: true, Firefox: true}
	// storedByCredentials: what was fetched with credentials does not serve
	// requests without, nor the other way round; measured:
	// cached-star-then-credentials, cached-credentials-then-none.
	storedByCredentials = perProfile[bool]{Firefox: true}
	// oneVariant: only the last response of a URL is kept, whatever it varies by;
	// measured: cached-vary-header.
	oneVariant = perProfile[bool]{Chromium: true, Firefox: true, WebKit: true}
	// freshStatuses: responses of other statuses are never fresh; measured:
	// cached-error, random-410-11-12, and each from 200 to 599 with max-age=60.
	freshStatuses = perProfile[[]int]{Firefox: {200, 203, 204, 206, 301, 302, 303, 307, 308, 410}}
	// opaqueOriginUncached: nothing is stored for a page of opaque origin;
	// measured: a second GET of max-age=60 from a sandboxed page.
	opaqueOriginUncached = perProfile[bool]{Chromium: true}
	// rangeFromCache: the cache looks at a Range of one range: what is stored
	// serves it, an answer that is whole is stored, and it is sent as the cache
	// writes it; measured: Range after a 200 of max-age=60, after a 308, after a 404;
	// "Bytes=0-1", "bytes = 0-1", "bytes=00-01", but not under no-store.
	rangeFromCache = perProfile[bool]{Chromium: true}
	// unstoredStatuses: responses of these statuses are not stored; measured:
	// random-44-99-5, each from 200 to 599 under force-cache, and left-stored.
	unstoredStatuses = perProfile[[]int]{Chromium: {401, 416}, Firefox: {408, 421, 425, 429}}
	// notModifiedStored: a 304 that answers no condition is stored as it is; measured:
	// random-45-1-20.
	notModifiedStored = perProfile[bool]{Chromium: true}
	// headFromCache: what was stored of a GET serves a HEAD; measured:
	// cached-head-after-get.
	headFromCache = perProfile[bool]{Chromium: true}
	// conditionsHonoured: a script's own conditions pass the cache: its
	// If-None-Match is not joined by the cache's, and it sees the 304; with If-Match
	// and the like nothing is stored; Pragma: no-cache is as Cache-Control, which
	// sends no condition; and only what has status 200 is asked about with one;
	// measured: cached-validator-of-script, cached-request-cache-control, and each
	// with and without a stored response.
	conditionsHonoured = perProfile[bool]{Chromium: true}
	// invalidatingMethods: those that make the cache forget the URL, if they succeed
	// and the cache mode is not no-store, a PUT only with a body; measured: a GET
	// after each.
	invalidatingMethods = perProfile[[]string]{Chromium: {"POST", "PUT", "DELETE", "PATCH"}}
	// forcedMethods: those that under force-cache get what is stored of a GET, and
	// are not sent, a PUT only with a body; measured: each after a GET.
	forcedMethods = perProfile[[]string]{Chromium: {"PUT", "DELETE", "PATCH"}}
	// maxAgeRead: how the value of a max-age is read; measured: twelve values, with
	// status 410, Last-Modified and Expires.
	maxAgeRead = perProfile[maxAgeReading]{Chromium: readDigits, Firefox: readLeadingDigits, WebKit: readNumber}
	// undatedExpiresIgnored: an Expires that is no date says nothing, but 0 does in
	// Chromium; measured: expires-empty-on-410, expires-nonsense-on-410, random-57-269-8,
	// and sixteen values.
	undatedExpiresIgnored = perProfile[bool]{Chromium: true, WebKit: true}
	// expiresJoined: several lines of Expires are one; measured: expires-date-then-empty.
	expiresJoined = perProfile[bool]{WebKit: true}
	// looseDatesRead: an Expires may lack its weekday, its time or its zone; measured:
	// sixteen values.
	looseDatesRead = perProfile[bool]{Chromium: true, Firefox: true, WebKit: true}
	// permanentStatuses: responses of these statuses are fresh for ever if
	// nothing says for how long; measured: a second GET after 300, 301, 308, 410.
	permanentStatuses = perProfile[[]int]{Chromium: {300, 301, 308, 410}, Firefox: {410}, WebKit: {301, 410}}
	// freshnessGuessed: if nothing but Last-Modified says for how long a response
	// is fresh, it is for a tenth of its age, if it has one of these statuses; measured:
	// a second GET of a document of 2020, in Firefox and WebKit of each status that is
	// stored.
	freshnessGuessed = perProfile[[]int]{Chromium: {200, 203}, Firefox: {200, 203, 204, 206, 301, 308}, WebKit: {200, 203, 204, 206, 300, 404, 405, 414, 501}}
	// conditionalMode: the cache mode that a script's own If-None-Match and
	// the like turn the default into; measured: reqh if-none-match.
	conditionalMode = perProfile[CacheMode]{Spec: CacheNoStore, Chromium: CacheNoCache, Firefox: CacheNoStore, WebKit: CacheNoStore}
	// credentiallessReloads: what the page's embedder policy sends without credentials
	// goes past the cache; measured: cookie-credentialless-page, and a request under
	// force-cache after it, which is served.
	credentiallessReloads = perProfile[bool]{Chromium: true}
	// charsetInPlace: when XMLHttpRequest writes UTF-8 over whatever charset its own
	// Content-Type has, where it stands, and for URLSearchParams too; measured:
	// random-31-86-6, random-405-14-18, xhr-charset-each and its companions.
	charsetInPlace = perProfile[placing]{Chromium: inPlace, Firefox: inPlaceForParams, WebKit: parsedAsWritten}
	// conditionalXHRUntold: that mode's headers are not sent with an XMLHttpRequest, which
	// looks into the preflight cache all the same; measured: one with If-Modified-Since,
	// and its preflight, and random-508-75-1.
	conditionalXHRUntold = perProfile[bool]{Firefox: true}
	// preflightCacheHeaders: a preflight carries the cache mode's headers too;
	// measured: cache-nostore-pf.
	preflightCacheHeaders = perProfile[bool]{Chromium: true, Firefox: true}
	// dataURLHasLength: a data: URL's response has a Content-Length, though not for an
	// XMLHttpRequest; measured: data-url, data-by-xhr.
	dataURLHasLength = perProfile[bool]{Firefox: true}
	// aboutBlankFetched: about:blank is an empty page to a request without CORS;
	// measured: about-cannot-be-fetched, and with a query, a fragment and POST.
	aboutBlankFetched = perProfile[bool]{Spec: true, Firefox: true}
	// aboutBlankAnyCase: and so is about:BLANK; measured: about-blank-spelled.
	aboutBlankAnyCase = perProfile[bool]{Firefox: true}
	// keepaliveToAboutBlank: without CORS, a redirect with keepalive may lead there;
	// measured: random-402-11-3, and the same with each status, host and method.
	keepaliveToAboutBlank = perProfile[bool]{Firefox: true}
	// blobHasReferrerPolicy: a blob: URL's response has a Referrer-Policy;
	// measured: data-url, though not its value.
	blobHasReferrerPolicy = perProfile[bool]{WebKit: true}
	// rangesApart: what came of a request with Range is stored, and serves those with
	// the same Range; measured: GETs with and without Range, before and after each other.
	rangesApart = perProfile[bool]{WebKit: true}
	// pragmaOfAnswer: a response with Pragma: no-cache is asked about before it is used
	// again; measured: found-cache-pragma-of-answer.
	pragmaOfAnswer = perProfile[bool]{Chromium: true, Firefox: true, WebKit: true}
	// noStoreLeavesNothing: what a request with Cache-Control: no-store brings is not
	// stored, though it may be served what is; measured: before and after a response
	// of max-age=60, under each cache mode.
	noStoreLeavesNothing = perProfile[bool]{WebKit: true}
	// unstoredForgotten: an answer that is not stored makes the cache forget the URL,
	// whatever the method, but for redirects, 304, and under no-store; measured: GET,
	// HEAD, POST, PUT, DELETE and OPTIONS with each, between GETs of what is stored.
	unstoredForgotten = perProfile[bool]{WebKit: true}
	// conditionsAlone: a request with conditions of the script's is never answered
	// from the cache, which adds none of its own; measured: If-None-Match,
	// If-Modified-Since and If-Match under each cache mode.
	conditionsAlone = perProfile[bool]{WebKit: true}
	// circlesAskAnew: a stored redirect serves a fetch but once; measured:
	// random-409-16-2, and circles of one and two URLs under each cache mode.
	circlesAskAnew = perProfile[bool]{Firefox: true}
	// memoryApart: a 301 or 308 over plain http is kept in memory only; what it leads to,
	// once it comes from there, is looked for in memory only, and kept there, until a
	// redirect comes over https; measured: random-411-48-22, and chains of each two
	// statuses and schemes.
	memoryApart = perProfile[bool]{Firefox: true}
	// unstoredReplaces: a response that is not stored takes the place of what is all the
	// same; measured: found-unstored-replaces, and a GET of what is stored, under each
	// cache mode, that brings no-store, Vary: *, 429 and others.
	unstoredReplaces = perProfile[bool]{Chromium: true, Firefox: true}
	// leavesStored: but not if it has one of these statuses, unless under reload;
	// measured: likewise, and left-stored and its companions.
	leavesStored = perProfile[[]int]{Chromium: {206, 401, 416}, Firefox: {303, 408, 421, 425, 429}}
	// rangelessBodyStored: a 416 that no Range asked for has the body of what is stored;
	// measured: left-stored.
	rangelessBodyStored = perProfile[bool]{Chromium: true}
	// strangersShut: after a status from 300 to 399 that is no redirect, nothing is stored
	// of the URL until it is loaded under reload, or forgotten; measured:
	// random-615-64-24, stranger-shuts, and thirteen statuses under each cache mode.
	strangersShut = perProfile[bool]{Firefox: true}
	// resetsUnstored: a 205 that comes with a body is not stored unless that is read;
	// measured: found-reset-with-body, random-404-45-5.
	resetsUnstored = perProfile[bool]{Chromium: true, Firefox: true}
	// transientsUnstored: headers of one connection or login are not stored, and a 304
	// does not change those that describe the body; measured: random-514-43-3, and 304
	// with thirty-six headers.
	transientsUnstored = perProfile[bool]{Firefox: true}
	// wholeRangeIgnored: to the cache Range: bytes=0- is none; measured: random-515-73-1,
	// and "bytes=0-1".
	wholeRangeIgnored = perProfile[bool]{Firefox: true}
	// selfRedirectUnstored: a redirect to its own URL is not kept, but for a 301 or 308
	// over plain http; measured: circles of one URL.
	selfRedirectUnstored = perProfile[bool]{Firefox: true}
	// ownSiteInvalidates: a POST and the like make the cache forget URLs of the page's
	// own site only, and none of a sandboxed page; but then also the Location and
	// Content-Location on the same host. What has status 206, 304, 401 or 407 does not;
	// measured: random-405-31-23, POST with each status, and from sandboxed pages and to
	// other ports, hosts and sites.
	ownSiteInvalidates = perProfile[bool]{Firefox: true}
	// freshnessGuessedIfScoped: as freshnessGuessed, for what has one of these statuses
	// and Cache-Control: public or private; measured: likewise.
	freshnessGuessedIfScoped = perProfile[[]int]{Firefox: {302, 303, 307}}
)
