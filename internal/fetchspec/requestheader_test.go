package fetchspec

import (
	"iter"
	"slices"
	"strings"
	"testing"
)

func TestIsForbiddenRequestHeader(t *testing.T) {
	forbidden := []string{
		"Accept-Charset", "Accept-Encoding", "Access-Control-Request-Headers",
		"Access-Control-Request-Method", "Connection", "Content-Length", "Cookie", "Cookie2",
		"Date", "DNT", "Expect", "Host", "Keep-Alive", "Origin", "Referer", "Set-Cookie", "TE",
		"Trailer", "Transfer-Encoding", "Upgrade", "Via", "Proxy-", "proxy-authorization",
		"Sec-", "sec-ch-ua", "SEC-FETCH-SITE",
	}
	for _, name := range forbidden {
		if !IsForbiddenRequestHeader(name, "x") || !IsForbiddenRequestHeader(strings.ToUpper(name), "") {
			t.Errorf("%s is not forbidden", name)
		}
	}
	for _, name := range []string{
		"Accept", "Authorization", "User-Agent", "Access-Control-Request-Private-Network", "Proxy",
		"Sec", "Security", "Cookies", "Set-Cookie2", "Upgrade-Insecure-Requests", "X-HTTP-Method", "",
	} {
		if IsForbiddenRequestHeader(name, "x") {
			t.Errorf("%s is forbidden", name)
		}
	}
	override := map[string]bool{
		"TRACE": true, "trace": true, "PUT, track": true, "PUT,CONNECT,": true,
		"PUT": false, "": false, `"TRACE"`: false, "TRACES": false, `"a,TRACE"`: false,
	}
	for value, want := range override {
		for _, name := range []string{"X-HTTP-Method", "x-http-method-override", "X-Method-Override"} {
			if got := IsForbiddenRequestHeader(name, value); got != want {
				t.Errorf("%s: %s forbidden: %v, want %v", name, value, got, want)
			}
		}
		if IsForbiddenRequestHeader("X-Method", value) {
			t.Errorf("X-Method: %s is forbidden", value)
		}
	}
}

func TestIsSafelistedRequestHeader(t *testing.T) {
	tests := []struct {
		name, value string
		want        bool
	}{
		{"Accept", "", true},
		{"aCCept", "text/html, */*;q=0.8", true},
		{"Accept", strings.Repeat("a", 128), true},
		{"Accept", strings.Repeat("a", 129), false},
		{"Accept-Language", "en, *;q=0.5", true},
		{"Accept-Language", "en_US", false},
		{"Accept-Language", "en\t", false},
		{"Content-Language", "de-DE.x=1", true},
		{"Content-Language", "de/DE", false},
		{"Content-Type", "text/plain", true},
		{"Content-Type", " TEXT/Plain ; charset=utf-8", true},
		{"Content-Type", "text/plain;charset=utf-8", true},
		{"Content-Type", `text/plain;charset="x"`, false}, // a quote is an unsafe byte
		{"Content-Type", "multipart/form-data; boundary=x", true},
		{"Content-Type", "application/x-www-form-urlencoded", true},
		{"Content-Type", "application/json", false},
		{"Content-Type", "application/json, text/plain", false},
		{"Content-Type", "text/plain, application/json", false},
		{"Content-Type", "text/plain;, application/json", true}, // one MIME type, with a parameter that is dropped
		{"Content-Type", "text/", false},
		{"Content-Type", "", false},
		{"Range", "bytes=0-", true},
		{"Range", "bytes=0-0", true},
		{"Range", "bytes=5-3", false},
		{"Range", "bytes=-5", false},
		{"Range", "bytes=0-1,2-3", false},
		{"Range", "bytes = 0-1", false},
		{"Range", "", false},
		{"Authorization", "x", false},
		{"X-A", "", false},
		{"DPR", "2", false},
		{"User-Agent", "x", false},
	}
	for _, tt := range tests {
		if got := IsSafelistedRequestHeader(tt.name, tt.value); got != tt.want {
			t.Errorf("IsSafelistedRequestHeader(%q, %q) = %v", tt.name, tt.value, got)
		}
	}
	for c := range 256 {
		b := string([]byte{byte(c)})
		unsafe := c < 0x20 && c != '\t' || c < 0x80 && strings.Contains("\"():<>?@[\\]{}\x7F", b)
		if got := IsSafelistedRequestHeader("Accept", "a"+b); got == unsafe {
			t.Errorf("Accept with byte %#02x safelisted: %v", c, got)
		}
		language := c < 0x80 && strings.Contains("0123456789"+letters+" *,-.;=", b)
		if got := IsSafelistedRequestHeader("Accept-Language", "a"+b); got != language {
			t.Errorf("Accept-Language with byte %#02x safelisted: %v", c, got)
		}
	}
}

// pairs yields the names and values that alternate in s.
func pairs(s ...string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := 0; i < len(s); i += 2 {
			if !yield(s[i], s[i+1]) {
				return
			}
		}
	}
}

func TestUnsafeRequestHeaderNames(t *testing.T) {
	nine := make([]string, 0, 20)
	for range 8 {
		nine = append(nine, "Accept", strings.Repeat("a", 120))
	}
	at1024 := append(slices.Clone(nine), "accept-language", strings.Repeat("a", 64))
	tests := []struct {
		name    string
		headers []string
		want    []string
	}{
		{"none", nil, nil},
		{"safelisted", []string{"Accept", "x", "Content-Type", "text/plain"}, nil},
		{"sorted, lower case, once", []string{"X-b", "1", "X-A", "2", "x-B", "3", "Accept", "x"}, []string{"x-a", "x-b"}},
		{"by value", []string{"Content-Type", "application/json"}, []string{"content-type"}},
		{"1024 bytes", at1024, nil},
		{"1025 bytes", append(slices.Clone(at1024), "content-language", "a"), []string{"accept", "accept-language", "content-language"}},
		{"unsafe values do not count", append(slices.Clone(at1024), "X-A", strings.Repeat("a", 9)), []string{"x-a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := UnsafeRequestHeaderNames(pairs(tt.headers...)); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHeaderNames(t *testing.T) {
	tests := []struct {
		what  string
		is    func(string) bool
		names string
	}{
		{"safelisted request-header", IsSafelistedRequestHeaderName, "accept accept-language content-language content-type range"},
		{"no-CORS-safelisted", IsNoCORSSafelistedRequestHeaderName, "accept accept-language content-language content-type"},
		{"non-wildcard", IsNonWildcardRequestHeaderName, "authorization"},
		{"request-body", IsRequestBodyHeaderName, "content-encoding content-language content-location content-type"},
		{"forbidden response", IsForbiddenResponseHeaderName, "set-cookie set-cookie2"},
		{"safelisted response", IsSafelistedResponseHeaderName, "cache-control content-language content-length content-type expires last-modified pragma"},
	}
	all := strings.Fields("accept accept-language authorization cache-control content-encoding content-language " +
		"content-length content-location content-type cookie etag expires last-modified pragma range set-cookie set-cookie2 set-cookie3 x-a")
	for _, tt := range tests {
		for _, name := range all {
			want := slices.Contains(strings.Fields(tt.names), name)
			if tt.is(name) != want || tt.is(strings.ToUpper(name)) != want {
				t.Errorf("%s %s: want %v", tt.what, name, want)
			}
		}
	}
	if !IsNoCORSSafelistedRequestHeader("Accept", "x") || IsNoCORSSafelistedRequestHeader("Range", "bytes=0-") ||
		IsNoCORSSafelistedRequestHeader("Content-Type", "application/json") {
		t.Error("no-CORS-safelisted request-headers: wrong for Accept, Range or Content-Type")
	}
}

func FuzzUnsafeRequestHeaderNames(f *testing.F) {
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string) {
		names := UnsafeRequestHeaderNames(pairs(name1, value1, name2, value2))
		if !slices.IsSorted(names) {
			t.Fatalf("not sorted: %q", names)
		}
		for i, pair := range [][2]string{{name1, value1}, {name2, value2}} {
			if got := slices.Contains(names, Lower(pair[0])); !got && !IsSafelistedRequestHeader(pair[0], pair[1]) {
				t.Fatalf("header %d, %q, is missing in %q", i, pair, names)
			}
		}
	})
}
