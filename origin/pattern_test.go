package origin_test

import (
	"errors"
	"strings"
	"testing"

	"crossorigin.dev/origin"
)

func TestParsePattern(t *testing.T) {
	for _, test := range []struct {
		in, scheme, host, port string
		subdomains             bool
	}{
		{"https://example.com", "https", "example.com", "", false},
		{"https://example.com:8443", "https", "example.com", "8443", false},
		{"https://*.example.com", "https", "example.com", "", true},
		{"https://*.example.com:8443", "https", "example.com", "8443", true},
		{"https://*.example.com:*", "https", "example.com", "*", true},
		{"https://*.example.com.", "https", "example.com.", "", true},
		{"http://localhost:*", "http", "localhost", "*", false},
		{"http://*.localhost:*", "http", "localhost", "*", true},
		{"http://127.0.0.1:*", "http", "127.0.0.1", "*", false},
		{"http://[::1]:*", "http", "[::1]", "*", false},
		{"https://*.co.uk", "https", "co.uk", "", true},
		{"https://*.xn--bcher-kva.example", "https", "xn--bcher-kva.example", "", true},
		{"tauri://localhost", "tauri", "localhost", "", false},
		{"moz-extension://*", "moz-extension", "*", "", false},
		{"moz-extension://1b1cbd90-3d86-4a3b-9d0b-2f6f1c0c7a11", "moz-extension", "1b1cbd90-3d86-4a3b-9d0b-2f6f1c0c7a11", "", false},
	} {
		p, err := origin.ParsePattern(test.in)
		if err != nil {
			t.Errorf("ParsePattern(%q): %v", test.in, err)
			continue
		}
		if p.Scheme() != test.scheme || p.Host() != test.host || p.Port() != test.port || p.Subdomains() != test.subdomains {
			t.Errorf("ParsePattern(%q): scheme %q, host %q, port %q, subdomains %v", test.in, p.Scheme(), p.Host(), p.Port(), p.Subdomains())
		}
		if p.String() != test.in {
			t.Errorf("ParsePattern(%q).String() = %q", test.in, p)
		}
		if again, _ := origin.ParsePattern(test.in); again != p {
			t.Errorf("ParsePattern(%q) twice is not one pattern", test.in)
		}
	}
}

// Each mistake is named, and what to write instead can be pasted.
func TestParsePatternSuggests(t *testing.T) {
	for _, test := range []struct{ in, problem, suggestion string }{
		{"", "is empty", ""},
		{"*", "every origin", ""},
		{"null", "sandboxed frame", ""},
		{"https://example.com/", "goes on after", "https://example.com"},
		{"https://example.com/path?query", "goes on after", "https://example.com"},
		{"https://example.com:8443/", "goes on after", "https://example.com:8443"},
		{"https://*.example.com/", "goes on after", "https://*.example.com"},
		{"https://*.example.com:*/", "asterisk where", "https://*.example.com:*"},
		{"example.com", "has no scheme", "https://example.com"},
		{"*.example.com", "has no scheme", "https://*.example.com"},
		{"//example.com", "has no scheme", "https://example.com"},
		{"localhost:8000", "has no scheme", "http://localhost:8000"},
		{"localhost:*", "has no scheme", "http://localhost:*"},
		{"127.0.0.1:8000", "has no scheme", "http://127.0.0.1:8000"},
		{"[::1]:8000", "has no scheme", "http://[::1]:8000"},
		{"https://Example.com", "upper case", "https://example.com"},
		{"HTTPS://example.com", "lower-case", "https://example.com"},
		{"https://bücher.example", "not ASCII", "https://xn--bcher-kva.example"},
		{"https://*.Bücher.example:*", "upper case", "https://*.xn--bcher-kva.example:*"},
		{"https://example.com:443", "default port", "https://example.com"},
		{"http://*.example.com:80", "default port", "http://*.example.com"},
		{"https://example.com:0", "port 0", "https://example.com"},
		{"http://localhost:0", "port 0", "http://localhost:*"},
		{"http://localhost:70000", "above 65535", "http://localhost:*"},
		{"https://example.com:8443:*", "two ports", "https://example.com:*"},
		{"https://user:secret@example.com", "user information", "https://example.com"},
		{" https://example.com ", "lower-case letter", "https://example.com"},
		{"https://*example.com", "asterisk where", "https://*.example.com"},
		{"https://app-*.example.com", "asterisk where", "https://*.example.com"},
		{"https://*.*.example.com", "asterisk where", "https://*.example.com"},
		{"https://example.*", "asterisk where", ""},
		{"https://*", "asterisk where", ""},
		{"*://example.com", "lower-case letter", ""},
		{"https://..example.com", "empty label", ""},
		{"https://foo..example.com", "empty label", ""},
		{"https://*.127.0.0.1", "no subdomains", ""},
		{"https://*.[::1]", "no subdomains", ""},
		{"http://127.1", "IPv4", "http://127.0.0.1"},
		{"http://[0::1]:8000", "IPv6", "http://[::1]:8000"},
		{"http://[::ffff:1.2.3.4]", "IPv6", "http://[::ffff:102:304]"},
		{"https://xn--a.example", "not a valid domain", ""},
		{"file://", "opaque", ""},
		{"file:///home", "opaque", ""},
		{"https://a.example, https://b.example", "goes on after", ""},
	} {
		p, err := origin.ParsePattern(test.in)
		var e *origin.Error
		if !errors.As(err, &e) {
			t.Errorf("ParsePattern(%q) = %q, %v; want an *Error", test.in, p, err)
			continue
		}
		if !strings.Contains(e.Problem, test.problem) || e.Suggestion != test.suggestion {
			t.Errorf("ParsePattern(%q): problem %q, suggestion %q; want one with %q, and %q",
				test.in, e.Problem, e.Suggestion, test.problem, test.suggestion)
		}
		if e.Suggestion != "" {
			if _, err := origin.ParsePattern(e.Suggestion); err != nil {
				t.Errorf("the suggestion for %q is wrong itself: %v", test.in, err)
			}
		}
	}
}

func TestPatternLoopbackAndPublicSuffix(t *testing.T) {
	for _, test := range []struct {
		in               string
		loopback, suffix bool
	}{
		{"http://localhost:*", true, false},
		{"http://*.localhost:*", true, false},
		{"http://127.0.0.1", true, false},
		{"http://[::1]", true, false},
		{"http://example.com", false, false},
		{"https://*.example.com", false, false},
		{"https://*.com", false, true},
		{"https://*.co.uk:*", false, true},
		{"https://*.github.io", false, true},
		{"https://*.github.io.", false, true},
		{"https://*.kawasaki.jp", false, true}, // the list has *.kawasaki.jp
		{"https://*.ck", false, true},
		{"https://*.city.kawasaki.jp", false, false}, // an exception to it
		{"https://*.example.kawasaki.jp", false, true},
		{"https://*.www.example.kawasaki.jp", false, false},
		{"https://github.io", false, false},
		{"https://*.internal", false, false},
	} {
		p, err := origin.ParsePattern(test.in)
		if err != nil {
			t.Fatal(err)
		}
		if p.Loopback() != test.loopback || p.CoversPublicSuffix() != test.suffix {
			t.Errorf("%s: loopback %v, public suffix %v", p, p.Loopback(), p.CoversPublicSuffix())
		}
	}
}

func TestTheZeroPatternAndSetMatchNothing(t *testing.T) {
	var p origin.Pattern
	var s origin.Set
	o := mustParse(t, "https://example.com")
	if p.Matches(o) || p.Matches(origin.Origin{}) || p.String() != "" || p.Loopback() || p.CoversPublicSuffix() {
		t.Error("the zero Pattern matches something")
	}
	if s.Contains("https://example.com") || s.Contains("") || s.Contains("null") || origin.NewSet(p).Contains("https://example.com") {
		t.Error("an empty Set contains something")
	}
}
