package browser_test

import (
	"context"
	"testing"

	"crossorigin.dev/browser"
)

// TestMemoryIsItsOwn: what is remembered of an XMLHttpRequest is not changed by who
// changes what it returned.
func TestMemoryIsItsOwn(t *testing.T) {
	stage := &stagehand{c: &rowCase{serve: serving{ownX: "200\nCache-Control: no-store\nX-A: a\n\nok"}}, given: map[string]int{}}
	b := browser.New(browser.Options{Profile: browser.WebKit, Transport: stage})
	page, err := b.Open(pageA + "/page")
	if err != nil {
		t.Fatal(err)
	}
	first, err := page.Fetch(context.Background(), browser.Request{URL: ownX, Initiator: browser.InitiatorXHR})
	if err != nil {
		t.Fatal(err)
	}
	copy(first.Body, "no")
	for _, s := range first.Trace.Steps {
		if s.Exchange != nil {
			for i := range s.Exchange.Answer.Header {
				s.Exchange.Answer.Header[i].Value = "changed"
			}
		}
	}
	second, err := page.Fetch(context.Background(), browser.Request{URL: ownX, Cache: browser.CacheForceCache})
	if err != nil {
		t.Fatal(err)
	}
	if string(second.Body) != "ok" || second.Header.Get("X-A") != "a" || len(stage.received) != 1 {
		t.Errorf("the second fetch gets %q, %v, after %d requests", second.Body, second.Header, len(stage.received))
	}
}
