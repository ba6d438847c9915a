package browser

import "crossorigin.dev/origin"

// originHeader determines the value of the Origin header, empty for none.
// https://fetch.spec.whatwg.org/#append-a-request-origin-header
func (f *fetch) originHeader() string {
	if f.tainting == taintingCORS || f.mode == modeWebSocket {
		return f.serializedOrigin()
	}
	if f.destination == DestinationFont && fontSaysOrigin[f.profile()] {
		return f.serializedOrigin()
	}
	if f.method == "GET" || f.method == "HEAD" {
		if originKept[f.profile()] {
			return f.originSent
		}
		return ""
	}
	if noCORSRedirectNulled[f.profile()] && f.tainting == taintingOpaque && f.leftOrigin() {
		return "null"
	}
	if originKept[f.profile()] && f.leftOrigin() {
		return f.serializedOrigin() // the policy counts at first only
	}
	if f.mode != ModeCORS && f.originHiddenByPolicy() && !originDespitePolicy[f.profile()] {
		return "null"
	}
	return f.serializedOrigin()
}

// leftOrigin reports whether a redirect has led from one origin to another.
func (f *fetch) leftOrigin() bool {
	for i, u := range f.urls[1:] {
		if !origin.SameOrigin(f.urls[i].origin, u.origin) {
			return true
		}
	}
	return false
}

func (f *fetch) originHiddenByPolicy() bool {
	target := f.current()
	switch f.referrerPolicy {
	case ReferrerNoReferrer:
		return true
	case ReferrerNoReferrerWhenDowngrade, ReferrerStrictOrigin, ReferrerStrictOriginWhenCrossOrigin:
		return f.page.origin.Scheme() == "https" && target.scheme != "https"
	case ReferrerSameOrigin:
		return !origin.SameOrigin(f.page.origin, target.origin)
	}
	return false
}
