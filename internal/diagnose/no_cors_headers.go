package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 1,
	code:   "no-cors-headers",
	title:  "The server does not do CORS here",
	about: "The server answered and said nothing about CORS, so the browser keeps the answer from the page. " +
		"It may be that CORS is not enabled at all, not for this route, or not for this origin.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonACAOMissing, browser.ReasonPreflightACAOMissing},
	match: func(f *facts) bool {
		return f.is(browser.ReasonACAOMissing) && !f.cached && !f.hidden() && !f.opaque() && f.hop == 0 &&
			(f.preflight || f.status() < 400 && f.status()/100 != 3)
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = "The server at " + f.url() + " answered " + f.subject() + " without Access-Control-Allow-Origin, so it lets no other origin read it; the page is of " + f.origin + "."
		f.show(p, "Access-Control-Allow-Origin")
		f.showSent(p, "Origin")
		p.Fix.Do = "Let the server allow " + f.origin + " on this route."
		if f.preflight {
			f.mendAnswer(p, 0, f.missing(f.grantLines())...)
		} else {
			f.mendAnswer(p, 0, f.originLines()...)
		}
		if f.credentialed() {
			p.Warnings = append(p.Warnings, "Do not send back whatever Origin comes in: with credentials allowed, every site could then read the answer as the user. Compare with a list.")
		} else {
			p.Warnings = append(p.Warnings, "Access-Control-Allow-Origin: * would do only for what anyone may read; it opens the answer to every site.")
		}
	},
})

// subject says what was answered.
func (f *facts) subject() string {
	if f.preflight {
		return "the preflight"
	}
	return "the " + f.method()
}

// missing leaves out the fields that the answer has already; what is wrong
// with those is a problem of its own.
func (f *facts) missing(lines []browser.Field) []browser.Field {
	var out []browser.Field
	for _, line := range lines {
		if _, ok := f.answered(line.Name); !ok || line.Name == "Vary" {
			out = append(out, line)
		}
	}
	return out
}
