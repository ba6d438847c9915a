package browser_test

import (
	"net/http"

	"crossorigin.dev/browser"
)

// preflightRows are of preflights and of what is remembered of them.
var preflightRows = []rowCase{
	{
		row:   "preflightSaysUserAgent",
		steps: []browser.Request{ask("PUT", "http://b.test/", "User-Agent", "mine")}, show: []string{"User-Agent"},
		want: []string{
			"spec firefox: cors 200 [OPTIONS b.test/ User-Agent: engine, PUT b.test/ User-Agent: mine]",
			"chromium: cors 200 [OPTIONS b.test/ User-Agent: engine, PUT b.test/ User-Agent: engine]",
			"webkit: cors 200 [OPTIONS b.test/ User-Agent: mine, PUT b.test/ User-Agent: mine]",
		},
	},
	{
		row:   "preflightSecFetchMode",
		steps: []browser.Request{ask("PUT", "http://b.test/")}, show: []string{"Sec-Fetch-Mode"},
		want: []string{
			"spec firefox webkit: cors 200 [OPTIONS b.test/, PUT b.test/]",
			"chromium: cors 200 [OPTIONS b.test/ Sec-Fetch-Mode: cors, PUT b.test/]",
		},
	},
	{
		row:   "preflightCacheHeaders",
		steps: []browser.Request{underMode(ask("PUT", "http://b.test/"), browser.CacheNoStore)}, show: []string{"Cache-Control"},
		want: []string{
			"spec webkit: cors 200 [OPTIONS b.test/, PUT b.test/ Cache-Control: no-cache]",
			"chromium firefox: cors 200 [OPTIONS b.test/ Cache-Control: no-cache, PUT b.test/ Cache-Control: no-cache]",
		},
	},
	{
		row:   "emptyUploadPreflighted",
		steps: []browser.Request{browser.Request{Method: "POST", URL: "http://b.test/", Initiator: browser.InitiatorXHR, UploadListener: true}},
		want: []string{
			"spec chromium: cors 200 [POST b.test/]",
			"firefox webkit: cors 200 [OPTIONS b.test/, POST b.test/]",
		},
	},
	{
		row:   "bodyGrantsMethod",
		serve: serving{"OPTIONS http://b.test/": "204\nVary: Origin"},
		steps: []browser.Request{browser.Request{Method: "PUT", URL: "http://b.test/", Initiator: browser.InitiatorXHR, UploadListener: true, Body: []byte("x")}},
		want: []string{
			"spec: cors 200 [OPTIONS b.test/, PUT b.test/]",
			"chromium firefox webkit: preflight.method [OPTIONS b.test/]",
		},
	},
	{
		row:   "bodyNeedsMethod",
		steps: []browser.Request{ask("PUT", "http://b.test/"), browser.Request{Method: "POST", URL: "http://b.test/", Initiator: browser.InitiatorXHR, UploadListener: true, Body: []byte("x")}},
		want: []string{
			"spec: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [OPTIONS b.test/, POST b.test/]",
			"chromium firefox webkit: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [POST b.test/]",
		},
	},
	{
		row:   "methodBeforeHeaders",
		serve: serving{"OPTIONS http://b.test/": "204\nAccess-Control-Allow-Headers: \"x-a\""},
		steps: []browser.Request{ask("DELETE", "http://b.test/")},
		want: []string{
			"spec chromium webkit: preflight.headers.parse [OPTIONS b.test/]",
			"firefox: preflight.method [OPTIONS b.test/]",
		},
	},
	{
		row:   "preflightStatusFirst",
		serve: serving{"OPTIONS http://b.test/": "404 unshared"},
		steps: []browser.Request{ask("PUT", "http://b.test/")},
		want: []string{
			"spec chromium firefox: preflight.acao.missing [OPTIONS b.test/]",
			"webkit: preflight.status [OPTIONS b.test/]",
		},
	},
	{
		row:   "ownPreflightUnchecked",
		serve: serving{"http://b.test/": "307\nLocation: http://a.test:7000/x", "OPTIONS http://a.test:7000/x": "204 unshared\nAccess-Control-Allow-Methods: PUT"},
		steps: []browser.Request{ask("PUT", "http://b.test/")},
		want: []string{
			"spec chromium webkit: preflight.acao.missing [OPTIONS b.test/, PUT b.test/, OPTIONS a.test:7000/x]",
			"firefox: cors 200 [OPTIONS b.test/, PUT b.test/, OPTIONS a.test:7000/x, PUT a.test:7000/x]",
		},
	},
	{
		row:   "preflightOriginUntainted",
		serve: serving{"http://b.test/": "307\nLocation: http://c.test/"},
		steps: []browser.Request{ask("PUT", "http://b.test/")}, show: []string{"Origin"},
		want: []string{
			"spec chromium webkit: cors 200 [OPTIONS b.test/ Origin: http://a.test:7000, PUT b.test/ Origin: http://a.test:7000, OPTIONS c.test/ Origin: null, PUT c.test/ Origin: null]",
			"firefox: cors 200 [OPTIONS b.test/ Origin: http://a.test:7000, PUT b.test/ Origin: http://a.test:7000, OPTIONS c.test/ Origin: http://a.test:7000, PUT c.test/ Origin: null]",
		},
	},
	{
		row:   "preflightReferrerStale",
		serve: serving{"http://a.test:7000/x": "307\nLocation: http://sub.a.test:7000/"},
		steps: []browser.Request{ask("PUT", "http://a.test:7000/x")}, show: []string{"Referer"},
		want: []string{
			"spec chromium firefox: cors 200 [PUT a.test:7000/x Referer: http://a.test:7000/page, OPTIONS sub.a.test:7000/ Referer: http://a.test:7000/, PUT sub.a.test:7000/ Referer: http://a.test:7000/]",
			"webkit: cors 200 [PUT a.test:7000/x Referer: http://a.test:7000/page, OPTIONS sub.a.test:7000/ Referer: http://a.test:7000/page, PUT sub.a.test:7000/ Referer: http://a.test:7000/]",
		},
	},
	{
		row:   "preflightSiteOfURL",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		serve: serving{"https://c.test/": "307\nLocation: https://a.test/x"},
		steps: []browser.Request{ask("PUT", "https://c.test/")}, show: []string{"Sec-Fetch-Site"},
		want: []string{
			"spec: cors 200 [OPTIONS c.test/ Sec-Fetch-Site: cross-site, PUT c.test/ Sec-Fetch-Site: cross-site, OPTIONS a.test/x Sec-Fetch-Site: cross-site, PUT a.test/x Sec-Fetch-Site: cross-site]",
			"chromium firefox: cors 200 [OPTIONS c.test/ Sec-Fetch-Site: cross-site, PUT c.test/ Sec-Fetch-Site: cross-site, OPTIONS a.test/x Sec-Fetch-Site: same-origin, PUT a.test/x Sec-Fetch-Site: cross-site]",
			"webkit: cors 200 [OPTIONS c.test/ Sec-Fetch-Site: cross-site, PUT c.test/ Sec-Fetch-Site: cross-site, OPTIONS a.test/x Sec-Fetch-Site: cross-site, PUT a.test/x]",
		},
	},
	{
		row:   "preflightRepeated",
		serve: serving{"http://b.test/": "303\nLocation: /y"},
		steps: []browser.Request{ask("PUT", "http://b.test/")},
		want: []string{
			"spec chromium: cors 200 [OPTIONS b.test/, PUT b.test/, GET b.test/y]",
			"firefox webkit: cors 200 [OPTIONS b.test/, PUT b.test/, OPTIONS b.test/y, GET b.test/y]",
		},
	},
	{
		row:   "preflightRepeated",
		serve: serving{"http://b.test/": "302\nLocation: http://c.test/"},
		steps: []browser.Request{ask("GET", "http://b.test/", "Authorization", "x")}, show: []string{"Access-Control-Request-Headers"},
		want: []string{
			"spec chromium: cors 200 [OPTIONS b.test/ Access-Control-Request-Headers: authorization, GET b.test/, GET c.test/]",
			"firefox: cors 200 [OPTIONS b.test/ Access-Control-Request-Headers: authorization, GET b.test/, OPTIONS c.test/, GET c.test/]",
			"webkit: cors 200 [OPTIONS b.test/ Access-Control-Request-Headers: authorization, GET b.test/, OPTIONS c.test/ Access-Control-Request-Headers: authorization, GET c.test/]",
		},
	},
	{
		row:   "wildcardCoversAuthorization",
		serve: serving{"OPTIONS http://b.test/": "204\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Headers: *"},
		steps: []browser.Request{ask("GET", "http://b.test/", "Authorization", "x")},
		want: []string{
			"spec: preflight.authorization-wildcard [OPTIONS b.test/]",
			"chromium firefox webkit: cors 200 [OPTIONS b.test/, GET b.test/]",
		},
	},
	{
		row:   "cachedWildcardCoversAuthorization",
		serve: serving{"OPTIONS http://b.test/": "204\nAccess-Control-Allow-Headers: *"},
		steps: []browser.Request{ask("GET", "http://b.test/", "X-A", "1"), ask("GET", "http://b.test/", "Authorization", "x")},
		want: []string{
			"spec: cors 200 [OPTIONS b.test/, GET b.test/]; preflight.authorization-wildcard [OPTIONS b.test/]",
			"chromium firefox: cors 200 [OPTIONS b.test/, GET b.test/]; cors 200 [OPTIONS b.test/, GET b.test/]",
			"webkit: cors 200 [OPTIONS b.test/, GET b.test/]; cors 200 [GET b.test/]",
		},
	},
	{
		row:   "wildcardForgotten",
		serve: serving{"OPTIONS http://b.test/": "204\nAccess-Control-Allow-Methods: *"},
		steps: []browser.Request{ask("PUT", "http://b.test/"), ask("DELETE", "http://b.test/")},
		want: []string{
			"spec chromium webkit: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [DELETE b.test/]",
			"firefox: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [OPTIONS b.test/, DELETE b.test/]",
		},
	},
	{
		row:   "grantReplaces",
		steps: []browser.Request{ask("PUT", "http://b.test/"), ask("DELETE", "http://b.test/"), ask("PUT", "http://b.test/")},
		want: []string{
			"spec firefox: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [OPTIONS b.test/, DELETE b.test/]; cors 200 [PUT b.test/]",
			"chromium webkit: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [OPTIONS b.test/, DELETE b.test/]; cors 200 [OPTIONS b.test/, PUT b.test/]",
		},
	},
	{
		row:   "credentialsKept",
		steps: []browser.Request{credentialed(ask("PUT", "http://b.test/")), ask("PUT", "http://b.test/")},
		want: []string{
			"spec chromium webkit: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [PUT b.test/]",
			"firefox: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [OPTIONS b.test/, PUT b.test/]",
		},
	},
	{
		row: "charsetInPlace",
		steps: []browser.Request{{
			Method: "POST", URL: "http://b.test/", Initiator: browser.InitiatorXHR, Body: []byte("a=b"), BodyType: "application/x-www-form-urlencoded;charset=UTF-8",
			Header: http.Header{"Content-Type": {`text/plain; charset="x"`, "a/b"}},
		}}, show: []string{"Content-Type"},
		want: []string{
			`spec firefox: cors 200 [OPTIONS b.test/, POST b.test/ Content-Type: text/plain; charset="x", a/b]`,
			`chromium: cors 200 [OPTIONS b.test/, POST b.test/ Content-Type: text/plain; charset="UTF-8", a/b]`,
			"webkit: cors 200 [POST b.test/ Content-Type: text/plain;charset=UTF-8]",
		},
	},
	{
		row:   "taintedForgotten",
		page:  browser.PageOptions{Opaque: true},
		serve: serving{"http://b.test/": "307\nLocation: http://c.test/"},
		steps: []browser.Request{ask("PUT", "http://b.test/"), ask("PUT", "http://b.test/")},
		want: []string{
			"spec firefox webkit: cors 200 [OPTIONS b.test/, PUT b.test/, OPTIONS c.test/, PUT c.test/]; cors 200 [PUT b.test/, PUT c.test/]",
			"chromium: cors 200 [OPTIONS b.test/, PUT b.test/, OPTIONS c.test/, PUT c.test/]; cors 200 [OPTIONS b.test/, PUT b.test/, OPTIONS c.test/, PUT c.test/]",
		},
	},
	{
		row:   "wildcardOutlivesCredentials",
		serve: serving{"OPTIONS http://b.test/": "204\nAccess-Control-Allow-Methods: PUT, *"},
		steps: []browser.Request{credentialed(ask("PUT", "http://b.test/")), ask("DELETE", "http://b.test/"), credentialed(ask("DELETE", "http://b.test/"))},
		want: []string{
			"spec chromium firefox: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [OPTIONS b.test/, DELETE b.test/]; preflight.method [OPTIONS b.test/]",
			"webkit: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [DELETE b.test/]; preflight.method [OPTIONS b.test/]",
		},
	},
	{
		row:   "forgottenAfter",
		serve: serving{"OPTIONS http://b.test/": "204\nAccess-Control-Allow-Methods: PUT\n--\n404"},
		steps: []browser.Request{ask("PUT", "http://b.test/"), ask("DELETE", "http://b.test/"), ask("PUT", "http://b.test/")},
		want: []string{
			"spec chromium firefox webkit: cors 200 [OPTIONS b.test/, PUT b.test/]; preflight.status [OPTIONS b.test/]; preflight.status [OPTIONS b.test/]",
		},
	},
	{
		row:   "forgottenAfter",
		serve: serving{"http://b.test/": "200 unshared"},
		steps: []browser.Request{ask("PUT", "http://b.test/"), ask("PUT", "http://b.test/")},
		want: []string{
			"spec firefox: acao.missing [OPTIONS b.test/, PUT b.test/]; acao.missing [OPTIONS b.test/, PUT b.test/]",
			"chromium webkit: acao.missing [OPTIONS b.test/, PUT b.test/]; acao.missing [PUT b.test/]",
		},
	},
	{
		row:   "lookupBypassed",
		steps: []browser.Request{ask("PUT", "http://b.test/"), underMode(ask("PUT", "http://b.test/"), browser.CacheNoStore)},
		want: []string{
			"spec webkit: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [PUT b.test/]",
			"chromium firefox: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [OPTIONS b.test/, PUT b.test/]",
		},
	},
	{
		row:   "lookupBypassed",
		steps: []browser.Request{ask("PUT", "http://b.test/"), underMode(ask("PUT", "http://b.test/"), browser.CacheReload)},
		want: []string{
			"spec webkit: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [PUT b.test/]",
			"chromium firefox: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [OPTIONS b.test/, PUT b.test/]",
		},
	},
	{
		row:   "lookupBypassed",
		steps: []browser.Request{ask("PUT", "http://b.test/"), underMode(ask("PUT", "http://b.test/"), browser.CacheNoCache)},
		want: []string{
			"spec firefox webkit: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [PUT b.test/]",
			"chromium: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [OPTIONS b.test/, PUT b.test/]",
		},
	},
	{
		row:   "lookupBypassed",
		steps: []browser.Request{ask("PUT", "http://b.test/"), underMode(ask("PUT", "http://b.test/"), browser.CacheForceCache)},
		want: []string{
			"spec chromium firefox webkit: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [PUT b.test/]",
		},
	},
	{
		row:   "storeBypassed",
		steps: []browser.Request{underMode(ask("PUT", "http://b.test/"), browser.CacheNoStore), ask("PUT", "http://b.test/")},
		want: []string{
			"spec firefox webkit: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [PUT b.test/]",
			"chromium: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [OPTIONS b.test/, PUT b.test/]",
		},
	},
	{
		row:   "storeBypassed",
		steps: []browser.Request{underMode(ask("PUT", "http://b.test/"), browser.CacheReload), ask("PUT", "http://b.test/")},
		want: []string{
			"spec chromium firefox webkit: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [PUT b.test/]",
		},
	},
	{
		row:   "storedUnchecked",
		serve: serving{"OPTIONS http://b.test/": "204\nAccess-Control-Allow-Methods: DELETE"},
		steps: []browser.Request{ask("PUT", "http://b.test/"), ask("DELETE", "http://b.test/")},
		want: []string{
			"spec chromium firefox: preflight.method [OPTIONS b.test/]; cors 200 [OPTIONS b.test/, DELETE b.test/]",
			"webkit: preflight.method [OPTIONS b.test/]; cors 200 [DELETE b.test/]",
		},
	},
	{
		row:   "cacheKeyUntainted",
		serve: serving{"http://b.test/": "307\nLocation: http://c.test/", "OPTIONS http://c.test/": "204\nAccess-Control-Allow-Methods: PUT\n--\n404\n--\n204\nAccess-Control-Allow-Methods: PUT"},
		steps: []browser.Request{ask("PUT", "http://c.test/"), ask("PUT", "http://b.test/"), ask("PUT", "http://c.test/")},
		want: []string{
			"spec webkit: cors 200 [OPTIONS c.test/, PUT c.test/]; preflight.status [OPTIONS b.test/, PUT b.test/, OPTIONS c.test/]; cors 200 [PUT c.test/]",
			"chromium: cors 200 [OPTIONS c.test/, PUT c.test/]; preflight.status [OPTIONS b.test/, PUT b.test/, OPTIONS c.test/]; cors 200 [OPTIONS c.test/, PUT c.test/]",
			"firefox: cors 200 [OPTIONS c.test/, PUT c.test/]; cors 200 [OPTIONS b.test/, PUT b.test/, PUT c.test/]; cors 200 [PUT c.test/]",
		},
	},
	{
		row:   "cacheKeyUntainted",
		serve: serving{"http://b.test/": "307\nLocation: http://c.test/"},
		steps: []browser.Request{ask("PUT", "http://b.test/"), ask("PUT", "http://c.test/")},
		want: []string{
			"spec chromium webkit: cors 200 [OPTIONS b.test/, PUT b.test/, OPTIONS c.test/, PUT c.test/]; cors 200 [OPTIONS c.test/, PUT c.test/]",
			"firefox: cors 200 [OPTIONS b.test/, PUT b.test/, OPTIONS c.test/, PUT c.test/]; cors 200 [PUT c.test/]",
		},
	},
	{
		row:   "nullOriginForgotten",
		page:  browser.PageOptions{URL: "http://a.test:7000/page", Opaque: true},
		steps: []browser.Request{ask("PUT", "http://b.test/"), ask("PUT", "http://b.test/")},
		want: []string{
			"spec firefox webkit: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [PUT b.test/]",
			"chromium: cors 200 [OPTIONS b.test/, PUT b.test/]; cors 200 [OPTIONS b.test/, PUT b.test/]",
		},
	},
	{
		row:   "taintedForgotten",
		serve: serving{"http://b.test/": "307\nLocation: http://c.test/"},
		steps: []browser.Request{ask("PUT", "http://b.test/"), ask("PUT", "http://b.test/")},
		want: []string{
			"spec firefox: cors 200 [OPTIONS b.test/, PUT b.test/, OPTIONS c.test/, PUT c.test/]; cors 200 [PUT b.test/, PUT c.test/]",
			"chromium webkit: cors 200 [OPTIONS b.test/, PUT b.test/, OPTIONS c.test/, PUT c.test/]; cors 200 [PUT b.test/, OPTIONS c.test/, PUT c.test/]",
		},
	},
	{
		row:   "headNotSafelisted",
		serve: serving{"OPTIONS http://b.test/": "204\nAccess-Control-Allow-Headers: x-a"},
		steps: []browser.Request{ask("HEAD", "http://b.test/", "X-A", "1"), ask("HEAD", "http://b.test/", "X-A", "1")},
		want: []string{
			"spec chromium webkit: cors 200 [OPTIONS b.test/, HEAD b.test/]; cors 200 [HEAD b.test/]",
			"firefox: cors 200 [OPTIONS b.test/, HEAD b.test/]; cors 200 [OPTIONS b.test/, HEAD b.test/]",
		},
	},
}
