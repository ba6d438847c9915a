package diagnose

import (
	"slices"
	"strings"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/fetchspec"
)

var _ = register(situation{
	number:  17,
	code:    "header-not-allowed",
	title:   "The preflight does not allow a request header",
	about:   "Access-Control-Allow-Headers must list every header that the script sets, but for a few simple ones. Content-Type counts as simple only for the three types that a form can send, so JSON needs a listing.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonPreflightHeader, browser.ReasonPreflightHeadersParse},
	match: func(f *facts) bool {
		return f.is(browser.ReasonPreflightHeadersParse) ||
			f.is(browser.ReasonPreflightHeader) && !corsHeader(f.input("header")) && !authorizationByWildcard(f)
	},
	explain: func(f *facts, p *Problem) {
		_, asked := f.asked()
		line, present := f.answered("Access-Control-Allow-Headers")
		header := f.input("header")
		f.showSent(p, "Access-Control-Request-Headers")
		f.show(p, "Access-Control-Allow-Headers")
		switch {
		case f.is(browser.ReasonPreflightHeadersParse):
			p.Cause = "Access-Control-Allow-Headers is " + line + ", which is no list of names between commas, so all of it is void."
		case !present:
			p.Cause = "The script sets " + header + ", and the preflight's answer has no Access-Control-Allow-Headers."
		case listsToken(line, "*"):
			p.Cause = "Access-Control-Allow-Headers is *, which does not count with credentials; it must list " + header + "."
		default:
			p.Cause = "The script sets " + header + ", and Access-Control-Allow-Headers lists only " + line + "."
		}
		if header == "content-type" {
			if value, ok := find(f.trace.Header, header); ok {
				p.Cause += " (Content-Type: " + value + " is not one of the three types that need no listing.)"
			}
		}
		missing := slices.DeleteFunc(asked, func(name string) bool { return corsHeader(name) || listsFold(line, name) })
		p.Fix.Do = "Let the server allow " + strings.Join(missing, ", ") + " to this page."
		for _, name := range missing {
			line = listWith(line, name)
		}
		f.mendAnswer(p, 0, browser.Field{Name: "Access-Control-Allow-Headers", Value: line})
	},
})

// corsHeader reports whether a header is one of those that only servers send.
func corsHeader(name string) bool {
	return strings.HasPrefix(strings.ToLower(name), "access-control-")
}

func listsFold(line, name string) bool {
	for m := range strings.SplitSeq(line, ",") {
		if m = strings.TrimSpace(m); fetchspec.IsToken(m) && strings.EqualFold(m, name) {
			return true
		}
	}
	return false
}
