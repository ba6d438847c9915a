package origin

import (
	"strings"

	"github.com/nlnwa/whatwg-url/url"
	"golang.org/x/net/publicsuffix"
)

// OfURL returns the origin of an absolute URL, which is parsed as browsers parse
// it: upper case, default ports, Unicode and stray spaces are put right.
//
//   - http, https, ws, wss and ftp: the tuple of scheme, host and port.
//   - blob: the origin of the URL that follows, if it is http, https or of a
//     scheme as in the next line.
//   - Another scheme with an authority, such as tauri://localhost or
//     chrome-extension://…: a tuple too. The URL standard calls it opaque, but
//     the browsers and web views that register such a scheme do not.
//   - Anything else, such as file:, data: and about: a new opaque origin.
//
// The error is an [*Error] and says that raw is not an absolute URL, or has too
// long a host: more than 254 bytes, or together with user information 2048.
//
// See https://url.spec.whatwg.org/#concept-url-origin.
func OfURL(raw string) (Origin, error) {
	if hasLongAuthority(raw) {
		return Origin{}, &Error{Input: raw, Problem: "has too long a host or user information"}
	}
	u, err := url.Parse(raw)
	if err != nil {
		return Origin{}, &Error{Input: raw, Problem: "is not an absolute URL"}
	}
	if u.Scheme() == "blob" {
		if hasLongAuthority(u.Pathname()) {
			return NewOpaque(), nil
		}
		inner, err := url.Parse(u.Pathname())
		if err != nil || !ownsBlobs(inner.Scheme()) {
			return NewOpaque(), nil
		}
		u = inner
	}
	host := u.Hostname()
	if host == "" || neverTuple(u.Scheme()) {
		return NewOpaque(), nil
	}
	_, special := defaultPort(u.Scheme())
	if !special {
		host = strings.ToLower(host) // the standard leaves an unknown scheme's host as it is
	}
	tuple := u.Scheme() + "://" + host
	if port := u.Port(); port != "" {
		tuple += ":" + port
	}
	switch problem := checkTuple(tuple); {
	case problem == "":
		return Origin{tuple: tuple}, nil
	case special:
		return Origin{}, &Error{Input: raw, Problem: problem}
	}
	return NewOpaque(), nil // a host that no registered scheme has
}

// maxAuthority is the longest authority, in bytes, that OfURL hands to the URL
// parser, which needs time in the square of its length.
const maxAuthority = 2048

// hasLongAuthority errs, if it does, on the side of yes.
func hasLongAuthority(raw string) bool {
	scheme, rest, _ := strings.Cut(raw, ":")
	authority := strings.TrimLeft(rest, "/\\\t\r\n")
	slashes := rest[:len(rest)-len(authority)]
	if end := strings.IndexAny(authority, "/?#"); end >= 0 {
		authority = authority[:end]
	}
	if len(authority) <= maxAuthority {
		return false
	}
	// A special scheme's URL has an authority with or without slashes, and the
	// URL parser drops tabs and newlines wherever they are, and control
	// characters and spaces at either end.
	scheme = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(scheme)
	_, special := defaultPort(strings.ToLower(strings.TrimFunc(scheme, func(r rune) bool { return r <= 0x20 })))
	return special || strings.Count(slashes, "/") >= 2
}

// ownsBlobs reports whether blob URLs can come from pages of this scheme.
func ownsBlobs(scheme string) bool {
	_, special := defaultPort(scheme)
	return scheme == "http" || scheme == "https" || !special && !neverTuple(scheme)
}

// SameSite reports whether a and b are of the same site: the same scheme and the
// same registrable domain, which is the public suffix and one label more. A host
// without one (an address, localhost, a public suffix itself, any host of a
// custom scheme) must be the same host. Ports do not matter. An opaque origin is
// of the same site as itself only, the zero value as nothing.
//
// The public suffix list is the one built into golang.org/x/net/publicsuffix,
// with its private section, as browsers use it.
//
// See https://html.spec.whatwg.org/#same-site.
func SameSite(a, b Origin) bool {
	if a.tuple == "" || b.tuple == "" {
		return SameOrigin(a, b)
	}
	scheme, host, _ := split(a.tuple)
	otherScheme, otherHost, _ := split(b.tuple)
	return scheme == otherScheme &&
		(host == otherHost || siteHost(scheme, host) == siteHost(scheme, otherHost))
}

// siteHost returns the host's registrable domain, or the host if it has none.
// https://url.spec.whatwg.org/#host-registrable-domain
func siteHost(scheme, host string) string {
	if _, special := defaultPort(scheme); !special || host[0] == '[' || isIPv4(host) {
		return host
	}
	name, dot := strings.CutSuffix(host, ".")
	registrable, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return host
	}
	if dot {
		return registrable + "."
	}
	return registrable
}

// PotentiallyTrustworthy reports whether the browser takes it that nobody on the
// network can have tampered with pages of o: https and wss, addresses in
// 127.0.0.0/8 and [::1], localhost and its subdomains, and custom schemes, which
// are served from the device itself. Opaque origins and the zero value are not
// trustworthy.
//
// See https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy.
func (o Origin) PotentiallyTrustworthy() bool {
	if o.tuple == "" {
		return false
	}
	scheme, host, _ := split(o.tuple)
	if scheme == "https" || scheme == "wss" {
		return true
	}
	if _, special := defaultPort(scheme); !special {
		return true
	}
	return isLoopback(host)
}

// isLoopback reports whether the host is this machine by its name alone.
func isLoopback(host string) bool {
	name := strings.TrimSuffix(host, ".")
	return name == "localhost" || strings.HasSuffix(name, ".localhost") ||
		host == "[::1]" || strings.HasPrefix(host, "127.") && isIPv4(host)
}
