package browser

import (
	"crossorigin.dev/origin"
)

// morePrivate reports whether a is more private than b, and so out of reach.
func (f *fetch) morePrivate(a, b AddressSpace) bool {
	rank := map[AddressSpace]int{AddressSpacePublic: 0, AddressSpaceLocal: 1, AddressSpaceLoopback: 2}
	if localIsLoopback[f.profile()] {
		rank[AddressSpaceLoopback] = 1
	}
	return rank[a] > rank[b]
}

// A localNetworkVerdict is what Local Network Access says of a connection. The
// zero value is that it has nothing to say.
type localNetworkVerdict struct {
	decision Decision
	reason   Reason // if it is DecisionFail
	note     string
}

// judgeLocalNetwork decides whether a page may reach into a more private
// network than its own. It changes nothing, since it is asked on a connection
// from within the transport.
// https://wicg.github.io/local-network-access/#local-network-access-check
//
// It applies only where both ends are known: the page's space is what
// PageOptions says or its host shows.
func (f *fetch) judgeLocalNetwork(target *location, space AddressSpace) localNetworkVerdict {
	page := f.page.addressSpace
	if !localNetworkAccess[f.profile()] || space == AddressSpaceUnknown || page == AddressSpaceUnknown {
		return localNetworkVerdict{}
	}
	fromTo := "from the " + string(page) + " into the " + string(space) + " address space"
	switch {
	case origin.SameOrigin(f.page.origin, target.origin):
		return localNetworkVerdict{}
	case f.targetSpace != "" && targetSpaceHonoured[f.profile()] && f.targetSpace != space:
		return localNetworkVerdict{DecisionFail, ReasonLNATargetSpaceMismatch,
			"The request declared its target to be " + string(f.targetSpace) + ", but its address is " + string(space) + "; nothing was sent."}
	case !f.morePrivate(space, page):
		return localNetworkVerdict{}
	case !f.page.secure && insecureClientBlocked[f.profile()]:
		return localNetworkVerdict{DecisionFail, ReasonLNAInsecureClient,
			"The page is not a secure context, so it may not reach " + fromTo + "; nothing was sent."}
	case f.page.localNetwork != PermissionGranted:
		return localNetworkVerdict{DecisionFail, ReasonLNAPermissionDenied,
			"The page may not reach " + fromTo + " without the user's permission; nothing was sent."}
	}
	return localNetworkVerdict{DecisionPass, "", "The user lets the page reach " + fromTo + "."}
}

// recordLocalNetwork puts the verdict into the trace.
func (f *fetch) recordLocalNetwork(v localNetworkVerdict, space AddressSpace) *Error {
	in := []Field{{"page", string(f.page.addressSpace)}, {"target", string(space)}}
	if f.targetSpace != "" {
		in = append(in, Field{"declared", string(f.targetSpace)})
	}
	switch v.decision {
	case DecisionFail:
		return f.fail(ruleLocalNetwork, v.reason, v.note, in...)
	case DecisionPass:
		f.pass(ruleLocalNetwork, v.note, in...)
	}
	return nil
}
