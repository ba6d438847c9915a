package browser

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"crossorigin.dev/internal/fetchspec"
)

// What an XMLHttpRequest got stays in WebKit's memory until its URL is asked for
// again, whatever its headers say of caching, and serves one fetch under force-cache.

// A remembrance is what of an XMLHttpRequest must agree with the fetch that is served.
type remembrance struct {
	header      headerList // the script's, without Accept
	credentials bool       // went along
	redirected  bool       // it is of what a redirect led to
}

func (f *fetch) remembrance() remembrance {
	header := f.header.withoutNamed(func(name string) bool { return fetchspec.EqualFold(name, "accept") })
	slices.SortStableFunc(header, func(a, b Field) int { return strings.Compare(fetchspec.Lower(a.Name), fetchspec.Lower(b.Name)) })
	return remembrance{header, f.credentialsIncluded, f.hop > 0}
}

func (a remembrance) equal(b remembrance) bool {
	same := func(x, y Field) bool { return fetchspec.EqualFold(x.Name, y.Name) && x.Value == y.Value }
	return a.credentials == b.credentials && a.redirected == b.redirected && slices.EqualFunc(a.header, b.header, same)
}

// A memory is what one hop of an XMLHttpRequest got.
type memory struct {
	key    storedKey
	stored storedResponse
}

func (f *fetch) memoryKey() storedKey {
	return storedKey{partition: f.page.partition, url: f.current().withoutFragment(), remembered: true}
}

// forgetMemory forgets what is remembered of a URL that is asked for.
func (f *fetch) forgetMemory() {
	if xhrRemembered[f.profile()] {
		f.page.browser.responses.remove(f.memoryKey())
	}
}

// memorize notes what a hop of an XMLHttpRequest got, which is kept once all of it
// has succeeded.
func (f *fetch) memorize(r *response) {
	if xhrRemembered[f.profile()] && f.initiator == InitiatorXHR && f.method == http.MethodGet && !slices.Contains(varyNames(r.header), "*") {
		of := f.remembrance()
		f.memories = append(f.memories, memory{f.memoryKey(), storedResponse{status: r.status, header: slices.Clone(r.header), space: r.space, of: &of}})
	}
}

// keepMemories keeps what an XMLHttpRequest got that ended with this body.
func (f *fetch) keepMemories(body []byte) {
	if len(body) > maxStoredBody {
		return
	}
	last := f.memoryKey()
	for _, m := range f.memories {
		if m.key == last { // the others are redirects
			m.stored.body = bytes.Clone(body)
		}
		f.page.browser.responses.put(m.key, m.stored, true)
	}
}

// memorizeStored takes what is stored for what the last hop got, which was a 304.
func (f *fetch) memorizeStored(s *storedResponse) {
	if n := len(f.memories); n > 0 {
		f.memories[n-1].stored.status, f.memories[n-1].stored.header = s.status, slices.Clone(s.header)
	}
}

// fromMemory is what an XMLHttpRequest has left for this hop, nil if it is nothing.
func (f *fetch) fromMemory(mode CacheMode) *storedResponse {
	if !xhrRemembered[f.profile()] || mode != CacheForceCache || f.initiator != InitiatorFetch || f.mode != ModeCORS || f.method != http.MethodGet || f.hop > 0 && !f.remembered {
		return nil
	}
	asks := f.remembrance()
	found := f.page.browser.responses.take(f.memoryKey(), func(s *storedResponse) bool { return s.of.equal(asks) })
	f.remembered = found != nil
	return found
}
