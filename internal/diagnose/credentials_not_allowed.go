package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  15,
	code:    "credentials-not-allowed",
	title:   "The server does not allow credentials",
	about:   "The page asks with credentials, and the answer must then say Access-Control-Allow-Credentials: true, in exactly these letters; True, 1 and yes are no.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonACACNotTrue, browser.ReasonPreflightACACNotTrue},
	match: func(f *facts) bool {
		return f.is(browser.ReasonACACNotTrue) && !f.cached && !f.hidden()
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = "The page asks with credentials, and the answer has no Access-Control-Allow-Credentials."
		if value, ok := f.answered("Access-Control-Allow-Credentials"); ok {
			p.Cause = "The page asks with credentials, and Access-Control-Allow-Credentials is " + value + ", which is not exactly true."
		}
		f.show(p, "Access-Control-Allow-Credentials")
		p.Fix.Do = "Let the server allow credentials; or, if no cookie is needed, let the page ask without credentials: \"include\"."
		f.mendAnswer(p, 0, browser.Field{Name: "Access-Control-Allow-Credentials", Value: "true"})
		p.Warnings = append(p.Warnings, "With this every origin that the server allows acts in the user's name: allow only those that are yours.")
	},
})
