package origin_test

import (
	"regexp"
	"strings"
	"testing"

	"crossorigin.dev/origin"
)

var likeNumber = regexp.MustCompile(`(^|\.)([+-]|[0-9][^.]*[^0-9.])[^.]*\.?$`)

// FuzzParse: what Parse accepts it gives back, and it accepts exactly what the
// URL standard's parser and serializer leave as it is. There are two
// differences: Parse does not decode xn-- labels, and the URL parser that OfURL
// uses takes some last labels for numbers that are none, "-1" and
// "00000000000000000000000a" among them.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"null", "https://example.com", "http://localhost:8000", "http://[::1]:8000", "http://127.0.0.1",
		"http://[::ffff:102:304]", "tauri://localhost", "https://a..b", "https://example.com.", "http://x:0",
		"https://example.com:443", "https://example.com/", "https://ex_ample.com", "http://0x7f.1", "ws://h:80",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o, err := origin.Parse(s)
		if err != nil {
			if !o.IsZero() {
				t.Fatalf("Parse(%q) = %q and an error", s, o)
			}
			return
		}
		if o.String() != s {
			t.Fatalf("Parse(%q).String() = %q", s, o)
		}
		if o.IsOpaque() {
			return
		}
		if again, err := origin.Parse(o.String()); err != nil || again != o {
			t.Fatalf("Parse(%q) again = %q, %v", o, again, err)
		}
		whole := o.Scheme() + "://" + o.Host()
		if o.Port() != "" {
			whole += ":" + o.Port()
		}
		if whole != s {
			t.Fatalf("the parts of %q make %q", s, whole)
		}
		if strings.Contains(s, "xn--") || likeNumber.MatchString(o.Host()) {
			return
		}
		if ofURL, err := origin.OfURL(s + "/path"); err != nil || ofURL != o {
			t.Fatalf("OfURL(%q) = %q, %v", s+"/path", ofURL, err)
		}
	})
}

// FuzzOfURL: whatever URL it is given, the result is something Parse accepts.
func FuzzOfURL(f *testing.F) {
	for _, seed := range []string{
		"https://example.com/", "HTTP://0x7F.1:80", "blob:https://example.com/1", "tauri://LOCALHOST/", "about:blank",
		"http://[1::2]:99999/", "https://bücher.example", "file://server/x", "x://y:1@z:2/", "http://a b/", "https://%41.com",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		o, err := origin.OfURL(raw)
		if err != nil || o.IsOpaque() {
			if o.IsOpaque() && o.String() != "null" || err != nil && !o.IsZero() {
				t.Fatalf("OfURL(%q) = %q, %v", raw, o, err)
			}
			return
		}
		parsed, err := origin.Parse(o.String())
		if err != nil || parsed != o {
			t.Fatalf("OfURL(%q) = %q, but Parse makes that %q, %v", raw, o, parsed, err)
		}
		if !origin.SameSite(o, parsed) || !origin.SameOrigin(o, parsed) {
			t.Fatalf("%q is not the same as itself", o)
		}
	})
}
