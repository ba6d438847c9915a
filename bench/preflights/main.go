// Command preflights counts the preflights that a page costs which makes mixed
// calls for ten minutes, in each browser and with each middleware, and writes
// docs/preflights.md to standard output.
//
//	go run ./preflights > ../docs/preflights.md
package main

import (
	_ "embed"
	"fmt"
	"os"
	"strings"
	"text/template"
	"time"

	"crossorigin.dev/browser"
)

//go:embed preflights.md.tmpl
var document string

var profiles = []browser.Profile{browser.Spec, browser.Chromium, browser.Firefox, browser.WebKit}

// ages are what servers tell browsers to keep a preflight for; 0 is nothing.
var ages = []time.Duration{0, 10 * time.Minute}

func main() {
	text, err := report()
	if err != nil {
		fmt.Fprintln(os.Stderr, "preflights:", err)
		os.Exit(1)
	}
	fmt.Print(text)
}

// report runs every session and writes the document.
func report() (string, error) {
	var tables []table
	for _, age := range ages {
		t := table{Age: "no `Access-Control-Max-Age`"}
		if age != 0 {
			t.Age = fmt.Sprintf("`Access-Control-Max-Age: %d`", seconds(age))
		}
		for _, p := range profiles {
			line := []string{p.String()}
			for _, s := range servers {
				count, err := preflights(p, s.build(age))
				if err != nil {
					return "", fmt.Errorf("%s, profile %s: %w", s.name, p, err)
				}
				line = append(line, fmt.Sprint(count))
			}
			t.Lines = append(t.Lines, line)
		}
		tables = append(tables, t)
	}
	t, err := template.New("preflights").Funcs(template.FuncMap{"join": strings.Join}).Parse(document)
	if err != nil {
		return "", err
	}
	names := []string{""}
	for _, s := range servers {
		names = append(names, s.name)
	}
	var b strings.Builder
	err = t.Execute(&b, map[string]any{"Calls": len(calls()), "Habits": habits, "Names": names, "Tables": tables})
	return b.String(), err
}

type table struct {
	Age   string
	Lines [][]string
}
