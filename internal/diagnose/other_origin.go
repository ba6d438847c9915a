package diagnose

import (
	"net/url"
	"strings"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 10,
	code:   "other-origin",
	title:  "The server allows another origin",
	about: "The answer allows an origin, but not the page's. Origins differ if the scheme, the host or the port does: " +
		"http is not https, localhost is not 127.0.0.1, www.example.com is not example.com, and port 3000 is not 5173.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonACAOMismatch, browser.ReasonPreflightACAOMismatch},
	match: func(f *facts) bool {
		value := f.input("access-control-allow-origin")
		return f.is(browser.ReasonACAOMismatch) && !f.cached && !f.hidden() && !f.opaque() && !f.tainted() && !hasPath(value) && !strings.Contains(value, "*")
	},
	explain: func(f *facts, p *Problem) {
		value := f.input("access-control-allow-origin")
		p.Cause = "The server allows " + value + ", but the page is of " + f.origin + ": " + difference(value, f.origin) + "."
		f.show(p, "Access-Control-Allow-Origin")
		f.showSent(p, "Origin")
		p.Fix.Do = "Add " + f.origin + " to the origins that the server allows, and let it answer with the one that asked."
		f.mendAnswer(p, 0, f.originField(), f.varyLine())
		p.Warnings = append(p.Warnings, "Answering with whatever Origin comes in would allow every site. Compare with a list, as a whole and not by its end.")
	},
})

// difference says in what two origins differ.
func difference(allowed, page string) string {
	a, errA := url.Parse(allowed)
	b, errB := url.Parse(page)
	switch {
	case allowed == "null":
		return "null is the origin of files and sandboxed frames, of no site"
	case errA != nil || errB != nil || a.Host == "":
		return "they are not the same text"
	case strings.EqualFold(allowed, page):
		return "an origin is written in lower case"
	case a.Scheme != b.Scheme && a.Host == b.Host:
		return "the scheme differs"
	case a.Hostname() == b.Hostname() && a.Scheme == b.Scheme:
		return "the port differs"
	case isLoopback(a.Hostname()) && isLoopback(b.Hostname()):
		return "localhost and 127.0.0.1 are different hosts to a browser"
	case strings.TrimPrefix(a.Hostname(), "www.") == strings.TrimPrefix(b.Hostname(), "www."):
		return "one has www and the other has not"
	}
	return "the host differs"
}

func isLoopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}
