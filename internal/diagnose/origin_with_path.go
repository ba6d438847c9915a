package diagnose

import (
	"strings"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  9,
	code:    "origin-with-path",
	title:   "The allowed origin has a slash or a path at its end",
	about:   "An origin is scheme, host and port and no more. The value is compared byte for byte with the Origin the browser sent, so https://app.example.com/ allows nobody.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonACAOMismatch, browser.ReasonPreflightACAOMismatch},
	match: func(f *facts) bool {
		return f.is(browser.ReasonACAOMismatch) && !f.cached && !f.hidden() && !f.opaque() && !f.tainted() && hasPath(f.input("access-control-allow-origin"))
	},
	explain: func(f *facts, p *Problem) {
		value := f.input("access-control-allow-origin")
		p.Cause = "Access-Control-Allow-Origin is " + value + ", which is a URL, not an origin: an origin has no slash after the host."
		if value[:len(value)-len(pathOf(value))] != f.origin {
			p.Cause += " It is not of the page's origin " + f.origin + " either."
		}
		f.show(p, "Access-Control-Allow-Origin")
		f.showSent(p, "Origin")
		p.Fix.Do = "Write the origin without anything after the host and port."
		f.mendAnswer(p, 0, f.originField(), f.varyLine())
	},
})

// pathOf returns what follows the host of something like a URL.
func pathOf(value string) string {
	_, rest, found := strings.Cut(value, "://")
	if !found {
		return ""
	}
	at := strings.IndexByte(rest, '/')
	if at < 0 {
		return ""
	}
	return rest[at:]
}

func hasPath(value string) bool { return pathOf(value) != "" && !strings.Contains(value, "*") }

// originField is the one field that allows the page.
func (f *facts) originField() browser.Field {
	return browser.Field{Name: "Access-Control-Allow-Origin", Value: f.origin}
}
