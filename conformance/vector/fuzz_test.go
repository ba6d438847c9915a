package vector_test

import (
	"reflect"
	"testing"

	"crossorigin.dev/conformance/vector"
)

// FuzzParse reads any text; what can be read can be written, and is then the
// same.
func FuzzParse(f *testing.F) {
	f.Add(readme(f))
	f.Add("about: x\nvectors: []\n")
	f.Add("vectors:\n- name: a\n  page: {url: http://a.test, sandbox: true}\n  steps:\n  - pause: 1\n  - xhr: /x\n    body: {stream: a, times: 3}\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := vector.Parse([]byte(text))
		if err != nil {
			return
		}
		written := file.Text()
		again, err := vector.Parse(written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if got := again.Text(); !reflect.DeepEqual(got, written) {
			t.Errorf("written\n%s\nread and written again\n%s", written, got)
		}
	})
}

// FuzzEscape escapes any bytes, and gets them back.
func FuzzEscape(f *testing.F) {
	for _, seed := range []string{"", "a", ` a\x20`, "\t\r\n\\", "\xff\x00é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := vector.Unescape(vector.Escape(text)); err != nil || got != text {
			t.Errorf("%q escaped is %q, and back %q (%v)", text, vector.Escape(text), got, err)
		}
		vector.Unescape(text) // which need not be valid
	})
}

// FuzzParseAnswer reads any text as an answer.
func FuzzParseAnswer(f *testing.F) {
	for _, seed := range []string{"200", "hang", "204 delay=5 cut=0\nA: b\n\nbody", "200 chunked\n\\x", "x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := vector.ParseAnswer(text)
		if err == nil && !a.Hang && !a.Drop && (a.Status < 100 || a.Status > 999) {
			t.Errorf("%q has status %d", text, a.Status)
		}
	})
}
