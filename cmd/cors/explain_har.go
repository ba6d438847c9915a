package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
	"crossorigin.dev/internal/har"
	"crossorigin.dev/internal/render"
	"crossorigin.dev/origin"
)

// Bounds of what is kept of a file and told.
const (
	mostGroups   = 200
	mostOfGroup  = 50
	mostFindings = 200 // of those that are allowed without credentials only
)

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
	groups  []*group
	byKey   map[string]*group
	counts  map[har.Verdict]int
	dropped int // different ones that are not kept
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
	found := &findings{byKey: map[string]*group{}, counts: map[har.Verdict]int{}}
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
	if err == nil && (readErr == nil || len(found.groups) > 0) {
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
	fs.keep(&finding{
		Entry: first.Index, Offset: first.Offset, Count: 1, Method: r.Trace.Method, URL: r.Trace.URL, Origin: f.Origin,
		Verdict: r.Verdict, Reason: r.Trace.Verdict.Reason, Sure: r.Sure, Included: r.IfIncluded, Notes: append([]string{}, r.Notes...),
		Diagnosis: diagnose.Of(r.Trace, diagnose.Options{Stack: diagnose.Stack(e.stack)}),
	})
	return nil
}

// A group is of findings that are mended alike: the same is wrong, at other
// paths of the same server.
type group struct {
	findings []*finding
	more     int // that are not kept
}

// keep puts a finding into its group.
func (fs *findings) keep(f *finding) {
	key := f.group()
	g := fs.byKey[key]
	if g == nil {
		if len(fs.groups) == mostGroups {
			fs.dropped++
			return
		}
		g = new(group)
		fs.byKey[key] = g
		fs.groups = append(fs.groups, g)
	}
	for _, other := range g.findings {
		if other.Method == f.Method && withoutQuery(other.URL) == withoutQuery(f.URL) {
			other.Count++
			return
		}
	}
	if len(g.findings) == mostOfGroup {
		g.more++
		fs.dropped++
		return
	}
	g.findings = append(g.findings, f)
}

// group is what the findings of a group have in common.
func (f *finding) group() string {
	parts := []string{f.Origin, serverOf(f.URL), string(f.Verdict), string(f.Reason), string(f.Sure)}
	parts = append(parts, f.Notes...)
	for _, p := range f.Diagnosis.Problems {
		parts = append(append(parts, p.Code), p.Fix.Lines...)
	}
	return strings.Join(parts, "\n")
}

// serverOf is the origin of a URL, or the URL itself if it has none.
func serverOf(rawURL string) string {
	o, err := origin.OfURL(rawURL)
	if err != nil {
		return rawURL
	}
	return o.String()
}

func withoutQuery(rawURL string) string {
	path, _, _ := strings.Cut(rawURL, "?")
	return path
}

func (fs *findings) addConditional(c conditional) {
	if len(fs.withoutOnly) == mostFindings {
		fs.withoutMore++
		return
	}
	fs.withoutOnly = append(fs.withoutOnly, c)
}

func (fs *findings) json(w io.Writer, name string, h har.Header, readErr error, secrets render.Secrets) error {
	var all []*finding
	for _, g := range fs.groups {
		all = append(all, g.findings...)
	}
	slices.SortFunc(all, func(a, b *finding) int { return cmp.Compare(a.Entry, b.Entry) })
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
		said := false
		for {
			select {
			case <-stop:
				if said {
					fmt.Fprint(file, "\r\x1b[K")
				}
				return
			case <-ticker.C:
				said = true
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
