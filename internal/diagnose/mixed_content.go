package diagnose

import (
	"strings"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  26,
	code:    "mixed-content",
	title:   "A page served over https asks for http",
	about:   "This is not CORS. A secure page may not load from an insecure URL, since anyone on the way could have changed what it gets. Nothing is sent.",
	side:    SidePage,
	reasons: []browser.Reason{browser.ReasonMixedContent},
	match: func(f *facts) bool {
		return f.is(browser.ReasonMixedContent)
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = "The page of " + f.trace.Origin + " is served over https and asks for " + f.lastURL() + " over plain http, which browsers block (mixed content); this is not CORS."
		p.Evidence = append(p.Evidence, Evidence{f.exchange(), "nothing was sent"})
		p.Fix.Do = "Serve the API over https, and call it so."
		p.Fix.Lines = append(p.Fix.Lines, "fetch("+quoted("https"+strings.TrimPrefix(f.lastURL(), "http"))+", ...)")
	},
})
