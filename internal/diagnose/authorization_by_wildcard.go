package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  18,
	code:    "authorization-by-wildcard",
	title:   "* does not cover Authorization",
	about:   "By the standard Access-Control-Allow-Headers: * leaves Authorization out: it must be listed by its name. Browsers let it pass today and warn that they will not for ever.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonPreflightAuthorizationWildcard, browser.ReasonPreflightHeader},
	match: func(f *facts) bool {
		return f.is(browser.ReasonPreflightAuthorizationWildcard) || f.is(browser.ReasonPreflightHeader) && authorizationByWildcard(f)
	},
	advise: func(f *facts) bool {
		return f.succeeded() && authorizationPassed(f.trace)
	},
	explain: func(f *facts, p *Problem) {
		f = f.ofPreflight()
		line, _ := f.answered("Access-Control-Allow-Headers")
		p.Cause = "The script sends Authorization, and Access-Control-Allow-Headers is " + line + ", in which * does not cover Authorization."
		if f.failed == nil {
			p.Cause += " This browser lets it pass for now."
		}
		f.show(p, "Access-Control-Allow-Headers")
		p.Fix.Do = "Let the server list authorization by its name."
		value := "*, authorization"
		if f.credentialed() {
			value = listWith(line, "authorization")
		}
		f.mendAnswer(p, 0, browser.Field{Name: "Access-Control-Allow-Headers", Value: value})
	},
})

// authorizationByWildcard reports whether the header that is not allowed is
// Authorization, and the list has a *.
func authorizationByWildcard(f *facts) bool {
	line, _ := f.answered("Access-Control-Allow-Headers")
	return f.input("header") == "authorization" && listsToken(line, "*")
}

// authorizationPassed reports whether a browser let * cover Authorization.
func authorizationPassed(t *browser.Trace) bool {
	for _, s := range t.Steps {
		if s.Rule != "preflight.header" || s.Decision != browser.DecisionPass {
			continue
		}
		header, _ := find(s.Inputs, "header")
		line, _ := find(s.Inputs, "access-control-allow-headers")
		if header == "authorization" && !listsFold(line, header) {
			return true
		}
	}
	return false
}
