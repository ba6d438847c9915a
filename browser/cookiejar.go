package browser

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// Limits of the jar, as browsers have them.
const (
	maxCookiesPerSite = 180
	maxCookieSites    = 3000
)

// A cookieJar keeps cookies by the registrable domain they belong to.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model
type cookieJar struct {
	mu    sync.Mutex
	sites map[string][]cookie
	count uint64 // of cookies ever stored
}

// put stores a cookie, or removes the one it replaces if it has expired.
// Without secure it neither replaces nor shadows a secure cookie.
func (j *cookieJar) put(c cookie, overwriteSecure bool, now time.Time, profile Profile) (refusal string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.sites == nil {
		j.sites = make(map[string][]cookie)
	}
	site := siteHost(c.domain)
	cookies := slices.DeleteFunc(slices.Clone(j.sites[site]), func(old cookie) bool { return old.expired(now) })
	if !overwriteSecure && !c.secure && slices.ContainsFunc(cookies, func(old cookie) bool { return old.secure && old.shadowedBy(c) }) {
		return "there is a secure cookie of that name"
	}
	c.name, c.value = strings.Clone(c.name), strings.Clone(c.value) // rather than keep the whole line for them
	c.domain, c.path = strings.Clone(c.domain), strings.Clone(c.path)
	j.count++
	c.order = j.count
	if i := slices.IndexFunc(cookies, c.same); i >= 0 {
		if old := cookies[i]; old.value == c.value || !changedCookieMoves[profile] {
			c.created, c.order = old.created, old.order
		}
		cookies = slices.Delete(cookies, i, i+1)
	}
	if !c.expired(now) {
		cookies = append(cookies, c)
	}
	if len(cookies) > maxCookiesPerSite {
		cookies = cookies[1:]
	}
	if _, ok := j.sites[site]; !ok && len(j.sites) >= maxCookieSites {
		for other := range j.sites {
			delete(j.sites, other) // some one site makes room
			break
		}
	}
	j.sites[site] = cookies
	if len(cookies) == 0 {
		delete(j.sites, site)
	}
	return ""
}

func (c cookie) expired(now time.Time) bool { return !c.expires.IsZero() && !now.Before(c.expires) }

// same reports whether a cookie is the same but for its value.
func (c cookie) same(old cookie) bool {
	return c.name == old.name && c.domain == old.domain && c.path == old.path && c.hostOnly == old.hostOnly
}

// shadowedBy reports whether c, which is secure, would be hidden by other.
func (c cookie) shadowedBy(other cookie) bool {
	return c.name == other.name && pathMatches(other.path, c.path) &&
		(domainMatches(c.domain, other.domain) || domainMatches(other.domain, c.domain))
}

// matching returns the cookies for a URL in the order in which they are sent:
// longer paths first, then older ones.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-retrieval-algorithm
func (j *cookieJar) matching(l *location, secure bool, allowed func(cookie) bool, now time.Time) []cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	host, path := l.hostname, l.path
	var found []cookie
	for _, c := range j.sites[siteHost(host)] {
		domain := host == c.domain || !c.hostOnly && domainMatches(host, c.domain)
		if domain && pathMatches(path, c.path) && (secure || !c.secure) && !c.expired(now) && allowed(c) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b cookie) int {
		return cmp.Or(-cmp.Compare(len(a.path), len(b.path)), a.created.Compare(b.created), cmp.Compare(a.order, b.order))
	})
	return found
}

// sameSiteRequest reports whether cookies for the page's own site may go along.
// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
func (f *fetch) sameSiteRequest() bool {
	if chainWithoutScheme[f.profile()] && !f.page.crossSiteFrame {
		return !slices.ContainsFunc(f.urls, func(u *location) bool { return !f.sameSite(u.origin) })
	}
	if f.page.crossSiteFrame || taintWithholdsCookies[f.profile()] && f.redirectTaint() == taintCrossSite {
		return false
	}
	return f.sameSite(f.current().origin)
}

// setsDespiteTaint reports whether the browser stores cookies of the page's own site
// even after a redirect by another.
func (f *fetch) setsDespiteTaint() bool {
	return taintSetsCookies[f.profile()] && !f.page.crossSiteFrame && f.sameSite(f.current().origin)
}

// sameSite reports whether an origin is of the page's site, as far as cookies
// are concerned.
func (f *fetch) sameSite(o origin.Origin) bool {
	from := f.page.origin
	if from.IsOpaque() && sandboxIgnored[f.profile()] && f.page.location != nil {
		from = f.page.location.origin
	}
	if siteWithoutScheme[f.profile()] && !from.IsOpaque() && !o.IsOpaque() {
		return siteHost(from.Host()) == siteHost(o.Host())
	}
	return origin.SameSite(from, o)
}

// schemeChanged reports whether redirects have led from http to https or back, and
// not to the page's own host.
func (f *fetch) schemeChanged() bool {
	return f.page.location != nil && f.current().hostname != f.page.location.hostname &&
		slices.ContainsFunc(f.urls, func(u *location) bool { return u.scheme != f.urls[0].scheme })
}

// allowsCookie reports whether a cookie's SameSite lets it go along with, or be
// stored from, a request to another site.
func (f *fetch) allowsCookie(c cookie) bool {
	if thirdPartyBlocked[f.profile()] {
		return false
	}
	return c.sameSite == sameSiteNone || c.sameSite == sameSiteDefault && sameSiteDefaultNone[f.profile()]
}

// addCookies appends the Cookie header.
// https://fetch.spec.whatwg.org/#append-a-request-cookie-header
func (f *fetch) addCookies(out *outgoing) {
	sameSite := f.sameSiteRequest()
	onlyUnrestricted := changedSchemeRestricts[f.profile()] && f.schemeChanged()
	withheld := 0
	cookies := f.page.browser.cookies.matching(out.target, f.trustworthy(out.target), func(c cookie) bool {
		restricted := c.sameSite == sameSiteLax || c.sameSite == sameSiteStrict
		if sameSite && !(restricted && onlyUnrestricted) || f.allowsCookie(c) {
			return true
		}
		withheld++
		return false
	}, f.now())
	if withheld > 0 {
		f.info(ruleCookieSend, "Cookies are withheld for their SameSite: the page and the URL are of different sites.")
	}
	if len(cookies) == 0 {
		return
	}
	if cookiesOfRFC6265[f.profile()] {
		slices.SortStableFunc(cookies, func(a, b cookie) int {
			return cmp.Or(-cmp.Compare(len(a.path), len(b.path)), -cmp.Compare(len(a.domain), len(b.domain)), compareBool(a.hostOnly, b.hostOnly))
		})
	}
	pairs := make([]string, len(cookies))
	for i, c := range cookies {
		pairs[i] = c.name + "=" + c.value
		if c.name == "" {
			pairs[i] = c.value
		}
	}
	line := strings.Join(pairs, "; ")
	if i := strings.IndexFunc(line, func(r rune) bool { return r > 0x7F }); i >= 0 && cookiesOfRFC6265[f.profile()] {
		line = line[:i]
	}
	out.header.append("Cookie", line)
	f.info(ruleCookieSend, "The cookies stored for this URL are sent along.")
}

// compareBool puts false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// storeCookies stores the cookies of a response, even of one that the script
// will not be allowed to see.
// https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers
func (f *fetch) storeCookies(r *response) {
	lines := r.header.lines("Set-Cookie")
	for i, line := range lines {
		c, refusal := parseCookie(line, f.current(), f.now(), f.profile())
		if refusal == "" {
			refusal = f.refuseCookie(c)
		}
		if refusal == "" {
			refusal = f.page.browser.cookies.put(c, f.trustworthy(f.current()), f.now(), f.profile())
		}
		switch {
		case i == maxCookiesPerSite: // a step takes more room than a cookie
			f.info(ruleCookieStore, "The response sets "+strconv.Itoa(len(lines))+" cookies; the others are not told of.")
		case i > maxCookiesPerSite:
		case refusal != "":
			f.info(ruleCookieStore, "The cookie "+quote(c.name)+" is not stored: "+refusal+".")
		default:
			f.info(ruleCookieStore, "The cookie "+quote(c.name)+" is stored, whether or not the script may see the response.")
		}
	}
}

// refuseCookie says why a cookie that is well-formed is not stored all the
// same. https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model
func (f *fetch) refuseCookie(c cookie) (refusal string) {
	lower, value := fetchspec.Lower(c.name), fetchspec.Lower(c.value)
	switch {
	case c.name == "" && (strings.HasPrefix(value, "__secure-") || strings.HasPrefix(value, "__host-")):
		return "it has no name, and its value would pass for a name's prefix"
	case c.secure && !f.trustworthy(f.current()):
		return "it is Secure, and the URL is not"
	case !f.allowsCookie(c) && !f.sameSiteRequest() && !f.setsDespiteTaint():
		return "it is of another site than the page, and its SameSite is not None"
	case cookiesOfRFC6265[f.profile()]:
		return ""
	case c.sameSite == sameSiteNone && !c.secure:
		return "SameSite=None needs Secure"
	case c.partitioned && !c.secure:
		return "it is Partitioned, which needs Secure"
	case strings.HasPrefix(lower, "__http-") && !(c.secure && c.httpOnly):
		return "its name begins with __Http-, which needs Secure and HttpOnly"
	case strings.HasPrefix(lower, "__host-http-") && !c.httpOnly:
		return "its name begins with __Host-Http-, which needs HttpOnly"
	case strings.HasPrefix(lower, "__secure-") && !c.secure:
		return "its name begins with __Secure-, and it is not Secure"
	case strings.HasPrefix(lower, "__host-") && (!c.secure || !c.hostOnly || c.path != "/"):
		return "its name begins with __Host-, which needs Secure, Path=/ and no Domain"
	}
	return ""
}
