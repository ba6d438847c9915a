package browser

import (
	"strconv"
	"strings"
	"time"

	"crossorigin.dev/internal/fetchspec"

	"golang.org/x/net/publicsuffix"
)

// A sameSite is a cookie's SameSite attribute.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-samesite-attribute
type sameSite uint8

const (
	sameSiteDefault sameSite = iota // not given, or not understood
	sameSiteNone
	sameSiteLax
	sameSiteStrict
)

// A cookie is one that is stored.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model
type cookie struct {
	name, value  string
	domain, path string
	hostOnly     bool
	secure       bool
	httpOnly     bool
	partitioned  bool
	sameSite     sameSite
	expires      time.Time // zero: at the end of the session
	created      time.Time
	order        uint64 // of creation, among cookies of one instant
}

const (
	maxCookieSize      = 4096 // bytes of name and value together
	maxCookieAttribute = 1024 // bytes of an attribute's value
	maxCookieAge       = 400 * 24 * time.Hour
)

// parseCookie parses a Set-Cookie header that came from the host at path. The
// refusal is a reason to ignore it, for the trace; empty if there is none.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field
func parseCookie(line string, from *location, now time.Time, profile Profile) (c cookie, refusal string) {
	if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7F }) {
		return c, "it holds a control character"
	}
	if cookiesAreText[profile] {
		line = decodeUTF8(line)
	}
	pair, attributes, _ := strings.Cut(line, ";")
	if cookiesOfRFC6265[profile] {
		pair = strings.TrimPrefix(pair, "=")
	}
	name, value, named := strings.Cut(pair, "=")
	if !named && cookieWithoutName[profile] != namelessIsValueless {
		name, value = "", pair
	}
	c = cookie{
		name: strings.Trim(name, " \t"), value: strings.Trim(value, " \t"),
		domain: from.hostname, path: defaultCookiePath(from), hostOnly: true, created: now,
	}
	switch {
	case c.name == "" && c.value == "":
		return c, "it has neither a name nor a value"
	case c.name == "" && cookieWithoutName[profile] != namelessKept:
		return c, "it has no name"
	case len(c.name)+len(c.value) > maxCookieSize && !cookiesOfRFC6265[profile]:
		return c, "its name and value are longer than " + strconv.Itoa(maxCookieSize) + " bytes"
	}
	domain, maxAge := "", false
	for attributes != "" {
		var attribute string
		attribute, attributes, _ = strings.Cut(attributes, ";")
		key, value, _ := strings.Cut(attribute, "=")
		key, value = fetchspec.Lower(strings.Trim(key, " \t")), strings.Trim(value, " \t")
		if len(value) > maxCookieAttribute && !cookiesOfRFC6265[profile] {
			continue
		}
		switch key {
		case "domain":
			domain = fetchspec.Lower(strings.TrimPrefix(value, "."))
		case "path":
			c.path = value
			if !strings.HasPrefix(value, "/") {
				c.path = defaultCookiePath(from)
			}
		case "secure":
			c.secure = true
		case "partitioned": // https://www.ietf.org/archive/id/draft-cutler-httpbis-partitioned-cookies-01.html
			c.partitioned = true
		case "httponly":
			c.httpOnly = true
		case "samesite":
			c.sameSite = parseSameSite(value)
		case "max-age":
			if at, ok := maxAgeExpiry(value, now, cookieAgePlus[profile]); ok {
				c.expires, maxAge = at, true
			}
		case "expires":
			if at, ok := parseCookieDate(value); ok && !maxAge && !(cookiesOfRFC6265[profile] && leadingNumber(value, 4, 4) >= 0) {
				c.expires = at
			}
		}
	}
	if limit := now.Add(maxCookieAge); c.expires.After(limit) {
		c.expires = limit
	}
	return c, c.setDomain(domain)
}

// setDomain widens the cookie to a domain, if the host may.
func (c *cookie) setDomain(domain string) (refusal string) {
	if domain == "" {
		return ""
	}
	host := c.domain
	if suffix, icann := publicsuffix.PublicSuffix(domain); suffix == domain && (icann || strings.Contains(domain, ".")) || !strings.Contains(domain, ".") {
		if domain != host {
			return "its Domain, " + domain + ", is a public suffix"
		}
		return "" // the host is itself a public suffix: the cookie stays with it
	}
	if !domainMatches(host, domain) {
		return "its Domain, " + domain + ", is not one of the host " + host
	}
	c.domain, c.hostOnly = domain, false
	return ""
}

// domainMatches is
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-domain-matching.
func domainMatches(host, domain string) bool {
	return host == domain ||
		!isAddress(host) && strings.HasSuffix(host, domain) && host[len(host)-len(domain)-1] == '.'
}

// pathMatches is
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-paths-and-path-match.
func pathMatches(path, of string) bool {
	return path == of || strings.HasPrefix(path, of) &&
		(strings.HasSuffix(of, "/") || path[len(of)] == '/')
}

func defaultCookiePath(l *location) string {
	path := l.path
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "/"
}

func parseSameSite(value string) sameSite {
	switch fetchspec.Lower(value) {
	case "none":
		return sameSiteNone
	case "lax":
		return sameSiteLax
	case "strict":
		return sameSiteStrict
	}
	return sameSiteDefault
}

// maxAgeExpiry reads Max-Age: digits, perhaps after a minus or, if it may be, a
// plus. What is not above zero expires at once.
func maxAgeExpiry(value string, now time.Time, plus bool) (at time.Time, ok bool) {
	if plus {
		value = strings.TrimPrefix(value, "+")
	}
	digits, negative := strings.CutPrefix(value, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return at, false
	}
	seconds, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case negative || err == nil && seconds == 0:
		return time.Unix(0, 0), true
	case err != nil || seconds > int64(maxCookieAge/time.Second):
		return now.Add(maxCookieAge), true
	}
	return now.Add(time.Duration(seconds) * time.Second), true
}

// parseCookieDate reads a date however it is ordered and separated.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-dates
func parseCookieDate(s string) (at time.Time, ok bool) {
	day, month, year, clock := -1, -1, -1, -1
	for _, token := range strings.FieldsFunc(s, isDateDelimiter) {
		switch {
		case clock < 0 && readClock(token) >= 0:
			clock = readClock(token)
		case day < 0 && leadingNumber(token, 1, 2) >= 0:
			day = leadingNumber(token, 1, 2)
		case month < 0 && readMonth(token) > 0:
			month = readMonth(token)
		case year < 0 && leadingNumber(token, 2, 4) >= 0:
			year = leadingNumber(token, 2, 4)
		}
	}
	switch {
	case 70 <= year && year <= 99:
		year += 1900
	case 0 <= year && year <= 69:
		year += 2000
	}
	if clock < 0 || month < 0 || year < 1601 || day < 1 || day > 31 {
		return at, false
	}
	at = time.Date(year, time.Month(month), day, 0, 0, clock, 0, time.UTC)
	return at, time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() == day
}

func isDateDelimiter(r rune) bool {
	return r == '\t' || ' ' <= r && r <= '/' || ';' <= r && r <= '@' || '[' <= r && r <= '`' || '{' <= r && r <= '~'
}

// leadingNumber returns the number that s begins with, if it has that many
// digits and no digit follows, or else -1.
func leadingNumber(s string, least, most int) int {
	n := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if n < least || n > most {
		return -1
	}
	v, _ := strconv.Atoi(s[:n])
	return v
}

// readClock returns the seconds of a time of day, or -1.
func readClock(token string) int {
	parts := strings.SplitN(token, ":", 3)
	if len(parts) != 3 || strings.Trim(parts[0]+parts[1], "0123456789") != "" {
		return -1
	}
	h, m, s := leadingNumber(parts[0], 1, 2), leadingNumber(parts[1], 1, 2), leadingNumber(parts[2], 1, 2)
	if h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 {
		return -1
	}
	return h*3600 + m*60 + s
}

func readMonth(token string) int {
	for m := time.January; m <= time.December; m++ {
		if len(token) >= 3 && fetchspec.EqualFold(token[:3], m.String()[:3]) {
			return int(m)
		}
	}
	return -1
}
