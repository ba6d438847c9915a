package fetchspec

// IsSafelistedMethod reports whether method is a CORS-safelisted method: one
// that a cross-origin request may use without asking first. Methods are
// case-sensitive: "get" is not GET.
// https://fetch.spec.whatwg.org/#cors-safelisted-method
func IsSafelistedMethod(method string) bool {
	return method == "GET" || method == "HEAD" || method == "POST"
}

// IsForbiddenMethod reports whether no script may use method, in whatever case
// it is written. https://fetch.spec.whatwg.org/#forbidden-method
func IsForbiddenMethod(method string) bool {
	return EqualFold(method, "CONNECT") || EqualFold(method, "TRACE") || EqualFold(method, "TRACK")
}

// NormalizeMethod upper-cases six methods and leaves all others, patch among
// them, as they are written.
// https://fetch.spec.whatwg.org/#concept-method-normalize
func NormalizeMethod(method string) string {
	for _, m := range [...]string{"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"} {
		if EqualFold(m, method) {
			return m
		}
	}
	return method
}
