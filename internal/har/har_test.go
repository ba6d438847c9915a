package har

import (
	"cmp"
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
	got.WriteString("file\tcase\tmethod\tverdict\treason\tsure\tcredentials\tif credentials were included\n")
	for _, name := range []string{"chrome.har", "firefox.har"} {
		read(t, name, func(f *Fetch, r Replay) {
			reason, included := cmp.Or(r.Trace.Verdict.Reason, "-"), cmp.Or(r.IfIncluded, "-")
			fmt.Fprintf(&got, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, situationIn(f.Hops[0].URL()), f.Hops[0].Method(), r.Verdict, reason, r.Sure, r.Trace.Credentials, included)
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
		r, err := f.Replay("")
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
// cannot show is that a request was made with credentials: those that were blocked
// for nothing else are told to be so if it was, with the browser's reason.
func TestAgainstBrowsers(t *testing.T) {
	notInTheFile := map[string]Verdict{
		"firefox.har wild-cred": Unclear,
		"firefox.har acac-True": Unclear,
		"firefox.har no-acac":   Allowed,
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
				if profile != browser.Firefox {
					return
				}
				// Once the user tells the mode, it is decided.
				supposed := r.IfIncluded
				var err error
				if r, err = f.Replay(browser.CredentialsInclude); err != nil {
					t.Fatal(err)
				}
				if r.Verdict != Blocked || r.Sure != Certain || r.Trace.Verdict.Reason != supposed {
					t.Errorf("%s %s: included, it is %s, %s, %s, and was supposed to be %s", name, situation, r.Verdict, r.Sure, r.Trace.Verdict.Reason, supposed)
				}
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

// TestCredentialsTold holds that what the user tells of the credentials mode
// decides what the file leaves open, and that the file may contradict it.
func TestCredentialsTold(t *testing.T) {
	file := func(creator, sent, answered string) string {
		return `{"log": {"creator": {"name": "` + creator + `"}, "entries": [{"request": {"method": "GET", "url": "http://localhost:9000/x", "headers": [
			{"name": "Origin", "value": "http://localhost:8000"}, {"name": "Sec-Fetch-Mode", "value": "cors"}` + sent + `]},
			"response": {"status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "` + answered + `"}]}}]}}`
	}
	const cookie = `, {"name": "Cookie", "value": "a=b"}`
	for _, test := range []struct {
		name, file string
		told       browser.CredentialsMode
		verdict    Verdict
		sure       Confidence
		ifIncluded browser.Reason
	}{
		{"left open", file("Firefox", "", "*"), "", Allowed, Likely, browser.ReasonACAOWildcardWithCredentials},
		{"included", file("Firefox", "", "*"), browser.CredentialsInclude, Blocked, Certain, ""},
		{"omitted", file("Firefox", "", "*"), browser.CredentialsOmit, Allowed, Certain, ""},
		{"omitted, but a cookie was sent", file("Firefox", cookie, "*"), browser.CredentialsOmit, Blocked, Certain, ""},
		{"included, but Chromium recorded no failure", file("WebInspector", "", "*"), browser.CredentialsInclude, Unclear, Guess, ""},
	} {
		_, err := Read(strings.NewReader(test.file), func(f *Fetch) error {
			r, err := f.Replay(test.told)
			if r.Verdict != test.verdict || r.Sure != test.sure || r.IfIncluded != test.ifIncluded {
				t.Errorf("%s: %s, %s, if included %q; want %s, %s, %q", test.name, r.Verdict, r.Sure, r.IfIncluded, test.verdict, test.sure, test.ifIncluded)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
