package browser

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// A location is a parsed URL with its origin. It is never changed, and so may
// be shared; the parser's own type may not, for it changes when it is read.
type location struct {
	href                                 string // with the fragment
	scheme, host, hostname, path, search string
	port                                 int    // -1 for the scheme's own
	username, password                   string // percent-encoded
	includesCredentials                  bool   // https://url.spec.whatwg.org/#include-credentials
	origin                               origin.Origin
	net                                  url.URL // for net/http; of HTTP(S) URLs only
}

// errHost is what a URL's host that no origin can have gives.
var errHost = errors.New("the host is not one a server can have")

// parseLocation parses raw as a browser does, against base if it is not nil.
// https://url.spec.whatwg.org/#concept-url-parser
func parseLocation(raw string, base *location) (*location, error) {
	if costlyURL(raw) {
		return nil, errors.New("it is longer than any server would take")
	}
	var u *whatwg.Url
	var err error
	if base == nil || strings.HasPrefix(raw, "https://") || strings.HasPrefix(raw, "http://") {
		u, err = whatwg.Parse(raw)
	} else {
		u, err = whatwg.ParseRef(base.href, raw)
	}
	if err != nil {
		return nil, errors.New("it is not a URL that can be parsed")
	}
	l := &location{
		href: u.Href(false), scheme: u.Scheme(), host: u.Host(), hostname: u.Hostname(),
		path: u.Pathname(), search: u.Search(), port: -1,
		username: u.Username(), password: u.Password(),
		includesCredentials: u.Username() != "" || u.Password() != "",
	}
	if port, err := strconv.Atoi(u.Port()); err == nil {
		l.port = port
	}
	if !l.isHTTP() {
		l.origin, err = origin.OfURL(l.href)
		return l, err
	}
	l.origin, err = origin.Parse(l.scheme + "://" + l.host)
	if err != nil {
		return nil, errHost
	}
	l.net = l.netURL()
	return l, nil
}

// costlyURL reports whether a URL is so long that parsing it would cost more
// than its length is worth: the parser needs time in the square of the length of
// what precedes the path, and of the number of slashes. Only data: may be
// long, which has no slashes to the parser unless it begins with one.
func costlyURL(raw string) bool {
	const longAuthority, longURL, manySlashes = 2 << 10, 64 << 10, 1 << 10
	if len(raw) <= longAuthority {
		return false
	}
	s := strings.Map(func(r rune) rune { // which the parser drops too
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, strings.TrimLeftFunc(raw, func(r rune) bool { return r <= ' ' }))
	scheme, rest, ok := strings.Cut(s, ":")
	if absolute := ok && fetchspec.IsToken(scheme); absolute {
		if opaque := rest == "" || !isSlash(rest[0]); opaque && fetchspec.EqualFold(scheme, "data") {
			return false
		}
		s = rest
	} else if len(s) < 2 || !isSlash(s[0]) || !isSlash(s[1]) {
		return len(s) > longURL || strings.Count(s, "/")+strings.Count(s, "\\") > manySlashes
	}
	authority := strings.TrimLeft(s, "/\\")
	if end := strings.IndexAny(authority, "/\\?#"); end >= 0 {
		authority = authority[:end]
	}
	return len(s) > longURL || len(authority) > longAuthority ||
		strings.Count(s, "/")+strings.Count(s, "\\") > manySlashes
}

func isSlash(c byte) bool { return c == '/' || c == '\\' }

// A locationMemo remembers what URLs parsed to, since a page tends to fetch the
// same ones.
type locationMemo struct {
	mu    sync.Mutex
	known map[memoKey]*location
}

type memoKey struct {
	raw  string
	base *location
}

func (m *locationMemo) parse(raw string, base *location) (*location, error) {
	const most, longest = 128, 1 << 10
	key := memoKey{raw, base}
	m.mu.Lock()
	l, ok := m.known[key]
	m.mu.Unlock()
	if ok {
		return l, nil
	}
	l, err := parseLocation(raw, base)
	if err != nil || len(raw) > longest {
		return l, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= most {
		m.known = make(map[memoKey]*location)
	}
	m.known[key] = l
	return l, nil
}

// isHTTP reports whether the scheme is an HTTP(S) scheme.
// https://fetch.spec.whatwg.org/#http-scheme
func (l *location) isHTTP() bool {
	return l.scheme == "http" || l.scheme == "https"
}

// forWebSocket returns the HTTP(S) URL at which a WebSocket is asked for.
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func (l *location) forWebSocket() (*location, error) {
	if l.isHTTP() {
		return l, nil
	}
	if l.scheme != "ws" && l.scheme != "wss" {
		return nil, errors.New("a WebSocket has a ws or wss URL")
	}
	return parseLocation("http"+strings.TrimPrefix(l.href, "ws"), nil)
}

// withFragment returns the location with another's fragment, if it has none.
func (l *location) withFragment(from *location) *location {
	if strings.Contains(l.href, "#") || !strings.Contains(from.href, "#") {
		return l
	}
	_, fragment, _ := strings.Cut(from.href, "#")
	if with, err := parseLocation(l.href+"#"+fragment, nil); err == nil {
		return with
	}
	return l
}

// withoutFragment returns the URL as it is sent and cached.
func (l *location) withoutFragment() string {
	href, _, _ := strings.Cut(l.href, "#")
	return href
}

// netURL returns the URL for net/http, without user name, password and
// fragment. Where net/url would write the path otherwise than the URL standard
// does, Opaque holds it as it is to be written.
func (l *location) netURL() url.URL {
	target := l.path
	query := l.search
	bare := l.scheme + "://" + l.host
	if u, err := url.Parse(bare + target + query); err == nil && u.RequestURI() == target+query {
		return *u
	}
	opaque := target
	if strings.HasPrefix(opaque, "//") {
		opaque = "//" + l.host + target
	}
	return url.URL{
		Scheme: l.scheme, Host: l.host, Path: target, Opaque: opaque,
		RawQuery: strings.TrimPrefix(query, "?"),
	}
}
