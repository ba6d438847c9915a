package cors_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/cors"
	"crossorigin.dev/origin"
)

func never(*http.Request, origin.Origin) bool { return false }

// Every problem names the field and the value, says what is wrong, and what to
// write instead where that can be told.
func TestNewReportsEveryProblem(t *testing.T) {
	some := []string{"https://example.com"}
	for _, test := range []struct {
		policy                            cors.Policy
		field, value, problem, suggestion string
	}{
		{cors.Policy{}, "Origins", "", "nobody would be allowed", "https://app.example.com"},
		{cors.Policy{Credentials: true, Methods: []string{"PUT"}}, "Origins", "", "nobody would be allowed", "https://app.example.com"},

		{cors.Policy{Origins: []string{"https://example.com/"}}, "Origins", "https://example.com/", "without even a slash", "https://example.com"},
		{cors.Policy{Origins: []string{"https://example.com/path"}}, "Origins", "https://example.com/path", "goes on after", "https://example.com"},
		{cors.Policy{Origins: []string{"example.com"}}, "Origins", "example.com", "no scheme", "https://example.com"},
		{cors.Policy{Origins: []string{"localhost:3000"}}, "Origins", "localhost:3000", "no scheme", "http://localhost:3000"},
		{cors.Policy{Origins: []string{"https://Example.com"}}, "Origins", "https://Example.com", "upper case", "https://example.com"},
		{cors.Policy{Origins: []string{"https://bücher.example"}}, "Origins", "https://bücher.example", "xn--", "https://xn--bcher-kva.example"},
		{cors.Policy{Origins: []string{"https://example.com:443"}}, "Origins", "https://example.com:443", "default port", "https://example.com"},
		{cors.Policy{Origins: []string{"http://localhost:0"}}, "Origins", "http://localhost:0", "port 0", "http://localhost:*"},
		{cors.Policy{Origins: []string{"https://example.com:65536"}}, "Origins", "https://example.com:65536", "above 65535", "https://example.com"},
		{cors.Policy{Origins: []string{"null"}}, "Origins", "null", "UnsafeNullOrigin", ""},
		{cors.Policy{Origins: []string{"file://"}}, "Origins", "file://", "opaque", ""},
		{cors.Policy{Origins: []string{"https://example.*"}}, "Origins", "https://example.*", "asterisk", ""},
		{cors.Policy{Origins: []string{""}}, "Origins", "", "is empty", ""},
		{cors.Policy{Origins: []string{"*", "https://example.com"}}, "Origins", "*", "only one listed", ""},
		{cors.Policy{Origins: []string{"*", "*"}}, "Origins", "*", "only one listed", ""},
		{cors.Policy{Origins: []string{"*"}, Credentials: true}, "Origins", "*", "any site could act as the user", ""},
		{cors.Policy{Origins: []string{"*"}, AllowOrigin: never}, "Origins", "*", "never be asked", ""},
		{cors.Policy{Origins: []string{"wss://example.com"}}, "Origins", "wss://example.com", "WebSocket", "https://example.com"},
		{cors.Policy{Origins: []string{"ws://localhost:*"}}, "Origins", "ws://localhost:*", "WebSocket", "http://localhost:*"},
		{cors.Policy{Origins: []string{"ftp://example.com"}}, "Origins", "ftp://example.com", "FTP", "https://example.com"},
		{cors.Policy{Origins: []string{"http://example.com"}, Credentials: true}, "Origins", "http://example.com", "UnsafeInsecureOrigins", "https://example.com"},
		{cors.Policy{Origins: []string{"https://*.github.io"}, Credentials: true}, "Origins", "https://*.github.io", "UnsafeBroadOrigins", ""},
		{cors.Policy{Origins: []string{"moz-extension://*"}, Credentials: true}, "Origins", "moz-extension://*", "UnsafeBroadOrigins", ""},

		{cors.Policy{Origins: some, VaryOn: []string{"*"}}, "VaryOn", "*", "caches", ""},
		{cors.Policy{Origins: some, VaryOn: []string{"X-A, X-B"}}, "VaryOn", "X-A, X-B", "not the name of a header", ""},

		{cors.Policy{Origins: some, Methods: []string{"PUT "}}, "Methods", "PUT ", "is not a method", "PUT"},
		{cors.Policy{Origins: some, Methods: []string{strings.Repeat("A", 257)}}, "Methods", strings.Repeat("A", 257), "longer than 256 bytes", ""},
		{cors.Policy{Origins: some, Methods: []string{"track,"}}, "Methods", "track,", "is not a method", ""},
		{cors.Policy{Origins: some, Methods: []string{"PUT, DELETE"}}, "Methods", "PUT, DELETE", "is not a method", ""},
		{cors.Policy{Origins: some, Methods: []string{""}}, "Methods", "", "is not a method", ""},
		{cors.Policy{Origins: some, Methods: []string{"put"}}, "Methods", "put", "upper case", "PUT"},
		{cors.Policy{Origins: some, Methods: []string{"TRACE"}}, "Methods", "TRACE", "no script", ""},
		{cors.Policy{Origins: some, Methods: []string{"connect"}}, "Methods", "connect", "no script", ""},
		{cors.Policy{Origins: some, Methods: []string{"*", "PUT"}}, "Methods", "*", "only one listed", ""},

		{cors.Policy{Origins: some, RequestHeaders: []string{"X-A:"}}, "RequestHeaders", "X-A:", "not the name", "X-A"},
		{cors.Policy{Origins: some, RequestHeaders: []string{"Cookie:"}}, "RequestHeaders", "Cookie:", "not the name", ""},
		{cors.Policy{Origins: some, RequestHeaders: []string{"X A"}}, "RequestHeaders", "X A", "not the name", ""},
		{cors.Policy{Origins: some, RequestHeaders: []string{"Cookie"}}, "RequestHeaders", "Cookie", "let no script set", ""},
		{cors.Policy{Origins: some, RequestHeaders: []string{"Sec-Fetch-Site"}}, "RequestHeaders", "Sec-Fetch-Site", "let no script set", ""},
		{cors.Policy{Origins: some, RequestHeaders: []string{"Access-Control-Allow-Origin"}}, "RequestHeaders", "Access-Control-Allow-Origin", "response header", ""},
		{cors.Policy{Origins: some, RequestHeaders: []string{"Access-Control-Request-Method"}}, "RequestHeaders", "Access-Control-Request-Method", "let no script set", ""},
		{cors.Policy{Origins: some, RequestHeaders: []string{"*", "X-A"}}, "RequestHeaders", "x-a", `allowed by "*"`, ""},

		{cors.Policy{Origins: some, ResponseHeaders: []string{"Set-Cookie:"}}, "ResponseHeaders", "Set-Cookie:", "not the name", ""},
		{cors.Policy{Origins: some, ResponseHeaders: []string{"X A"}}, "ResponseHeaders", "X A", "not the name", ""},
		{cors.Policy{Origins: some, ResponseHeaders: []string{"Set-Cookie"}}, "ResponseHeaders", "Set-Cookie", "show no script", ""},
		{cors.Policy{Origins: some, ResponseHeaders: []string{"Access-Control-Allow-Origin"}}, "ResponseHeaders", "Access-Control-Allow-Origin", "browser itself", ""},
		{cors.Policy{Origins: some, ResponseHeaders: []string{"*"}, Credentials: true}, "ResponseHeaders", "*", "exposes nothing", ""},
		{cors.Policy{Origins: some, ResponseHeaders: []string{"*", "ETag"}}, "ResponseHeaders", "*", "only one listed", ""},

		{cors.Policy{Origins: some, MaxAge: 25 * time.Hour}, "MaxAge", "25h0m0s", "longer than any browser", "24h0m0s"},
		{cors.Policy{Origins: some, MaxAge: 1500 * time.Millisecond}, "MaxAge", "1.5s", "whole seconds", "2s"},
		{cors.Policy{Origins: some, MaxAge: 600}, "MaxAge", "600ns", "whole seconds", "10m0s"}, // the unit was forgotten
		{cors.Policy{Origins: some, MaxAge: 300 * time.Millisecond}, "MaxAge", "300ms", "whole seconds", "1s"},

		{cors.Policy{Origins: some, PreflightStatus: 302}, "PreflightStatus", "302", "every preflight fail", "204"},
		{cors.Policy{Origins: some, CrossOriginResourcePolicy: "Same_Site"}, "CrossOriginResourcePolicy", "Same_Site", "none of", "same-site"},
	} {
		m, err := cors.New(test.policy)
		var problems cors.PolicyErrors
		if !errors.As(err, &problems) || m != nil {
			t.Errorf("New(%+v) = %v, %v; want PolicyErrors", test.policy, m, err)
			continue
		}
		want := cors.PolicyError{Route: "/", Field: test.field, Value: test.value, Suggestion: test.suggestion}
		got := *problems[0]
		want.Problem = got.Problem
		if len(problems) != 1 || got != want || !strings.Contains(got.Problem, test.problem) {
			t.Errorf("New(%+v):\n got %+v\nwant %+v with a problem like %q", test.policy, problems, want, test.problem)
		}
		var first *cors.PolicyError
		if !errors.As(err, &first) || first != problems[0] {
			t.Errorf("errors.As finds no *PolicyError in %v", err)
		}
	}
}

func TestNewReportsAllProblemsAtOnce(t *testing.T) {
	_, err := cors.New(cors.Policy{
		Origins:         []string{"https://example.com/", "*", "http://example.com"},
		Credentials:     true,
		Methods:         []string{"put", "TRACK"},
		RequestHeaders:  []string{"Host", "X-Fine"},
		ResponseHeaders: []string{"Set-Cookie2"},
		MaxAge:          48 * time.Hour,
	})
	const want = `cors: Origins: "https://example.com/" goes on after the host and port; an origin ends there, without even a slash; write "https://example.com"
cors: Origins: "*" allows every origin, so it has to be the only one listed
cors: Origins: "*" cannot go with Credentials: any site could act as the user; list the origins to trust
cors: Origins: "http://example.com" with Credentials lets whoever is on the network between act as the user; if that must be, set UnsafeInsecureOrigins; write "https://example.com"
cors: Methods: "put" is never sent: methods are case-sensitive, and browsers send this one in upper case; write "PUT"
cors: Methods: "TRACK" is a method that browsers let no script use
cors: RequestHeaders: "Host" is a header that browsers let no script set; it needs no permission
cors: ResponseHeaders: "Set-Cookie2" is a header that browsers show no script
cors: MaxAge: "48h0m0s" is longer than any browser keeps a preflight; write "24h0m0s"`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// Suggestions can be pasted: with them the policy is fine. FuzzMiddleware looks
// for some that cannot.
func TestSuggestedOriginsAreAccepted(t *testing.T) {
	for _, test := range []struct{ in, suggestion, withCredentials string }{
		{"https://example.com/", "https://example.com", "https://example.com"},
		{"Example.com", "https://example.com", "https://example.com"},
		{"localhost:3000", "http://localhost:3000", "http://localhost:3000"},
		{"https://*.bücher.example:443/x", "https://*.xn--bcher-kva.example", "https://*.xn--bcher-kva.example"},
		{"http://Example.com", "http://example.com", "https://example.com"},
		{"http://example.com:443/", "http://example.com:443", "https://example.com"},
		{"WS://Example.com", "http://example.com", "https://example.com"},
		{"wss://example.com", "https://example.com", "https://example.com"},
		{"ftp://example.com:443", "https://example.com", "https://example.com"},
		{"https://*.github.io/", "https://*.github.io", ""}, // nothing can replace it
	} {
		for _, credentials := range []bool{false, true} {
			want := test.suggestion
			if credentials {
				want = test.withCredentials
			}
			_, err := cors.New(cors.Policy{Origins: []string{test.in}, Credentials: credentials})
			var problem *cors.PolicyError
			if !errors.As(err, &problem) || problem.Suggestion != want {
				t.Errorf("%q with credentials %v: %v", test.in, credentials, err)
			}
			if want == "" {
				continue
			}
			if _, err := cors.New(cors.Policy{Origins: []string{want}, Credentials: credentials}); err != nil {
				t.Errorf("the suggestion for %q: %v", test.in, err)
			}
		}
	}
}

// What is dangerous can be had, each by its name, and by no other.
func TestUnsafeFields(t *testing.T) {
	insecure := cors.Policy{Origins: []string{"http://example.com"}, Credentials: true}
	broad := cors.Policy{Origins: []string{"https://*.github.io", "moz-extension://*"}, Credentials: true}
	for name, p := range map[string]*cors.Policy{"UnsafeInsecureOrigins": &insecure, "UnsafeBroadOrigins": &broad} {
		if _, err := cors.New(*p); err == nil {
			t.Errorf("accepted without %s", name)
		}
		other := *p
		other.UnsafeInsecureOrigins, other.UnsafeBroadOrigins, other.UnsafeNullOrigin = true, true, true
		reflect.ValueOf(&other).Elem().FieldByName(name).SetBool(false)
		if _, err := cors.New(other); err == nil {
			t.Errorf("accepted without %s", name)
		}
		reflect.ValueOf(p).Elem().FieldByName(name).SetBool(true)
		if _, err := cors.New(*p); err != nil {
			t.Errorf("with %s: %v", name, err)
		}
	}
	m := mustNew(t, cors.Policy{UnsafeNullOrigin: true})
	expect(t, m, request("GET /", "Origin: null"), handled, varyActual, "Access-Control-Allow-Origin: null")
	expect(t, m, request("GET /", "Origin: NULL"), handled, varyActual)
	expect(t, m, request("GET /", site), handled, varyActual)
}

func TestCredentialsWithLoopbackAndInternalNamesAreFine(t *testing.T) {
	mustNew(t, cors.Policy{Credentials: true, Origins: []string{"http://localhost:*", "http://*.localhost:*", "http://127.0.0.1:8000",
		"http://[::1]:*", "https://*.internal", "tauri://localhost", "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb"}})
}

func TestAdvice(t *testing.T) {
	p := cors.Policy{
		Origins:                   []string{"https://a.example.com", "https://*.example.com", "https://*.b.example.com:8443", "https://*.example.com:*", "https://a.example.com"},
		VaryOn:                    []string{"Origin", "X-Tenant"},
		Methods:                   []string{"GET", "PUT", "patch"},
		RequestHeaders:            []string{"Accept", "Content-Type", "content-type", "Range"},
		ResponseHeaders:           []string{"Content-Type", "ETag"},
		MaxAge:                    24 * time.Hour,
		CrossOriginResourcePolicy: "same-origin",
		Debug:                     true,
	}
	if _, err := cors.New(p); err != nil {
		t.Fatalf("advice is not for errors: %v", err)
	}
	var got []string
	for _, a := range p.Advice() {
		got = append(got, a.String())
	}
	want := []string{
		`Origins: "https://a.example.com" is listed twice`,
		`Origins: "https://a.example.com" is allowed by "https://*.example.com" already`,
		`Origins: "https://*.example.com" is allowed by "https://*.example.com:*" already`,
		`Origins: "https://*.b.example.com:8443" is allowed by "https://*.example.com:*" already`,
		`Origins: "https://a.example.com" is allowed by "https://*.example.com" already`,
		`VaryOn: "Origin" is in Vary anyway`,
		`VaryOn: "X-Tenant" has no effect but worse caching, for there is no AllowOrigin to read it`,
		`Methods: "GET" needs no permission, so it need not be listed`,
		`Methods: "patch" is in lower case: methods are case-sensitive, and browsers send this one as the page writes it; write "PATCH"`,
		`RequestHeaders: "content-type" is listed twice`,
		`RequestHeaders: "Accept" needs no permission unless its value is unusual or longer than 128 bytes`,
		`RequestHeaders: "Range" needs no permission unless its value is unusual or longer than 128 bytes`,
		`ResponseHeaders: "Content-Type" can be read by scripts without being listed`,
		`MaxAge: "24h0m0s" is shortened to 2 hours by Chromium and to 10 minutes by WebKit; Firefox keeps up to 24 hours`,
		`CrossOriginResourcePolicy: "same-origin" keeps other pages from embedding what they do not fetch with CORS, such as images without crossorigin`,
		`Debug: tells strangers what is allowed, and is for development`,
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
	good := full
	if advice := good.Advice(); len(advice) != 0 {
		t.Errorf("a good policy gets advice: %v", advice)
	}
}

// Advice that is not true would be worse than none.
func TestAdviceOnWhatIsCovered(t *testing.T) {
	for _, test := range []struct{ origins, want []string }{
		{[]string{"tauri://localhost", "tauri://*"}, []string{`Origins: "tauri://localhost" is allowed by "tauri://*" already`}},
		{[]string{"tauri://localhost:*", "tauri://localhost:1", "tauri://*"}, []string{`Origins: "tauri://localhost:1" is allowed by "tauri://localhost:*" already`}},
		{[]string{"https://example.com", "https://*"}, nil}, // the second is an error
		{[]string{"https://a.example.com:1", "https://*.example.com"}, nil},
		{[]string{"http://[::1]", "http://[::1]:*"}, []string{`Origins: "http://[::1]" is allowed by "http://[::1]:*" already`}},
	} {
		var got []string
		for _, a := range (cors.Policy{Origins: test.origins}).Advice() {
			got = append(got, a.String())
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q: %q, want %q", test.origins, got, test.want)
		}
	}
}

func TestAdviceOnDangerousThings(t *testing.T) {
	p := cors.Policy{
		Origins:               []string{"http://example.com", "https://*.github.io", "http://localhost:*"},
		Credentials:           true,
		UnsafeInsecureOrigins: true,
		UnsafeBroadOrigins:    true,
		UnsafeNullOrigin:      true,
		RequestHeaders:        []string{"*"},
		MaxAge:                -1,
	}
	if _, err := cors.New(p); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(p.Advice())
	for _, want := range []string{"on the network between", "strangers act as the user", "for development", "does not cover Authorization", "two requests", "origin null"} {
		if !strings.Contains(got, want) {
			t.Errorf("no advice with %q in %s", want, got)
		}
	}
}
