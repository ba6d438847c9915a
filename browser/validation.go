package browser

import (
	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// Asking whether what is stored is still good.
// https://httpwg.org/specs/rfc9111.html#validation.model

// askAbout makes the request ask whether what is stored is still good.
func (f *fetch) askAbout(l *lookup, out *outgoing) {
	conditions := f.addValidators(out, l.found)
	if conditions && conditionsTravel[f.profile()] && !l.found.byXHR {
		f.validation = &validation{l.key, l.found, f.hop}
	}
	if !conditions && conditionsHonoured[f.profile()] && out.method == "GET" {
		l.found = nil // so that a 304 is none of its business
	}
}

// addValidators makes the request conditional, and reports whether it could.
func (f *fetch) addValidators(out *outgoing, stored *storedResponse) (any bool) {
	if conditionsHonoured[f.profile()] && stored.status != 200 || onlyOKValidated[f.profile()] && stored.status >= 300 {
		return false
	}
	if tag, ok := stored.header.get("ETag"); ok && tag != "" {
		out.header.append("If-None-Match", tag)
		any = true
	}
	if at, ok := stored.header.get("Last-Modified"); ok && at != "" {
		out.header.append("If-Modified-Since", at)
		any = true
	}
	return any
}

// refreshed updates a stored response from a 304.
// https://httpwg.org/specs/rfc9111.html#freshening.responses
func (f *fetch) refreshed(key storedKey, s *storedResponse, r *response) {
	fresh := r.header.withoutNamed(func(name string) bool {
		return fetchspec.EqualFold(name, "content-length") || transientsUnstored[f.profile()] && isFixedInStore(name)
	})
	s.header = append(s.header.withoutNamed(newNameSet(fresh.names()).has), f.withoutEmpty(fresh)...)
	s.freshUntil = f.now().Add(f.freshness(s.status, s.header))
	kept := *s
	kept.header = f.storedHeader(s.header)
	f.page.browser.responses.put(key, kept, oneVariant[f.profile()])
}

// stillGood answers with what is stored, after a 304.
func (f *fetch) stillGood(key storedKey, stored *storedResponse, out *outgoing, r *response) *response {
	r.close()
	f.info(ruleHTTPCache, "The server says that the stored response is still good (304).")
	f.refreshed(key, stored, r)
	return f.answer(stored, out)
}

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
