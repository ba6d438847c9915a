package main

import (
	"bufio"
	_ "embed"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"text/template"
	"time"
)

//go:embed report.md.tmpl
var reportTemplate string

// A report is a whole run.
type report struct {
	lines   []line
	rounds  int
	round   time.Duration
	elapsed time.Duration
}

// text writes the report in Markdown.
func (r report) text() (string, error) {
	t, err := template.New("report").Parse(reportTemplate)
	if err != nil {
		return "", err
	}
	var tables []table
	for p, platform := range platforms {
		text := ""
		if p == 0 {
			text = httpTable(r.lines)
		} else {
			text = frameworkTable(r.lines, p)
		}
		tables = append(tables, table{platform.name, text})
	}
	ranked, unranked, computed := shortfalls(r.lines)
	var b strings.Builder
	err = t.Execute(&b, map[string]any{
		"Rounds":    r.rounds,
		"Round":     r.round,
		"Elapsed":   r.elapsed,
		"Date":      time.Now().UTC().Format(time.DateOnly),
		"Go":        runtime.Version(),
		"System":    runtime.GOOS + "/" + runtime.GOARCH,
		"Cores":     runtime.GOMAXPROCS(0),
		"Processor": processor(),
		"Versions":  versions(),
		"Tables":    tables,
		"Remarks":   remarks,
		"Rows":      len(r.lines),
		"Ranked":    ranked,
		"Unranked":  unranked,
		"Computed":  computed,
		"Allocs":    r.allocs(),
		"Growth":    r.growth(),
		"Hostile":   r.hostile(),
	})
	return b.String(), err
}

type table struct{ Name, Text string }

// allocs tells how much our middleware allocates.
func (r report) allocs() string {
	counts := map[float64]int{}
	var most float64
	for _, l := range r.lines {
		n := l.ours().result.allocs
		counts[n]++
		most = max(most, n)
	}
	var parts []string
	for n := 0.0; n <= most; n++ {
		if counts[n] > 0 {
			parts = append(parts, fmt.Sprintf("%.0f in %d rows", n, counts[n]))
		}
	}
	return strings.Join(parts, ", ")
}

// growth tells what our middleware takes with 1000 origins by what it takes
// with one.
func (r report) growth() []string {
	return r.beside(func(l line) bool { return l.row.want != preflightEither })
}

// hostile tells what a hostile preflight takes by what one with a header that
// is refused does.
func (r report) hostile() []string {
	return r.beside(func(l line) bool { return l.row.want == preflightEither })
}

func (r report) beside(of func(line) bool) []string {
	var all []string
	for _, l := range r.lines {
		if l.row.beside != nil && of(l) {
			all = append(all, fmt.Sprintf("%s: %s", l.row.name, ratio(l.ours().result.ns.over(l.besideOurs.ns).estimate())))
		}
	}
	return all
}

// versions lists the contestants' modules as they are built in.
func versions() []string {
	wanted := map[string]bool{}
	for _, p := range platforms {
		wanted[p.module] = true
		for _, c := range p.contestants {
			wanted[c.module] = true
		}
	}
	delete(wanted, "")
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return []string{"unknown: built without module information"}
	}
	var all []string
	for _, d := range info.Deps {
		if wanted[d.Path] {
			all = append(all, d.Path+" "+d.Version)
		}
	}
	return all
}

// processor is the processor's name where the system tells it.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if name, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}
