package main

import (
	"os"
	"testing"
	"time"
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

// Answering in full costs one preflight for each URL, in every browser.
func TestInFull(t *testing.T) {
	urls := map[string]bool{}
	for _, c := range calls() {
		urls[c.request.URL] = true
	}
	for _, p := range profiles {
		count, err := preflights(p, servers[0].build(10*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if count != len(urls) {
			t.Errorf("%s: %d preflights for %d URLs", p, count, len(urls))
		}
	}
}
