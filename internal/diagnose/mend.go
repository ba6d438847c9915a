package diagnose

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/fetchspec"
)

// A mend is a change of one answer, as a Fix of the server prescribes it.
type mend struct {
	hop       int
	preflight bool
	status    int             // 0 leaves it
	set       []browser.Field // in place of any of the same name
}

// applyTo returns the answer as mended.
func (m mend) applyTo(a browser.Answer) browser.Answer {
	if m.status != 0 {
		a.Status = m.status
	}
	header := slices.Clone(a.Header)
	for _, f := range m.set {
		header = slices.DeleteFunc(header, func(g browser.Field) bool { return strings.EqualFold(f.Name, g.Name) })
	}
	a.Header = append(header, m.set...)
	return a
}

// mendAnswer prescribes a change of the answer that failed.
func (f *facts) mendAnswer(p *Problem, status int, set ...browser.Field) {
	m := mend{hop: f.hop, preflight: f.preflight, status: status, set: set}
	p.mends = append(p.mends, m)
	p.Fix.Answer = f.answer()
	if status != 0 {
		p.Fix.Lines = append(p.Fix.Lines, strings.TrimSpace("HTTP/1.1 "+strconv.Itoa(status)+" "+http.StatusText(status)))
	}
	for _, field := range set {
		p.Fix.Lines = append(p.Fix.Lines, field.Name+": "+field.Value)
	}
}

// grantLines are the fields with which the answer would say yes to the page.
func (f *facts) grantLines() []browser.Field {
	lines := f.originLines()
	if !f.preflight {
		return lines
	}
	method, headers := f.asked()
	if !fetchspec.IsSafelistedMethod(method) {
		lines = append(lines, browser.Field{Name: "Access-Control-Allow-Methods", Value: method})
	}
	if len(headers) > 0 {
		lines = append(lines, browser.Field{Name: "Access-Control-Allow-Headers", Value: strings.Join(headers, ", ")})
	}
	return lines
}

// originLines are the fields with which the answer would pass the CORS check.
func (f *facts) originLines() []browser.Field {
	lines := []browser.Field{{Name: "Access-Control-Allow-Origin", Value: f.origin}}
	if f.credentialed() {
		lines = append(lines, browser.Field{Name: "Access-Control-Allow-Credentials", Value: "true"})
	}
	return append(lines, f.varyLine())
}

// varyLine is the answer's Vary with Origin in it.
func (f *facts) varyLine() browser.Field {
	vary, _ := f.answered("Vary")
	return browser.Field{Name: "Vary", Value: withOrigin(vary)}
}

func withOrigin(vary string) string {
	for name := range strings.SplitSeq(vary, ",") {
		if name = strings.TrimSpace(name); name == "*" || strings.EqualFold(name, "Origin") {
			return vary
		}
	}
	if vary == "" {
		return "Origin"
	}
	return vary + ", Origin"
}

// replay makes the fetch of a trace again, with its recorded answers as
// mended. It returns nil, and why, if the fetch now goes beyond what was
// recorded.
func replay(t *browser.Trace, mends []mend) (next *browser.Trace, unseen string) {
	record := &recording{mends: mends, remembered: remembered(t) != nil}
	for _, s := range t.Steps {
		if s.Exchange != nil {
			record.exchanges = append(record.exchanges, recorded{s.Hop, s.Exchange})
		}
	}
	profile, _ := browser.ParseProfile(t.Profile)
	b := browser.New(browser.Options{Profile: profile, Transport: record})
	page, err := b.OpenPage(browser.PageOptions{URL: t.Page, Opaque: t.Origin == "null"})
	if err != nil {
		return nil, ""
	}
	next = fetchAgain(page, t)
	if record.beyond != "" {
		return nil, "What the server answers to " + record.beyond + " is not known: it was never sent."
	}
	return next, ""
}

func fetchAgain(page *browser.Page, t *browser.Trace) *browser.Trace {
	header := make(http.Header)
	for _, f := range t.Header {
		header.Add(f.Name, f.Value)
	}
	r := browser.Request{
		Method: t.Method, URL: t.URL, Header: header,
		Mode: t.Mode, Credentials: t.Credentials, Redirect: t.Redirect, Initiator: initiatorNamed(t.Initiator),
	}
	return browser.TraceOf(page.Fetch(context.Background(), r))
}

func initiatorNamed(name string) browser.Initiator {
	for i := browser.InitiatorFetch; i <= browser.InitiatorWebSocket; i++ {
		if i.String() == name {
			return i
		}
	}
	return browser.InitiatorFetch
}

type recorded struct {
	hop int
	*browser.Exchange
}

// A recording answers requests as they were answered before. It is used by one
// fetch, which sends one request at a time.
type recording struct {
	exchanges []recorded
	mends     []mend
	// remembered says that preflights were spared, so there is no record of any.
	remembered bool
	beyond     string // the first request that was not recorded
}

var errBeyond = errors.New("not recorded")

func (r *recording) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body != nil {
		request.Body.Close()
	}
	url := request.URL.Scheme + "://" + request.URL.Host + request.URL.RequestURI()
	preflight := request.Method == http.MethodOptions && request.Header.Get("Access-Control-Request-Method") != ""
	at := slices.IndexFunc(r.exchanges, func(x recorded) bool {
		return x.Preflight == preflight && x.Method == request.Method && x.URL == url
	})
	if at < 0 && preflight && r.remembered {
		return httpResponse(grantAll(request), request), nil
	}
	if at < 0 || r.exchanges[at].Answer == nil {
		r.beyond = request.Method + " " + url
		return nil, errBeyond
	}
	x := r.exchanges[at]
	r.exchanges = r.exchanges[at+1:]
	answer := *x.Answer
	for _, m := range r.mends {
		if m.hop == x.hop && m.preflight == preflight {
			answer = m.applyTo(answer)
		}
	}
	return httpResponse(answer, request), nil
}

// grantAll answers a preflight as the one that is remembered did.
func grantAll(r *http.Request) browser.Answer {
	return browser.Answer{Status: http.StatusNoContent, Header: []browser.Field{
		{Name: "Access-Control-Allow-Origin", Value: r.Header.Get("Origin")},
		{Name: "Access-Control-Allow-Credentials", Value: "true"},
		{Name: "Access-Control-Allow-Methods", Value: r.Header.Get("Access-Control-Request-Method")},
		{Name: "Access-Control-Allow-Headers", Value: r.Header.Get("Access-Control-Request-Headers")},
	}}
}

func httpResponse(a browser.Answer, request *http.Request) *http.Response {
	header := make(http.Header)
	for _, f := range a.Header {
		header.Add(f.Name, f.Value)
	}
	return &http.Response{
		StatusCode: a.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(nil)), Request: request,
	}
}

// shellWord quotes s for a POSIX shell where it must be.
func shellWord(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,") == "" && s != "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
