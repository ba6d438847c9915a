package main

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// Our answers are held to what the peers' are held to, in every row.
func TestOursIsRight(t *testing.T) {
	for _, p := range platforms {
		for _, c := range p.contestants {
			if c.name != ours {
				continue
			}
			for _, r := range rows() {
				if found := probe(c, r); len(found) > 0 {
					t.Errorf("%s, %s: %v", p.name, r.name, found)
				}
			}
		}
	}
}

// The probe sees what the peers are known to do otherwise. If a newer version
// of one does better, that is good news for docs/compare.md too.
func TestProbe(t *testing.T) {
	tests := []struct{ contestant, row, marks string }{
		{"none", "GET, allowed, 1 origin", "wv"},
		{"rs", "GET without Origin, 1 origin", "s"},
		{"rs", "GET, allowed, 1 origin", "sr"},
		{"rs", "preflight, origin refused, 1000 origins", "s"},
		{"chi", "GET, allowed, 1000 patterns", ""},
		{"chi", "preflight, allowed, three headers, 10 origins", ""},
		{"gorilla", "GET, allowed, 1 origin", "v"},
		{"gorilla", "GET, allowed, 10 origins", ""},
		{"gorilla", "GET, refused, 10 origins", "v"},
		{"gin-contrib", "GET without Origin, 1 origin", "v"},
		{"gin-contrib", "GET, refused, 1 origin", "hv"},
		{"gin-contrib", "preflight, allowed, three headers, 10 origins", "s"},
		{"echo", "GET, allowed, credentials and exposed headers, 10 origins", ""},
		{"echo", "preflight, header refused, 1 origin", ""},
		{"fiber", "GET without Origin, 1 origin", ""},
		{"fiber", "preflight, method refused, 10 patterns", ""},
	}
	for _, test := range tests {
		t.Run(test.contestant+"/"+test.row, func(t *testing.T) {
			i := slices.IndexFunc(rows(), func(r row) bool { return r.name == test.row })
			if i < 0 {
				t.Fatal("no such row")
			}
			var marks string
			for _, r := range probe(named(t, test.contestant), rows()[i]) {
				marks += r.Mark
			}
			if marks != test.marks {
				t.Errorf("marks %q, want %q", marks, test.marks)
			}
		})
	}
}

func named(t *testing.T, name string) contestant {
	for _, p := range platforms {
		for _, c := range p.contestants {
			if c.name == name {
				return c
			}
		}
	}
	t.Fatalf("no contestant %q", name)
	return contestant{}
}

func TestOrigins(t *testing.T) {
	for _, patterns := range []bool{false, true} {
		for _, n := range []int{1, 10, 1000} {
			list, allowed, denied := origins(n, patterns)
			if len(list) != n || len(allowed) != len(denied) {
				t.Errorf("%d origins, of which %q is to be allowed and %q is not", len(list), allowed, denied)
			}
			matches := func(origin string) bool {
				return slices.ContainsFunc(list, func(pattern string) bool {
					return origin == strings.Replace(pattern, "*", "app", 1)
				})
			}
			if !matches(allowed) || matches(denied) {
				t.Errorf("with %s: %q is to be allowed and %q is not", describe(n, patterns), allowed, denied)
			}
		}
	}
}

// The interval leaves out as many rounds at either end as a confidence of 95 %
// allows: with nine rounds one, as (1+9)/512 < 0.025 < (1+9+36)/512.
func TestEstimate(t *testing.T) {
	for _, test := range []struct{ rounds, outside int }{{1, 0}, {5, 0}, {6, 0}, {8, 0}, {9, 1}, {12, 2}, {21, 5}} {
		var s series
		for i := range test.rounds {
			s = append(s, float64(test.rounds-1-i))
		}
		e := s.estimate()
		if e.low != float64(test.outside) || e.high != float64(test.rounds-1-test.outside) {
			t.Errorf("of %d rounds: from the %vth to the %vth, want %d left out at either end", test.rounds, e.low, e.high, test.outside)
		}
		if want := float64(test.rounds-1) / 2; e.median != want {
			t.Errorf("of %d rounds: median %v, want %v", test.rounds, e.median, want)
		}
	}
}

// Values that a slice could grow into are found, and clipped ones are not.
func TestAdjoins(t *testing.T) {
	fresh := make([]string, 2)
	if !adjoins(map[string][]string{"A": fresh[0:1], "B": fresh[1:2]}) {
		t.Error("B lies in the room of A")
	}
	if adjoins(map[string][]string{"A": fresh[0:1:1], "B": fresh[1:2:2]}) {
		t.Error("A has no room")
	}
}

// A run in short, from flags to tables.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	err := run([]string{"-rounds", "2", "-round", time.Millisecond.String(), "-rows", "GET, allowed, 10 origins"}, &out, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"## net/http", "## fiber", "| GET, allowed, 10 origins", "github.com/rs/cors v", "**"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, &out)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	for args, want := range map[string]string{
		"-rows (":              "-rows: error parsing regexp",
		"-rows nothing-at-all": "no row's name matches",
		"-rounds 0":            "must be above 0",
		"-write x -rows GET":   "leave out -rows",
		"extra":                "unexpected argument",
	} {
		if err := run(strings.Fields(args), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("bench %s: %v, want %q", args, err, want)
		}
	}
}
