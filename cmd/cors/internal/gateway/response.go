package gateway

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// admit puts the upstream's header beside what the policy has set already.
func (x *exchange) admit(r *http.Response) {
	header := x.Header()
	dropListed(r.Header, r.Header["Connection"])
	for name, values := range r.Header {
		ours := header[name]
		switch {
		case !x.admits(name):
			continue
		case name == "Vary" && len(ours) > 0:
			values = mergeVary(ours, values)
		case len(ours) > 0:
			continue
		case (name == "Location" || name == "Content-Location") && len(values) == 1:
			values = []string{x.location(values[0])}
		case name == "Set-Cookie" && x.route.upstream.RewriteCookies:
			for i, cookie := range values {
				values[i] = x.cookie(cookie)
			}
		}
		header[name] = values
	}
	if header["Content-Type"] == nil {
		header["Content-Type"] = nil // or net/http would guess one
	}
}

// admits reports whether the client gets a header of the upstream's.
func (x *exchange) admits(name string) bool {
	switch name {
	case "Crossorigin-Reason":
		return false
	case "Alt-Svc":
		return false // it would send browsers past the gateway
	case "Timing-Allow-Origin":
		return !x.route.timing
	case "Cross-Origin-Resource-Policy":
		return !x.route.resource
	}
	return !isHopByHop(name) && !isCORS(name)
}

// isCORS knows what an upstream has no say about. The policy here speaks for it,
// and two Access-Control-Allow-Origin would be none:
// https://fetch.spec.whatwg.org/#concept-cors-check
func isCORS(name string) bool { return strings.HasPrefix(name, "Access-Control-") }

// mergeVary adds the upstream's to ours: a cache has to look at both.
// https://httpwg.org/specs/rfc9110.html#field.vary
func mergeVary(ours, theirs []string) []string {
	if len(theirs) == 0 {
		return ours
	}
	var names []string
	for _, lines := range [][]string{ours, theirs} {
		for _, line := range lines {
			for name := range strings.SplitSeq(line, ",") {
				name = strings.Trim(name, " \t")
				if name == "*" {
					return []string{"*"}
				}
				if name != "" && !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
					names = append(names, name)
				}
			}
		}
	}
	return []string{strings.Join(names, ", ")}
}

// outward turns a path of the upstream into the gateway's path for it; ok is
// false if the gateway has none.
func (x *exchange) outward(path string) (_ string, ok bool) {
	base := strings.TrimSuffix(x.route.upstream.target.EscapedPath(), "/")
	rest, ok := strings.CutPrefix(path, base)
	if !ok || rest != "" && rest[0] != '/' {
		return path, false
	}
	if rest == "" {
		rest = "/"
	}
	return x.route.StripPrefix + rest, true
}

// location keeps redirects within the upstream within the gateway: an absolute
// URL of the upstream, which the browser would go to past the gateway, and a path
// that the gateway has elsewhere.
func (x *exchange) location(value string) string {
	to, err := url.Parse(value)
	if err != nil {
		return value
	}
	target := x.route.upstream.target
	switch {
	case to.Host == "" && strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "//"):
	case (to.Scheme == "" || to.Scheme == target.Scheme) && strings.EqualFold(to.Host, target.Host):
	default:
		return value // another server's, or relative to the request
	}
	path, ok := x.outward(to.EscapedPath())
	if !ok {
		return value
	}
	if strings.HasPrefix(path, "//") {
		return value // would be another host's
	}
	if i := strings.IndexAny(value, "?#"); i >= 0 {
		path += value[i:]
	}
	return path
}

// cookie makes a cookie of the upstream one that the browser keeps for the
// gateway. Attributes are those of https://httpwg.org/specs/rfc6265.html#set-cookie.
func (x *exchange) cookie(value string) string {
	pair, rest, _ := strings.Cut(value, ";")
	name, _, _ := strings.Cut(strings.TrimSpace(pair), "=")
	plain := x.listener.Certificate == "" && !hasPrefixFold(name, "__Secure-") && !hasPrefixFold(name, "__Host-")
	out := []string{pair}
	for attribute := range strings.SplitSeq(rest, ";") {
		attribute = strings.TrimSpace(attribute)
		key, setting, _ := strings.Cut(attribute, "=")
		switch key = strings.ToLower(strings.TrimSpace(key)); {
		case key == "" || key == "domain":
			// Without Domain it is a cookie of the host that sent it.
		case plain && (key == "secure" || key == "partitioned"):
			// Not every browser keeps a Secure cookie of http://localhost.
		case plain && key == "samesite" && strings.EqualFold(strings.TrimSpace(setting), "none"):
			// None needs Secure. Lax is enough between ports of one host.
			out = append(out, "SameSite=Lax")
		case key == "path":
			path, ok := x.outward(strings.TrimSpace(setting))
			if !ok {
				path = "/"
			}
			out = append(out, "Path="+path)
		default:
			out = append(out, attribute)
		}
	}
	return strings.Join(out, "; ")
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
