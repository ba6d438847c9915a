// Command bench measures the middleware of package cors beside those of others,
// in one run: rows of requests to servers that are configured alike, with as
// little around them as there can be.
//
//	go run .                        every row, in about four minutes
//	go run . -rows 'preflight.*1000'
//	go run . -write README.md       and write the results there
//	go run . -behaviour             instead, what each answers to what
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"time"
)

func main() {
	log := io.Writer(os.Stderr)
	if err := run(os.Args[1:], os.Stdout, log); err != nil {
		fmt.Fprintln(log, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(log)
	rounds := flags.Int("rounds", 100, "`times` that each contestant is measured in each row")
	round := flags.Duration("round", time.Millisecond, "`duration` of one measurement")
	pattern := flags.String("rows", "", "only the rows whose name matches this `regexp`")
	file := flags.String("write", "", "`file` to write the report to; only with all rows")
	ask := flags.Bool("behaviour", false, "measure nothing, and print what each contestant answers to what")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *ask {
		_, err := io.WriteString(out, behaviour())
		return err
	}
	only, err := regexp.Compile(*pattern)
	switch {
	case err != nil:
		return fmt.Errorf("-rows: %w", err)
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case *rounds < 1 || *round <= 0:
		return fmt.Errorf("-rounds and -round must be above 0")
	case *file != "" && *pattern != "":
		return fmt.Errorf("-write needs all rows, so leave out -rows")
	}

	chosen := slices.DeleteFunc(rows(), func(r row) bool { return !only.MatchString(r.name) })
	if len(chosen) == 0 {
		return fmt.Errorf("no row's name matches %q", *pattern)
	}
	start := time.Now()
	var lines []line
	for i, r := range chosen {
		fmt.Fprintf(log, "%3d of %d  %s\n", i+1, len(chosen), r.name)
		l := measureRow(r, *rounds, *round)
		if own := l.ours(); len(own.remarks) > 0 {
			return fmt.Errorf("our own answer is not right in the row %q: %s", r.name, own.remarks[0].Text)
		}
		lines = append(lines, l)
	}
	report := report{
		lines:   lines,
		rounds:  *rounds,
		round:   *round,
		elapsed: time.Since(start).Round(time.Second),
	}
	text, err := report.text()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, text); err != nil {
		return err
	}
	if *file == "" {
		return nil
	}
	return os.WriteFile(*file, []byte(text), 0o644)
}

// measureRow probes and measures every contestant of every platform in one row.
func measureRow(r row, rounds int, round time.Duration) line {
	l := line{row: r, cells: make([][]cell, len(platforms))}
	var trials []*trial
	var results []*result
	begin := func(c contestant, r row, into *result) {
		trials = append(trials, newTrial(c, r, round))
		results = append(results, into)
	}
	for p, platform := range platforms {
		l.cells[p] = make([]cell, len(platform.contestants))
		for i, c := range platform.contestants {
			l.cells[p][i].contestant = c
			if l.cells[p][i].absent = c.noPatterns && r.config.patterns; l.cells[p][i].absent {
				continue
			}
			if c.name != none {
				l.cells[p][i].remarks = probe(c, r)
			}
			begin(c, r, &l.cells[p][i].result)
		}
	}
	begin(floor(r), r, &l.floor)
	if r.beside != nil {
		begin(l.ours().contestant, *r.beside, &l.besideOurs)
		begin(l.rs().contestant, *r.beside, &l.besideRS)
	}
	runtime.GC()
	measure(trials, rounds)
	for i, t := range trials {
		*results[i] = t.result
	}
	return l
}
