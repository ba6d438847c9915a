package playground

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"crossorigin.dev/cors"
)

// maxAPIBody bounds what the API reads of a request's body, in bytes.
const maxAPIBody = 16 << 10

// ballotOrigin is the one origin that may read the votes. Nobody can own a
// name under .example.
const ballotOrigin = "https://ballot.example"

// A resource is something that the lessons' API serves.
type resource struct {
	Path string
	// Policy is all that the resource does about CORS; package cors does the
	// rest. Nil if CORS is not its business.
	Policy *cors.Policy
	// Says describes the answers of a resource without a Policy, a line each.
	Says   []string
	handle http.HandlerFunc
}

// An api is the server on the other origin. What it keeps has a fixed size: a
// count of votes, and the note of each open run.
type api struct {
	runs      *runs
	site      string // its origin
	votes     atomic.Int64
	resources []resource
}

// A storedNote is what a run finds on the API and may change: every run finds the
// first note, whatever others do.
type storedNote struct {
	text    string // empty if it was deleted
	version int
}

var firstNote = storedNote{"Buy milk", 1}

func newAPI(runs *runs, site, alias string) *api {
	a := &api{runs: runs, site: site}
	forSite := []string{site}
	drafts := &cors.Policy{Origins: forSite, Methods: []string{http.MethodPut}, MaxAge: time.Minute}
	a.resources = []resource{
		{Path: "/note", handle: a.note, Policy: &cors.Policy{
			Origins:        forSite,
			Methods:        []string{http.MethodPut},
			RequestHeaders: []string{"Content-Type"},
			Debug:          true, // a refused preflight shows what is allowed
		}},
		{Path: "/votes", handle: a.serveVotes, Policy: &cors.Policy{Origins: []string{ballotOrigin}}},
		{Path: "/picture", handle: picture, Says: []string{"Content-Type: image/svg+xml"}},
		{Path: "/session", handle: session, Policy: &cors.Policy{Origins: forSite, Credentials: true}},
		{Path: "/weather", handle: weather, Policy: &cors.Policy{Origins: []string{"*"}}},
		{Path: "/orders", handle: orders, Policy: &cors.Policy{Origins: forSite, ResponseHeaders: []string{"X-Total-Count"}}},
		{Path: "/draft", handle: a.draft, Policy: drafts},
		{Path: "/draft/2", handle: a.draft, Policy: drafts},
		{Path: "/moved", handle: redirect(""), Policy: &cors.Policy{Origins: forSite}},
		{Path: "/away", handle: redirect(alias), Policy: &cors.Policy{Origins: forSite}},
		{Path: "/chart", handle: chart(site, false), Says: []string{
			"Cache-Control: max-age=60", "", "and, if the request has an Origin that may:", "Access-Control-Allow-Origin: " + site,
		}},
		{Path: "/chart-vary", handle: chart(site, true), Says: []string{
			"Cache-Control: max-age=60", "Vary: Origin", "", "and, if the request has an Origin that may:", "Access-Control-Allow-Origin: " + site,
		}},
	}
	return a
}

// resource returns the one at a path, nil if there is none.
func (a *api) resource(path string) *resource {
	for i := range a.resources {
		if a.resources[i].Path == path {
			return &a.resources[i]
		}
	}
	return nil
}

// handler serves the lessons' API, and records what reaches it.
func (a *api) handler() (http.Handler, error) {
	mux := http.NewServeMux()
	for _, r := range a.resources {
		var h http.Handler = r.handle
		if r.Policy != nil {
			m, err := cors.New(*r.Policy)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", r.Path, err)
			}
			h = m.Handler(h)
		}
		mux.Handle(r.Path, h)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "The API of cors play has nothing here. What it is for is shown at "+a.site+"/", http.StatusNotFound)
	})
	return a.runs.record(http.MaxBytesHandler(mux, maxAPIBody)), nil
}

// note is read, replaced with PUT and deleted.
func (a *api) note(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		var n storedNote
		a.runs.use(runID(r), func(run *run) { n = run.note })
		writeNote(w, n)
	case http.MethodPut:
		text, ok := newText(w, r)
		if !ok {
			return
		}
		var n storedNote
		a.runs.use(runID(r), func(run *run) {
			n = storedNote{text, run.note.version + 1}
			run.change = fmt.Sprintf("the note went from version %d to %d", run.note.version, n.version)
			run.note = n
		})
		writeNote(w, n)
	case http.MethodDelete:
		a.runs.use(runID(r), func(run *run) {
			run.change = "the note was deleted"
			run.note.text = ""
		})
		w.WriteHeader(http.StatusNoContent)
	default:
		notAllowed(w, "GET, PUT, DELETE")
	}
}

// newText reads the body of PUT /note, or answers what is wrong with it.
func newText(w http.ResponseWriter, r *http.Request) (text string, ok bool) {
	var body struct {
		Text string `json:"text"`
	}
	if contentType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(contentType), "application/json") {
		http.Error(w, "PUT /note takes Content-Type: application/json", http.StatusUnsupportedMediaType)
		return "", false
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Text == "" {
		http.Error(w, `PUT /note takes a body such as {"text":"Buy oat milk"}`, http.StatusBadRequest)
		return "", false
	}
	return body.Text, true
}

func writeNote(w http.ResponseWriter, n storedNote) {
	if n.text == "" {
		http.Error(w, "There is no note.", http.StatusNotFound)
		return
	}
	writeJSON(w, struct {
		Text    string `json:"text"`
		Version int    `json:"version"`
	}{n.text, n.version})
}

// serveVotes shows the count of votes, and counts one with POST. Predicting a
// vote is none.
func (a *api) serveVotes(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		notAllowed(w, "GET, POST")
		return
	}
	votes := a.votes.Load()
	if r.Method == http.MethodPost {
		votes++
		a.runs.use(runID(r), func(run *run) {
			if !run.Rehearsal {
				votes = a.votes.Add(1)
			}
			run.change = fmt.Sprintf("the votes went from %d to %d", votes-1, votes)
		})
	}
	writeJSON(w, struct {
		Votes int64 `json:"votes"`
	}{votes})
}

// draft is replaced with PUT, and forgotten.
func (a *api) draft(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut {
		notAllowed(w, "PUT")
		return
	}
	writeJSON(w, struct {
		Saved bool `json:"saved"`
	}{true})
}

// picture is the sign of the house, on a server that knows nothing of CORS.
func picture(w http.ResponseWriter, r *http.Request) {
	content, err := embedded.ReadFile("assets/favicon.svg")
	if err != nil {
		http.Error(w, "The picture is missing.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	_, _ = w.Write(content)
}

// session says who is signed in; POST signs in. The cookie is nothing that
// deserves to be kept secret: its name is the run's, so that no run finds the
// cookie of another, and its path and its age keep it out of the way of whatever
// else is on localhost.
func session(w http.ResponseWriter, r *http.Request) {
	name, user := cookiePrefix+runID(r), ""
	if c, err := r.Cookie(name); err == nil && c.Value == "Ada" {
		user = c.Value
	}
	if r.Method == http.MethodPost {
		user = "Ada"
		http.SetCookie(w, &http.Cookie{
			Name: name, Value: user, Path: "/session", MaxAge: 120, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
	}
	writeJSON(w, struct {
		User string `json:"user"`
	}{user})
}

// weather is public: the same for everyone.
func weather(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, struct {
		Sky string `json:"sky"`
	}{"clear"})
}

// orders are a page of a longer list.
func orders(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Total-Count", "120")
	w.Header().Set("X-Rate-Limit-Left", "41")
	writeJSON(w, []string{"A-1", "A-2"})
}

// redirect leads on to the note of the server at an origin; empty is the same
// server.
func redirect(origin string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		location := origin + "/note"
		if r.URL.RawQuery != "" {
			location += "?" + r.URL.RawQuery
		}
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusFound)
	}
}

// chart may be kept by caches. It grants by hand what many servers grant so:
// only if the request has an Origin. It is an image, because of other types
// browsers keep nothing that was asked for without CORS.
func chart(site string, vary bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if vary {
			w.Header().Set("Vary", "Origin")
		}
		if r.Header.Get("Origin") == site {
			w.Header().Set("Access-Control-Allow-Origin", site)
		}
		w.Header().Set("Cache-Control", "max-age=60")
		picture(w, r)
	}
}

func notAllowed(w http.ResponseWriter, methods string) {
	w.Header().Set("Allow", methods)
	http.Error(w, "This resource takes "+methods+".", http.StatusMethodNotAllowed)
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	// The values are this file's own, and always encode; if the client is
	// gone there is nobody to tell.
	_ = json.NewEncoder(w).Encode(v)
}
