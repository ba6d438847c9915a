package browser

import "crossorigin.dev/internal/fetchspec"

// A Profile is the browser that is imitated.
type Profile uint8

const (
	Spec     Profile = iota // the Fetch standard, its known slips mended
	Chromium                // as Chromium 156 was measured
	Firefox                 // as Firefox 153 was measured
	WebKit                  // as WebKitGTK 2.50 was measured
)

var profileNames = perProfile[string]{Spec: "spec", Chromium: "chromium", Firefox: "firefox", WebKit: "webkit"}

// String returns "spec", "chromium", "firefox" or "webkit".
func (p Profile) String() string { return profileNames[p.orSpec()] }

// orSpec returns p, or Spec if there is no such profile.
func (p Profile) orSpec() Profile {
	if int(p) < len(profileNames) {
		return p
	}
	return Spec
}

// ParseProfile returns the profile of that name, as String writes it.
func ParseProfile(name string) (p Profile, ok bool) {
	for p, n := range profileNames {
		if n == name {
			return Profile(p), true
		}
	}
	return Spec, false
}

// perProfile is one row of the table of differences: a value per profile.
type perProfile[T any] [4]T

// The table. Each row is one thing in which the browsers differ from the
// standard or from each other. The names after "measured" are the recorded
// cases that show it.

// Which request needs a preflight, and what the preflight holds.
var (
	// hintsSafelisted: client hints and Intervention pass with values of their
	// kind, which the standard does not have, and a redirect to another origin
	// than the page's drops the hints; measured: reqh dpr, each name with values
	// on either side, and redirects.
	hintsSafelisted = perProfile[bool]{Chromium: true}
	// userAgentFixed: a script's own User-Agent is dropped; measured: ua-chromium.
	userAgentFixed = perProfile[bool]{Chromium: true}
	// pairsCombined: the safelist judges the joined values of a name rather
	// than each; measured: pairs-1024, pairs-129-joined.
	pairsCombined = perProfile[bool]{Chromium: true, WebKit: true}
	// totalLimited: safelisted values may not exceed 1024 bytes together;
	// measured: pairs-1024, which Firefox sends without a preflight.
	totalLimited = perProfile[bool]{Spec: true, Chromium: true, WebKit: true}
	// contentTypeStrict: a Content-Type with a comma anywhere, or with a
	// semicolon at its end that is not its only one, is not safelisted;
	// measured: a POST of "text/plain;, application/json" or "text/plain;a=b;"
	// is preflighted and one of "text/plain;" or "text/plain;;a=b" is not, and
	// a no-cors POST loses the header.
	contentTypeStrict = perProfile[bool]{Firefox: true}
	// rangeNumbersLimited: a Range whose numbers have more than 18 digits is not
	// safelisted; measured: range-huge, range-huge-first.
	rangeNumbersLimited = perProfile[bool]{Chromium: true, Firefox: true, WebKit: true}
	// rangeUnitFolded: a Range may write bytes in any case to be safelisted;
	// measured: found-client-hints.
	rangeUnitFolded = perProfile[bool]{WebKit: true}
	// headersAreUTF8: a script's headers are sent as UTF-8 rather than Latin-1;
	// measured: call-header-bytes-above-ascii, content-type-not-ascii. It is
	// libsoup's doing, and not Safari's.
	headersAreUTF8 = perProfile[bool]{WebKit: true}
	// preflightSaysUserAgent: a preflight carries a script's own User-Agent;
	// measured: ua-chromium.
	preflightSaysUserAgent = perProfile[bool]{WebKit: true}
	// onlyASCIISafelisted: a value with a byte above 7F is not safelisted;
	// measured: Accept "é", Content-Type "text/plain;é".
	onlyASCIISafelisted = perProfile[bool]{Firefox: true}
	// headersMerged: of several headers of one name an empty one drops those before
	// it, and of Authorization, Content-Type and a few others the last is sent, or
	// the first Content-Type if there is a body and no redirect yet, rather than all
	// joined; measured: content-type-twice, random-11-32-23, and each with GET and
	// POST, and 307. Those of an XMLHttpRequest are joined.
	headersMerged = perProfile[bool]{Firefox: true}
	// preflightSecFetchMode: Sec-Fetch-Mode goes out with a preflight even to
	// plain http; measured: preflight-bytes.
	preflightSecFetchMode = perProfile[bool]{Chromium: true}
	// preflightSiteOfURL: a preflight's Sec-Fetch-Site tells of its own URL only,
	// not of those that redirected there; measured: https from a.test by c.test
	// to a.test.
	preflightSiteOfURL = perProfile[bool]{Chromium: true, Firefox: true}
	// httpRedirectLeavesSite: after a redirect over plain http only the page's own
	// origin is of its site to Sec-Fetch-Site; measured: localhost-put-redirect, and
	// chains of the same of http and https.
	httpRedirectLeavesSite = perProfile[bool]{Firefox: true}
	// ipv6Siteless: two ports of an IPv6 address are cross-site to Sec-Fetch-Site;
	// measured: origin-of-ipv6-address, corp-ipv6-two-ports.
	ipv6Siteless = perProfile[bool]{Firefox: true}
	// storageAccessSent: a request with credentials to another site says whether
	// it has its cookies, in Sec-Fetch-Storage-Access; measured: https from
	// a.test to b.test.
	storageAccessSent = perProfile[string]{Chromium: "active", Firefox: "none"}
	// storageAccessOfPreflights: a preflight says so too, but a request whose origin
	// redirects have made null, or with keepalive, does not; measured: from https to b.test, and after
	// redirects from there to itself, another port and another site.
	storageAccessOfPreflights = perProfile[bool]{Firefox: true}
	// otherSiteClamped: another site, whatever its scheme, is told the origin only
	// under unsafe-url and no-referrer-when-downgrade too; measured: referrer-unsafe-url,
	// referrer-policy-no-referrer-when-downgrade, referrer-from-http-to-https.
	otherSiteClamped = perProfile[bool]{Firefox: true, WebKit: true}
	// clampUnnoticed: what another site is not told for that a later hop is told all
	// the same; measured: random-101-12-19, random-201-1-5, random-301-1-0, and each
	// policy with chains of two and three redirects.
	clampUnnoticed = perProfile[bool]{WebKit: true}
	// clampForgotten: what another site is not told under unsafe-url,
	// no-referrer-when-downgrade and origin-when-cross-origin a later hop is told all
	// the same, unless the redirect there sets a policy, and but for keepalive; measured:
	// each policy from b.test, or another port of a.test, back to a.test, and random-410-25-11,
	// with each policy of the redirect.
	clampForgotten = perProfile[bool]{Firefox: true}
	// sandboxElementsTell: the elements of a sandboxed page tell its URL's origin;
	// measured: sandbox-elements.
	sandboxElementsTell = perProfile[bool]{Firefox: true}
	// downgradeByScheme: what a referrer policy takes for a downgrade is from https
	// to http, whatever the host; measured: https to http://localhost, and
	// http://localhost to another host.
	downgradeByScheme = perProfile[bool]{Chromium: true, Firefox: true, WebKit: true}
	// sandboxIgnored: Referer and the site of cookies are those of the page's URL
	// even if it is sandboxed; measured: referrer-of-a-sandboxed-page,
	// cookie-sandbox.
	sandboxIgnored = perProfile[bool]{WebKit: true}
	// preflightReferrerStale: a preflight after a redirect carries the Referer that
	// the first request had, before it was clamped, and cut to the origin for another
	// site; measured: redir-a-b-put, auth-authorization-not-back, and each policy, at
	// first and of the redirect, with chains of two to four.
	preflightReferrerStale = perProfile[bool]{WebKit: true}
	// headersCleaned: in mode cors, a redirect from one origin to another loses
	// Sec-Fetch-* and what the cache mode adds, and the next one within an origin has
	// them again; measured: sec-fetch-site-lowered-to-same-site, eventsource-redirected,
	// random-803-18-7, and chains of two to four.
	headersCleaned = perProfile[bool]{WebKit: true}
	// originKept: what went out with an Origin keeps it after redirects within an
	// origin, though the method has become GET; measured: redirect-303-methods.
	originKept = perProfile[bool]{WebKit: true}
	// fontWithoutCORS: fonts are loaded in mode no-cors; measured: font-unshared.
	fontWithoutCORS = perProfile[bool]{WebKit: true}
	// bodyTypeUnguarded: in mode no-cors a body brings its Content-Type though the
	// script might not have set it; measured: body-blob-of-json-no-cors.
	bodyTypeUnguarded = perProfile[bool]{WebKit: true}
	// preflightOriginUntainted: a preflight after a tainting redirect carries
	// the page's origin, the request then null; measured: ff-redirect-pf-null.
	preflightOriginUntainted = perProfile[bool]{Firefox: true}
	// preflightRepeated: once preflighted, a request is preflighted after each
	// redirect, though nothing calls for it any more. Firefox asks about what
	// is left, WebKit about the headers that were there at first; measured:
	// redir-auth-B-C, redir-303-put.
	preflightRepeated = perProfile[repeat]{Firefox: repeatWithRest, WebKit: repeatWithAll}
	// headersReturn: each redirect starts from the headers there were at first, so that
	// what an earlier one dropped is sent again, and asked about. The body's are
	// dropped by what becomes of the method there was at first, and asked about by
	// what becomes of the last. The type of an XMLHttpRequest's body that the script has
	// not set does not return, but once asked about is so again; measured: random-404-34-18,
	// random-407-13-13, and chains of 302, 303 and 307 with Content-Type and Authorization.
	headersReturn = perProfile[bool]{Firefox: true}
	// charsetForgotten: that the charset of an XMLHttpRequest's Content-Type was corrected
	// counts neither for the safelist nor after a redirect; measured: random-404-9-17,
	// found-charset-redirected, and types with a quoted charset.
	charsetForgotten = perProfile[bool]{Firefox: true}
	// emptyUploadPreflighted: an upload's listener causes a preflight even if there
	// is nothing to upload; measured: GET and POST without a body.
	emptyUploadPreflighted = perProfile[bool]{Firefox: true, WebKit: true}
	// streamLeavesOrigin: a streamed body turns mode same-origin into cors;
	// measured: a POST to another origin.
	streamLeavesOrigin = perProfile[bool]{Chromium: true}
	// bodyGrantsMethod: without Access-Control-Allow-Methods, a preflight for the
	// sake of a streamed body or an upload's listener allows the method; measured:
	// a PUT of each.
	bodyGrantsMethod = perProfile[bool]{Spec: true}
	// methodBeforeHeaders: whether the method is allowed is found before the list of
	// headers is read; measured: what is said of a DELETE with
	// Access-Control-Allow-Headers: "x-a".
	methodBeforeHeaders = perProfile[bool]{Firefox: true}
	// ownPreflightUnchecked: a preflight to the page's own origin, after a redirect
	// by another, needs no Access-Control-Allow-Origin; measured:
	// auth-authorization-not-back, and PUTs from b.test back to a.test.
	ownPreflightUnchecked = perProfile[bool]{Firefox: true}
	// preflightStatusFirst: the status is looked at before the CORS check;
	// from WebKit's source.
	preflightStatusFirst = perProfile[bool]{WebKit: true}
	// streamUpload: what a streamed body does; measured: stream-upload-h1.
	streamUpload = perProfile[streaming]{Firefox: streamingAsText, WebKit: streamingRefused}
)

// What "*" covers.
var (
	// wildcardCoversAuthorization: in Access-Control-Allow-Headers; measured:
	// auth-wildcard.
	wildcardCoversAuthorization = perProfile[bool]{Chromium: true, Firefox: true, WebKit: true}
	// cachedWildcardCoversAuthorization: also one that is remembered; measured:
	// auth-wildcard-cached.
	cachedWildcardCoversAuthorization = perProfile[bool]{WebKit: true}
	// wildcardForgotten: a "*" is remembered as a mere name; measured:
	// methods-wildcard-cached.
	wildcardForgotten = perProfile[bool]{Firefox: true}
)

// The preflight cache.
var (
	// maxAgeCap: seconds at most. The standard leaves it open; the browsers'
	// are from their sources.
	maxAgeCap = perProfile[int64]{Spec: 86400, Chromium: 7200, Firefox: 86400, WebKit: 600}
	// maxAgeNegative: seconds for "-1"; measured: maxage-1.
	maxAgeNegative = perProfile[int64]{Spec: defaultMaxAge}
	// maxAgePlus: a plus before the digits is read over; measured: maxage6s-[+60].
	maxAgePlus = perProfile[bool]{Chromium: true, WebKit: true}
	// maxAgeGarbage: seconds for what is no number, and for two lines;
	// measured: maxage-2[abc], maxage-5[60.5], maxage-7[60, 60], maxage-twice.
	maxAgeGarbage = perProfile[int64]{Spec: defaultMaxAge, Chromium: defaultMaxAge, WebKit: defaultMaxAge}
	// maxAgeOverflow: seconds for a number too large for 64 bits; measured:
	// maxage6s-[99999999999999999999].
	maxAgeOverflow = perProfile[int64]{Spec: fetchspec.MaxAgeLimit, Chromium: defaultMaxAge, Firefox: fetchspec.MaxAgeLimit, WebKit: defaultMaxAge}
	// grantReplaces: a preflight's answer replaces what was remembered for the
	// URL instead of adding to it; measured: accum-put-delete-put, accum-hdr.
	grantReplaces = perProfile[bool]{Chromium: true, WebKit: true}
	// credentialsKept: what a preflight with credentials allowed does not count
	// without; measured: cache-cred-crossuse.
	credentialsKept = perProfile[bool]{Firefox: true}
	// forgottenAfter: which failure makes the cache forget the URL; measured:
	// cache-cleared-on-corsfail, hit-and-fail, random-407-1-8.
	forgottenAfter = perProfile[forgetting]{Spec: forgetAfterAny, Chromium: forgetAfterPreflight, Firefox: forgetButRefusedRedirects}
	// lookupBypassed: cache modes under which the preflight cache is not asked;
	// measured: cache-nostore-pf.
	lookupBypassed = perProfile[[]CacheMode]{
		Chromium: {CacheNoStore, CacheReload, CacheNoCache}, Firefox: {CacheNoStore, CacheReload},
	}
	// storeBypassed: cache modes under which nothing is added to it; measured:
	// pfcache-store-no-store.
	storeBypassed = perProfile[[]CacheMode]{Chromium: {CacheNoStore}}
	// storedUnchecked: an answer is remembered before it is compared with what
	// was asked; measured: hit-and-fail, pf-fail-cached-webkit.
	storedUnchecked = perProfile[bool]{WebKit: true}
	// cacheKeyUntainted: the key has the page's origin even where redirects have
	// made the request's null; from the browsers' sources.
	cacheKeyUntainted = perProfile[bool]{Chromium: true, Firefox: true}
	// nullOriginForgotten: nothing is remembered for requests of origin null,
	// which those of two sandboxed pages have alike; measured: a second PUT from
	// a sandboxed page, or after the same tainting redirect.
	nullOriginForgotten = perProfile[bool]{Chromium: true}
	// bodyNeedsMethod: for a streamed body or an upload's listener the cache asks
	// for POST to be listed; measured: remembered-post-for-upload-listener.
	bodyNeedsMethod = perProfile[bool]{Spec: true}
	// headNotSafelisted: the cache asks for HEAD to be listed; measured:
	// head-header-cached.
	headNotSafelisted = perProfile[bool]{Firefox: true}
)

// Redirects, origins and cookies.
var (
	// modeFirst: what the mode forbids is found before mixed content, and that
	// before a forbidden port; measured: what is said of http from https.
	modeFirst = perProfile[bool]{Chromium: true, WebKit: true}
	// chainCredentialed: of a fetch of credentials mode same-origin that began with
	// the page's own origin, redirects by other origins are checked as if the mode
	// were include, once the next preflight has been answered; measured: redir-a-b-a,
	// redirect-chain-with-credentials-allowed, and PUTs to a.test by b.test and back.
	chainCredentialed = perProfile[bool]{WebKit: true}
	// ownUserinfoRefused: a redirect within the page's origin may not carry a
	// user name or password, but for an XMLHttpRequest; measured: redir-A-userinfo-A,
	// random-56-217-12.
	ownUserinfoRefused = perProfile[bool]{Chromium: true}
	// noCORSRedirectNulled: without CORS, Origin is null once a redirect has led
	// from one origin to another, the page's own included; measured: a no-cors
	// POST after a 307.
	noCORSRedirectNulled = perProfile[bool]{Chromium: true}
	// taintedForgotten: nothing is remembered for a request whose origin redirects
	// have made null, unless it was so from the start; measured: random-11-24-4,
	// random-806-19-4.
	taintedForgotten = perProfile[bool]{WebKit: true}
	// credentiallessUnknown: embedder policy credentialless is none; measured:
	// cookie-credentialless-page.
	credentiallessUnknown = perProfile[bool]{WebKit: true}
	// localhostIsSite: what is below localhost is of one site with it; measured:
	// corp-localhost-subdomain.
	localhostIsSite = perProfile[bool]{WebKit: true}
	// originDespitePolicy: a no-cors POST under no-referrer carries the page's
	// origin rather than null; measured: nocors-post-noreferrer.
	originDespitePolicy = perProfile[bool]{Chromium: true}
	// fontSaysOrigin: a font of the page's own origin is asked for with Origin;
	// measured: font-own-origin, font-not-found.
	fontSaysOrigin = perProfile[bool]{Chromium: true}
	// taintWithholdsCookies: after a redirect by another site only cookies that go
	// to other sites are sent; measured: cookie-after-redirect-by-another-site.
	taintWithholdsCookies = perProfile[bool]{Spec: true, Firefox: true, WebKit: true}
	// taintSetsCookies: but all are stored that come from the page's own site; measured:
	// random-509-10-23, and chains of up to three hosts with each SameSite.
	taintSetsCookies = perProfile[bool]{Firefox: true}
	// siteWithoutScheme: http and https of one domain are one site to cookies;
	// measured: cookie-site-includes-scheme.
	siteWithoutScheme = perProfile[bool]{Firefox: true, WebKit: true}
	// sameSiteDefaultNone: a cookie without SameSite goes to other sites too;
	// measured: preflight-bytes-cred.
	sameSiteDefaultNone = perProfile[bool]{Firefox: true}
	// cookieWithoutName: what becomes of a cookie without a name, or without "=";
	// measured: cookie-syntax, with "alone" and "=nameless".
	cookieWithoutName = perProfile[namelessness]{Firefox: namelessIsValueless, WebKit: namelessRefused}
	// cookiesOfRFC6265: cookies know no prefixes, no bounds of size, no Partitioned,
	// and SameSite=None without Secure; a Max-Age may begin with a plus. They are
	// sent by domain, the host's own first, and cut at the first byte above 7F. All
	// this is libsoup's, and not Safari's; measured: cookie-host-prefix,
	// cookie-too-long, cookie-none-without-secure, cookie-max-age, cookie-domain,
	// cookie-beyond-ascii.
	cookiesOfRFC6265 = perProfile[bool]{WebKit: true}
	// cookiesAreText: bytes of a cookie that are no UTF-8 become U+FFFD; measured:
	// cookie-beyond-ascii.
	cookiesAreText = perProfile[bool]{Firefox: true}
	// changedCookieMoves: a cookie that is set again to another value is as one newly
	// made, and sent after those made before; measured: cookie-order, cookie-syntax.
	changedCookieMoves = perProfile[bool]{Chromium: true}
	// cookieAgePlus: a plus before the digits of a cookie's Max-Age is read over;
	// measured: cookie-max-age.
	cookieAgePlus = perProfile[bool]{Chromium: true, WebKit: true}
	// credentialedURLRefused: nothing is loaded into a page from a URL with a user name
	// or password; measured: auth-url-image.
	credentialedURLRefused = perProfile[bool]{Chromium: true}
	// thirdPartyBlocked: no cookies at all for other sites than the page's, nor after
	// a redirect by one; measured: preflight-bytes-cred, cookies-b-a.
	thirdPartyBlocked = perProfile[bool]{WebKit: true}
	// loopbackUntrusted: http to this machine is mixed content on an https page,
	// but for pictures, and carries no Secure cookies; measured: mixed-localhost,
	// mixed-image-of-localhost, cookie-secure-on-localhost.
	loopbackUntrusted = perProfile[bool]{WebKit: true}
	// loginAwaited: a 401 to a credentialed CORS request opens a login dialog,
	// and the fetch waits; measured: wwwauth-401. In a tab that nobody sees Chromium
	// hands the response to the script.
	loginAwaited = perProfile[awaiting]{Chromium: awaitsAny, Firefox: awaitsAny, WebKit: awaitsOwn}
)

// What becomes of some responses.
var (
	// headersJoinedOnArrival: a header without a value is none if there is another of
	// its name, and over HTTP/2 several Access-Control-Allow-Origin are one; measured:
	// "*" with "", and "*" twice, over either protocol.
	headersJoinedOnArrival = perProfile[bool]{Firefox: true}
	// locationFirst: when it is found before the CORS check that a Location cannot
	// be parsed, or stands there twice; measured: "http://[" and other Locations
	// without Access-Control-Allow-Origin, under each redirect mode.
	locationFirst = perProfile[locating]{Chromium: locatedAlways, Firefox: locatedToFollow}
	// locationSingular: no response of any status may have two different
	// Locations; measured: 200, 204, 300, 302 and 404.
	locationSingular = perProfile[bool]{Firefox: true}
	// locationlessPasses: a redirect without a Location is a response even if the
	// redirect mode is error; measured: a 303 without one.
	locationlessPasses = perProfile[bool]{Chromium: true, WebKit: true}
	// emptyLocationIgnored: a redirect with an empty Location is a response, as
	// if there were none; measured: "Location:" and "Location:  ".
	emptyLocationIgnored = perProfile[bool]{Chromium: true}
	// emptyLocationRefused: a redirect with an empty Location fails; measured:
	// redirect-location-empty.
	emptyLocationRefused = perProfile[bool]{WebKit: true}
	// locationsJoined: several Locations are one, with commas; measured:
	// redirect-location-twice.
	locationsJoined = perProfile[bool]{WebKit: true}
	// locationIsLatin1: each byte of a Location's UTF-8 is a character; measured:
	// redirect-location-not-ascii, redirect-location-latin1.
	locationIsLatin1 = perProfile[bool]{WebKit: true}
	// laterRedirects: the statuses 309 to 399 redirect too, as libsoup has it;
	// measured: redirect-other-statuses.
	laterRedirects = perProfile[bool]{WebKit: true}
	// sameLocationsAllowed: Location may stand there several times if it says the
	// same each time; measured: twice "/next", and "/next" with "/last".
	sameLocationsAllowed = perProfile[bool]{Chromium: true, Firefox: true}
	// resetContentRead: a 205 has the body that came with it; measured: body-of-205,
	// and the same over HTTP/2.
	resetContentRead = perProfile[reading]{Chromium: readOverHTTP2, WebKit: readAlways}
	// spdyTold: a response over HTTP/2 has X-Firefox-Spdy; measured: any of the
	// page's own origin.
	spdyTold = perProfile[bool]{Firefox: true}
	// switchingAwaited: a 101 that the request did not ask for is read over, and
	// the response awaited; measured: a server that closes the connection after
	// a 101, which the others take for the response.
	switchingAwaited = perProfile[bool]{Chromium: true, WebKit: true}
	// timeoutAskedAgain: when a request that is answered 408 is sent again, as every
	// browser does once after a 421; measured: timeout-asked-again, timeout-over-tls,
	// timeout-over-http2.
	timeoutAskedAgain = perProfile[insistence]{Chromium: insistsIfReused, Firefox: insistsOverHTTP2}
	// misdirectedCookiesKept: the cookies of the first of two such answers are
	// stored, and go with the second request; measured: misdirected-cookies.
	misdirectedCookiesKept = perProfile[bool]{Spec: true, WebKit: true}
	// proxyStatusRefused: a 407 from a server that is no proxy is a network error;
	// measured: auth-407.
	proxyStatusRefused = perProfile[bool]{Chromium: true}
	// portBeforeFollow: a redirect to a forbidden port is not followed, rather than the
	// request there refused, so that the preflight cache forgets where it came from;
	// measured: a second PUT after a redirect to port 6667.
	portBeforeFollow = perProfile[bool]{Firefox: true}
	// targetBeforeMode: what is wrong with where a redirect leads is found before that
	// the redirect mode is error; measured: random-44-31-10, to a URL with a user name.
	targetBeforeMode = perProfile[bool]{Chromium: true}
	// keepaliveFollows: without CORS, a redirect that a keepalive request is to be
	// shown (redirect mode manual) is followed as well, past the checks of mixed
	// content and of user names, and the script is told when that has ended;
	// measured: keepalive-manual.
	keepaliveFollows = perProfile[bool]{Chromium: true}
	// streamBeforeTarget: that a streamed body cannot be sent again is found before
	// what is wrong with where the redirect leads; measured: random-31-75-17, to
	// ftp.
	streamBeforeTarget = perProfile[bool]{Chromium: true}
	// corpSiteIsDomain: for Cross-Origin-Resource-Policy same-site only what has
	// a registrable domain has a site of its own: an address is same-site with
	// nothing, not even itself, and localhost with co.uk, which has none either;
	// measured: fetches between two ports of 127.0.0.1, [::1], localhost, co.uk.
	corpSiteIsDomain = perProfile[bool]{Chromium: true}
)

// Local Network Access, which is not in the Fetch standard.
var (
	// localNetworkAccess: whether it is enforced, measured on pages forced to
	// be public.
	localNetworkAccess = perProfile[bool]{Chromium: true, Firefox: true}
	// insecureClientBlocked: a page that is no secure context cannot even ask;
	// Firefox asks the user all the same.
	insecureClientBlocked = perProfile[bool]{Chromium: true}
	// localIsLoopback: local and loopback are one class, so that a page on the
	// local network reaches loopback unasked; measured in Chromium.
	localIsLoopback = perProfile[bool]{Chromium: true}
	// reservedIsPublic: fec0::/10, 2001:db8::/32 and 3fff::/20 are public; from
	// Firefox's source.
	reservedIsPublic = perProfile[bool]{Firefox: true}
	// unspecifiedRefused: nothing connects to 0.0.0.0; measured.
	unspecifiedRefused = perProfile[bool]{Firefox: true, WebKit: true}
	// targetSpaceHonoured: the request's TargetAddressSpace is compared.
	targetSpaceHonoured = perProfile[bool]{Chromium: true}
)
