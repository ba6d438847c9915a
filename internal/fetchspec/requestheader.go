package fetchspec

import (
	"iter"
	"slices"
	"strings"
)

// Limits of the CORS-safelist, in bytes.
const (
	safelistedValueMax  = 128  // of one value
	safelistedValuesMax = 1024 // of all safelisted values together
)

// IsForbiddenRequestHeader reports whether a script may not set this header.
// The value matters only to the three names that would override the method.
// https://fetch.spec.whatwg.org/#forbidden-request-header
func IsForbiddenRequestHeader(name, value string) bool {
	switch name = Lower(name); name {
	case "accept-charset", "accept-encoding", "access-control-request-headers",
		"access-control-request-method", "connection", "content-length", "cookie",
		"cookie2", "date", "dnt", "expect", "host", "keep-alive", "origin", "referer",
		"set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "via":
		return true
	case "x-http-method", "x-http-method-override", "x-method-override":
		return slices.ContainsFunc(splitValue(value), IsForbiddenMethod)
	}
	return strings.HasPrefix(name, "proxy-") || strings.HasPrefix(name, "sec-")
}

// unsafeByte marks the CORS-unsafe request-header bytes,
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte.
var unsafeByte = func() [256]bool {
	set := byteSet("\"():<>?@[\\]{}\x7F")
	for c := range 0x20 {
		set[c] = c != '\t'
	}
	return set
}()

// languageByte marks the bytes that Accept-Language and Content-Language may
// have and stay safelisted.
var languageByte = byteSet("0123456789" + letters + " *,-.;=")

func allBytes(s string, ok func(byte) bool) bool {
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}

// IsSafelistedRequestHeader reports whether a header is a CORS-safelisted
// request-header: one that a cross-origin request may carry without asking
// first. It judges one name and value pair; a header that is set twice is two
// pairs. https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func IsSafelistedRequestHeader(name, value string) bool {
	if len(value) > safelistedValueMax {
		return false
	}
	safe := func(c byte) bool { return !unsafeByte[c] }
	switch Lower(name) {
	case "accept":
		return allBytes(value, safe)
	case "accept-language", "content-language":
		return allBytes(value, func(c byte) bool { return languageByte[c] })
	case "content-type":
		m, ok := ParseMIMEType(value)
		return ok && allBytes(value, safe) && isFormEssence(m.Essence())
	case "range":
		r, ok := ParseRange(value, false)
		return ok && r.Start != ""
	}
	return false
}

// isFormEssence reports whether an HTML form could always send a body of this
// type: what a server had to expect before CORS, it is not asked about.
func isFormEssence(essence string) bool {
	switch essence {
	case "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
		return true
	}
	return false
}

// IsSafelistedRequestHeaderName reports whether name can be the name of a
// CORS-safelisted request-header, given the right value.
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func IsSafelistedRequestHeaderName(name string) bool {
	return IsNoCORSSafelistedRequestHeaderName(name) || EqualFold(name, "range")
}

// UnsafeRequestHeaderNames returns the names that a preflight must ask about,
// in lower case, sorted, each once; nil if there are none. Values that are
// safelisted one by one but together exceed 1024 bytes are all unsafe.
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func UnsafeRequestHeaderNames(headers iter.Seq2[string, string]) []string {
	var unsafe, potentiallyUnsafe []string
	size := 0
	for name, value := range headers {
		if IsSafelistedRequestHeader(name, value) {
			potentiallyUnsafe = append(potentiallyUnsafe, Lower(name))
			size += len(value)
		} else {
			unsafe = append(unsafe, Lower(name))
		}
	}
	if size > safelistedValuesMax {
		unsafe = append(unsafe, potentiallyUnsafe...)
	}
	slices.Sort(unsafe)
	return slices.Compact(unsafe)
}

// IsNonWildcardRequestHeaderName reports whether name is one that "*" in
// Access-Control-Allow-Headers does not cover: Authorization alone.
// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
func IsNonWildcardRequestHeaderName(name string) bool { return EqualFold(name, "authorization") }

// IsNoCORSSafelistedRequestHeaderName reports whether a script may set a
// header of this name on a request of mode no-cors, given the right value.
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name
func IsNoCORSSafelistedRequestHeaderName(name string) bool {
	switch Lower(name) {
	case "accept", "accept-language", "content-language", "content-type":
		return true
	}
	return false
}

// IsNoCORSSafelistedRequestHeader reports whether a script may set this header
// on a request of mode no-cors.
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header
func IsNoCORSSafelistedRequestHeader(name, value string) bool {
	return IsNoCORSSafelistedRequestHeaderName(name) && IsSafelistedRequestHeader(name, value)
}

// IsRequestBodyHeaderName reports whether a header describes a request's body,
// and so goes when a redirect drops the body.
// https://fetch.spec.whatwg.org/#request-body-header-name
func IsRequestBodyHeaderName(name string) bool {
	switch Lower(name) {
	case "content-encoding", "content-language", "content-location", "content-type":
		return true
	}
	return false
}
