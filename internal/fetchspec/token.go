package fetchspec

import "strings"

// tchar marks the bytes of a token,
// https://httpwg.org/specs/rfc9110.html#rfc.section.5.6.2.
var tchar = byteSet("!#$%&'*+-.^_`|~0123456789" + letters)

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func byteSet(members string) (set [256]bool) {
	for i := range len(members) {
		set[members[i]] = true
	}
	return set
}

// IsToken reports whether s is a token: a method, and a header's name, is one
// or it is not a method or name at all.
// https://fetch.spec.whatwg.org/#concept-method,
// https://fetch.spec.whatwg.org/#header-name
func IsToken(s string) bool {
	for i := range len(s) {
		if !tchar[s[i]] {
			return false
		}
	}
	return s != ""
}

// Lower returns s with its ASCII letters in lower case. Unlike
// strings.ToLower it leaves every other byte as it is, so that no letter
// outside ASCII becomes one inside.
func Lower(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return lower(s)
		}
	}
	return s
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// EqualFold reports whether a and b are the same but for the case of ASCII
// letters: how names of headers are compared.
func EqualFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		x, y := a[i], b[i]
		if x == y {
			continue
		}
		if x|0x20 != y|0x20 || x|0x20 < 'a' || x|0x20 > 'z' {
			return false
		}
	}
	return true
}

// NormalizeValue strips HTTP whitespace (tab, LF, CR, space) from both ends.
// https://fetch.spec.whatwg.org/#concept-header-value-normalize
func NormalizeValue(value string) string { return strings.Trim(value, "\t\n\r ") }

// IsValue reports whether value may be a header's value: no NUL, LF or CR
// anywhere, no tab or space at either end.
// https://fetch.spec.whatwg.org/#header-value
func IsValue(value string) bool {
	return !strings.ContainsAny(value, "\x00\n\r") && strings.Trim(value, "\t ") == value
}
