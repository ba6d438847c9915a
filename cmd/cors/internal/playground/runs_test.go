package playground

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestRunsAreBoundedInNumber(t *testing.T) {
	s := newRuns(time.Now)
	first := s.begin(&scenes[0], false)
	second := s.begin(&scenes[0], false)
	for range maxRuns - 1 {
		s.begin(&scenes[0], false)
	}
	if len(s.byID) != maxRuns || len(s.ids) != maxRuns {
		t.Errorf("%d runs under %d ids, want %d", len(s.byID), len(s.ids), maxRuns)
	}
	if _, ok := s.end(first); ok {
		t.Error("the oldest run is still there")
	}
	if _, ok := s.end(second); !ok {
		t.Error("the second oldest run is gone")
	}
}

func TestRunsExpire(t *testing.T) {
	now := time.Unix(0, 0)
	s := newRuns(func() time.Time { return now })
	late, later := s.begin(&scenes[0], false), s.begin(&scenes[0], false)
	now = now.Add(runLifetime)
	if _, ok := s.end(late); !ok {
		t.Error("a run is gone before its time")
	}
	now = now.Add(1)
	if _, ok := s.end(later); ok {
		t.Error("a run outlives its time")
	}
	s.begin(&scenes[0], false)
	if len(s.byID) != 1 || len(s.ids) != 1 {
		t.Errorf("%d runs under %d ids, want the new one only", len(s.byID), len(s.ids))
	}
}

func TestEndedRunsLeaveNothing(t *testing.T) {
	s := newRuns(time.Now)
	for range 3 * maxRuns {
		s.end(s.begin(&scenes[0], true))
	}
	if len(s.byID) != 0 || len(s.ids) > 1 {
		t.Errorf("%d runs under %d ids are left", len(s.byID), len(s.ids))
	}
}

func TestArrivalsAreBounded(t *testing.T) {
	s := newRuns(time.Now)
	id := s.begin(&scenes[0], false)
	for i := range 10 * maxArrivals {
		s.arrive(id, arrival{Target: strconv.Itoa(i)})
	}
	s.arrive("none", arrival{})
	s.change("none", "all")
	r, _ := s.end(id)
	if len(r.arrivals) != maxArrivals || r.arrivals[maxArrivals-1].Target != strconv.Itoa(maxArrivals-1) {
		t.Errorf("%d arrivals, the last is %+v; want the first %d", len(r.arrivals), r.arrivals[len(r.arrivals)-1], maxArrivals)
	}
	if len(s.byID) != 0 {
		t.Error("an id that the site never gave out is kept")
	}
}

// TestStrangersLeaveNothing calls the API with run ids that are not the site's.
func TestStrangersLeaveNothing(t *testing.T) {
	p := start(t)
	for i := range 20 {
		do(t, apiClient(t, p), "GET", p.APIURL()+"/note?run=stranger"+strconv.Itoa(i), "", http.Header{"Origin": {"https://evil.example"}})
	}
	if len(p.runs.byID) != 0 {
		t.Errorf("%d runs are kept", len(p.runs.byID))
	}
	huge := do(t, apiClient(t, p), "GET", p.APIURL()+"/note", "", http.Header{"X-Huge": {strings.Repeat("a", 64<<10)}})
	if huge.Status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("64 KiB of headers: status %d, want 431", huge.Status)
	}
}
