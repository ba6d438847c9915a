package browser_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

// A sequence is several fetches of one page, where the later ones depend on
// what the earlier ones left in caches and jars.
type sequence struct {
	rule, name string
	page       browser.PageOptions
	profile    browser.Profile
	steps      []fetchStep
	wire       []string
}

// A fetchStep is one fetch, after a pause.
type fetchStep struct {
	after time.Duration
	host  string
	situation
	want string
}

func (s sequence) run(t *testing.T) {
	server := newScripted(t)
	clock := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	b := browser.New(browser.Options{Profile: s.profile, Transport: server.transport, Now: func() time.Time { return clock }})
	page := open(t, b, s.page)
	for i, step := range s.steps {
		clock = clock.Add(step.after)
		r := step.request
		if r.URL == "" {
			r.URL = scriptedURL(or(step.host, hostB), "case", lines(step.preflight), lines(step.answer)) + step.url
		}
		before := len(server.received("case"))
		response, err := page.Fetch(context.Background(), r)
		if got := ended(response, err); got != step.want {
			t.Errorf("fetch %d ends with %s, want %s", i, got, step.want)
			logTraces(t, []outcome{{response: response, err: err}})
		}
		checkTrace(t, response, err, len(server.received("case"))-before)
	}
	if got := short(server.received("case")); s.wire != nil && !slices.Equal(got, s.wire) {
		t.Errorf("the server receives\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(s.wire, "\n  "))
	}
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

func TestSequences(t *testing.T) {
	tested := map[string]int{}
	for _, sequences := range [][]sequence{preflightCacheSequences, cookieSequences, httpCacheSequences, requestCacheSequences} {
		for _, s := range sequences {
			tested[s.rule]++
			t.Run(s.rule+" "+s.name, s.run)
		}
	}
	for rule, n := range tested {
		if n < 2 {
			t.Errorf("%s is tested on one side only", rule)
		}
	}
}

const (
	preflightPUT = "OPTIONS b.test:7001 O=" + pageA + " M=PUT"
	realPUT      = "PUT b.test:7001 O=" + pageA
)

// putAgain fetches with PUT twice, a pause apart.
func putAgain(rule, name string, pause time.Duration, again bool, maxAge ...string) sequence {
	s := situation{request: put, preflight: allowPUT(maxAge...), answer: all}
	wire := []string{preflightPUT, realPUT, preflightPUT, realPUT}
	if !again {
		wire = []string{preflightPUT, realPUT, realPUT}
	}
	return sequence{rule: rule, name: name, wire: wire, steps: []fetchStep{
		{situation: s, want: "cors 200"}, {after: pause, situation: s, want: "cors 200"},
	}}
}

func maxAge(value string) string { return "Access-Control-Max-Age: " + value }

var preflightCacheSequences = []sequence{
	putAgain("R-97", "none, within 5 s", 4999*time.Millisecond, false),
	putAgain("R-97", "none, after 5 s", 5*time.Second, true),
	putAgain("R-97", "60, within", 59*time.Second, false, maxAge("60")),
	putAgain("R-97", "60, after", 60*time.Second, true, maxAge("60")),
	putAgain("R-97", "0", 0, true, maxAge("0")),
	putAgain("R-97", "-1 is 5", 4*time.Second, false, maxAge("-1")),
	putAgain("R-97", "-1 is not 6", 6*time.Second, true, maxAge("-1")),
	putAgain("R-97", "+60 is 5", 6*time.Second, true, maxAge("+60")),
	putAgain("R-97", "60.5 is 5", 6*time.Second, true, maxAge("60.5")),
	putAgain("R-97", "twice 60 is 5", 6*time.Second, true, maxAge("60"), maxAge("60")),
	putAgain("R-97", "a great number is a day", 24*time.Hour-time.Second, false, maxAge("99999999999999999999")),
	putAgain("R-97", "and no more", 24*time.Hour, true, maxAge("99999999999999999999")),
	{rule: "R-98", name: "each method by itself", wire: []string{
		preflightPUT, realPUT, "OPTIONS b.test:7001 O=" + pageA + " M=DELETE", "DELETE b.test:7001 O=" + pageA, realPUT,
	}, steps: []fetchStep{
		{situation: situation{request: put, preflight: methods("$ACRM"), answer: all}, want: "cors 200"},
		{situation: situation{request: request("DELETE"), preflight: methods("$ACRM"), answer: all}, want: "cors 200"},
		{situation: situation{request: put, preflight: methods("$ACRM"), answer: all}, want: "cors 200"},
	}},
	{rule: "R-98", name: "headers by *", wire: []string{
		"OPTIONS b.test:7001 O=" + pageA + " M=GET H=x-a", "GET b.test:7001 O=" + pageA, "GET b.test:7001 O=" + pageA,
	}, steps: []fetchStep{
		{situation: situation{request: xA, preflight: headers("*"), answer: all}, want: "cors 200"},
		{situation: situation{request: get("X-B", "1"), preflight: headers("*"), answer: all}, want: "cors 200"},
	}},
	{rule: "R-98", name: "Authorization not by *", steps: []fetchStep{
		{situation: situation{request: xA, preflight: headers("*"), answer: all}, want: "cors 200"},
		{situation: situation{request: bearer, preflight: headers("*"), answer: all}, want: "preflight.authorization-wildcard"},
	}},
	{rule: "R-98", name: "* with credentials is not kept", steps: []fetchStep{
		{situation: situation{request: credentialed(put), preflight: append(mineTo, "204", "Access-Control-Allow-Methods: PUT, *"), answer: mineTo}, want: "cors 200"},
		{situation: situation{request: credentialed(request("DELETE")), preflight: append(mineTo, "204", "Access-Control-Allow-Methods: PUT, *"), answer: mineTo}, want: "preflight.method"},
	}},
	{rule: "R-98", name: "with credentials serves without", wire: []string{preflightPUT, realPUT, realPUT}, steps: []fetchStep{
		{situation: situation{request: credentialed(put), preflight: append(mineTo, "204", "Access-Control-Allow-Methods: PUT"), answer: mineTo}, want: "cors 200"},
		{situation: situation{request: put, preflight: append(mineTo, "204", "Access-Control-Allow-Methods: PUT"), answer: mineTo}, want: "cors 200"},
	}},
	{rule: "R-98", name: "without credentials does not serve with", wire: []string{preflightPUT, realPUT, preflightPUT, realPUT}, steps: []fetchStep{
		{situation: situation{request: put, preflight: append(mineTo, "204", "Access-Control-Allow-Methods: PUT"), answer: mineTo}, want: "cors 200"},
		{situation: situation{request: credentialed(put), preflight: append(mineTo, "204", "Access-Control-Allow-Methods: PUT"), answer: mineTo}, want: "cors 200"},
	}},
	{rule: "R-98", name: "the fragment belongs to the key", wire: []string{preflightPUT, realPUT, preflightPUT, realPUT}, steps: []fetchStep{
		{situation: situation{request: put, preflight: allowPUT(), answer: all, url: "#a"}, want: "cors 200"},
		{situation: situation{request: put, preflight: allowPUT(), answer: all, url: "#b"}, want: "cors 200"},
	}},
	{rule: "R-45", name: "a failure clears what was allowed", wire: []string{preflightPUT, realPUT, preflightPUT, realPUT}, steps: []fetchStep{
		{situation: situation{request: put, preflight: allowPUT()}, want: "acao.missing"},
		{situation: situation{request: put, preflight: allowPUT()}, want: "acao.missing"},
	}},
	{rule: "R-45", name: "success does not", wire: []string{preflightPUT, realPUT, realPUT}, steps: []fetchStep{
		{situation: situation{request: put, preflight: allowPUT(), answer: all}, want: "cors 200"},
		{situation: situation{request: put, preflight: allowPUT(), answer: all}, want: "cors 200"},
	}},
}

// cookie sets a cookie and asks again.
func cookie(rule, name, host string, set string, sent bool, also ...string) sequence {
	answer := append([]string{"Access-Control-Allow-Origin: $ORIGIN", "Access-Control-Allow-Credentials: true", "Set-Cookie: " + set}, also...)
	again := "GET " + host + " O=" + pageA
	if host == hostA {
		again = "GET " + host
	}
	wire := []string{again, again}
	if sent {
		wire[1] += " CK=k=v"
	}
	typ := "cors 200"
	if host == hostA {
		typ = "basic 200"
	}
	return sequence{rule: rule, name: name, wire: wire, steps: []fetchStep{
		{host: host, situation: situation{request: credentialed(get()), answer: answer}, want: typ},
		{host: host, situation: situation{request: credentialed(get()), answer: answer}, want: typ},
	}}
}

const sameSiteHost = "api.a.test:7001"

var cookieSequences = []sequence{
	cookie("SameSite", "default, same origin", hostA, "k=v", true),
	cookie("SameSite", "default, same site", sameSiteHost, "k=v", true),
	cookie("SameSite", "Strict, same site", sameSiteHost, "k=v; SameSite=Strict", true),
	cookie("SameSite", "default, another site", hostB, "k=v", false),
	cookie("SameSite", "Lax, another site", hostB, "k=v; SameSite=Lax", false),
	cookie("SameSite", "None without Secure", hostB, "k=v; SameSite=None", false),
	cookie("SameSite", "None and Secure from this machine", "localhost:7001", "k=v; SameSite=None; Secure", true),
	{rule: "SameSite", name: "in a frame in a page of another site", page: browser.PageOptions{URL: pageA + "/page", CrossSiteAncestor: true},
		wire: []string{"GET a.test:7000", "GET a.test:7000"}, steps: []fetchStep{
			{host: hostA, situation: situation{answer: []string{"Set-Cookie: k=v"}}, want: "basic 200"},
			{host: hostA, situation: situation{answer: []string{"Set-Cookie: k=v"}}, want: "basic 200"},
		}},
	cookie("Set-Cookie", "Secure over plain HTTP", hostA, "k=v; Secure", false),
	cookie("Set-Cookie", "Domain of the site", sameSiteHost, "k=v; Domain=a.test", true),
	cookie("Set-Cookie", "Domain of another site", hostA, "k=v; Domain=b.test", false),
	cookie("Set-Cookie", "Domain that is a public suffix", hostA, "k=v; Domain=test", false),
	cookie("Set-Cookie", "Path of the request", hostA, "k=v; Path=/r", true),
	cookie("Set-Cookie", "Path of another", hostA, "k=v; Path=/x", false),
	cookie("Set-Cookie", "Max-Age 0", hostA, "k=v; Max-Age=0", false),
	cookie("Set-Cookie", "Expires in the past", hostA, "k=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT", false),
	cookie("Set-Cookie", "Max-Age outranks Expires", hostA, "k=v; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT", true),
	cookie("Set-Cookie", "no name but a prefix in the value", "localhost:7001", "=__Host-k=v; Path=/; Secure; SameSite=None", false),
	cookie("Set-Cookie", "__Host- with a Domain", hostA, "__Host-k=v; Domain=a.test; Path=/", false),
	{rule: "R-70", name: "same-origin sends to the page's origin", wire: []string{"GET a.test:7000", "GET a.test:7000 CK=k=v"}, steps: []fetchStep{
		{host: hostA, situation: situation{answer: []string{"Set-Cookie: k=v"}}, want: "basic 200"},
		{host: hostA, want: "basic 200"},
	}},
	{rule: "R-70", name: "same-origin does not to another of the site", wire: []string{"GET api.a.test:7001 O=" + pageA, "GET api.a.test:7001 O=" + pageA}, steps: []fetchStep{
		{host: sameSiteHost, situation: situation{request: credentialed(get()), answer: append(mineTo, "Set-Cookie: k=v")}, want: "cors 200"},
		{host: sameSiteHost, situation: situation{answer: all}, want: "cors 200"},
	}},
	{rule: "R-70", name: "omit does not either", wire: []string{"GET a.test:7000", "GET a.test:7000"}, steps: []fetchStep{
		{host: hostA, situation: situation{answer: []string{"Set-Cookie: k=v"}}, want: "basic 200"},
		{host: hostA, situation: situation{request: browser.Request{Credentials: browser.CredentialsOmit}}, want: "basic 200"},
	}},
	{rule: "R-75", name: "stored though the response is hidden", wire: []string{"GET api.a.test:7001 O=" + pageA, "GET api.a.test:7001 O=" + pageA + " CK=k=v"}, steps: []fetchStep{
		{host: sameSiteHost, situation: situation{request: credentialed(get()), answer: []string{"Set-Cookie: k=v"}}, want: "acao.missing"},
		{host: sameSiteHost, situation: situation{request: credentialed(get()), answer: mineTo}, want: "cors 200"},
	}},
	{rule: "R-75", name: "not stored under omit", wire: []string{"GET a.test:7000", "GET a.test:7000"}, steps: []fetchStep{
		{host: hostA, situation: situation{request: browser.Request{Credentials: browser.CredentialsOmit}, answer: []string{"Set-Cookie: k=v"}}, want: "basic 200"},
		{host: hostA, want: "basic 200"},
	}},
	{rule: "R-75", name: "not sent with a preflight", wire: []string{
		"GET api.a.test:7001 O=" + pageA, "OPTIONS api.a.test:7001 O=" + pageA + " M=PUT", "PUT api.a.test:7001 O=" + pageA + " CK=k=v",
	}, steps: []fetchStep{
		{host: sameSiteHost, situation: situation{request: credentialed(get()), answer: append(mineTo, "Set-Cookie: k=v")}, want: "cors 200"},
		{host: sameSiteHost, situation: situation{request: credentialed(put), preflight: append(mineTo, "204", "Access-Control-Allow-Methods: PUT"), answer: mineTo}, want: "cors 200"},
	}},
}

// cacheable is a response that is stored, and checked when it comes from there.
func cacheable(more ...string) situation {
	return situation{answer: append([]string{"Cache-Control: max-age=600"}, more...)}
}

func noCORS(s situation) situation {
	s.request = withMode(get(), browser.ModeNoCORS)
	return s
}

func underCache(s situation, m browser.CacheMode) situation {
	s.request.Cache = m
	return s
}

var (
	getB      = "GET b.test:7001 O=" + pageA
	poisonous = cacheable("Access-Control-Allow-Origin: $ORIGIN")
)

var httpCacheSequences = []sequence{
	{rule: "R-76", name: "what a no-cors request left there fails CORS", wire: []string{"GET b.test:7001"}, steps: []fetchStep{
		{situation: noCORS(cacheable()), want: "opaque 0"}, {situation: cacheable(), want: "acao.missing"},
	}},
	{rule: "R-76", name: "even if the server would have allowed it", wire: []string{"GET b.test:7001"}, steps: []fetchStep{
		{situation: noCORS(poisonous), want: "opaque 0"}, {situation: poisonous, want: "acao.invalid"},
	}},
	{rule: "R-76", name: "Vary: Origin keeps them apart", wire: []string{"GET b.test:7001", getB}, steps: []fetchStep{
		{situation: noCORS(cacheable("Access-Control-Allow-Origin: $ORIGIN", "Vary: Accept, origin")), want: "opaque 0"},
		{situation: cacheable("Access-Control-Allow-Origin: $ORIGIN", "Vary: Accept, origin"), want: "cors 200"},
	}},
	{rule: "R-76", name: "fresh", wire: []string{getB}, steps: []fetchStep{
		{situation: cacheable(all...), want: "cors 200"}, {after: 599 * time.Second, situation: cacheable(all...), want: "cors 200"},
	}},
	{rule: "R-76", name: "stale", wire: []string{getB, getB}, steps: []fetchStep{
		{situation: cacheable(all...), want: "cors 200"}, {after: 600 * time.Second, situation: cacheable(all...), want: "cors 200"},
	}},
	{rule: "R-76", name: "no-store is not stored", wire: []string{getB, getB}, steps: []fetchStep{
		{situation: situation{answer: append(all, "Cache-Control: max-age=600, no-store")}, want: "cors 200"},
		{situation: situation{answer: append(all, "Cache-Control: max-age=600, no-store")}, want: "cors 200"},
	}},
	{rule: "R-76", name: "a failed check is stored too", wire: []string{getB}, steps: []fetchStep{
		{situation: cacheable(), want: "acao.missing"}, {situation: cacheable(), want: "acao.missing"},
	}},
	{rule: "R-74", name: "reload goes to the server", wire: []string{getB, getB}, steps: []fetchStep{
		{situation: cacheable(all...), want: "cors 200"}, {situation: underCache(cacheable(all...), browser.CacheReload), want: "cors 200"},
	}},
	{rule: "R-74", name: "no-store neither reads nor writes", wire: []string{getB, getB}, steps: []fetchStep{
		{situation: underCache(cacheable(all...), browser.CacheNoStore), want: "cors 200"}, {situation: cacheable(all...), want: "cors 200"},
	}},
	{rule: "R-74", name: "force-cache reads what is stale", wire: []string{getB}, steps: []fetchStep{
		{situation: cacheable(all...), want: "cors 200"}, {after: time.Hour, situation: underCache(cacheable(all...), browser.CacheForceCache), want: "cors 200"},
	}},
	{rule: "R-74", name: "a script's If-None-Match bypasses it", wire: []string{getB, "OPTIONS b.test:7001 O=" + pageA + " M=GET H=if-none-match", getB}, steps: []fetchStep{
		{situation: situation{preflight: headers("*"), answer: append(all, "Cache-Control: max-age=600")}, want: "cors 200"},
		{situation: situation{request: get("If-None-Match", "x"), preflight: headers("*"), answer: append(all, "Cache-Control: max-age=600")}, want: "cors 200"},
	}},
	{rule: "R-74", name: "a script's Cache-Control is asked about", wire: []string{"OPTIONS b.test:7001 O=" + pageA + " M=GET H=cache-control", getB}, steps: []fetchStep{
		{situation: situation{request: get("Cache-Control", "no-cache"), preflight: headers("*"), answer: all}, want: "cors 200"},
	}},
	{rule: "R-74", name: "the browser's own is not", wire: []string{getB}, steps: []fetchStep{
		{situation: underCache(situation{answer: all}, browser.CacheNoCache), want: "cors 200"},
	}},
}
