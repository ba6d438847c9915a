package har

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

var update = flag.Bool("update", false, "write what was found to testdata/expected.tsv")

// TestRecorded compares what is found in the two files, as browsers exported
// them, with testdata/expected.tsv: a row for each request to another origin.
func TestRecorded(t *testing.T) {
	var got strings.Builder
	got.WriteString("file\tcase\tmethod\tverdict\treason\tsure\tcredentials\n")
	for _, name := range []string{"chrome.har", "firefox.har"} {
		read(t, name, func(f *Fetch, r Replay) {
			reason := string(r.Trace.Verdict.Reason)
			if reason == "" {
				reason = "-"
			}
			fmt.Fprintf(&got, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, situationIn(f.Hops[0].URL()), f.Hops[0].Method(), r.Verdict, reason, r.Sure, r.Trace.Credentials)
		})
	}
	if *update {
		if err := os.WriteFile("testdata/expected.tsv", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/expected.tsv")
	if err != nil {
		t.Fatal(err)
	}
	wanted, found := strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")
	for i := range max(len(wanted), len(found)) {
		a, b := at(wanted, i), at(found, i)
		if a != b {
			t.Errorf("row %d:\nwant %s\ngot  %s", i, a, b)
		}
	}
}

// read replays every fetch of a file.
func read(t *testing.T, name string, each func(*Fetch, Replay)) {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	header, err := Read(file, func(f *Fetch) error {
		r, err := f.Replay()
		if err == nil {
			each(f, r)
		}
		return err
	})
	if err != nil || header.Entries < 50 {
		t.Fatalf("%s: %d entries, %v", name, header.Entries, err)
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(none)"
}

func situationIn(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return rawURL
	}
	if name := u.Query().Get("case"); name != "" {
		return name
	}
	return rawURL
}

// TestAgainstBrowsers holds the verdicts on the two files against what the
// browsers were measured to do in the same situations: none is missed, none is
// made up, and each has the reason that the browser gave. What Firefox's file
// cannot show is that a request was made with credentials.
func TestAgainstBrowsers(t *testing.T) {
	notInTheFile := map[string]Verdict{
		"firefox.har wild-cred": Unclear,
		"firefox.har acac-True": Unclear,
		"firefox.har no-acac":   Allowed, // told to be so only without credentials
		"chrome.har no-cors":    Unclear, // allowed, and opaque
	}
	measured := measuredVerdicts(t)
	for name, profile := range map[string]browser.Profile{"chrome.har": browser.Chromium, "firefox.har": browser.Firefox} {
		found := map[string]bool{}
		read(t, name, func(f *Fetch, r Replay) {
			situation := situationIn(f.Hops[0].URL())
			found[situation] = true
			if want, ok := notInTheFile[name+" "+situation]; ok {
				if r.Verdict != want || r.Sure == Certain || len(r.Notes) == 0 {
					t.Errorf("%s %s: %s, %s, %q", name, situation, r.Verdict, r.Sure, r.Notes)
				}
				return
			}
			m, ok := measured[situation]
			if !ok {
				t.Errorf("%s: %s was not measured", name, situation)
				return
			}
			seen, reason := m[0], m[1]
			if profile == browser.Firefox {
				seen, reason = m[2], m[3]
			}
			if failed := strings.HasPrefix(seen, "TypeError"); failed != (r.Verdict == Blocked || r.Verdict == Network) {
				t.Errorf("%s %s: %s, but in the browser %s", name, situation, r.Verdict, seen)
			}
			if got := reasonIn(r.Trace, profile); got != reason {
				t.Errorf("%s %s: the reason is %s, in the browser %s", name, situation, got, reason)
			}
		})
		if len(found) < 32 {
			t.Errorf("%s: only %d requests", name, len(found))
		}
	}
}

func reasonIn(trace *browser.Trace, profile browser.Profile) string {
	e := &browser.Error{Reason: trace.Verdict.Reason, Trace: trace}
	if profile == browser.Chromium {
		code, parameter := e.CORSError()
		if code == "" {
			return ""
		}
		return fmt.Sprintf("cors=%s param=%q", code, parameter)
	}
	var reasons []string
	for line := range strings.SplitSeq(trace.Console(profile), "\n") {
		if _, reason, ok := strings.Cut(line, "(Reason: "); ok {
			reasons = append(reasons, "(Reason: "+reason)
		}
	}
	return strings.Join(reasons, ";")
}

// measuredVerdicts are the rows of the table without their first column.
func measuredVerdicts(t *testing.T) map[string][]string {
	text, err := os.ReadFile("../../browser/testdata/recorded/verdicts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for row := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n") {
		columns := append(strings.Split(row, "\t"), "", "")
		rows[columns[0]] = columns[1:]
	}
	return rows
}
