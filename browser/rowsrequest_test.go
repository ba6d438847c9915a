package browser_test

import (
	"strings"

	"crossorigin.dev/browser"
)

// requestRows are of what a request says, who may make it, and what its answer is.
var requestRows = []rowCase{
	{
		row:   "userAgentFixed",
		steps: []browser.Request{ask("GET", "http://b.test/", "User-Agent", "mine")}, show: []string{"User-Agent"},
		want: []string{
			"spec firefox: cors 200 [OPTIONS b.test/ User-Agent: engine, GET b.test/ User-Agent: mine]",
			"chromium: cors 200 [GET b.test/ User-Agent: engine]",
			"webkit: cors 200 [OPTIONS b.test/ User-Agent: mine, GET b.test/ User-Agent: mine]",
		},
	},
	{
		row:   "hintsSafelisted",
		steps: []browser.Request{ask("GET", "http://b.test/", "DPR", "1")},
		want: []string{
			"spec firefox webkit: cors 200 [OPTIONS b.test/, GET b.test/]",
			"chromium: cors 200 [GET b.test/]",
		},
	},
	{
		row:   "hintsSafelisted",
		serve: serving{"http://a.test:7000/x": "307\nLocation: http://b.test/"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x", "DPR", "1")}, show: []string{"DPR"},
		want: []string{
			"spec firefox webkit: cors 200 [GET a.test:7000/x DPR: 1, OPTIONS b.test/, GET b.test/ DPR: 1]",
			"chromium: cors 200 [GET a.test:7000/x DPR: 1, GET b.test/]",
		},
	},
	{
		row:   "totalLimited",
		steps: []browser.Request{ask("GET", "http://b.test/", "Accept", strings.Repeat("a", 128), "Accept-Language", strings.Repeat("a", 128), "Content-Language", strings.Repeat("a", 128), "accept", strings.Repeat("b", 128), "accept-language", strings.Repeat("b", 128), "content-language", strings.Repeat("b", 128), "ACCEPT", strings.Repeat("c", 128), "ACCEPT-LANGUAGE", strings.Repeat("c", 128), "Range", "bytes=0-")},
		want: []string{
			"spec chromium webkit: cors 200 [OPTIONS b.test/, GET b.test/]",
			"firefox: cors 200 [GET b.test/]",
		},
	},
	{
		row:   "contentTypeStrict",
		steps: []browser.Request{withBody(ask("POST", "http://b.test/", "Content-Type", "text/plain;a=b;"), "x")},
		want: []string{
			"spec chromium webkit: cors 200 [POST b.test/]",
			"firefox: cors 200 [OPTIONS b.test/, POST b.test/]",
		},
	},
	{
		row:   "contentTypeStrict",
		steps: []browser.Request{withMode(withBody(ask("POST", "http://b.test/", "Content-Type", "text/plain;a=b;"), "x"), browser.ModeNoCORS)}, show: []string{"Content-Type"},
		want: []string{
			"spec chromium webkit: opaque 0 [POST b.test/ Content-Type: text/plain;a=b;]",
			"firefox: opaque 0 [POST b.test/ Content-Type: text/plain;charset=UTF-8]",
		},
	},
	{
		row:   "rangeNumbersLimited",
		steps: []browser.Request{ask("GET", "http://b.test/", "Range", "bytes=0-18446744073709551616")},
		want: []string{
			"spec: cors 200 [GET b.test/]",
			"chromium firefox webkit: cors 200 [OPTIONS b.test/, GET b.test/]",
		},
	},
	{
		row:   "rangeUnitFolded",
		steps: []browser.Request{ask("GET", "http://b.test/", "Range", "Bytes=0-1")},
		want: []string{
			"spec chromium firefox: cors 200 [OPTIONS b.test/, GET b.test/]",
			"webkit: cors 200 [GET b.test/]",
		},
	},
	{
		row:   "onlyASCIISafelisted",
		steps: []browser.Request{ask("GET", "http://b.test/", "Accept", "\xe9")},
		want: []string{
			"spec chromium webkit: cors 200 [GET b.test/]",
			"firefox: cors 200 [OPTIONS b.test/, GET b.test/]",
		},
	},
	{
		row:   "onlyASCIISafelisted",
		steps: []browser.Request{withMode(ask("GET", "http://b.test/", "Accept", "\xe9"), browser.ModeNoCORS)}, show: []string{"Accept"},
		want: []string{
			`spec chromium: opaque 0 [GET b.test/ Accept: \xe9]`,
			"firefox: opaque 0 [GET b.test/ Accept: */*]",
			"webkit: opaque 0 [GET b.test/ Accept: é]",
		},
	},
	{
		row:   "headersAreUTF8",
		steps: []browser.Request{ask("GET", "http://a.test:7000/x", "X-A", "\xe9")}, show: []string{"X-A"},
		want: []string{
			`spec chromium firefox: basic 200 [GET a.test:7000/x X-A: \xe9]`,
			"webkit: basic 200 [GET a.test:7000/x X-A: é]",
		},
	},
	{
		row:   "headersMerged",
		steps: []browser.Request{ask("GET", "http://a.test:7000/x", "X-A", "1", "x-a", "")}, show: []string{"X-A"},
		want: []string{
			"spec chromium webkit: basic 200 [GET a.test:7000/x X-A: 1, ]",
			"firefox: basic 200 [GET a.test:7000/x X-A: ]",
		},
	},
	{
		row:   "bodyTypeUnguarded",
		steps: []browser.Request{withMode(browser.Request{Method: "POST", URL: "http://b.test/", Body: []byte("x"), BodyType: "application/json"}, browser.ModeNoCORS)}, show: []string{"Content-Type"},
		want: []string{
			"spec chromium firefox: opaque 0 [POST b.test/]",
			"webkit: opaque 0 [POST b.test/ Content-Type: application/json]",
		},
	},
	{
		row:   "charsetInPlace",
		steps: []browser.Request{browser.Request{Method: "POST", URL: "http://a.test:7000/x", Initiator: browser.InitiatorXHR, Body: []byte("x"), BodyType: browser.TextBodyType, Header: header("Content-Type", "text/plain; charset=latin1;a=b")}}, show: []string{"Content-Type"},
		want: []string{
			"spec firefox webkit: basic 200 [POST a.test:7000/x Content-Type: text/plain;charset=UTF-8;a=b]",
			"chromium: basic 200 [POST a.test:7000/x Content-Type: text/plain; charset=UTF-8;a=b]",
		},
	},
	{
		row:   "conditionalXHRUntold",
		steps: []browser.Request{browser.Request{Method: "GET", URL: "http://a.test:7000/x", Initiator: browser.InitiatorXHR, Header: header("If-None-Match", "x")}}, show: []string{"Cache-Control", "Pragma"},
		want: []string{
			"spec webkit: basic 200 [GET a.test:7000/x Cache-Control: no-cache Pragma: no-cache]",
			"chromium: basic 200 [GET a.test:7000/x Cache-Control: max-age=0]",
			"firefox: basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "conditionalMode",
		steps: []browser.Request{ask("GET", "http://a.test:7000/x", "If-None-Match", "x")}, show: []string{"Cache-Control", "Pragma"},
		want: []string{
			"spec firefox webkit: basic 200 [GET a.test:7000/x Cache-Control: no-cache Pragma: no-cache]",
			"chromium: basic 200 [GET a.test:7000/x Cache-Control: max-age=0]",
		},
	},
	{
		row:   "streamUpload",
		steps: []browser.Request{browser.Request{Method: "POST", URL: "http://b.test/", Stream: strings.NewReader("x")}, browser.Request{Method: "POST", URL: "https://b.test/", Stream: strings.NewReader("x")}},
		want: []string{
			"spec chromium: network.stream-http1 [OPTIONS b.test/]; cors 200 [OPTIONS b.test/, POST b.test/]",
			"firefox: cors 200 [POST b.test/]; cors 200 [POST b.test/]",
			"webkit: init.stream []; init.stream []",
		},
	},
	{
		row:   "streamLeavesOrigin",
		steps: []browser.Request{withMode(browser.Request{Method: "POST", URL: "https://b.test/", Stream: strings.NewReader("x")}, browser.ModeSameOrigin)},
		want: []string{
			"spec firefox: mode.same-origin []",
			"chromium: cors 200 [OPTIONS b.test/, POST b.test/]",
			"webkit: init.stream []",
		},
	},
	{
		row:   "downgradeByScheme",
		page:  browser.PageOptions{URL: "http://localhost:7000/page"},
		steps: []browser.Request{ask("GET", "http://b.test/")}, show: []string{"Referer"},
		want: []string{
			"spec: cors 200 [GET b.test/]",
			"chromium firefox webkit: cors 200 [GET b.test/ Referer: http://localhost:7000/]",
		},
	},
	{
		row:   "downgradeByScheme",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		steps: []browser.Request{ask("GET", "http://localhost:7001/")}, show: []string{"Referer"},
		want: []string{
			"spec: cors 200 [GET localhost:7001/ Referer: https://a.test/]",
			"chromium firefox: cors 200 [GET localhost:7001/]",
			"webkit: mixed-content []",
		},
	},
	{
		row:   "otherSiteClamped",
		steps: []browser.Request{withReferrer(ask("GET", "http://b.test/"), browser.ReferrerUnsafeURL)}, show: []string{"Referer"},
		want: []string{
			"spec chromium: cors 200 [GET b.test/ Referer: http://a.test:7000/page]",
			"firefox webkit: cors 200 [GET b.test/ Referer: http://a.test:7000/]",
		},
	},
	{
		row:   "otherSiteClamped",
		steps: []browser.Request{withReferrer(ask("GET", "http://b.test/"), browser.ReferrerNoReferrerWhenDowngrade)}, show: []string{"Referer"},
		want: []string{
			"spec chromium: cors 200 [GET b.test/ Referer: http://a.test:7000/page]",
			"firefox webkit: cors 200 [GET b.test/ Referer: http://a.test:7000/]",
		},
	},
	{
		row:   "sandboxElementsTell",
		page:  browser.PageOptions{URL: "http://a.test:7000/page", Opaque: true},
		steps: []browser.Request{browser.Image("http://b.test/", browser.CrossOriginNone)}, show: []string{"Referer"},
		want: []string{
			"spec chromium: opaque 0 [GET b.test/]",
			"firefox webkit: opaque 0 [GET b.test/ Referer: http://a.test:7000/]",
		},
	},
	{
		row:   "sandboxIgnored",
		page:  browser.PageOptions{URL: "http://a.test:7000/page", Opaque: true},
		steps: []browser.Request{ask("GET", "http://b.test/")}, show: []string{"Referer"},
		want: []string{
			"spec chromium firefox: cors 200 [GET b.test/]",
			"webkit: cors 200 [GET b.test/ Referer: http://a.test:7000/]",
		},
	},
	{
		row:   "originDespitePolicy",
		steps: []browser.Request{withReferrer(withMode(ask("POST", "http://b.test/"), browser.ModeNoCORS), browser.ReferrerNoReferrer)}, show: []string{"Origin"},
		want: []string{
			"spec firefox webkit: opaque 0 [POST b.test/ Origin: null]",
			"chromium: opaque 0 [POST b.test/ Origin: http://a.test:7000]",
		},
	},
	{
		row:   "fontSaysOrigin",
		steps: []browser.Request{browser.Font("http://a.test:7000/x")}, show: []string{"Origin"},
		want: []string{
			"spec firefox webkit: basic 200 [GET a.test:7000/x]",
			"chromium: basic 200 [GET a.test:7000/x Origin: http://a.test:7000]",
		},
	},
	{
		row:   "fontWithoutCORS",
		steps: []browser.Request{browser.Font("http://b.test/")}, show: []string{"Origin"},
		want: []string{
			"spec chromium firefox: cors 200 [GET b.test/ Origin: http://a.test:7000]",
			"webkit: opaque 0 [GET b.test/]",
		},
	},
	{
		row:   "credentialedURLRefused",
		steps: []browser.Request{browser.Image("http://u:p@b.test/", browser.CrossOriginNone)},
		want: []string{
			"spec firefox webkit: opaque 0 [GET b.test/]",
			"chromium: url.userinfo []",
		},
	},
	{
		row:   "credentiallessUnknown",
		page:  browser.PageOptions{URL: "https://a.test/page", EmbedderPolicy: browser.EmbedderCredentialless},
		serve: serving{"https://a.test/x": "200\nSet-Cookie: k=v; Domain=a.test"},
		steps: []browser.Request{ask("GET", "https://a.test/x"), withMode(credentialed(ask("GET", "https://sub.a.test/")), browser.ModeNoCORS)}, show: []string{"Cookie"},
		want: []string{
			"spec chromium firefox: basic 200 [GET a.test/x]; opaque 0 [GET sub.a.test/]",
			"webkit: basic 200 [GET a.test/x]; opaque 0 [GET sub.a.test/ Cookie: k=v]",
		},
	},
	{
		row:   "ipv6Siteless",
		page:  browser.PageOptions{URL: "http://[::1]:7000/page"},
		steps: []browser.Request{ask("GET", "http://[::1]:7001/")}, show: []string{"Sec-Fetch-Site"},
		want: []string{
			"spec chromium webkit: cors 200 [GET [::1]:7001/ Sec-Fetch-Site: same-site]",
			"firefox: cors 200 [GET [::1]:7001/ Sec-Fetch-Site: cross-site]",
		},
	},
	{
		row:   "storageAccessSent",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		steps: []browser.Request{credentialed(ask("GET", "https://b.test/"))}, show: []string{"Sec-Fetch-Storage-Access"},
		want: []string{
			"spec webkit: cors 200 [GET b.test/]",
			"chromium: cors 200 [GET b.test/ Sec-Fetch-Storage-Access: active]",
			"firefox: cors 200 [GET b.test/ Sec-Fetch-Storage-Access: none]",
		},
	},
	{
		row:   "storageAccessOfPreflights",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		steps: []browser.Request{credentialed(ask("PUT", "https://b.test/"))}, show: []string{"Sec-Fetch-Storage-Access"},
		want: []string{
			"spec webkit: cors 200 [OPTIONS b.test/, PUT b.test/]",
			"chromium: cors 200 [OPTIONS b.test/, PUT b.test/ Sec-Fetch-Storage-Access: active]",
			"firefox: cors 200 [OPTIONS b.test/ Sec-Fetch-Storage-Access: none, PUT b.test/ Sec-Fetch-Storage-Access: none]",
		},
	},
	{
		row:   "loopbackUntrusted",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		steps: []browser.Request{ask("GET", "http://localhost:7001/")},
		want: []string{
			"spec chromium firefox: cors 200 [GET localhost:7001/]",
			"webkit: mixed-content []",
		},
	},
	{
		row:   "modeFirst",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		steps: []browser.Request{withMode(ask("GET", "http://b.test/"), browser.ModeSameOrigin), ask("GET", "http://b.test:25/")},
		want: []string{
			"spec firefox: mixed-content []; port.blocked []",
			"chromium webkit: mode.same-origin []; mixed-content []",
		},
	},
	{
		row:   "localhostIsSite",
		page:  browser.PageOptions{URL: "http://localhost:7000/page"},
		serve: serving{"http://app.localhost:7001/": "200 unshared\nCross-Origin-Resource-Policy: same-site"},
		steps: []browser.Request{withMode(ask("GET", "http://app.localhost:7001/"), browser.ModeNoCORS)},
		want: []string{
			"spec chromium firefox: corp.blocked [GET app.localhost:7001/]",
			"webkit: opaque 0 [GET app.localhost:7001/]",
		},
	},
	{
		row:   "corpSiteIsDomain",
		page:  browser.PageOptions{URL: "http://127.0.0.1:7000/page"},
		serve: serving{"http://127.0.0.1:7001/": "200 unshared\nCross-Origin-Resource-Policy: same-site"},
		steps: []browser.Request{withMode(ask("GET", "http://127.0.0.1:7001/"), browser.ModeNoCORS)},
		want: []string{
			"spec firefox webkit: opaque 0 [GET 127.0.0.1:7001/]",
			"chromium: corp.blocked [GET 127.0.0.1:7001/]",
		},
	},
	{
		row:   "unspecifiedRefused",
		steps: []browser.Request{ask("GET", "http://0.0.0.0:7001/")},
		want: []string{
			"spec chromium: cors 200 [GET 0.0.0.0:7001/]",
			"firefox webkit: network.failed []",
		},
	},
	{
		row:   "loginAwaited",
		serve: serving{"http://b.test/": "401\nWWW-Authenticate: Basic realm=x", "http://a.test:7000/x": "401\nWWW-Authenticate: Basic realm=x"},
		steps: []browser.Request{credentialed(ask("GET", "http://b.test/")), ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec: cors 401 [GET b.test/]; basic 401 [GET a.test:7000/x]",
			"chromium firefox: login.awaited [GET b.test/]; login.awaited [GET a.test:7000/x]",
			"webkit: cors 401 [GET b.test/]; login.awaited [GET a.test:7000/x]",
		},
	},
	{
		row:   "proxyStatusRefused",
		serve: serving{"http://b.test/": "407"},
		steps: []browser.Request{ask("GET", "http://b.test/")},
		want: []string{
			"spec firefox webkit: cors 407 [GET b.test/]",
			"chromium: network.failed [GET b.test/]",
		},
	},
	{
		row:   "switchingAwaited",
		serve: serving{"http://b.test/": "101"},
		steps: []browser.Request{ask("GET", "http://b.test/")},
		want: []string{
			"spec firefox: cors 101 [GET b.test/]",
			"chromium webkit: network.failed [GET b.test/]",
		},
	},
	{
		row:   "resetContentRead",
		serve: serving{"http://b.test/": "205\n\nhello", "https://b.test/": "205\n\nhello"},
		steps: []browser.Request{ask("GET", "http://b.test/"), ask("GET", "https://b.test/")},
		want: []string{
			"spec firefox: cors 205 [GET b.test/]; cors 205 [GET b.test/]",
			"chromium: cors 205 [GET b.test/]; cors 205 \"hello\" [GET b.test/]",
			"webkit: cors 205 \"hello\" [GET b.test/]; cors 205 \"hello\" [GET b.test/]",
		},
	},
	{
		row:   "spdyTold",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		steps: []browser.Request{ask("GET", "https://a.test/x")}, see: []string{"X-Firefox-Spdy"},
		want: []string{
			"spec chromium webkit: basic 200 [GET a.test/x]",
			"firefox: basic 200 X-Firefox-Spdy: h2 [GET a.test/x]",
		},
	},
	{
		row:   "headersJoinedOnArrival",
		serve: serving{"http://b.test/": "200\nContent-Language:\nContent-Language: en", "https://b.test/": "200 unshared\nAccess-Control-Allow-Origin: *\nAccess-Control-Allow-Origin:"},
		steps: []browser.Request{ask("GET", "http://b.test/"), ask("GET", "https://b.test/")}, see: []string{"Content-Language"},
		want: []string{
			"spec chromium webkit: cors 200 Content-Language:  | en [GET b.test/]; acao.multiple [GET b.test/]",
			"firefox: cors 200 Content-Language: en [GET b.test/]; cors 200 [GET b.test/]",
		},
	},
	{
		row:   "dataURLHasLength",
		steps: []browser.Request{ask("GET", "data:,x")}, see: []string{"Content-Length"},
		want: []string{
			"spec chromium webkit: basic 200 \"x\" []",
			"firefox: basic 200 \"x\" Content-Length: 1 []",
		},
	},
	{
		row:   "blobHasReferrerPolicy",
		steps: []browser.Request{ask("GET", "blob:x")}, see: []string{"Referrer-Policy"},
		want: []string{
			"spec chromium firefox: basic 200 \"x\" []",
			"webkit: basic 200 \"x\" Referrer-Policy: strict-origin-when-cross-origin []",
		},
	},
	{
		row:   "changedCookieMoves",
		serve: serving{"http://a.test:7000/x": "200\nSet-Cookie: x=1; Path=/\nSet-Cookie: y=1; Path=/\n--\n200", "http://a.test:7000/y": "200\nSet-Cookie: x=2; Path=/"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/y"), ask("GET", "http://a.test:7000/x")}, show: []string{"Cookie"},
		want: []string{
			"spec firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/y Cookie: x=1; y=1]; basic 200 [GET a.test:7000/x Cookie: x=2; y=1]",
			"chromium: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/y Cookie: x=1; y=1]; basic 200 [GET a.test:7000/x Cookie: y=1; x=2]",
		},
	},
	{
		row:   "cookieAgePlus",
		serve: serving{"http://a.test:7000/x": "200\nSet-Cookie: k=v; Max-Age=+60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")}, show: []string{"Cookie"},
		want: []string{
			"spec firefox: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
			"chromium webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x Cookie: k=v]",
		},
	},
	{
		row:   "cookiesOfRFC6265",
		serve: serving{"http://a.test:7000/x": "200\nSet-Cookie: __Host-k=v"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")}, show: []string{"Cookie"},
		want: []string{
			"spec chromium firefox: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
			"webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x Cookie: __Host-k=v]",
		},
	},
	{
		row:   "cookieWithoutName",
		serve: serving{"http://a.test:7000/x": "200\nSet-Cookie: alone"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")}, show: []string{"Cookie"},
		want: []string{
			"spec chromium: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x Cookie: alone]",
			"firefox: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x Cookie: alone=]",
			"webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "cookieWithoutName",
		serve: serving{"http://a.test:7000/x": "200\nSet-Cookie: =v"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")}, show: []string{"Cookie"},
		want: []string{
			"spec chromium: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x Cookie: v]",
			"firefox webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]",
		},
	},
	{
		row:   "cookiesAreText",
		serve: serving{"http://a.test:7000/x": "200\nSet-Cookie: k=\xff"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), ask("GET", "http://a.test:7000/x")}, show: []string{"Cookie"},
		want: []string{
			`spec chromium: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x Cookie: k=\xff]`,
			"firefox: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x Cookie: k=�]",
			"webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x Cookie: k=]",
		},
	},
	{
		row:   "sameSiteDefaultNone",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		serve: serving{"https://b.test/": "200\nSet-Cookie: k=v; Secure"},
		steps: []browser.Request{credentialed(ask("GET", "https://b.test/")), credentialed(ask("GET", "https://b.test/"))}, show: []string{"Cookie"},
		want: []string{
			"spec chromium webkit: cors 200 [GET b.test/]; cors 200 [GET b.test/]",
			"firefox: cors 200 [GET b.test/]; cors 200 [GET b.test/ Cookie: k=v]",
		},
	},
	{
		row:   "thirdPartyBlocked",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		serve: serving{"https://b.test/": "200\nSet-Cookie: k=v; Secure; SameSite=None"},
		steps: []browser.Request{credentialed(ask("GET", "https://b.test/")), credentialed(ask("GET", "https://b.test/"))}, show: []string{"Cookie"},
		want: []string{
			"spec chromium firefox: cors 200 [GET b.test/]; cors 200 [GET b.test/ Cookie: k=v]",
			"webkit: cors 200 [GET b.test/]; cors 200 [GET b.test/]",
		},
	},
	{
		row:   "siteWithoutScheme",
		serve: serving{"http://a.test:7000/x": "200\nSet-Cookie: k=v; Path=/; SameSite=Lax"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x"), credentialed(ask("GET", "https://a.test/"))}, show: []string{"Cookie"},
		want: []string{
			"spec chromium: basic 200 [GET a.test:7000/x]; cors 200 [GET a.test/]",
			"firefox webkit: basic 200 [GET a.test:7000/x]; cors 200 [GET a.test/ Cookie: k=v]",
		},
	},
	{
		row:   "taintWithholdsCookies",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		serve: serving{"https://a.test/x": "200\nSet-Cookie: k=v; Path=/; SameSite=Lax\n--\n200", "https://b.test/": "302\nLocation: https://a.test/x"},
		steps: []browser.Request{ask("GET", "https://a.test/x"), credentialed(ask("GET", "https://b.test/"))}, show: []string{"Cookie"},
		want: []string{
			"spec firefox webkit: basic 200 [GET a.test/x]; cors 200 [GET b.test/, GET a.test/x]",
			"chromium: basic 200 [GET a.test/x]; cors 200 [GET b.test/, GET a.test/x Cookie: k=v]",
		},
	},
}
