package browser

// More of the table in profile.go: what the HTTP cache stores.
var (
	// rangesApart: what came of a request with Range is stored, and serves those with
	// the same Range; measured: GETs with and without Range, before and after each other.
	rangesApart = perProfile[bool]{WebKit: true}
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
)
