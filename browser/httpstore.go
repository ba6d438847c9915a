package browser

import (
	"slices"
	"sync"
)

// An httpCache is the smallest that shows what users must see: that a response
// which another request left there is checked like any other, and fails.
type httpCache struct {
	mu     sync.Mutex
	stored map[storedKey][]storedResponse
	size   int // bytes, roughly
}

// find returns a copy of the stored response that fits the request's headers.
func (c *httpCache) find(key storedKey, request headerList) *storedResponse {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.stored[key] {
		if !s.shut && s.fits(request) {
			return &s
		}
	}
	return nil
}

// fits reports whether the request has the same values of what Vary names.
func (s *storedResponse) fits(request headerList) bool {
	return !slices.ContainsFunc(s.vary, func(v Field) bool {
		value, _ := request.get(v.Name)
		return value != v.Value
	})
}

// size is roughly how many bytes a stored response takes, with its key.
func (s *storedResponse) size(key storedKey) int {
	n := 256 + len(s.body) + len(key.url)
	lists := []headerList{s.header, s.vary}
	if s.replay != nil {
		lists = append(lists, s.replay.header, s.replay.conditions)
	}
	if s.of != nil {
		lists = append(lists, s.of.header)
	}
	for _, list := range lists {
		for _, f := range list {
			n += 64 + len(f.Name) + len(f.Value)
		}
	}
	return n
}

// put stores a response in place of those that fit the same requests. Others
// make room for it, as a cache may always forget. If it is to be alone, so do all
// of the same URL.
func (c *httpCache) put(key storedKey, s storedResponse, alone bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stored == nil {
		c.stored = make(map[storedKey][]storedResponse)
	}
	kept := c.stored[key][:0:0]
	for _, old := range c.stored[key] {
		if !alone && !slices.Equal(old.vary, s.vary) {
			kept = append(kept, old)
			continue
		}
		c.size -= old.size(key)
	}
	c.size += s.size(key)
	for other := range c.stored {
		if c.size <= maxStored {
			break
		}
		if other != key {
			c.forget(other)
		}
	}
	if c.size > maxStored { // of this URL alone
		c.forget(key)
		kept, c.size = nil, s.size(key)
	}
	c.stored[key] = append(kept, s)
}

// all returns what is stored under a key.
func (c *httpCache) all(key storedKey) []storedResponse {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stored[key]
}

// shut reports whether nothing may be stored under a key.
func (c *httpCache) shut(key storedKey) bool {
	return slices.ContainsFunc(c.all(key), func(s storedResponse) bool { return s.shut })
}

// take removes what is stored under a key if it fits, and returns it, else nil.
func (c *httpCache) take(key storedKey, fits func(*storedResponse) bool) *storedResponse {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.stored[key] {
		if fits(&s) {
			c.forget(key)
			return &s
		}
	}
	return nil
}

// amend changes what is stored under a key.
func (c *httpCache) amend(key storedKey, change func(*storedResponse)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := slices.Clone(c.stored[key])
	for i := range kept {
		c.size -= kept[i].size(key)
		change(&kept[i])
		c.size += kept[i].size(key)
	}
	if len(kept) > 0 {
		c.stored[key] = kept
	}
}

// restore puts back what was stored under a key.
func (c *httpCache) restore(key storedKey, before []storedResponse) {
	c.remove(key)
	for _, s := range before {
		c.put(key, s, false)
	}
}

func (c *httpCache) remove(key storedKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(key)
}

// forget drops what is stored under a key. The lock is held.
func (c *httpCache) forget(key storedKey) {
	for _, s := range c.stored[key] {
		c.size -= s.size(key)
	}
	delete(c.stored, key)
}
