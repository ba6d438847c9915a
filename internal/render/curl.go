package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"crossorigin.dev/browser"
)

// Curl writes the requests of t as commands of curl that send the same, for a
// POSIX shell, each with what to look for in the answer. Secrets are left out:
// where a value is "...", the reader puts his own.
func Curl(w io.Writer, t *browser.Trace) error {
	var out bytes.Buffer
	exchanges := 0
	for _, s := range t.Steps {
		if s.Exchange == nil {
			continue
		}
		exchanges++
		what := "the request"
		if s.Exchange.Preflight {
			what = "the preflight"
		}
		if s.Hop > 0 {
			what += fmt.Sprintf(", redirect %d", s.Hop)
		}
		fmt.Fprintf(&out, "# %d. %s\n%s\n", exchanges, what, curlCommand(s.Exchange))
	}
	if held, ok := heldBack(t); ok {
		fmt.Fprintf(&out, "# never sent: %s\n", printable(shorten(held.method+" "+held.url, textBytes)))
	}
	_, err := w.Write(out.Bytes())
	return err
}

func curlCommand(x *browser.Exchange) string {
	command := "curl -i"
	switch x.Method {
	case "GET":
	case "HEAD":
		command = "curl -I"
	default:
		command += " -X " + shellWord(x.Method)
	}
	command += " " + shellWord(x.URL)
	for _, f := range x.Header {
		switch strings.ToLower(f.Name) {
		case "content-length", "host":
			continue // curl's own
		}
		command += " \\\n  -H " + shellWord(f.Name+": "+discreet(f))
	}
	if x.BodySize > 0 {
		command += fmt.Sprintf(" \\\n  --data-binary @body   # the %d bytes of the body", x.BodySize)
	}
	return command
}

// shellWord quotes s for a POSIX shell.
func shellWord(s string) string {
	s = printable(s)
	plain := strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@%+,", r))
	}) < 0
	if plain && s != "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
