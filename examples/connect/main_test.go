package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"crossorigin.dev/browser"
	"crossorigin.dev/examples/internal/apitest"
)

func TestService(t *testing.T) {
	handler, err := newHandler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	call := browser.Request{
		Method: "POST", URL: server.URL + describe, Body: []byte(`"spoon"`),
		Header: http.Header{
			"Authorization":            {"Bearer secret"},
			"Content-Type":             {"application/json"},
			"Connect-Protocol-Version": {"1"},
			"Connect-Timeout-Ms":       {"5000"},
		},
	}

	response := apitest.Fetch(t, call)
	if response.Status != 200 || string(response.Body) != `"item spoon"` || !response.Trace.Verdict.Preflighted {
		t.Errorf("status %d with %s, preflighted %v", response.Status, response.Body, response.Trace.Verdict.Preflighted)
	}
	if got := response.Header.Get("Item-Revision"); got != "7" {
		t.Errorf("the script reads Item-Revision %q, want 7", got)
	}

	apitest.Blocked(t, call, browser.ReasonPreflightACAOMissing)

	call.Header = call.Header.Clone()
	call.Header.Del("Authorization")
	if response := apitest.Fetch(t, call); response.Status != 401 {
		t.Errorf("without a token: status %d, want a 401 that the script can read", response.Status)
	}
}
