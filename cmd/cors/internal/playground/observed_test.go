package playground

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

// sentTrace is a trace with an exchange for each word "METHOD/path/status"; a
// word of one letter is a step without.
func sentTrace(words string, outcome browser.Outcome) *browser.Trace {
	t := &browser.Trace{Verdict: browser.Verdict{Outcome: outcome}}
	for _, word := range strings.Fields(words) {
		s := browser.Step{}
		if method, path, found := strings.Cut(word, "/"); found {
			s.Exchange = &browser.Exchange{Method: method, URL: path, Preflight: method == "OPTIONS"}
		}
		t.Steps = append(t.Steps, s)
	}
	return t
}

func TestDifferences(t *testing.T) {
	for _, c := range []struct {
		a, b     string
		inA, inB []int
	}{
		{"", "", nil, nil},
		{"x GET/a x", "GET/a", nil, nil},
		{"x OPTIONS/a x PUT/a", "PUT/a", []int{1}, nil},
		{"OPTIONS/a", "OPTIONS/a PUT/a", nil, []int{1}},
		{"GET/a GET/b GET/c", "GET/a GET/c GET/d", []int{1}, []int{2}},
		{"GET/a", "POST/a", []int{0}, []int{0}},
	} {
		inA, inB, verdict := differences(sentTrace(c.a, browser.OutcomeAllowed), sentTrace(c.b, browser.OutcomeAllowed))
		if got := slices.Sorted(maps.Keys(inA)); !slices.Equal(got, c.inA) {
			t.Errorf("%q and %q: %v in the first only, want %v", c.a, c.b, got, c.inA)
		}
		if got := slices.Sorted(maps.Keys(inB)); !slices.Equal(got, c.inB) {
			t.Errorf("%q and %q: %v in the second only, want %v", c.a, c.b, got, c.inB)
		}
		if verdict {
			t.Errorf("%q and %q: the verdicts differ", c.a, c.b)
		}
	}
	if _, _, verdict := differences(sentTrace("", browser.OutcomeAllowed), sentTrace("", browser.OutcomeBlocked)); !verdict {
		t.Error("allowed and blocked are the same verdict")
	}
}

// TestObserved draws up what is known of a fetch with a redirect.
func TestObserved(t *testing.T) {
	arrivals := []arrival{
		{Method: "OPTIONS", URL: "http://a/1", Preflight: true, Status: 204},
		{Method: "PUT", URL: "http://a/1", Status: 307},
		{Method: "PUT", URL: "http://b/2", Status: 200},
	}
	asked := &browser.Trace{Method: "PUT", URL: "http://a/1", Origin: "http://page"}
	for _, c := range []struct {
		said    report
		outcome browser.Outcome
	}{
		{report{Type: browser.ResponseCORS, Status: 200}, browser.OutcomeAllowed},
		{report{Type: browser.ResponseOpaque}, browser.OutcomeOpaque},
		{report{Error: "TypeError"}, browser.OutcomeBlocked},
	} {
		got := observed(asked, exchanges(arrivals), c.said)
		var hops []int
		for _, s := range got.Steps {
			hops = append(hops, s.Hop)
		}
		if got.Verdict.Outcome != c.outcome || !got.Verdict.Preflighted || !got.Verdict.Sent || !slices.Equal(hops, []int{0, 0, 1}) || got.Origin != "http://page" {
			t.Errorf("%+v: %+v over hops %v", c.said, got.Verdict, hops)
		}
	}
	if len(asked.Steps) != 0 {
		t.Error("the trace of what was asked has changed")
	}
	if got := observed(asked, nil, report{Error: "TypeError"}).Verdict; got.Sent || got.Preflighted {
		t.Errorf("nothing arrived, and yet %+v", got)
	}
}
