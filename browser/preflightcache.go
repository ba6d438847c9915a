package browser

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"crossorigin.dev/internal/fetchspec"
)

const (
	defaultMaxAge  = 5    // seconds, if the response gives none
	maxCacheKeys   = 1024 // URLs remembered at a time
	maxGrantedEach = 256  // entries per URL
	maxGrantedName = 256  // bytes of a method or header that is remembered
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
	from := f.serializedOrigin()
	if cacheKeyUntainted[f.profile()] {
		from = f.page.origin.String()
	}
	return cacheKey{partition: f.page.partition, origin: from, url: f.current().href}
}

// matching returns the entries that have not expired and that a request with
// these credentials may use. What was allowed with credentials is allowed
// without, unless the match must be exact.
func (c *preflightCache) matching(k cacheKey, credentialed, exact bool, now time.Time) []cacheEntry {
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
		if e.credentials == credentialed || e.credentials && !exact {
			found = append(found, e)
		}
	}
	return found
}

// add records entries, or prolongs those that are there. With replace those
// that are there go first.
// https://fetch.spec.whatwg.org/#concept-cache-create-entry
func (c *preflightCache) add(k cacheKey, added []cacheEntry, replace bool, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil {
		c.entries = make(map[cacheKey][]cacheEntry)
	}
	if _, ok := c.entries[k]; !ok && len(c.entries) >= maxCacheKeys {
		c.evict(now)
	}
	entries := c.entries[k]
	if replace {
		entries = nil
	}
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
	allowed := f.rememberedAllowed(needed)
	if !allowed && missForgotten[f.profile()] {
		f.page.browser.preflights.clear(f.cacheKey())
	}
	return allowed
}

func (f *fetch) rememberedAllowed(needed *preflightNeed) bool {
	profile := f.profile()
	mode := f.cacheMode()
	if f.initiator == InitiatorXHR && conditionalXHRUntold[profile] {
		mode = CacheDefault
	}
	if slices.Contains(lookupBypassed[profile], mode) {
		f.info(ruleCacheLookup, "Under cache mode "+string(mode)+" this browser asks anew, whatever earlier preflights allowed.", Field{"cache", string(mode)})
		return false
	}
	if nullOriginForgotten[profile] && f.serializedOrigin() == "null" || taintedForgotten[profile] && !f.page.origin.IsOpaque() && f.redirectTaint() != taintSameOrigin {
		f.info(ruleCacheLookup, "The request's origin is null, for which this browser remembers nothing.")
		return false
	}
	entries := f.page.browser.preflights.matching(f.cacheKey(), f.credentialed(), credentialsKept[profile], f.now())
	if len(entries) == 0 {
		f.info(ruleCacheLookup, "No earlier preflight for this URL is remembered.")
		return false
	}
	// https://fetch.spec.whatwg.org/#concept-cache-match-method
	methodAllowed := slices.ContainsFunc(entries, func(e cacheEntry) bool { return e.method == f.method || e.method == "*" && !f.credentialed() })
	methodFree := fetchspec.IsSafelistedMethod(f.method) && !(f.useCORSPreflight && bodyNeedsMethod[profile]) && !(headNotSafelisted[profile] && f.method == "HEAD")
	if !methodAllowed && !methodFree {
		f.info(ruleCacheLookup, "An earlier preflight for this URL is remembered, but it does not allow the method "+f.method+".", Field{"method", f.method})
		return false
	}
	for _, name := range needed.names {
		if !slices.ContainsFunc(entries, func(e cacheEntry) bool { return e.allowsHeader(name, profile, f.credentialed()) }) {
			f.info(ruleCacheLookup, "An earlier preflight for this URL is remembered, but it does not allow the header "+name+".", Field{"header", name})
			return false
		}
	}
	f.pass(ruleCacheLookup, "An earlier preflight allows this request, so none is sent.", Field{"method", f.method}, Field{"headers", list(needed.names)})
	return true
}

// allowsHeader is https://fetch.spec.whatwg.org/#concept-cache-match-header.
func (e cacheEntry) allowsHeader(name string, profile Profile, credentialed bool) bool {
	if e.header == "*" && !credentialed {
		return cachedWildcardCoversAuthorization[profile] || !fetchspec.IsNonWildcardRequestHeaderName(name)
	}
	return fetchspec.EqualFold(e.header, name)
}

// store records what a preflight allowed. A "*" is kept only if the request
// had no credentials: with them it is a name like any other, which the cache
// would take for a wildcard.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func (f *fetch) store(g *grant, h headerList) {
	profile := f.profile()
	seconds := f.maxAge(h)
	if slices.Contains(storeBypassed[profile], f.cache) {
		f.info(ruleCacheStore, "Under cache mode "+string(f.cache)+" this browser remembers nothing.", Field{"cache", string(f.cache)})
		return
	}
	if nullOriginForgotten[profile] && f.serializedOrigin() == "null" {
		return
	}
	now := f.now()
	expires := now.Add(time.Duration(seconds) * time.Second)
	keepsWildcard := (!g.credentialed || wildcardOutlivesCredentials[profile]) && !wildcardForgotten[profile]
	entries := make([]cacheEntry, 0, len(g.methods)+len(g.headers))
	for _, m := range g.methods {
		if (m != "*" || keepsWildcard) && len(m) <= maxGrantedName {
			entries = append(entries, cacheEntry{method: strings.Clone(m), credentials: g.credentialed, expires: expires})
		}
	}
	for _, h := range g.headers {
		if (h != "*" || keepsWildcard) && len(h) <= maxGrantedName {
			entries = append(entries, cacheEntry{header: strings.Clone(h), credentials: g.credentialed, expires: expires})
		}
	}
	if len(entries) == 0 && !bodyNeedsMethod[profile] {
		entries = append(entries, cacheEntry{method: "GET", credentials: g.credentialed, expires: expires}) // that there was an answer
	}
	if len(entries) > 0 { // longer ones, and more of them, are asked about anew
		f.page.browser.preflights.add(f.cacheKey(), entries, grantReplaces[profile], now)
	}
}

// maxAge decides for how many seconds a preflight's answer is remembered.
// https://fetch.spec.whatwg.org/#http-access-control-max-age
func (f *fetch) maxAge(h headerList) int64 {
	line, present := h.get("Access-Control-Max-Age")
	if !present {
		f.info(rulePreflightMaxAge, "There is no Access-Control-Max-Age, so the answer is remembered for 5 seconds.")
		return defaultMaxAge
	}
	in := Field{"access-control-max-age", line}
	seconds, ok := f.parseMaxAge(h.lines("Access-Control-Max-Age"))
	most := maxAgeCap[f.profile()]
	switch text := strconv.FormatInt(seconds, 10); {
	case !ok && seconds > 0:
		f.info(rulePreflightMaxAge, "Access-Control-Max-Age ("+quote(line)+") is not a number of seconds, so the answer is remembered for "+text+" seconds.", in)
	case seconds == 0:
		f.info(rulePreflightMaxAge, "With Access-Control-Max-Age "+quote(line)+" the answer is not remembered.", in)
	case seconds > most:
		f.info(rulePreflightMaxAge, "Access-Control-Max-Age asks for "+quote(line)+" seconds; the answer is remembered for "+strconv.FormatInt(most, 10)+" at most.", in)
	default:
		f.info(rulePreflightMaxAge, "The answer is remembered for "+text+" seconds.", in)
	}
	return min(seconds, most)
}

// parseMaxAge reads the header as the profile does. It is ok if the standard
// reads it alike.
func (f *fetch) parseMaxAge(lines []string) (seconds int64, ok bool) {
	profile := f.profile()
	line := lines[0]
	digits := strings.TrimLeft(line, "0123456789") == "" && line != ""
	switch {
	case len(lines) == 1 && line == "":
		return defaultMaxAge, false
	case len(lines) == 1 && digits && len(strings.TrimLeft(line, "0")) > len("9223372036854775807"):
		return maxAgeOverflow[profile], true
	case len(lines) == 1 && digits:
		return fetchspec.MaxAge(lines)
	case len(lines) == 1 && strings.HasPrefix(line, "-") && isNumber(line[1:]):
		return maxAgeNegative[profile], false
	case len(lines) == 1 && strings.HasPrefix(line, "+") && isNumber(line[1:]) && maxAgePlus[profile]:
		seconds, _ = fetchspec.MaxAge([]string{line[1:]})
		return seconds, true
	}
	return maxAgeGarbage[profile], false
}

func isNumber(s string) bool {
	_, ok := fetchspec.MaxAge([]string{s})
	return ok
}
