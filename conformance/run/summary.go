package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"crossorigin.dev/conformance/real"
	"crossorigin.dev/conformance/vector"
)

// Versions are the browsers with which expectations were recorded, by name.
type Versions map[string]string

// ReadVersions reads a file of lines of a name and a version. There are none if
// there is no file.
func ReadVersions(name string) (Versions, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v := Versions{}
	for line := range strings.Lines(string(text)) {
		browser, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		v[browser] = version
	}
	return v, nil
}

// WriteVersions puts the versions of running browsers into a file; those of
// others stay.
func WriteVersions(name string, browsers []real.Browser) error {
	v, err := ReadVersions(name)
	if err != nil {
		return err
	}
	if v == nil {
		v = Versions{}
	}
	for _, b := range browsers {
		v[b.Name()] = b.Version()
	}
	var lines strings.Builder
	for _, p := range vector.Profiles {
		if v[p] != "" {
			fmt.Fprintf(&lines, "%s %s\n", p, v[p])
		}
	}
	return os.WriteFile(name, []byte(lines.String()), 0o644)
}

// Open are known disagreements, by profile and vector's name, with what is
// missing. They count as disagreements, but fail nothing; one that agrees does,
// so that the list can only shrink.
type Open map[[2]string]string

// ReadOpen reads a file of lines of a profile, a vector's name, and what is
// missing. There are none if there is no file.
func ReadOpen(name string) (Open, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	open := Open{}
	for line := range strings.Lines(string(text)) {
		profile, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		vector, missing, ok := strings.Cut(rest, " ")
		if !ok {
			return nil, fmt.Errorf("%s: %q: write a profile, a vector's name, and what is missing", name, line)
		}
		open[[2]string{profile, vector}] = missing
	}
	return open, nil
}

// A Summary is what came of all vectors.
type Summary struct {
	Lines  []Line
	beyond []string // names of vectors that the engine is not held to
	open   []string // known disagreements, a line each
	bad    []difference
}

// A Line is what came of them in one profile.
type Line struct {
	Profile  string
	Version  string // of the browser; empty if none ran
	Recorded string // the version recorded, if it is another
	Vectors  int    // that the engine is held to
	Agree    int    // engine and browser; without a browser engine and record
	Changed  int    // browser and record differ
	Missing  int    // nothing is recorded
	Errors   int
	failures int // of all these, what is not drift
}

// drift reports whether a difference from the record is the browser's: it is
// another version.
func (l *Line) drift() bool { return l.Version != "" && l.Recorded != "" && l.Recorded != l.Version }

// A difference is one vector in one profile that is not as it should be.
type difference struct {
	*Result
	what string
}

// Summarize counts results. What differs from the record in a browser of
// another version than the recorded one is drift.
func Summarize(results []Result, browsers []real.Browser, recorded Versions, open Open) *Summary {
	s := &Summary{}
	for i := range results {
		r := &results[i]
		s.count(s.line(r.Profile, browsers, recorded), r, open[[2]string{r.Profile, r.Vector.Name}])
	}
	return s
}

// count adds one result to its profile's line; missing says why it is known to
// disagree.
func (s *Summary) count(l *Line, r *Result, missing string) {
	beyond := r.Vector.Beyond != ""
	if beyond && !slices.Contains(s.beyond, r.Vector.Name) {
		s.beyond = append(s.beyond, r.Vector.Name)
	}
	if !beyond {
		l.Vectors++
	}
	add := func(what string, drift bool) {
		s.bad = append(s.bad, difference{r, what})
		if !drift {
			l.failures++
		}
	}
	unlikeRecord := r.Err == nil && r.Browser != nil && r.Expected != nil && !r.Recorded()
	if unlikeRecord {
		l.Changed++
	}
	switch {
	case r.Err != nil:
		l.Errors++
		add("could not be run", false)
	case !beyond && !r.Agrees() && l.drift() && unlikeRecord && Equal(r.Engine, *r.Expected):
		add("drift: the browser does otherwise than the recorded version", true)
	case !beyond && !r.Agrees() && missing != "":
		s.open = append(s.open, fmt.Sprintf("%s in %s: %s", r.Vector.Name, r.Profile, missing))
	case !beyond && !r.Agrees():
		add("disagreement", false)
	case missing != "":
		add("it agrees: take it out of the list of open disagreements", l.drift())
	case unlikeRecord:
		add("the record differs", l.drift())
	}
	if !beyond && r.Err == nil && r.Agrees() {
		l.Agree++
	}
	if r.Expected == nil && r.Err == nil && !(beyond && r.Profile == "spec") {
		l.Missing++
		l.failures++
	}
}

func (s *Summary) line(profile string, browsers []real.Browser, recorded Versions) *Line {
	if i := slices.IndexFunc(s.Lines, func(l Line) bool { return l.Profile == profile }); i >= 0 {
		return &s.Lines[i]
	}
	l := Line{Profile: profile, Recorded: recorded[profile]}
	for _, b := range browsers {
		if b.Name() == profile {
			l.Version = b.Version()
		}
	}
	s.Lines = append(s.Lines, l)
	return &s.Lines[len(s.Lines)-1]
}

// OK reports whether everything is as it should be, drift aside.
func (s *Summary) OK() bool {
	return !slices.ContainsFunc(s.Lines, func(l Line) bool { return l.failures > 0 })
}

// Table is a line per profile, in Markdown, and what is left out of it.
func (s *Summary) Table() string {
	var b strings.Builder
	b.WriteString("| profile | compared with | vectors | agree | unlike the record |\n|-|-|-|-|-|\n")
	for _, l := range s.Lines {
		with := "the record"
		if l.Version != "" {
			with = l.Version
			if l.drift() {
				with += " (recorded with " + l.Recorded + ": drift)"
			}
		}
		percent := 100 * float64(l.Agree) / float64(max(1, l.Vectors))
		fmt.Fprintf(&b, "| %s | %s | %d | %d (%.4g %%) | %d |\n", l.Profile, with, l.Vectors, l.Agree, percent, l.Changed+l.Missing)
	}
	if len(s.beyond) > 0 {
		fmt.Fprintf(&b, "\n%d more vectors are beyond the engine, for the reason that each gives: %s.\n", len(s.beyond), strings.Join(s.beyond, ", "))
	}
	if len(s.open) > 0 {
		fmt.Fprintf(&b, "\n%d known disagreements are open:\n\n", len(s.open))
		for _, line := range s.open {
			fmt.Fprintf(&b, "- %s\n", line)
		}
	}
	return b.String()
}

// Differences says of each vector that is not as it should be what both sides
// did.
func (s *Summary) Differences() string {
	var b strings.Builder
	for _, d := range s.bad {
		fmt.Fprintf(&b, "%s in %s: %s\n", d.Vector.Name, d.Profile, d.what)
		if d.Err != nil {
			fmt.Fprintf(&b, "  %v\n\n", d.Err)
			continue
		}
		write := func(who string, o *vector.Outcome) {
			if o != nil {
				fmt.Fprintf(&b, "  %s:\n%s", who, outcomeText(*o))
			}
		}
		write("engine", &d.Engine)
		write("browser", d.Browser)
		if d.Browser == nil || !d.Recorded() {
			write("record", d.Expected)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func outcomeText(o vector.Outcome) string {
	var b strings.Builder
	for _, section := range []struct {
		name  string
		lines []string
	}{{"script", o.Script}, {"reason", o.Reasons}, {"request", strings.Split(o.Requests, "\n")}} {
		for _, line := range section.lines {
			if line != "" {
				fmt.Fprintf(&b, "    %-7s %s\n", section.name, line)
			}
		}
	}
	return b.String()
}
