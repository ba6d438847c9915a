package browser_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

// A recordedCase is a script that ran in the page at http://a.test:7000/page.
type recordedCase struct {
	Set   int
	Name  string
	Calls []recordedCall
}

// A recordedCall is a call of fetch(), an XMLHttpRequest, or a pause.
type recordedCall struct {
	Sleep          int
	URL            string
	API            string
	Method         string
	Headers        [][2]string
	Body, Stream   *string
	Mode           browser.Mode
	Credentials    browser.CredentialsMode
	Redirect       browser.RedirectMode
	Cache          browser.CacheMode
	ReferrerPolicy browser.ReferrerPolicy
	Keepalive      bool
	UploadListener bool
	Opaque         bool // from a sandboxed frame
}

// A record is what a browser made of a case.
type record struct {
	Result  json.RawMessage `json:"r"`
	Console []string        `json:"cons"`
	Log     []received      `json:"log"`
}

func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "recorded", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func (c *recordedCall) request() browser.Request {
	r := browser.Request{
		Method: c.Method, URL: c.URL, Mode: c.Mode, Credentials: c.Credentials, Redirect: c.Redirect,
		Cache: c.Cache, ReferrerPolicy: c.ReferrerPolicy, Keepalive: c.Keepalive, UploadListener: c.UploadListener,
	}
	if c.API == "xhr" {
		r.Initiator = browser.InitiatorXHR
	}
	if c.Headers != nil {
		r.Header = http.Header{}
	}
	for _, h := range c.Headers {
		r.Header.Add(h[0], h[1])
	}
	switch {
	case c.Stream != nil:
		r.Stream = strings.NewReader(*c.Stream)
	case c.Body != nil:
		r.Body, r.BodyType = []byte(*c.Body), browser.TextBodyType
	}
	return r
}

// TestRecorded replays what was measured: in each browser's profile every case
// must end as it ended in the browser, and the server must receive the same
// requests in the same order.
func TestRecorded(t *testing.T) {
	var cases []recordedCase
	readJSON(t, "cases.json", &cases)
	for _, profile := range []browser.Profile{browser.Chromium, browser.Firefox, browser.WebKit} {
		t.Run(profile.String(), func(t *testing.T) {
			var records map[string]record
			readJSON(t, profile.String()+".json", &records)
			if len(records) != len(cases) {
				t.Fatalf("%d cases, %d records", len(cases), len(records))
			}
			for _, set := range []int{1, 2} { // each was one run of the browser
				replay := newReplay(t, profile)
				for _, c := range cases {
					if c.Set == set {
						t.Run(c.Name, func(t *testing.T) { replay.run(t, c, records[c.Name]) })
					}
				}
			}
		})
	}
}

// A replay is one run of a browser over cases.
type replay struct {
	profile browser.Profile
	server  *scripted
	clock   time.Time
	browser *browser.Browser
	page    *browser.Page
}

func newReplay(t testing.TB, profile browser.Profile) *replay {
	r := &replay{profile: profile, server: newScripted(t), clock: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	r.browser = browser.New(browser.Options{
		Profile: profile, Transport: r.server.transport, Now: func() time.Time { return r.clock },
	})
	r.page = r.open(t, browser.PageOptions{URL: "http://a.test:7000/page"})
	return r
}

func (r *replay) open(t testing.TB, o browser.PageOptions) *browser.Page {
	t.Helper()
	o.AddressSpace = browser.AddressSpaceLoopback
	page, err := r.browser.OpenPage(o)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func (r *replay) run(t *testing.T, c recordedCase, want record) {
	blob := r.page.CreateObjectURL("", []byte("x"))
	var outcomes []outcome
	for _, call := range c.Calls {
		if call.Sleep > 0 {
			r.clock = r.clock.Add(time.Duration(call.Sleep) * time.Millisecond)
			continue
		}
		page := r.page
		if call.Opaque {
			page = r.open(t, browser.PageOptions{URL: "about:srcdoc", Opaque: true})
		}
		if call.URL == "blob:x" {
			call.URL = blob
		}
		response, err := page.Fetch(context.Background(), call.request())
		outcomes = append(outcomes, outcome{call, response, err})
	}
	compareOutcomes(t, r.profile, c.Name, outcomes, want)
	compareReceived(t, r.server.received(c.Name), want.Log)
	compareConsole(t, r.profile, outcomes, want.Console)
}

// An outcome is how one call ended.
type outcome struct {
	call     recordedCall
	response *browser.Response
	err      error
}

// seen is the outcome as the measuring script wrote it down.
func (o outcome) seen(profile browser.Profile, name string) any {
	var e *browser.Error
	errors.As(o.err, &e)
	switch {
	case o.call.API == "xhr":
		m := map[string]any{"status": 0.0, "h": ""}
		if e == nil {
			m["status"], m["h"] = float64(o.response.Status), allResponseHeaders(o.response.Header)
		}
		if name == "xhr-msgs" {
			delete(m, "h")
		}
		return m
	case e != nil && e.Reason == browser.ReasonLoginAwaited:
		return map[string]any{"timeout": 1.0} // of the script that measured
	case e != nil:
		return map[string]any{"err": e.ScriptError(profile)}
	}
	return map[string]any{
		"type": string(o.response.Type), "status": float64(o.response.Status), "redirected": o.response.Redirected,
		"len": float64(len(o.response.Body)), "h": strings.Join(headerNames(o.response.Header), ","),
	}
}

func headerNames(h http.Header) []string {
	names := []string{}
	for name := range h {
		names = append(names, strings.ToLower(name))
	}
	slices.Sort(names)
	return names
}

func allResponseHeaders(h http.Header) string {
	var b strings.Builder
	for _, name := range headerNames(h) {
		fmt.Fprintf(&b, "%s: %s\r\n", name, strings.Join(h.Values(name), ", "))
	}
	return b.String()
}

func compareOutcomes(t *testing.T, profile browser.Profile, name string, outcomes []outcome, want record) {
	t.Helper()
	var wanted any
	if err := json.Unmarshal(want.Result, &wanted); err != nil {
		t.Fatal(err)
	}
	var got any
	switch name {
	case "redirect-21": // the script fetched nothing
		got = 0.0
	case "location-fragment": // the script looked at the end of the response's URL
		url := outcomes[0].response.URL
		got = url[len(url)-6:]
	case "sandbox-null-star":
		got = fmt.Sprint(outcomes[0].response.Type, outcomes[0].response.Status)
	case "tao": // the script looked at the timing: only whether it was detailed is ours
		var timings []any
		for i, entry := range wanted.([]any) {
			timings = append(timings, entry.([]any)[1])
			if got := outcomes[i].response.TimingAllowed; got != timings[i] {
				t.Errorf("call %d: timing allowed %v, in the browser %v", i, got, timings[i])
			}
		}
		return
	default:
		var all []any
		for _, o := range outcomes {
			all = append(all, o.seen(profile, name))
		}
		got = all
		if _, several := wanted.([]any); !several {
			got = all[0]
		}
		if name == "cookies-B-A" { // whose first call the script did not report
			got = all[1:]
		}
	}
	if !reflect.DeepEqual(got, wanted) {
		t.Errorf("the script sees\n%v, in the browser\n%v", got, wanted)
		logTraces(t, outcomes)
	}
}

func logTraces(t *testing.T, outcomes []outcome) {
	for _, o := range outcomes {
		trace := traceOf(o)
		for _, s := range trace.Steps {
			t.Logf("%s %s: %s", s.Rule, s.Decision, s.Note)
		}
		t.Logf("verdict: %+v", trace.Verdict)
	}
}

func traceOf(o outcome) *browser.Trace {
	var e *browser.Error
	if errors.As(o.err, &e) {
		return e.Trace
	}
	return o.response.Trace
}

// compared are the headers that a server's decision, or the page's privacy,
// hangs on.
var compared = []string{
	"origin", "access-control-request-method", "access-control-request-headers", "cookie",
	"authorization", "referer", "cache-control", "pragma", "range", "content-type", "accept",
}

func compareReceived(t *testing.T, got, want []received) {
	t.Helper()
	line := func(r received) string {
		var b strings.Builder
		fmt.Fprintf(&b, "%s %s preflight=%v", r.Method, r.Host, r.Preflight)
		for _, name := range compared {
			if value, ok := r.Header[name]; ok {
				fmt.Fprintf(&b, " %s=%q", name, value)
			}
		}
		return b.String()
	}
	var gotLines, wantLines []string
	for _, r := range got {
		gotLines = append(gotLines, line(r))
	}
	for _, r := range want {
		r.Header = maps.Clone(r.Header)
		wantLines = append(wantLines, line(r))
	}
	if !slices.Equal(gotLines, wantLines) {
		t.Errorf("the server receives\n  %s\nfrom the browser\n  %s", strings.Join(gotLines, "\n  "), strings.Join(wantLines, "\n  "))
	}
}

// compareConsole compares what a browser printed for the calls that failed.
// The records have it of Chromium only.
func compareConsole(t *testing.T, profile browser.Profile, outcomes []outcome, want []string) {
	t.Helper()
	if profile != browser.Chromium {
		return
	}
	var got []string
	for _, o := range outcomes {
		var e *browser.Error
		if errors.As(o.err, &e) && e.Console(profile) != "" {
			got = append(got, strings.Split(e.Console(profile), "\n")...)
		}
	}
	want = slices.Clone(want)
	for _, lines := range [][]string{got, want} {
		for i := range lines {
			lines[i] = queries.ReplaceAllString(lines[i], "?…")
		}
	}
	want = slices.DeleteFunc(want, func(line string) bool {
		return strings.Contains(line, "the server responded with a status of") // of a call that did not fail
	})
	if !slices.Equal(got, want) {
		t.Errorf("the console says\n%s\nin the browser\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// queries holds the case's name and the process that ran it.
var queries = regexp.MustCompile(`\?id=[^' ]*`)
