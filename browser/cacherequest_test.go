package browser_test

import (
	"time"

	"crossorigin.dev/browser"
)

// from returns a situation with another request to the same URL.
func from(s situation, r browser.Request) situation {
	s.request = r
	return s
}

func withMethod(method string) browser.Request { return browser.Request{Method: method} }

// cachedPage is what a page finds on its own server, which keeps for ten minutes.
var cachedPage = cacheable(`ETag: "1"`)

// own returns the sequence of a page of hostA that asks its own server in a row.
func own(name string, profile browser.Profile, wire []string, requests ...browser.Request) sequence {
	s := sequence{rule: "R-76", name: profile.String() + ": " + name, profile: profile, wire: wire}
	for _, r := range requests {
		s.steps = append(s.steps, fetchStep{host: hostA, situation: from(cachedPage, r), want: "basic 200"})
	}
	return s
}

const (
	getA  = "GET a.test:7000"
	headA = "HEAD a.test:7000"
)

// requestCacheSequences show what of a request the HTTP cache looks at, as it was
// measured in Chromium; the standard's is beside it.
var requestCacheSequences = []sequence{
	own("HEAD from the cache", browser.Chromium, []string{getA}, get(), withMethod("HEAD")),
	own("HEAD from the server", browser.Spec, []string{getA, headA}, get(), withMethod("HEAD")),
	own("HEAD leaves nothing", browser.Chromium, []string{headA, getA}, withMethod("HEAD"), get()),
	own("PUT leaves what is stored", browser.Chromium, []string{getA, "PUT a.test:7000 O=" + pageA}, get(), withMethod("PUT"), get()),
	own("PUT makes it forget", browser.Spec, []string{getA, "PUT a.test:7000 O=" + pageA, getA}, get(), withMethod("PUT"), get()),
	own("DELETE makes it forget", browser.Chromium, []string{getA, "DELETE a.test:7000 O=" + pageA, getA}, get(), withMethod("DELETE"), get()),
	own("an unknown method leaves it", browser.Chromium, []string{getA, "REPORT a.test:7000 O=" + pageA}, get(), withMethod("REPORT"), get()),
	own("Pragma refuses what is stored", browser.Chromium, []string{getA, getA}, get(), get("Pragma", "no-cache")),
	own("Pragma says nothing", browser.Spec, []string{getA}, get(), get("Pragma", "no-cache")),
	own("If-Match passes the cache", browser.Chromium, []string{getA, getA}, get("If-Match", `"1"`), get()),
	own("so does a condition about something else", browser.Chromium, []string{getA, getA}, get("If-None-Match", `"2"`), get()),
	{rule: "R-76", name: "chromium: a part of what is stored", profile: browser.Chromium, wire: []string{getA}, steps: []fetchStep{
		{host: hostA, situation: cachedPage, want: "basic 200"},
		{host: hostA, situation: from(cachedPage, get("Range", "bytes=0-1,")), want: "basic 206"},
		{after: time.Hour, host: hostA, situation: underCache(cachedPage, browser.CacheForceCache), want: "basic 200"},
	}},
}
