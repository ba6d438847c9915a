package playground

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"crossorigin.dev/browser"
)

// What one run may hold, and how many runs there may be. Only the site begins
// runs, so a stranger who calls the API leaves nothing behind.
const (
	maxRuns     = 256
	maxArrivals = 64 // of one run in all: enough for 20 redirects with their preflights
	maxShown    = 2 << 10
	runLifetime = 10 * time.Minute
	// Short enough to be read in a diagram, and of 40 random bits: who guesses
	// the id of one of the few open runs gains a line in its reader's display.
	idLength = 8
)

// A run is one or several calls of fetch(), by a page or by our own browser,
// and what the API saw of them. Its id is a query parameter of the API's URL: a
// header would cause a preflight, and a URL used by another run could be
// answered from a cache.
type run struct {
	// Live is the id of the live log that shows what arrives; empty for none.
	Live string
	// Rehearsal says that our own browser makes the run, in order to predict.
	// It counts no votes.
	Rehearsal bool

	begun    time.Time
	arrivals []arrival // since the last take
	total    int       // of arrivals
	change   string    // what the run did to the API's data since the last take; empty if nothing
	note     storedNote
}

// An arrival is a request that reached one of the servers, and its answer.
type arrival struct {
	Method    string          `json:"method"`
	URL       string          `json:"url"` // as asked for: with the name of the server that was used
	Preflight bool            `json:"preflight"`
	Header    []browser.Field `json:"header"` // sorted by name
	Status    int             `json:"status"`
	Answer    []browser.Field `json:"answer"` // sorted by name
}

// exchanges are arrivals as a trace has them.
func exchanges(arrivals []arrival) []browser.Exchange {
	var all []browser.Exchange
	for _, a := range arrivals {
		all = append(all, browser.Exchange{
			Preflight: a.Preflight, Method: a.Method, URL: a.URL, Header: a.Header,
			Answer: &browser.Answer{Status: a.Status, Header: a.Answer},
		})
	}
	return all
}

// runs is the record that the servers write and the site reads.
type runs struct {
	now  func() time.Time
	live *hub
	mu   sync.Mutex
	byID map[string]*run
	ids  []string // oldest first; of ended runs too, until they expire
}

func newRuns(now func() time.Time) *runs {
	return &runs{now: now, live: newHub(), byID: map[string]*run{}}
}

// begin opens a run and returns its id. Runs past their lifetime are dropped,
// and the oldest one if there are too many.
func (s *runs) begin(r run) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	oldest := s.now().Add(-runLifetime)
	keep := 0
	for _, id := range s.ids {
		switch r := s.byID[id]; {
		case r == nil:
		case r.begun.Before(oldest):
			delete(s.byID, id)
		default:
			s.ids[keep] = id
			keep++
		}
	}
	s.ids = s.ids[:keep]
	if len(s.ids) >= maxRuns {
		delete(s.byID, s.ids[0])
		s.ids = slices.Delete(s.ids, 0, 1)
	}
	id := strings.ToLower(rand.Text()[:idLength])
	for s.byID[id] != nil {
		id = strings.ToLower(rand.Text()[:idLength])
	}
	r.begun, r.note = s.now(), firstNote
	s.byID[id] = &r
	s.ids = append(s.ids, id)
	return id
}

// arrive adds to what the servers saw of the run, and shows it in the run's
// live log. Beyond a run's share of arrivals, and for a run that is not open,
// it does nothing.
func (s *runs) arrive(id string, a arrival) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.byID[id]
	if r == nil || r.total >= maxArrivals {
		return
	}
	r.total++
	r.arrivals = append(r.arrivals, a)
	if r.Live != "" {
		s.live.show(r.Live, arrived{Run: id, At: s.now().Sub(r.begun).Milliseconds(), arrival: a})
	}
}

// use calls do with the run, or with a new one that nobody sees again if there
// is none of that id. As the record is locked, do must not answer a request.
func (s *runs) use(id string, do func(*run)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.byID[id]; r != nil {
		do(r)
		return
	}
	do(&run{note: firstNote, Rehearsal: true})
}

// take returns what has arrived since the last take, and what changed.
func (s *runs) take(id string) (arrivals []arrival, change string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.byID[id]
	if r == nil || s.now().Sub(r.begun) > runLifetime {
		return nil, "", false
	}
	arrivals, change = r.arrivals, r.change
	r.arrivals, r.change = nil, ""
	return arrivals, change, true
}

// end closes a run.
func (s *runs) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, id)
}

// record writes down every request of an open run when it is answered, so that
// whoever has the answer finds it written.
func (s *runs) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w, runs: s, request: r, header: r.Header.Clone()}
		next.ServeHTTP(rec, r)
		rec.arrived(http.StatusOK)
	})
}

// A recorder records its request when the answer's header is written.
type recorder struct {
	http.ResponseWriter
	runs    *runs
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
	rec.runs.arrive(runID(rec.request), arrival{
		Method:    rec.request.Method,
		URL:       "http://" + rec.request.Host + rec.request.URL.RequestURI(),
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

// runID is the run that a request belongs to.
func runID(r *http.Request) string { return r.URL.Query().Get("run") }

// fields lists a header, sorted by name, each value cut to maxShown bytes.
// Cookies that the playground has not set are left out: a browser sends the
// cookies of every port of localhost, and they are nobody's business.
func fields(header http.Header) []browser.Field {
	list := []browser.Field{}
	for name, values := range header {
		for _, value := range values {
			if name == "Cookie" {
				value = ownCookies(value)
			}
			if name == "Cookie" && value == "" {
				continue
			}
			if len(value) > maxShown {
				value = strings.ToValidUTF8(value[:maxShown], "") + "…"
			}
			list = append(list, browser.Field{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(list, func(a, b browser.Field) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// cookiePrefix begins the name of every cookie that the playground sets.
const cookiePrefix = "play-"

func ownCookies(value string) string {
	var own []string
	for pair := range strings.SplitSeq(value, ";") {
		if pair = strings.TrimSpace(pair); strings.HasPrefix(pair, cookiePrefix) {
			own = append(own, pair)
		}
	}
	return strings.Join(own, "; ")
}
