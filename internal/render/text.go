package render

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
)

// TextOptions says how Text writes.
type TextOptions struct {
	Width int  // columns; 0: 80; never less than 40
	Color bool // ANSI colours
	// Diagnosis is told after the verdict, if there is one.
	Diagnosis *diagnose.Diagnosis
	Secrets   Secrets
	// About is the URL that the reader of a diagnosis knows that it is about;
	// Text sets it.
	About string
}

// Bounds of what a hostile server can make Text write.
const (
	textFields = 24  // header fields of one message
	textSteps  = 24  // steps of one scene, beside the one that fails
	textBytes  = 400 // bytes of one field, URL or note
)

// Text writes t as a story for a terminal: what was asked, each exchange with
// the header fields that matter, each check, the verdict, and what the diagnosis
// says of it. No line is longer than o.Width, but for those of a fix and of
// configuration, which are there to be copied.
func Text(w io.Writer, t *browser.Trace, o TextOptions) error {
	p := newTextPrinter(o)
	p.own = t.Header
	p.url = firstURL(t)
	p.asked(t)
	for _, sc := range scenes(t) {
		p.scene(sc)
	}
	p.heldBack(t)
	p.verdict(t, o.Diagnosis != nil && len(o.Diagnosis.Problems) > 0)
	if o.Diagnosis != nil {
		p.diagnosis(o.Diagnosis)
	}
	_, err := w.Write(p.out.Bytes())
	return err
}

// firstURL is where the first request went, or was to go.
func firstURL(t *browser.Trace) string {
	for _, s := range t.Steps {
		if s.Exchange != nil {
			return s.Exchange.URL
		}
	}
	return t.URL
}

func newTextPrinter(o TextOptions) *textPrinter {
	if o.Width == 0 {
		o.Width = 80
	}
	return &textPrinter{width: max(o.Width, 40), color: o.Color, secrets: o.Secrets, url: o.About}
}

// A style is an ANSI "select graphic rendition" parameter.
type style string

const (
	plain style = ""
	bold  style = "1"
	dim   style = "2"
	red   style = "31"
	green style = "32"
)

type textPrinter struct {
	out     bytes.Buffer
	width   int
	color   bool
	secrets Secrets
	own     []browser.Field // the script's header fields
	url     string          // that the reader knows it is about
	answer  string          // that the last problem\'s fix is in
	apart   bool            // even the first section has an empty line before it
}

func (p *textPrinter) asked(t *browser.Trace) {
	who := "A page of " + t.Origin
	if t.Origin == "null" {
		who = "A page of an opaque origin (null)"
	}
	p.heading(who + " asks for")
	p.line("  ", bold, t.Method+" "+t.URL)
	for _, f := range t.Header {
		p.field("  ", plain, f)
	}
	how := fmt.Sprintf("mode %s, credentials %s", t.Mode, t.Credentials)
	if t.Redirect != browser.RedirectFollow {
		how += ", redirect " + string(t.Redirect)
	}
	p.line("  ", dim, how)
}

func (p *textPrinter) scene(sc scene) {
	if !slices.ContainsFunc(sc.steps, func(s browser.Step) bool { return s.Exchange != nil || told(s) }) {
		return
	}
	title := sceneTitles[sc.kind]
	if sc.hop > 0 {
		title += fmt.Sprintf(", redirect %d", sc.hop)
	}
	p.out.WriteByte('\n')
	p.heading(title)
	steps, left := 0, 0
	for i, s := range sc.steps {
		if s.Exchange != nil {
			p.exchange(s.Exchange, sc.weighed(i))
		}
		switch {
		case !told(s):
		case s.Decision != browser.DecisionFail && steps == textSteps:
			left++
		default:
			steps++
			p.step(s)
		}
	}
	if left > 0 {
		p.glyph("·", dim, dim, fmt.Sprintf("(and %d more steps; --json tells them all)", left))
	}
}

var sceneTitles = map[sceneKind]string{
	sceneDecision:  "The browser decides",
	scenePreflight: "The preflight",
	sceneRequest:   "The request",
}

func (p *textPrinter) exchange(x *browser.Exchange, judged map[string]browser.Decision) {
	p.line("  > ", bold, x.Method+" "+x.URL)
	p.fields("  > ", x.Header, nil)
	if x.Answer == nil {
		p.line("  < ", red, "no answer: "+x.Error)
		return
	}
	p.line("  < ", bold, statusLine(x.Answer.Status)+" (after "+duration(x.Duration)+")")
	p.fields("  < ", x.Answer.Header, judged)
}

func (p *textPrinter) fields(mark string, fields []browser.Field, judged map[string]browser.Decision) {
	shown, others := telling(fields, p.own)
	if len(shown) > textFields {
		others += len(shown) - textFields
		shown = shown[:textFields]
	}
	for _, f := range shown {
		p.field(mark, decisionStyle(judged[strings.ToLower(f.Name)]), f)
	}
	switch {
	case others == 1:
		p.line(mark, dim, "(and 1 more header field)")
	case others > 1:
		p.line(mark, dim, fmt.Sprintf("(and %d more header fields)", others))
	}
}

func (p *textPrinter) field(mark string, s style, f browser.Field) {
	p.line(mark, s, f.Name+": "+p.secrets.value(f))
}

func (p *textPrinter) step(s browser.Step) {
	switch s.Decision {
	case browser.DecisionPass:
		p.glyph("✓", green, plain, s.Note)
	case browser.DecisionFail:
		p.glyph("✗", red, plain, s.Note)
		p.line("    ", dim, s.Section)
	default:
		p.glyph("·", dim, plain, s.Note)
	}
}

func (p *textPrinter) heldBack(t *browser.Trace) {
	if held, ok := heldBack(t); ok {
		p.out.WriteByte('\n')
		p.heading("The request")
		p.glyph("✗", red, plain, "never sent: "+held.method+" "+held.url)
	}
}

// verdict leaves out the message if a cause is told after it, which says the
// same in other words: the step that failed had it already.
func (p *textPrinter) verdict(t *browser.Trace, caused bool) {
	v := t.Verdict
	p.out.WriteByte('\n')
	p.heading("Verdict")
	glyph, s := "✗", red
	if v.Outcome == browser.OutcomeAllowed || v.Outcome == browser.OutcomeOpaque {
		glyph, s = "✓", green
	}
	title := string(v.Outcome)
	if v.Reason != "" {
		title += ": " + string(v.Reason)
	}
	p.glyph(glyph, s, bold+";"+s, title)
	if v.Message != "" && !caused {
		p.glyph(" ", plain, plain, v.Message)
	}
	p.glyph(" ", plain, plain, facts(t))
}

func decisionStyle(d browser.Decision) style {
	switch d {
	case browser.DecisionPass:
		return green
	case browser.DecisionFail:
		return red
	}
	return plain
}

func (p *textPrinter) heading(s string) { p.line("", bold, s) }

// glyph writes a note behind its mark, with the lines that follow below the
// first.
func (p *textPrinter) glyph(glyph string, s, noteStyle style, note string) {
	for i, line := range wrap(p.printable(note), p.width-4, p.width-4) {
		mark := "    "
		if i == 0 {
			mark = "  " + p.styled(s, glyph) + " "
		}
		p.out.WriteString(mark + p.styled(noteStyle, line) + "\n")
	}
}

// line writes s behind a mark; where s goes over several lines, each has the
// mark, so that no part of s can pass for anything else.
func (p *textPrinter) line(mark string, st style, s string) {
	const hang = 2
	width := p.width - len(mark)
	for i, line := range wrap(p.printable(s), width, width-hang) {
		if i > 0 {
			mark = strings.Map(func(r rune) rune {
				if r == '>' || r == '<' {
					return r
				}
				return ' '
			}, mark)
			line = strings.Repeat(" ", hang) + line
		}
		p.out.WriteString(p.styled(dim, mark) + p.styled(st, line) + "\n")
	}
}

// printable returns a text as it may be shown, cut short.
func (p *textPrinter) printable(s string) string {
	return p.secrets.printable(shorten(s, textBytes))
}

func (p *textPrinter) styled(st style, s string) string {
	if !p.color || st == plain || strings.TrimSpace(s) == "" {
		return s
	}
	return "\x1b[" + string(st) + "m" + s + "\x1b[0m"
}
