package browser_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

// A specCase is a fetch under the Spec profile, from a page at
// http://a.test:7000/page unless it says otherwise. The cases stand under the
// rule of docs/browser.md that they show, on either side of its boundary.
type specCase struct {
	rule, name string
	profile    browser.Profile // Spec, but for TestProfileReasons
	page       browser.PageOptions
	host       string // of the scripted URL; b.test:7001 if empty
	situation
	// want is the reason if the fetch must fail, else the type and status.
	want string
	// wire, if not nil, is what the server must receive, in short: method,
	// host, O= Origin, M= and H= what a preflight asks for, CK= Cookie,
	// AUTH if there is an Authorization, T= Content-Type, R= Referer.
	wire []string
	// header, if not nil, is what the script must see of the headers, by name.
	header []string
}

func get(fields ...string) browser.Request { return request("GET", fields...) }

// request returns a request with header fields.
func request(method string, fields ...string) browser.Request {
	r := browser.Request{Method: method, Header: http.Header{}}
	for i := 0; i < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	return r
}

func withMode(r browser.Request, m browser.Mode) browser.Request {
	r.Mode = m
	return r
}

func withBody(r browser.Request, body string) browser.Request {
	r.Body, r.BodyType = []byte(body), browser.TextBodyType
	return r
}

func withRedirect(r browser.Request, m browser.RedirectMode) browser.Request {
	r.Redirect = m
	return r
}

func withReferrer(r browser.Request, p browser.ReferrerPolicy) browser.Request {
	r.ReferrerPolicy = p
	return r
}

// to returns the header lines of a redirect that any page may follow.
func to(status, url string) []string { return append(all, status, "Location: "+url) }

// at returns the URL of an answer at a host.
func at(host string, answer ...string) string { return scriptedURL(host, "case", nil, lines(answer)) }

// asked returns the URL of an answer at a host that answers preflights too.
func asked(host string, preflight []string, answer ...string) string {
	return scriptedURL(host, "case", lines(preflight), lines(answer))
}

func allow(fields ...string) []string { return append(all, append([]string{"204"}, fields...)...) }

const (
	pageA = "http://a.test:7000"
	hostA = "a.test:7000"
	hostB = "b.test:7001"
	hostC = "c.test:7002"
)

var reflected = []string{"Access-Control-Allow-Origin: $ORIGIN", "Access-Control-Allow-Credentials: true"}

func TestSpec(t *testing.T) {
	tested := map[string]int{}
	for _, cases := range [][]specCase{
		originCases, constructCases, headerCases, mainCases, httpCases, redirectCases, networkCases, preflightCases, corsCheckCases, filterCases,
	} {
		for _, c := range cases {
			tested[c.rule]++
			t.Run(c.rule+" "+c.name, func(t *testing.T) { c.run(t) })
		}
	}
	for rule, n := range tested {
		if n < 2 {
			t.Errorf("%s is tested on one side only", rule)
		}
	}
}

// TestProfileReasons: what a browser refuses and the standard does not.
func TestProfileReasons(t *testing.T) {
	for profile, cases := range map[browser.Profile][]specCase{
		browser.Chromium: {
			{name: "commas in Content-Type", situation: situation{request: withBody(request("POST", "Content-Type", "text/plain;a=\xE9,;"), "x"), answer: all}, want: "cors 200", wire: []string{"POST b.test:7001 O=http://a.test:7000 T=text/plain;a=\xE9,;"}},
			{name: "101", situation: situation{answer: append(all, "101")}, want: "network.failed"},
			{name: "an address is of no site", page: browser.PageOptions{URL: "http://127.0.0.1:7000/"}, host: "127.0.0.1:7001", situation: situation{request: withMode(get(), browser.ModeNoCORS), answer: []string{"Cross-Origin-Resource-Policy: same-site"}}, want: "corp.blocked"},
			{name: "localhost is of its own", page: browser.PageOptions{URL: "http://localhost:7000/"}, host: "localhost:7001", situation: situation{request: withMode(get(), browser.ModeNoCORS), answer: []string{"Cross-Origin-Resource-Policy: same-site"}}, want: "opaque 0"},
			{name: "and of that of public suffixes", page: browser.PageOptions{URL: "http://localhost:7000/"}, host: "co.uk:7001", situation: situation{request: withMode(get(), browser.ModeNoCORS), answer: []string{"Cross-Origin-Resource-Policy: same-site"}}, want: "opaque 0"},
			{name: "but not of its subdomains", page: browser.PageOptions{URL: "http://localhost:7000/"}, host: "x.localhost:7001", situation: situation{request: withMode(get(), browser.ModeNoCORS), answer: []string{"Cross-Origin-Resource-Policy: same-site"}}, want: "corp.blocked"},
			{name: "a user name on the way to itself", host: hostA, situation: situation{answer: to("302", "http://u:p@a.test:7000/")}, want: "redirect.userinfo"},
			{name: "a stream", situation: situation{request: browser.Request{Method: "POST", Stream: strings.NewReader("x")}, preflight: allow(), answer: all}, want: "network.stream-http1"},
		},
		browser.Firefox: {
			{name: "a comma in Content-Type", situation: situation{request: withBody(request("POST", "Content-Type", "text/plain;, application/json"), "x"), preflight: allow("Access-Control-Allow-Headers: content-type"), answer: all}, want: "cors 200",
				wire: []string{"OPTIONS b.test:7001 O=http://a.test:7000 M=POST H=content-type", "POST b.test:7001 O=http://a.test:7000 T=text/plain;, application/json"}},
			{name: "a semicolon at its end", situation: situation{request: withBody(request("POST", "Content-Type", "text/plain;a=b;"), "x"), preflight: allow(), answer: all}, want: "preflight.header"},
			{name: "the only semicolon", situation: situation{request: withBody(request("POST", "Content-Type", "text/plain;"), "x"), answer: all}, want: "cors 200", wire: []string{"POST b.test:7001 O=http://a.test:7000 T=text/plain;"}},
			{name: "two elsewhere", situation: situation{request: withBody(request("POST", "Content-Type", "text/plain;;a=b"), "x"), answer: all}, want: "cors 200", wire: []string{"POST b.test:7001 O=http://a.test:7000 T=text/plain;;a=b"}},
			{name: "a comma in mode no-cors", situation: situation{request: withMode(withBody(request("POST", "Content-Type", "text/plain;,"), "x"), browser.ModeNoCORS)}, want: "opaque 0", wire: []string{"POST b.test:7001 O=http://a.test:7000 T=text/plain;charset=UTF-8"}},
			{name: "beyond ASCII", situation: situation{request: get("Accept", "\xE9"), preflight: allow(), answer: all}, want: "preflight.header"},
			{name: "101", situation: situation{answer: append(all, "101")}, want: "cors 101"},
			{name: "an address is of its own site", page: browser.PageOptions{URL: "http://127.0.0.1:7000/"}, host: "127.0.0.1:7001", situation: situation{request: withMode(get(), browser.ModeNoCORS), answer: []string{"Cross-Origin-Resource-Policy: same-site"}}, want: "opaque 0"},
			{name: "a login", situation: situation{request: credentialed(get()), answer: append(mineTo, "401", "WWW-Authenticate: Basic realm=x")}, want: "login.awaited"},
			{name: "no login without credentials", situation: situation{answer: append(all, "401", "WWW-Authenticate: Basic realm=x")}, want: "cors 401"},
			{name: "a stream", situation: situation{request: browser.Request{Method: "POST", Stream: strings.NewReader("x")}, answer: all}, want: "cors 200"},
		},
		browser.WebKit: {
			{name: "two redirects away from the page's origin", host: hostA, situation: situation{answer: to("302", at(hostB, to("302", at(hostB, all...))...))}, want: "acao.wildcard-with-credentials"},
			{name: "one", host: hostA, situation: situation{answer: to("302", at(hostB, all...))}, want: "cors 200"},
			{name: "a stream", situation: situation{request: browser.Request{Method: "POST", Stream: strings.NewReader("x")}}, want: "init.stream"},
			{name: "plain HTTP to this machine", page: browser.PageOptions{URL: "https://a.test/"}, host: "localhost:7001", situation: situation{answer: all}, want: "mixed-content"},
		},
	} {
		for _, c := range cases {
			c.profile = profile
			t.Run(profile.String()+" "+c.name, c.run)
		}
	}
}

func (c specCase) run(t *testing.T) {
	server := newScripted(t)
	b := browser.New(browser.Options{Profile: c.profile, Transport: server.transport})
	page := open(t, b, c.page)
	r := c.request
	switch {
	case c.url != "":
		r.URL = c.url
	case r.URL == "":
		host := c.host
		if host == "" {
			host = hostB
		}
		r.URL = scriptedURL(host, "case", lines(c.preflight), lines(c.answer))
	}
	response, err := page.Fetch(context.Background(), r)
	if got := ended(response, err); got != c.want {
		t.Errorf("it ends with %s, want %s", got, c.want)
		logTraces(t, []outcome{{response: response, err: err}})
	}
	if c.wire != nil {
		if got := short(server.received("case")); !slices.Equal(got, c.wire) {
			t.Errorf("the server receives\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.wire, "\n  "))
		}
	}
	if c.header != nil && err == nil {
		if got := headerNames(response.Header); !slices.Equal(got, c.header) {
			t.Errorf("the script sees the headers %q, want %q", got, c.header)
		}
	}
	checkTrace(t, response, err, len(server.received("case")))
}

func open(t testing.TB, b *browser.Browser, o browser.PageOptions) *browser.Page {
	t.Helper()
	if o.URL == "" && !o.Opaque {
		o.URL = pageA + "/page"
	}
	page, err := b.OpenPage(o)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// ended says in short how a fetch ended.
func ended(response *browser.Response, err error) string {
	var e *browser.Error
	if errors.As(err, &e) {
		return string(e.Reason)
	}
	return fmt.Sprint(response.Type, " ", response.Status)
}

// short writes requests as the wire of a specCase does.
func short(log []received) []string {
	lines := []string{}
	for _, r := range log {
		line := r.Method + " " + r.Host
		for _, f := range [][2]string{
			{"O", "origin"}, {"M", "access-control-request-method"}, {"H", "access-control-request-headers"},
			{"CK", "cookie"}, {"T", "content-type"},
		} {
			if value, ok := r.Header[f[1]]; ok {
				line += " " + f[0] + "=" + value
			}
		}
		if _, ok := r.Header["authorization"]; ok {
			line += " AUTH"
		}
		lines = append(lines, line)
	}
	return lines
}

// checkTrace holds what must be so of every trace.
func checkTrace(t *testing.T, response *browser.Response, err error, served int) {
	t.Helper()
	trace := traceOf(outcome{response: response, err: err})
	exchanges, fails := 0, 0
	for _, s := range trace.Steps {
		if s.Rule == "" || !strings.HasPrefix(s.Section, "https://") || !strings.Contains(s.Section, "#") || !strings.HasSuffix(s.Note, ".") {
			t.Errorf("incomplete step: %+v", s)
		}
		if s.Decision == browser.DecisionFail {
			fails++
			if s.Reason == "" {
				t.Errorf("a failing step without a reason: %+v", s)
			}
		}
		if s.Exchange != nil && s.Exchange.Answer != nil {
			exchanges++
		}
	}
	if exchanges != served {
		t.Errorf("the trace has %d answered exchanges, the server %d requests", exchanges, served)
	}
	if failed := err != nil; failed != (fails == 1) || fails > 1 {
		t.Errorf("%d failing steps, error %v", fails, err)
	}
	if trace.Verdict.Message == "" || trace.Verdict.Outcome == "" {
		t.Errorf("incomplete verdict: %+v", trace.Verdict)
	}
	for _, p := range []browser.Profile{browser.Spec, browser.Chromium, browser.Firefox, browser.WebKit} {
		if text := trace.Console(p); strings.ContainsAny(text, "{}") {
			t.Errorf("the console of %v has a gap: %s", p, text)
		}
	}
	var e *browser.Error
	if errors.As(err, &e) {
		if last := trace.Steps[len(trace.Steps)-1]; last.Decision != browser.DecisionFail && last.Rule != "cache.clear" {
			t.Errorf("the last step of a failure is %+v", last)
		}
		if e.Sent != trace.Verdict.Sent || e.Reason != trace.Verdict.Reason {
			t.Errorf("error %+v, verdict %+v", e, trace.Verdict)
		}
	}
}
