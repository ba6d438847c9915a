package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  19,
	code:    "cors-header-in-request",
	title:   "The script sends a header that only servers send",
	about:   "Access-Control-Allow-Origin and its like are answers of the server. In a request they grant nothing; they only cause a preflight that asks whether they may be sent.",
	side:    SidePage,
	reasons: []browser.Reason{browser.ReasonPreflightHeader},
	match: func(f *facts) bool {
		return f.is(browser.ReasonPreflightHeader) && corsHeader(f.input("header"))
	},
	explain: func(f *facts, p *Problem) {
		header := f.input("header")
		p.Cause = "The script itself sets " + header + ", a header that only a server may give an answer; in a request it allows nothing."
		f.showSent(p, "Access-Control-Request-Headers")
		p.Fix.Do = "Take the header out of the script."
		p.Fix.Lines = append(p.Fix.Lines, "delete options.headers["+quoted(header)+"]")
	},
})
