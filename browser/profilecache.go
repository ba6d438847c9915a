package browser

// More of the table in profile.go: what the HTTP cache stores.
var (
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
	// measured: likewise.
	leavesStored = perProfile[[]int]{Firefox: {408, 421, 425, 429}}
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
