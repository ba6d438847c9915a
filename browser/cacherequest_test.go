package browser_test

import (
	"fmt"
	"strconv"
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
	own("HEAD makes it forget", browser.WebKit, []string{getA, headA, getA}, get(), withMethod("HEAD"), get()),
	own("but not under no-store", browser.WebKit, []string{getA, headA}, get(), browser.Request{Method: "HEAD", Cache: browser.CacheNoStore}, get()),
	own("no-store leaves nothing", browser.WebKit, []string{getA, getA}, get("Cache-Control", "no-store"), get()),
	own("but is served what is stored", browser.WebKit, []string{getA}, get(), get("Cache-Control", "no-store")),
	own("each Range by itself", browser.WebKit, []string{getA, getA}, get("Range", "bytes=0-1"), get(), get("Range", "bytes=0-1")),
	own("the script's conditions are the server's to judge", browser.WebKit, []string{getA, getA}, get(), browser.Request{
		Cache: browser.CacheForceCache, Header: header("If-None-Match", `"1"`),
	}, get()),
	stored(browser.WebKit, 206, getA),
	stored(browser.WebKit, 401, getA, getA),
	stored(browser.WebKit, 403, getA),
	stored(browser.WebKit, 500, getA, getA),
	{rule: "R-76", name: "webkit: a 403 that does not say for how long", profile: browser.WebKit, wire: []string{getA, getA}, steps: []fetchStep{
		{host: hostA, situation: situation{answer: []string{"403", `ETag: "1"`}}, want: "basic 403"},
		{host: hostA, situation: situation{answer: []string{"403", `ETag: "1"`}}, want: "basic 403"},
	}},
	{rule: "R-76", name: "webkit: what fails leaves what is stored", profile: browser.WebKit, wire: []string{getB, getB}, steps: []fetchStep{
		{situation: cacheable(all...), want: "cors 200"},
		{situation: from(cacheable(all...), browser.Request{Cache: browser.CacheReload, Credentials: browser.CredentialsInclude}), want: "acao.wildcard-with-credentials"},
		{situation: cacheable(all...), want: "cors 200"},
	}},
}

// stored returns the sequence of two GETs of a status that is fresh for ten minutes.
func stored(profile browser.Profile, status int, wire ...string) sequence {
	step := fetchStep{host: hostA, situation: cacheable(strconv.Itoa(status)), want: fmt.Sprint("basic ", status)}
	return sequence{rule: "R-76", name: fmt.Sprint(profile, ": ", status), profile: profile, wire: wire, steps: []fetchStep{step, step}}
}
