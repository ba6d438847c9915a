package browser

import (
	"strconv"
	"strings"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// corsReasons are the codes of the CORS check, which are the same for a
// preflight's response but for their prefix.
type corsReasons struct {
	missing, multiple, invalid, mismatch, wildcard, credentials Reason
	subject                                                     string
}

var (
	responseReasons = &corsReasons{
		ReasonACAOMissing, ReasonACAOMultiple, ReasonACAOInvalid, ReasonACAOMismatch,
		ReasonACAOWildcardWithCredentials, ReasonACACNotTrue, "The response",
	}
	preflightReasons = &corsReasons{
		ReasonPreflightACAOMissing, ReasonPreflightACAOMultiple, ReasonPreflightACAOInvalid,
		ReasonPreflightACAOMismatch, ReasonPreflightACAOWildcardWithCredentials,
		ReasonPreflightACACNotTrue, "The preflight response",
	}
)

// corsCheck decides whether a response is meant for the page.
// https://fetch.spec.whatwg.org/#concept-cors-check
func (f *fetch) corsCheck(r *response, sent string, reasons *corsReasons) *Error {
	if f.chainCredentialed(r) {
		f.recheck = func() *Error { return f.checkOrigin(r, sent, reasons, true) }
	}
	return f.checkOrigin(r, sent, reasons, f.credentialed())
}

func (f *fetch) checkOrigin(r *response, sent string, reasons *corsReasons, credentialed bool) *Error {
	h := r.header
	allowed, present := h.get("Access-Control-Allow-Origin")
	inputs := []Field{{"origin", sent}, {"credentials", string(f.credentials)}, {"status", strconv.Itoa(r.status)}}
	if present {
		inputs = append(inputs, Field{"access-control-allow-origin", allowed})
	}
	if lines := h.lines("Access-Control-Allow-Origin"); len(lines) > 1 {
		inputs = append(inputs, Field{"lines", strconv.Itoa(len(lines))})
	}
	if !present {
		return f.fail(ruleCORSCheckOrigin, reasons.missing,
			reasons.subject+" has no Access-Control-Allow-Origin, so the page at "+sent+" may not read it.", inputs...)
	}
	if allowed == "*" && !credentialed {
		f.pass(ruleCORSCheckOrigin, reasons.subject+"'s Access-Control-Allow-Origin is *, which lets any page read it.", inputs...)
		return nil
	}
	if allowed != sent {
		reason, message := whyNotAllowed(allowed, sent, reasons)
		return f.fail(ruleCORSCheckOrigin, reason, message, inputs...)
	}
	f.pass(ruleCORSCheckOrigin, reasons.subject+"'s Access-Control-Allow-Origin is "+allowed+", the origin that was sent.", inputs...)
	if !credentialed {
		return nil
	}
	value, present := h.get("Access-Control-Allow-Credentials")
	inputs = []Field{{"credentials", string(f.credentials)}}
	if present {
		inputs = append(inputs, Field{"access-control-allow-credentials", value})
	}
	switch {
	case value == "true":
		f.pass(ruleCORSCheckCredentials, reasons.subject+"'s Access-Control-Allow-Credentials is true, as a request with credentials needs.", inputs...)
		return nil
	case !present:
		return f.fail(ruleCORSCheckCredentials, reasons.credentials,
			reasons.subject+" has no Access-Control-Allow-Credentials, which must be true when the credentials mode is include.", inputs...)
	}
	return f.fail(ruleCORSCheckCredentials, reasons.credentials,
		reasons.subject+"'s Access-Control-Allow-Credentials is "+quote(value)+"; when the credentials mode is include it must be exactly true, in lower case.", inputs...)
}

// recheckRedirect checks the last redirect once more, if the browser does so before
// it sends the next request.
func (f *fetch) recheckRedirect() *Error {
	if f.recheck == nil {
		return nil
	}
	failure := f.recheck()
	f.recheck = nil
	if failure != nil {
		last := &f.trace.Steps[len(f.trace.Steps)-1]
		last.Inputs = append(last.Inputs, Field{inputLeadsTo, f.current().href})
	}
	return failure
}

// chainCredentialed reports whether a redirect is checked again as if the credentials
// mode were include, since the fetch began with the page's own origin.
func (f *fetch) chainCredentialed(r *response) bool {
	return chainCredentialed[f.profile()] && f.credentials == CredentialsSameOrigin && r.leadsOn() &&
		origin.SameOrigin(f.urls[0].origin, f.page.origin)
}

// whyNotAllowed tells apart the ways in which a value fails to be the origin
// that was sent. The standard knows only that it is not; the distinctions, and
// their order, are Chromium's.
func whyNotAllowed(allowed, sent string, reasons *corsReasons) (Reason, string) {
	const header = "'s Access-Control-Allow-Origin "
	switch {
	case allowed == "*":
		return reasons.wildcard, reasons.subject + header + "is *, which does not count when the credentials mode is include; it must be " + sent + "."
	case strings.ContainsAny(allowed, " ,"):
		return reasons.multiple, reasons.subject + header + "holds more than one value, " + quote(allowed) + "; it must hold " + sent + " alone."
	case !isOriginLike(allowed):
		return reasons.invalid, reasons.subject + header + "is " + quote(allowed) + ", which is not an origin; it must be " + sent + "."
	case sent == "null":
		return reasons.mismatch, reasons.subject + header + "is " + quote(allowed) + ", but the origin that was sent is null."
	case strings.TrimSuffix(allowed, "/") == sent:
		return reasons.mismatch, reasons.subject + header + "is " + quote(allowed) + ", not " + sent + ": an origin has no slash at its end."
	case fetchspec.EqualFold(allowed, sent):
		return reasons.mismatch, reasons.subject + header + "is " + quote(allowed) + ", not " + sent + ": an origin is in lower case."
	}
	return reasons.mismatch, reasons.subject + header + "is " + quote(allowed) + ", not the page's origin " + sent + "."
}

// isOriginLike reports whether a value is a URL or null: one that is for
// another origin, or badly written, rather than no origin at all.
func isOriginLike(s string) bool {
	if s == "null" {
		return true
	}
	if costlyURL(s) {
		return false
	}
	_, err := whatwg.Parse(s)
	return err == nil
}

// quote puts a value of a header into a sentence, on one line and not without
// end.
func quote(value string) string {
	const most = 200
	if len(value) > most {
		value = value[:most] + "…"
	}
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(value, "\uFFFD"))
	if clean == "" {
		return "empty"
	}
	return `"` + clean + `"`
}
