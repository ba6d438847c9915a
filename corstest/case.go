package corstest

import (
	"slices"
	"testing"

	"crossorigin.dev/browser"
)

// A Case is a row of a table of requests.
type Case struct {
	Name    string // empty: the method and the URL
	Origin  string // of the page; empty: that of the page the table is run by
	Profile browser.Profile
	Cookies []string // as for [Page.SetCookie]
	Request browser.Request
	// Reason is why the browser blocks it; empty if it allows it.
	Reason browser.Reason
	// Preflights says that the browser asks first. It is not looked at if the
	// reason is of the preflight itself or of the call.
	Preflights bool
	// Exposes are header fields that the script sees.
	Exposes []string
	// Hides are header fields that it does not see.
	Hides []string
}

// Run runs each case as a subtest, with a page of its own that remembers
// nothing of the others.
func (p *Page) Run(t *testing.T, cases []Case) {
	t.Helper()
	for _, c := range cases {
		name := c.Name
		if name == "" {
			name = method(c.Request) + " " + c.Request.URL
		}
		t.Run(name, func(t *testing.T) {
			t.Helper()
			s := *p.setup
			if c.Origin != "" {
				s.origin = c.Origin
			}
			open(t, &s, c.Profile).check(c)
		})
	}
}

func method(r browser.Request) string {
	if r.Method == "" {
		return "GET"
	}
	return r.Method
}

func (p *Page) check(c Case) {
	p.t.Helper()
	for _, cookie := range c.Cookies {
		p.SetCookie(cookie)
	}
	if c.Reason != "" {
		p.Blocks(c.Request, c.Reason)
		return
	}
	response := p.allowsAfter(c.Request, c.Preflights)
	for _, name := range c.Exposes {
		if response.Header.Values(name) == nil {
			p.t.Error(report("want the script to see "+name, response.Trace, p.setup.stack))
		}
	}
	for _, name := range slices.DeleteFunc(slices.Clone(c.Hides), func(name string) bool { return response.Header.Values(name) == nil }) {
		p.t.Error(report("want the script not to see "+name, response.Trace, p.setup.stack))
	}
}
