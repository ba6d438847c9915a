package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"crossorigin.dev/internal/diagnose"
)

// Bounds of what a diagnosis writes.
const (
	diagnosisProblems = 8
	copiedBytes       = 2000 // of a line of a fix or of configuration
)

// DiagnosisText writes d for a terminal: what is wrong, what to change, and
// what else is wrong. It begins with an empty line, since it goes below a verdict.
func DiagnosisText(w io.Writer, d *diagnose.Diagnosis, o TextOptions) error {
	p := newTextPrinter(o)
	p.apart = true
	p.diagnosis(d)
	_, err := w.Write(p.out.Bytes())
	return err
}

func (p *textPrinter) diagnosis(d *diagnose.Diagnosis) {
	for i, problem := range d.Problems {
		if i == diagnosisProblems {
			break
		}
		if i == 0 {
			p.section("Cause")
		} else {
			p.section(fmt.Sprintf("Then (%d of %d), once that is mended", i+1, len(d.Problems)))
		}
		p.problem(problem, i == 0)
	}
	for i, problem := range d.Advice {
		if i == diagnosisProblems {
			break
		}
		p.section("Worth knowing")
		p.problem(problem, false)
	}
	if d.Config != "" {
		p.config(d)
	}
	if d.Unseen != "" {
		p.section("Not known yet")
		p.glyph(" ", plain, plain, d.Unseen)
	}
	p.more(slices.Concat(d.Problems, d.Advice))
}

// more says where each problem is written of.
func (p *textPrinter) more(problems []diagnose.Problem) {
	var codes []string
	for _, problem := range problems {
		if !slices.Contains(codes, problem.Code) {
			codes = append(codes, problem.Code)
		}
	}
	if len(codes) > 0 {
		p.out.WriteByte('\n')
	}
	for _, code := range codes {
		p.line("", dim, "More: cors explain "+code+", or docs/errors.md#"+code)
	}
}

func (p *textPrinter) section(title string) {
	if p.out.Len() > 0 || p.apart {
		p.out.WriteByte('\n')
	}
	p.heading(title)
}

// problem writes a cause and a fix; the first is under headings of its own.
func (p *textPrinter) problem(problem diagnose.Problem, first bool) {
	p.glyph(" ", plain, plain, problem.Cause)
	if first {
		for _, e := range problem.Evidence {
			p.evidence(e, problem.Cause)
		}
		p.section("Fix (" + sides[problem.Fix.Side] + ")")
		p.glyph(" ", plain, plain, problem.Fix.Do)
	} else {
		p.glyph("→", plain, plain, problem.Fix.Do)
	}
	if a := problem.Fix.Answer; a != "" && (first || a != p.answer) {
		p.glyph(" ", plain, plain, "In "+a+":")
	}
	p.answer = problem.Fix.Answer
	for _, line := range problem.Fix.Lines {
		p.copied(bold, line)
	}
	for _, warning := range problem.Warnings {
		p.glyph("!", red, plain, warning)
	}
}

// evidence writes what shows a problem as a line of the exchange that it is in,
// which needs no name if it is the one that the reader has just read of.
func (p *textPrinter) evidence(e diagnose.Evidence, cause string) {
	if strings.HasSuffix(e.Exchange, " "+p.url) && p.url != "" {
		shows := e.Shows
		if strings.HasPrefix(shows, "no ") {
			shows = "(" + shows + ")"
		}
		switch {
		case strings.HasPrefix(e.Exchange, "the request "):
			p.line("    > ", dim, shows)
			return
		case strings.HasPrefix(e.Exchange, "the answer "):
			p.line("    < ", dim, shows)
			return
		case !strings.Contains(cause, strings.TrimSuffix(shows, ".")):
			p.line("    ", dim, "("+shows+")")
		}
		return
	}
	p.line("    ", dim, "seen in "+e.Exchange+": "+e.Shows)
}

var sides = map[diagnose.Side]string{
	diagnose.SideServer:  "the server",
	diagnose.SidePage:    "the page",
	diagnose.SideUser:    "the user",
	diagnose.SideNetwork: "the network",
}

func (p *textPrinter) config(d *diagnose.Diagnosis) {
	title := "For " + d.Stack.Title()
	if d.StackSign != "" {
		title += " (" + d.StackSign + ")"
	}
	p.section(title)
	p.glyph(" ", plain, dim, d.ConfigNote)
	for line := range strings.SplitSeq(d.Config, "\n") {
		p.copied(plain, strings.ReplaceAll(line, "\t", "  "))
	}
}

// copied writes a line that is there to be copied, and so is never broken.
func (p *textPrinter) copied(s style, line string) {
	line = p.secrets.printable(shorten(line, copiedBytes))
	p.out.WriteString(strings.TrimRight("      "+p.styled(s, line), " ") + "\n")
}
