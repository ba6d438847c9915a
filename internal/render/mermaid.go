package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"crossorigin.dev/browser"
)

// Bounds of what a hostile server can make Mermaid write.
const (
	mermaidBytes   = 120 // of one text
	mermaidServers = 8
)

// Mermaid writes t as a sequence diagram in the language of Mermaid, which
// GitHub, GitLab and many wikis draw.
func Mermaid(w io.Writer, t *browser.Trace) error {
	m := &mermaid{servers: map[string]string{}}
	m.line("sequenceDiagram")
	m.line("  participant P as Page<br/>%s", mermaidText(t.Origin))
	m.line("  participant B as Browser<br/>%s", mermaidText(profileName(t.Profile)))
	for _, s := range t.Steps {
		if s.Exchange != nil {
			m.server(s.Exchange.URL)
		}
	}
	held, isHeld := heldBack(t)
	if isHeld {
		m.server(held.url)
	}
	m.line("  P->>B: fetch %s", mermaidText(t.Method+" "+t.URL))
	for _, s := range t.Steps {
		m.step(s)
	}
	if isHeld {
		m.line("  B--x%s: never sent: %s", m.server(held.url), mermaidText(held.method+" "+target(held.url)))
	}
	arrow := "-->>"
	if o := t.Verdict.Outcome; o != browser.OutcomeAllowed && o != browser.OutcomeOpaque {
		arrow = "--x"
	}
	m.line("  B%sP: %s", arrow, mermaidText(verdictTitle(t.Verdict)))
	m.line("  Note over P,B: %s", mermaidText(t.Verdict.Message))
	_, err := w.Write(m.out.Bytes())
	return err
}

func verdictTitle(v browser.Verdict) string {
	if v.Reason != "" {
		return string(v.Outcome) + ": " + string(v.Reason)
	}
	return string(v.Outcome)
}

type mermaid struct {
	out     bytes.Buffer
	servers map[string]string // the participant of each
}

func (m *mermaid) line(format string, args ...any) { fmt.Fprintf(&m.out, format+"\n", args...) }

// server returns the participant for a URL's server, and declares it at first.
func (m *mermaid) server(rawURL string) string {
	origin := serverOf(rawURL)
	name, known := m.servers[origin]
	if known {
		return name
	}
	if len(m.servers) == mermaidServers {
		return fmt.Sprintf("S%d", mermaidServers)
	}
	name = fmt.Sprintf("S%d", len(m.servers)+1)
	m.servers[origin] = name
	m.line("  participant %s as Server<br/>%s", name, mermaidText(origin))
	return name
}

func (m *mermaid) step(s browser.Step) {
	if x := s.Exchange; x != nil {
		name := m.server(x.URL)
		m.line("  B->>%s: %s", name, mermaidText(x.Method+" "+target(x.URL)))
		m.fields(name, x.Header)
		if x.Answer == nil {
			m.line("  %s--xB: no answer", name)
			return
		}
		m.line("  %s-->>B: %s", name, mermaidText(statusLine(x.Answer.Status)))
		m.fields(name, x.Answer.Header)
	}
	if s.Decision == browser.DecisionFail {
		m.line("  Note over B: ✗ %s", mermaidText(s.Note))
	}
}

// fields notes the header fields that CORS looks at.
func (m *mermaid) fields(name string, fields []browser.Field) {
	var lines []string
	for _, f := range fields {
		lower := strings.ToLower(f.Name)
		if (lower == "origin" || strings.HasPrefix(lower, "access-control-")) && len(lines) < textFields {
			lines = append(lines, mermaidText(f.Name+": "+SecretsHidden.value(f)))
		}
	}
	if len(lines) > 0 {
		m.line("  Note left of %s: %s", name, strings.Join(lines, "<br/>"))
	}
}

// mermaidText returns s as text of a diagram: what Mermaid would read as its
// own is written as its entities.
func mermaidText(s string) string {
	return strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;", "&", "#amp;", "%", "#37;", "{", "#123;", "}", "#125;").Replace(printable(shorten(s, mermaidBytes)))
}
