package browser

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"crossorigin.dev/internal/fetchspec"
)

// Limits of the HTTP cache.
const (
	maxStoredBody = 1 << 20  // bytes of one response's body
	maxStored     = 32 << 20 // bytes of all responses
)

// A storedKey is what stored responses are found by. Pages of different sites
// share nothing. https://fetch.spec.whatwg.org/#http-cache-partitions
type storedKey struct {
	partition   partitionKey
	url         string
	credentials bool   // only where browsers keep these apart
	head        bool   // likewise
	part        string // the Range, likewise
	remembered  bool   // it is what an XMLHttpRequest left in memory
}

// A storedResponse is a response with what of the request it depended on.
// https://httpwg.org/specs/rfc9111.html
type storedResponse struct {
	vary       headerList // the request's values of the headers that Vary names, missing ones empty
	status     int
	header     headerList
	body       []byte
	freshUntil time.Time
	authorized bool // was fetched with Authorization

	inMemory bool         // rather than on disk, where that matters
	byXHR    bool         // an XMLHttpRequest fetched it
	shut     bool         // no response, but what keeps others out
	of       *remembrance // what is remembered of an XMLHttpRequest, else nil
	replay   *replay      // of a redirect, nil if there is none
	space    AddressSpace
}

// A lookup is what a request finds in the cache, and asks about.
type lookup struct {
	key    storedKey
	mode   CacheMode
	before *storedResponse // what is stored, nil if nothing is
	found  *storedResponse // likewise, if the answer may concern it
	alone  bool            // the request has conditions already, and is sent with these alone
}

// cached answers from the cache if it may, and else from the network.
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (f *fetch) cached(out *outgoing, mode CacheMode, network func() (*response, *Error)) (*response, *Error) {
	key := storedKey{
		partition: f.page.partition, url: out.target.withoutFragment(),
		credentials: storedByCredentials[f.profile()] && f.credentialsIncluded,
		head:        headsCached[f.profile()] && out.method == "HEAD",
	}
	if rangesApart[f.profile()] {
		key.part, _ = out.header.get("Range")
	}
	if found := f.fromMemory(mode); found != nil {
		return f.fromCache(found, out)
	}
	if f.passesCache(out, mode) {
		return f.pastCache(key, out, mode, network)
	}
	if f.validatesItself(out) {
		return f.validated(key, out, mode, network)
	}
	l := lookup{key: key, mode: mode, before: f.lookUp(key, out, mode)}
	l.found = l.before
	l.alone = conditionsAlone[f.profile()] && conditional(out.header) && l.found != nil && !fetchspec.IsRedirectStatus(l.found.status)
	switch {
	case l.found == nil && mode == CacheOnlyIfCached && !uncachedFetched[f.profile()]:
		return nil, f.failNotCached()
	case l.found != nil && !l.alone:
		if f.serves(&l, out) {
			return f.fromCache(l.found, out)
		}
		f.askAbout(&l, out)
	}
	f.travel(out)
	r, failure := network()
	if failure != nil {
		if mode == CacheReload && unstoredReplaces[f.profile()] && f.lastStep().input("cause") == causeProxyStatus {
			f.page.browser.responses.remove(key)
		}
		return nil, failure
	}
	return f.remember(&l, out, r), nil
}

// pastCache sends a request that the cache neither answers nor learns from, but
// that it may forget something for.
func (f *fetch) pastCache(key storedKey, out *outgoing, mode CacheMode, network func() (*response, *Error)) (*response, *Error) {
	if mode == CacheOnlyIfCached && !uncachedFetched[f.profile()] {
		return nil, f.failNotCached()
	}
	if found := f.forced(key, out, mode); found != nil {
		return f.fromCache(found, out)
	}
	r, failure := network()
	switch {
	case failure != nil:
		return nil, failure
	case unstoredForgotten[f.profile()]:
		f.forgetUnstored(key, r, mode)
	case (r.status < 400 || errorInvalidates[f.profile()]) && f.invalidates(out, mode, r.status):
		f.page.browser.responses.remove(key)
		f.invalidateLocations(key, r)
	}
	return r, nil
}

// serves reports whether what is stored is the answer, and nobody need be asked.
func (f *fetch) serves(l *lookup, out *outgoing) bool {
	fresh := f.now().Before(l.found.freshUntil) && l.mode != CacheNoCache && !f.asksAnew(out.header)
	asked := authorizationAsksAnew[f.profile()] && out.header.has("Authorization") && !l.found.authorized
	asked = asked || f.circles(l.key, l.found)
	asked = asked || xhrStored[f.profile()] && l.found.status == http.StatusPermanentRedirect && !f.leadsToFresh(l, out)
	return !asked && (fresh || l.mode == CacheForceCache || l.mode == CacheOnlyIfCached)
}

// remember makes of the cache what an answer leaves in it, and returns the answer.
func (f *fetch) remember(l *lookup, out *outgoing, r *response) *response {
	cache := &f.page.browser.responses
	partial := out.header.has("Range") && !rangesApart[f.profile()] && !f.asksForWhole(out)
	switch {
	case r.status == 304 && l.alone:
		f.refreshed(l.key, l.found, r)
	case r.status == 304 && l.found != nil:
		return f.stillGood(l.key, l.found, out, r)
	case r.status == 304 && f.travelled():
		f.urls = append(f.urls, f.urls[f.validation.hop])
		return f.stillGood(f.validation.key, f.validation.stored, out, r)
	case out.method == "HEAD" && l.found == nil && !l.key.head:
	case out.method == "HEAD" && !l.key.head, partial && (l.found != nil || r.status == 206):
		cache.remove(l.key) // it is of another response than the one that is stored
	case partial && r.status == http.StatusRequestedRangeNotSatisfiable:
	case l.mode != CacheReload && cache.shut(l.key):
	case strangersShut[f.profile()] && isStranger(r.status):
		cache.put(l.key, storedResponse{shut: true}, true)
	default:
		f.storeResponse(l.key, out, r)
		switch {
		case r.stored != nil:
		case unstoredForgotten[f.profile()]:
			f.forgetUnstored(l.key, r, l.mode)
		case unstoredReplaces[f.profile()] && (l.mode == CacheReload || !leaves(f.profile(), r.status, l.found)):
			cache.remove(l.key)
		}
		if l.before != nil && r.status == http.StatusRequestedRangeNotSatisfiable && rangelessBodyStored[f.profile()] {
			r.close()
			r.body, r.length = io.NopCloser(bytes.NewReader(l.before.body)), -1
		}
	}
	return r
}

// isStranger reports whether a status is among those of redirects, and none.
func isStranger(status int) bool {
	return status/100 == 3 && !fetchspec.IsRedirectStatus(status)
}

// leaves reports whether an answer that is not stored leaves what is; nil is
// validated if that was not asked about.
func leaves(p Profile, status int, validated *storedResponse) bool {
	return slices.Contains(leavesStored[p], status) && (validated != nil || p != Chromium || status == http.StatusRequestedRangeNotSatisfiable)
}

// forgetUnstored makes the cache forget a URL whose new answer is not stored.
func (f *fetch) forgetUnstored(key storedKey, r *response, mode CacheMode) {
	if mode == CacheNoStore || r.status == 304 || f.redirects(r) && first(r.header.lines("Location")) != "" {
		return
	}
	cache := &f.page.browser.responses
	r.stored, r.storedBefore = &key, cache.all(key)
	cache.remove(key)
}

// lookUp returns what is stored and might serve a request, nil if there is none.
func (f *fetch) lookUp(key storedKey, out *outgoing, mode CacheMode) *storedResponse {
	redirected := redirectsUncached[f.profile()] && f.hop > 0 && !f.fromStore
	f.stranded = strandedAbroad[f.profile()] && f.fromStore && f.mode == ModeNoCORS && f.leavesHome()
	f.fromStore = false
	if mode == CacheReload || redirected || conditionsHonoured[f.profile()] && f.refusesStored(out.header) {
		return nil
	}
	found := f.page.browser.responses.find(key, out.header)
	if found != nil && redirectsUncached[f.profile()] && !found.byXHR && f.leavesHome() {
		f.fromStore = true // so that what comes next is looked for again
		return nil
	}
	if found != nil && f.inMemory && !found.inMemory {
		f.page.browser.responses.remove(key)
		return nil
	}
	return found
}

func (f *fetch) failNotCached() *Error {
	return f.fail(ruleHTTPCache, ReasonNotCached, "The cache mode is only-if-cached, and the HTTP cache has no response.")
}

// circles reports whether a stored redirect has served this fetch before, in a
// browser that asks anew for one that does.
func (f *fetch) circles(key storedKey, s *storedResponse) bool {
	if !circlesAskAnew[f.profile()] || !fetchspec.IsRedirectStatus(s.status) {
		return false
	}
	before := slices.Contains(f.redirectedFrom, key)
	f.redirectedFrom = append(f.redirectedFrom, key)
	return before
}

// answer returns what a stored response says to a request: the whole, or the
// part that Range asks for.
// https://httpwg.org/specs/rfc9111.html#constructing.responses.from.caches
func (f *fetch) answer(s *storedResponse, out *outgoing) *response {
	r := s.response()
	part, ok := rangeInCache(out)
	if !ok || r.status != 200 || !rangeFromCache[f.profile()] {
		return r
	}
	first, last, ok := part.Of(len(s.body))
	if !ok {
		return r
	}
	r.status, r.length = http.StatusPartialContent, int64(last-first+1)
	r.body = io.NopCloser(bytes.NewReader(s.body[first : last+1]))
	r.header = r.header.withoutNamed(func(name string) bool { return fetchspec.EqualFold(name, "content-length") })
	r.header.append("Content-Length", strconv.Itoa(last-first+1))
	r.header.append("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last, len(s.body)))
	return r
}

func (f *fetch) fromCache(s *storedResponse, out *outgoing) (*response, *Error) {
	if failure := f.recordLocalNetwork(f.judgeLocalNetwork(out.target, s.space), s.space); failure != nil {
		return nil, failure
	}
	f.fromStore, f.replay, f.redirectStored = true, s.replay, nil
	f.inMemory = f.inMemory || s.inMemory
	in := []Field{{"url", out.target.withoutFragment()}}
	if to := first(s.header.lines("Location")); fetchspec.IsRedirectStatus(s.status) && to != "" {
		in = append(in, Field{"location", to})
	}
	f.info(ruleHTTPCache, "The response comes from the HTTP cache, as an earlier request left it there; nothing is sent.", in...)
	return f.answer(s, out), nil
}

func (s *storedResponse) response() *response {
	return &response{
		status: s.status, header: slices.Clone(s.header), space: s.space,
		body: io.NopCloser(bytes.NewReader(s.body)), length: int64(len(s.body)),
	}
}

// storeResponse reads the body of a response that may be stored, and stores it.
func (f *fetch) storeResponse(key storedKey, out *outgoing, r *response) {
	if fragmentsUnfound[f.profile()] && f.hop > 0 && f.current().href != f.current().withoutFragment() {
		return
	}
	lifetime := f.freshness(r.status, r.header)
	if !f.storable(r, lifetime) || noStoreLeavesNothing[f.profile()] && refusesStore(out.header) || !storedUnfresh[f.profile()] && !useful(out, r, lifetime) {
		return
	}
	rest := r.body
	body, err := io.ReadAll(io.LimitReader(rest, maxStoredBody+1))
	if err != nil || len(body) > maxStoredBody {
		remainder := io.Reader(rest)
		if err != nil {
			remainder = brokenReader{err} // whatever a second Read would say
		}
		r.body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), remainder), rest}
		return
	}
	rest.Close()
	r.body, r.length = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if f.blocksOpaque() && looksLikeData(r.header, body) {
		f.info(ruleHTTPCache, "The response looks like data, which this browser does not store for a no-cors request.")
		return
	}
	s := storedResponse{
		status: r.status, header: f.storedHeader(r.header), body: body, space: r.space,
		freshUntil: f.now().Add(lifetime), authorized: out.header.has("Authorization"), inMemory: f.keptInMemory(r),
		byXHR: f.initiator == InitiatorXHR,
	}
	names := varyNames(r.header)
	for _, name := range names {
		value, _ := out.header.get(name)
		s.vary = append(s.vary, Field{name, value})
	}
	r.sniffedWhole = f.sniffedWhole(r.header, body)
	r.stored, r.storedBefore = &key, f.page.browser.responses.all(key)
	f.page.browser.responses.put(key, s, oneVariant[f.profile()])
	f.info(ruleHTTPCache, "The response is stored in the HTTP cache.", Field{"vary", list(names)})
}

// keptInMemory reports whether a response is stored in memory rather than on
// disk.
func (f *fetch) keptInMemory(r *response) bool {
	return f.inMemory || memoryApart[f.profile()] && f.movesForGood(r)
}

// movesForGood reports whether a response is a permanent redirect over plain HTTP.
func (f *fetch) movesForGood(r *response) bool {
	permanent := r.status == http.StatusMovedPermanently || r.status == http.StatusPermanentRedirect
	return permanent && f.current().scheme == "http"
}

// unstore takes back what was stored of a response that the script may not
// have. https://fetch.spec.whatwg.org/#http-network-or-cache-fetch would leave
// it there.
func (f *fetch) unstore(r *response) {
	if r.stored == nil {
		return
	}
	stored := &f.page.browser.responses
	switch failedUnstored[f.profile()] {
	case unstoreButRedirects:
		if !r.leadsOn() && !r.sniffedWhole {
			stored.remove(*r.stored)
		}
	case unstoreRedirects:
		if r.leadsOn() && f.redirect == RedirectFollow || f.tainting == taintingOpaque || f.keepalive {
			stored.remove(*r.stored)
		}
	case unstoreAndRestore:
		if !r.leadsOn() {
			stored.restore(*r.stored, r.storedBefore)
		}
	}
}

// A brokenReader is where a body broke off.
type brokenReader struct{ err error }

func (r brokenReader) Read([]byte) (int, error) { return 0, r.err }

// storable reports whether a response may be stored.
// https://httpwg.org/specs/rfc9111.html#response.cacheability
func (f *fetch) storable(r *response, lifetime time.Duration) bool {
	switch {
	case xhrStored[f.profile()] && f.initiator == InitiatorXHR && lifetime > 0:
		_, noStore := cacheDirective(r.header, "no-store")
		return !noStore && !slices.Contains(varyNames(r.header), "*")
	case slices.Contains(unstoredStatuses[f.profile()], r.status), r.status == http.StatusResetContent && r.length != 0 && resetsUnstored[f.profile()] && !f.readsReset(r):
		return false
	case r.status < 200, r.status == 206 && !partsStored[f.profile()], r.status == 304 && !notModifiedStored[f.profile()], slices.Contains(varyNames(r.header), "*"):
		return false
	case !f.statusStorable(r):
		return false
	case redirectsStoredToFollow[f.profile()] && 300 <= r.status && r.status <= 399 && !f.redirectStorable(r, lifetime):
		return false
	}
	_, noStore := cacheDirective(r.header, "no-store")
	return !noStore
}

// statusStorable reports whether a response of its status may be stored with
// what it says of its freshness.
// https://httpwg.org/specs/rfc9111.html#response.cacheability
func (f *fetch) statusStorable(r *response) bool {
	anyway, dated := storedAnyway[f.profile()], storedIfDated[f.profile()]
	switch {
	case anyway == nil, slices.Contains(anyway, r.status):
		return true
	case dated != nil && !slices.Contains(dated, r.status):
		return false
	}
	_, aged := cacheDirective(r.header, "max-age")
	_, err := http.ParseTime(first(r.header.lines("Expires")))
	return aged || err == nil
}

// redirectStorable is what redirectsStoredToFollow says of a response.
func (f *fetch) redirectStorable(r *response, lifetime time.Duration) bool {
	return r.leadsOn() && (f.movesForGood(r) || f.redirect == RedirectFollow) && (r.status != http.StatusSeeOther || lifetime > 0)
}

// useful reports whether a response, once stored, would serve a request of the
// default cache mode.
func useful(out *outgoing, r *response, lifetime time.Duration) bool {
	return lifetime > 0 || !out.header.has("Authorization") && (r.header.has("ETag") || r.header.has("Last-Modified"))
}

// varyNames returns the names that Vary has, in lower case, each once, sorted.
func varyNames(h headerList) []string {
	var names []string
	for _, name := range fetchspec.GetDecodeSplit(h.lines("Vary")) {
		if name != "" {
			names = append(names, fetchspec.Lower(name))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func first(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return lines[0]
}
