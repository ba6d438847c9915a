package diagnose

import (
	"strconv"
	"strings"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 7,
	code:   "redirect-without-cors",
	title:  "An answer on the way of a redirect lacks the CORS headers",
	about: "Every answer of a redirected request must allow the page, the 301 or 302 itself as well as what it leads to. " +
		"Often the redirect is to a login page or to another host, which was never meant to be read by a script.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonACAOMissing},
	match: func(f *facts) bool {
		return f.is(browser.ReasonACAOMissing) && !f.cached && !f.hidden() && !f.opaque() && !f.tainted() && (f.hop > 0 || !f.preflight && f.status()/100 == 3)
	},
	explain: func(f *facts, p *Problem) {
		location, redirects := f.answered("Location")
		p.Cause = f.hopCause(location, redirects)
		f.showStatus(p)
		f.show(p, "Access-Control-Allow-Origin", "Location")
		p.Fix.Do = "Let every answer on the way allow " + f.origin + ", the redirect too; or let the page call " + f.lastKnown(location, redirects) + " itself."
		f.mendAnswer(p, 0, f.missing(f.grantLines())...)
		if redirects && strings.Contains(strings.ToLower(location), "login") {
			p.Warnings = append(p.Warnings, "This looks like a redirect to a login page. A script cannot log in that way: answer 401 to requests from scripts, and let the page navigate to the login.")
		}
	},
})

func (f *facts) hopCause(location string, redirects bool) string {
	if redirects {
		return "The redirect itself (" + strconv.Itoa(f.status()) + " from " + f.url() + " to " + location + ") has no Access-Control-Allow-Origin; the browser checks it before it follows it."
	}
	return "After " + strconv.Itoa(f.hop) + " redirect(s) " + f.answer() + " has no Access-Control-Allow-Origin."
}

func (f *facts) lastKnown(location string, redirects bool) string {
	if redirects {
		return resolved(f.url(), location)
	}
	return f.url()
}
