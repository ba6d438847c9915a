package origin

import (
	"strconv"
	"strings"
	"sync/atomic"
)

// An Origin is a tuple origin (scheme, host, port), or an opaque one.
// Origins compare with ==: equal tuples are equal, an opaque origin is equal
// only to copies of itself. The zero value is no origin at all: it is the same
// origin as nothing, and its String is empty.
//
// See https://html.spec.whatwg.org/#concept-origin.
type Origin struct {
	tuple  string // the serialization of a tuple origin; its parts are read off it
	opaque uint64 // the number of an opaque origin, counted from 1
}

var opaqueOrigins atomic.Uint64

// NewOpaque returns a new opaque origin, different from every other origin.
func NewOpaque() Origin {
	return Origin{opaque: opaqueOrigins.Add(1)}
}

// String returns the origin's serialization, as in an Origin header: a tuple
// origin's scheme, host and port, or "null" if o is opaque. For the zero value
// it is empty, which is not the serialization of any origin.
//
// See https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin.
func (o Origin) String() string {
	if o.opaque != 0 {
		return "null"
	}
	return o.tuple
}

// IsZero reports whether o is the zero value, no origin.
func (o Origin) IsZero() bool { return o == Origin{} }

// IsOpaque reports whether o is opaque. The zero value is not.
func (o Origin) IsOpaque() bool { return o.opaque != 0 }

// Scheme returns the scheme, without a colon, in lower case. It is empty if o is
// opaque or zero.
func (o Origin) Scheme() string {
	scheme, _, _ := split(o.tuple)
	return scheme
}

// Host returns the host without the port: a domain in ASCII and lower case, an
// IPv4 address, or an IPv6 address in brackets. It is empty if o is opaque or
// zero.
func (o Origin) Host() string {
	_, host, _ := split(o.tuple)
	return host
}

// Port returns the port in decimal. It is empty if the port is the scheme's
// default, and if o is opaque or zero.
func (o Origin) Port() string {
	_, _, port := split(o.tuple)
	return port
}

// SameOrigin reports whether a and b are the same origin. It is a == b, except
// that the zero value is not the same origin as anything.
//
// See https://html.spec.whatwg.org/#same-origin.
func SameOrigin(a, b Origin) bool {
	return a == b && !a.IsZero()
}

// IsSubdomainOf reports whether o's host is a proper subdomain of domain, at any
// depth: one or more labels, none of them empty, then a dot, then domain. The
// domain itself is not its own subdomain, and neither is "evilexample.com" one
// of "example.com". The domain is compared without regard to ASCII case; one
// that is empty or begins with a dot has no subdomains here, nor has an address.
//
// The scheme and the port are not looked at. Where it matters that nobody on the
// network can pose as the subdomain, ask for the scheme too:
//
//	o.Scheme() == "https" && o.IsSubdomainOf("example.com")
func (o Origin) IsSubdomainOf(domain string) bool {
	host := o.Host()
	at := len(host) - len(domain) // where domain would begin
	if at < 2 || domain == "" || domain[0] == '.' || host[at-1] != '.' || host[0] == '[' {
		return false
	}
	return strings.EqualFold(host[at:], domain) && labels(host[:at-1]) && !isIPv4(host)
}

// labels reports whether s is one or more labels parted by dots, none empty.
func labels(s string) bool {
	return s != "" && s[0] != '.' && s[len(s)-1] != '.' && !strings.Contains(s, "..")
}

// An Error says what is wrong with an origin, a URL or a pattern.
type Error struct {
	Input   string // what was given
	Problem string // what is wrong with it, as the end of a sentence
	// Suggestion is what to write instead, ready to be pasted. It is empty if
	// there is no telling. Parse and OfURL make none.
	Suggestion string
}

func (e *Error) Error() string {
	const most = 200 // of a stranger's input, enough to recognize it
	input := e.Input
	if len(input) > most {
		input = input[:most] + "…"
	}
	message := "origin: " + strconv.Quote(input) + " " + e.Problem
	if e.Suggestion != "" {
		message += "; write " + strconv.Quote(e.Suggestion)
	}
	return message
}
