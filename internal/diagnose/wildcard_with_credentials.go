package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 14,
	code:   "wildcard-with-credentials",
	title:  "* does not go with credentials",
	about: "The page asks with credentials, and for those * means nothing: the server must name the origin. " +
		"It is so because with * every site could read the answer in the user's name.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonACAOWildcardWithCredentials, browser.ReasonPreflightACAOWildcardWithCredentials},
	match: func(f *facts) bool {
		return f.is(browser.ReasonACAOWildcardWithCredentials) && !f.cached && !f.hidden() && !f.opaque() && !f.tainted()
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = "The page asks with credentials, and Access-Control-Allow-Origin is *, which does not count then; the server must name " + f.origin + "."
		f.show(p, "Access-Control-Allow-Origin")
		f.showSent(p, "Origin")
		p.Fix.Do = "Let the server name the origin and allow credentials; or, if no cookie is needed, let the page ask without."
		f.mendAnswer(p, 0, f.originLines()...)
		p.Warnings = append(p.Warnings, "Do not answer with whatever Origin comes in: together with Access-Control-Allow-Credentials: true, any site could read the user's data. Compare with a list.")
	},
})
