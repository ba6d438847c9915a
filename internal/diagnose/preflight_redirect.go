package diagnose

import (
	"net/url"
	"strconv"
	"strings"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  6,
	code:    "preflight-redirect",
	title:   "The preflight is redirected",
	about:   "A preflight never follows a redirect. Mostly it is one from http to https, to or from www, or one that adds or takes a slash, and the page need only call the URL it ends at.",
	side:    SidePage,
	reasons: []browser.Reason{browser.ReasonPreflightRedirect, browser.ReasonPreflightACAOMissing, browser.ReasonPreflightStatus},
	match: func(f *facts) bool {
		return f.redirectAnswer() && (corsFailure(f.reason()) || f.is(browser.ReasonPreflightRedirect, browser.ReasonPreflightStatus))
	},
	explain: func(f *facts, p *Problem) {
		location, _ := f.answered("Location")
		p.Cause = "The server answers the preflight OPTIONS " + f.url() + " with a redirect (" + strconv.Itoa(f.status()) + " to " + location + "), and no browser follows it" + whatChanged(f.url(), location) + "."
		f.showStatus(p)
		f.show(p, "Location")
		p.Fix.Do = "Call the URL that the redirect leads to."
		p.Fix.Lines = append(p.Fix.Lines, "fetch("+quoted(resolved(f.url(), location))+", ...)")
	},
})

// resolved returns where a Location leads, or itself if that cannot be told.
func resolved(base, location string) string {
	b, err := url.Parse(base)
	if err != nil {
		return location
	}
	u, err := b.Parse(location)
	if err != nil {
		return location
	}
	return u.String()
}

// whatChanged names the usual differences between a URL and where it redirects.
func whatChanged(from, to string) string {
	a, err := url.Parse(from)
	if err != nil {
		return ""
	}
	b, err := a.Parse(to)
	if err != nil {
		return ""
	}
	switch {
	case a.Scheme == "http" && b.Scheme == "https":
		return ": it goes from http to https"
	case strings.TrimPrefix(a.Host, "www.") == strings.TrimPrefix(b.Host, "www.") && a.Host != b.Host:
		return ": the www differs"
	case strings.TrimSuffix(a.Path, "/") == strings.TrimSuffix(b.Path, "/") && a.Path != b.Path:
		return ": the slash at the end differs"
	}
	return ""
}

// quoted writes a JavaScript string.
func quoted(s string) string { return strconv.Quote(s) }
