package diagnose

import (
	"errors"
	"os"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

// TestConsoleRoundTrip holds that what the engine writes for a browser is
// understood again, for every proof that this browser blocks.
func TestConsoleRoundTrip(t *testing.T) {
	read := map[browser.Profile]int{}
	for _, p := range readProofs(t) {
		for _, profile := range []browser.Profile{browser.Chromium, browser.Firefox, browser.WebKit} {
			p.profile = profile
			trace := traceOf(t, p.setting)
			text := trace.Console(profile)
			if text == "" || strings.HasPrefix(text, "Failed to load resource") {
				continue
			}
			m, err := ParseConsole(text)
			if err != nil {
				t.Errorf("%v: %v\n%s", profile, err, text)
				continue
			}
			read[profile]++
			if m.Browser != profile || !sameWords(m.Reason, trace.Verdict.Reason, profile) {
				t.Errorf("%v, %s: understood as %v, %s\n%s", profile, trace.Verdict.Reason, m.Browser, m.Reason, text)
			}
			// WebKit names the origin that it sent: null, once redirects have
			// tainted the request.
			sentNull := profile == browser.WebKit && m.Origin == "null"
			if m.URL != "" && !strings.HasPrefix(m.URL, "http") && !strings.HasPrefix(m.URL, "ws") ||
				m.Origin != "" && m.Origin != trace.Origin && !sentNull {
				t.Errorf("%v: URL %q, origin %q\n%s", profile, m.URL, m.Origin, text)
			}
			d := m.Diagnose(Options{Stack: "nginx"})
			if len(d.Problems) != 1 || d.Problems[0].Cause == "" || len(d.Problems[0].Fix.Lines) == 0 {
				t.Errorf("%v: %+v\n%s", profile, d, text)
			}
		}
	}
	for profile, n := range read {
		if n < 30 {
			t.Errorf("%v: only %d messages", profile, n)
		}
	}
}

// sameWords reports whether a browser has the same words for both reasons.
func sameWords(got, want browser.Reason, p browser.Profile) bool {
	if got == want {
		return true
	}
	if p == browser.Chromium {
		return false
	}
	got, want = corsReason(got), corsReason(want)
	if p == browser.WebKit && got == browser.ReasonACAOMissing {
		return want == browser.ReasonACAOMismatch || want == browser.ReasonACAOInvalid || want == got
	}
	if p == browser.WebKit && got == browser.ReasonPreflightStatus {
		return want == browser.ReasonPreflightRedirect
	}
	return got == want
}

// TestRecordedConsole reads the reasons that Firefox was recorded with.
func TestRecordedConsole(t *testing.T) {
	text, err := os.ReadFile("../../browser/testdata/recorded/verdicts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for row := range strings.SplitSeq(string(text), "\n") {
		_, reason, ok := strings.Cut(row, "(Reason: ")
		if !ok {
			continue
		}
		reason, _, _ = strings.Cut(reason, ";(")
		n++
		line := "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://localhost:9000/r. (Reason: " + reason
		m, err := ParseConsole(line)
		if err != nil || m.Browser != browser.Firefox || m.URL != "http://localhost:9000/r" {
			t.Errorf("%s: %+v, %v", line, m, err)
		}
	}
	if n < 30 {
		t.Errorf("only %d reasons", n)
	}
}

func TestConsole(t *testing.T) {
	for _, test := range []struct {
		text   string
		want   Message
		code   string
		line   string
		check  string
		causes string
	}{
		{text: "app.js:12 Access to fetch at 'http://localhost:9000/items' from origin 'http://localhost:8000' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.\nPUT http://localhost:9000/items net::ERR_FAILED\nUncaught (in promise) TypeError: Failed to fetch",
			want: Message{Browser: browser.Chromium, Reason: browser.ReasonPreflightMethod, URL: "http://localhost:9000/items", Origin: "http://localhost:8000", Method: "PUT"},
			code: "method-not-allowed", line: "Access-Control-Allow-Methods: PUT",
			check:  "cors check http://localhost:9000/items --origin http://localhost:8000 -X PUT --profile chromium",
			causes: "does not list that"},
		{text: "Access to fetch at 'http://b.example/2' from origin\n   'http://a.example' has been blocked by CORS policy: No\n 'Access-Control-Allow-Origin' header is present on the requested resource.",
			want: Message{Browser: browser.Chromium, Reason: browser.ReasonACAOMissing, URL: "http://b.example/2", Origin: "http://a.example"},
			code: "no-cors-headers", line: "Access-Control-Allow-Origin: http://a.example",
			check: "cors check http://b.example/2 --origin http://a.example --profile chromium", causes: "answered the GET"},
		{text: "Access to XMLHttpRequest at 'https://b.example/2' (redirected from 'https://b.example/1') from origin 'https://a.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			want: Message{Browser: browser.Chromium, Reason: browser.ReasonACAOMissing, URL: "https://b.example/2", First: "https://b.example/1", Origin: "https://a.example", XHR: true},
			code: "redirect-without-cors", line: "Access-Control-Allow-Origin: https://a.example",
			check: "cors check https://b.example/2 --origin https://a.example --profile chromium", causes: "redirect"},
		{text: "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://localhost:9000/r. (Reason: CORS preflight response did not succeed). Status code: 405.",
			want: Message{Browser: browser.Firefox, Reason: browser.ReasonPreflightStatus, URL: "http://localhost:9000/r", Status: 405},
			code: "preflight-not-handled", line: "HTTP/1.1 204 No Content",
			check: "cors check http://localhost:9000/r --origin https://your-page.example -X METHOD --profile firefox", causes: "with status 405"},
		{text: "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://localhost:9000/r. (Reason: CORS request did not succeed). Status code: (null).",
			want: Message{Browser: browser.Firefox, Reason: browser.ReasonNetworkFailed, URL: "http://localhost:9000/r"},
			code: "no-answer", line: "curl -i http://localhost:9000/r",
			check: "cors check http://localhost:9000/r --origin https://your-page.example --profile firefox", causes: "this is not CORS"},
		{text: "[Error] Request header field X-A is not allowed by Access-Control-Allow-Headers.\n[Error] Fetch API cannot load https://api.example/x due to access control checks.",
			want: Message{Browser: browser.WebKit, Reason: browser.ReasonPreflightHeader, URL: "https://api.example/x", Header: "x-a"},
			code: "header-not-allowed", line: "Access-Control-Allow-Headers: x-a",
			check: "cors check https://api.example/x --origin https://your-page.example -H 'x-a: ...' --profile webkit", causes: "The script sets x-a"},
		{text: "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://localhost:9000/r. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 401.\n\nCross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://localhost:9000/r. (Reason: CORS request did not succeed). Status code: (null).",
			want: Message{Browser: browser.Firefox, Reason: browser.ReasonPreflightACAOMissing, URL: "http://localhost:9000/r", Status: 401},
			code: "preflight-login", line: "HTTP/1.1 204 No Content",
			check: "cors check http://localhost:9000/r --origin https://your-page.example -X METHOD --profile firefox", causes: "asks for a login"},
		{text: "GET https://ads.example/x net::ERR_BLOCKED_BY_CLIENT",
			want: Message{Browser: browser.Chromium, Reason: browser.ReasonNetworkFailed, URL: "https://ads.example/x", Method: "GET", Value: "ERR_BLOCKED_BY_CLIENT"},
			code: "no-answer", line: `in a private window, without extensions: fetch("https://ads.example/x", ...)`,
			check: "cors check https://ads.example/x --origin https://your-page.example --profile chromium", causes: "such as an ad blocker; this is not CORS"},
		{text: "Access to fetch at 'http://localhost:9000/x' from origin 'https://app.example' has been blocked by CORS policy: Permission was denied for this request to access the `loopback` address space.",
			want: Message{Browser: browser.Chromium, Reason: browser.ReasonLNAPermissionDenied, URL: "http://localhost:9000/x", Origin: "https://app.example", Space: "loopback"},
			code: "local-network", line: "chrome://settings/content/localNetworkAccess: allow https://app.example",
			check: "cors check http://localhost:9000/x --origin https://app.example --profile chromium", causes: "has not permitted https://app.example"},
	} {
		m, err := ParseConsole(test.text)
		line := m.Line
		m.Line, m.Ambiguous = "", ""
		if err != nil || m != test.want || !strings.Contains(strings.Join(strings.Fields(test.text), " "), line) {
			t.Errorf("%s\ngot  %+v, %v\nwant %+v", test.text, m, err, test.want)
			continue
		}
		d := m.Diagnose(Options{})
		if len(d.Problems) != 1 {
			t.Errorf("%s: %d problems", test.text, len(d.Problems))
			continue
		}
		p := d.Problems[0]
		if p.Code != test.code || p.Fix.Lines[0] != test.line || !strings.Contains(p.Cause, test.causes) {
			t.Errorf("%s\n%s: %s\n%q", test.text, p.Code, p.Cause, p.Fix.Lines)
		}
		if got := m.CheckCommand(); got != test.check {
			t.Errorf("%s\ngot  %s\nwant %s", test.text, got, test.check)
		}
	}
	for text, want := range map[string]error{
		"Uncaught (in promise) TypeError: Failed to fetch":            ErrTypeError,
		"TypeError: NetworkError when attempting to fetch resource.":  ErrTypeError,
		"[Error] Unhandled Promise Rejection: TypeError: Load failed": ErrTypeError,
		"Uncaught ReferenceError: x is not defined":                   ErrConsole,
		"Access to fetch at 'http://localhost:9000/x' from":           ErrConsole,
		"": ErrConsole,
		"GET http://localhost:9000/x net::ERR_FAILED": ErrConsole,
	} {
		if _, err := ParseConsole(text); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

func FuzzConsole(f *testing.F) {
	f.Add("Access to fetch at 'http://b/' from origin 'http://a' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.")
	f.Add("Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://b/. (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘, ,’).")
	f.Add("Request header field \x00 is not allowed by Access-Control-Allow-Headers.")
	f.Add("Header Access-Control-Allow-Methods has an invalid value: PUT; x")
	f.Add("XXX http://b/ net::ERR_UNSAFE_PORT")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseConsole(text)
		if err != nil {
			return
		}
		if m.Reason == "" || !strings.Contains(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(m.Line), " ")) {
			t.Errorf("%+v", m)
		}
		d := m.Diagnose(Options{Stack: "nginx"})
		if len(d.Problems) != 1 || d.Problems[0].Cause == "" || d.Problems[0].Fix.Do == "" {
			t.Errorf("%q: %+v", text, d)
		}
		if m.CheckCommand() == "" {
			t.Error("no command")
		}
	})
}
