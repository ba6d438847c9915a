package playground

import (
	"html/template"
	"log"
	"net/http"
	"strings"
	"time"
)

// maxSiteBody bounds what the site reads of a request's body, in bytes.
const maxSiteBody = 16 << 10

// predictTimeout bounds one prediction. It is made over loopback and takes
// milliseconds.
const predictTimeout = 5 * time.Second

// A site serves the page and answers its script.
type site struct {
	playground *Playground
	views      map[string]*template.Template
	logger     *log.Logger
}

func newSite(p *Playground, logger *log.Logger) (http.Handler, error) {
	views, err := parseViews()
	if err != nil {
		return nil, err
	}
	s := &site{playground: p, views: views, logger: logger}
	mux := http.NewServeMux()
	s.learnRoutes(mux)
	mux.Handle("GET /live", p.runs.live)
	mux.HandleFunc("GET /frame", s.frame)
	s.experimentRoutes(mux)
	mux.HandleFunc("/", s.missing)
	if err := assetRoutes(mux); err != nil {
		return nil, err
	}
	// The page's own POSTs change what the site remembers. They are simple
	// requests, so no preflight keeps other sites from sending them: see the
	// lesson about POST.
	guarded := http.NewCrossOriginProtection().Handler(mux)
	return s.secure(http.MaxBytesHandler(guarded, maxSiteBody)), nil
}

// secure sets the headers that keep the page to itself: it loads nothing from
// elsewhere, runs no script and applies no style but its own files, talks to
// the API and to nobody else, and is framed by nobody.
func (s *site) secure(next http.Handler) http.Handler {
	p := s.playground
	api := p.api.url() + " " + p.api.alias()
	policy := strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' " + api,
		"connect-src 'self' " + p.site.alias() + " " + api,
		"frame-src 'self' " + p.site.alias(),
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}, "; ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
