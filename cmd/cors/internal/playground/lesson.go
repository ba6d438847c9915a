package playground

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"crossorigin.dev/browser"
)

// A lesson is one entry of the table in lessons.go. Its prose, before the run
// and after it, are the templates "before-ID" and "after-ID" in
// assets/prose.html. The page's script and our own browser both make its steps
// from these fields, and the code shown is written from them too.
type lesson struct {
	ID    string // in its URL
	Part  string // of the path, where a new one begins
	Title string
	Short string // what one learns, for the index
	// Question is what the reader predicts: what comes of step Asked.
	Question string
	Asked    int
	// Choices are the answers to it; nil are those of how a fetch ends. The
	// right one is that whose Key the asked step comes to.
	Choices []guess
	Key     func(seen) string // nil: seen.ending
	Steps   []step
}

// A guess is an answer that a reader may give.
type guess struct {
	Key, Text string
}

// A step is one call of fetch(), or an image.
type step struct {
	Title       string
	From        from
	To          to
	Method      string // empty: GET, which needs no mention in the code
	Path        string
	Header      []browser.Field
	Body        string
	Mode        browser.Mode
	Credentials browser.CredentialsMode
	Image       bool // <img src=…> and no fetch()
	// Ends is what the lesson says comes of the step. The prediction and the
	// tests in browsers are held to it; nothing is shown from it.
	Ends string
}

// from is the page that makes a request: the names are those of origins.js.
type from string

const (
	fromSite  from = "site"
	fromAlias from = "alias"
	fromNull  from = "null"
)

// to is the server that a request goes to.
type to uint8

const (
	toAPI to = iota
	toSite
	toSiteAlias
)

// How a fetch ends, as seen from outside the browser.
const (
	endsRead      = "read"      // sent at once, and read
	endsAskedRead = "askedread" // preflight, sent, and read
	endsHidden    = "hidden"    // sent at once, but the page cannot read the answer
	endsAskedHid  = "askedhid"  // preflight, sent, but the page cannot read the answer
	endsRefused   = "refused"   // preflight, and no more
	endsUnsent    = "unsent"    // nothing was sent, and nothing read
	endsCached    = "cached"    // nothing was sent, but the page read an answer
)

// endings are the usual choices.
var endings = []guess{
	{endsRead, "It sends the request, and the page reads the answer"},
	{endsAskedRead, "It asks first with a preflight, then sends the request, and the page reads the answer"},
	{endsHidden, "It sends the request, but keeps the answer from the page"},
	{endsRefused, "It asks first, and never sends the request"},
	{endsUnsent, "It sends nothing at all"},
}

// lessonByID returns the lesson and its place in the table, nil if there is
// none.
func lessonByID(id string) (*lesson, int) {
	i := slices.IndexFunc(lessons, func(l lesson) bool { return l.ID == id })
	if i < 0 {
		return nil, 0
	}
	return &lessons[i], i
}

// choices are the lesson's, or the usual ones.
func (l *lesson) choices() []guess {
	if l.Choices != nil {
		return l.Choices
	}
	return endings
}

// answer is the key of the choice that is right, if the asked step came to s.
func (l *lesson) answer(s seen) string {
	if l.Key != nil {
		return l.Key(s)
	}
	return s.ending()
}

// server is the origin that the step's request goes to.
func (p *Playground) server(t to) string {
	switch t {
	case toSite:
		return p.site.url()
	case toSiteAlias:
		return p.site.alias()
	}
	return p.api.url()
}

// target is the step's URL for one run.
func (p *Playground) target(s *step, run string) string {
	return p.server(s.To) + s.Path + "?run=" + run
}

// request is the step as our own browser makes it.
func (s *step) request(url string) browser.Request {
	if s.Image {
		return browser.Image(url, browser.CrossOriginNone)
	}
	r := browser.Request{Method: s.Method, URL: url, Mode: s.Mode, Credentials: s.Credentials}
	if s.Header != nil {
		r.Header = http.Header{}
		for _, f := range s.Header {
			r.Header.Add(f.Name, f.Value)
		}
	}
	if s.Body != "" {
		r.Body, r.BodyType = []byte(s.Body), browser.TextBodyType
	}
	return r
}

// lessonPage opens the page that makes the step's request, in our own browser.
func (p *Playground) lessonPage(b *browser.Browser, f from) (*browser.Page, error) {
	switch f {
	case fromAlias:
		return b.OpenPage(browser.PageOptions{URL: p.site.alias() + "/frame", CrossSiteAncestor: true})
	case fromNull:
		return b.OpenPage(browser.PageOptions{URL: p.site.url() + "/frame?origin=null", Opaque: true})
	}
	return b.Open(p.site.url() + "/")
}

// A lessonCall is a step as the page's script makes it.
type lessonCall struct {
	From from            `json:"from"`
	URL  string          `json:"url"`
	Init json.RawMessage `json:"init"` // for attempt() in attempt.js
}

func (p *Playground) call(s *step, run string) (lessonCall, error) {
	init := struct {
		Element     string                  `json:"element,omitempty"`
		Method      string                  `json:"method,omitempty"`
		Headers     map[string]string       `json:"headers,omitempty"`
		Body        string                  `json:"body,omitempty"`
		Mode        browser.Mode            `json:"mode,omitempty"`
		Credentials browser.CredentialsMode `json:"credentials,omitempty"`
	}{Method: s.Method, Body: s.Body, Mode: s.Mode, Credentials: s.Credentials}
	if s.Image {
		init.Element = "image"
	}
	for _, f := range s.Header {
		if init.Headers == nil {
			init.Headers = map[string]string{}
		}
		init.Headers[f.Name] = f.Value
	}
	text, err := json.Marshal(init)
	if s.From == "" {
		return lessonCall{fromSite, p.target(s, run), text}, err
	}
	return lessonCall{s.From, p.target(s, run), text}, err
}

// code is the step as one would write it by hand.
func (s *step) code(server string) string {
	url := server + s.Path
	if s.Image {
		return fmt.Sprintf("<img src=%q>", url)
	}
	var lines []string
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, fmt.Sprintf("  %s: %q,", name, value))
		}
	}
	add("method", s.Method)
	if s.Header != nil {
		lines = append(lines, "  headers: {")
		for _, f := range s.Header {
			lines = append(lines, fmt.Sprintf("    %q: %q,", f.Name, f.Value))
		}
		lines = append(lines, "  },")
	}
	if s.Body != "" {
		quote := `"`
		if strings.Contains(s.Body, quote) {
			quote = "'"
		}
		lines = append(lines, "  body: "+quote+s.Body+quote+",")
	}
	add("mode", string(s.Mode))
	add("credentials", string(s.Credentials))
	if len(lines) == 0 {
		return fmt.Sprintf("fetch(%q)", url)
	}
	return fmt.Sprintf("fetch(%q, {\n%s\n})", url, strings.Join(lines, "\n"))
}
