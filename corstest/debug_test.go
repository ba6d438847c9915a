package corstest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"crossorigin.dev/browser"
	"crossorigin.dev/cors"
)

// Policy.Debug is there so that the browser's own message names the true cause of
// a refusal. Without it every refusal looks like that of an origin.
func TestDebugMakesTheBrowserNameTheCause(t *testing.T) {
	policy := cors.Policy{
		Origins:        []string{"https://app.example.com"},
		Credentials:    true,
		Methods:        []string{"PUT"},
		RequestHeaders: []string{"Authorization"},
	}
	public := cors.Policy{Origins: []string{"*"}, Methods: []string{"*"}, RequestHeaders: []string{"*"}}
	long := strings.Repeat("a", 5000)
	for _, test := range []struct {
		what, origin string
		policy       cors.Policy
		request      browser.Request
		reason       browser.Reason // with Debug
		message      string         // a part of it
		given        cors.Reason    // in Crossorigin-Reason
	}{
		{"an origin", "https://other.example.com", policy, browser.Request{Method: "PUT"},
			browser.ReasonPreflightACAOMissing, "Access-Control-Allow-Origin", cors.ReasonOriginNotAllowed},
		{"the origin null", "null", policy, browser.Request{Method: "PUT"},
			browser.ReasonPreflightACAOMissing, "Access-Control-Allow-Origin", cors.ReasonOriginNull},
		{"a method", "https://app.example.com", policy, browser.Request{Method: "DELETE"},
			browser.ReasonPreflightMethod, "DELETE", cors.ReasonMethodNotAllowed},
		{"a header", "https://app.example.com", policy, browser.Request{Header: http.Header{"X-Tenant": {"acme"}}},
			browser.ReasonPreflightHeader, "x-tenant", cors.ReasonHeaderNotAllowed},
		{"one header of two", "https://app.example.com", policy, browser.Request{Header: http.Header{"X-Tenant": {"acme"}, "Authorization": {"a"}}},
			browser.ReasonPreflightHeader, "x-tenant", cors.ReasonHeaderNotAllowed},
		{"Authorization under *", "https://app.example.com", public, browser.Request{Header: http.Header{"Authorization": {"a"}}},
			browser.ReasonPreflightAuthorizationWildcard, "uthorization", cors.ReasonHeaderNotAllowed},
		{"a long method under *", "https://app.example.com", public, browser.Request{Method: long},
			browser.ReasonPreflightMethod, "method", cors.ReasonMethodMalformed},
		{"a long header under *", "https://app.example.com", public, browser.Request{Header: http.Header{long: {"a"}}},
			browser.ReasonPreflightHeader, "header", cors.ReasonHeadersTooLong},
	} {
		for _, debug := range []bool{false, true} {
			test.policy.Debug = debug
			m, err := cors.New(test.policy)
			if err != nil {
				t.Fatal(err)
			}
			given := ""
			handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				m.Handler(http.NotFoundHandler()).ServeHTTP(w, r)
				given = w.Header().Get("Crossorigin-Reason")
			})
			options := browser.PageOptions{URL: test.origin + "/", Opaque: test.origin == "null"}
			if options.Opaque {
				options.URL = ""
			}
			page, err := browser.New(browser.Options{Transport: direct{handler}}).OpenPage(options)
			if err != nil {
				t.Fatal(err)
			}
			test.request.URL = apiOrigin + "/items/1"
			_, err = page.Fetch(t.Context(), test.request)
			var failure *browser.Error
			if !errors.As(err, &failure) {
				t.Errorf("%s: the browser does not mind: %v", test.what, err)
				continue
			}
			reason, message, header := test.reason, test.message, string(test.given)
			if !debug { // a browser looks at the origin first, before the status
				reason, message, header = browser.ReasonPreflightACAOMissing, "", ""
			}
			if failure.Reason != reason || !strings.Contains(failure.Error(), message) || given != header {
				t.Errorf("%s, Debug %v: %v, Crossorigin-Reason %q; want %s with %q, and %q", test.what, debug, failure, given, reason, message, header)
			}
		}
	}
}
