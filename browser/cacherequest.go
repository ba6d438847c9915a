package browser

import (
	"slices"
	"strings"

	"crossorigin.dev/internal/fetchspec"
)

// What of a request the HTTP cache looks at. The standard leaves most of it to
// https://httpwg.org/specs/rfc9111.html, and that to the cache.

// passesCache reports whether a request is neither answered from the cache nor
// its response stored there.
func (f *fetch) passesCache(out *outgoing, mode CacheMode) bool {
	profile := f.profile()
	switch {
	case mode == CacheNoStore, f.page.origin.IsOpaque() && opaqueOriginUncached[profile]:
		return true
	case out.method == "HEAD" && headFromCache[profile]:
		return out.header.has("Range") || f.foreignConditions(out)
	case out.method != "GET" && !(out.method == "HEAD" && headsCached[profile]):
		return true
	case noStoreHonoured[profile] && refusesStore(out.header):
		return true
	case out.header.has("Range") && !f.asksForWhole(out):
		return !f.managesRange(out, mode) && !rangesApart[profile]
	}
	return f.foreignConditions(out)
}

// asksForWhole reports whether the browser takes a Range for none.
func (f *fetch) asksForWhole(out *outgoing) bool {
	value, _ := out.header.get("Range")
	return wholeRangeIgnored[f.profile()] && value == "bytes=0-"
}

// managesRange reports whether the cache asks for the part, or the whole, in the
// script's stead, which it does for one range and without other conditions.
func (f *fetch) managesRange(out *outgoing, mode CacheMode) bool {
	_, ok := rangeInCache(out)
	return ok && rangeFromCache[f.profile()] && out.method == "GET" && mode != CacheNoStore &&
		!f.foreignConditions(out) && !f.validatesItself(out)
}

// rangeInCache reads a Range as the cache does: in any case, with white space, and
// with empty members of its list.
func rangeInCache(out *outgoing) (r fetchspec.Range, ok bool) {
	value, _ := out.header.get("Range")
	unit, list, _ := strings.Cut(fetchspec.Lower(value), "=")
	members := slices.DeleteFunc(strings.Split(list, ","), func(m string) bool { return strings.Trim(m, " \t") == "" })
	if len(members) != 1 {
		return r, false
	}
	return fetchspec.ParseRange(strings.Trim(unit, " \t")+"="+members[0], true)
}

// Headers that make a request conditional: those that ask whether what is stored is
// still good, and those that the cache does not understand.
var (
	validations     = []string{"If-None-Match", "If-Modified-Since"}
	otherConditions = []string{"If-Unmodified-Since", "If-Match", "If-Range"}
)

// foreignConditions reports whether the request has conditions that the cache
// does not understand, and so lets pass.
func (f *fetch) foreignConditions(out *outgoing) bool {
	return conditionsHonoured[f.profile()] && slices.ContainsFunc(otherConditions, out.header.has)
}

// validatesItself reports whether the script asks whether a response is still
// good, and so wants to see a 304.
func (f *fetch) validatesItself(out *outgoing) bool {
	return conditionsHonoured[f.profile()] && slices.ContainsFunc(validations, f.header.has)
}

// validated sends a request of a script that asks whether a response is still
// good. Only if it means the one that is stored, the answer counts for that too.
func (f *fetch) validated(key storedKey, out *outgoing, mode CacheMode, network func() (*response, *Error)) (*response, *Error) {
	if mode == CacheOnlyIfCached {
		return nil, f.failNotCached()
	}
	found := f.page.browser.responses.find(key, out.header)
	r, failure := network()
	if failure != nil || found == nil || !found.isMeant(out.header) {
		return r, failure
	}
	if r.status == 304 {
		f.refreshed(key, found, r)
	} else {
		f.storeResponse(key, out, r)
	}
	return r, nil
}

// isMeant reports whether the request's conditions are about this response.
func (s *storedResponse) isMeant(request headerList) bool {
	for condition, validator := range map[string]string{"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"} {
		value, ok := request.get(condition)
		if own, _ := s.header.get(validator); ok && own != value {
			return false
		}
	}
	return s.status == 200
}

// asksAnew reports whether a request's Cache-Control or, in some browsers, Pragma
// refuses what is stored unless the server says that it is still good.
// https://httpwg.org/specs/rfc9111.html#cache-request-directive
func (f *fetch) asksAnew(h headerList) bool {
	age, limited := cacheDirective(h, "max-age")
	return limited && age == "0" || f.refusesStored(h)
}

// refusesStored reports whether a request refuses what is stored even if the
// server would say so.
func (f *fetch) refusesStored(h headerList) bool {
	_, noCache := cacheDirective(h, "no-cache")
	return noCache || (conditionsHonoured[f.profile()] || pragmaHonoured[f.profile()]) && pragmaNoCache(h)
}

func pragmaNoCache(h headerList) bool {
	pragma, _ := h.get("Pragma")
	return fetchspec.EqualFold(pragma, "no-cache")
}

// conditional reports whether a request has conditions.
func conditional(h headerList) bool {
	return slices.ContainsFunc(validations, h.has) || slices.ContainsFunc(otherConditions, h.has)
}

func refusesStore(h headerList) bool {
	_, noStore := cacheDirective(h, "no-store")
	return noStore
}

// invalidates reports whether a request makes the cache forget what it has of the
// URL. https://httpwg.org/specs/rfc9111.html#invalidation
func (f *fetch) invalidates(out *outgoing, mode CacheMode, status int) bool {
	if methods := invalidatingMethods[f.profile()]; methods != nil {
		return mode != CacheNoStore && slices.Contains(methods, out.method) && !out.putsNothing()
	}
	if ownSiteInvalidates[f.profile()] {
		switch status {
		case 206, 304, 401, 407:
			return false
		}
		if f.page.origin.IsOpaque() || siteHost(f.page.origin.Host()) != siteHost(f.current().hostname) {
			return false
		}
	}
	return out.method != "GET" && out.method != "HEAD" && out.method != "OPTIONS"
}

// putsNothing reports whether a request is a PUT without a body.
func (out *outgoing) putsNothing() bool {
	return out.method == "PUT" && out.body == nil && out.stream == nil
}

// forced returns what is stored, if it has to do for a request that by rights
// would pass the cache.
func (f *fetch) forced(key storedKey, out *outgoing, mode CacheMode) *storedResponse {
	if mode != CacheForceCache || !slices.Contains(forcedMethods[f.profile()], out.method) || out.putsNothing() || f.page.origin.IsOpaque() {
		return nil
	}
	return f.page.browser.responses.find(key, out.header)
}

// invalidateLocations makes the cache forget also the URLs of the same host that
// the response names. https://httpwg.org/specs/rfc9111.html#invalidation
func (f *fetch) invalidateLocations(key storedKey, r *response) {
	if !ownSiteInvalidates[f.profile()] {
		return
	}
	for _, name := range []string{"Location", "Content-Location"} {
		named, err := f.page.browser.locations.parse(first(r.header.lines(name)), f.current())
		if err == nil && named.hostname == f.current().hostname {
			key.url = named.withoutFragment()
			f.page.browser.responses.remove(key)
		}
	}
}
