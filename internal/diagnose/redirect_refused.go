package diagnose

import (
	"net/url"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  30,
	code:    "redirect-refused",
	title:   "A redirect that no page may follow",
	about:   "A redirect to a URL with a user name, to something other than http and https, in a circle, or against redirect: \"error\" ends the fetch.",
	side:    SideServer,
	reasons: []browser.Reason{browser.ReasonRedirectModeError, browser.ReasonRedirectTooMany, browser.ReasonRedirectLocation, browser.ReasonRedirectScheme, browser.ReasonRedirectUserinfo, browser.ReasonRedirectBodyNotReplayable},
	match: func(f *facts) bool {
		return f.is(redirectReasons...)
	},
	explain: func(f *facts, p *Problem) {
		location := f.input("location")
		if location == "" {
			location, _ = f.answered("Location")
		}
		p.Cause = f.failed.Note
		f.showStatus(p)
		f.show(p, "Location")
		switch f.reason() {
		case browser.ReasonRedirectModeError:
			p.Fix = Fix{Side: SidePage, Do: "Let the call follow redirects, or call the URL it leads to.", Lines: []string{"fetch(" + quoted(f.trace.URL) + ", {redirect: \"follow\"})"}}
		case browser.ReasonRedirectUserinfo:
			p.Fix.Do = "Let the server redirect to a URL without user name and password."
			f.mendAnswer(p, 0, browser.Field{Name: "Location", Value: withoutUserinfo(location)})
		case browser.ReasonRedirectTooMany:
			p.Fix.Do = "Find the circle in which the server redirects."
			p.Fix.Lines = append(p.Fix.Lines, "curl -sIL "+shellWord(f.trace.URL))
		case browser.ReasonRedirectBodyNotReplayable:
			p.Fix = Fix{Side: SidePage, Do: "Call the URL that the redirect leads to.", Lines: []string{"fetch(" + quoted(resolved(f.url(), location)) + ", ...)"}}
		default:
			p.Fix.Do = "Let the server redirect to an http or https URL."
			p.Fix.Lines = append(p.Fix.Lines, "Location: https://...")
		}
	},
})

var redirectReasons = []browser.Reason{
	browser.ReasonRedirectModeError, browser.ReasonRedirectTooMany, browser.ReasonRedirectLocation, browser.ReasonRedirectScheme,
	browser.ReasonRedirectUserinfo, browser.ReasonRedirectBodyNotReplayable,
}

func withoutUserinfo(location string) string {
	u, err := url.Parse(location)
	if err != nil {
		return location
	}
	u.User = nil
	return u.String()
}
