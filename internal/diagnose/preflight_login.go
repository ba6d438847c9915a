package diagnose

import (
	"net/http"
	"strconv"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 5,
	code:   "preflight-login",
	title:  "The preflight is asked to log in",
	about: "A browser sends a preflight without cookies and without Authorization, always. " +
		"Where the login is checked before CORS, the preflight is refused with 401 or 403 and the request itself is never sent.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonPreflightStatus, browser.ReasonPreflightACAOMissing},
	match: func(f *facts) bool {
		return f.loginAnswer() && (corsFailure(f.reason()) || f.is(browser.ReasonPreflightStatus))
	},
	explain: func(f *facts, p *Problem) {
		status := strconv.Itoa(f.status())
		p.Cause = "The server answers the preflight OPTIONS " + f.url() + " with status " + status + ": it asks for a login, but no browser sends credentials with a preflight."
		f.showStatus(p)
		f.show(p, "WWW-Authenticate")
		p.Fix.Do = "Answer OPTIONS with Access-Control-Request-Method before the login is checked; the request that follows is checked as ever."
		f.mendAnswer(p, http.StatusNoContent, f.grantLines()...)
		p.Warnings = append(p.Warnings, "Let only OPTIONS through without a login, and nothing but the CORS answer with it: do not take the route out of the login.")
	},
})
