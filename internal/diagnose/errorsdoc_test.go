package diagnose

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

var update = flag.Bool("update", false, "write docs/errors.md")

const errorsDoc = "../../docs/errors.md"

// TestErrorsDoc holds docs/errors.md to what the situations and the proofs say.
func TestErrorsDoc(t *testing.T) {
	var b strings.Builder
	b.WriteString(errorsIntroduction)
	for _, s := range situations {
		fmt.Fprintf(&b, "| %d | [%s](#%s) | %s | %s |\n", s.number, s.code, s.code, escapeMarkdown(s.title), sideNames[s.side])
	}
	b.WriteString("\n## The situations\n")
	for _, s := range situations {
		writeSituation(t, &b, s)
	}
	b.WriteString(wordsIntroduction)
	for _, s := range situations {
		for _, r := range s.reasons {
			if firstWith(r) == s {
				writeWords(&b, r)
			}
		}
	}
	got := b.String()
	if *update {
		if err := os.WriteFile(errorsDoc, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(errorsDoc)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("docs/errors.md is not what it should be; run go test ./internal/diagnose -run TestErrorsDoc -update")
	}
}

const errorsIntroduction = `# CORS errors, one by one

Written by ` + "`go test ./internal/diagnose -run TestErrorsDoc -update`" + ` from what
` + "`cors check`" + ` and ` + "`cors explain`" + ` know. Each example below was run on loopback, and run
again with its fix. ` + "`cors explain CODE`" + ` prints a section without its example.

Browsers look in this order: is there an Access-Control-Allow-Origin, and is it
right; are credentials allowed; then, of a preflight, its status, the method, the
headers. WebKit looks at a preflight's status first.

| | code | what it is | who mends it |
|--:|---|---|---|
`

const wordsIntroduction = `
## What the browsers write

For each reason that ` + "`cors check`" + ` names: the words of Chromium 156, Firefox 153 and
Safari (WebKit's source), with example values. A dash: that browser writes nothing
of its own, or does not know the reason.
`

var sideNames = map[Side]string{SideServer: "the server", SidePage: "the page", SideUser: "the user", SideNetwork: "nobody: no server was reached"}

func writeSituation(t *testing.T, b *strings.Builder, s *situation) {
	fmt.Fprintf(b, "\n### %s\n\n%d. %s. %s\n", s.code, s.number, escapeMarkdown(s.title), escapeMarkdown(s.about))
	if len(s.reasons) > 0 {
		var links []string
		for _, r := range s.reasons {
			links = append(links, fmt.Sprintf("[`%s`](#%s)", r, anchor(r)))
		}
		fmt.Fprintf(b, "\nReasons: %s.\n", strings.Join(links, ", "))
	}
	trace := traceOf(t, proofOf(t, s.code).setting)
	d := Of(trace, Options{Stack: "nginx"})
	all := append(slices.Clone(d.Problems), d.Advice...)
	found := all[slices.IndexFunc(all, func(q Problem) bool { return q.Number == s.number })]
	fmt.Fprintf(b, "\nExample: `%s %s` from a page of `%s`", trace.Method, trace.URL, trace.Origin)
	if trace.Credentials == browser.CredentialsInclude {
		b.WriteString(", with credentials")
	}
	if trace.Mode != browser.ModeCORS {
		fmt.Fprintf(b, ", mode `%s`", trace.Mode)
	}
	fmt.Fprintf(b, ".\n\nCause: %s\n\nFix (%s): %s", escapeMarkdown(found.Cause), sideNames[found.Fix.Side], escapeMarkdown(found.Fix.Do))
	if found.Fix.Answer != "" {
		fmt.Fprintf(b, " In %s:", escapeMarkdown(found.Fix.Answer))
	}
	fmt.Fprintf(b, "\n\n```\n%s\n```\n", strings.Join(found.Fix.Lines, "\n"))
	if d.Config != "" && s.config != configNone {
		fmt.Fprintf(b, "\nFor nginx:\n\n```\n%s\n```\n", d.Config)
	}
	for _, w := range found.Warnings {
		fmt.Fprintf(b, "\n> **Careful:** %s\n", escapeMarkdown(w))
	}
}

// firstWith returns the first situation that names a reason.
func firstWith(r browser.Reason) *situation {
	return situations[slices.IndexFunc(situations, func(s *situation) bool { return slices.Contains(s.reasons, r) })]
}

func writeWords(b *strings.Builder, r browser.Reason) {
	m := Message{Reason: r, URL: api + "/items", Origin: site, Method: "PUT", Header: "x-a", Status: 404, Value: exampleValue(r), Space: "loopback", Declared: "local", Line: "the failure"}
	if r == browser.ReasonSchemeNotSupported {
		m.URL = "ftp://localhost/items"
	}
	trace := m.trace()
	if r.Kind() == browser.KindMisuse {
		trace.Verdict.Outcome = browser.OutcomeMisuse
	}
	var codes []string
	for _, s := range situations {
		if slices.Contains(s.reasons, r) {
			codes = append(codes, fmt.Sprintf("[%s](#%s)", s.code, s.code))
		}
	}
	fmt.Fprintf(b, "\n### %s\n\nSee %s.\n\n", anchorTitle(r), strings.Join(codes, ", "))
	e := &browser.Error{Kind: r.Kind(), Reason: r, Trace: trace}
	for _, p := range []browser.Profile{browser.Chromium, browser.Firefox, browser.WebKit} {
		name := map[browser.Profile]string{browser.Chromium: "Chromium", browser.Firefox: "Firefox", browser.WebKit: "Safari"}[p]
		text := trace.Console(p)
		if r.Kind() == browser.KindMisuse {
			text = strings.TrimSuffix(e.ScriptError(p), "TypeError: ")
		}
		if text == "" {
			fmt.Fprintf(b, "- %s: –\n", name)
			continue
		}
		fmt.Fprintf(b, "- %s: `%s`\n", name, strings.Join(strings.Split(text, "\n"), "` / `"))
	}
	if code, _ := e.CORSError(); code != "" {
		fmt.Fprintf(b, "- DevTools protocol: `%s`\n", code)
	}
}

func exampleValue(r browser.Reason) string {
	switch corsReason(r) {
	case browser.ReasonACAOMultiple:
		return site + ", http://localhost:3000"
	case browser.ReasonACAOInvalid:
		return "localhost"
	case browser.ReasonACAOMismatch:
		return "http://localhost:3000"
	case browser.ReasonACACNotTrue:
		return "True"
	case browser.ReasonPreflightMethodsParse:
		return "PUT; GET"
	case browser.ReasonPreflightHeadersParse:
		return "x-a; x-b"
	case browser.ReasonRedirectUserinfo:
		return "http://u:p@localhost:9000/"
	case browser.ReasonPreflightRedirect:
		return "/elsewhere"
	}
	return ""
}

// A reason's heading has its dots, which its anchor has not.
func anchorTitle(r browser.Reason) string { return "`" + string(r) + "`" }

func anchor(r browser.Reason) string { return strings.ReplaceAll(string(r), ".", "") }

func escapeMarkdown(s string) string {
	return strings.NewReplacer("*", `\*`, "<", "&lt;", "_", `\_`).Replace(s)
}
