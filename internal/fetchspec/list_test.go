package fetchspec

import (
	"slices"
	"strings"
	"testing"
)

func TestGetDecodeSplit(t *testing.T) {
	tests := []struct {
		lines, want []string
	}{
		{nil, nil},
		{[]string{""}, []string{""}},
		{[]string{"a"}, []string{"a"}},
		{[]string{"a,"}, []string{"a", ""}},
		{[]string{",a"}, []string{"", "a"}},
		{[]string{"a", "b"}, []string{"a", "b"}},
		{[]string{" a\t,\tb "}, []string{"a", "b"}},
		{[]string{`"a,b", c`}, []string{`"a,b"`, "c"}},
		{[]string{`x"a,\",b"y,c`}, []string{`x"a,\",b"y`, "c"}},
		{[]string{`a, "b, c`}, []string{"a", `"b, c`}},
		{[]string{`"`, "a"}, []string{`", a`}}, // an open quote swallows the next line
		{[]string{`"a\`}, []string{`"a\`}},
		{[]string{`"a""b,c",d`}, []string{`"a""b,c"`, "d"}},
	}
	for _, tt := range tests {
		if got := GetDecodeSplit(tt.lines); !slices.Equal(got, tt.want) {
			t.Errorf("GetDecodeSplit(%q) = %q, want %q", tt.lines, got, tt.want)
		}
	}
}

func TestTokenList(t *testing.T) {
	tests := []struct {
		lines, want []string
		bad         string
	}{
		{nil, nil, ""},
		{[]string{""}, nil, ""},
		{[]string{"PUT"}, []string{"PUT"}, ""},
		{[]string{"PUT,DELETE"}, []string{"PUT", "DELETE"}, ""},
		{[]string{",PUT,,"}, []string{"PUT"}, ""},
		{[]string{" \tPUT \t,\t DELETE"}, []string{"PUT", "DELETE"}, ""},
		{[]string{"x-a", "x-b"}, []string{"x-a", "x-b"}, ""},
		{[]string{"*"}, []string{"*"}, ""},
		{[]string{"PUT,@"}, nil, "@"},
		{[]string{"Bad value"}, nil, "Bad value"},
		{[]string{"x-a; x-b"}, nil, "x-a; x-b"},
		{[]string{"x-a", "x b"}, nil, "x b"},
		{[]string{`"x-a"`}, nil, `"x-a"`},
		{[]string{"PUT\n"}, nil, "PUT\n"},
	}
	for _, tt := range tests {
		got, bad, ok := TokenList(tt.lines)
		if !slices.Equal(got, tt.want) || bad != tt.bad || ok != (tt.bad == "") {
			t.Errorf("TokenList(%q) = %q, %q, %v; want %q, %q", tt.lines, got, bad, ok, tt.want, tt.bad)
		}
	}
}

func TestMaxAge(t *testing.T) {
	tests := []struct {
		lines []string
		want  int64
		ok    bool
	}{
		{nil, 0, false},
		{[]string{""}, 0, false},
		{[]string{"0"}, 0, true},
		{[]string{"5"}, 5, true},
		{[]string{"0060"}, 60, true},
		{[]string{"2147483647"}, 2147483647, true},
		{[]string{"2147483648"}, MaxAgeLimit, true},
		{[]string{"99999999999999999999"}, MaxAgeLimit, true},
		{[]string{strings.Repeat("9", 5000)}, MaxAgeLimit, true},
		{[]string{"-1"}, 0, false},
		{[]string{"+60"}, 0, false},
		{[]string{"60.5"}, 0, false},
		{[]string{"60s"}, 0, false},
		{[]string{"60, 60"}, 0, false},
		{[]string{"60 "}, 0, false},
		{[]string{"abc"}, 0, false},
		{[]string{"/"}, 0, false}, // either side of the digits
		{[]string{":"}, 0, false},
		{[]string{"60", "60"}, 0, false},
	}
	for _, tt := range tests {
		if got, ok := MaxAge(tt.lines); ok != tt.ok || ok && got != tt.want {
			t.Errorf("MaxAge(%q) = %d, %v; want %d, %v", tt.lines, got, ok, tt.want, tt.ok)
		}
	}
}

// The seeds of the fuzz targets are in testdata/fuzz.

func FuzzGetDecodeSplit(f *testing.F) {
	f.Fuzz(func(t *testing.T, value string) {
		members := GetDecodeSplit([]string{value})
		if !strings.Contains(value, `"`) {
			plain := strings.Split(value, ",")
			for i := range plain {
				plain[i] = strings.Trim(plain[i], "\t ")
			}
			if !slices.Equal(members, plain) {
				t.Fatalf("%q without quotes splits into %q", value, members)
			}
		}
		for _, m := range members {
			if strings.Trim(m, "\t ") != m || !strings.Contains(value, m) {
				t.Fatalf("%q has the member %q", value, m)
			}
		}
	})
}

func FuzzTokenList(f *testing.F) {
	f.Fuzz(func(t *testing.T, value string) {
		tokens, bad, ok := TokenList([]string{value})
		if ok != (bad == "") || !ok && IsToken(bad) {
			t.Fatalf("%q: bad member %q, ok %v", value, bad, ok)
		}
		for _, token := range tokens {
			if !IsToken(token) {
				t.Fatalf("%q gives %q, no token", value, token)
			}
		}
		again, _, stillOK := TokenList([]string{strings.Join(tokens, ",")})
		if !stillOK || !slices.Equal(again, tokens) {
			t.Fatalf("%q gives %q, and those joined give %q", value, tokens, again)
		}
	})
}

func FuzzMaxAge(f *testing.F) {
	f.Fuzz(func(t *testing.T, value string) {
		got, ok := MaxAge([]string{value})
		digits := value != "" && strings.Trim(value, "0123456789") == ""
		if ok != digits || got < 0 || got > MaxAgeLimit {
			t.Fatalf("MaxAge(%q) = %d, %v", value, got, ok)
		}
	})
}
