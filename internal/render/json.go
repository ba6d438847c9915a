package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
)

// JSON writes t as one indented document, which carries its version
// (browser.TraceVersion) as its first member and the diagnosis, unless that is
// nil, as its last. Lists are never null, and the
// secrets of header fields are left out. A byte that is not UTF-8 is written
// as \xNN.
func JSON(w io.Writer, t *browser.Trace, d *diagnose.Diagnosis) error {
	return Document(w, Diagnosed{shareable(t), d})
}

// Diagnosed is the JSON form of a trace with its diagnosis.
type Diagnosed struct {
	*browser.Trace
	Diagnosis *diagnose.Diagnosis `json:"diagnosis,omitempty"`
}

// Shareable is the JSON form of a trace with its diagnosis, without secrets, as
// a part of a larger [Document].
func Shareable(t *browser.Trace, d *diagnose.Diagnosis) Diagnosed { return Diagnosed{shareable(t), d} }

// Document writes v as one indented JSON document that is safe to print.
func Document(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // it would make every & of a URL unreadable
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escapeJSON(b.Bytes()))
	return err
}

// escapeJSON escapes what encoding/json leaves as it is though it is unsafe to
// print (controls and invisible characters beyond ASCII) or to put into a
// <script> element. Outside of strings JSON has none of it.
func escapeJSON(doc []byte) []byte {
	out := make([]byte, 0, len(doc))
	for i := 0; i < len(doc); {
		r, size := utf8.DecodeRune(doc[i:])
		switch {
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		case r >= 0x7f || r == '<':
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			out = append(out, byte(r))
		}
		i += size
	}
	return out
}

// shareable returns a copy of t without secrets and without null lists.
func shareable(t *browser.Trace) *browser.Trace {
	c := *t
	c.Header = shareableFields(t.Header)
	c.Steps = slices.Clone(t.Steps)
	if c.Steps == nil {
		c.Steps = []browser.Step{}
	}
	for i := range c.Steps {
		s := &c.Steps[i]
		s.Inputs = shareableFields(s.Inputs)
		s.Note = validUTF8(s.Note)
		if s.Exchange == nil {
			continue
		}
		x := *s.Exchange
		x.Header = shareableFields(x.Header)
		if x.Answer != nil {
			a := *x.Answer
			a.Header = shareableFields(a.Header)
			x.Answer = &a
		}
		s.Exchange = &x
	}
	return &c
}

func shareableFields(fields []browser.Field) []browser.Field {
	out := make([]browser.Field, len(fields))
	for i, f := range fields {
		out[i] = browser.Field{Name: validUTF8(f.Name), Value: validUTF8(discreet(f))}
	}
	return out
}

// validUTF8 keeps the bytes that encoding/json would replace.
func validUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var out []byte
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			out = fmt.Appendf(out, `\x%02x`, s[i])
		} else {
			out = append(out, s[i:i+size]...)
		}
		i += size
	}
	return string(out)
}
