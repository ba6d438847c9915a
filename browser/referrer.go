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

// NoReferrer is a Request's Referrer for which a script writes the empty string:
// there is none.
const NoReferrer = "about:no-referrer"

// maxReferrer is the length from which on a Referer shrinks to the origin.
const maxReferrer = 4096

// A referrerPart is how much of the page's URL a request still has to tell.
type referrerPart uint8

const (
	referrerFull referrerPart = iota
	referrerBare              // the origin
	referrerNone
)

// constructReferrer settles what the Referer header tells of: the page, unless
// the script names something else of the page's origin.
// https://fetch.spec.whatwg.org/#dom-request
func (f *fetch) constructReferrer(r *Request) *Error {
	f.referrerSource = f.page.location
	if r.Referrer == "" || r.Initiator != InitiatorFetch {
		return nil
	}
	if r.Referrer == NoReferrer {
		f.referrerSource = nil
		return nil
	}
	l, err := f.page.browser.locations.parse(r.Referrer, f.page.location)
	if err != nil {
		return f.fail(ruleURL, ReasonURLInvalid, "The referrer "+quote(r.Referrer)+" is no URL: "+err.Error()+".", Field{"referrer", r.Referrer})
	}
	if origin.SameOrigin(l.origin, f.page.origin) {
		f.referrerSource = l
	} else if l.withoutFragment() != "about:client" {
		f.info(ruleReferer, "The referrer "+quote(r.Referrer)+" is of another origin, so it is the page.", Field{"referrer", r.Referrer})
	}
	return nil
}

// determineReferrer settles the value of the Referer header for this hop. What
// one hop was not told, no later one is.
// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
func (f *fetch) determineReferrer() {
	source := f.referrerSource
	hidden := f.page.origin.IsOpaque() && !sandboxIgnored[f.profile()] && !(f.initiator == InitiatorElement && sandboxElementsTell[f.profile()])
	part := referrerNone
	if source != nil && source.isHTTP() && !hidden {
		part = max(f.referrerPart, f.referrerAllowed(source, f.current()))
	}
	if f.hop == 0 {
		f.referrerAtFirst = part
	}
	whole := part
	part = f.clampReferrer(part)
	switch {
	case clampUnnoticed[f.profile()]:
		f.referrerPart = whole
	case part == referrerNone || !f.forgetsClamp(source, f.current()):
		f.referrerPart = part
	default:
		f.referrerPart = referrerFull // even if an origin of the page's site was told less before
	}
	f.referrerPartSent = part
	f.referrer = f.writeReferrer(part)
}

// writeReferrer is the value of Referer that tells so much.
func (f *fetch) writeReferrer(part referrerPart) string {
	switch source := f.referrerSource; part {
	case referrerNone:
		return ""
	case referrerFull:
		if whole := stripForReferrer(source); len(whole) <= maxReferrer {
			return whole
		}
		fallthrough
	default:
		return source.origin.String() + "/"
	}
}

// clampReferrer is what a URL is told, which some browsers make less than the
// policy allows if it is of another site.
func (f *fetch) clampReferrer(part referrerPart) referrerPart {
	if part == referrerFull && otherSiteClamped[f.profile()] && siteHost(f.referrerSource.hostname) != siteHost(f.current().hostname) {
		return referrerBare
	}
	return part
}

// forgetsClamp reports whether the browser tells a URL less for being of
// another site than the policy would, which later URLs are not made to bear.
func (f *fetch) forgetsClamp(source, target *location) bool {
	switch f.referrerPolicy {
	case ReferrerUnsafeURL, ReferrerNoReferrerWhenDowngrade, ReferrerOriginWhenCrossOrigin:
		return clampForgotten[f.profile()] && !f.keepalive && siteHost(source.hostname) != siteHost(target.hostname)
	}
	return false
}

// referrerAllowed is what the policy lets the target know.
func (f *fetch) referrerAllowed(source, target *location) referrerPart {
	sameOrigin := origin.SameOrigin(source.origin, target.origin) && (!f.page.origin.IsOpaque() || sandboxIgnored[f.profile()])
	downgrade := f.trustworthy(source) && !f.trustworthy(target)
	if downgradeByScheme[f.profile()] {
		downgrade = source.scheme == "https" && target.scheme != "https"
	}
	switch f.referrerPolicy {
	case ReferrerUnsafeURL:
		return referrerFull
	case ReferrerOrigin:
		return referrerBare
	case ReferrerStrictOrigin:
		if !downgrade {
			return referrerBare
		}
	case ReferrerStrictOriginWhenCrossOrigin:
		switch {
		case sameOrigin:
			return referrerFull
		case !downgrade:
			return referrerBare
		}
	case ReferrerSameOrigin:
		if sameOrigin {
			return referrerFull
		}
	case ReferrerOriginWhenCrossOrigin:
		if sameOrigin {
			return referrerFull
		}
		return referrerBare
	case ReferrerNoReferrerWhenDowngrade:
		if !downgrade {
			return referrerFull
		}
	}
	return referrerNone
}

// stripForReferrer is
// https://w3c.github.io/webappsec-referrer-policy/#strip-url.
func stripForReferrer(l *location) string {
	return l.origin.String() + l.path + l.search
}

// redirectPolicy takes over a redirect's Referrer-Policy: the last value in it
// that is a policy.
// https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect
func (f *fetch) redirectPolicy(h headerList) {
	for _, line := range h.lines("Referrer-Policy") {
		for value := range strings.SplitSeq(line, ",") {
			if p := ReferrerPolicy(strings.ToLower(strings.TrimSpace(value))); p.valid() {
				f.referrerPolicy = p
				if clampForgotten[f.profile()] {
					f.referrerPart = max(f.referrerPart, f.referrerPartSent)
				}
			}
		}
	}
}
