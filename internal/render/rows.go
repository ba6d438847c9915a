package render

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A Row is a line of a list of verdicts.
type Row struct {
	Glyph string // empty: by Good
	Name  string
	Good  bool
	Text  string
	Below []string // lines that go with it
}

// Rows writes a list of verdicts for a terminal.
func Rows(w io.Writer, title string, rows []Row, o TextOptions) error {
	p := newTextPrinter(o)
	p.line("", bold, title)
	width := 0
	for _, r := range rows {
		width = max(width, len(r.Name))
	}
	for _, r := range rows {
		glyph, s := "✗", red
		if r.Good {
			glyph, s = "✓", green
		}
		if r.Glyph != "" {
			glyph, s = r.Glyph, dim
		}
		text := r.Text
		if r.Name != "" {
			text = strings.TrimRight(fmt.Sprintf("%-*s  %s", width, r.Name, r.Text), " ")
		}
		p.glyph(glyph, s, plain, text)
		for _, line := range r.Below {
			if line != "" {
				p.line(strings.Repeat(" ", 6), dim, line)
			}
		}
	}
	_, err := w.Write(p.out.Bytes())
	return err
}

// A Matrix is a table of what pages may do to an API.
type Matrix struct {
	Title   string
	Columns []string
	Rows    []MatrixRow
}

// A MatrixRow is what is tried with each of the columns.
type MatrixRow struct {
	Name  string
	Cells []MatrixCell
}

// A MatrixCell is how one try ended. The zero value was allowed.
type MatrixCell struct {
	Preflighted bool
	HeldBack    bool   // the request itself was not sent
	Network     bool   // no answer could be had
	Reason      string // empty: allowed
	Code        string // of the situation
	Cause, Fix  string
	Lines       []string
}

// Write writes the table for a terminal, with each cause and fix once below.
func (m Matrix) Write(w io.Writer, o TextOptions) error {
	p := newTextPrinter(o)
	p.line("", bold, m.Title)
	p.out.WriteByte('\n')
	name := 0
	for _, row := range m.Rows {
		name = max(name, len(row.Name))
	}
	column := (p.width - 2 - name) / max(1, len(m.Columns))
	line := "  " + strings.Repeat(" ", name)
	for _, c := range m.Columns {
		line += "  " + pad(c, column-2)
	}
	p.out.WriteString(p.styled(dim, strings.TrimRight(line, " ")) + "\n")
	var notes []matrixNote
	for _, row := range m.Rows {
		line := "  " + pad(row.Name, name)
		for _, cell := range row.Cells {
			line += "  " + p.cell(cell, column-2, &notes)
		}
		p.out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	p.out.WriteByte('\n')
	p.legend(m)
	for i, n := range notes {
		p.section(fmt.Sprintf("[%d] %s (%s)", i+1, n.first.Code, strings.Join(n.reasons, ", ")))
		p.glyph(" ", plain, plain, "The first: "+n.first.Cause)
		p.glyph("→", plain, plain, n.first.Fix)
		for _, line := range n.lines {
			p.copied(bold, line)
		}
	}
	_, err := w.Write(p.out.Bytes())
	return err
}

// A matrixNote tells of the cells that are mended alike.
type matrixNote struct {
	first   MatrixCell
	reasons []string
	lines   []string
}

// noteOn adds a cell to the note on its situation, and returns that one's number.
func noteOn(c MatrixCell, notes *[]matrixNote) int {
	at := slices.IndexFunc(*notes, func(n matrixNote) bool { return n.first.Code == c.Code })
	if at < 0 {
		at = len(*notes)
		*notes = append(*notes, matrixNote{first: c})
	}
	n := &(*notes)[at]
	if !slices.Contains(n.reasons, c.Reason) {
		n.reasons = append(n.reasons, c.Reason)
	}
	n.lines = union(n.lines, c.Lines)
	return at + 1
}

// cell is one verdict, with the number of its note.
func (p *textPrinter) cell(c MatrixCell, width int, notes *[]matrixNote) string {
	glyph, s, text := "✓", green, "allowed"
	switch {
	case c.Reason != "":
		glyph, s, text = "✗", red, "blocked"
		switch {
		case c.Network:
			text = "no answer"
		case strings.HasPrefix(c.Reason, "preflight."):
			text = "preflight fails"
		}
		text += " [" + strconv.Itoa(noteOn(c, notes)) + "]"
	case c.HeldBack && c.Preflighted:
		text = "preflight allows it"
	case c.HeldBack:
		glyph, s, text = "·", dim, "sent without asking"
	}
	return p.styled(s, glyph) + " " + pad(text, width-2)
}

// union puts the lines of fixes together: what lists methods or headers lists
// those of all.
func union(all, more []string) []string {
	for _, line := range more {
		name, value, _ := strings.Cut(line, ": ")
		at := slices.IndexFunc(all, func(l string) bool { return strings.HasPrefix(l, name+": ") })
		switch {
		case slices.Contains(all, line):
		case at < 0 || name != "Access-Control-Allow-Methods" && name != "Access-Control-Allow-Headers":
			all = append(all, line)
		default:
			_, listed, _ := strings.Cut(all[at], ": ")
			members := strings.Split(listed, ", ")
			for member := range strings.SplitSeq(value, ", ") {
				if !slices.Contains(members, member) {
					members = append(members, member)
				}
			}
			all[at] = name + ": " + strings.Join(members, ", ")
		}
	}
	return all
}

func (p *textPrinter) legend(m Matrix) {
	held, unasked := false, false
	for _, row := range m.Rows {
		for _, c := range row.Cells {
			held = held || c.HeldBack && c.Preflighted
			unasked = unasked || c.HeldBack && !c.Preflighted
		}
	}
	if held {
		p.glyph("✓", green, dim, "preflight allows it: the request itself was not tried; --send does")
	}
	if unasked {
		p.glyph("·", dim, dim, "sent without asking: a browser sends it with no preflight, so CORS protects the answer only; not tried, --send does")
	}
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-len(s)))
}
