package browser

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"crossorigin.dev/internal/fetchspec"
)

const (
	defaultMaxAge  = 5     // seconds, if the response gives none
	maxAgeCap      = 86400 // seconds
	maxCacheKeys   = 1024  // URLs remembered at a time
	maxGrantedEach = 256   // entries per URL
)

// A cacheKey is what the entries of the preflight cache are found by. The URL
// keeps its fragment. https://fetch.spec.whatwg.org/#concept-cache-match
type cacheKey struct {
	partition partitionKey
	origin    string
	url       string
}

// A cacheEntry allows one method or one header.
// https://fetch.spec.whatwg.org/#cache-entry
type cacheEntry struct {
	method, header string // one of them is empty
	credentials    bool
	expires        time.Time
}

// A preflightCache remembers what preflights allowed,
// https://fetch.spec.whatwg.org/#cors-preflight-cache.
type preflightCache struct {
	mu      sync.Mutex
	entries map[cacheKey][]cacheEntry
}

func (f *fetch) cacheKey() cacheKey {
	return cacheKey{partition: f.page.partition, origin: f.serializedOrigin(), url: f.current().href}
}

// matching returns the entries that have not expired and that a request with
// these credentials may use.
func (c *preflightCache) matching(k cacheKey, credentialed bool, now time.Time) []cacheEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	entries, ok := c.entries[k]
	if !ok {
		return nil
	}
	entries = slices.DeleteFunc(entries, func(e cacheEntry) bool { return !now.Before(e.expires) })
	c.entries[k] = entries
	var found []cacheEntry
	for _, e := range entries {
		if e.credentials || !credentialed {
			found = append(found, e)
		}
	}
	return found
}

// add records entries, or prolongs those that are there.
// https://fetch.spec.whatwg.org/#concept-cache-create-entry
func (c *preflightCache) add(k cacheKey, added []cacheEntry, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil {
		c.entries = make(map[cacheKey][]cacheEntry)
	}
	if _, ok := c.entries[k]; !ok && len(c.entries) >= maxCacheKeys {
		c.evict(now)
	}
	entries := c.entries[k]
	for _, e := range added {
		i := slices.IndexFunc(entries, func(old cacheEntry) bool {
			return old.method == e.method && old.header == e.header && old.credentials == e.credentials
		})
		switch {
		case i >= 0:
			entries[i].expires = e.expires
		case len(entries) < maxGrantedEach:
			entries = append(entries, e)
		}
	}
	c.entries[k] = entries
}

// evict makes room: the expired go, or else some one key, as the standard
// allows.
func (c *preflightCache) evict(now time.Time) {
	for k, entries := range c.entries {
		if !slices.ContainsFunc(entries, func(e cacheEntry) bool { return now.Before(e.expires) }) {
			delete(c.entries, k)
		}
	}
	for k := range c.entries {
		if len(c.entries) < maxCacheKeys {
			return
		}
		delete(c.entries, k)
	}
}

// clear forgets a key and reports whether there was anything to forget.
// https://fetch.spec.whatwg.org/#concept-cache-clear
func (c *preflightCache) clear(k cacheKey) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.entries[k]
	delete(c.entries, k)
	return ok
}

// allowedByCache reports whether earlier preflights allow the request.
// https://fetch.spec.whatwg.org/#concept-http-fetch
func (f *fetch) allowedByCache(needed *preflightNeed) bool {
	entries := f.page.browser.preflights.matching(f.cacheKey(), f.credentialed(), f.now())
	if len(entries) == 0 {
		f.info(ruleCacheLookup, "No earlier preflight for this URL is remembered.")
		return false
	}
	methodAllowed := slices.ContainsFunc(entries, func(e cacheEntry) bool { return e.method == f.method || e.method == "*" })
	if !methodAllowed && (!fetchspec.IsSafelistedMethod(f.method) || f.useCORSPreflight) {
		f.info(ruleCacheLookup, "An earlier preflight for this URL is remembered, but it does not allow the method "+f.method+".", Field{"method", f.method})
		return false
	}
	for _, name := range needed.names {
		allowed := slices.ContainsFunc(entries, func(e cacheEntry) bool {
			return fetchspec.EqualFold(e.header, name) || e.header == "*" && !fetchspec.IsNonWildcardRequestHeaderName(name)
		})
		if !allowed {
			f.info(ruleCacheLookup, "An earlier preflight for this URL is remembered, but it does not allow the header "+name+".", Field{"header", name})
			return false
		}
	}
	f.pass(ruleCacheLookup, "An earlier preflight allows this request, so none is sent.", Field{"method", f.method}, Field{"headers", list(needed.names)})
	return true
}

// store records what a preflight allowed. A "*" is kept only if the request
// had no credentials: with them it is a name like any other, which the cache
// would take for a wildcard.
func (f *fetch) store(g *grant, h headerList) {
	seconds, ok := fetchspec.MaxAge(h.lines("Access-Control-Max-Age"))
	if !ok {
		seconds = defaultMaxAge
	}
	seconds = min(seconds, maxAgeCap)
	line, present := h.get("Access-Control-Max-Age")
	in := Field{"access-control-max-age", line}
	switch {
	case !present:
		f.info(rulePreflightMaxAge, "There is no Access-Control-Max-Age, so the answer is remembered for 5 seconds.")
	case !ok:
		f.info(rulePreflightMaxAge, "Access-Control-Max-Age ("+quote(line)+") is not a number of seconds, so the answer is remembered for 5.", in)
	default:
		f.info(rulePreflightMaxAge, "The answer is remembered for "+strconv.FormatInt(seconds, 10)+" seconds.", in)
	}
	now := f.now()
	expires := now.Add(time.Duration(seconds) * time.Second)
	entries := make([]cacheEntry, 0, len(g.methods)+len(g.headers))
	for _, m := range g.methods {
		if m != "*" || !g.credentialed {
			entries = append(entries, cacheEntry{method: m, credentials: g.credentialed, expires: expires})
		}
	}
	for _, h := range g.headers {
		if h != "*" || !g.credentialed {
			entries = append(entries, cacheEntry{header: h, credentials: g.credentialed, expires: expires})
		}
	}
	if seconds > 0 && len(entries) > 0 {
		f.page.browser.preflights.add(f.cacheKey(), entries, now)
	}
}
