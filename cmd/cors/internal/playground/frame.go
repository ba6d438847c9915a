package playground

import (
	"net/http"
	"strings"
)

// A fetch can be made from three origins: the page's own; the site's by its
// other name, http://127.0.0.1:8000, which is another origin and another site
// though the same server; and an opaque one, "null". For the latter two the
// page opens a frame that does nothing but make a fetch when the page asks for
// it, and tell the page what came of it (assets/frame.js).

// framable are the paths that the frames need, and one to ask for. They alone are served by the
// site's other names too, and all are public and the same for everyone, so that
// whoever reaches them under another origin reaches nothing.
var framable = map[string]bool{
	"/frame":             true,
	"/hello":             true,
	"/assets/frame.js":   true,
	"/assets/attempt.js": true,
}

// frame serves the frame's document. With ?origin=null its origin is opaque,
// wherever it is opened.
func (s *site) frame(w http.ResponseWriter, r *http.Request) {
	p := s.playground
	policy := []string{
		"default-src 'none'",
		// Not 'self', which in an opaque origin is nothing in some browsers.
		"script-src " + p.site.url() + " " + p.site.alias(),
		"connect-src " + p.site.url() + " " + p.site.alias() + " " + p.api.url() + " " + p.api.alias() + " " + p.sockets(),
		"img-src " + p.api.url() + " " + p.api.alias(),
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors " + p.site.url(),
	}
	if r.URL.Query().Get("origin") == "null" {
		policy = append(policy, "sandbox allow-scripts")
	}
	w.Header().Set("Content-Security-Policy", strings.Join(policy, "; "))
	s.execute(w, r, "frame", "frame", struct{ Site string }{p.site.url()})
}
