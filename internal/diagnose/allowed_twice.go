package diagnose

import (
	"strings"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  13,
	code:    "allowed-twice",
	title:   "Two layers both add the CORS headers",
	about:   "Access-Control-Allow-Origin is there twice, mostly because the application and the proxy in front of it both add it. Two is one too many, even if both are right.",
	side:    SideServer,
	config:  configOnce,
	reasons: []browser.Reason{browser.ReasonACAOMultiple, browser.ReasonPreflightACAOMultiple},
	match: func(f *facts) bool {
		return f.is(browser.ReasonACAOMultiple) && !f.cached && !f.hidden() && repeated(f)
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = "Access-Control-Allow-Origin comes twice (" + f.input("access-control-allow-origin") + "), so two layers add it: say, the application and the proxy in front of it."
		f.show(p, "Access-Control-Allow-Origin")
		p.Fix.Do = "Let one layer alone do CORS, all of it, and take it out of the other; the answer then has each of these once:"
		f.mendAnswer(p, 0, f.originField(), f.varyLine())
	},
})

// repeated reports whether the value comes of several lines, or of the same
// value several times, rather than of one line with a list.
func repeated(f *facts) bool {
	if f.input("lines") != "" {
		return true
	}
	values := strings.Split(f.input("access-control-allow-origin"), ",")
	for _, v := range values[1:] {
		if strings.TrimSpace(v) != strings.TrimSpace(values[0]) {
			return false
		}
	}
	return len(values) > 1
}
