package browser_test

import (
	"time"

	"crossorigin.dev/browser"
)

// cacheRows are of the HTTP cache.
var cacheRows = []rowCase{
	{
		row:   "authorizationAsksAnew",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x", "Authorization", "x")},
		want: []string{
			"spec chromium webkit: basic 200 [GET a.test:7000/x]; basic 200 []",
			"firefox: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "conditionsHonoured",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60\nETag: \"1\""},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x", "Cache-Control", "no-cache")}, show: []string{"If-None-Match"},
		want: []string{
			"spec firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x If-None-Match: \"1\"]",
			"chromium: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "pragmaHonoured",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60\nETag: \"1\""},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x", "Pragma", "no-cache")}, show: []string{"If-None-Match"},
		want: []string{
			"spec firefox: basic 200 [GET a.test:7000/x]; basic 200 []",
			"chromium: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
			"webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x If-None-Match: \"1\"]",
		},
	},
	{
		row:   "pragmaOfAnswer",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60\nPragma: no-cache"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec: basic 200 [GET a.test:7000/x]; basic 200 []",
			"chromium firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "xhrStored",
		serve: serving{"http://a.test:7000/x": "500\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), {URL: "http://a.test:7000/x", Initiator: browser.InitiatorXHR}, ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium: basic 500 [GET a.test:7000/x]; basic 500 []; basic 500 []",
			"firefox: basic 500 [GET a.test:7000/x]; basic 500 [GET a.test:7000/x]; basic 500 [GET a.test:7000/x]",
			"webkit: basic 500 [GET a.test:7000/x]; basic 500 [GET a.test:7000/x]; basic 500 []",
		},
	},
	{
		row:   "noStoreHonoured",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x", "Cache-Control", "no-store")},
		want: []string{
			"spec chromium webkit: basic 200 [GET a.test:7000/x]; basic 200 []",
			"firefox: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "credentiallessReloads",
		page:  browser.PageOptions{URL: "https://a.test/page", EmbedderPolicy: browser.EmbedderCredentialless},
		serve: serving{"https://b.test/": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{withMode(ask("GET", "https://b.test/"), browser.ModeNoCORS), withMode(ask("GET", "https://b.test/"), browser.ModeNoCORS)}, show: []string{"Cache-Control"},
		want: []string{
			"spec firefox webkit: opaque 0 [GET b.test/]; opaque 0 []",
			"chromium: opaque 0 [GET b.test/ Cache-Control: no-cache]; opaque 0 [GET b.test/ Cache-Control: no-cache]",
		},
	},
	{
		row:   "emptyHeadersUnstored",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60\nX-A:"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")}, see: []string{"X-A"},
		want: []string{
			"spec chromium webkit: basic 200 X-A:  [GET a.test:7000/x]; basic 200 X-A:  []",
			"firefox: basic 200 X-A:  [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "errorInvalidates",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60", "POST http://a.test:7000/x": "500"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("POST", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium: basic 200 [GET a.test:7000/x]; basic 500 [POST a.test:7000/x]; basic 200 []",
			"firefox webkit: basic 200 [GET a.test:7000/x]; basic 500 [POST a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "invalidatingMethods",
		serve: serving{"GET http://a.test:7000/x": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("PUT", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x"), ask("PATCH", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x"), ask("POST", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x"), ask("DELETE", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [PUT a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 [PATCH a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 [POST a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 [DELETE a.test:7000/x]; basic 200 [GET a.test:7000/x]",
			"chromium: basic 200 [GET a.test:7000/x]; basic 200 [PUT a.test:7000/x]; basic 200 []; basic 200 [PATCH a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 [POST a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 [DELETE a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "200 unshared\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://b.test/"), ask("GET", "http://b.test/")},
		want: []string{
			"spec firefox: acao.missing [GET b.test/]; acao.missing []",
			"chromium webkit: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "302 unshared\nCache-Control: max-age=60\nLocation: /y"},
		steps: []browser.Request{ask("GET", "http://b.test/"), ask("GET", "http://b.test/")},
		want: []string{
			"spec chromium webkit: acao.missing [GET b.test/]; acao.missing []",
			"firefox: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "302 unshared\nCache-Control: max-age=60\nLocation: /y"},
		steps: []browser.Request{withRedirect(ask("GET", "http://b.test/"), browser.RedirectManual), withRedirect(ask("GET", "http://b.test/"), browser.RedirectManual)},
		want: []string{
			"spec chromium webkit: acao.missing [GET b.test/]; acao.missing []",
			"firefox: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{"http://b.test/": "200\nCache-Control: max-age=60\nCross-Origin-Resource-Policy: same-origin"},
		steps: []browser.Request{withMode(ask("GET", "http://b.test/"), browser.ModeNoCORS), withMode(ask("GET", "http://b.test/"), browser.ModeNoCORS)},
		want: []string{
			"spec: corp.blocked [GET b.test/]; corp.blocked []",
			"chromium firefox webkit: corp.blocked [GET b.test/]; corp.blocked [GET b.test/]",
		},
	},
	{
		row:   "freshnessGuessed",
		serve: serving{"http://a.test:7000/x": "200\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
			"chromium firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "headFromCache",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("HEAD", "http://a.test:7000/x")},
		want: []string{
			"spec firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [HEAD a.test:7000/x]",
			"chromium: basic 200 [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "headsCached",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("HEAD", "http://a.test:7000/x"), ask("HEAD", "http://a.test:7000/x")},
		want: []string{
			"spec chromium webkit: basic 200 [HEAD a.test:7000/x]; basic 200 [HEAD a.test:7000/x]",
			"firefox: basic 200 [HEAD a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "oneVariant",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60\nVary: X-A"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x", "X-A", "1"), ask("GET", "http://a.test:7000/x", "X-A", "2"), ask("GET", "http://a.test:7000/x", "X-A", "1")},
		want: []string{
			"spec: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 []",
			"chromium firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "opaqueOriginUncached",
		page:  browser.PageOptions{URL: "http://a.test:7000/page", Opaque: true},
		serve: serving{"http://b.test/": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://b.test/"), ask("GET", "http://b.test/")},
		want: []string{
			"spec firefox webkit: cors 200 [GET b.test/]; cors 200 []",
			"chromium: cors 200 [GET b.test/]; cors 200 [GET b.test/]",
		},
	},
	{
		row:   "opaqueDataUnstored",
		serve: serving{"http://b.test/": "200\nCache-Control: max-age=60\nContent-Type: application/json\n\n{\"a\":1}"},
		steps: []browser.Request{withMode(ask("GET", "http://b.test/"), browser.ModeNoCORS), withMode(ask("GET", "http://b.test/"), browser.ModeNoCORS)},
		want: []string{
			"spec firefox webkit: opaque 0 [GET b.test/]; opaque 0 []",
			"chromium: opaque 0 [GET b.test/]; opaque 0 [GET b.test/]",
		},
	},
	{
		row:   "opaqueDataUnstored",
		serve: serving{"http://b.test/": "307\nLocation: http://a.test:7000/x", "http://a.test:7000/x": "200\nCache-Control: max-age=60\nContent-Type: application/json\n\n{\"a\":1}"},
		steps: []browser.Request{withMode(ask("GET", "http://b.test/"), browser.ModeNoCORS), withMode(ask("GET", "http://b.test/"), browser.ModeNoCORS)},
		want: []string{
			"spec chromium firefox: opaque 0 [GET b.test/, GET a.test:7000/x]; opaque 0 [GET b.test/]",
			"webkit: opaque 0 [GET b.test/, GET a.test:7000/x]; opaque 0 [GET b.test/, GET a.test:7000/x]",
		},
	},
	{
		row:   "maxAgeRead",
		serve: serving{"http://a.test:7000/x": "410\nCache-Control: max-age=x"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec: basic 410 [GET a.test:7000/x]; basic 410 [GET a.test:7000/x]",
			"chromium firefox webkit: basic 410 [GET a.test:7000/x]; basic 410 []",
		},
	},
	{
		row:   "maxAgeRead",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=\"5\""},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec webkit: basic 200 [GET a.test:7000/x]; basic 200 []",
			"chromium firefox: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "maxAgeRead",
		serve: serving{"http://a.test:7000/x": "410\nCache-Control: max-age=-1"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec webkit: basic 410 [GET a.test:7000/x]; basic 410 [GET a.test:7000/x]",
			"chromium firefox: basic 410 [GET a.test:7000/x]; basic 410 []",
		},
	},
	{
		row:   "maxAgeRead",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=5.5"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
			"firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "maxAgeRead",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=+5"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium firefox: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
			"webkit: basic 200 [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "maxAgeRead",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age= 5"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "maxAgeRead",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=5, max-age=x"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium webkit: basic 200 [GET a.test:7000/x]; basic 200 []",
			"firefox: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "maxAgeRead",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=x, max-age=5"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
			"chromium firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "undatedExpiresIgnored",
		serve: serving{"http://a.test:7000/x": "410\nExpires:"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec firefox: basic 410 [GET a.test:7000/x]; basic 410 [GET a.test:7000/x]",
			"chromium webkit: basic 410 [GET a.test:7000/x]; basic 410 []",
		},
	},
	{
		row:   "undatedExpiresIgnored",
		serve: serving{"http://a.test:7000/x": "410\nExpires: 0"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium firefox: basic 410 [GET a.test:7000/x]; basic 410 [GET a.test:7000/x]",
			"webkit: basic 410 [GET a.test:7000/x]; basic 410 []",
		},
	},
	{
		row:   "expiresJoined",
		serve: serving{"http://a.test:7000/x": "200\nExpires:\nExpires: Wed, 01 Jan 2200 00:00:00 GMT"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
			"firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "rangeFromCache",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60\n\nhello"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x", "Range", "bytes=0-1")},
		want: []string{
			"spec firefox webkit: basic 200 \"hello\" [GET a.test:7000/x]; basic 200 \"hello\" [GET a.test:7000/x]",
			"chromium: basic 200 \"hello\" [GET a.test:7000/x]; basic 206 \"he\" []",
		},
	},
	{
		row:   "redirectsUncached",
		serve: serving{"http://a.test:7000/x": "302\nLocation: /y", "http://a.test:7000/y": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium firefox: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/x]",
			"webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/x, GET a.test:7000/y]",
		},
	},
	{
		row:   "storedByCredentials",
		serve: serving{"http://b.test/": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://b.test/"), credentialed(ask("GET", "http://b.test/"))},
		want: []string{
			"spec chromium webkit: cors 200 [GET b.test/]; cors 200 []",
			"firefox: cors 200 [GET b.test/]; cors 200 [GET b.test/]",
		},
	},
	{
		row:   "storedUnfresh",
		serve: serving{"http://a.test:7000/x": "200"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), underMode(ask("GET", "http://a.test:7000/x"), browser.CacheForceCache)},
		want: []string{
			"spec webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
			"chromium firefox: basic 200 [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "uncachedFetched",
		steps: []browser.Request{underMode(withMode(ask("GET", "http://a.test:7000/x"), browser.ModeSameOrigin), browser.CacheOnlyIfCached)},
		want: []string{
			"spec chromium firefox: network.not-cached []",
			"webkit: basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "conditionsHonoured",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60\nETag: x\n--\n304\nCache-Control: max-age=60\nETag: x"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x", "If-None-Match", "x"), ask("GET", "http://a.test:7000/x")}, pause: 40 * time.Second, show: []string{"If-None-Match"},
		want: []string{
			"spec firefox webkit: basic 200 [GET a.test:7000/x]; basic 304 [GET a.test:7000/x If-None-Match: x]; basic 200 [GET a.test:7000/x If-None-Match: x]",
			"chromium: basic 200 [GET a.test:7000/x]; basic 304 [GET a.test:7000/x If-None-Match: x]; basic 200 []",
		},
	},
	{
		row:   "pragmaHonoured",
		serve: serving{"http://a.test:7000/x": "200\nCache-Control: max-age=60\nETag: x"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x", "Cache-Control", "max-age=0"), ask("GET", "http://a.test:7000/x", "Cache-Control", "max-age=60")}, show: []string{"If-None-Match"},
		want: []string{
			"spec chromium firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x If-None-Match: x]; basic 200 []",
		},
	},
	{
		row:   "invalidatingMethods",
		serve: serving{"GET http://a.test:7000/x": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("HEAD", "http://a.test:7000/x"), ask("OPTIONS", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec firefox: basic 200 [GET a.test:7000/x]; basic 200 [HEAD a.test:7000/x]; basic 200 [OPTIONS a.test:7000/x]; basic 200 []",
			"chromium: basic 200 [GET a.test:7000/x]; basic 200 []; basic 200 [OPTIONS a.test:7000/x]; basic 200 []",
			"webkit: basic 200 [GET a.test:7000/x]; basic 200 [HEAD a.test:7000/x]; basic 200 [OPTIONS a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
}
