package main

import (
	"os"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

// docs/preflights.md is what the program writes.
func TestDocument(t *testing.T) {
	want, err := report()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/preflights.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("docs/preflights.md is not up to date; write it with: cd bench && go run ./preflights > ../docs/preflights.md\n%s", want)
	}
}

// Answering in full costs one preflight for each URL, in every browser; and in
// those that go past their preflight cache for a call with a condition, one for
// each such call.
func TestInFull(t *testing.T) {
	seen := map[string]bool{}
	urls, conditional := 0, 0
	for _, c := range calls() {
		first := !seen[c.request.URL]
		seen[c.request.URL] = true
		header := c.request.Header
		switch {
		case first:
			urls++
		case header.Get("If-None-Match") != "" || header.Get("If-Match") != "":
			conditional++
		}
	}
	if urls != 13 || conditional != 89 {
		t.Fatalf("%d URLs, %d calls with a condition; the document says 13 and 89", urls, conditional)
	}
	for _, p := range profiles {
		want := urls
		if p == browser.Chromium || p == browser.Firefox {
			want += conditional
		}
		count, err := preflights(p, servers[0].build(10*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if count != want {
			t.Errorf("%s: %d preflights, want %d", p, count, want)
		}
	}
}
