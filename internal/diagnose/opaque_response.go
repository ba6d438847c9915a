package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  25,
	code:    "opaque-response",
	title:   "mode: no-cors hides everything",
	about:   "With mode: \"no-cors\" the request is sent and the script gets an opaque response: status 0, no headers, no body. It does not switch CORS off; it gives up on reading.",
	side:    SidePage,
	reasons: []browser.Reason{browser.ReasonModeNoCORSMethod, browser.ReasonModeNoCORSRedirect},
	match: func(f *facts) bool {
		return f.trace.Verdict.Outcome == browser.OutcomeOpaque && f.trace.Mode == browser.ModeNoCORS && f.trace.Initiator != "element" ||
			f.is(browser.ReasonModeNoCORSMethod, browser.ReasonModeNoCORSRedirect)
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = "The request was made with mode no-cors, so the script gets an opaque response: status 0, no headers, no body."
		if f.failed != nil {
			p.Cause = f.failed.Note
		}
		p.Evidence = append(p.Evidence, Evidence{"the call", "mode: no-cors"})
		p.Fix.Do = "Take mode: \"no-cors\" out of the call, and let the server allow the page."
		p.Fix.Lines = append(p.Fix.Lines, "fetch("+quoted(f.trace.URL)+", {mode: \"cors\"})")
		p.Warnings = append(p.Warnings, "no-cors never makes a response readable, whatever is said of it.")
	},
})
