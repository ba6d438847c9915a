package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  24,
	code:    "null-origin",
	title:   "The page has no origin",
	about:   "A page opened from a file, in a frame with the sandbox attribute, or from a data: URL has an opaque origin: the browser sends Origin: null, which could be anyone.",
	side:    SidePage,
	reasons: []browser.Reason{browser.ReasonACAOMissing, browser.ReasonACAOMismatch, browser.ReasonACAOWildcardWithCredentials, browser.ReasonPreflightACAOMissing, browser.ReasonPreflightACAOMismatch, browser.ReasonPreflightACAOWildcardWithCredentials},
	match: func(f *facts) bool {
		return f.opaque() && !f.cached && !f.hidden() && f.is(browser.ReasonACAOMissing, browser.ReasonACAOMismatch, browser.ReasonACAOWildcardWithCredentials)
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = "The page was opened from a file or in a sandbox, so its origin is null, and " + f.url() + " does not allow that."
		f.showSent(p, "Origin")
		f.show(p, "Access-Control-Allow-Origin")
		p.Fix.Do = "Serve the page over http, so that it has an origin which the server can allow."
		p.Fix.Lines = append(p.Fix.Lines, "python3 -m http.server 8000   # then open http://localhost:8000/")
		p.Warnings = append(p.Warnings, neverAllowNull)
	},
})

const neverAllowNull = "Never allow null: any site can make a page with that origin, with a sandboxed frame."
