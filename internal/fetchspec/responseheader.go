package fetchspec

// IsForbiddenResponseHeaderName reports whether no script ever sees a response
// header of this name.
// https://fetch.spec.whatwg.org/#forbidden-response-header-name
func IsForbiddenResponseHeaderName(name string) bool {
	return EqualFold(name, "set-cookie") || EqualFold(name, "set-cookie2")
}

// IsSafelistedResponseHeaderName reports whether a script may read a header of
// this name in a cross-origin response that does not expose it.
// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
func IsSafelistedResponseHeaderName(name string) bool {
	switch Lower(name) {
	case "cache-control", "content-language", "content-length", "content-type",
		"expires", "last-modified", "pragma":
		return true
	}
	return false
}
