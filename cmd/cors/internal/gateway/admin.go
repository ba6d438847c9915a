package gateway

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// adminHandler serves those who look after the gateway. It grants no other
// origin anything.
func (g *Gateway) adminHandler(f *front) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", g.serveReady)
	mux.HandleFunc("GET /decisions", g.serveDecisions)
	mux.Handle("GET /metrics", promhttp.HandlerFor(g.records.registry, promhttp.HandlerOpts{}))
	mux.Handle("GET /{$}", http.RedirectHandler("/decisions", http.StatusSeeOther))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Content-Security-Policy", "default-src 'none'; style-src '"+decisionsStyle+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		if !answersTo(r.Host, nil, f.loopback) {
			http.Error(w, "the admin pages answer only to this machine's own names", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// readiness is the document of /readyz.
type readiness struct {
	Ready  bool   `json:"ready"` // false while draining
	Policy string `json:"policy"`
	Reload struct {
		OK    bool      `json:"ok"`
		At    time.Time `json:"at"`
		Error string    `json:"error,omitempty"`
	} `json:"reload"`
}

// serveReady says whether to send requests here. After a reload that failed the
// answer is yes: the last good policy is in force, and if every replica said no,
// there would be none left.
func (g *Gateway) serveReady(w http.ResponseWriter, r *http.Request) {
	var doc readiness
	doc.Ready = !g.draining.Load()
	doc.Policy = g.live.Load().file.Hash
	status := g.status.Load()
	doc.Reload.OK, doc.Reload.At, doc.Reload.Error = status.Error == "", status.At, status.Error
	w.Header().Set("Content-Type", "application/json")
	if !doc.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	writeJSON(w, doc)
}

//go:embed decisions.html
var decisionsHTML string

var (
	decisionsPage  = template.Must(template.New("decisions").Parse(decisionsHTML))
	decisionsStyle = hashOfStyle(decisionsHTML)
)

// hashOfStyle lets the page have its own style, and no other:
// https://w3c.github.io/webappsec-csp/#grammardef-hash-source
func hashOfStyle(page string) string {
	_, style, _ := strings.Cut(page, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// serveDecisions shows the last decisions as a page, or as JSON to who asks for it.
func (g *Gateway) serveDecisions(w http.ResponseWriter, r *http.Request) {
	notes := g.records.recent.last()
	if r.URL.Query().Get("format") == "json" || strings.HasPrefix(r.Header.Get("Accept"), "application/json") {
		w.Header().Set("Content-Type", "application/json")
		writeJSON(w, struct {
			Version   int    `json:"version"`
			Policy    string `json:"policy"`
			Decisions []note `json:"decisions"`
		}{1, g.live.Load().file.Hash, notes})
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// What fails here is the connection; there is nobody to tell.
	_ = decisionsPage.Execute(w, struct {
		Policy string
		Notes  []note
	}{g.live.Load().file.Hash, notes})
}

func writeJSON(w http.ResponseWriter, v any) {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(v) // as above
}
