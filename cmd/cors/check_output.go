package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/render"
)

// show prints the results and writes the diagrams.
func (c *check) show(stdout io.Writer, results []result) error {
	var out bytes.Buffer
	first := results[0]
	var err error
	o := screenOf(stdout).text(c.secrets)
	switch {
	case c.json && c.allProfiles:
		err = allProfilesJSON(&out, results, render.Secrets(c.secrets))
	case c.json:
		err = render.JSON(&out, first.trace, &first.diagnosis, render.Secrets(c.secrets))
	case first.trace.Verdict.Outcome == browser.OutcomeMisuse:
		// There is no story; the error says it.
	case c.curl:
		err = render.Curl(&out, first.trace, render.Secrets(c.secrets))
	case c.allProfiles:
		err = showProfiles(&out, results, o)
	default:
		err = story(&out, first, o)
	}
	if err == nil {
		_, err = stdout.Write(out.Bytes())
	}
	if err != nil {
		return usageError("cannot write the result: %v", err)
	}
	if err := draw(c.svg, first.trace, func(w io.Writer, t *browser.Trace) error { return render.SVG(w, t, render.SVGOptions{}) }); err != nil {
		return err
	}
	return draw(c.mermaid, first.trace, render.Mermaid)
}

// draw writes a diagram to a file, if one is named.
func draw(file string, t *browser.Trace, to func(io.Writer, *browser.Trace) error) error {
	if file == "" {
		return nil
	}
	var drawing bytes.Buffer
	err := to(&drawing, t)
	if err == nil {
		err = os.WriteFile(file, drawing.Bytes(), 0o644)
	}
	if err != nil {
		return usageError("cannot write the diagram: %v", err)
	}
	return nil
}

// story tells of one fetch.
func story(w io.Writer, r result, o render.TextOptions) error {
	o.Diagnosis = &r.diagnosis
	return render.Text(w, r.trace, o)
}

func allProfilesJSON(w io.Writer, results []result, secrets render.Secrets) error {
	document := struct {
		Version  int                `json:"version"`
		Profiles []render.Diagnosed `json:"profiles"`
	}{Version: browser.TraceVersion}
	for _, r := range results {
		document.Profiles = append(document.Profiles, render.Diagnosed{Trace: r.trace, Diagnosis: &r.diagnosis})
	}
	return render.Document(w, document, secrets)
}

// straightQuotes are what Firefox's are printed as, for which printable ASCII
// has none.
var straightQuotes = strings.NewReplacer("\u2018", "'", "\u2019", "'")

// showProfiles prints a line for each browser, what each prints to its console,
// and the story of the first that blocks, or of the standard.
func showProfiles(w io.Writer, results []result, o render.TextOptions) error {
	told := results[0]
	for _, r := range results {
		if told.trace.Verdict.Reason == "" {
			told = r
		}
	}
	if err := story(w, told, o); err != nil {
		return err
	}
	var rows []render.Row
	for _, r := range results {
		v := r.trace.Verdict
		row := render.Row{Name: r.trace.Profile, Good: v.Reason == "", Text: string(v.Outcome)}
		if v.Reason != "" {
			row.Text += ": " + string(v.Reason)
		}
		if p, _ := browser.ParseProfile(r.trace.Profile); p != browser.Spec {
			row.Below = strings.Split(straightQuotes.Replace(r.trace.Console(p)), "\n")
		}
		rows = append(rows, row)
	}
	fmt.Fprintln(w)
	return render.Rows(w, "Four browsers (the story above is of "+told.trace.Profile+")", rows, o)
}
