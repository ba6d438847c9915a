package fetchspec

import (
	"slices"
	"strings"
	"testing"
)

func TestParseMIMEType(t *testing.T) {
	type p = MIMEParameter
	tests := []struct {
		in, essence string // an empty essence: does not parse
		parameters  []MIMEParameter
	}{
		{"text/plain", "text/plain", nil},
		{" \t\r\nText/PLAIN\n ", "text/plain", nil},
		{"text/plain ;charset=x", "text/plain", []p{{"charset", "x"}}},
		{"text/plain; CharSet=UTF-8 ", "text/plain", []p{{"charset", "UTF-8"}}},
		{`text/plain;a="b;c\"d" junk;e=f`, "text/plain", []p{{"a", `b;c"d`}, {"e", "f"}}},
		{`text/plain;a="b`, "text/plain", []p{{"a", "b"}}},
		{`text/plain;a="b\`, "text/plain", []p{{"a", `b\`}}},
		{`text/plain;a=""`, "text/plain", []p{{"a", ""}}},
		{"text/plain;a=", "text/plain", nil},
		{"text/plain;a;b=c", "text/plain", []p{{"b", "c"}}},
		{"text/plain;=x;;a =b;c=d", "text/plain", []p{{"c", "d"}}},
		{"text/plain;a=1;A=2", "text/plain", []p{{"a", "1"}}},
		{"text/plain;a=\xC4;b=\x7F;c=\x01", "text/plain", []p{{"a", "\xC4"}}},
		{"", "", nil},
		{"text", "", nil},
		{"text/", "", nil},
		{"/plain", "", nil},
		{"text /plain", "", nil},
		{"text/ plain", "", nil},
		{"text/plain, text/html", "", nil},
		{"text/plain/x", "", nil},
		{"t\u00E9xt/plain", "", nil},
	}
	for _, tt := range tests {
		got, ok := ParseMIMEType(tt.in)
		if ok != (tt.essence != "") || ok && got.Essence() != tt.essence || !slices.Equal(got.Parameters, tt.parameters) {
			t.Errorf("ParseMIMEType(%q) = %+v, %v", tt.in, got, ok)
		}
	}
}

func TestParseRange(t *testing.T) {
	big := strings.Repeat("9", 40)
	tests := []struct {
		in         string
		want       Range
		ok, spaced bool // without and with whitespace allowed
	}{
		{"bytes=0-", Range{"0", ""}, true, true},
		{"bytes=0-0", Range{"0", "0"}, true, true},
		{"bytes=-5", Range{"", "5"}, true, true},
		{"bytes=5-3", Range{}, false, false},
		{"bytes=5-005", Range{"5", "005"}, true, true},
		{"bytes=9-10", Range{"9", "10"}, true, true},
		{"bytes=0-" + big, Range{"0", big}, true, true},
		{"bytes=" + big + "-0", Range{}, false, false},
		{"bytes=-", Range{}, false, false},
		{"bytes=0", Range{}, false, false},
		{"bytes", Range{}, false, false},
		{"bytes=", Range{}, false, false},
		{"Bytes=0-", Range{}, false, false},
		{"bytes=0-1,2-3", Range{}, false, false},
		{"bytes=0-1x", Range{}, false, false},
		{"bytes=a-", Range{}, false, false},
		{"items=0-", Range{}, false, false},
		{"", Range{}, false, false},
		{"bytes \t= 0 \t-\t 1", Range{"0", "1"}, false, true},
		{" bytes=0-1", Range{}, false, false},
		{"bytes=0-1 ", Range{}, false, false},
		{"bytes=- 5", Range{"", "5"}, false, true},
	}
	for _, tt := range tests {
		for _, allow := range []bool{false, true} {
			got, ok := ParseRange(tt.in, allow)
			if want := tt.ok || allow && tt.spaced; ok != want || ok && got != tt.want {
				t.Errorf("ParseRange(%q, %v) = %+v, %v", tt.in, allow, got, ok)
			}
		}
	}
}

func FuzzParseMIMEType(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {
		m, ok := ParseMIMEType(s)
		if !ok {
			return
		}
		for _, p := range m.Parameters {
			if !IsToken(p.Name) {
				t.Fatalf("%q has a parameter named %q", s, p.Name)
			}
		}
		serialized := m.String()
		again, ok := ParseMIMEType(serialized)
		if !ok || again.Essence() != m.Essence() || !slices.Equal(again.Parameters, m.Parameters) {
			t.Fatalf("%q parses as %+v, that written %q as %+v", s, m, serialized, again)
		}
	})
}

func FuzzParseRange(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string, allowWhitespace bool) {
		r, ok := ParseRange(s, allowWhitespace)
		if !ok {
			return
		}
		plain := "bytes=" + r.Start + "-" + r.End
		if !allowWhitespace && plain != s {
			t.Fatalf("%q parses as %+v", s, r)
		}
		if again, ok := ParseRange(plain, false); !ok || again != r {
			t.Fatalf("%q parses as %+v, but %q as %+v", s, r, plain, again)
		}
	})
}
