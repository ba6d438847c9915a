package browser

import (
	"slices"
	"strings"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// An EmbedderPolicy is the page's Cross-Origin-Embedder-Policy.
// https://html.spec.whatwg.org/#embedder-policy-value
type EmbedderPolicy string

const (
	EmbedderUnsafeNone     EmbedderPolicy = ""
	EmbedderCredentialless EmbedderPolicy = "credentialless" // no-cors requests go without credentials
	EmbedderRequireCORP    EmbedderPolicy = "require-corp"   // no-cors responses must permit it
)

var embedderPolicies = []EmbedderPolicy{EmbedderUnsafeNone, EmbedderCredentialless, EmbedderRequireCORP}

// checkCORP decides whether a response may be had without CORS.
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
func (f *fetch) checkCORP(r *response) *Error {
	policy, present := r.header.get("Cross-Origin-Resource-Policy")
	if policy != "same-origin" && policy != "same-site" && policy != "cross-origin" {
		policy = "" // anything else, a list too, is as none
	}
	if policy == "" {
		switch f.page.embedderPolicy {
		case EmbedderRequireCORP:
			policy = "same-origin"
		case EmbedderCredentialless:
			if f.credentialsIncluded && !credentiallessUnknown[f.profile()] {
				policy = "same-origin"
			}
		}
	}
	in := []Field{{"cross-origin-resource-policy", policy}}
	if !present && policy != "" {
		in = append(in, Field{"embedder policy", string(f.page.embedderPolicy)})
	}
	target := f.current().origin
	switch {
	case policy == "same-origin" && !origin.SameOrigin(f.page.origin, target):
		return f.fail(ruleCORP, ReasonCORPBlocked, corpMessage(present, policy, "another origin", f, target), in...)
	case policy == "same-site" && !f.corpSameSite(target):
		return f.fail(ruleCORP, ReasonCORPBlocked, corpMessage(present, policy, "another site", f, target), in...)
	case policy == "":
		f.pass(ruleCORP, "There is no Cross-Origin-Resource-Policy, so any page may use the response unseen.", in...)
	default:
		f.pass(ruleCORP, "The response's Cross-Origin-Resource-Policy, "+policy+", permits it.", in...)
	}
	return nil
}

func corpMessage(present bool, policy, other string, f *fetch, target origin.Origin) string {
	tail := ", and " + target.String() + " is of " + other + " than the page, " + f.page.origin.String() + "."
	if !present {
		return "The page's embedder policy is " + string(f.page.embedderPolicy) + ", the response has no Cross-Origin-Resource-Policy" + tail
	}
	return "The response's Cross-Origin-Resource-Policy is " + policy + tail
}

// corpSameSite is same site without regard to the scheme, except that a page
// over HTTP may not have what came over HTTPS.
func (f *fetch) corpSameSite(target origin.Origin) bool {
	page := f.page.origin
	if page.IsOpaque() || target.IsOpaque() {
		return false
	}
	same := siteHost(page.Host()) == siteHost(target.Host())
	if localhostIsSite[f.profile()] {
		same = same || isLocalhost(page.Host()) && isLocalhost(target.Host())
	}
	if corpSiteIsDomain[f.profile()] {
		from, _ := registrableDomain(page.Host())
		to, _ := registrableDomain(target.Host())
		same = from == to && !isAddress(page.Host()) && !isAddress(target.Host())
	}
	return same && (page.Scheme() == "https" || target.Scheme() != "https")
}

func isLocalhost(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// checkTiming is the TAO check. It never ends a fetch: what fails it is not
// timed in detail. https://fetch.spec.whatwg.org/#concept-tao-check
func (f *fetch) checkTiming(r *response) {
	if f.timingFailed {
		return
	}
	values := fetchspec.GetDecodeSplit(r.header.lines("Timing-Allow-Origin"))
	switch {
	case slices.Contains(values, "*"), slices.Contains(values, f.serializedOrigin()):
		f.pass(ruleTiming, "Timing-Allow-Origin lets the page see detailed timing.", Field{"timing-allow-origin", list(values)})
	case f.tainting == taintingBasic:
	default:
		f.timingFailed = true
		if len(values) > 0 {
			f.info(ruleTiming, "Timing-Allow-Origin does not name the page's origin, so its script sees no detailed timing.", Field{"timing-allow-origin", list(values)})
		}
	}
}

// checkType blocks what is declared to be something else than the page loads
// it as. https://fetch.spec.whatwg.org/#ref-for-should-response-to-request-be-blocked-due-to-nosniff,
// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type
//
// What opaque response blocking holds back is not used either.
func (f *fetch) checkType(r *response, heldBack bool) *Error {
	failure := f.checkDeclaredType(r, heldBack)
	if failure == nil && heldBack {
		line, _ := r.header.get("Content-Type")
		return f.fail(ruleMIMEType, ReasonMIMEBlocked, "The response looks like data, which this browser keeps from the page (opaque response blocking).",
			Field{"content-type", line}, Field{"cause", causeHeldBack})
	}
	return failure
}

func (f *fetch) checkDeclaredType(r *response, heldBack bool) *Error {
	if f.destination != DestinationScript && f.destination != DestinationStyle {
		return nil
	}
	line, _ := r.header.get("Content-Type")
	mime, _ := fetchspec.ParseMIMEType(line)
	in := []Field{{"content-type", line}}
	if heldBack {
		in = append(in, Field{"cause", causeHeldBack})
	}
	if f.destination == DestinationScript && unlikelyScript(mime) {
		return f.fail(ruleMIMEType, ReasonMIMEBlocked, "The response's Content-Type is "+quote(line)+", which is no script.", in...)
	}
	options := fetchspec.GetDecodeSplit(r.header.lines("X-Content-Type-Options"))
	if len(options) == 0 || !fetchspec.EqualFold(options[0], "nosniff") {
		return nil
	}
	if f.destination == DestinationScript && !isJavaScript(mime) || f.destination == DestinationStyle && mime.Essence() != "text/css" {
		return f.fail(ruleNosniff, ReasonNosniff,
			"The response's Content-Type is "+quote(line)+" and its X-Content-Type-Options is nosniff, so it is not used as a "+string(f.destination)+".", in...)
	}
	return nil
}

func unlikelyScript(m fetchspec.MIMEType) bool {
	return m.Type == "audio" || m.Type == "image" || m.Type == "video" || m.Essence() == "text/csv"
}

// isJavaScript is https://mimesniff.spec.whatwg.org/#javascript-mime-type.
func isJavaScript(m fetchspec.MIMEType) bool {
	switch m.Essence() {
	case "application/ecmascript", "application/javascript", "application/x-ecmascript",
		"application/x-javascript", "text/ecmascript", "text/javascript", "text/javascript1.0",
		"text/javascript1.1", "text/javascript1.2", "text/javascript1.3", "text/javascript1.4",
		"text/javascript1.5", "text/jscript", "text/livescript", "text/x-ecmascript", "text/x-javascript":
		return true
	}
	return false
}
