package browser

import "crossorigin.dev/origin"

// A validation is a stored response that a fetch asks about, in a browser whose
// conditions go with redirects.
type validation struct {
	key    storedKey
	stored *storedResponse
	hop    int // at which it was asked about
}

// travelled reports whether a redirect has led on since.
func (f *fetch) travelled() bool { return f.validation != nil && f.hop > f.validation.hop }

// addTravelling adds the conditions of an earlier hop, which go on without CORS, or
// within the page's own origin.
func (f *fetch) addTravelling(out *outgoing) {
	if !f.travelled() {
		return
	}
	own := f.tainting == taintingBasic && origin.SameOrigin(f.page.origin, f.current().origin)
	if f.mode != ModeNoCORS && !own {
		f.validation = nil
		return
	}
	f.addValidators(out, f.validation.stored)
}
