// Package apitest holds what every example promises, as a page in a browser
// sees it: the same API behind the same policy, whatever the framework.
package apitest

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

const (
	friend   = "https://app.example.com"
	stranger = "https://evil.example"
)

// Check serves the handler on loopback and checks it as [CheckURL] does.
func Check(t *testing.T, handler http.Handler) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	CheckURL(t, server.URL)
}

// CheckURL checks the API of a running server.
func CheckURL(t *testing.T, url string) {
	t.Helper()
	authorized := http.Header{"Authorization": {"Bearer secret"}}
	tests := []struct {
		name       string
		page       string
		request    browser.Request
		status     int  // of what the script gets; 0 if the request is blocked
		preflight  bool // one is sent
		sent       bool // the request itself is sent
		body       string
		blockedFor browser.Reason
	}{
		{
			name: "a public route", page: friend,
			request: browser.Request{URL: url + "/public/health"},
			status:  200, sent: true, body: "ok",
		}, {
			name: "reading behind authentication", page: friend,
			request: browser.Request{URL: url + "/api/items/1", Header: authorized},
			status:  200, preflight: true, sent: true, body: "item 1",
		}, {
			name: "writing behind authentication", page: friend,
			request: browser.Request{
				Method: "PUT", URL: url + "/api/items/1", Body: []byte(`{"name": "spoon"}`),
				Header: http.Header{"Authorization": {"Bearer secret"}, "Content-Type": {"application/json"}},
			},
			status: 200, preflight: true, sent: true, body: "stored 1",
		}, {
			name: "the refusal of authentication is readable", page: friend,
			request: browser.Request{URL: url + "/api/items/1"},
			status:  401, sent: true,
		}, {
			name: "so is a path that is not there", page: friend,
			request: browser.Request{URL: url + "/api/nothing", Header: authorized},
			status:  404, preflight: true, sent: true,
		}, {
			name: "a method that is not allowed", page: friend,
			request:   browser.Request{Method: "DELETE", URL: url + "/api/items/1", Header: authorized},
			preflight: true, blockedFor: browser.ReasonPreflightACAOMissing,
		}, {
			name: "another site reads what is public", page: stranger,
			request: browser.Request{URL: url + "/public/health"},
			status:  200, sent: true, body: "ok",
		}, {
			name: "and nothing else", page: stranger,
			request: browser.Request{URL: url + "/api/items/1"},
			sent:    true, blockedFor: browser.ReasonACAOMissing,
		}, {
			name: "nor can it write", page: stranger,
			request:   browser.Request{Method: "PUT", URL: url + "/api/items/1", Header: authorized},
			preflight: true, blockedFor: browser.ReasonPreflightACAOMissing,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, verdict := fetch(t, test.page, test.request)
			if verdict.Preflighted != test.preflight || verdict.Sent != test.sent || verdict.Reason != test.blockedFor {
				t.Errorf("preflighted %v, sent %v, reason %q; want %v, %v, %q (%s)", verdict.Preflighted, verdict.Sent, verdict.Reason,
					test.preflight, test.sent, test.blockedFor, verdict.Message)
			}
			if test.status == 0 {
				return
			}
			if response == nil {
				t.Fatal(verdict.Message)
			}
			if response.Status != test.status || !strings.Contains(string(response.Body), test.body) {
				t.Errorf("status %d with %q, want %d with %q", response.Status, response.Body, test.status, test.body)
			}
		})
	}
}

// Fetch makes the request as a script of a page of the allowed site would, in a
// browser that has visited nothing, and fails the test if the script cannot
// read the response.
func Fetch(t *testing.T, r browser.Request) *browser.Response {
	t.Helper()
	response, verdict := fetch(t, friend, r)
	if response == nil {
		t.Fatal(verdict.Message)
	}
	return response
}

// Blocked makes the request as a script of a page of another site would, and
// fails the test unless the browser blocks it for that reason.
func Blocked(t *testing.T, r browser.Request, reason browser.Reason) {
	t.Helper()
	if _, verdict := fetch(t, stranger, r); verdict.Outcome != browser.OutcomeBlocked || verdict.Reason != reason {
		t.Errorf("%s for %q, want it blocked for %q (%s)", verdict.Outcome, verdict.Reason, reason, verdict.Message)
	}
}

// fetch returns a nil response if the script gets none.
func fetch(t *testing.T, url string, r browser.Request) (*browser.Response, browser.Verdict) {
	t.Helper()
	b := browser.New(browser.Options{Timeout: 10 * time.Second})
	t.Cleanup(b.Close)
	page, err := b.Open(url + "/")
	if err != nil {
		t.Fatal(err)
	}
	response, err := page.Fetch(context.Background(), r)
	var e *browser.Error
	switch {
	case errors.As(err, &e):
		return nil, e.Trace.Verdict
	case err != nil:
		t.Fatal(err)
	}
	return response, response.Trace.Verdict
}
