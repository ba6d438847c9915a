package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"crossorigin.dev/browser"
)

// Curl writes the requests of t as commands of curl that send the same, for a
// POSIX shell. Where a secret is left out, a first line says so.
func Curl(w io.Writer, t *browser.Trace, secrets Secrets) error {
	var out bytes.Buffer
	if hidesAny(t, secrets) {
		out.WriteString("# What is secret is left out: put yours where \"...\" is, or use --show-secrets.\n")
	}
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
		fmt.Fprintf(&out, "# %d. %s\n%s\n", exchanges, what, curlCommand(s.Exchange, secrets))
	}
	if held, ok := heldBack(t); ok {
		fmt.Fprintf(&out, "# never sent: %s\n", secrets.printable(shorten(held.method+" "+held.url, textBytes)))
	}
	_, err := w.Write(out.Bytes())
	return err
}

// hidesAny reports whether a secret of the requests is left out.
func hidesAny(t *browser.Trace, secrets Secrets) bool {
	for _, s := range t.Steps {
		if s.Exchange == nil {
			continue
		}
		if secrets.text(s.Exchange.URL) != s.Exchange.URL {
			return true
		}
		for _, f := range s.Exchange.Header {
			if secrets.value(f) != f.Value {
				return true
			}
		}
	}
	return false
}

func curlCommand(x *browser.Exchange, secrets Secrets) string {
	command := "curl -i"
	switch x.Method {
	case "GET":
	case "HEAD":
		command = "curl -I"
	default:
		command += " -X " + shellWord(x.Method)
	}
	command += " " + shellWord(secrets.text(x.URL))
	for _, f := range x.Header {
		switch strings.ToLower(f.Name) {
		case "content-length", "host":
			continue // curl's own
		}
		command += " \\\n  -H " + shellWord(f.Name+": "+secrets.value(f))
	}
	if x.BodySize > 0 {
		command += fmt.Sprintf(" \\\n  --data-binary @body   # the %d bytes of the body", x.BodySize)
	}
	return command
}

// shellWord quotes s for a POSIX shell.
func shellWord(s string) string {
	s = escape(s)
	plain := strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@%+,", r))
	}) < 0
	if plain && s != "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Command writes a command line, given in parts, below a title: over several
// lines where the terminal is narrow.
func Command(w io.Writer, title string, parts []string, o TextOptions) error {
	p := newTextPrinter(o)
	p.apart = true
	p.section(title)
	line := strings.Join(parts, " ")
	if 6+len(line) > p.width {
		line = strings.Join(parts, " \\\n    ")
	}
	for line := range strings.SplitSeq(line, "\n") {
		p.copied(plain, line)
	}
	_, err := w.Write(p.out.Bytes())
	return err
}
