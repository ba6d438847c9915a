package diagnose

import (
	"strings"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 11,
	code:   "origin-pattern",
	title:  "The allowed origin is a pattern or no origin at all",
	about: "Access-Control-Allow-Origin holds one origin, *, or null. A browser knows no patterns such as https://*.example.com and no bare host names; " +
		"matching is the server's work, which then answers with the one origin that asked.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonACAOInvalid, browser.ReasonACAOMismatch, browser.ReasonPreflightACAOInvalid, browser.ReasonPreflightACAOMismatch},
	match: func(f *facts) bool {
		return !f.cached && !f.hidden() && (f.is(browser.ReasonACAOInvalid) ||
			f.is(browser.ReasonACAOMismatch) && !f.opaque() && !f.tainted() && strings.Contains(f.input("access-control-allow-origin"), "*"))
	},
	explain: func(f *facts, p *Problem) {
		switch value := f.input("access-control-allow-origin"); {
		case value == "":
			p.Cause = "Access-Control-Allow-Origin is there but empty, as when a variable of the server's configuration is not set."
		case strings.Contains(value, "*"):
			p.Cause = "Access-Control-Allow-Origin is " + value + ", but browsers know no patterns: only the server can match, and answer with the origin itself."
		default:
			p.Cause = "Access-Control-Allow-Origin is " + value + ", which is no origin: an origin begins with its scheme, such as https://."
		}
		f.show(p, "Access-Control-Allow-Origin")
		f.showSent(p, "Origin")
		p.Fix.Do = "Let the server compare the Origin it gets with what it allows, and answer with that origin."
		f.mendAnswer(p, 0, f.originField(), f.varyLine())
		p.Warnings = append(p.Warnings, "A match by the end of the name must begin at a dot: evilexample.com ends like example.com.")
	},
})
