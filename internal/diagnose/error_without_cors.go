package diagnose

import (
	"strconv"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 2,
	code:   "error-without-cors",
	title:  "Error answers lack the CORS headers",
	about: "An answer of 400 or above has no Access-Control-Allow-Origin, often although answers of 200 have it: " +
		"the error was written outside of what adds the headers. The page cannot even see that it was an error.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonACAOMissing},
	match: func(f *facts) bool {
		return f.is(browser.ReasonACAOMissing) && !f.cached && !f.hidden() && !f.opaque() && !f.preflight && f.hop == 0 && f.status() >= 400
	},
	explain: func(f *facts, p *Problem) {
		status := strconv.Itoa(f.status())
		p.Cause = "The server answered " + f.method() + " " + f.url() + " with status " + status + " and without Access-Control-Allow-Origin, so the page cannot see the error; errors seem to bypass what adds the CORS headers."
		f.showStatus(p)
		f.show(p, "Access-Control-Allow-Origin")
		p.Fix.Do = "Find out why the server answers " + status + ", and let it send the CORS headers with errors too: CORS belongs outside of everything that can fail."
		f.mendAnswer(p, 0, f.originLines()...)
	},
})
