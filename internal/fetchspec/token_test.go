package fetchspec

import (
	"strings"
	"testing"
)

func TestIsToken(t *testing.T) {
	for c := range 256 {
		want := strings.ContainsRune("!#$%&'*+-.^_`|~0123456789"+letters, rune(c)) && c < 0x80
		if got := IsToken("a" + string([]byte{byte(c)})); got != want {
			t.Errorf("IsToken with byte %#02x: %v, want %v", c, got, want)
		}
	}
	if IsToken("") {
		t.Error(`IsToken("") is true`)
	}
}

func TestLowerAndEqualFold(t *testing.T) {
	tests := []struct {
		a, lower string
	}{
		{"", ""},
		{"x-a", "x-a"},
		{"X-Ab", "x-ab"},
		{"@[`{", "@[`{"},         // either side of both alphabets
		{"\u212Aey", "\u212Aey"}, // the Kelvin sign is not k
		{"\u0130D", "\u0130d"},   // dotted capital I is not i
		{"\xC4\xFF\xDFZ", "\xC4\xFF\xDFz"},
	}
	for _, tt := range tests {
		if got := Lower(tt.a); got != tt.lower {
			t.Errorf("Lower(%q) = %q, want %q", tt.a, got, tt.lower)
		}
		if !EqualFold(tt.a, tt.lower) {
			t.Errorf("EqualFold(%q, %q) is false", tt.a, tt.lower)
		}
	}
	for _, pair := range [][2]string{{"a", "ab"}, {"@", "`"}, {"[", "{"}, {"k", "\u212A"}, {"-", "\r"}} {
		if EqualFold(pair[0], pair[1]) {
			t.Errorf("EqualFold(%q, %q) is true", pair[0], pair[1])
		}
	}
}

func TestValues(t *testing.T) {
	for _, v := range []string{"", "a", "a b", "a\tb", "\x01", "\x7F", "\xFF"} {
		if !IsValue(v) {
			t.Errorf("IsValue(%q) is false", v)
		}
	}
	for _, v := range []string{" a", "a ", "\ta", "a\t", "a\x00", "a\nb", "a\rb"} {
		if IsValue(v) {
			t.Errorf("IsValue(%q) is true", v)
		}
	}
	if got := NormalizeValue("\t\r\n a \v \n"); got != "a \v" {
		t.Errorf("NormalizeValue gives %q", got)
	}
}

func TestMethods(t *testing.T) {
	tests := []struct {
		method, normalized    string
		safelisted, forbidden bool // of the method as written
	}{
		{"GET", "GET", true, false},
		{"HEAD", "HEAD", true, false},
		{"POST", "POST", true, false},
		{"get", "GET", false, false},
		{"pOsT", "POST", false, false},
		{"put", "PUT", false, false},
		{"delete", "DELETE", false, false},
		{"options", "OPTIONS", false, false},
		{"patch", "patch", false, false},
		{"PATCH", "PATCH", false, false},
		{"query", "query", false, false},
		{"connect", "connect", false, true},
		{"CONNECT", "CONNECT", false, true},
		{"Trace", "Trace", false, true},
		{"tRACk", "tRACk", false, true},
		{"TRAC\u212A", "TRAC\u212A", false, false},
		{"", "", false, false},
	}
	for _, tt := range tests {
		if got := NormalizeMethod(tt.method); got != tt.normalized {
			t.Errorf("NormalizeMethod(%q) = %q, want %q", tt.method, got, tt.normalized)
		}
		if got := IsSafelistedMethod(tt.method); got != tt.safelisted {
			t.Errorf("IsSafelistedMethod(%q) = %v", tt.method, got)
		}
		if got := IsForbiddenMethod(tt.method); got != tt.forbidden {
			t.Errorf("IsForbiddenMethod(%q) = %v", tt.method, got)
		}
	}
}

func TestStatuses(t *testing.T) {
	in := func(statuses ...int) map[int]bool {
		m := map[int]bool{}
		for _, s := range statuses {
			m[s] = true
		}
		return m
	}
	nullBody := in(101, 103, 204, 205, 304)
	redirect := in(301, 302, 303, 307, 308)
	ranges := in(206, 416)
	for s := range 1000 {
		if got := IsOKStatus(s); got != (s >= 200 && s < 300) {
			t.Errorf("IsOKStatus(%d) = %v", s, got)
		}
		if got := IsNullBodyStatus(s); got != nullBody[s] {
			t.Errorf("IsNullBodyStatus(%d) = %v", s, got)
		}
		if got := IsRedirectStatus(s); got != redirect[s] {
			t.Errorf("IsRedirectStatus(%d) = %v", s, got)
		}
		if got := IsRangeStatus(s); got != ranges[s] {
			t.Errorf("IsRangeStatus(%d) = %v", s, got)
		}
	}
}
