package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  12,
	code:    "origin-list",
	title:   "The allowed origin is a list",
	about:   "Access-Control-Allow-Origin holds one origin only. A server that allows several looks at the Origin it gets and answers with that one, and with Vary: Origin so that caches keep the answers apart.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonACAOMultiple, browser.ReasonPreflightACAOMultiple},
	match: func(f *facts) bool {
		return f.is(browser.ReasonACAOMultiple) && !f.cached && !f.hidden() && !repeated(f)
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = "Access-Control-Allow-Origin is the list " + f.input("access-control-allow-origin") + ", but browsers accept one origin only."
		f.show(p, "Access-Control-Allow-Origin")
		f.showSent(p, "Origin")
		p.Fix.Do = "Let the server answer with the one origin that asked, if it is on the list."
		f.mendAnswer(p, 0, f.originField(), f.varyLine())
	},
})
