package diagnose

import "crossorigin.dev/browser"

// Mend returns an answer as the Fix prescribes it. The answer is the one to the
// request of a hop of the trace, or to its preflight; ok says whether the Fix
// changes that one.
func (p Problem) Mend(hop int, preflight bool, a browser.Answer) (mended browser.Answer, ok bool) {
	for _, m := range p.mends {
		if m.hop == hop && m.preflight == preflight {
			a, ok = m.applyTo(a), true
		}
	}
	return a, ok
}
