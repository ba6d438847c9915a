package gateway

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
)

// rewrite makes the request that the upstream gets. ReverseProxy has taken out
// what is for one hop only, and Forwarded and X-Forwarded-*.
func (x *exchange) rewrite(r *httputil.ProxyRequest) {
	u := x.route.upstream
	stripPrefix(r.Out.URL, x.route.StripPrefix)
	r.Out.URL.RawQuery = r.In.URL.RawQuery // ReverseProxy drops what net/url cannot read
	r.SetURL(u.target)                     // and Host is the upstream's
	if u.PreserveHost {
		r.Out.Host = r.In.Host
	}
	x.forwarded(r)
	// https://httpwg.org/specs/rfc9110.html#field.via
	r.Out.Header["Via"] = x.gateway.via.after(r.In)
	r.Out.Trailer = r.In.Trailer // filled in when the body has been read; ReverseProxy has made a copy
	if u.HideOrigin && x.allowed() {
		// A refused one stays, for the upstream's own defence against forgery.
		r.Out.Header.Del("Origin")
	}
	if !isWebSocket(r.In) {
		delete(r.Out.Header, "Upgrade")
		delete(r.Out.Header, "Connection")
		return
	}
	// A handshake brings the user's cookies along, whatever the page asked for.
	// An origin that is allowed without credentials does not get to use them.
	if len(r.In.Header["Origin"]) > 0 && !isOwnOrigin(r.In.Header["Origin"][0], r.In) &&
		len(x.ResponseWriter.Header()["Access-Control-Allow-Credentials"]) == 0 {
		r.Out.Header.Del("Cookie")
		r.Out.Header.Del("Authorization")
	}
}

// forwarded says where the request came from. What came in is believed only
// where the file says so, for anyone could have written it.
func (x *exchange) forwarded(r *httputil.ProxyRequest) {
	trusted := x.listener.TrustForwarded
	for name := range r.Out.Header {
		if tellsOfClient(name) && (!trusted || strings.Contains(name, "_")) {
			delete(r.Out.Header, name)
		}
	}
	if !trusted {
		r.SetXForwarded()
		return
	}
	in := r.In.Header
	if before := in["X-Forwarded-For"]; len(before) > 0 {
		r.Out.Header["X-Forwarded-For"] = slices.Clone(before) // to be added to
	}
	r.SetXForwarded()
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Proto"} {
		if before := in[name]; len(before) > 0 {
			r.Out.Header[name] = slices.Clone(before)
		}
	}
}

// tellsOfClient knows the headers in which proxies tell where a request came
// from. Many upstreams (CGI, WSGI, PHP) take _ in a name for -.
func tellsOfClient(name string) bool {
	if name == "" || name[0] != 'X' && name[0] != 'F' {
		return false
	}
	if strings.Contains(name, "_") {
		name = strings.ReplaceAll(name, "_", "-")
	}
	return hasPrefixFold(name, "X-Forwarded-") || strings.EqualFold(name, "X-Real-Ip") || strings.EqualFold(name, "Forwarded")
}

// stripPrefix takes a prefix off the path, and leaves a path.
func stripPrefix(u *url.URL, prefix string) {
	if prefix == "" {
		return
	}
	rest, ok := strings.CutPrefix(u.Path, prefix)
	if !ok {
		return
	}
	raw, ok := strings.CutPrefix(u.RawPath, prefix)
	if !ok {
		raw = "" // the prefix itself is escaped in an odd way; Path says the same
	}
	if !strings.HasPrefix(rest, "/") {
		rest = "/" + rest
		if raw != "" {
			raw = "/" + raw
		}
	}
	u.Path, u.RawPath = rest, raw
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

// modify makes the response that the client gets.
func (x *exchange) modify(r *http.Response) error {
	if r.StatusCode < 100 || r.StatusCode > 999 {
		return fmt.Errorf("the status %d is none", r.StatusCode) // which net/http would panic about
	}
	stripCORS(r.Trailer)
	if r.ContentLength < 0 || r.ProtoMajor == 2 || len(r.Trailer) > 0 {
		if r.StatusCode != http.StatusSwitchingProtocols {
			r.Body = &trailing{r.Body, r}
		}
	}
	x.waiting = false
	x.admit(r.Header)
	header := x.Header()
	if r.Header["Content-Type"] == nil {
		header["Content-Type"] = nil // or net/http would guess one
	}
	if len(r.Trailer) > 0 {
		delete(header, "Content-Length") // HTTP/1.1 has trailers only without one
	}
	return nil
}

// admit puts the upstream's fields beside the policy's, all but those that
// ReverseProxy looks at, and then puts there itself: it would add the others too,
// value by value.
func (x *exchange) admit(upstream http.Header) {
	header := x.Header()
	for name, values := range upstream {
		ours := header[name]
		switch {
		case name == "Content-Type", name == "Connection", name == "Upgrade":
			continue
		case !x.admits(name):
		case name == "Vary" && len(ours) > 0:
			header[name] = mergeVary(ours, values)
		case len(ours) > 0:
		case (name == "Location" || name == "Content-Location") && len(values) == 1:
			header[name] = []string{x.location(values[0])}
		case name == "Set-Cookie" && x.route.upstream.RewriteCookies:
			for i, cookie := range values {
				values[i] = x.cookie(cookie)
			}
			header[name] = values
		default:
			header[name] = values
		}
		delete(upstream, name)
	}
}

// admits reports whether the client gets a field of the upstream's.
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
	return !isCORS(name)
}

// trailing is a body after which trailers may come that were not announced.
type trailing struct {
	io.ReadCloser
	response *http.Response
}

// Close is what ReverseProxy calls before it looks at the trailers.
func (t *trailing) Close() error {
	err := t.ReadCloser.Close()
	stripCORS(t.response.Trailer)
	return err
}

// isCORS knows what an upstream has no say about. The policy here speaks for it,
// and two Access-Control-Allow-Origin would be none:
// https://fetch.spec.whatwg.org/#concept-cors-check
func isCORS(name string) bool { return strings.HasPrefix(name, "Access-Control-") }

func stripCORS(header http.Header) {
	for name := range header {
		if isCORS(name) {
			delete(header, name)
		}
	}
}

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
