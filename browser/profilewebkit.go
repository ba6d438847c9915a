package browser

// More of the table in profile.go: what WebKit does after redirects, most of it
// because its network process and its page's process look at them in turn.
var (
	// foreignDeleteIsGET: a DELETE that is redirected to another origin, by any status,
	// becomes a GET, but keeps its headers. It is libsoup's doing, and not Safari's;
	// measured: random-801-7-16, and chains of 301, 303 and 307 within and between origins.
	foreignDeleteIsGET = perProfile[bool]{WebKit: true}
	// bodyHeadersReturn: the headers that a redirect drops with the body are back after
	// the next redirect, but without CORS not if that is a 301, 302 or 303, nor if they went as it left
	// the page's own origin; measured: random-801-17-9, random-404-34-18, body-sent-again,
	// and chains of 301, 303 and 307 with POST, PUT, PATCH and DELETE, with and without CORS.
	bodyHeadersReturn = perProfile[bool]{WebKit: true}
	// taintedPreflightCrossSite: a preflight of a request whose origin redirects have made
	// null is cross-site to Sec-Fetch-Site; measured: chains of two to four among two
	// origins, a subdomain and another site.
	taintedPreflightCrossSite = perProfile[bool]{WebKit: true}
	// mixedAfterPreflight: after a redirect, mixed content is found only once the
	// preflight there has been answered; measured: random-801-12-12, random-801-13-15.
	mixedAfterPreflight = perProfile[bool]{WebKit: true}
	// noCORSChainCredentialed: without CORS, credentials mode same-origin counts for
	// what the first URL is, and so lets cookies go with redirects to other origins;
	// measured: random-802-2-1, and chains within and between origins and sites.
	noCORSChainCredentialed = perProfile[bool]{WebKit: true}
	// chainWithoutScheme: http and https are one site to cookies in chains of redirects
	// too; measured: random-803-2-21.
	chainWithoutScheme = perProfile[bool]{Firefox: true, WebKit: true}
	// changedSchemeRestricts: once the scheme has changed in a chain, cookies with
	// SameSite=Lax or Strict go to the page's own host only; measured: random-803-2-21,
	// and chains of two and three among http and https of a domain, its subdomain and
	// another site.
	changedSchemeRestricts = perProfile[bool]{WebKit: true}
	// wildcardOutlivesCredentials: a "*" of a preflight with credentials is remembered
	// for requests without; measured: random-602-0-20.
	wildcardOutlivesCredentials = perProfile[bool]{WebKit: true}
	// xhrStored: a fresh answer to an XMLHttpRequest is stored whatever its status, and
	// serves fetch too, a 308 only if what it leads to is fresh as well; measured:
	// random-701-3-12, random-923-0-4, and 24 statuses with and without credentials.
	xhrStored = perProfile[bool]{WebKit: true}
	// userinfoAfterPreflight: where a redirect leads from the page's own origin to
	// another, a user name there is found only once the preflight has been answered;
	// measured: random-804-3-3.
	userinfoAfterPreflight = perProfile[bool]{WebKit: true}
	// ftpUnanswered: a redirect to ftp fails before all else, in every redirect mode;
	// measured: random-805-14-5, random-901-6-20.
	ftpUnanswered = perProfile[bool]{WebKit: true}
	// missForgotten: what the preflight cache has of a URL is forgotten when it does
	// not allow a request; measured: random-801-2-18, and pairs of methods and headers.
	missForgotten = perProfile[bool]{WebKit: true}
	// paramsTypeSent: the Content-Type of URLSearchParams goes with the GET of an
	// XMLHttpRequest, though the body does not; measured: random-906-13-14, and five
	// kinds of bodies with GET and HEAD.
	paramsTypeSent = perProfile[bool]{WebKit: true}
	// conditionsTravel: the conditions with which a stored response is asked about go
	// with redirects, without CORS or within the page's own origin, unless an
	// XMLHttpRequest stored it, and a 304 at the end says that it is still good;
	// measured: conditions-travel and its companions.
	conditionsTravel = perProfile[bool]{WebKit: true}
	// redirectsReplay: a redirect that is stored takes with it the headers with which it
	// was followed and whether credentials went along, and where it serves another fetch
	// these are sent rather than its own, without CORS or within the page's own origin;
	// measured: replayed-headers and its companions.
	redirectsReplay = perProfile[bool]{WebKit: true}
	// redirectsUnasked: a stored redirect that is not fresh is asked about without a
	// condition; measured: stale-redirect-unasked, and eight statuses with a tag.
	redirectsUnasked = perProfile[bool]{WebKit: true}
	// xhrRemembered: what a GET of an XMLHttpRequest got serves the next fetch under
	// force-cache with CORS, the same headers but for Accept, and credentials or none
	// likewise, whatever it says of caching, unless the URL has been asked for since;
	// measured: random-920-36-12, xhr-remembered-once and its companions.
	xhrRemembered = perProfile[bool]{WebKit: true}
	// fragmentsUnfound: what a redirect to a URL with a fragment leads to is stored where
	// nothing finds it; measured: random-925-39-17, stored-with-fragment.
	fragmentsUnfound = perProfile[bool]{WebKit: true}
	// strandedAbroad: without CORS, what a stored redirect of the page's own origin leads
	// to at another cannot redirect on; measured: random-927-35-22, stored-redirect-strands.
	strandedAbroad = perProfile[bool]{WebKit: true}
)
