// Package corstest tests what browsers make of a server, in go test and without
// a browser: a page makes requests as a browser would (package browser), and
// the test says which of them must work.
//
//	func TestCORS(t *testing.T) {
//		page := corstest.Open(t, newHandler(), "https://app.example.com")
//		page.Allows(browser.Request{URL: "/items"})
//		page.Preflights(browser.Request{Method: "PUT", URL: "/items/1"})
//		page.Blocks(browser.Request{Method: "DELETE", URL: "/items/1"}, browser.ReasonPreflightMethod)
//	}
//
// A failure prints all that happened, why, and what to change.
//
// The handler is served over loopback as https://api.test, with HTTP/2 and a
// certificate, so the requests are real. A page keeps its cookies and what
// preflights allowed, as a browser does; open another for a fresh start, or
// describe a table of [Case] values, each of which gets its own.
package corstest

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
	"crossorigin.dev/internal/render"
	"crossorigin.dev/origin"
)

// API is where Open serves its handler, whatever the host of a request's URL.
const API = "https://api.test"

// A Page is an open page that a test lets make requests. It is safe for
// concurrent use, like the testing.TB that it reports to.
type Page struct {
	t       testing.TB
	setup   *setup
	browser *browser.Browser
	page    *browser.Page
	seeds   *seeding
	profile browser.Profile
}

// A setup is what pages of one server have in common.
type setup struct {
	base      string // of relative URLs
	origin    string
	stack     diagnose.Stack
	transport http.RoundTripper
}

// Open opens a page of an origin, such as "https://app.example.com" or "null",
// and serves handler for it at https://api.test until the test ends. The URLs of
// requests may be relative to that. Requests to other hosts over https reach the
// handler too, so that it may redirect between them; it sees the host in
// r.Host. The page is in the profile browser.Spec; see [Page.In].
//
// An origin that is none ends the test.
func Open(t testing.TB, handler http.Handler, origin string) *Page {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that clients break off
	server.StartTLS()
	t.Cleanup(server.Close)
	transport := &http.Transport{
		ForceAttemptHTTP2:  true,
		DisableCompression: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if _, port, _ := net.SplitHostPort(address); port != "443" {
				return nil, fmt.Errorf("corstest serves https://api.test and other hosts at port 443, not %s", address)
			}
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		},
		TLSClientConfig: &tls.Config{
			RootCAs:    server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs,
			ServerName: "example.com", // the name in the certificate of httptest
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return open(t, &setup{base: API, origin: origin, stack: "go", transport: transport}, browser.Spec)
}

// OpenURL opens a page of an origin, whose requests go to a server that runs
// already; their URLs may be relative to its URL, such as
// "http://localhost:9000". The requests are real: what they ask for is done.
func OpenURL(t testing.TB, url, origin string) *Page {
	t.Helper()
	transport := &http.Transport{ForceAttemptHTTP2: true, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return open(t, &setup{base: strings.TrimSuffix(url, "/"), origin: origin, transport: transport}, browser.Spec)
}

func open(t testing.TB, s *setup, profile browser.Profile) *Page {
	t.Helper()
	options := browser.PageOptions{URL: s.origin + "/"}
	if s.origin == "null" {
		options = browser.PageOptions{Opaque: true}
	} else if _, err := origin.Parse(s.origin); err != nil {
		t.Fatalf("corstest: %v; write an origin such as https://app.example.com", err)
	}
	seeds := &seeding{RoundTripper: s.transport}
	b := browser.New(browser.Options{Profile: profile, Transport: seeds})
	page, err := b.OpenPage(options)
	if err != nil {
		t.Fatalf("corstest: %v", err)
	}
	return &Page{t: t, setup: s, browser: b, page: page, seeds: seeds, profile: profile}
}

// In opens the same page anew in the browser of a profile, with no cookies and
// nothing remembered.
func (p *Page) In(profile browser.Profile) *Page {
	p.t.Helper()
	return open(p.t, p.setup, profile)
}

// Fetch does what fetch() does in the page's script, and checks nothing. The
// error is a [*browser.Error].
func (p *Page) Fetch(r browser.Request) (*browser.Response, error) {
	r.URL = p.absolute(r.URL)
	return p.page.Fetch(p.t.Context(), r)
}

// absolute resolves a URL that is relative to the server's.
func (p *Page) absolute(url string) string {
	if url == "" || strings.HasPrefix(url, "/") && !strings.HasPrefix(url, "//") {
		return p.setup.base + url
	}
	return url
}

// Allows checks that the browser lets the page have the response, and returns
// what the script sees of it. If it does not, the test ends.
func (p *Page) Allows(r browser.Request) *browser.Response {
	p.t.Helper()
	response, err := p.Fetch(r)
	if err != nil {
		p.t.Fatal(report("want it allowed", browser.TraceOf(response, err), p.setup.stack))
	}
	return response
}

// Blocks checks that the browser blocks the request or hides the response, for
// the given reason. Without a reason any will do, but for a network that
// failed.
func (p *Page) Blocks(r browser.Request, reasons ...browser.Reason) {
	p.t.Helper()
	response, err := p.Fetch(r)
	v := browser.TraceOf(response, err).Verdict
	if v.Outcome == browser.OutcomeBlocked && len(reasons) == 0 || slices.Contains(reasons, v.Reason) {
		return
	}
	want := "want it blocked"
	for i, reason := range reasons {
		want += map[bool]string{true: ": ", false: " or "}[i == 0] + string(reason)
	}
	p.t.Error(report(want, browser.TraceOf(response, err), p.setup.stack))
}

// Preflights checks that the browser asks the server with a preflight before
// it sends the request, and that it then lets the page have the response, which
// it returns. If not, the test ends.
func (p *Page) Preflights(r browser.Request) *browser.Response {
	p.t.Helper()
	return p.allowsAfter(r, true)
}

// NeedsNoPreflight checks that the browser sends the request at once, since it
// is simple or an earlier preflight is remembered, and that it then lets the page
// have the response, which it returns. If not, the test ends.
func (p *Page) NeedsNoPreflight(r browser.Request) *browser.Response {
	p.t.Helper()
	return p.allowsAfter(r, false)
}

func (p *Page) allowsAfter(r browser.Request, preflighted bool) *browser.Response {
	p.t.Helper()
	response, err := p.Fetch(r)
	trace := browser.TraceOf(response, err)
	if err != nil || trace.Verdict.Preflighted != preflighted {
		want := "want it allowed after a preflight"
		if !preflighted {
			want = "want it allowed without a preflight"
		}
		p.t.Fatal(report(want, trace, p.setup.stack))
	}
	return response
}

// Exposes checks that the browser lets the page have the response, and that its
// script sees the header fields of these names. It returns what the script
// sees. If the browser blocks it, the test ends.
func (p *Page) Exposes(r browser.Request, names ...string) *browser.Response {
	p.t.Helper()
	response := p.Allows(r)
	for _, name := range names {
		if response.Header.Values(name) == nil {
			p.t.Error(report("want the script to see "+name, response.Trace, p.setup.stack))
			break
		}
	}
	return response
}

// SetCookie gives the browser a cookie of the server's, written as in a
// Set-Cookie header: "session=1; SameSite=None; Secure". Browsers differ in what
// becomes of one without SameSite. A cookie that no browser takes ends the test.
func (p *Page) SetCookie(cookie string) {
	p.t.Helper()
	if !strings.Contains(strings.ToLower(cookie), "path=") {
		cookie += "; Path=/"
	}
	if err := p.seeds.seed(p, cookie); err != nil {
		p.t.Fatalf("corstest: the cookie %q cannot be set: %v", cookie, err)
	}
}

// report tells what was wanted, and what happened and why.
func report(want string, t *browser.Trace, stack diagnose.Stack) string {
	got := string(t.Verdict.Outcome)
	if t.Verdict.Reason != "" {
		got += ": " + string(t.Verdict.Reason)
	}
	d := diagnose.Of(t, diagnose.Options{Stack: stack})
	var story bytes.Buffer
	// A bytes.Buffer returns no error.
	_ = render.Text(&story, t, render.TextOptions{Width: 90, Diagnosis: &d})
	return fmt.Sprintf("%s %s from %s is %s (profile %s); %s\n\n%s", t.Method, render.Printable(t.URL), t.Origin, got, t.Profile, want, story.String())
}
