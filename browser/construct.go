package browser

import (
	"slices"

	"crossorigin.dev/internal/fetchspec"
)

// construct does what the Request constructor does, with its TypeErrors.
// https://fetch.spec.whatwg.org/#dom-request
func (f *fetch) construct(r *Request) *Error {
	// Only fetch() and XMLHttpRequest let a script choose methods and headers:
	// https://fetch.spec.whatwg.org/#unsafe-request-flag
	f.unsafeRequest = r.Initiator == InitiatorFetch || r.Initiator == InitiatorXHR
	f.initiator, f.destination = r.Initiator, r.Destination
	for _, step := range [...]func(*Request) *Error{
		f.constructURL, f.constructInit, f.constructReferrer, f.constructMethod, f.constructHeader, f.constructBody,
	} {
		if failure := step(r); failure != nil {
			return failure
		}
	}
	f.atFirst()
	if r.Initiator == InitiatorXHR && (f.body != nil || f.stream != nil) {
		f.sayUTF8()
		if !charsetForgotten[f.profile()] {
			f.atFirst()
		}
	}
	f.unsafeAtFirst = f.unsafeRequest && len(f.namesAtFirst) > 0
	return nil
}

// atFirst keeps what redirects begin with, and preflights ask about.
func (f *fetch) atFirst() {
	f.methodAtFirst, f.headerAtFirst = f.method, f.header
	f.namesAtFirst = f.unsafeNames()
	f.namesLeft = f.namesAtFirst
}

func (f *fetch) constructURL(r *Request) *Error {
	l, err := f.page.browser.locations.parse(r.URL, f.page.location)
	if err == nil && r.Initiator == InitiatorWebSocket {
		l, err = l.forWebSocket()
	}
	if err != nil {
		return f.fail(ruleURL, ReasonURLInvalid, "The URL "+quote(r.URL)+" cannot be fetched: "+err.Error()+".", Field{"url", r.URL})
	}
	f.trace.URL = l.href
	// XMLHttpRequest and elements take such a URL; only fetch() refuses it.
	if l.includesCredentials && r.Initiator == InitiatorFetch {
		return f.fail(ruleURL, ReasonURLUserinfo,
			"The URL carries a user name or password, which fetch() refuses; send an Authorization header instead.", Field{"url", l.href})
	}
	if l.includesCredentials && (r.Initiator == InitiatorElement || r.Initiator == InitiatorEventSource) && credentialedURLRefused[f.profile()] {
		return f.fail(ruleURL, ReasonURLUserinfo, "The URL carries a user name or password, with which this browser loads nothing into a page.", Field{"url", l.href})
	}
	f.urls = append(f.urls, l)
	f.pass(ruleURL, "The URL is "+l.href+".", Field{"url", l.href})
	return nil
}

// or returns value, or fallback if it is empty.
func or[T ~string](value, fallback T) T {
	if value == "" {
		return fallback
	}
	return value
}

// constructInit reads the modes and policies, which have few values each.
func (f *fetch) constructInit(r *Request) *Error {
	f.mode = or(r.Mode, ModeCORS)
	if f.destination == DestinationFont && fontWithoutCORS[f.profile()] {
		f.mode = ModeNoCORS
	}
	f.credentials = or(r.Credentials, CredentialsSameOrigin)
	f.redirect = or(r.Redirect, RedirectFollow)
	f.cache = or(r.Cache, CacheDefault)
	f.referrerPolicy = or(r.ReferrerPolicy, f.page.referrerPolicy)
	f.trace.Mode, f.trace.Credentials, f.trace.Redirect = f.mode, f.credentials, f.redirect
	if r.Initiator != InitiatorWebSocket {
		if failure := enum(f, "mode", f.mode, ModeCORS, ModeNoCORS, ModeSameOrigin); failure != nil {
			return failure
		}
	}
	if failure := enum(f, "credentials mode", f.credentials, CredentialsSameOrigin, CredentialsInclude, CredentialsOmit); failure != nil {
		return failure
	}
	if failure := enum(f, "redirect mode", f.redirect, RedirectFollow, RedirectError, RedirectManual); failure != nil {
		return failure
	}
	if failure := enum(f, "cache mode", f.cache, CacheDefault, CacheNoStore, CacheReload, CacheNoCache, CacheForceCache, CacheOnlyIfCached); failure != nil {
		return failure
	}
	if failure := enum(f, "referrer policy", f.referrerPolicy, referrerPolicies...); failure != nil {
		return failure
	}
	if failure := f.constructTargetSpace(r.TargetAddressSpace); failure != nil {
		return failure
	}
	if failure := enum(f, "destination", f.destination, destinations...); failure != nil {
		return failure
	}
	if f.cache == CacheOnlyIfCached && f.mode != ModeSameOrigin {
		return f.fail(ruleInit, ReasonInitCache, "Cache mode only-if-cached goes with mode same-origin only, not with "+string(f.mode)+".", Field{"mode", string(f.mode)})
	}
	return nil
}

// constructTargetSpace reads what the request declares of its target, which
// the standard and most browsers do not look at.
// https://wicg.github.io/local-network-access/#fetch-api
func (f *fetch) constructTargetSpace(declared AddressSpace) *Error {
	if !targetSpaceHonoured[f.profile()] {
		return nil
	}
	switch declared {
	case "unknown":
		declared = AddressSpaceUnknown
	case "private": // as it was called before
		declared = AddressSpaceLocal
	}
	f.targetSpace = declared
	return enum(f, "address space", declared, allAddressSpaces...)
}

// enum checks that a value is one of those there are.
func enum[T ~string](f *fetch, what string, value T, valid ...T) *Error {
	if slices.Contains(valid, value) {
		return nil
	}
	var names []string
	for _, v := range valid {
		if v != "" {
			names = append(names, string(v))
		}
	}
	return f.fail(ruleInit, ReasonInitMode,
		quote(string(value))+" is not a "+what+"; write one of "+list(names)+".", Field{what, string(value)})
}

func (f *fetch) constructMethod(r *Request) *Error {
	raw := or(r.Method, "GET")
	if !fetchspec.IsToken(raw) {
		return f.fail(ruleMethod, ReasonMethodInvalid, "The method "+quote(raw)+" is not a token.", Field{"method", raw})
	}
	if fetchspec.IsForbiddenMethod(raw) {
		return f.fail(ruleMethod, ReasonMethodForbidden, "No script may use the method "+raw+".", Field{"method", raw})
	}
	f.method = fetchspec.NormalizeMethod(raw)
	f.trace.Method = f.method
	if f.mode == ModeNoCORS && !fetchspec.IsSafelistedMethod(f.method) {
		return f.fail(ruleNoCORSMethod, ReasonModeNoCORSMethod,
			"The method "+f.method+" cannot be used in mode no-cors, which allows GET, HEAD and POST only.", Field{"method", raw})
	}
	if f.method != raw {
		f.info(ruleMethod, "The method "+raw+" is normalized to "+f.method+".", Field{"method", raw})
	}
	return nil
}

// constructHeader keeps the headers that the guard lets through.
// https://fetch.spec.whatwg.org/#headers-validate,
// https://fetch.spec.whatwg.org/#concept-headers-append
func (f *fetch) constructHeader(r *Request) *Error {
	for _, h := range headerListOf(r.Header) {
		switch {
		case !fetchspec.IsToken(h.Name):
			return f.fail(ruleHeaderSyntax, ReasonHeaderInvalid, "The header name "+quote(h.Name)+" is not a token.", h)
		case !fetchspec.IsValue(h.Value):
			return f.fail(ruleHeaderSyntax, ReasonHeaderInvalid,
				"The value of the header "+h.Name+" holds a line break or a NUL, which no header's value can.", h)
		case fetchspec.IsForbiddenRequestHeader(h.Name, h.Value):
			f.info(ruleHeaderGuard, "The header "+h.Name+" is dropped: no script may set it.", h)
		case f.mode == ModeNoCORS && !f.guardNoCORS(h):
			f.info(ruleHeaderGuard, "The header "+h.Name+" is dropped: mode no-cors allows only safelisted ones.", h)
		case userAgentFixed[f.profile()] && fetchspec.EqualFold(h.Name, "user-agent"):
			f.info(ruleHeaderGuard, "The header User-Agent is dropped: this browser lets no script set it.", h)
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
	h.Value = value + h.Value
	return fetchspec.IsNoCORSSafelistedRequestHeader(h.Name, h.Value) && !f.distrusts(h)
}

func (f *fetch) constructBody(r *Request) *Error {
	f.body, f.stream, f.bodyType, f.keepalive = r.Body, r.Stream, r.BodyType, r.Keepalive
	if r.Initiator == InitiatorXHR && (f.method == "GET" || f.method == "HEAD") {
		if f.body != nil && paramsTypeSent[f.profile()] && fetchspec.EqualFold(f.bodyType, paramsBodyType) && !f.header.has("Content-Type") {
			f.header = append(f.header, Field{"Content-Type", f.bodyType})
		}
		f.body, f.stream = nil, nil // https://xhr.spec.whatwg.org/#the-send()-method
	}
	hasBody := f.body != nil || f.stream != nil
	if r.UploadListener && r.Initiator == InitiatorXHR && (hasBody || emptyUploadPreflighted[f.profile()]) {
		f.useCORSPreflight = true // https://xhr.spec.whatwg.org/#the-send()-method
	}
	if !hasBody {
		return nil
	}
	if f.method == "GET" || f.method == "HEAD" {
		return f.fail(ruleBodyWithMethod, ReasonInitBody, "A request with the method "+f.method+" cannot have a body.", Field{"method", f.method})
	}
	if failure := f.constructStream(r); failure != nil {
		return failure
	}
	typ := Field{"Content-Type", f.bodyType}
	if f.stream != nil || typ.Value == "" || f.header.has("Content-Type") {
		return nil
	}
	if !fetchspec.IsValue(typ.Value) {
		return f.fail(ruleHeaderSyntax, ReasonHeaderInvalid, "The body's type "+quote(typ.Value)+" cannot be a header's value.", typ)
	}
	if f.mode != ModeNoCORS || bodyTypeUnguarded[f.profile()] || f.guardNoCORS(typ) {
		f.header = append(f.header, typ)
		f.typeOfBody = r.Initiator == InitiatorXHR
		f.info(ruleBodyType, "The body brings its own Content-Type, "+typ.Value+".", typ)
	}
	return nil
}

// constructStream settles what a streamed body means.
// https://fetch.spec.whatwg.org/#dom-request
func (f *fetch) constructStream(r *Request) *Error {
	if f.stream == nil {
		return nil
	}
	way := streamUpload[f.profile()]
	if r.Initiator == InitiatorXHR {
		way = streamingAsText // https://xhr.spec.whatwg.org/#the-send()-method takes no streams
	}
	switch {
	case way == streamingAsText:
	case streamUpload[f.profile()] == streamingRefused && !r.Keepalive:
		return f.fail(ruleBodyWithMethod, ReasonInitStream, "This browser cannot stream a request's body.")
	case f.body != nil:
		return f.fail(ruleBodyWithMethod, ReasonInitBody, "A request has either a Body or a Stream, not both.")
	case f.mode != ModeSameOrigin && f.mode != ModeCORS:
		return f.fail(ruleBodyWithMethod, ReasonInitBody, "A streamed body goes with modes same-origin and cors only, not with "+string(f.mode)+".", Field{"mode", string(f.mode)})
	case r.Keepalive:
		return f.fail(ruleBodyWithMethod, ReasonInitBody, "A streamed body cannot be sent with keepalive.")
	}
	switch way {
	case streamingAsText:
		f.stream, f.body = nil, []byte("[object ReadableStream]")
		f.bodyType = TextBodyType
		f.info(ruleBodyType, "This browser knows no streamed bodies: it sends the text [object ReadableStream].")
	default:
		f.useCORSPreflight = true
		if streamLeavesOrigin[f.profile()] {
			f.mode = ModeCORS
		}
	}
	return nil
}
