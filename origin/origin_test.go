package origin_test

import (
	"errors"
	"strings"
	"testing"

	"crossorigin.dev/origin"
)

func TestParseAcceptsWhatBrowsersSend(t *testing.T) {
	for _, test := range []struct{ in, scheme, host, port string }{
		{"https://example.com", "https", "example.com", ""},
		{"https://example.com:8443", "https", "example.com", "8443"},
		{"http://localhost:8000", "http", "localhost", "8000"},
		{"https://example.com.", "https", "example.com.", ""},
		{"https://a.b.c.example.com", "https", "a.b.c.example.com", ""},
		{"https://xn--bcher-kva.example", "https", "xn--bcher-kva.example", ""},
		{"https://under_score.example", "https", "under_score.example", ""},
		{"http://127.0.0.1", "http", "127.0.0.1", ""},
		{"http://127.0.0.1:9000", "http", "127.0.0.1", "9000"},
		{"http://[::1]", "http", "[::1]", ""},
		{"http://[::1]:8000", "http", "[::1]", "8000"},
		{"http://[2001:db8::7]", "http", "[2001:db8::7]", ""},
		{"http://[::ffff:102:304]", "http", "[::ffff:102:304]", ""},
		{"http://[::ffff:0:0]", "http", "[::ffff:0:0]", ""},
		{"https://example.com:80", "https", "example.com", "80"},
		{"http://example.com:443", "http", "example.com", "443"},
		{"http://example.com:0", "http", "example.com", "0"},
		{"http://example.com:65535", "http", "example.com", "65535"},
		{"https://a..b", "https", "a..b", ""}, // no name for DNS, but a URL may have it
		{"tauri://localhost", "tauri", "localhost", ""},
		{"capacitor://localhost", "capacitor", "localhost", ""},
		{"chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb", "chrome-extension", "aapbdbdomjkkjkaonfhkkikfgjllcleb", ""},
		{"moz-extension://1b1cbd90-3d86-4a3b-9d0b-2f6f1c0c7a11", "moz-extension", "1b1cbd90-3d86-4a3b-9d0b-2f6f1c0c7a11", ""},
		{"moz-extension://12345678", "moz-extension", "12345678", ""},
	} {
		o, err := origin.Parse(test.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", test.in, err)
			continue
		}
		if o.String() != test.in || o.Scheme() != test.scheme || o.Host() != test.host || o.Port() != test.port {
			t.Errorf("Parse(%q) = %q: scheme %q, host %q, port %q; want %q, %q, %q",
				test.in, o, o.Scheme(), o.Host(), o.Port(), test.scheme, test.host, test.port)
		}
		if again, _ := origin.Parse(strings.Clone(test.in)); o != again || !origin.SameOrigin(o, again) {
			t.Errorf("Parse(%q) twice is not one origin", test.in)
		}
		if o.IsOpaque() || o.IsZero() {
			t.Errorf("Parse(%q) is opaque %v, zero %v", test.in, o.IsOpaque(), o.IsZero())
		}
	}
}

func TestParseRefusesEverythingElse(t *testing.T) {
	for _, test := range []struct{ in, problem string }{
		{"", "is empty"},
		{"*", "has no scheme"},
		{"NULL", "has no scheme"},
		{"null ", "has no scheme"},
		{"example.com", "has no scheme"},
		{"//example.com", "has no scheme"},
		{"https:example.com", "has no scheme"},
		{"https:/example.com", "has no scheme"},
		{"://example.com", "scheme that does not begin"},
		{"1https://example.com", "scheme that does not begin"},
		{"HTTPS://example.com", "scheme that does not begin"},
		{"hTTPS://example.com", "scheme with a character"},
		{"ht tps://example.com", "scheme with a character"},
		{strings.Repeat("a", 65) + "://example.com", "too long a scheme"},
		{"file://", "opaque"},
		{"file://server", "opaque"},
		{"blob://example.com", "opaque"},
		{"https://", "has no host"},
		{"https://:8080", "has no host"},
		{"https://example.com/", "goes on after"},
		{"https://example.com:8443/", "goes on after"},
		{"https://example.com?", "goes on after"},
		{"https://example.com#", "goes on after"},
		{"https://evil.com/.example.com", "goes on after"},
		{"https://user@example.com", "user information"},
		{"https://evil.com:any.example.com", "malformed port"},
		{"https://example.com:", "no port"},
		{"https://example.com:+80", "malformed port"},
		{"https://example.com:8a", "malformed port"},
		{"https://example.com:0080", "leading zero"},
		{"https://example.com:00", "leading zero"},
		{"https://example.com:65536", "above 65535"},
		{"https://example.com:123456", "malformed port"},
		{"https://example.com:443", "default port"},
		{"http://example.com:80", "default port"},
		{"https://Example.com", "upper case"},
		{"https://exämple.com", "not ASCII"},
		{"https://example.com ", "space or a control"},
		{" https://example.com", "scheme that does not begin"},
		{"https://exam\x00ple.com", "space or a control"},
		{"https://exam\x7Fple.com", "space or a control"},
		{"https://exam%70le.com", "cannot stand in a host"},
		{"https://exam[ple.com", "cannot stand in a host"},
		{"https://example.com, https://example.org", "goes on after"},
		{"https://example.com, null", "space or a control"},
		{"https://example.com,https://example.org", "goes on after"},
		{"http://127.1", "IPv4"},
		{"http://127.0.0.01", "IPv4"},
		{"http://127.0.0.1.", "IPv4"},
		{"http://0x7f000001", "IPv4"},
		{"http://foo.0x", "IPv4"},
		{"http://1.2.3.4.5", "IPv4"},
		{"http://256.0.0.1", "IPv4"},
		{"http://[::1", "IPv6"},
		{"http://[0:0:0:0:0:0:0:1]", "IPv6"},
		{"http://[::FFFF]", "IPv6"},
		{"http://[::ffff:1.2.3.4]", "IPv6"},
		{"http://[fe80::1%eth0]", "IPv6"},
		{"http://[127.0.0.1]", "IPv6"},
		{"https://" + strings.Repeat("a", 255), "too long a host"},
		{"https://" + strings.Repeat("a", 1<<20), "too long for an origin"},
	} {
		o, err := origin.Parse(test.in)
		var e *origin.Error
		if !errors.As(err, &e) {
			t.Errorf("Parse(%.80q) = %v, %v; want an *Error", test.in, o, err)
			continue
		}
		if !strings.Contains(e.Problem, test.problem) || e.Input != test.in || !o.IsZero() {
			t.Errorf("Parse(%.80q): problem %q; want one with %q", test.in, e.Problem, test.problem)
		}
		if len(err.Error()) > 500 {
			t.Errorf("Parse(%.80q): an error message of %d bytes", test.in, len(err.Error()))
		}
	}
}

func TestParseDoesNotAllocate(t *testing.T) {
	for _, in := range []string{"https://www.example.com:8443", "http://127.0.0.1:9000", "http://[2001:db8::7]", "null"} {
		if n := testing.AllocsPerRun(100, func() { _, _ = origin.Parse(in) }); n != 0 {
			t.Errorf("Parse(%q) allocates %v times", in, n)
		}
	}
}

func TestOpaqueOriginsEqualOnlyThemselves(t *testing.T) {
	a, err := origin.Parse("null")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := origin.Parse("null")
	same := a
	if a == b || origin.SameOrigin(a, b) || origin.SameSite(a, b) {
		t.Error("two opaque origins are equal")
	}
	if a != same || !origin.SameOrigin(a, same) || !origin.SameSite(a, same) {
		t.Error("an opaque origin does not equal itself")
	}
	if !a.IsOpaque() || a.IsZero() || a.String() != "null" || a.Scheme()+a.Host()+a.Port() != "" || a.PotentiallyTrustworthy() {
		t.Errorf("an opaque origin has parts: %q %q %q %q", a, a.Scheme(), a.Host(), a.Port())
	}
}

func TestTheZeroOriginIsHarmless(t *testing.T) {
	var zero origin.Origin
	if zero.String() != "" || zero.Scheme()+zero.Host()+zero.Port() != "" || !zero.IsZero() || zero.IsOpaque() {
		t.Error("the zero Origin has parts")
	}
	if origin.SameOrigin(zero, zero) || origin.SameSite(zero, zero) || zero.PotentiallyTrustworthy() ||
		zero.IsSubdomainOf("") || zero.IsSubdomainOf("example.com") {
		t.Error("the zero Origin is granted something")
	}
}

func TestOfURL(t *testing.T) {
	for _, test := range []struct{ url, want string }{
		{"https://example.com/a/b?c#d", "https://example.com"},
		{" HTTPS://EXAMPLE.com:443/ ", "https://example.com"},
		{"http://user:secret@example.com:8080/", "http://example.com:8080"},
		{"https://bücher.example/", "https://xn--bcher-kva.example"},
		{"http://0x7f.1/", "http://127.0.0.1"},
		{"http://127.0.0.1./", "http://127.0.0.1"},
		{"http://[0:0::1]:8000/", "http://[::1]:8000"},
		{"http://[::ffff:1.2.3.4]/", "http://[::ffff:102:304]"},
		{"https://example.com./", "https://example.com."},
		{"wss://example.com:443/socket", "wss://example.com"},
		{"ftp://example.com:21/", "ftp://example.com"},
		{"http://example.com:0/", "http://example.com:0"},
		{"blob:https://example.com:8443/6ba7b810", "https://example.com:8443"},
		{"blob:chrome-extension://abc/6ba7b810", "chrome-extension://abc"},
		{"tauri://localhost/index.html", "tauri://localhost"},
		{"tauri://LOCALHOST:1420/", "tauri://localhost:1420"},
		{"chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb/popup.html", "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb"},

		{"file:///etc/hosts", "null"},
		{"file://server/share", "null"},
		{"data:text/html,hello", "null"},
		{"data:text/html," + strings.Repeat("a@", 5000), "null"},
		{"about:blank", "null"},
		{"about:srcdoc", "null"},
		{"javascript:void(0)", "null"},
		{"mailto:someone@example.com", "null"},
		{"custom:/path", "null"},
		{"custom:///path", "null"},
		{"custom://a%20b/", "null"},
		{"blob:", "null"},
		{"blob:null/6ba7b810", "null"},
		{"blob:ftp://example.com/", "null"},
		{"blob:blob:https://example.com/", "null"},
		{"blob:file:///x", "null"},
	} {
		o, err := origin.OfURL(test.url)
		if err != nil || o.String() != test.want {
			t.Errorf("OfURL(%q) = %q, %v; want %q", test.url, o, err, test.want)
		}
	}
	for _, bad := range []string{"", "/path", "example.com", "//example.com", "https://", "https://ex ample.com/",
		"http://example.com:65536/", "http://1.2.3.4.5/", "https://" + strings.Repeat("a.", 200) + "example/"} {
		o, err := origin.OfURL(bad)
		var e *origin.Error
		if !errors.As(err, &e) || !o.IsZero() {
			t.Errorf("OfURL(%.60q) = %q, %v; want an *Error", bad, o, err)
		}
	}
}

// Much of what is slow in the URL parser costs about what it takes to read
// it, not its square.
func TestOfURLOfLongURLs(t *testing.T) {
	for _, piece := range []string{"@", "a@", "\t@", "\\@", "a.", "ü", "%41", ":", "xn--"} {
		long := strings.Repeat(piece, 1<<17/len(piece))
		for _, before := range []string{"https://", "https:", "\x01 ht\ttps:", "custom://", "blob:https://", "https://example.com/"} {
			o, err := origin.OfURL(before + long)
			inPath := before == "https://example.com/"
			if inPath != (err == nil && !o.IsOpaque()) {
				t.Errorf("OfURL(%q and many %q) = %.100q, %v", before, piece, o, err)
			}
		}
	}
}

func TestSameSite(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"https://example.com", "https://example.com", true},
		{"https://a.example.com", "https://b.example.com:8443", true},
		{"https://a.example.com", "http://b.example.com", false}, // schemeful
		{"https://example.com", "https://example.org", false},
		{"https://a.example.co.uk", "https://b.example.co.uk", true},
		{"https://example.co.uk", "https://other.co.uk", false},
		{"https://alice.github.io", "https://bob.github.io", false}, // the private section
		{"https://github.io", "https://github.io:8443", true},       // a public suffix itself: the same host
		{"https://github.io", "https://alice.github.io", false},
		{"https://example.com.", "https://example.com", false},
		{"https://a.example.com.", "https://b.example.com.", true},
		{"http://localhost:8000", "http://localhost:9000", true},
		{"http://localhost:8000", "http://127.0.0.1:8000", false},
		{"http://127.0.0.1:1", "http://127.0.0.1:2", true},
		{"http://10.0.0.1", "http://10.1.0.1", false},
		{"http://[::1]:1", "http://[::1]:2", true},
		{"https://a..example.com", "https://example.com", false},
		{"tauri://a.example.com", "tauri://b.example.com", false},
	} {
		a, b := mustParse(t, test.a), mustParse(t, test.b)
		if origin.SameSite(a, b) != test.want || origin.SameSite(b, a) != test.want {
			t.Errorf("SameSite(%q, %q) = %v", test.a, test.b, !test.want)
		}
	}
}

func TestPotentiallyTrustworthy(t *testing.T) {
	for in, want := range map[string]bool{
		"https://example.com":      true,
		"wss://example.com":        true,
		"http://example.com":       false,
		"ws://example.com":         false,
		"ftp://localhost.example":  false,
		"http://localhost:8000":    true,
		"http://localhost.":        true,
		"http://app.localhost":     true,
		"http://notlocalhost":      false,
		"http://127.0.0.1":         true,
		"http://127.3.2.1:9000":    true,
		"http://127.example.com":   false,
		"http://128.0.0.1":         false,
		"http://0.0.0.0":           false,
		"http://[::1]":             true,
		"http://[::2]":             false,
		"http://[::ffff:7f00:1]":   false,
		"tauri://localhost":        true,
		"chrome-extension://abcde": true,
	} {
		if o := mustParse(t, in); o.PotentiallyTrustworthy() != want {
			t.Errorf("%q: trustworthy %v, want %v", in, !want, want)
		}
	}
}

func TestIsSubdomainOf(t *testing.T) {
	for _, test := range []struct {
		in, domain string
		want       bool
	}{
		{"https://a.example.com", "example.com", true},
		{"http://a.b.example.com:8080", "example.com", true},
		{"https://a.example.com", "EXAMPLE.com", true},
		{"https://example.com", "example.com", false},
		{"https://evilexample.com", "example.com", false},
		{"https://example.com.evil.org", "example.com", false},
		{"https://a.example.com.", "example.com", false},
		{"https://a.example.com.", "example.com.", true},
		{"https://a..example.com", "example.com", false},
		{"https://.example.com", "example.com", false},
		{"https://a.example.com", ".example.com", false},
		{"https://a.example.com", "", false},
		{"http://127.0.0.1", "0.0.1", false},
		{"http://[::1]", "1]", false},
	} {
		if got := mustParse(t, test.in).IsSubdomainOf(test.domain); got != test.want {
			t.Errorf("%q.IsSubdomainOf(%q) = %v", test.in, test.domain, got)
		}
	}
}

func mustParse(t *testing.T, s string) origin.Origin {
	t.Helper()
	o, err := origin.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return o
}
