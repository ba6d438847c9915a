package origin

import (
	"net/netip"
	"strings"
)

const (
	maxScheme = 64  // no registered or made-up scheme is longer
	maxHost   = 254 // the longest name DNS can hold, with a trailing dot
	maxTuple  = maxScheme + len("://") + maxHost + len(":65535")
)

// Parse reads an origin as browsers serialize it, which is how it appears in an
// Origin header. The result's String is the argument again. Anything else is an
// error: a path or a trailing slash, upper case, Unicode, the scheme's default
// port, user information, an IP address in another spelling than the canonical
// one, space around it. Each call for "null" returns a new opaque origin, because
// two of them cannot be known to be the same.
//
// A scheme longer than 64 bytes or a host longer than 254 is an error too. The
// cost of a call is bounded by those limits, whatever the argument's length. The
// result shares the argument's memory. Every error is an [*Error].
func Parse(serialized string) (Origin, error) {
	if serialized == "null" {
		return NewOpaque(), nil
	}
	if problem := checkTuple(serialized); problem != "" {
		return Origin{}, &Error{Input: serialized, Problem: problem}
	}
	return Origin{tuple: serialized}, nil
}

// split cuts a serialized tuple origin into its parts. If s has no "://" after
// what could be a scheme they are empty; otherwise the parts of a string that is
// no origin may be anything.
func split(s string) (scheme, host, port string) {
	colon := strings.IndexByte(s, ':')
	if colon < 0 || !strings.HasPrefix(s[colon:], "://") {
		return "", "", ""
	}
	scheme, host = s[:colon], s[colon+len("://"):]
	// A port has at most five digits, so this loop looks at six bytes at most.
	for i := len(host) - 1; i >= 0 && i >= len(host)-len(":65535"); i-- {
		switch c := host[i]; {
		case c == ':':
			return scheme, host[:i], host[i+1:]
		case c < '0' || c > '9':
			return scheme, host, ""
		}
	}
	return scheme, host, ""
}

// checkTuple says what keeps s from being the serialization of a tuple origin,
// or nothing if it is one.
func checkTuple(s string) (problem string) {
	if len(s) > maxTuple {
		return "is too long for an origin"
	}
	if s == "" {
		return "is empty"
	}
	scheme, host, port := split(s)
	if scheme == "" && !strings.HasPrefix(s, "://") {
		return "has no scheme; an origin begins like https://"
	}
	if problem := checkScheme(scheme); problem != "" {
		return problem
	}
	if problem := checkHost(scheme, host); problem != "" {
		return problem
	}
	if len(host)+len("://")+len(scheme) == len(s) {
		return "" // no port
	}
	return checkPort(scheme, port)
}

// checkScheme is the URL standard's scheme, already in lower case, less those
// whose origins are opaque. https://url.spec.whatwg.org/#url-scheme-string
func checkScheme(scheme string) (problem string) {
	if scheme == "" || scheme[0] < 'a' || scheme[0] > 'z' {
		return "has a scheme that does not begin with a lower-case letter"
	}
	if len(scheme) > maxScheme {
		return "has too long a scheme"
	}
	for i := 1; i < len(scheme); i++ {
		c := scheme[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' {
			return "has a scheme with a character that is not a lower-case letter, a digit, '+', '-' or '.'"
		}
	}
	if neverTuple(scheme) {
		return "has a scheme whose origins are opaque, which browsers send as null"
	}
	return ""
}

// neverTuple names the schemes that browsers never give a tuple origin of their
// own. https://url.spec.whatwg.org/#concept-url-origin
func neverTuple(scheme string) bool {
	switch scheme {
	case "about", "blob", "data", "file", "javascript":
		return true
	}
	return false
}

// defaultPort returns the port that a serialization leaves out, and whether the
// scheme is special, https://url.spec.whatwg.org/#special-scheme.
func defaultPort(scheme string) (port string, special bool) {
	switch scheme {
	case "http", "ws":
		return "80", true
	case "https", "wss":
		return "443", true
	case "ftp":
		return "21", true
	}
	return "", false
}

// checkHost holds host against what the URL standard's host serializer can give.
// https://url.spec.whatwg.org/#host-serializing
func checkHost(scheme, host string) (problem string) {
	if host == "" {
		return "has no host"
	}
	if len(host) > maxHost {
		return "has too long a host"
	}
	if host[0] == '[' {
		if !isIPv6(host) {
			return "has an IPv6 address that is malformed or not in its canonical spelling"
		}
		return ""
	}
	for i := 0; i < len(host); i++ {
		if !hostBytes[host[i]] {
			return hostProblem(host, host[i])
		}
	}
	// Only a special scheme's host is taken for an IPv4 address. Extension
	// identifiers, say, may be all digits.
	if _, special := defaultPort(scheme); special && endsInNumber(host) && !isIPv4(host) {
		return "has an IPv4 address that is malformed or not in its canonical spelling"
	}
	return ""
}

// hostBytes holds what may stand in a serialized domain: ASCII, except the
// forbidden domain code points and what toASCII would have lower-cased.
// https://url.spec.whatwg.org/#forbidden-domain-code-point
var hostBytes = func() (allowed [256]bool) {
	for c := '!'; c < 0x7F; c++ {
		allowed[c] = !strings.ContainsRune("#%/:<>?@[\\]^|", c) && (c < 'A' || c > 'Z')
	}
	return allowed
}()

// hostProblem says what is wrong with a host in which c may not stand.
func hostProblem(host string, c byte) string {
	switch {
	case strings.ContainsAny(host, "/?#"):
		return "goes on after the host and port; an origin ends there, without even a slash"
	case strings.Contains(host, "@"):
		return "has user information, which an origin never has"
	case c == ':':
		return "has a malformed port"
	case c >= 'A' && c <= 'Z':
		return "has upper case in its host; browsers send lower case"
	case c >= 0x80:
		return "has a host that is not ASCII; browsers send the xn-- form"
	case c <= ' ' || c == 0x7F:
		return "has a space or a control character"
	case c == '*':
		return "has an asterisk in its host"
	}
	return "has a character that cannot stand in a host"
}

// endsInNumber is https://url.spec.whatwg.org/#ends-in-a-number-checker for a
// host in lower case.
func endsInNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" {
		return false
	}
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}

// isIPv4 reports whether host is an IPv4 address in the one spelling that the
// URL standard serializes to: four decimal numbers without leading zeros.
func isIPv4(host string) bool {
	if host == "" || host[len(host)-1] < '0' || host[len(host)-1] > '9' {
		return false // spares nearly every domain the parsing
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Is4()
}

// isIPv6 reports whether host is an IPv6 address in brackets, in the one
// spelling of https://url.spec.whatwg.org/#concept-ipv6-serializer.
func isIPv6(host string) bool {
	if len(host) < len("[::]") || len(host) > len("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]") ||
		host[0] != '[' || host[len(host)-1] != ']' {
		return false
	}
	inner := host[1 : len(host)-1]
	a, err := netip.ParseAddr(inner)
	if err != nil || !a.Is6() || a.Zone() != "" {
		return false
	}
	var buffer [64]byte
	return string(appendIPv6(buffer[:0], a)) == inner
}

// appendIPv6 differs from netip in one thing: the URL standard writes
// ::ffff:1.2.3.4 as ::ffff:102:304.
func appendIPv6(b []byte, a netip.Addr) []byte {
	if !a.Is4In6() {
		return a.AppendTo(b)
	}
	const digits = "0123456789abcdef"
	group := func(high, low byte) {
		started := false
		for _, nibble := range [...]byte{high >> 4, high & 15, low >> 4, low & 15} {
			if started = started || nibble != 0; started {
				b = append(b, digits[nibble])
			}
		}
		if !started {
			b = append(b, '0')
		}
	}
	b = append(b, "::ffff:"...)
	bytes := a.As16()
	group(bytes[12], bytes[13])
	b = append(b, ':')
	group(bytes[14], bytes[15])
	return b
}

// checkPort wants a decimal number up to 65535 without leading zeros that is not
// the scheme's default.
func checkPort(scheme, port string) (problem string) {
	if port == "" {
		return "has a colon but no port"
	}
	if port[0] == '0' && len(port) > 1 {
		return "has a port with a leading zero"
	}
	number := 0
	for i := 0; i < len(port); i++ { // split saw to it that there are digits only, five at most
		number = number*10 + int(port[i]-'0')
	}
	if number > 65535 {
		return "has a port above 65535"
	}
	if defaultPort, _ := defaultPort(scheme); port == defaultPort {
		return "has the scheme's default port, which browsers leave out"
	}
	return ""
}
