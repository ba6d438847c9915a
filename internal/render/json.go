package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"unicode/utf8"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
)

// JSON writes t as one indented document, which carries its version
// (browser.TraceVersion) as its first member and the diagnosis, unless that is
// nil, as its last; see [Document].
func JSON(w io.Writer, t *browser.Trace, d *diagnose.Diagnosis, secrets Secrets) error {
	return Document(w, Diagnosed{t, d}, secrets)
}

// Diagnosed is the JSON form of a trace with its diagnosis.
type Diagnosed struct {
	*browser.Trace
	Diagnosis *diagnose.Diagnosis `json:"diagnosis,omitempty"`
}

// Document writes v as one indented JSON document that is safe to print. Lists
// are never null, secrets are left out unless they are asked for, and a byte that
// is not UTF-8 is written as \xNN.
func Document(w io.Writer, v any, secrets Secrets) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // it would make every & of a URL unreadable
	e.SetIndent("", "  ")
	if err := e.Encode(documented(reflect.ValueOf(v), secrets).Interface()); err != nil {
		return err
	}
	_, err := w.Write(escapeJSON(b.Bytes()))
	return err
}

var fieldType = reflect.TypeFor[browser.Field]()

// documented returns a copy of what a document shows: lists that are not nil,
// strings of UTF-8, and secrets only if they are asked for. What v points to
// stays as it is.
func documented(v reflect.Value, secrets Secrets) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		out.SetString(validUTF8(secrets.text(v.String())))
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			break
		}
		inner := documented(v.Elem(), secrets)
		if v.Kind() == reflect.Pointer {
			out.Set(reflect.New(inner.Type()))
			out.Elem().Set(inner)
		} else {
			out.Set(inner)
		}
	case reflect.Slice:
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(documented(v.Index(i), secrets))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(documented(v.Field(i), secrets))
			}
		}
		if v.Type() == fieldType {
			f := v.Interface().(browser.Field)
			out.FieldByName("Value").SetString(validUTF8(secrets.value(f)))
		}
	}
	return out
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
