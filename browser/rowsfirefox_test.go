package browser_test

import (
	"net/http"
	"strings"

	"crossorigin.dev/browser"
)

const (
	ownX, ownY = "http://a.test:7000/x", "http://a.test:7000/y"
	otherX     = "http://b.test/x"
)

// jsonPost is a POST of a body with headers that a redirect may drop.
func jsonPost(url string) browser.Request {
	return withBody(ask("POST", url, "Content-Type", "application/json", "Authorization", "x"), "{}")
}

// xhrPost is a POST by an XMLHttpRequest.
func xhrPost(url, body, bodyType string, fields ...string) browser.Request {
	r := ask("POST", url, fields...)
	r.Initiator, r.Body, r.BodyType = browser.InitiatorXHR, []byte(body), bodyType
	return r
}

func keptAlive(r browser.Request) browser.Request {
	r.Keepalive = true
	return r
}

// firefoxRows are what random scenarios have shown of Firefox.
var firefoxRows = []rowCase{
	{
		row:   "aboutBlankFetched",
		steps: []browser.Request{withMode(ask("GET", "about:blank?x"), browser.ModeNoCORS), withMode(ask("GET", "about:srcdoc"), browser.ModeNoCORS), ask("GET", "about:blank")},
		want: []string{
			"spec firefox: opaque 0 []; scheme.not-supported []; scheme.not-supported []",
			"chromium webkit: scheme.not-supported []; scheme.not-supported []; scheme.not-supported []",
		},
	},
	{
		row:   "aboutBlankAnyCase",
		steps: []browser.Request{withMode(ask("GET", "About:Blank"), browser.ModeNoCORS)},
		want: []string{
			"spec chromium webkit: scheme.not-supported []",
			"firefox: opaque 0 []",
		},
	},
	{
		row:   "misdirectedCookiesKept",
		serve: serving{ownX: "421\nSet-Cookie: a=1\n--\n200\nSet-Cookie: b=1", "http://a.test:7000/y": "421"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", "http://a.test:7000/y")}, show: []string{"Cookie"},
		want: []string{
			"spec webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/x Cookie: a=1]; basic 421 [GET a.test:7000/y Cookie: a=1; b=1, GET a.test:7000/y Cookie: a=1; b=1]",
			"chromium firefox: basic 200 [GET a.test:7000/x, GET a.test:7000/x]; basic 421 [GET a.test:7000/y Cookie: b=1, GET a.test:7000/y Cookie: b=1]",
		},
	},
	{
		row:   "keepaliveToAboutBlank",
		serve: serving{ownX: "302\nLocation: about:blank"},
		steps: []browser.Request{keptAlive(withMode(ask("GET", ownX), browser.ModeNoCORS)), withMode(ask("GET", ownX), browser.ModeNoCORS), keptAlive(ask("GET", ownX))},
		want: []string{
			"spec chromium webkit: redirect.scheme [GET a.test:7000/x]; redirect.scheme [GET a.test:7000/x]; redirect.scheme [GET a.test:7000/x]",
			"firefox: opaque 0 [GET a.test:7000/x]; redirect.scheme [GET a.test:7000/x]; redirect.scheme [GET a.test:7000/x]",
		},
	},
	{
		row:   "dataURLHasLength",
		steps: []browser.Request{ask("GET", "data:,x"), {URL: "data:,x", Initiator: browser.InitiatorXHR}}, see: []string{"Content-Length"},
		want: []string{
			`spec chromium webkit: basic 200 "x" []; basic 200 "x" []`,
			`firefox: basic 200 "x" Content-Length: 1 []; basic 200 "x" []`,
		},
	},
	{
		row:   "headersReturn",
		serve: serving{otherX: "303\nLocation: /y", "http://b.test/y": "307\nLocation: /z"},
		steps: []browser.Request{jsonPost(otherX)}, show: []string{"Access-Control-Request-Headers", "Authorization", "Content-Type"},
		want: []string{
			"spec chromium: cors 200 [OPTIONS b.test/x Access-Control-Request-Headers: authorization,content-type, POST b.test/x Authorization: x Content-Type: application/json, OPTIONS b.test/y Access-Control-Request-Headers: authorization, GET b.test/y Authorization: x, OPTIONS b.test/z Access-Control-Request-Headers: authorization, GET b.test/z Authorization: x]",
			"firefox: cors 200 [OPTIONS b.test/x Access-Control-Request-Headers: authorization,content-type, POST b.test/x Authorization: x Content-Type: application/json, OPTIONS b.test/y Access-Control-Request-Headers: authorization, GET b.test/y Authorization: x, OPTIONS b.test/z Access-Control-Request-Headers: authorization,content-type, GET b.test/z Authorization: x Content-Type: application/json]",
			"webkit: cors 200 [OPTIONS b.test/x Access-Control-Request-Headers: authorization,content-type, POST b.test/x Authorization: x Content-Type: application/json, OPTIONS b.test/y Access-Control-Request-Headers: authorization,content-type, GET b.test/y Authorization: x, OPTIONS b.test/z Access-Control-Request-Headers: authorization,content-type, GET b.test/z Authorization: x Content-Type: application/json]",
		},
	},
	{
		row:   "headersReturn",
		serve: serving{otherX: "302\nLocation: /y", "http://b.test/y": "302\nLocation: /z"},
		steps: []browser.Request{jsonPost(otherX)}, show: []string{"Access-Control-Request-Headers", "Authorization", "Content-Type"},
		want: []string{
			"spec chromium: cors 200 [OPTIONS b.test/x Access-Control-Request-Headers: authorization,content-type, POST b.test/x Authorization: x Content-Type: application/json, OPTIONS b.test/y Access-Control-Request-Headers: authorization, GET b.test/y Authorization: x, OPTIONS b.test/z Access-Control-Request-Headers: authorization, GET b.test/z Authorization: x]",
			"firefox: cors 200 [OPTIONS b.test/x Access-Control-Request-Headers: authorization,content-type, POST b.test/x Authorization: x Content-Type: application/json, OPTIONS b.test/y Access-Control-Request-Headers: authorization, GET b.test/y Authorization: x, OPTIONS b.test/z Access-Control-Request-Headers: authorization,content-type, GET b.test/z Authorization: x]",
			"webkit: cors 200 [OPTIONS b.test/x Access-Control-Request-Headers: authorization,content-type, POST b.test/x Authorization: x Content-Type: application/json, OPTIONS b.test/y Access-Control-Request-Headers: authorization,content-type, GET b.test/y Authorization: x, OPTIONS b.test/z Access-Control-Request-Headers: authorization,content-type, GET b.test/z Authorization: x Content-Type: application/json]",
		},
	},
	{
		row:   "headersReturn",
		serve: serving{otherX: "303\nLocation: /y", "http://b.test/y": "307\nLocation: /z"},
		steps: []browser.Request{xhrPost(otherX, "x", "image/png")}, show: []string{"Access-Control-Request-Headers", "Content-Type"},
		want: []string{
			"spec chromium: cors 200 [OPTIONS b.test/x Access-Control-Request-Headers: content-type, POST b.test/x Content-Type: image/png, GET b.test/y, GET b.test/z]",
			"firefox: cors 200 [OPTIONS b.test/x Access-Control-Request-Headers: content-type, POST b.test/x Content-Type: image/png, OPTIONS b.test/y Access-Control-Request-Headers: content-type, GET b.test/y, OPTIONS b.test/z Access-Control-Request-Headers: content-type, GET b.test/z]",
			"webkit: cors 200 [OPTIONS b.test/x Access-Control-Request-Headers: content-type, POST b.test/x Content-Type: image/png, OPTIONS b.test/y Access-Control-Request-Headers: content-type, GET b.test/y, OPTIONS b.test/z Access-Control-Request-Headers: content-type, GET b.test/z Content-Type: image/png]",
		},
	},
	{
		row:   "headersReturn",
		serve: serving{ownX: "303\nLocation: " + otherX},
		steps: []browser.Request{xhrPost(ownX, "x", "image/png")}, show: []string{"Access-Control-Request-Headers", "Content-Type"},
		want: []string{
			"spec chromium firefox: cors 200 [POST a.test:7000/x Content-Type: image/png, GET b.test/x]",
			"webkit: cors 200 [POST a.test:7000/x Content-Type: image/png, OPTIONS b.test/x Access-Control-Request-Headers: content-type, GET b.test/x]",
		},
	},
	{
		row:   "headersMerged",
		serve: serving{ownX: "307\nLocation: /y"},
		steps: []browser.Request{withBody(ask("POST", ownX, "Content-Type", "text/plain", "Content-Type", "text/html"), "x")}, show: []string{"Content-Type"},
		want: []string{
			"spec chromium webkit: basic 200 [POST a.test:7000/x Content-Type: text/plain, text/html, POST a.test:7000/y Content-Type: text/plain, text/html]",
			"firefox: basic 200 [POST a.test:7000/x Content-Type: text/plain, POST a.test:7000/y Content-Type: text/html]",
		},
	},
	{
		row:   "charsetForgotten",
		steps: []browser.Request{xhrPost(otherX, "x", browser.TextBodyType, "Content-Type", `text/plain; charset="x"`)}, show: []string{"Access-Control-Request-Headers", "Content-Type"},
		want: []string{
			"spec webkit: cors 200 [POST b.test/x Content-Type: text/plain;charset=UTF-8]",
			`chromium: cors 200 [OPTIONS b.test/x Access-Control-Request-Headers: content-type, POST b.test/x Content-Type: text/plain; charset="UTF-8"]`,
			"firefox: cors 200 [OPTIONS b.test/x Access-Control-Request-Headers: content-type, POST b.test/x Content-Type: text/plain;charset=UTF-8]",
		},
	},
	{
		row:   "charsetForgotten",
		serve: serving{ownX: "307\nLocation: /y"},
		steps: []browser.Request{xhrPost(ownX, "x", browser.TextBodyType, "Content-Type", "text/plain;charset=x")}, show: []string{"Content-Type"},
		want: []string{
			"spec chromium webkit: basic 200 [POST a.test:7000/x Content-Type: text/plain;charset=UTF-8, POST a.test:7000/y Content-Type: text/plain;charset=UTF-8]",
			"firefox: basic 200 [POST a.test:7000/x Content-Type: text/plain;charset=UTF-8, POST a.test:7000/y Content-Type: text/plain;charset=x]",
		},
	},
	{
		row:   "streamUpload",
		serve: serving{ownX: "308\nLocation: /y"},
		steps: []browser.Request{{Method: "POST", URL: ownX, Header: http.Header{"Content-Type": {"text/html"}}, Stream: strings.NewReader("x")}}, show: []string{"Content-Type"},
		want: []string{
			"spec chromium: network.stream-http1 []",
			"firefox: basic 200 [POST a.test:7000/x Content-Type: text/html, POST a.test:7000/y Content-Type: text/html]",
			"webkit: init.stream []",
		},
	},
	{
		row: "charsetInPlace",
		steps: []browser.Request{
			xhrPost(ownX, "a=b", "application/x-www-form-urlencoded;charset=UTF-8", "Content-Type", `text/plain; charset="x";a=b`),
			xhrPost(ownX, "a=b", "application/x-www-form-urlencoded;charset=UTF-8", "Content-Type", "text/html;charset=x, text/plain;charset='y'"),
			xhrPost(ownX, "a=b", "application/x-www-form-urlencoded;charset=UTF-8", "Content-Type", "text/plain;charset=utf-8"),
			xhrPost(ownX, "a=b", "application/x-www-form-urlencoded;charset=UTF-8", "Content-Type", "nonsense;charset=x"),
		}, show: []string{"Content-Type"},
		want: []string{
			`spec: basic 200 [POST a.test:7000/x Content-Type: text/plain; charset="x";a=b]; basic 200 [POST a.test:7000/x Content-Type: text/html;charset=x, text/plain;charset='y']; basic 200 [POST a.test:7000/x Content-Type: text/plain;charset=utf-8]; basic 200 [POST a.test:7000/x Content-Type: nonsense;charset=x]`,
			`chromium: basic 200 [POST a.test:7000/x Content-Type: text/plain; charset="UTF-8";a=b]; basic 200 [POST a.test:7000/x Content-Type: text/html;charset=UTF-8 text/plain;charset='UTF-8']; basic 200 [POST a.test:7000/x Content-Type: text/plain;charset=UTF-8]; basic 200 [POST a.test:7000/x Content-Type: nonsense;charset=UTF-8]`,
			"firefox: basic 200 [POST a.test:7000/x Content-Type: text/plain; charset=UTF-8;a=b]; basic 200 [POST a.test:7000/x Content-Type: text/html;charset=x, text/plain;charset='UTF-8']; basic 200 [POST a.test:7000/x Content-Type: text/plain;charset=utf-8]; basic 200 [POST a.test:7000/x Content-Type: nonsense;charset=x]",
			"webkit: basic 200 [POST a.test:7000/x Content-Type: text/plain;charset=UTF-8;a=b]; basic 200 [POST a.test:7000/x Content-Type: text/html;charset=UTF-8]; basic 200 [POST a.test:7000/x Content-Type: text/plain;charset=utf-8]; basic 200 [POST a.test:7000/x Content-Type: nonsense;charset=x]",
		},
	},
	{
		row:   "forgottenAfter",
		serve: serving{"OPTIONS " + otherX: "204\nAccess-Control-Allow-Methods: PUT\nAccess-Control-Max-Age: 60", otherX: "302\nLocation: /y"},
		steps: []browser.Request{withRedirect(ask("PUT", otherX), browser.RedirectError), withRedirect(ask("PUT", otherX), browser.RedirectError)},
		want: []string{
			"spec: redirect.mode-error [OPTIONS b.test/x, PUT b.test/x]; redirect.mode-error [OPTIONS b.test/x, PUT b.test/x]",
			"chromium firefox webkit: redirect.mode-error [OPTIONS b.test/x, PUT b.test/x]; redirect.mode-error [PUT b.test/x]",
		},
	},
	{
		row:   "portBeforeFollow",
		serve: serving{"OPTIONS " + otherX: "204\nAccess-Control-Allow-Methods: PUT\nAccess-Control-Max-Age: 60", otherX: "302\nLocation: http://b.test:6667/"},
		steps: []browser.Request{ask("PUT", otherX), ask("PUT", otherX)},
		want: []string{
			"spec chromium webkit: port.blocked [OPTIONS b.test/x, PUT b.test/x]; port.blocked [PUT b.test/x]",
			"firefox: port.blocked [OPTIONS b.test/x, PUT b.test/x]; port.blocked [OPTIONS b.test/x, PUT b.test/x]",
		},
	},
	{
		row:   "clampForgotten",
		serve: serving{otherX: "302\nReferrer-Policy: unsafe-url\nLocation: " + ownX},
		steps: []browser.Request{withReferrer(ask("GET", otherX), browser.ReferrerUnsafeURL)}, show: []string{"Referer"},
		want: []string{
			"spec chromium: cors 200 [GET b.test/x Referer: http://a.test:7000/page, GET a.test:7000/x Referer: http://a.test:7000/page]",
			"firefox: cors 200 [GET b.test/x Referer: http://a.test:7000/, GET a.test:7000/x Referer: http://a.test:7000/]",
			"webkit: cors 200 [GET b.test/x Referer: http://a.test:7000/, GET a.test:7000/x Referer: http://a.test:7000/page]",
		},
	},
	{
		row:   "failedUnstored",
		serve: serving{otherX: "200 unshared\nCache-Control: max-age=60"},
		steps: []browser.Request{keptAlive(ask("GET", otherX)), ask("GET", otherX)},
		want: []string{
			"spec: acao.missing [GET b.test/x]; acao.missing []",
			"chromium firefox webkit: acao.missing [GET b.test/x]; acao.missing [GET b.test/x]",
		},
	},
	{
		row:   "ownSiteInvalidates",
		serve: serving{"GET " + otherX: "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", otherX), ask("POST", otherX), ask("GET", otherX)},
		want: []string{
			"spec chromium webkit: cors 200 [GET b.test/x]; cors 200 [POST b.test/x]; cors 200 [GET b.test/x]",
			"firefox: cors 200 [GET b.test/x]; cors 200 [POST b.test/x]; cors 200 []",
		},
	},
	{
		row:   "ownSiteInvalidates",
		page:  browser.PageOptions{URL: "http://a.test:7000/page", Opaque: true},
		serve: serving{"GET " + ownX: "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", ownX), ask("POST", ownX), ask("GET", ownX)},
		want: []string{
			"spec chromium webkit: cors 200 [GET a.test:7000/x]; cors 200 [POST a.test:7000/x]; cors 200 [GET a.test:7000/x]",
			"firefox: cors 200 [GET a.test:7000/x]; cors 200 [POST a.test:7000/x]; cors 200 []",
		},
	},
	{
		row:   "ownSiteInvalidates",
		serve: serving{ownX: "201\nLocation: /y\nContent-Location: http://b.test/x", "GET " + ownY: "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", ownY), ask("POST", ownX), ask("GET", ownY)},
		want: []string{
			"spec chromium webkit: basic 200 [GET a.test:7000/y]; basic 201 [POST a.test:7000/x]; basic 200 []",
			"firefox: basic 200 [GET a.test:7000/y]; basic 201 [POST a.test:7000/x]; basic 200 [GET a.test:7000/y]",
		},
	},
	{
		row:   "ownSiteInvalidates",
		serve: serving{"GET " + ownX: "200\nCache-Control: max-age=60", "POST " + ownX: "304"},
		steps: []browser.Request{ask("GET", ownX), ask("POST", ownX), ask("GET", ownX)},
		want: []string{
			"spec chromium: basic 200 [GET a.test:7000/x]; basic 304 [POST a.test:7000/x]; basic 200 [GET a.test:7000/x]",
			"firefox webkit: basic 200 [GET a.test:7000/x]; basic 304 [POST a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "circlesAskAnew",
		serve: serving{ownX: "303\nLocation: /y", ownY: "303\nCache-Control: max-age=60\nETag: x\nLocation: /x"},
		steps: []browser.Request{ask("GET", ownX)}, show: []string{"If-None-Match"},
		want: []string{
			"spec chromium: redirect.too-many [GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x ×10]",
			"firefox: redirect.too-many [GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x]",
			"webkit: redirect.too-many [GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x, GET a.test:7000/y, GET a.test:7000/x]",
		},
	},
	{
		row:   "selfRedirectUnstored",
		serve: serving{ownX: "303\nCache-Control: max-age=60\nLocation: /x", ownY: "301\nCache-Control: max-age=60\nLocation: /y"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownY)},
		want: []string{
			"spec chromium: redirect.too-many [GET a.test:7000/x]; redirect.too-many [GET a.test:7000/y]",
			"firefox: redirect.too-many [GET a.test:7000/x ×21]; redirect.too-many [GET a.test:7000/y ×20]",
			"webkit: redirect.too-many [GET a.test:7000/x ×21]; redirect.too-many [GET a.test:7000/y ×21]",
		},
	},
	{
		row:   "memoryApart",
		serve: serving{ownX: "301\nCache-Control: max-age=60\nLocation: /y", ownY: "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownY), ask("GET", ownX), ask("GET", ownX)},
		want: []string{
			"spec chromium webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 []; basic 200 []; basic 200 []",
			"firefox: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 []; basic 200 [GET a.test:7000/y]; basic 200 []",
		},
	},
	{
		row:   "memoryApart",
		serve: serving{ownX: "302\nCache-Control: max-age=60\nLocation: /y", ownY: "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX)},
		want: []string{
			"spec chromium firefox webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 []",
		},
	},
	{
		row:   "freshnessGuessed",
		serve: serving{ownX: "204\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX)},
		want: []string{
			"spec chromium: basic 204 [GET a.test:7000/x]; basic 204 [GET a.test:7000/x]",
			"firefox webkit: basic 204 [GET a.test:7000/x]; basic 204 []",
		},
	},
	{
		row:   "freshnessGuessedIfScoped",
		serve: serving{ownX: "302\nCache-Control: private\nLocation: /y\nLast-Modified: Wed, 01 Jan 2020 00:00:00 GMT"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX)},
		want: []string{
			"spec chromium webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/x, GET a.test:7000/y]",
			"firefox: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/y]",
		},
	},
	{
		row:   "memoryApart",
		serve: serving{"https://a.test/x": "301\nCache-Control: max-age=60\nLocation: " + ownY, ownY: "200\nCache-Control: max-age=60"},
		page:  browser.PageOptions{URL: "http://a.test/page"},
		steps: []browser.Request{ask("GET", "https://a.test/x"), ask("GET", "https://a.test/x")},
		want: []string{
			"spec chromium firefox webkit: cors 200 [GET a.test/x, GET a.test:7000/y]; cors 200 []",
		},
	},
	{
		row:   "redirectsStoredToFollow",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		serve: serving{"https://a.test/x": "301\nCache-Control: max-age=60\nLocation: /y"},
		steps: []browser.Request{withRedirect(ask("GET", "https://a.test/x"), browser.RedirectManual), withRedirect(ask("GET", "https://a.test/x"), browser.RedirectManual)},
		want: []string{
			"spec chromium webkit: opaqueredirect 0 [GET a.test/x]; opaqueredirect 0 []",
			"firefox: opaqueredirect 0 [GET a.test/x]; opaqueredirect 0 [GET a.test/x]",
		},
	},
	{
		row:   "unstoredReplaces",
		serve: serving{ownX: "200\nCache-Control: max-age=60\n--\n200\nCache-Control: no-store\n--\n200"},
		steps: []browser.Request{ask("GET", ownX), underMode(ask("GET", ownX), browser.CacheReload), ask("GET", ownX)},
		want: []string{
			"spec: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 []",
			"chromium firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "unstoredReplaces",
		serve: serving{ownX: "200\n--\n429\n--\n200"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX), underMode(ask("GET", ownX), browser.CacheForceCache)},
		want: []string{
			"spec webkit: basic 200 [GET a.test:7000/x]; basic 429 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
			"chromium: basic 200 [GET a.test:7000/x]; basic 429 [GET a.test:7000/x]; basic 429 []",
			"firefox: basic 200 [GET a.test:7000/x]; basic 429 [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "resetsUnstored",
		serve: serving{ownX: "205\n\nhello", ownY: "205"},
		steps: []browser.Request{ask("GET", ownX), underMode(ask("GET", ownX), browser.CacheForceCache), ask("GET", ownY), underMode(ask("GET", ownY), browser.CacheForceCache)},
		want: []string{
			"spec: basic 205 [GET a.test:7000/x]; basic 205 [GET a.test:7000/x]; basic 205 [GET a.test:7000/y]; basic 205 [GET a.test:7000/y]",
			"chromium firefox: basic 205 [GET a.test:7000/x]; basic 205 [GET a.test:7000/x]; basic 205 [GET a.test:7000/y]; basic 205 []",
			`webkit: basic 205 "hello" [GET a.test:7000/x]; basic 205 "hello" [GET a.test:7000/x]; basic 205 [GET a.test:7000/y]; basic 205 [GET a.test:7000/y]`,
		},
	},
	{
		row:   "transientsUnstored",
		serve: serving{ownX: "200\nETag: x\nWWW-Authenticate: x\n--\n304\nContent-Type: text/html\nX-A: 1\nX-E:"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX)}, see: []string{"Content-Type", "Www-Authenticate", "X-A", "X-E"},
		want: []string{
			"spec chromium webkit: basic 200 Www-Authenticate: x [GET a.test:7000/x]; basic 200 Content-Type: text/html Www-Authenticate: x X-A: 1 X-E:  [GET a.test:7000/x]",
			"firefox: basic 200 Www-Authenticate: x [GET a.test:7000/x]; basic 200 X-A: 1 [GET a.test:7000/x]",
		},
	},
	{
		row:   "wholeRangeIgnored",
		serve: serving{ownX: "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX, "Range", "bytes=0-"), ask("GET", ownX, "Range", "bytes=0-1")},
		want: []string{
			"spec webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
			"chromium: basic 200 [GET a.test:7000/x]; basic 200 []; basic 200 []",
			"firefox: basic 200 [GET a.test:7000/x]; basic 200 []; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "taintSetsCookies",
		serve: serving{otherX: "302\nLocation: " + ownY, ownY: "200\nSet-Cookie: k=v; SameSite=Strict"},
		steps: []browser.Request{credentialed(ask("GET", otherX)), ask("GET", ownY)}, show: []string{"Cookie"},
		want: []string{
			"spec webkit: cors 200 [GET b.test/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/y]",
			"chromium firefox: cors 200 [GET b.test/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/y Cookie: k=v]",
		},
	},
	{
		row:   "conditionalXHRUntold",
		serve: serving{"OPTIONS " + otherX: "204\nAccess-Control-Allow-Headers: if-modified-since\nAccess-Control-Max-Age: 60"},
		steps: []browser.Request{ask("GET", otherX, "If-Modified-Since", "x"), xhrPost(otherX, "", "", "If-Modified-Since", "x")}, show: []string{"Cache-Control"},
		want: []string{
			"spec webkit: cors 200 [OPTIONS b.test/x, GET b.test/x Cache-Control: no-cache]; cors 200 [POST b.test/x Cache-Control: no-cache]",
			"chromium: cors 200 [OPTIONS b.test/x Cache-Control: max-age=0, GET b.test/x Cache-Control: max-age=0]; cors 200 [OPTIONS b.test/x Cache-Control: max-age=0, POST b.test/x Cache-Control: max-age=0]",
			"firefox: cors 200 [OPTIONS b.test/x Cache-Control: no-cache, GET b.test/x Cache-Control: no-cache]; cors 200 [POST b.test/x]",
		},
	},
	{
		row:   "emptyHeadersUnstored",
		serve: serving{otherX: "200 unshared\nCache-Control: max-age=60\nAccess-Control-Allow-Origin: *\nAccess-Control-Allow-Origin:"},
		steps: []browser.Request{ask("GET", otherX), ask("GET", otherX)},
		want: []string{
			"spec firefox: acao.multiple [GET b.test/x]; acao.multiple []",
			"chromium webkit: acao.multiple [GET b.test/x]; acao.multiple [GET b.test/x]",
		},
	},
}
