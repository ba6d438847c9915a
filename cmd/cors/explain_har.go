package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
	"crossorigin.dev/internal/har"
	"crossorigin.dev/internal/render"
)

// mostFindings bounds how many different ones are kept and told.
const mostFindings = 200

// A finding is what was found out of one or several alike requests.
type finding struct {
	Entry     int                `json:"entry"` // the first one's, from 0
	Offset    int64              `json:"offset"`
	Count     int                `json:"count"`
	Method    string             `json:"method"`
	URL       string             `json:"url"`
	Origin    string             `json:"origin"`
	Verdict   har.Verdict        `json:"verdict"`
	Reason    browser.Reason     `json:"reason,omitempty"`
	Sure      har.Confidence     `json:"confidence"`
	Included  browser.Reason     `json:"ifIncluded,omitempty"` // why it was blocked, if credentials were included
	Notes     []string           `json:"notes"`
	Diagnosis diagnose.Diagnosis `json:"diagnosis"`
}

// findings are those of a file.
type findings struct {
	all     []*finding
	byKey   map[string]*finding
	counts  map[har.Verdict]int
	dropped int // different ones beyond mostFindings
	// withoutOnly were allowed if they were made without credentials, which the
	// file does not tell.
	withoutOnly []conditional
	withoutMore int // beyond mostFindings
}

// A conditional is a request that is blocked for the Reason if its script asked
// with credentials.
type conditional struct {
	Entry  int            `json:"entry"`
	Method string         `json:"method"`
	URL    string         `json:"url"`
	Reason browser.Reason `json:"ifIncluded"`
}

// explainHAR tells of the requests in a HAR file.
func (e *explain) explainHAR(ctx context.Context, name string, size int64, in io.Reader, stdout, stderr io.Writer) error {
	counted := &countingReader{Reader: in, ctx: ctx}
	done := reading(stderr, name, size, counted)
	found := &findings{byKey: map[string]*finding{}, counts: map[har.Verdict]int{}}
	header, readErr := har.Read(counted, func(f *har.Fetch) error { return found.add(f, e) })
	done()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var out bytes.Buffer
	var err error
	if e.json {
		err = found.json(&out, name, header, readErr, render.Secrets(e.secrets))
	} else {
		err = found.text(&out, name, header, screenOf(stdout).text(e.secrets))
	}
	if err == nil && (readErr == nil || len(found.all) > 0) {
		_, err = stdout.Write(out.Bytes())
	}
	switch {
	case err != nil:
		return usageError("cannot write the result: %v", err)
	case readErr != nil:
		return usageError("%s: %v", name, readErr)
	case found.counts[har.Blocked] > 0:
		return &failure{code: exitBlocked}
	}
	return nil
}

func (fs *findings) add(f *har.Fetch, e *explain) error {
	r, err := f.Replay(browser.CredentialsMode(e.credentials))
	if err != nil {
		return nil // a page that no browser could open made no request
	}
	fs.counts[r.Verdict]++
	first := f.Hops[0].Request
	if first == nil {
		first = f.Hops[0].Preflight
	}
	if r.Verdict == har.Allowed {
		if r.IfIncluded != "" {
			fs.addConditional(conditional{first.Index, r.Trace.Method, r.Trace.URL, r.IfIncluded})
		}
		if !e.all {
			return nil
		}
	}
	d := diagnose.Of(r.Trace, diagnose.Options{Stack: diagnose.Stack(e.stack)})
	key := strings.Join([]string{f.Origin, r.Trace.Method, withoutQuery(r.Trace.URL), string(r.Verdict), string(r.Trace.Verdict.Reason)}, "\n")
	if old := fs.byKey[key]; old != nil && sameCause(old.Diagnosis, d) {
		old.Count++
		return nil
	}
	if len(fs.all) == mostFindings {
		fs.dropped++
		return nil
	}
	one := &finding{
		Entry: first.Index, Offset: first.Offset, Count: 1, Method: r.Trace.Method, URL: r.Trace.URL, Origin: f.Origin,
		Verdict: r.Verdict, Reason: r.Trace.Verdict.Reason, Sure: r.Sure, Included: r.IfIncluded, Notes: append([]string{}, r.Notes...), Diagnosis: d,
	}
	fs.byKey[key] = one
	fs.all = append(fs.all, one)
	return nil
}

func (fs *findings) addConditional(c conditional) {
	if len(fs.withoutOnly) == mostFindings {
		fs.withoutMore++
		return
	}
	fs.withoutOnly = append(fs.withoutOnly, c)
}

// sameCause reports whether two diagnoses differ in nothing but the URL's query.
func sameCause(a, b diagnose.Diagnosis) bool {
	if len(a.Problems) != len(b.Problems) {
		return false
	}
	for i := range a.Problems {
		if a.Problems[i].Code != b.Problems[i].Code || strings.Join(a.Problems[i].Fix.Lines, "\n") != strings.Join(b.Problems[i].Fix.Lines, "\n") {
			return false
		}
	}
	return true
}

func withoutQuery(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return rawURL
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String()
}

func (fs *findings) json(w io.Writer, name string, h har.Header, readErr error, secrets render.Secrets) error {
	all := fs.all
	if all == nil {
		all = []*finding{}
	}
	broken := ""
	if readErr != nil {
		broken = readErr.Error()
	}
	return render.Document(w, harDocument{
		diagnose.Version, name, h.Creator, h.Profile.String(), h.Entries, fs.counts, all, fs.dropped, fs.withoutOnly, fs.withoutMore, notShown(h.Profile), broken,
	}, secrets)
}

type harDocument struct {
	Version  int                 `json:"version"`
	File     string              `json:"file"`
	Creator  string              `json:"creator"`
	Profile  string              `json:"profile"`
	Entries  int                 `json:"entries"`
	Counts   map[har.Verdict]int `json:"counts"`
	Requests []*finding          `json:"requests"`
	Dropped  int                 `json:"dropped"` // different ones that are not told
	// WithoutOnly are those that were allowed if they were made without
	// credentials, which the file does not tell, and WithoutMore how many more.
	WithoutOnly []conditional `json:"withoutCredentialsOnly"`
	WithoutMore int           `json:"withoutCredentialsOnlyMore"`
	NotShown    []string      `json:"notShown"`         // what the file does not hold
	Broken      string        `json:"broken,omitempty"` // why the rest of the file could not be read
}

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
	for i, f := range fs.all {
		out.WriteByte('\n')
		below := []string{"page: " + f.Origin, fmt.Sprintf("entry %d, byte %d; %s", f.Entry, f.Offset, sureness[f.Sure])}
		if f.Count > 1 {
			below = append(below, fmt.Sprintf("%d requests alike", f.Count))
		}
		verdict := string(f.Verdict)
		if f.Reason != "" {
			verdict += ": " + string(f.Reason)
		}
		row := render.Row{Name: verdict, Good: f.Verdict == har.Allowed, Below: append(below, f.Notes...)}
		if err := render.Rows(out, fmt.Sprintf("%d. %s %s", i+1, f.Method, f.URL), []render.Row{row}, options); err != nil {
			return err
		}
		options.About = f.URL
		if err := render.DiagnosisText(out, &f.Diagnosis, options); err != nil {
			return err
		}
	}
	if fs.dropped > 0 {
		fmt.Fprintf(out, "\nAnd %d more that differ, not told.\n", fs.dropped)
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

// A countingReader counts what was read, and ends when the command is
// interrupted.
type countingReader struct {
	io.Reader
	ctx context.Context
	n   atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// reading says on a terminal, once patience has run out and then every second,
// how far the reading is. The function it returns takes the line back.
func reading(stderr io.Writer, name string, size int64, c *countingReader) (done func()) {
	file, ok := stderr.(*os.File)
	if !ok {
		return func() {}
	}
	if _, ok := terminalColumns(file); !ok {
		return func() {}
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(patience)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				fmt.Fprint(file, "\r\x1b[K")
				return
			case <-ticker.C:
				fmt.Fprintf(file, "\r\x1b[Kcors: reading %s: %s (Ctrl-C to stop)", render.Printable(name), portion(c.n.Load(), size))
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
	}
}

func portion(n, size int64) string {
	if size <= 0 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d of %d MB", n>>20, size>>20)
}
