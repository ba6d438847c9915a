package browser

import (
	"slices"

	"crossorigin.dev/internal/fetchspec"
)

// construct does what the Request constructor does, with its TypeErrors.
// https://fetch.spec.whatwg.org/#dom-request
func (f *fetch) construct(r Request) *Error {
	f.unsafeRequest = true // as fetch() sets it: https://fetch.spec.whatwg.org/#unsafe-request-flag
	if failure := f.constructURL(r.URL); failure != nil {
		return failure
	}
	if failure := f.constructInit(r); failure != nil {
		return failure
	}
	if failure := f.constructMethod(r.Method); failure != nil {
		return failure
	}
	if failure := f.constructHeader(r); failure != nil {
		return failure
	}
	return f.constructBody(r)
}

func (f *fetch) constructURL(raw string) *Error {
	l, err := parseLocation(raw, f.page.location)
	if err != nil {
		return f.fail(ruleURL, ReasonURLInvalid, "The URL "+quote(raw)+" cannot be fetched: "+err.Error()+".", Field{"url", raw})
	}
	f.trace.URL = l.href
	if l.includesCredentials() {
		return f.fail(ruleURL, ReasonURLUserinfo,
			"The URL carries a user name or password, which fetch() refuses; send an Authorization header instead.", Field{"url", l.href})
	}
	f.urls = []*location{l}
	f.pass(ruleURL, "The URL is "+l.href+".", Field{"url", l.href})
	return nil
}

// constructInit reads the modes and policies, which have few values each.
func (f *fetch) constructInit(r Request) *Error {
	f.mode, f.credentials, f.redirect = r.Mode, r.Credentials, r.Redirect
	f.referrerPolicy = r.ReferrerPolicy
	if f.mode == "" {
		f.mode = ModeCORS
	}
	if f.credentials == "" {
		f.credentials = CredentialsSameOrigin
	}
	if f.redirect == "" {
		f.redirect = RedirectFollow
	}
	f.trace.Mode, f.trace.Credentials, f.trace.Redirect = f.mode, f.credentials, f.redirect
	enums := []struct {
		what, value string
		valid       []string
	}{
		{"mode", string(f.mode), []string{string(ModeCORS), string(ModeNoCORS), string(ModeSameOrigin)}},
		{"credentials mode", string(f.credentials), []string{string(CredentialsSameOrigin), string(CredentialsInclude), string(CredentialsOmit)}},
		{"redirect mode", string(f.redirect), []string{string(RedirectFollow), string(RedirectError), string(RedirectManual)}},
	}
	for _, e := range enums {
		if !slices.Contains(e.valid, e.value) {
			return f.fail(ruleInit, ReasonInitMode,
				quote(e.value)+" is not a "+e.what+"; write one of "+list(e.valid)+".", Field{e.what, e.value})
		}
	}
	if !f.referrerPolicy.valid() && f.referrerPolicy != "" {
		return f.fail(ruleInit, ReasonInitReferrer, quote(string(f.referrerPolicy))+" is not a referrer policy.", Field{"referrer policy", string(f.referrerPolicy)})
	}
	return nil
}

func (f *fetch) constructMethod(raw string) *Error {
	if raw == "" {
		raw = "GET"
	}
	in := Field{"method", raw}
	if !fetchspec.IsToken(raw) {
		return f.fail(ruleMethod, ReasonMethodInvalid, "The method "+quote(raw)+" is not a token.", in)
	}
	if fetchspec.IsForbiddenMethod(raw) {
		return f.fail(ruleMethod, ReasonMethodForbidden, "No script may use the method "+raw+".", in)
	}
	f.method = fetchspec.NormalizeMethod(raw)
	f.trace.Method = f.method
	if f.mode == ModeNoCORS && !fetchspec.IsSafelistedMethod(f.method) {
		return f.fail(ruleNoCORSMethod, ReasonModeNoCORSMethod,
			"The method "+f.method+" cannot be used in mode no-cors, which allows GET, HEAD and POST only.", in)
	}
	if f.method != raw {
		f.info(ruleMethod, "The method "+raw+" is normalized to "+f.method+".", in)
	}
	return nil
}

// constructHeader keeps the headers that the guard lets through.
// https://fetch.spec.whatwg.org/#headers-validate,
// https://fetch.spec.whatwg.org/#concept-headers-append
func (f *fetch) constructHeader(r Request) *Error {
	for _, h := range headerListOf(r.Header) {
		in := Field{h.Name, h.Value}
		switch {
		case !fetchspec.IsToken(h.Name):
			return f.fail(ruleHeaderSyntax, ReasonHeaderInvalid, "The header name "+quote(h.Name)+" is not a token.", in)
		case !fetchspec.IsValue(h.Value):
			return f.fail(ruleHeaderSyntax, ReasonHeaderInvalid,
				"The value of the header "+h.Name+" holds a line break or a NUL, which no header's value can.", in)
		case fetchspec.IsForbiddenRequestHeader(h.Name, h.Value):
			f.info(ruleHeaderGuard, "The header "+h.Name+" is dropped: no script may set it.", in)
		case f.mode == ModeNoCORS && !f.guardNoCORS(h):
			f.info(ruleHeaderGuard, "The header "+h.Name+" is dropped: mode no-cors allows only safelisted ones.", in)
		default:
			f.header = append(f.header, h)
		}
	}
	f.trace.Header = append(f.trace.Header, f.header...)
	return nil
}

// guardNoCORS is the guard request-no-cors, which looks at what the header's
// value would be with this one added.
func (f *fetch) guardNoCORS(h Field) bool {
	value, ok := f.header.get(h.Name)
	if ok {
		value += ", "
	}
	return fetchspec.IsNoCORSSafelistedRequestHeader(h.Name, value+h.Value)
}

func (f *fetch) constructBody(r Request) *Error {
	if r.Body == nil {
		return nil
	}
	if f.method == "GET" || f.method == "HEAD" {
		return f.fail(ruleBodyWithMethod, ReasonInitBody, "A request with the method "+f.method+" cannot have a body.", Field{"method", f.method})
	}
	f.body = r.Body
	return nil
}
