package browser

import (
	"slices"
	"strings"

	"crossorigin.dev/origin"
)

// A ReferrerPolicy says how much of the page's URL the Referer header tells,
// https://w3c.github.io/webappsec-referrer-policy/#referrer-policies.
type ReferrerPolicy string

const (
	ReferrerNoReferrer                  ReferrerPolicy = "no-referrer"
	ReferrerNoReferrerWhenDowngrade     ReferrerPolicy = "no-referrer-when-downgrade"
	ReferrerSameOrigin                  ReferrerPolicy = "same-origin"
	ReferrerOrigin                      ReferrerPolicy = "origin"
	ReferrerStrictOrigin                ReferrerPolicy = "strict-origin"
	ReferrerOriginWhenCrossOrigin       ReferrerPolicy = "origin-when-cross-origin"
	ReferrerStrictOriginWhenCrossOrigin ReferrerPolicy = "strict-origin-when-cross-origin"
	ReferrerUnsafeURL                   ReferrerPolicy = "unsafe-url"
)

var referrerPolicies = []ReferrerPolicy{
	ReferrerNoReferrer, ReferrerNoReferrerWhenDowngrade, ReferrerSameOrigin, ReferrerOrigin,
	ReferrerStrictOrigin, ReferrerOriginWhenCrossOrigin, ReferrerStrictOriginWhenCrossOrigin,
	ReferrerUnsafeURL,
}

func (p ReferrerPolicy) valid() bool { return slices.Contains(referrerPolicies, p) }

// maxReferrer is the length from which on a Referer shrinks to the origin.
const maxReferrer = 4096

// referrer determines the value of the Referer header, empty for none.
// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
func (f *fetch) referrer() string {
	source := f.page.location
	if source == nil || !source.isHTTP() || f.page.origin.IsOpaque() {
		return ""
	}
	target := f.current()
	full, bare := stripForReferrer(source), source.origin.String()+"/"
	if len(full) > maxReferrer {
		full = bare
	}
	sameOrigin := origin.SameOrigin(source.origin, target.origin)
	downgrade := f.trustworthy(source) && !f.trustworthy(target)
	switch f.referrerPolicy {
	case ReferrerOrigin:
		return bare
	case ReferrerUnsafeURL:
		if unsafeURLClamped[f.profile()] && !origin.SameSite(source.origin, target.origin) {
			return bare
		}
		return full
	case ReferrerStrictOrigin:
		if !downgrade {
			return bare
		}
	case ReferrerStrictOriginWhenCrossOrigin:
		switch {
		case sameOrigin:
			return full
		case !downgrade:
			return bare
		}
	case ReferrerSameOrigin:
		if sameOrigin {
			return full
		}
	case ReferrerOriginWhenCrossOrigin:
		if sameOrigin {
			return full
		}
		return bare
	case ReferrerNoReferrerWhenDowngrade:
		if !downgrade {
			return full
		}
	}
	return ""
}

// stripForReferrer is
// https://w3c.github.io/webappsec-referrer-policy/#strip-url.
func stripForReferrer(l *location) string {
	return l.origin.String() + l.url.Pathname() + l.url.Search()
}

// redirectPolicy takes over a redirect's Referrer-Policy: the last value in it
// that is a policy.
// https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect
func (f *fetch) redirectPolicy(h headerList) {
	for _, line := range h.lines("Referrer-Policy") {
		for value := range strings.SplitSeq(line, ",") {
			if p := ReferrerPolicy(strings.ToLower(strings.TrimSpace(value))); p.valid() {
				f.referrerPolicy = p
			}
		}
	}
}
