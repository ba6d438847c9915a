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
	maxArrivals = 8
	runLifetime = 10 * time.Minute
	// Short enough to be read in a diagram, and of 30 random bits: who guesses
	// the id of one of the few open runs gains a line in its reader's display.
	idLength = 6
)

// A run is one call of fetch(), by the page or by our own browser, and what
// the API saw of it. Its id is a query parameter of the API's URL: a header
// would cause a preflight, and a URL used twice could be answered from the
// preflight cache.
type run struct {
	scene      *scene
	rehearsal  bool // made by our own browser to predict, not by the page
	begun      time.Time
	arrivals   []arrival
	change     string // what the run did to the API's data; empty if nothing
	prediction prediction
}

// An arrival is a request that reached the API, and how the API answered.
type arrival struct {
	Method    string
	Target    string
	Preflight bool
	Header    []browser.Field // sorted by name
	Status    int
	Answer    []browser.Field // sorted by name
}

// runs is the record that the API writes and the site reads.
type runs struct {
	now  func() time.Time
	mu   sync.Mutex
	byID map[string]*run
	ids  []string // oldest first; of ended runs too, until they expire
}

func newRuns(now func() time.Time) *runs {
	return &runs{now: now, byID: map[string]*run{}}
}

// begin opens a run and returns its id. Runs past their lifetime are dropped,
// and the oldest one if there are too many.
func (s *runs) begin(sc *scene, rehearsal bool) string {
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
	s.byID[id] = &run{scene: sc, rehearsal: rehearsal, begun: s.now()}
	s.ids = append(s.ids, id)
	return id
}

// predict keeps what our browser predicts for the run.
func (s *runs) predict(id string, p prediction) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.byID[id]; r != nil {
		r.prediction = p
	}
}

// arrive adds to what the API saw of the run. Beyond a run's share of
// arrivals, and for a run that is not open, it does nothing.
func (s *runs) arrive(id string, a arrival) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.byID[id]; r != nil && len(r.arrivals) < maxArrivals {
		r.arrivals = append(r.arrivals, a)
	}
}

// change keeps what the run did to the API's data.
func (s *runs) change(id, what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.byID[id]; r != nil {
		r.change = what
	}
}

// isRehearsal reports whether the run is one of our own browser.
func (s *runs) isRehearsal(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.byID[id]
	return r != nil && r.rehearsal
}

// end closes a run and returns all that was recorded. A run ends once.
func (s *runs) end(id string) (run, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.byID[id]
	if r == nil || s.now().Sub(r.begun) > runLifetime {
		return run{}, false
	}
	delete(s.byID, id)
	return *r, true
}

// fields lists a header, sorted by name.
func fields(header http.Header) []browser.Field {
	var list []browser.Field
	for name, values := range header {
		for _, value := range values {
			list = append(list, browser.Field{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(list, func(a, b browser.Field) int { return strings.Compare(a.Name, b.Name) })
	return list
}
