package corstest_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/cors"
)

// A page makes mixed calls for ten minutes, one a second, to twenty items of an
// API. The preflight cache holds what an answer lists for each URL, so a server
// that lists all it allows is asked once per URL and Max-Age, and one that lists
// only what it was asked for again for every new method and header.
func TestFullListsSavePreflights(t *testing.T) {
	policy := cors.Policy{
		Origins:        []string{"https://app.example.com"},
		Methods:        []string{"PUT", "PATCH", "DELETE"},
		RequestHeaders: []string{"Authorization", "Content-Type", "X-Request-Id", "If-Match"},
		MaxAge:         time.Hour,
	}
	m, err := cors.New(policy)
	if err != nil {
		t.Fatal(err)
	}
	inFull := preflightsOfTenMinutes(t, func(w http.ResponseWriter, r *http.Request) {
		m.Handler(http.NotFoundHandler()).ServeHTTP(w, r)
	})
	oneAtATime := preflightsOfTenMinutes(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		if r.Method == http.MethodOptions {
			h.Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
			h.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
			h.Set("Access-Control-Max-Age", "3600")
		}
	})
	t.Logf("600 calls: %d preflights if lists are full, %d if they are what was asked for", inFull, oneAtATime)
	if inFull != 20 {
		t.Errorf("%d preflights for 20 URLs", inFull)
	}
	if oneAtATime <= inFull {
		t.Errorf("listing what was asked for costs %d preflights, full lists cost %d", oneAtATime, inFull)
	}
}

func preflightsOfTenMinutes(t *testing.T, api http.HandlerFunc) (preflights int) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b := browser.New(browser.Options{
		Now: func() time.Time { return now },
		Transport: direct{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodOptions {
				preflights++
			}
			api(w, r)
		})},
	})
	page, err := b.Open("https://app.example.com/")
	if err != nil {
		t.Fatal(err)
	}
	calls := []browser.Request{
		{Method: "GET", Header: http.Header{"Authorization": {"Bearer x"}}},
		{Method: "PUT", Header: http.Header{"Authorization": {"Bearer x"}, "Content-Type": {"application/json"}}},
		{Method: "PATCH", Header: http.Header{"Authorization": {"Bearer x"}, "Content-Type": {"application/json"}, "If-Match": {`"1"`}}},
		{Method: "GET", Header: http.Header{"Authorization": {"Bearer x"}, "X-Request-Id": {"1"}}},
		{Method: "DELETE", Header: http.Header{"Authorization": {"Bearer x"}, "If-Match": {`"1"`}}},
	}
	for second := range 600 {
		call := calls[second*7%len(calls)]
		call.URL = fmt.Sprintf("%s/items/%d", apiOrigin, second/len(calls)%20)
		if _, err := page.Fetch(t.Context(), call); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Second)
	}
	return preflights
}
