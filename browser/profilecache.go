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
	// movedAskAnew: what a stored 301 or 308 leads to, however far, is asked for anew,
	// unless it is one too, or was fetched in that way; measured: random-411-48-22, and
	// chains of each two statuses.
	movedAskAnew = perProfile[bool]{Firefox: true}
	// selfRedirectUnstored: a 302, 303 or 307 that leads to its own URL is not kept;
	// measured: circles of one URL.
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
