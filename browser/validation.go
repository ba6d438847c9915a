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
	if conditions && conditionsTravel[f.profile()] {
		f.validation = &validation{l.key, l.found, f.hop}
	}
	if !conditions && (conditionsHonoured[f.profile()] || redirectsUnasked[f.profile()]) && out.method == "GET" {
		l.found = nil // so that a 304 is none of its business
	}
}

// addValidators makes the request conditional, and reports whether it could.
func (f *fetch) addValidators(out *outgoing, stored *storedResponse) (any bool) {
	switch profile := f.profile(); {
	case conditionsHonoured[profile] && stored.status != 200, onlyOKValidated[profile] && stored.status >= 300,
		redirectsUnasked[profile] && fetchspec.IsRedirectStatus(stored.status) && first(stored.header.lines("Location")) != "":
		return false
	}
	conditions := validators(stored)
	out.header = append(out.header, conditions...)
	return len(conditions) > 0
}

// validators are the conditions that ask about a stored response.
func validators(stored *storedResponse) (conditions headerList) {
	if tag, ok := stored.header.get("ETag"); ok && tag != "" {
		conditions.append("If-None-Match", tag)
	}
	if at, ok := stored.header.get("Last-Modified"); ok && at != "" {
		conditions.append("If-Modified-Since", at)
	}
	return conditions
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
	f.memorizeStored(stored)
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

// travel adds the conditions of an earlier hop, and keeps what is sent after a
// redirect with it, if it has just been stored. An XMLHttpRequest's conditions, and
// those that do not go on, are not sent, but kept all the same.
func (f *fetch) travel(out *outgoing) {
	var asked headerList
	if f.travelled() {
		asked = validators(f.validation.stored)
		if f.goesOn() && !f.validation.stored.byXHR {
			out.header = append(out.header, asked...)
		} else {
			f.validation = nil
		}
	}
	key := f.redirectStored
	f.redirectStored = nil
	if key == nil || !redirectsReplay[f.profile()] {
		return
	}
	saved := &replay{conditions: asked, credentials: f.credentialsIncluded}
	saved.header = f.header.withoutNamed(func(name string) bool { return fetchspec.EqualFold(name, "authorization") }) // which is each request's own
	for _, h := range out.header {
		if cacheHeaderNames.has(h.Name) && !asked.has(h.Name) && !f.header.has(h.Name) {
			saved.conditions = append(saved.conditions, h)
		}
	}
	f.page.browser.responses.amend(*key, func(s *storedResponse) { s.replay = saved })
}

// A replay is what a stored redirect sends to where it leads, whatever the fetch that
// it serves would send.
type replay struct {
	header      headerList // the script's
	conditions  headerList // and the browser's, of the cache mode and of what was asked about
	credentials bool
}

// cacheHeaderNames are headers by which a browser steers caches.
var cacheHeaderNames = newNameSet([]string{"cache-control", "pragma", "if-none-match", "if-modified-since"})

// replayed takes over what a stored redirect sends, and returns nil if it sends
// nothing of its own.
func (f *fetch) replayed() *replay {
	saved := f.replay
	f.replay = nil
	if saved == nil || !f.goesOn() {
		return nil
	}
	own := f.header.withoutNamed(func(name string) bool { return !fetchspec.EqualFold(name, "authorization") })
	f.header, f.credentialsIncluded = append(own, saved.header...), saved.credentials
	return saved
}

// leavesHome reports whether the last redirect led from the page's own origin to
// another.
func (f *fetch) leavesHome() bool {
	return f.hop > 0 && origin.SameOrigin(f.page.origin, f.urls[f.hop-1].origin) && !origin.SameOrigin(f.page.origin, f.current().origin)
}

// leadsToFresh reports whether what a stored redirect leads to is stored and fresh
// too. WebKit stores a 308 for the sake of that only.
func (f *fetch) leadsToFresh(l *lookup, out *outgoing) bool {
	to := first(l.found.header.lines("Location"))
	next, err := f.page.browser.locations.parse(to, f.current())
	if to == "" || err != nil {
		return to == ""
	}
	key := l.key
	key.url = next.withoutFragment()
	found := f.page.browser.responses.find(key, out.header)
	return found != nil && f.now().Before(found.freshUntil)
}

// goesOn reports whether what WebKit's cache adds to a request goes on with a
// redirect: without CORS, or within the page's own origin.
func (f *fetch) goesOn() bool {
	own := f.tainting == taintingBasic && origin.SameOrigin(f.page.origin, f.current().origin)
	return f.mode == ModeNoCORS || own
}
