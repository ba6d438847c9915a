package browser_test

import (
	"strings"

	"crossorigin.dev/browser"
)

// storedRows show what Chromium stores, and takes for an answer, against
// expectation.
var storedRows = []rowCase{
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "200 unshared\nCache-Control: max-age=60\n\nhello"},
		steps: []browser.Request{{URL: "http://b.test/", Initiator: browser.InitiatorXHR}, ask("GET", "http://b.test/")},
		want: []string{
			"spec chromium firefox: acao.missing [GET b.test/]; acao.missing []",
			"webkit: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "200 unshared\nCache-Control: max-age=60\nContent-Type: application/json\n\nhello"},
		steps: []browser.Request{{URL: "http://b.test/", Initiator: browser.InitiatorXHR}, ask("GET", "http://b.test/")},
		want: []string{
			"spec firefox: acao.missing [GET b.test/]; acao.missing []",
			"chromium webkit: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "200 unshared\nCache-Control: max-age=60\nContent-Type: text/plain\nX-Content-Type-Options: nosniff\n\nhello"},
		steps: []browser.Request{{URL: "http://b.test/", Initiator: browser.InitiatorXHR}, ask("GET", "http://b.test/")},
		want: []string{
			"spec firefox: acao.missing [GET b.test/]; acao.missing []",
			"chromium webkit: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "200 unshared\nCache-Control: max-age=60\n\n" + strings.Repeat("x", 1024)},
		steps: []browser.Request{{URL: "http://b.test/", Initiator: browser.InitiatorXHR}, ask("GET", "http://b.test/")},
		want: []string{
			"spec firefox: acao.missing [GET b.test/]; acao.missing []",
			"chromium webkit: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "200 unshared\nCache-Control: max-age=60\n\n<!doctype html>"},
		steps: []browser.Request{{URL: "http://b.test/", Initiator: browser.InitiatorXHR}, ask("GET", "http://b.test/")},
		want: []string{
			"spec firefox: acao.missing [GET b.test/]; acao.missing []",
			"chromium webkit: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "200 unshared\nCache-Control: max-age=60\nContent-Type: text/plain\n\n<!doctype html>"},
		steps: []browser.Request{{URL: "http://b.test/", Initiator: browser.InitiatorXHR}, ask("GET", "http://b.test/")},
		want: []string{
			"spec chromium firefox: acao.missing [GET b.test/]; acao.missing []",
			"webkit: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "200 unshared\nCache-Control: max-age=60\nContent-Type: application/octet-stream\n\n12345678"},
		steps: []browser.Request{{URL: "http://b.test/", Initiator: browser.InitiatorXHR}, ask("GET", "http://b.test/")},
		want: []string{
			"spec firefox: acao.missing [GET b.test/]; acao.missing []",
			"chromium webkit: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "200 unshared\nCache-Control: max-age=60\nContent-Type: application/octet-stream\n\n1234567"},
		steps: []browser.Request{{URL: "http://b.test/", Initiator: browser.InitiatorXHR}, ask("GET", "http://b.test/")},
		want: []string{
			"spec chromium firefox: acao.missing [GET b.test/]; acao.missing []",
			"webkit: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "200 unshared\nCache-Control: max-age=60\nContent-Type: text/xml\n\n<a>"},
		steps: []browser.Request{{URL: "http://b.test/", Initiator: browser.InitiatorXHR}, ask("GET", "http://b.test/")},
		want: []string{
			"spec firefox: acao.missing [GET b.test/]; acao.missing []",
			"chromium webkit: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "200 unshared\nCache-Control: max-age=60\nContent-Type: text/xml\n\n<?xml"},
		steps: []browser.Request{{URL: "http://b.test/", Initiator: browser.InitiatorXHR}, ask("GET", "http://b.test/")},
		want: []string{
			"spec chromium firefox: acao.missing [GET b.test/]; acao.missing []",
			"webkit: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "invalidatingMethods",
		serve: serving{"GET http://a.test:7000/x": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), withBody(ask("PUT", "http://a.test:7000/x"), "x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [PUT a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "forcedMethods",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), underMode(ask("PUT", "http://a.test:7000/x"), browser.CacheForceCache)},
		want: []string{
			"spec chromium firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [PUT a.test:7000/x]",
		},
	},
	{
		row:   "forcedMethods",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), underMode(withBody(ask("PUT", "http://a.test:7000/x"), "x"), browser.CacheForceCache)},
		want: []string{
			"spec firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [PUT a.test:7000/x]",
			"chromium: basic 200 [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "forcedMethods",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), underMode(ask("DELETE", "http://a.test:7000/x"), browser.CacheForceCache)},
		want: []string{
			"spec firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [DELETE a.test:7000/x]",
			"chromium: basic 200 [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "forcedMethods",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), underMode(ask("PATCH", "http://a.test:7000/x"), browser.CacheForceCache)},
		want: []string{
			"spec firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [PATCH a.test:7000/x]",
			"chromium: basic 200 [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "forcedMethods",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), underMode(withBody(ask("POST", "http://a.test:7000/x"), "x"), browser.CacheForceCache)},
		want: []string{
			"spec chromium firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [POST a.test:7000/x]",
		},
	},
	{
		row:   "resetContentRead",
		serve: serving{"http://a.test:7000/x": "205\nCache-Control: max-age=60\n\nhello"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec: basic 205 [GET a.test:7000/x]; basic 205 []",
			"chromium firefox: basic 205 [GET a.test:7000/x]; basic 205 [GET a.test:7000/x]",
			"webkit: basic 205 \"hello\" [GET a.test:7000/x]; basic 205 \"hello\" []",
		},
	},
	{
		row:   "resetContentRead",
		serve: serving{"http://a.test:7000/x": "205\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium webkit: basic 205 [GET a.test:7000/x]; basic 205 []",
			"firefox: basic 205 [GET a.test:7000/x]; basic 205 [GET a.test:7000/x]",
		},
	},
	{
		row:   "uncachedFetched",
		serve: serving{},
		steps: []browser.Request{{Method: "REPORT", URL: "http://a.test:7000/x", Mode: browser.ModeSameOrigin, Cache: browser.CacheOnlyIfCached}},
		want: []string{
			"spec chromium firefox: network.not-cached []",
			"webkit: basic 200 [REPORT a.test:7000/x]",
		},
	},
	{
		row:   "targetBeforeMode",
		serve: serving{"http://a.test:7000/x": "307\nLocation: ftp://b.test/"},
		steps: []browser.Request{withRedirect(ask("GET", "http://a.test:7000/x"), browser.RedirectError)},
		want: []string{
			"spec chromium firefox: redirect.mode-error [GET a.test:7000/x]",
			"webkit: redirect.scheme [GET a.test:7000/x]",
		},
	},
	{
		row:   "targetBeforeMode",
		serve: serving{"http://a.test:7000/x": "307\nLocation: http://u:p@a.test:7000/y"},
		steps: []browser.Request{withRedirect(ask("GET", "http://a.test:7000/x"), browser.RedirectError)},
		want: []string{
			"spec chromium firefox webkit: redirect.mode-error [GET a.test:7000/x]",
		},
	},
	{
		row:   "targetBeforeMode",
		serve: serving{"http://a.test:7000/x": "307\nLocation: data:,x"},
		steps: []browser.Request{withRedirect(ask("GET", "http://a.test:7000/x"), browser.RedirectError)},
		want: []string{
			"spec firefox webkit: redirect.mode-error [GET a.test:7000/x]",
			"chromium: redirect.scheme [GET a.test:7000/x]",
		},
	},
	{
		row:   "paramsTypeSent",
		serve: serving{},
		steps: []browser.Request{{URL: "http://a.test:7000/x", Initiator: browser.InitiatorXHR, Body: []byte("a=b"), BodyType: "application/x-www-form-urlencoded;charset=UTF-8"}}, show: []string{"Content-Type"},
		want: []string{
			"spec chromium firefox: basic 200 [GET a.test:7000/x]",
			"webkit: basic 200 [GET a.test:7000/x Content-Type: application/x-www-form-urlencoded;charset=UTF-8]",
		},
	},
}
