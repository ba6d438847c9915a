package browser

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// keepaliveMax is how many bytes the bodies of a page's keepalive requests may
// have together.
const keepaliveMax = 64 << 10

// networkOrCacheFetch sends the request with what the browser adds to it, or
// answers it from the HTTP cache.
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (f *fetch) networkOrCacheFetch() (*response, *Error) {
	f.credentialsIncluded = f.includeCredentials()
	replayed := f.replayed()
	out := &outgoing{
		method: f.method, target: f.current(), header: f.header.combined(),
		body: f.body, stream: f.stream,
	}
	if headersMerged[f.profile()] && f.initiator != InitiatorXHR {
		out.header = f.header.merged(f.body != nil && f.hop == 0)
	}
	if headersAreUTF8[f.profile()] {
		out.header = slices.Clone(out.header)
		for i := range out.header {
			out.header[i].Value = latin1(out.header[i].Value)
		}
	}
	if !out.header.has("Accept") {
		out.header.append("Accept", f.accept())
	}
	if f.keepalive {
		size := int64(len(f.body))
		defer f.page.keepaliveBytes.Add(-size)
		if f.page.keepaliveBytes.Add(size) > keepaliveMax {
			return nil, f.fail(ruleKeepalive, ReasonKeepaliveTooLarge,
				"The bodies of keepalive requests may not exceed 64 KiB together; this one has "+strconv.FormatInt(size, 10)+" bytes.")
		}
	}
	f.addReferer(out)
	f.addOrigin(out)
	f.addFetchMetadata(out)
	f.addWebSocket(out)
	if !out.header.has("User-Agent") {
		out.header.append("User-Agent", f.page.browser.userAgent)
	}
	mode := f.cacheMode()
	if replayed != nil {
		out.header = append(out.header, replayed.conditions...)
	} else if !f.cleaned {
		f.addCacheHeaders(out, mode)
	} else if f.initiator == InitiatorEventSource {
		out.header.append("Cache-Control", "no-cache") // its own, rather than the cache mode's
	}
	if out.header.has("Range") {
		f.rewriteRange(out, mode)
		out.header.append("Accept-Encoding", "identity") // parts of what is coded are of no use
	}
	if f.credentialsIncluded {
		f.addCookies(out)
	}
	return f.cached(out, mode, func() (*response, *Error) {
		r, failure := f.exchangeWithCookies(out)
		if failure != nil || !f.logsIn(r) {
			return r, failure
		}
		r.close()
		out.header.append("Authorization", f.current().basic())
		f.info(ruleLogin, "The server asks for a login (status 401), and the URL of the XMLHttpRequest has a user name and a password.")
		return f.exchangeWithCookies(out)
	})
}

func (f *fetch) exchangeWithCookies(out *outgoing) (*response, *Error) {
	f.forgetMemory()
	r, failure := f.exchange(ruleExchange, out)
	if failure != nil {
		return nil, failure
	}
	if f.credentialsIncluded {
		f.storeCookies(r)
	}
	f.memorize(r)
	return r, nil
}

// logsIn reports whether a request is sent again with the user name and password
// of its URL, which only XMLHttpRequest uses.
// https://xhr.spec.whatwg.org/#the-send()-method,
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (f *fetch) logsIn(r *response) bool {
	return r.status == http.StatusUnauthorized && f.initiator == InitiatorXHR && f.tainting == taintingBasic &&
		f.credentialsIncluded && f.current().includesCredentials && asksForLogin(r.header, "basic")
}

// basic is the Authorization that stands for the URL's user name and password.
// https://httpwg.org/specs/rfc7617.html
func (l *location) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString(slices.Concat(percentDecode(l.username), []byte(":"), percentDecode(l.password)))
}

// rewriteRange writes the one range of a Range header as the HTTP cache of some
// browsers does, which looks at it first.
func (f *fetch) rewriteRange(out *outgoing, mode CacheMode) {
	i := slices.IndexFunc(out.header, func(h Field) bool { return fetchspec.EqualFold(h.Name, "range") })
	r, _ := rangeInCache(out)
	if f.managesRange(out, mode) {
		out.header[i].Value = "bytes=" + shortNumber(r.Start) + "-" + shortNumber(r.End)
	}
}

// shortNumber writes digits without the zeros that they begin with.
func shortNumber(digits string) string {
	if short := strings.TrimLeft(digits, "0"); short != "" || digits == "" {
		return short
	}
	return "0"
}

// accept is the value of Accept where the script sets none.
// https://fetch.spec.whatwg.org/#concept-fetch
func (f *fetch) accept() string {
	switch f.destination {
	case DestinationImage:
		return "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
	case DestinationStyle:
		return "text/css,*/*;q=0.1"
	}
	return "*/*"
}

// credentialless reports whether the page's embedder policy withholds credentials.
// https://fetch.spec.whatwg.org/#cross-origin-embedder-policy-allows-credentials
func (f *fetch) credentialless() bool {
	return f.page.embedderPolicy == EmbedderCredentialless && !credentiallessUnknown[f.profile()] && f.mode == ModeNoCORS &&
		!(origin.SameOrigin(f.page.origin, f.current().origin) && f.redirectTaint() == taintSameOrigin)
}

// includeCredentials decides whether cookies are sent and stored.
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (f *fetch) includeCredentials() bool {
	in := Field{"credentials", string(f.credentials)}
	switch {
	case f.credentialless():
		f.info(ruleCredentials, "The page's embedder policy is credentialless: no cookies are sent or stored.", in)
		return false
	case f.credentials == CredentialsInclude:
		f.info(ruleCredentials, "The credentials mode is include: cookies are sent and stored.", in)
		return true
	case f.credentials == CredentialsSameOrigin && f.tainting == taintingBasic:
		f.info(ruleCredentials, "The credentials mode is same-origin and no other origin is involved: cookies are sent and stored.", in)
		return true
	case f.credentials == CredentialsSameOrigin && f.mode == ModeNoCORS && noCORSChainCredentialed[f.profile()] && origin.SameOrigin(f.page.origin, f.urls[0].origin):
		f.info(ruleCredentials, "The credentials mode is same-origin, and this browser keeps to what it found of the first URL: cookies are sent and stored.", in)
		return true
	case f.credentials == CredentialsSameOrigin && origin.SameOrigin(f.page.origin, f.current().origin):
		f.info(ruleCredentials, "The credentials mode is same-origin and another origin was involved on the way: no cookies are sent or stored.", in)
	case f.credentials == CredentialsSameOrigin:
		f.info(ruleCredentials, "The credentials mode is same-origin and this is another origin: no cookies are sent or stored.", in)
	default:
		f.info(ruleCredentials, "The credentials mode is omit: no cookies are sent or stored.", in)
	}
	return false
}

func (f *fetch) addReferer(out *outgoing) {
	policy := Field{"referrer policy", string(f.referrerPolicy)}
	if f.referrer == "" {
		f.info(ruleReferer, "No Referer is sent.", policy)
		return
	}
	out.header.append("Referer", f.referrer)
	f.info(ruleReferer, "The Referer is "+f.referrer+".", policy)
}

func (f *fetch) addOrigin(out *outgoing) {
	value := f.originHeader()
	f.originSent = value
	if value == "" {
		f.info(ruleOriginHeader, "No Origin is sent: a "+f.method+" that involves no CORS carries none.")
		return
	}
	out.header.append("Origin", value)
	f.info(ruleOriginHeader, "The Origin is "+value+".", Field{"origin", value})
}

// cacheMode is the request's cache mode, or what a conditional header of the
// script's makes of the default.
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (f *fetch) cacheMode() CacheMode {
	if f.credentialless() && credentiallessReloads[f.profile()] {
		return CacheReload
	}
	if f.cache != CacheDefault {
		return f.cache
	}
	if conditional(f.header) {
		return conditionalMode[f.profile()]
	}
	return CacheDefault
}

// addCacheHeaders appends what a cache mode asks of the caches on the way. What
// the browser adds here needs no preflight; what a script sets does.
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (f *fetch) addCacheHeaders(out *outgoing, mode CacheMode) {
	if f.initiator == InitiatorXHR && conditionalXHRUntold[f.profile()] {
		return // which has no cache mode but by its conditions
	}
	if mode == CacheNoCache && !out.header.has("Cache-Control") {
		out.header.append("Cache-Control", "max-age=0")
	}
	if mode == CacheNoStore || mode == CacheReload {
		if !out.header.has("Pragma") {
			out.header.append("Pragma", "no-cache")
		}
		if !out.header.has("Cache-Control") {
			out.header.append("Cache-Control", "no-cache")
		}
	}
}
