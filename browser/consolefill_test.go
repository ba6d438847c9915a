package browser

import "testing"

// TestDecodeUTF8: as https://encoding.spec.whatwg.org/#utf-8-decoder has it, and
// Firefox's console was measured to.
func TestDecodeUTF8(t *testing.T) {
	for in, want := range map[string]string{
		"x\u00e9":       "x\u00e9",
		"x\uFFFDy":      "x\uFFFDy",
		"x\xa0\xa0":     "x\uFFFD\uFFFD",
		"x\xe2\x82y":    "x\uFFFDy",
		"\xf0\x9f\x92":  "\uFFFD",
		"\xed\xa0\x80":  "\uFFFD\uFFFD\uFFFD",
		"\xff\xe2\x82x": "\uFFFD\uFFFDx",
	} {
		if got := decodeUTF8(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
