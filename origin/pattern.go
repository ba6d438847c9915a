package origin

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// A Pattern names one origin or a family of them:
//
//	https://app.example.com      this origin
//	http://localhost:8000        this origin
//	https://*.example.com        any subdomain at any depth, but not example.com
//	http://localhost:*           any port, the default one included
//	https://*.example.com:*      both
//	http://[::1]:*               an address
//	tauri://localhost            an application's own scheme
//	chrome-extension://abcd…     one extension
//	moz-extension://*            any host of a custom scheme: Firefox gives an
//	                             extension another one in each installation
//
// There is no other place for an asterisk, and a pattern is otherwise written
// exactly as browsers serialize origins, see [Parse]. Patterns compare with ==.
// The zero value matches nothing.
type Pattern struct {
	// The parts of the pattern. The host of https://*.example.com is
	// example.com, that of moz-extension://* is "*".
	scheme, host, port string
	subdomains         bool
}

// ParsePattern reads a pattern. Every error is an [*Error], with what to write
// instead where that can be told: ParsePattern("HTTPS://Example.com:443/")
// suggests "https://example.com".
//
// Beyond what Parse wants of an origin, the host must be one that can exist: a
// valid domain name without empty labels. Port 0 is none.
func ParsePattern(s string) (Pattern, error) {
	p, problem := parsePattern(s)
	if problem != "" {
		return Pattern{}, &Error{Input: s, Problem: problem, Suggestion: suggest(s)}
	}
	return p, nil
}

func parsePattern(s string) (p Pattern, problem string) {
	switch s {
	case "*":
		return p, "stands for every origin, and is no pattern of origins"
	case "null":
		return p, "is not one origin: anyone can get it, with a sandboxed frame"
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return p, checkTuple(s)
	}
	_, special := defaultPort(scheme)
	if rest == "*" && !special {
		return Pattern{scheme: scheme, host: "*"}, checkScheme(scheme)
	}
	rest, anyPort := strings.CutSuffix(rest, ":*")
	rest, subdomains := strings.CutPrefix(rest, "*.")
	if strings.Contains(rest, "*") {
		return p, "has an asterisk where there can be none; only a first label and a port can be *"
	}
	tuple := scheme + "://" + rest
	if problem := checkTuple(tuple); problem != "" {
		return p, problem
	}
	p.scheme, p.host, p.port = split(tuple)
	p.subdomains = subdomains
	if problem := p.check(anyPort); problem != "" {
		return Pattern{}, problem
	}
	if anyPort {
		p.port = "*"
	}
	return p, ""
}

// check finds what is wrong with a pattern whose parts make a serialized origin.
func (p Pattern) check(anyPort bool) (problem string) {
	switch {
	case anyPort && p.port != "":
		return "has two ports"
	case p.port == "0":
		return "has port 0, to which nothing can connect"
	case p.subdomains && (p.host[0] == '[' || endsInNumber(p.host)):
		return "has an address, which has no subdomains"
	case !labels(strings.TrimSuffix(p.host, ".")):
		return "has an empty label in its host"
	case p.subdomains && len(p.host) > maxHost-len("a."):
		return "has too long a host"
	}
	// What is left to find is an xn-- label that decodes to nothing valid.
	tuple := p.scheme + "://" + p.host
	if o, err := OfURL(tuple); err != nil || o.tuple != tuple {
		return "has a host that is not a valid domain name"
	}
	return ""
}

// suggest makes of what looks like an attempt at a pattern a pattern, if it can.
func suggest(s string) string {
	if s == "null" {
		return "" // not the host of that name
	}
	scheme, rest, ok := strings.Cut(strings.TrimSpace(s), "://")
	if !ok {
		rest = strings.TrimLeft(scheme, "/")
		scheme = ""
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	rest, anyPort := strings.CutSuffix(rest, ":*")
	subdomains := false
	if star := strings.LastIndexByte(rest, '*'); star >= 0 {
		// *example.com means *.example.com, and for app-*.example.com that is
		// the nearest there is.
		after := rest[star+1:]
		if star > 0 {
			_, after, _ = strings.Cut(after, ".")
		}
		rest, subdomains = strings.TrimLeft(after, "."), true
	}
	if rest == "" || strings.Contains(rest, "://") {
		return ""
	}
	if scheme == "" {
		scheme = likelyScheme(rest)
	}
	o, err := OfURL(scheme + "://" + rest)
	if err != nil || o.Port() == "0" {
		// Perhaps the port is the trouble: 0, or too large.
		host, _, _ := strings.Cut(rest, ":")
		if o, err = OfURL(scheme + "://" + host); err != nil {
			return ""
		}
		anyPort = isLoopback(o.Host())
	}
	p := Pattern{scheme: o.Scheme(), host: o.Host(), port: o.Port(), subdomains: subdomains}
	if anyPort {
		p.port = "*"
	}
	suggestion := p.String()
	if again, problem := parsePattern(suggestion); problem != "" || again != p || suggestion == s {
		return ""
	}
	return suggestion
}

// likelyScheme is http on this machine, where certificates are rare, else https.
func likelyScheme(host string) string {
	if o, err := OfURL("http://" + host); err == nil && isLoopback(o.Host()) {
		return "http"
	}
	return "https"
}

// String returns the pattern as it was written. For the zero value it is empty.
func (p Pattern) String() string {
	if p == (Pattern{}) {
		return ""
	}
	s := p.scheme + "://"
	if p.subdomains {
		s += "*."
	}
	s += p.host
	if p.port != "" {
		s += ":" + p.port
	}
	return s
}

// Scheme returns the pattern's scheme.
func (p Pattern) Scheme() string { return p.scheme }

// Host returns the host, or the domain whose subdomains the pattern matches, or
// "*" if it matches every host of a custom scheme. An IPv6 address is in
// brackets.
func (p Pattern) Host() string { return p.host }

// Port returns the port, "*" if any will do, and nothing if it is the default.
func (p Pattern) Port() string { return p.port }

// Subdomains reports whether the pattern matches the subdomains of Host.
func (p Pattern) Subdomains() bool { return p.subdomains }

// Loopback reports whether all that the pattern matches is on the reader's own
// machine: localhost, its subdomains, 127.0.0.0/8 and [::1].
func (p Pattern) Loopback() bool { return isLoopback(p.host) }

// CoversPublicSuffix reports whether the pattern matches the subdomains of a
// public suffix such as co.uk or github.io, where anyone can register one, or of
// a domain such as kawasaki.jp, whose subdomains are public suffixes themselves.
func (p Pattern) CoversPublicSuffix() bool {
	if !p.subdomains {
		return false
	}
	name := strings.TrimSuffix(p.host, ".")
	suffix, icann := publicsuffix.PublicSuffix(name)
	// A top-level domain that is not in the list, such as internal, counts as a
	// public suffix only because browsers must assume something.
	if suffix == name && (icann || strings.Contains(suffix, ".")) {
		return true
	}
	// The rule *.kawasaki.jp says nothing of kawasaki.jp itself.
	below, _ := publicsuffix.PublicSuffix("any." + name)
	return below == "any."+name
}

// Matches reports whether o is one of the origins that p names. To match many
// patterns at once there is [Set].
func (p Pattern) Matches(o Origin) bool {
	if o.tuple == "" || o.Scheme() != p.scheme || p.port != "*" && o.Port() != p.port {
		return false
	}
	switch {
	case p.host == "*":
		return true
	case p.subdomains:
		return o.IsSubdomainOf(p.host)
	}
	return o.Host() == p.host
}
