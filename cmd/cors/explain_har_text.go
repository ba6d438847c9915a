package main

import (
	"bytes"
	"fmt"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/har"
	"crossorigin.dev/internal/render"
)

// text tells of the findings on a terminal.
func (fs *findings) text(out *bytes.Buffer, name string, h har.Header, options render.TextOptions) error {
	who := h.Creator
	if who == "" {
		who = "an unknown exporter"
	}
	total := 0
	for _, n := range fs.counts {
		total += n
	}
	var rows []render.Row
	for _, v := range []har.Verdict{har.Blocked, har.Network, har.Unclear, har.Allowed} {
		if n := fs.counts[v]; n > 0 {
			rows = append(rows, render.Row{Name: string(v), Good: v == har.Allowed, Text: fmt.Sprint(n)})
		}
	}
	title := fmt.Sprintf("%s, by %s: %d entries, %d requests to other origins", name, who, h.Entries, total)
	if err := render.Rows(out, title, rows, options); err != nil {
		return err
	}
	for i, g := range fs.groups {
		out.WriteByte('\n')
		if err := g.text(out, i+1, options); err != nil {
			return err
		}
	}
	if len(fs.groups) == mostGroups {
		fmt.Fprintf(out, "\nThere may be more that differ: only the first %d are told.\n", mostGroups)
	}
	if err := fs.conditionals(out, options); err != nil {
		return err
	}
	out.WriteByte('\n')
	var cannot []render.Row
	for _, note := range notShown(h.Profile) {
		cannot = append(cannot, render.Row{Glyph: "·", Text: note})
	}
	return render.Rows(out, "What this file cannot show", cannot, options)
}

// mostAlike bounds how many of a group are named.
const mostAlike = 8

func (g *group) text(out *bytes.Buffer, number int, options render.TextOptions) error {
	first := g.findings[0]
	below := []string{"page: " + first.Origin, fmt.Sprintf("entry %d, byte %d; %s", first.Entry, first.Offset, sureness[first.Sure])}
	if first.Count > 1 {
		below = append(below, fmt.Sprintf("%d requests alike", first.Count))
	}
	below = append(below, first.Notes...)
	for i, f := range g.findings[1:] {
		if i == mostAlike {
			below = append(below, fmt.Sprintf("and %d more alike", len(g.findings)-1-i+g.more))
			break
		}
		below = append(below, fmt.Sprintf("so is %s %s, entry %d", f.Method, f.URL, f.Entry))
	}
	verdict := string(first.Verdict)
	if first.Reason != "" {
		verdict += ": " + string(first.Reason)
	}
	row := render.Row{Name: verdict, Good: first.Verdict == har.Allowed, Below: below}
	if err := render.Rows(out, fmt.Sprintf("%d. %s %s", number, first.Method, first.URL), []render.Row{row}, options); err != nil {
		return err
	}
	options.About = first.URL
	return render.DiagnosisText(out, &first.Diagnosis, options)
}

// mostConditionals bounds how many of them are told on a terminal.
const mostConditionals = 10

// conditionals tells of the requests that were allowed if they were made
// without credentials.
func (fs *findings) conditionals(out *bytes.Buffer, options render.TextOptions) error {
	if len(fs.withoutOnly) == 0 {
		return nil
	}
	var rows []render.Row
	for i, c := range fs.withoutOnly {
		if i == mostConditionals {
			rows = append(rows, render.Row{Glyph: "·", Text: fmt.Sprintf("and %d more", len(fs.withoutOnly)-i+fs.withoutMore)})
			break
		}
		rows = append(rows, render.Row{Glyph: "·", Text: c.Method + " " + c.URL + ": " + string(c.Reason)})
	}
	out.WriteByte('\n')
	return render.Rows(out, "Allowed, but blocked if the script asked with credentials: \"include\"", rows, options)
}

var sureness = map[har.Confidence]string{
	har.Certain: "certain: what was recorded decides it",
	har.Likely:  "likely: one thing is inferred",
	har.Guess:   "a guess: the file shows too little",
}

// notShown says what is not in a file of that browser.
func notShown(p browser.Profile) []string {
	notes := []string{
		"whether a preflight was remembered from earlier, what extensions did, and why a request was never sent",
		"the credentials mode, unless a cookie was sent; tell it with --credentials",
	}
	switch p {
	case browser.Chromium:
		notes = append(notes, "cookies and Authorization, unless it was exported with sensitive data")
	case browser.Firefox:
		notes = append(notes, "that a response was hidden from the script: it looks like a success")
	case browser.WebKit:
		notes = append(notes, "requests that failed: Safari leaves them out, so no CORS error is in this file; use its console's text, or record in another browser")
	}
	return notes
}
