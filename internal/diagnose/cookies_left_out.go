package diagnose

import (
	"strconv"
	"strings"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 21,
	code:   "cookies-left-out",
	title:  "Cookies are not sent or not stored",
	about:  "To another origin a browser sends cookies, and stores them, only if the script says credentials: \"include\"; and between different sites only those with SameSite=None; Secure, and not if the user blocks third-party cookies.",
	side:   SidePage,
	advise: func(f *facts) bool {
		if !f.succeeded() || !f.crossOrigin() {
			return false
		}
		if f.credentialed() {
			return cookieRefused(f.trace) != nil
		}
		_, sets := f.answered("Set-Cookie")
		_, authorized := find(f.trace.Header, "Authorization")
		return f.trace.Credentials == browser.CredentialsSameOrigin && (sets || (f.status() == 401 || f.status() == 403) && !authorized)
	},
	explain: func(f *facts, p *Problem) {
		if step := cookieRefused(f.trace); step != nil && f.credentialed() {
			p.Cause = step.Note
			p.Evidence = append(p.Evidence, Evidence{f.exchange(), step.Note})
			p.Fix.Side = SideServer
			p.Fix.Do = "Let the server set the cookie for use from other sites, over https."
			p.Fix.Lines = append(p.Fix.Lines, "Set-Cookie: name=value; SameSite=None; Secure; HttpOnly")
			p.Warnings = append(p.Warnings, "SameSite=None takes away a protection against forged requests: check the Origin header, or use a token. And browsers that block third-party cookies still will not send it.")
			return
		}
		what := "stores the cookie that the answer sets"
		if _, sets := f.answered("Set-Cookie"); !sets {
			what = "sends the cookies that the answer of status " + strconv.Itoa(f.status()) + " seems to miss"
		}
		p.Cause = "The credentials mode is " + string(f.trace.Credentials) + " and the URL is of another origin, so the browser neither sends nor stores cookies; with include it " + what + "."
		f.show(p, "Set-Cookie")
		p.Fix.Do = "Ask with credentials."
		p.Fix.Lines = append(p.Fix.Lines, "fetch("+quoted(f.trace.URL)+", {credentials: \"include\"})")
	},
})

// cookieRefused returns the step in which a cookie was withheld or not stored.
func cookieRefused(t *browser.Trace) *browser.Step {
	for i, s := range t.Steps {
		switch {
		case s.Rule == "network.cookie-send" && strings.Contains(s.Note, "withheld"),
			s.Rule == "network.cookie-store" && strings.Contains(s.Note, "not stored"):
			return &t.Steps[i]
		}
	}
	return nil
}
