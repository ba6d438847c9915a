package diagnose

import (
	"net/http"
	"strconv"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 3,
	code:   "edge-error",
	title:  "A gateway answered instead of the application",
	about: "Status 413, 502, 503 or 504 is mostly written by a proxy, load balancer or CDN in front of the application, which knows nothing of the application's CORS headers. " +
		"The CORS error hides the real one.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonACAOMissing, browser.ReasonACAOMismatch, browser.ReasonACAOInvalid, browser.ReasonACAOMultiple, browser.ReasonACAOWildcardWithCredentials, browser.ReasonACACNotTrue, browser.ReasonPreflightACAOMissing, browser.ReasonPreflightACAOMismatch, browser.ReasonPreflightACAOInvalid, browser.ReasonPreflightACAOMultiple, browser.ReasonPreflightACAOWildcardWithCredentials, browser.ReasonPreflightACACNotTrue, browser.ReasonPreflightStatus},
	match: func(f *facts) bool {
		return f.edgeAnswer() && (corsFailure(f.reason()) || f.is(browser.ReasonPreflightStatus))
	},
	explain: func(f *facts, p *Problem) {
		status := strconv.Itoa(f.status())
		p.Cause = "Status " + status + " (" + http.StatusText(f.status()) + ") for " + f.url() + " comes from a gateway in front of the application, not from the application; CORS only hides it from the page."
		f.showStatus(p)
		f.show(p, "Access-Control-Allow-Origin")
		if server, ok := f.answered("Server"); ok {
			p.Evidence = append(p.Evidence, Evidence{f.exchange(), "Server: " + server})
		}
		p.Fix.Do = edgeFix[f.status()] + " So that the page can see such an error, let the gateway add the CORS headers to its own answers."
		set, code := f.originLines(), 0
		if f.preflight {
			set, code = f.grantLines(), http.StatusNoContent
		}
		f.mendAnswer(p, code, set...)
	},
})

var edgeFix = map[int]string{
	413: "The body is larger than the gateway allows: raise its limit (client_max_body_size in nginx) or send less.",
	502: "The application did not answer the gateway properly: see whether it runs, and where the gateway looks for it.",
	503: "The application is down or overloaded: see its logs.",
	504: "The application took longer than the gateway waits: see its logs, or let the gateway wait longer.",
}

// corsFailure reports whether a reason is one of the CORS check.
func corsFailure(r browser.Reason) bool {
	switch r {
	case browser.ReasonACAOMissing, browser.ReasonACAOMultiple, browser.ReasonACAOInvalid, browser.ReasonACAOMismatch,
		browser.ReasonACAOWildcardWithCredentials, browser.ReasonACACNotTrue:
		return true
	}
	return false
}
