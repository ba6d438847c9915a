package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"

	"crossorigin.dev/browser"
)

const (
	site    = "http://localhost:8000"
	session = 10 * time.Minute
)

// A habit is a call that a page makes again and again.
type habit struct {
	Every   time.Duration
	Method  string
	Path    string // an N in it stands for the number of the call
	Headers []string
}

// habits are those of an editor of documents: it looks for changes, saves, and
// keeps comments, all with a token.
var habits = []habit{
	{10 * time.Second, "GET", "/documents/7", []string{"Authorization", "If-None-Match"}},
	{15 * time.Second, "PUT", "/documents/7", []string{"Authorization", "Content-Type"}},
	{20 * time.Second, "PATCH", "/documents/7", []string{"Authorization", "Content-Type", "If-Match"}},
	{30 * time.Second, "GET", "/documents/7/comments", []string{"Authorization"}},
	{40 * time.Second, "POST", "/documents/7/comments", []string{"Authorization", "Content-Type", "X-Request-Id"}},
	{60 * time.Second, "DELETE", "/documents/7/lock", []string{"Authorization"}},
	{60 * time.Second, "GET", "/search?page=N", []string{"Authorization"}},
}

var values = map[string]string{
	"Authorization": "Bearer secret",
	"Content-Type":  "application/json",
	"If-Match":      `"4"`,
	"If-None-Match": `"4"`,
	"X-Request-Id":  "1",
}

// A call is one of the page's, at a time since it was opened.
type call struct {
	at      time.Duration
	request browser.Request // its URL is a path
}

// calls lists what the page does in a session, in order.
func calls() []call {
	var all []call
	for _, h := range habits {
		for n := 0; time.Duration(n)*h.Every < session; n++ {
			path := strings.Replace(h.Path, "N", strconv.Itoa(n+1), 1)
			header := http.Header{}
			for _, name := range h.Headers {
				header.Set(name, values[name])
			}
			r := browser.Request{Method: h.Method, URL: path, Header: header}
			if h.Method != "GET" && h.Method != "DELETE" {
				r.Body = []byte("{}")
			}
			all = append(all, call{time.Duration(n) * h.Every, r})
		}
	}
	slices.SortStableFunc(all, func(a, b call) int { return cmp.Compare(a.at, b.at) })
	return all
}

// preflights has a page in the browser make the calls to the handler, on a clock
// that only jumps from one call to the next, and counts preflights. Every call
// has to be allowed.
func preflights(profile browser.Profile, handler http.Handler) (int, error) {
	server := httptest.NewServer(handler)
	defer server.Close()
	opened := time.Now()
	now := opened
	b := browser.New(browser.Options{Profile: profile, Now: func() time.Time { return now }})
	defer b.Close()
	page, err := b.Open(site + "/")
	if err != nil {
		return 0, err
	}
	count := 0
	for _, c := range calls() {
		now = opened.Add(c.at)
		r := c.request
		r.URL = server.URL + r.URL
		response, err := page.Fetch(context.Background(), r)
		if err != nil {
			return 0, fmt.Errorf("%s %s after %v: %w", r.Method, c.request.URL, c.at, err)
		}
		if response.Trace.Verdict.Preflighted {
			count++
		}
	}
	return count, nil
}
