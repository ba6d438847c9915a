package diagnose

import (
	"strings"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  27,
	code:    "local-network",
	title:   "A public page reaches into a private network",
	about:   "This is not CORS. Chrome since 142 and Firefox since 153 ask the user before a site may reach this computer or the network around it (Local Network Access), and let only secure pages ask. No header of the server helps.",
	side:    SideUser,
	reasons: []browser.Reason{browser.ReasonLNAPermissionDenied, browser.ReasonLNAInsecureClient, browser.ReasonLNATargetSpaceMismatch},
	match: func(f *facts) bool {
		return f.is(browser.ReasonLNAPermissionDenied, browser.ReasonLNAInsecureClient, browser.ReasonLNATargetSpaceMismatch) || f.localNetworkRecorded()
	},
	explain: func(f *facts, p *Problem) {
		space := f.input("target")
		if f.localNetworkRecorded() {
			space = "local or loopback"
			p.Evidence = append(p.Evidence, Evidence{f.exchange(), f.at.Error})
		} else {
			p.Evidence = append(p.Evidence, Evidence{f.exchange(), "the page is in the " + f.input("page") + " address space, the server in the " + space + " one"})
		}
		switch f.reason() {
		case browser.ReasonLNAInsecureClient:
			p.Cause = "The page of " + f.trace.Origin + " is not secure (https), so it may not reach into the " + space + " address space, nor ask the user for it; this is not CORS."
			p.Fix = Fix{Side: SidePage, Do: "Serve the page over https; the browser then asks the user.", Lines: []string{"https" + strings.TrimPrefix(f.trace.Origin, "http") + "/"}}
		case browser.ReasonLNATargetSpaceMismatch:
			p.Cause = "The call declares its target to be in the address space " + f.input("declared") + ", but the server's address is in " + space + "; this is not CORS."
			p.Fix = Fix{Side: SidePage, Do: "Declare the space that the server is in.", Lines: []string{"fetch(" + quoted(f.trace.URL) + ", {targetAddressSpace: " + quoted(space) + "})"}}
		default:
			p.Cause = "The user has not permitted " + f.trace.Origin + " to reach into the " + space + " address space, where the server is (Local Network Access); this is not CORS."
			p.Fix.Do = "Let the user allow it: site settings, \"Local network access\" (Chrome) or the permissions of the address bar (Firefox). Nothing that the server sends changes it."
			p.Fix.Lines = append(p.Fix.Lines, "chrome://settings/content/localNetworkAccess: allow "+f.trace.Origin)
		}
	},
})

// localNetworkRecorded reports whether the network failed since Chromium said
// so in a recording, which has no address spaces.
func (f *facts) localNetworkRecorded() bool {
	return f.is(browser.ReasonNetworkFailed) && f.at != nil &&
		(strings.Contains(f.at.Error, "ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS") || strings.Contains(f.at.Error, "ERR_BLOCKED_BY_PRIVATE_NETWORK_ACCESS_CHECKS"))
}
