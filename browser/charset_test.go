package browser

import (
	"strings"
	"testing"

	"crossorigin.dev/internal/fetchspec"
)

// TestCharsets: what each browser makes of the charset in a Content-Type, as the
// vectors xhr-charset-* have it of the browsers themselves.
func TestCharsets(t *testing.T) {
	const same = "\x00"
	for _, tt := range []struct{ in, spec, chromium, firefox, webkit string }{
		{"text/plain", same, same, same, same},
		{"text/plain;charset=utf-8", same, "text/plain;charset=UTF-8", same, same},
		{"text/plain; charset=x;a=b", "text/plain;charset=UTF-8;a=b", "text/plain; charset=UTF-8;a=b", "text/plain; charset=UTF-8;a=b", "text/plain;charset=UTF-8;a=b"},
		{"text/plain;charset=x, a/b", "text/plain;charset=UTF-8", "text/plain;charset=UTF-8 a/b", same, "text/plain;charset=UTF-8"},
		{"a/b;charset=x,A/B;charset=y", "a/b;charset=UTF-8", "a/b;charset=UTF-8;charset=UTF-8", "a/b;charset=UTF-8,A/B;charset=UTF-8", "a/b;charset=UTF-8"},
		{"a/b;charset=x, ,*/*", "a/b;charset=UTF-8", "a/b;charset=UTF-8 ,*/*", "a/b;charset=UTF-8, ,*/*", "a/b;charset=UTF-8"},
		{`a/b;charset="x,y";c=d`, "a/b;charset=UTF-8;c=d", `a/b;charset="UTF-8";c=d`, "a/b;charset=UTF-8;c=d", "a/b;charset=UTF-8;c=d"},
		{"a/b;charset='x'", "a/b;charset=UTF-8", "a/b;charset='UTF-8'", "a/b;charset='UTF-8'", "a/b;charset=UTF-8"},
		{"a/b;charset=;charset=x", "a/b;charset=UTF-8", same, "a/b;charset=UTF-8;charset=UTF-8", "a/b;charset=UTF-8"},
		{`a/b;charset=""x`, "a/b;charset=UTF-8", `a/b;charset=""UTF-8`, "a/b;charset=UTF-8", same},
		{"a/b;c=1;C=2;charset=x", "a/b;c=1;charset=UTF-8", "a/b;c=1;C=2;charset=UTF-8", "a/b;c=1;C=2;charset=UTF-8", "a/b;c=2;c=2;charset=UTF-8"},
		{"a/b charset = x", same, "a/b charset = UTF-8", same, same},
		{"charset=x;charset=y", same, same, same, same},
		{"Charset", same, same, same, same},
		{"", same, same, same, same},
	} {
		for _, c := range []struct {
			name, want string
			correct    func(string) string
		}{
			{"Spec", tt.spec, func(s string) string { return fetchspec.WithCharset(s, "UTF-8") }},
			{"Chromium", tt.chromium, charsetsSought}, {"Firefox", tt.firefox, charsetsOfTypes}, {"WebKit", tt.webkit, charsetsParsed},
		} {
			want := c.want
			if want == same {
				want = tt.in
			}
			if got := c.correct(tt.in); got != want {
				t.Errorf("%s makes %q of %q, want %q", c.name, got, tt.in, want)
			}
		}
	}
}

// FuzzCharsets: what is corrected stays as it is when it is corrected again, and is
// hardly longer than before.
func FuzzCharsets(f *testing.F) {
	for _, seed := range []string{"text/plain;charset=x", `a/b;charset="x,a/b;CHARSET='y'`, "a/b charset= ;charset=", "a/b;a=;A=\"\\", strings.Repeat(";charset=x", 20)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, contentType string) {
		for name, correct := range map[string]func(string) string{"Chromium": charsetsSought, "Firefox": charsetsOfTypes, "WebKit": charsetsParsed} {
			once := correct(contentType)
			if again := correct(once); again != once {
				t.Errorf("%s makes %q of %q and %q of that", name, once, contentType, again)
			}
			if len(once) > 8*len(contentType) {
				t.Errorf("%s makes %d bytes of %d", name, len(once), len(contentType))
			}
		}
	})
}
