package diagnose

import (
	"net/http"
	"strconv"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 4,
	code:   "preflight-not-handled",
	title:  "The server does not answer OPTIONS",
	about: "The browser asks with OPTIONS before it sends the request, and the server answers that with a status other than 200 to 299, mostly 404 or 405: " +
		"there is a route for the method but none for OPTIONS. The request itself is never sent.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonPreflightStatus, browser.ReasonPreflightACAOMissing},
	match: func(f *facts) bool {
		return f.refusedAnswer() && (corsFailure(f.reason()) || f.is(browser.ReasonPreflightStatus))
	},
	explain: func(f *facts, p *Problem) {
		method, _ := f.asked()
		status := "status " + strconv.Itoa(f.status())
		if f.status() == 0 {
			status = "a status that is none of 200 to 299"
		}
		p.Cause = "The server answers OPTIONS " + f.url() + " with " + status + ", so it has no answer to the preflight that asks for " + method + "; the " + method + " was never sent."
		p.Evidence = append(p.Evidence, Evidence{f.exchange(), status})
		f.showSent(p, "Access-Control-Request-Method")
		p.Fix.Do = "Let the CORS layer answer OPTIONS for this route, before routing can refuse it."
		f.mendAnswer(p, http.StatusNoContent, f.grantLines()...)
	},
})
