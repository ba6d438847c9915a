package playground

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"slices"
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
	mux.HandleFunc("GET /{$}", s.page)
	mux.HandleFunc("POST /runs", s.begin)
	mux.HandleFunc("POST /runs/{id}", s.end)
	mux.HandleFunc("GET /frame", s.frame)
	s.experimentRoutes(mux)
	if err := assetRoutes(mux); err != nil {
		return nil, err
	}
	// The page's own POSTs change what the site remembers. They are simple
	// requests, so no preflight keeps other sites from sending them: see the
	// fifth scene.
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
		"connect-src 'self' " + api,
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
	s.render(w, r, "index", view)
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
	s.renderPart(w, r, "index", "stage", view)
}
