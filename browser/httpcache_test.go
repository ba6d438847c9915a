package browser

import (
	"fmt"
	"strings"
	"testing"
)

// TestHTTPCacheSize: the cache keeps count of what it holds, and holds no more
// than it may, under many URLs and under one that varies.
func TestHTTPCacheSize(t *testing.T) {
	var c httpCache
	check := func(when string) {
		t.Helper()
		total := 0
		for key, responses := range c.stored {
			for _, s := range responses {
				total += s.size(key)
			}
		}
		if total != c.size || total > maxStored {
			t.Fatalf("%s: %d bytes, counted as %d", when, total, c.size)
		}
	}
	stored := func(n int, variant string) storedResponse {
		return storedResponse{body: make([]byte, n), vary: headerList{{"accept", variant}}}
	}
	for i := range 100 {
		c.put(storedKey{url: fmt.Sprint(i)}, stored(maxStoredBody, ""), false)
		check("many URLs")
	}
	for i := range 100 {
		c.put(storedKey{url: "one"}, stored(maxStoredBody, fmt.Sprint(i)), false)
		check("one URL")
	}
	c.put(storedKey{url: "one"}, stored(10, "99"), false)
	check("one replaced")
	if c.find(storedKey{url: "one"}, headerList{{"Accept", "99"}}) == nil {
		t.Error("the last one is gone")
	}
	wide := storedResponse{vary: make(headerList, maxStored/64/4)}
	for i := range 10 {
		c.put(storedKey{url: strings.Repeat("x", i)}, wide, false)
		check("a long Vary")
	}
	if n := len(c.stored); n > 4 {
		t.Errorf("there is room for %d responses with a Vary of a quarter of the cache each", n)
	}
	for url := range c.stored {
		c.remove(url)
		check("removed")
	}
	if c.size != 0 {
		t.Errorf("%d bytes in an empty cache", c.size)
	}
}
