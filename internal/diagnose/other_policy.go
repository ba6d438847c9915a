package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  32,
	code:    "other-policy",
	title:   "Another policy than CORS hides the response",
	about:   "For a request without CORS, such as a picture, a script or mode no-cors, other rules decide: Cross-Origin-Resource-Policy, X-Content-Type-Options: nosniff, the declared type.",
	side:    SideServer,
	reasons: []browser.Reason{browser.ReasonCORPBlocked, browser.ReasonNosniff, browser.ReasonMIMEBlocked},
	match: func(f *facts) bool {
		return f.is(browser.ReasonCORPBlocked, browser.ReasonNosniff, browser.ReasonMIMEBlocked)
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = f.failed.Note
		switch f.reason() {
		case browser.ReasonCORPBlocked:
			f.show(p, "Cross-Origin-Resource-Policy")
			p.Fix.Do = "If any page may use it, let the server say so."
			f.mendAnswer(p, 0, browser.Field{Name: "Cross-Origin-Resource-Policy", Value: "cross-origin"})
			p.Warnings = append(p.Warnings, "Leave same-origin on what is private.")
		case browser.ReasonNosniff, browser.ReasonMIMEBlocked:
			f.show(p, "Content-Type", "X-Content-Type-Options")
			p.Fix.Do = "Let the server declare the type that it is."
			f.mendAnswer(p, 0, browser.Field{Name: "Content-Type", Value: "text/javascript"})
		default:
			f.show(p, "Content-Range")
			p.Fix.Do = "Let the server answer in full when no Range is asked for."
			p.Fix.Lines = append(p.Fix.Lines, "HTTP/1.1 200 OK")
		}
	},
})
