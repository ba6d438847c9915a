package playground

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"crossorigin.dev/cors"
)

// maxAPIBody bounds what the API reads of a request's body, in bytes.
const maxAPIBody = 1 << 10

// ballotOrigin is the one origin that may read the votes. Nobody can own a
// name under .example.
const ballotOrigin = "https://ballot.example"

// policies are all that the API does about CORS; package cors does the rest.
type policies struct {
	Note  cors.Policy // the site may read it, and replace it with PUT
	Votes cors.Policy // the site may not read them
}

func policiesFor(site string) policies {
	return policies{
		Note: cors.Policy{
			Origins:        []string{site},
			Methods:        []string{http.MethodPut},
			RequestHeaders: []string{"Content-Type"},
			Debug:          true, // a refused preflight shows what is allowed
		},
		Votes: cors.Policy{
			Origins: []string{ballotOrigin},
		},
	}
}

// An api is the server on the other origin: a note and a count of votes. What
// it keeps has a fixed size: one note of bounded length, two numbers.
type api struct {
	runs *runs
	mu   sync.Mutex
	kept data
}

type data struct {
	note    string // empty if it was deleted
	version int    // of the note
	votes   int
}

func newAPI(runs *runs) *api {
	return &api{runs: runs, kept: data{note: "Buy milk", version: 1}}
}

// handler serves the API under the policies and records what reaches it.
func (a *api) handler(p policies) (http.Handler, error) {
	noteCORS, err := cors.New(p.Note)
	if err != nil {
		return nil, err
	}
	votesCORS, err := cors.New(p.Votes)
	if err != nil {
		return nil, err
	}
	note := http.NewServeMux()
	note.HandleFunc("GET /note", a.getNote)
	note.HandleFunc("PUT /note", a.putNote)
	note.HandleFunc("DELETE /note", a.deleteNote)
	votes := http.NewServeMux()
	votes.HandleFunc("GET /votes", a.getVotes)
	votes.HandleFunc("POST /votes", a.postVote)

	mux := http.NewServeMux()
	mux.Handle("/note", noteCORS.Handler(note))
	mux.Handle("/votes", votesCORS.Handler(votes))
	return a.record(http.MaxBytesHandler(mux, maxAPIBody)), nil
}

// record writes down every request of an open run before it is answered, so
// that whoever has the answer finds it written.
func (a *api) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w, api: a, request: r, header: r.Header.Clone()}
		next.ServeHTTP(rec, r)
		rec.arrived(http.StatusOK)
	})
}

// A recorder records its request when the answer's header is written.
type recorder struct {
	http.ResponseWriter
	api     *api
	request *http.Request
	header  http.Header // as it came
	done    bool
}

func (rec *recorder) Unwrap() http.ResponseWriter { return rec.ResponseWriter }

func (rec *recorder) WriteHeader(status int) {
	rec.arrived(status)
	rec.ResponseWriter.WriteHeader(status)
}

func (rec *recorder) Write(b []byte) (int, error) {
	rec.arrived(http.StatusOK)
	return rec.ResponseWriter.Write(b)
}

func (rec *recorder) arrived(status int) {
	if rec.done {
		return
	}
	rec.done = true
	rec.api.runs.arrive(runID(rec.request), arrival{
		Method:    rec.request.Method,
		Target:    rec.request.URL.RequestURI(),
		Preflight: isPreflight(rec.request.Method, rec.header),
		Header:    fields(rec.header),
		Status:    status,
		Answer:    fields(rec.Header()),
	})
}

// isPreflight is https://fetch.spec.whatwg.org/#cors-preflight-request.
func isPreflight(method string, header http.Header) bool {
	return method == http.MethodOptions &&
		header["Origin"] != nil && header["Access-Control-Request-Method"] != nil
}

func runID(r *http.Request) string { return r.URL.Query().Get("run") }

// data returns what the request reads and changes, locked. A run of our own
// browser gets a copy that nobody sees again: it finds what the page's run will
// find, and predicting what a vote does is not a vote.
func (a *api) data(r *http.Request) (d *data, unlock func()) {
	a.mu.Lock()
	if a.runs.isRehearsal(runID(r)) {
		copied := a.kept
		return &copied, a.mu.Unlock
	}
	return &a.kept, a.mu.Unlock
}

type noteJSON struct {
	Text    string `json:"text"`
	Version int    `json:"version"`
}

func (a *api) getNote(w http.ResponseWriter, r *http.Request) {
	d, unlock := a.data(r)
	defer unlock()
	if d.note == "" {
		http.NotFound(w, r)
		return
	}
	writeJSON(w, noteJSON{d.note, d.version})
}

func (a *api) putNote(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Text string `json:"text"`
	}
	if contentType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(contentType), "application/json") {
		http.Error(w, "PUT /note takes Content-Type: application/json", http.StatusUnsupportedMediaType)
		return
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Text == "" {
		http.Error(w, `PUT /note takes a body such as {"text":"Buy oat milk"}`, http.StatusBadRequest)
		return
	}
	d, unlock := a.data(r)
	defer unlock()
	before := d.version
	d.note, d.version = body.Text, d.version+1
	a.runs.change(runID(r), fmt.Sprintf("the note went from version %d to %d", before, d.version))
	writeJSON(w, noteJSON{d.note, d.version})
}

func (a *api) deleteNote(w http.ResponseWriter, r *http.Request) {
	d, unlock := a.data(r)
	defer unlock()
	if d.note == "" {
		http.NotFound(w, r)
		return
	}
	d.note = ""
	a.runs.change(runID(r), "the note was deleted")
	w.WriteHeader(http.StatusNoContent)
}

type votesJSON struct {
	Votes int `json:"votes"`
}

func (a *api) getVotes(w http.ResponseWriter, r *http.Request) {
	d, unlock := a.data(r)
	defer unlock()
	writeJSON(w, votesJSON{d.votes})
}

func (a *api) postVote(w http.ResponseWriter, r *http.Request) {
	d, unlock := a.data(r)
	defer unlock()
	d.votes++
	a.runs.change(runID(r), fmt.Sprintf("the votes went from %d to %d", d.votes-1, d.votes))
	writeJSON(w, votesJSON{d.votes})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	// The values are this file's own, and always encode; if the client is
	// gone there is nobody to tell.
	_ = json.NewEncoder(w).Encode(v)
}
