package browser

import "crossorigin.dev/origin"

// originHeader determines the value of the Origin header, empty for none.
// https://fetch.spec.whatwg.org/#append-a-request-origin-header
func (f *fetch) originHeader() string {
	if f.tainting == taintingCORS || f.mode == modeWebSocket {
		return f.serializedOrigin()
	}
	if f.method == "GET" || f.method == "HEAD" {
		return ""
	}
	if f.mode != ModeCORS && f.originHiddenByPolicy() && !originDespitePolicy[f.profile()] {
		return "null"
	}
	return f.serializedOrigin()
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
