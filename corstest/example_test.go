package corstest_test

import (
	"net/http"
	"testing"

	"crossorigin.dev/browser"
	"crossorigin.dev/cors"
	"crossorigin.dev/corstest"
)

func newHandler() http.Handler {
	guard, err := cors.New(cors.Policy{
		Origins:        []string{"https://app.example.com"},
		Methods:        []string{"PUT"},
		RequestHeaders: []string{"Content-Type"},
		Debug:          true, // a refused preflight then shows what it was refused for
	})
	if err != nil {
		panic(err)
	}
	return guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
}

// In a test of one's own: what the front end does must work, and what it must
// not do is blocked.
func ExampleOpen() {
	_ = func(t *testing.T) {
		page := corstest.Open(t, newHandler(), "https://app.example.com")
		page.Allows(browser.Request{URL: "/items"})
		page.Preflights(browser.Request{Method: "PUT", URL: "/items/1"})
		page.Blocks(browser.Request{Method: "DELETE", URL: "/items/1"}, browser.ReasonPreflightMethod)
	}
}

// A table, of which each row is a subtest in a fresh browser.
func ExamplePage_Run() {
	_ = func(t *testing.T) {
		corstest.Open(t, newHandler(), "https://app.example.com").Run(t, []corstest.Case{
			{Request: browser.Request{URL: "/items"}},
			{Request: browser.Request{Method: "PUT", URL: "/items/1"}, Preflights: true},
			{Name: "in Firefox", Profile: browser.Firefox, Request: browser.Request{URL: "/items"}},
			{Name: "another site", Origin: "https://evil.example", Request: browser.Request{URL: "/items"}, Reason: browser.ReasonACAOMissing},
		})
	}
}
