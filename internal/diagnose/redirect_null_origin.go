package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 8,
	code:   "redirect-null-origin",
	title:  "A redirect turned the origin into null",
	about: "Once a request has gone to another origin and is redirected from there to a third one, the browser sends Origin: null: it no longer vouches for who asks. " +
		"A server that allows the page's origin does not allow that.",
	side:    SidePage,
	reasons: []browser.Reason{browser.ReasonACAOMissing, browser.ReasonACAOMismatch, browser.ReasonACAOWildcardWithCredentials, browser.ReasonPreflightACAOMissing, browser.ReasonPreflightACAOMismatch, browser.ReasonPreflightACAOWildcardWithCredentials},
	match: func(f *facts) bool {
		return f.tainted() && !f.hidden() && !f.cached && f.is(browser.ReasonACAOMissing, browser.ReasonACAOMismatch, browser.ReasonACAOWildcardWithCredentials)
	},
	explain: func(f *facts, p *Problem) {
		value, _ := f.answered("Access-Control-Allow-Origin")
		if value == "" {
			value = "nobody"
		}
		p.Cause = "A redirect from one other origin to the next made the browser send Origin: null instead of " + f.trace.Origin + ", and " + f.url() + " allows " + value + "."
		f.showSent(p, "Origin")
		f.show(p, "Access-Control-Allow-Origin")
		p.Fix.Do = "Call the last URL directly, so that there is no redirect between other origins."
		p.Fix.Lines = append(p.Fix.Lines, "fetch("+quoted(f.url())+", ...)")
		if !f.credentialed() {
			p.Fix.Do += " Or, if anyone may read it, let " + f.url() + " send Access-Control-Allow-Origin: *."
		}
		p.Warnings = append(p.Warnings, neverAllowNull)
	},
})
