package gateway

import (
	"net"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
)

// request makes the request that the upstream gets.
func (x *exchange) request(in *http.Request) *http.Request {
	u := x.route.upstream
	out := in.WithContext(httptrace.WithClientTrace(in.Context(), &httptrace.ClientTrace{Got1xxResponse: x.inform}))
	out.Close = false // that is for the client's connection
	target := *in.URL
	stripPrefix(&target, x.route.StripPrefix)
	out.URL = &target
	(&httputil.ProxyRequest{In: in, Out: out}).SetURL(u.target) // and Host is the upstream's
	if u.PreserveHost {
		out.Host = in.Host
	}
	out.Body = nil // which lets the transport try again on another connection
	if x.body != nil && in.ContentLength != 0 {
		out.Body = x.body
	}
	out.Header = x.requestHeader(in)
	return out
}

// requestHeader is what the client sent, but for what is for one hop only, and
// what the gateway says itself. Values are shared with in, and not to be changed.
func (x *exchange) requestHeader(in *http.Request) http.Header {
	const own = 5 // Via, User-Agent and three X-Forwarded
	header := make(http.Header, len(in.Header)+own)
	for name, values := range in.Header {
		if !isHopByHop(name) && x.believes(name) {
			header[name] = values
		}
	}
	dropListed(header, in.Header["Connection"])
	if hasToken(in.Header["Te"], "trailers") {
		header["Te"] = []string{"trailers"}
	}
	if isWebSocket(in) {
		header["Connection"], header["Upgrade"] = []string{"Upgrade"}, in.Header["Upgrade"]
		if !x.mayUseCookies(in) {
			header.Del("Cookie")
			header.Del("Authorization")
		}
	}
	if x.route.upstream.HideOrigin && x.allowed() {
		// A refused one stays, for the upstream's own defence against forgery.
		header.Del("Origin")
	}
	if header["User-Agent"] == nil {
		header["User-Agent"] = noUserAgent
	}
	// https://httpwg.org/specs/rfc9110.html#field.via
	header["Via"] = append(slices.Clip(in.Header["Via"]), x.gateway.via.line(in))
	x.forwarded(header, in)
	return header
}

var noUserAgent = []string{""} // or the transport would name Go's

// believes reports whether the upstream gets a header that may say where the
// request came from. What came in is believed only where the file says so, for
// anyone could have written it.
func (x *exchange) believes(name string) bool {
	return !tellsOfClient(name) || x.listener.TrustForwarded && name != "Forwarded" && !strings.Contains(name, "_")
}

// forwarded says where the request came from, after what is believed.
func (x *exchange) forwarded(header http.Header, in *http.Request) {
	protocol := "http"
	if in.TLS != nil {
		protocol = "https"
	}
	client, _, _ := net.SplitHostPort(in.RemoteAddr) // which net/http has from the socket
	if before := in.Header["X-Forwarded-For"]; x.listener.TrustForwarded && len(before) > 0 {
		client = strings.Join(before, ", ") + ", " + client
	}
	values := []string{client, in.Host, protocol}
	header["X-Forwarded-For"] = values[0:1:1]
	if header["X-Forwarded-Host"] == nil {
		header["X-Forwarded-Host"] = values[1:2:2]
	}
	if header["X-Forwarded-Proto"] == nil {
		header["X-Forwarded-Proto"] = values[2:3:3]
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

// isHopByHop knows the headers that are between neighbours:
// https://httpwg.org/specs/rfc9110.html#field.connection and some that clients
// send although nobody lists them.
func isHopByHop(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
		"Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}

// dropListed takes out the headers that the lines of Connection say are between
// neighbours too.
func dropListed(header http.Header, connection []string) {
	for _, line := range connection {
		for name := range strings.SplitSeq(line, ",") {
			header.Del(strings.Trim(name, " \t"))
		}
	}
}

// hasToken reports whether a token is in the lists that are the lines of a header.
func hasToken(lines []string, token string) bool {
	for _, line := range lines {
		for one := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.Trim(one, " \t"), token) {
				return true
			}
		}
	}
	return false
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
