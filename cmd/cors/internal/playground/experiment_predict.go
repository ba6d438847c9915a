package playground

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"crossorigin.dev/browser"
)

// pageOrigin is the origin of a page of that kind, serialized.
func (p *Playground) pageOrigin(kind string) string {
	switch kind {
	case "site":
		return p.site.url()
	case "alias":
		return p.site.alias()
	case "https", "public":
		return "https://app.example"
	}
	return "null"
}

// targetOrigin is the origin that a call goes to.
func (p *Playground) targetOrigin(kind string) string {
	switch kind {
	case "own":
		return p.site.url()
	case "alias":
		return p.api.alias()
	case "port":
		return "http://localhost:1"
	case "plain":
		return "http://api.example"
	case "blocked":
		return "http://ads.example"
	}
	return p.api.url()
}

// nextOrigin is where a redirect leads.
func (p *Playground) nextOrigin(kind string) string {
	if kind == "user" {
		return "http://user:secret@" + p.api.authority
	}
	return p.targetOrigin(kind)
}

// page describes the page as our own browser opens it. The frames of the lab
// are in a page of another site; see frame.go.
func (p *Playground) page(kind string) browser.PageOptions {
	o := browser.PageOptions{URL: p.pageOrigin(kind) + "/"}
	switch kind {
	case "site":
		o = browser.PageOptions{URL: p.site.url() + "/experiment", ReferrerPolicy: browser.ReferrerSameOrigin}
	case "alias":
		o = browser.PageOptions{URL: p.site.alias() + "/frame", ReferrerPolicy: browser.ReferrerSameOrigin, CrossSiteAncestor: true}
	case "null":
		o = browser.PageOptions{Opaque: true, CrossSiteAncestor: true}
	case "file":
		o = browser.PageOptions{URL: "file:///home/you/page.html"}
	case "public":
		o.AddressSpace = browser.AddressSpacePublic
	}
	return o
}

// request is the call as our own browser makes it.
func (s *state) request(url string) browser.Request {
	if s.Mode == webSocket {
		return browser.WebSocket(socketURL(url))
	}
	r := browser.Request{
		Method: s.Method, URL: url, Header: http.Header{}, Mode: browser.Mode(s.Mode),
		Credentials: browser.CredentialsMode(s.Credentials), Redirect: browser.RedirectMode(s.Redirect), Cache: browser.CacheMode(s.Cache),
	}
	for _, f := range s.header() {
		r.Header.Add(f[0], oneByteEach(f[1]))
	}
	if s.Kind != "none" {
		r.Body = []byte(s.Body)
	}
	if s.Kind == "text" {
		r.BodyType = browser.TextBodyType
	}
	return r
}

// socketURL is where a WebSocket is opened, at an http: URL.
func socketURL(url string) string { return "ws" + strings.TrimPrefix(url, "http") }

// header lists the fields that the script sets, in which a body of JSON or of a
// form brings along its type.
func (s *state) header() [][2]string {
	all := [][2]string{}
	typed := false
	for _, line := range textLines(s.Headers) {
		name, value, _ := headerLine(line)
		all = append(all, [2]string{name, value})
		typed = typed || strings.EqualFold(name, "Content-Type")
	}
	switch {
	case typed:
	case s.Kind == "json":
		all = append(all, [2]string{"Content-Type", "application/json"})
	case s.Kind == "form":
		all = append(all, [2]string{"Content-Type", "application/x-www-form-urlencoded;charset=UTF-8"})
	}
	return all
}

// earlier is the call made before, if there is one.
func (s *state) earlier() *state {
	e := *s
	switch s.Before {
	case "same":
	case "no-cors":
		e.Method, e.Headers, e.Kind, e.Body, e.Mode, e.Redirect = "GET", "", "none", "", "no-cors", "follow"
	default:
		return nil
	}
	return &e
}

// An observation is what can be known of a call without looking into the
// browser: what reached the server, and what the script got. A prediction is
// right if it is equal to what came.
type observation struct {
	Reached    string               // "OPTIONS /items, PUT /items"; empty: nothing
	Type       browser.ResponseType // of the response; empty: fetch() failed
	Status     int
	Redirected bool
	Header     string // names of the header fields that the script can read
}

// A forecast is what our own browser made of a state.
type forecast struct {
	Profile  browser.Profile
	Trace    *browser.Trace
	Observed observation
	Console  string // what that browser's developer tools print
}

// forecast makes the call in our own browser, over loopback and from the API
// as the reader's browser will.
func (p *Playground) forecast(ctx context.Context, s *state, profile browser.Profile) (forecast, error) {
	all, err := p.forecasts(ctx, s, profile)
	if err != nil {
		return forecast{}, err
	}
	return all[0], nil
}

// forecasts is forecast in several browsers, each as good as new.
func (p *Playground) forecasts(ctx context.Context, s *state, profiles ...browser.Profile) ([]forecast, error) {
	id, _, err := p.trials.begin(*s, p, true, "")
	if err != nil {
		return nil, err
	}
	defer p.trials.end(id)
	all := make([]forecast, len(profiles))
	failures := make([]error, len(profiles))
	var running sync.WaitGroup
	for i, profile := range profiles {
		running.Go(func() {
			all[i], failures[i] = p.rehearse(ctx, s, profile, id)
		})
	}
	running.Wait()
	return all, errors.Join(failures...)
}

func (p *Playground) rehearse(ctx context.Context, s *state, profile browser.Profile, id string) (forecast, error) {
	b := browser.New(browser.Options{
		Profile: profile, Transport: &rehearsal{p.trials.transport, id}, MaxBody: maxRehearsalBody, Timeout: predictTimeout,
	})
	page, err := b.OpenPage(p.page(s.Page))
	if err != nil {
		return forecast{}, fmt.Errorf("open the page: %w", err)
	}
	url := p.targetOrigin(s.Target) + hopPaths[0]
	if e := s.earlier(); e != nil {
		_, _ = page.Fetch(ctx, e.request(url)) // what it left behind will show
	}
	response, err := page.Fetch(ctx, s.request(url))
	trace := browser.TraceOf(response, err)
	if trace == nil {
		return forecast{}, err
	}
	if ctx.Err() != nil {
		return forecast{}, ctx.Err()
	}
	f := forecast{Profile: profile, Trace: trace, Console: trace.Console(profile)}
	f.Observed.Reached = reached(exchangesOf(trace))
	if err == nil {
		f.Observed.Type, f.Observed.Status, f.Observed.Redirected = response.Type, response.Status, response.Redirected
		var names []string
		for name := range response.Header {
			names = append(names, name)
		}
		f.Observed.Header = headerNames(names)
	}
	return f, nil
}

// maxRehearsalBody is more than the lab ever answers, in bytes.
const maxRehearsalBody = 64 << 10

func exchangesOf(t *browser.Trace) []browser.Exchange {
	var all []browser.Exchange
	for _, s := range t.Steps {
		if s.Exchange != nil {
			all = append(all, *s.Exchange)
		}
	}
	return all
}

// reached lists the requests that arrived. One that comes twice in a row is
// one: browsers try again where a connection is hung up.
func reached(all []browser.Exchange) string {
	var lines []string
	for _, x := range all {
		line := x.Method + " " + pathOf(x.URL)
		if n := len(lines); n == 0 || lines[n-1] != line {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, ", ")
}

func pathOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if at := strings.IndexByte(rest, '/'); at >= 0 {
		return rest[at:]
	}
	return "/"
}

// A rehearsal takes what our own browser sends to the one trial of the API, of
// which its URLs say nothing: so the trace reads as if the API had no other.
type rehearsal struct {
	http.RoundTripper
	id string
}

func (r *rehearsal) RoundTrip(request *http.Request) (*http.Response, error) {
	u := *request.URL
	u.Path, u.RawPath = trialPath+r.id+u.Path, ""
	inner := *request
	inner.URL = &u
	response, err := r.RoundTripper.RoundTrip(&inner)
	if response != nil {
		response.Request = request
	}
	return response, err
}

// newRehearsals returns the transport of our own browser, which reaches the
// two servers of the lab and nothing else, whatever a URL says.
func newRehearsals(servers []*endpoint) *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			var d net.Dialer
			for _, e := range servers {
				for _, name := range append([]string{e.authority}, e.aliases...) {
					if address == name || address == name+":80" {
						return d.DialContext(ctx, network, e.sockets[0].Addr().String())
					}
				}
			}
			if address == "ads.example:80" { // which is there for that
				return nil, errors.New("an extension stopped the request, such as an ad blocker")
			}
			return nil, errors.New("it is none of the lab’s servers")
		},
		MaxIdleConns: 16, MaxIdleConnsPerHost: 8, IdleConnTimeout: 30 * time.Second,
	}
}

// profileOf tells the reader's browser from the User-Agent it sends.
func profileOf(userAgent string) browser.Profile {
	switch {
	case strings.Contains(userAgent, "Firefox/"):
		return browser.Firefox
	case strings.Contains(userAgent, "Chrome/"), strings.Contains(userAgent, "Chromium/"):
		return browser.Chromium
	case strings.Contains(userAgent, "AppleWebKit/"):
		return browser.WebKit
	}
	return browser.Spec
}

// allProfiles in the order in which they are shown, with p first.
func allProfiles(p browser.Profile) []browser.Profile {
	all := []browser.Profile{browser.Chromium, browser.Firefox, browser.WebKit, browser.Spec}
	at := slices.Index(all, p)
	all = slices.Delete(all, at, at+1)
	return append([]browser.Profile{p}, all...)
}
