package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 22,
	code:   "cached-for-another",
	title:  "A cached answer was meant for someone else",
	about: "A server that answers differently by Origin must say Vary: Origin on every answer, also on those to requests without an Origin. " +
		"Else a browser or a CDN hands the page an answer that was made for another origin, or for none.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonACAOMissing, browser.ReasonACAOMismatch, browser.ReasonACAOInvalid, browser.ReasonACAOMultiple, browser.ReasonACAOWildcardWithCredentials, browser.ReasonACACNotTrue},
	match: func(f *facts) bool {
		return f.cached && corsFailure(f.reason())
	},
	advise: func(f *facts) bool {
		value, ok := f.answered("Access-Control-Allow-Origin")
		vary, _ := f.answered("Vary")
		return ok && f.succeeded() && f.crossOrigin() && value != "*" && withOrigin(vary) != vary
	},
	explain: func(f *facts, p *Problem) {
		if f.failed == nil {
			value, _ := f.answered("Access-Control-Allow-Origin")
			p.Cause = "The answer allows " + value + " alone and has no Vary: Origin, so a cache may hand it to a page of another origin, which it then fails."
			f.show(p, "Access-Control-Allow-Origin", "Vary")
		} else {
			p.Cause = "The answer for " + f.url() + " came from the HTTP cache, where an earlier request without CORS or from another origin left it; it was stored without Vary: Origin."
			p.Evidence = append(p.Evidence, Evidence{"the HTTP cache", f.failed.Note})
		}
		p.Fix.Do = "Send Vary: Origin with every answer of this URL, whether or not there was an Origin; then empty the caches once."
		p.Fix.Lines = append(p.Fix.Lines, f.varyLine().Name+": "+f.varyLine().Value)
	},
})
