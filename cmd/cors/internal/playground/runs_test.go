package playground

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

func TestRunsAreBoundedInNumber(t *testing.T) {
	s := newRuns(time.Now)
	first := s.begin(run{})
	second := s.begin(run{})
	for range maxRuns - 1 {
		s.begin(run{})
	}
	if len(s.byID) != maxRuns || len(s.ids) != maxRuns {
		t.Errorf("%d runs under %d ids, want %d", len(s.byID), len(s.ids), maxRuns)
	}
	if _, _, ok := s.take(first); ok {
		t.Error("the oldest run is still there")
	}
	if _, _, ok := s.take(second); !ok {
		t.Error("the second oldest run is gone")
	}
}

func TestRunsExpire(t *testing.T) {
	now := time.Unix(0, 0)
	s := newRuns(func() time.Time { return now })
	late, later := s.begin(run{}), s.begin(run{})
	now = now.Add(runLifetime)
	if _, _, ok := s.take(late); !ok {
		t.Error("a run is gone before its time")
	}
	now = now.Add(1)
	if _, _, ok := s.take(later); ok {
		t.Error("a run outlives its time")
	}
	s.begin(run{})
	if len(s.byID) != 1 || len(s.ids) != 1 {
		t.Errorf("%d runs under %d ids, want the new one only", len(s.byID), len(s.ids))
	}
}

func TestEndedRunsLeaveNothing(t *testing.T) {
	s := newRuns(time.Now)
	for range 3 * maxRuns {
		s.end(s.begin(run{Rehearsal: true}))
	}
	if len(s.byID) != 0 || len(s.ids) > 1 {
		t.Errorf("%d runs under %d ids are left", len(s.byID), len(s.ids))
	}
}

func TestArrivalsAreBounded(t *testing.T) {
	s := newRuns(time.Now)
	id := s.begin(run{})
	var all []arrival
	for i := range 10 * maxArrivals {
		s.arrive(id, arrival{URL: strconv.Itoa(i)})
		if i%7 == 0 { // what is taken counts as well
			some, _, _ := s.take(id)
			all = append(all, some...)
		}
	}
	s.arrive("none", arrival{})
	some, _, _ := s.take(id)
	all = append(all, some...)
	if len(all) != maxArrivals || all[maxArrivals-1].URL != strconv.Itoa(maxArrivals-1) {
		t.Errorf("%d arrivals, the last is %+v; want the first %d", len(all), all[len(all)-1], maxArrivals)
	}
	s.end(id)
	if len(s.byID) != 0 {
		t.Error("an id that the site never gave out is kept")
	}
}

// TestFields looks at what is kept of a header.
func TestFields(t *testing.T) {
	got := fields(http.Header{
		"Origin": {"http://localhost:8000"},
		"Cookie": {"theirs=secret; play-abc=Ada; other=1"},
		"X-Long": {strings.Repeat("a", maxShown+1)},
		"X-Two":  {"1", "2"},
	})
	want := []browser.Field{
		{Name: "Cookie", Value: "play-abc=Ada"}, {Name: "Origin", Value: "http://localhost:8000"},
		{Name: "X-Long", Value: strings.Repeat("a", maxShown) + "…"}, {Name: "X-Two", Value: "1"}, {Name: "X-Two", Value: "2"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	if got := fields(http.Header{"Cookie": {"theirs=secret"}}); len(got) != 0 {
		t.Errorf("a cookie of others is kept: %v", got)
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
