package diagnose

import (
	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 23,
	code:   "preflight-remembered",
	title:  "No preflight, since an earlier one is remembered",
	about:  "A browser remembers what a preflight allowed for Access-Control-Max-Age seconds. After a change of the policy it goes on with the old one until then; to try anew, use a private window.",
	side:   SideServer,
	advise: func(f *facts) bool {
		return remembered(f.trace) != nil
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = "No preflight was sent, since an earlier one for " + f.trace.URL + " is remembered; a change of the server's policy since then does not show."
		p.Evidence = append(p.Evidence, Evidence{"the preflight cache", remembered(f.trace).Note})
		p.Fix.Do = "While the policy is being worked on let the server send a short Access-Control-Max-Age, and try in a private window."
		p.Fix.Lines = append(p.Fix.Lines, "Access-Control-Max-Age: 0")
	},
})

// remembered returns the step in which the preflight was spared.
func remembered(t *browser.Trace) *browser.Step {
	for i, s := range t.Steps {
		if s.Rule == "cache.lookup" && s.Decision == browser.DecisionPass {
			return &t.Steps[i]
		}
	}
	return nil
}
