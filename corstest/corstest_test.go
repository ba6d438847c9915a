package corstest_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"crossorigin.dev/browser"
	"crossorigin.dev/cors"
	"crossorigin.dev/corstest"
)

var update = flag.Bool("update", false, "write the golden files")

// guarded is an API that package cors guards for https://app.example.com.
func guarded(t *testing.T) http.Handler {
	t.Helper()
	guard, err := cors.New(cors.Policy{
		Origins:         []string{"https://app.example.com"},
		Credentials:     true,
		Methods:         []string{"PUT"},
		RequestHeaders:  []string{"Content-Type"},
		ResponseHeaders: []string{"X-Total"},
		Debug:           true,
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Total", "7")
		w.Header().Set("X-Internal", "1")
		if c, err := r.Cookie("session"); err == nil {
			w.Header().Set("Content-Language", c.Value)
		}
	})
	mux.HandleFunc("PUT /items/1", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return guard.Handler(mux)
}

const app = "https://app.example.com"

var (
	items  = browser.Request{URL: "/items"}
	change = browser.Request{Method: "PUT", URL: "/items/1", Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte("{}")}
	drop   = browser.Request{Method: "DELETE", URL: "/items/1"}
)

func withCredentials(r browser.Request) browser.Request {
	r.Credentials = browser.CredentialsInclude
	return r
}

func TestPage(t *testing.T) {
	page := corstest.Open(t, guarded(t), app)
	if r := page.Allows(items); r.URL != corstest.API+"/items" || r.Type != browser.ResponseCORS {
		t.Errorf("%+v", r)
	}
	page.NeedsNoPreflight(items)
	page.Preflights(change)
	page.NeedsNoPreflight(change) // the preflight is remembered
	page.In(browser.Chromium).Preflights(change)
	page.Blocks(drop, browser.ReasonPreflightMethod)
	page.Blocks(drop)
	page.Exposes(items, "X-Total")

	page.SetCookie("session=fr; SameSite=None; Secure")
	if r := page.Allows(items); r.Header.Get("Content-Language") != "" {
		t.Error("the cookie went along without credentials")
	}
	if r := page.Allows(withCredentials(items)); r.Header.Get("Content-Language") != "fr" {
		t.Error("the cookie did not go along")
	}
	corstest.Open(t, guarded(t), "https://evil.example").Blocks(items, browser.ReasonACAOMissing)
	corstest.Open(t, guarded(t), "null").Blocks(items, browser.ReasonACAOMissing)
}

func TestRun(t *testing.T) {
	corstest.Open(t, guarded(t), app).Run(t, []corstest.Case{
		{Request: items, Exposes: []string{"X-Total"}, Hides: []string{"X-Internal"}},
		{Request: change, Preflights: true},
		{Name: "in Firefox", Profile: browser.Firefox, Request: change, Preflights: true},
		{Request: drop, Reason: browser.ReasonPreflightMethod},
		{Name: "another site", Origin: "https://evil.example", Request: items, Reason: browser.ReasonACAOMissing},
		{Name: "with a cookie", Cookies: []string{"session=de; SameSite=None; Secure"}, Request: withCredentials(items), Exposes: []string{"Content-Language"}},
	})
}

func TestOpenURL(t *testing.T) {
	server := httptest.NewServer(guarded(t))
	defer server.Close()
	page := corstest.OpenURL(t, server.URL+"/", app)
	page.Blocks(browser.Request{URL: "http://192.0.2.1/"}, browser.ReasonMixedContent)
	page.Allows(items)
}

// TestRedirectBetweenHosts: every host leads to the handler.
func TestRedirectBetweenHosts(t *testing.T) {
	page := corstest.Open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		if r.Host == "api.test" {
			http.Redirect(w, r, "https://other.test/", http.StatusFound)
		}
	}), app)
	if r := page.Allows(items); r.URL != "https://other.test/" || !r.Redirected {
		t.Errorf("%+v", r)
	}
	page.Blocks(browser.Request{URL: "https://api.test:8443/"}, browser.ReasonNetworkFailed)
}

// A recorder takes down what a test would have failed with.
type recorder struct {
	testing.TB
	failures []string
	ended    bool
}

func (r *recorder) Helper()           {}
func (r *recorder) Error(args ...any) { r.failures = append(r.failures, fmt.Sprint(args...)) }
func (r *recorder) Fatal(args ...any) {
	r.Error(args...)
	r.ended = true
	runtime.Goexit()
}
func (r *recorder) Fatalf(format string, args ...any) { r.Fatal(fmt.Sprintf(format, args...)) }

// failing runs f as a test does, in a goroutine that may be ended.
func failing(t *testing.T, f func(t testing.TB)) *recorder {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	return r
}

var durations = regexp.MustCompile(`after [0-9.]+ m?s`)

// TestFailures shows what a failing test prints.
func TestFailures(t *testing.T) {
	api := guarded(t)
	for name, f := range map[string]func(page *corstest.Page){
		"allows":      func(p *corstest.Page) { p.Allows(drop) },
		"blocks":      func(p *corstest.Page) { p.Blocks(items, browser.ReasonACAOMissing) },
		"preflights":  func(p *corstest.Page) { p.Preflights(items) },
		"exposes":     func(p *corstest.Page) { p.Exposes(items, "X-Internal") },
		"credentials": func(p *corstest.Page) { p.Blocks(drop, browser.ReasonACACNotTrue, browser.ReasonPreflightACACNotTrue) },
	} {
		r := failing(t, func(tb testing.TB) { f(corstest.Open(tb, api, app)) })
		if len(r.failures) != 1 {
			t.Errorf("%s: %d failures", name, len(r.failures))
			continue
		}
		if wantEnd := name == "allows" || name == "preflights"; r.ended != wantEnd {
			t.Errorf("%s: ended %v", name, r.ended)
		}
		got := durations.ReplaceAllString(r.failures[0], "after N ms")
		file := "testdata/failure-" + name + ".txt"
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s prints\n%s\nwant\n%s", name, got, want)
		}
	}
	for _, test := range []struct {
		f    func(t testing.TB)
		says string
	}{
		{func(t testing.TB) { corstest.Open(t, api, app+"/") }, "write an origin such as https://app.example.com"},
		{func(t testing.TB) { corstest.Open(t, api, "") }, "write an origin"},
		{func(t testing.TB) { corstest.Open(t, api, app).SetCookie("nonsense; Domain=other.example") }, "cannot be set"},
	} {
		r := failing(t, test.f)
		if !r.ended || len(r.failures) != 1 || !strings.Contains(r.failures[0], test.says) {
			t.Errorf("%v, %q, want %q", r.ended, r.failures, test.says)
		}
	}
}
