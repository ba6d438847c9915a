package playground

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"log"
	"net/http"
	"slices"
	"strings"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/render"
)

//go:embed assets
var embedded embed.FS

// maxSiteBody bounds what the site reads of a request's body, in bytes.
const maxSiteBody = 16 << 10

// predictTimeout bounds one prediction. It is made over loopback and takes
// milliseconds.
const predictTimeout = 5 * time.Second

// A site serves the page and answers its script.
type site struct {
	playground *Playground
	pages      *template.Template
	logger     *log.Logger
}

func newSite(p *Playground, logger *log.Logger) (http.Handler, error) {
	s := &site{playground: p, logger: logger}
	pages, err := template.New("").Funcs(template.FuncMap{"prose": s.prose}).ParseFS(embedded, "assets/*.html")
	if err != nil {
		return nil, err
	}
	s.pages = pages
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page)
	mux.HandleFunc("POST /runs", s.begin)
	mux.HandleFunc("POST /runs/{id}", s.end)
	for name, contentType := range map[string]string{
		"play.css":    "text/css; charset=utf-8",
		"play.js":     "text/javascript; charset=utf-8",
		"favicon.svg": "image/svg+xml",
	} {
		content, err := fs.ReadFile(embedded, "assets/"+name)
		if err != nil {
			return nil, err
		}
		mux.Handle("GET /assets/"+name, asset(name, contentType, content))
	}
	// The page's own POSTs change what the site remembers. They are simple
	// requests, so no preflight keeps other sites from sending them: see the
	// fifth scene.
	guarded := http.NewCrossOriginProtection().Handler(mux)
	return s.secure(http.MaxBytesHandler(guarded, maxSiteBody)), nil
}

// asset serves an embedded file, which a browser keeps until it differs.
func asset(name, contentType string, content []byte) http.Handler {
	sum := sha256.Sum256(content)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", tag)
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	})
}

// secure sets the headers that keep the page to itself: it loads nothing from
// elsewhere, runs no script and applies no style but its own files, talks to
// the API and to nobody else, and is framed by nobody.
func (s *site) secure(next http.Handler) http.Handler {
	// Every diagram brings its style sheet, which is always the same.
	sum := sha256.Sum256([]byte(render.SVGStyle))
	policy := strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'",
		"img-src 'self'",
		"connect-src 'self' " + s.playground.api.url(),
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

// page serves the story, with a prediction of every scene as things stand. It
// is whole without any script.
func (s *site) page(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), predictTimeout)
	defer cancel()
	p := s.playground
	view := pageView{Site: p.SiteURL(), API: p.APIURL(), Policies: p.policies}
	for i := range scenes {
		predicted, err := p.predict(ctx, &scenes[i])
		if err != nil {
			s.fail(w, r, fmt.Errorf("predict scene %s: %w", scenes[i].ID, err))
			return
		}
		sv, err := s.sceneView(i, predicted)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		view.Scenes = append(view.Scenes, sv)
	}
	s.write(w, r, "page", view)
}

// begin opens a run for the page, predicts it, and names the URL to fetch.
func (s *site) begin(w http.ResponseWriter, r *http.Request) {
	sc := sceneByID(r.PostFormValue("scene"))
	if sc == nil {
		http.Error(w, "No such scene.", http.StatusNotFound)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), predictTimeout)
	defer cancel()
	p := s.playground
	predicted, err := p.predict(ctx, sc)
	if err != nil {
		s.fail(w, r, fmt.Errorf("predict scene %s: %w", sc.ID, err))
		return
	}
	id := p.runs.begin(sc, false)
	p.runs.predict(id, predicted)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(struct {
		Run string `json:"run"`
		URL string `json:"url"`
	}{id, sc.target(p.api.url(), id)})
}

// end takes the script's report of its fetch, and answers with what the API
// saw of it, side by side with the prediction, as the scene's new stage.
func (s *site) end(w http.ResponseWriter, r *http.Request) {
	var said report
	if err := json.NewDecoder(r.Body).Decode(&said); err != nil {
		http.Error(w, "The report is not JSON.", http.StatusBadRequest)
		return
	}
	if err := said.check(); err != nil {
		http.Error(w, "The report cannot be true: "+err.Error()+".", http.StatusBadRequest)
		return
	}
	ended, ok := s.playground.runs.end(r.PathValue("id"))
	if !ok {
		http.Error(w, "No such run: it is over, or was begun more than ten minutes ago.", http.StatusNotFound)
		return
	}
	view, err := s.sceneView(slices.IndexFunc(scenes, func(sc scene) bool { return sc.ID == ended.scene.ID }), ended.prediction)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view.Actual = &actualView{
		Seen:     actual(ended, said),
		Report:   said,
		Arrivals: ended.arrivals,
		Change:   ended.change,
	}
	s.write(w, r, "stage", view)
}

func (s *site) write(w http.ResponseWriter, r *http.Request, name string, data any) {
	var page bytes.Buffer
	if err := s.pages.ExecuteTemplate(&page, name, data); err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = page.WriteTo(w)
}

// fail answers that the playground is at fault, and says so on standard error;
// but not if it is the reader who has left.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return
	}
	s.logger.Print(err)
	http.Error(w, "Something is wrong with the playground itself: "+err.Error(), http.StatusInternalServerError)
}

// prose is a scene's explanation, from assets/story.html.
func (s *site) prose(view sceneView) (template.HTML, error) {
	var text strings.Builder
	err := s.pages.ExecuteTemplate(&text, "prose-"+view.Scene.ID, view)
	return template.HTML(text.String()), err
}

// diagram draws a trace. render escapes what it draws.
func diagram(trace *browser.Trace, id string, width int) (template.HTML, error) {
	var svg strings.Builder
	err := render.SVG(&svg, trace, render.SVGOptions{ID: id, Width: width})
	return template.HTML(svg.String()), err
}
