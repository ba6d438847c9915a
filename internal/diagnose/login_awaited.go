package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  34,
	code:    "login-awaited",
	title:   "The browser waits for a login",
	about:   "A credentialed request answered with 401 and WWW-Authenticate makes Chromium and Firefox open a login dialog, as WebKit does if it is of the page's own origin, and the fetch waits for it. By the standard the script gets the 401.",
	side:    SideServer,
	reasons: []browser.Reason{browser.ReasonLoginAwaited},
	match: func(f *facts) bool {
		return f.is(browser.ReasonLoginAwaited)
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = f.failed.Note
		f.showStatus(p)
		f.show(p, "WWW-Authenticate")
		p.Fix.Do = "Answer a script's request with 403, or with a WWW-Authenticate scheme that no browser has a dialog for."
		f.mendAnswer(p, 403)
	},
})
