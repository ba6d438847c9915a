// Package render shows a browser.Trace to people and programs: Text for a
// terminal, SVG as a sequence diagram, JSON as one versioned document. None of
// them derives a verdict: what they say, the Trace says.
//
// A server chose much of what a Trace holds. So everything shown is printable
// ASCII but for the marks this package puts there itself (a control character
// shows as \x1b, a non-breaking space as \u00a0), and text and diagram cut
// short what is overlong. What identifies a user (cookies, Authorization, keys
// and tokens, in a URL too) is shown by its name only, in JSON too, unless
// [Secrets] are asked for: a rendering is made to be pasted into a bug report.
package render

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"crossorigin.dev/browser"
)

// printable returns s as it may be shown to anyone: without secrets, in
// printable ASCII.
func printable(s string) string { return SecretsHidden.printable(s) }

// Printable is printable for what is printed beside this package's renderings.
func Printable(s string) string { return printable(s) }

// escape returns s in printable ASCII. Anything else is written as Go writes
// it in a string, so that an escape sequence cannot reach a terminal and a
// letter that only looks like another shows itself.
func escape(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = s[i] >= ' ' && s[i] <= '~'
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r >= ' ' && r <= '~':
			b.WriteByte(byte(r))
		case r == utf8.RuneError && size == 1, r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += size
	}
	return b.String()
}

// matters reports whether a header field takes part in the story: CORS looks
// at it, or it is what makes a request need CORS.
func matters(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "origin", "vary", "cookie", "set-cookie", "authorization", "content-type", "location",
		"cross-origin-resource-policy":
		return true
	}
	return strings.HasPrefix(name, "access-control-")
}

// telling returns the fields that matter, those of the script's own among
// them, and how many others there are.
func telling(fields, own []browser.Field) (shown []browser.Field, others int) {
	for _, f := range fields {
		if !matters(f.Name) && !named(own, f.Name) {
			others++
			continue
		}
		shown = append(shown, f)
	}
	return shown, others
}

func named(fields []browser.Field, name string) bool {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return true
		}
	}
	return false
}

// statusLine is a status with its usual words: "204 No Content".
func statusLine(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}
