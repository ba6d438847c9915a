package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  29,
	code:    "mode-same-origin",
	title:   "mode: same-origin forbids other origins",
	about:   "With mode: \"same-origin\" fetch() refuses every URL of another origin, and sends nothing.",
	side:    SidePage,
	reasons: []browser.Reason{browser.ReasonModeSameOrigin},
	match: func(f *facts) bool {
		return f.is(browser.ReasonModeSameOrigin)
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = "The call says mode same-origin, and " + f.lastURL() + " is not of the page's origin " + f.trace.Origin + "."
		p.Evidence = append(p.Evidence, Evidence{"the call", "mode: same-origin"})
		p.Fix.Do = "Take the mode out of the call; cors is what it is without."
		p.Fix.Lines = append(p.Fix.Lines, "fetch("+quoted(f.trace.URL)+", {mode: \"cors\"})")
	},
})
