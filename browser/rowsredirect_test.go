package browser_test

import (
	"strings"

	"crossorigin.dev/browser"
)

// redirectRows are of redirects.
var redirectRows = []rowCase{
	{
		row:   "laterRedirects",
		serve: serving{"http://a.test:7000/x": "309\nLocation: /y"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium firefox: basic 309 [GET a.test:7000/x]",
			"webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/y]",
		},
	},
	{
		row:   "emptyLocationIgnored",
		serve: serving{"http://b.test/": "302\nLocation:"},
		steps: []browser.Request{withRedirect(ask("GET", "http://b.test/"), browser.RedirectError), ask("GET", "http://b.test/")},
		want: []string{
			"spec firefox: redirect.mode-error [GET b.test/]; redirect.too-many [GET b.test/ ×21]",
			"chromium: cors 302 [GET b.test/]; cors 302 [GET b.test/]",
			"webkit: cors 302 [GET b.test/]; redirect.location [GET b.test/]",
		},
	},
	{
		row:   "locationlessPasses",
		serve: serving{"http://b.test/": "302"},
		steps: []browser.Request{withRedirect(ask("GET", "http://b.test/"), browser.RedirectError)},
		want: []string{
			"spec firefox: redirect.mode-error [GET b.test/]",
			"chromium webkit: cors 302 [GET b.test/]",
		},
	},
	{
		row:   "locationFirst",
		serve: serving{"http://b.test/": "302 unshared\nLocation: http://["},
		steps: []browser.Request{ask("GET", "http://b.test/"), withRedirect(ask("GET", "http://b.test/"), browser.RedirectManual)},
		want: []string{
			"spec webkit: acao.missing [GET b.test/]; acao.missing [GET b.test/]",
			"chromium: redirect.location [GET b.test/]; redirect.location [GET b.test/]",
			"firefox: redirect.location [GET b.test/]; acao.missing [GET b.test/]",
		},
	},
	{
		row:   "locationSingular",
		serve: serving{"http://b.test/": "200\nLocation: /y\nLocation: /z"},
		steps: []browser.Request{ask("GET", "http://b.test/")},
		want: []string{
			"spec chromium webkit: cors 200 [GET b.test/]",
			"firefox: redirect.location [GET b.test/]",
		},
	},
	{
		row:   "locationsJoined",
		serve: serving{"http://a.test:7000/x": "302\nLocation: /y\nLocation: /z"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium firefox: redirect.location [GET a.test:7000/x]",
			"webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/y,%20/z]",
		},
	},
	{
		row:   "sameLocationsAllowed",
		serve: serving{"http://a.test:7000/x": "302\nLocation: /y\nLocation: /y"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec: redirect.location [GET a.test:7000/x]",
			"chromium firefox: basic 200 [GET a.test:7000/x, GET a.test:7000/y]",
			"webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/y,%20/y]",
		},
	},
	{
		row:   "locationIsLatin1",
		serve: serving{"http://a.test:7000/x": "302\nLocation: /\xc3\xa9"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium firefox: basic 200 [GET a.test:7000/x, GET a.test:7000/%C3%A9]",
			"webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/%C3%83%C2%A9]",
		},
	},
	{
		row:   "targetBeforeMode",
		serve: serving{"http://b.test/": "302\nLocation: http://u:p@b.test/"},
		steps: []browser.Request{withRedirect(ask("GET", "http://b.test/"), browser.RedirectError)},
		want: []string{
			"spec firefox webkit: redirect.mode-error [GET b.test/]",
			"chromium: redirect.userinfo [GET b.test/]",
		},
	},
	{
		row:   "streamBeforeTarget",
		serve: serving{"https://b.test/": "307\nLocation: ftp://b.test/"},
		steps: []browser.Request{browser.Request{Method: "POST", URL: "https://b.test/", Stream: strings.NewReader("x")}},
		want: []string{
			"spec: redirect.scheme [OPTIONS b.test/, POST b.test/]",
			"chromium: redirect.body-not-replayable [OPTIONS b.test/, POST b.test/]",
			"firefox: redirect.scheme [POST b.test/]",
			"webkit: init.stream []",
		},
	},
	{
		row:   "ownUserinfoRefused",
		serve: serving{"http://a.test:7000/x": "302\nLocation: http://u:p@a.test:7000/y"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec firefox webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/y]",
			"chromium: redirect.userinfo [GET a.test:7000/x]",
		},
	},
	{
		row:   "chainCredentialed",
		serve: serving{"http://a.test:7000/x": "302\nLocation: http://b.test/", "http://b.test/": "302 unshared\nAccess-Control-Allow-Origin: *\nLocation: http://a.test:7000/y"},
		steps: []browser.Request{ask("GET", "http://a.test:7000/x")},
		want: []string{
			"spec chromium firefox: cors 200 [GET a.test:7000/x, GET b.test/, GET a.test:7000/y]",
			"webkit: acao.wildcard-with-credentials [GET a.test:7000/x, GET b.test/]",
		},
	},
	{
		row:   "noCORSRedirectNulled",
		serve: serving{"http://a.test:7000/x": "307\nLocation: http://b.test/"},
		steps: []browser.Request{withMode(ask("POST", "http://a.test:7000/x"), browser.ModeNoCORS)}, show: []string{"Origin"},
		want: []string{
			"spec firefox webkit: opaque 0 [POST a.test:7000/x Origin: http://a.test:7000, POST b.test/ Origin: http://a.test:7000]",
			"chromium: opaque 0 [POST a.test:7000/x Origin: http://a.test:7000, POST b.test/ Origin: null]",
		},
	},
	{
		row:   "originKept",
		serve: serving{"http://b.test/": "303\nLocation: /y"},
		steps: []browser.Request{withMode(ask("POST", "http://b.test/"), browser.ModeNoCORS)}, show: []string{"Origin"},
		want: []string{
			"spec chromium firefox: opaque 0 [POST b.test/ Origin: http://a.test:7000, GET b.test/y]",
			"webkit: opaque 0 [POST b.test/ Origin: http://a.test:7000, GET b.test/y Origin: http://a.test:7000]",
		},
	},
	{
		row:   "clampForgotten",
		serve: serving{"http://b.test/": "302\nLocation: http://a.test:7000/x"},
		steps: []browser.Request{withReferrer(ask("GET", "http://b.test/"), browser.ReferrerUnsafeURL)}, show: []string{"Referer"},
		want: []string{
			"spec chromium: cors 200 [GET b.test/ Referer: http://a.test:7000/page, GET a.test:7000/x Referer: http://a.test:7000/page]",
			"firefox webkit: cors 200 [GET b.test/ Referer: http://a.test:7000/, GET a.test:7000/x Referer: http://a.test:7000/page]",
		},
	},
	{
		row:   "clampForgotten",
		serve: serving{"http://b.test/": "302\nLocation: http://a.test:7000/x"},
		steps: []browser.Request{withReferrer(ask("GET", "http://b.test/"), browser.ReferrerOriginWhenCrossOrigin)}, show: []string{"Referer"},
		want: []string{
			"spec chromium webkit: cors 200 [GET b.test/ Referer: http://a.test:7000/, GET a.test:7000/x Referer: http://a.test:7000/]",
			"firefox: cors 200 [GET b.test/ Referer: http://a.test:7000/, GET a.test:7000/x Referer: http://a.test:7000/page]",
		},
	},
	{
		row:   "mixedAfterPreflight",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		serve: serving{"https://a.test/x": "307\nLocation: http://b.test/", "OPTIONS http://b.test/": "404"},
		steps: []browser.Request{ask("PUT", "https://a.test/x"), ask("POST", "https://a.test/x")},
		want: []string{
			"spec chromium firefox: mixed-content [PUT a.test/x]; mixed-content [POST a.test/x]",
			"webkit: preflight.status [PUT a.test/x, OPTIONS b.test/]; mixed-content [POST a.test/x]",
		},
	},
	{
		row:   "noCORSChainCredentialed",
		serve: serving{"http://a.test:7000/x": "307\nSet-Cookie: k=v\nLocation: http://a.test:7001/x"},
		steps: []browser.Request{{URL: "http://a.test:7000/x", Mode: browser.ModeNoCORS, Credentials: browser.CredentialsSameOrigin}}, show: []string{"Cookie"},
		want: []string{
			"spec chromium firefox: opaque 0 [GET a.test:7000/x, GET a.test:7001/x]",
			"webkit: opaque 0 [GET a.test:7000/x, GET a.test:7001/x Cookie: k=v]",
		},
	},
	{
		row:   "chainWithoutScheme",
		serve: serving{"https://a.test/": "307\nSet-Cookie: k=v; Domain=a.test\nSet-Cookie: j=v; Domain=a.test; SameSite=Lax\nLocation: http://s.a.test/", "http://s.a.test/": "307\nLocation: http://a.test:7000/x"},
		steps: []browser.Request{{URL: "https://a.test/", Mode: browser.ModeNoCORS, Credentials: browser.CredentialsInclude}}, show: []string{"Cookie"},
		want: []string{
			"spec chromium: opaque 0 [GET a.test/, GET s.a.test/, GET a.test:7000/x]",
			"firefox: opaque 0 [GET a.test/, GET s.a.test/ Cookie: k=v; j=v, GET a.test:7000/x Cookie: k=v; j=v]",
			"webkit: opaque 0 [GET a.test/, GET s.a.test/ Cookie: k=v, GET a.test:7000/x Cookie: k=v; j=v]",
		},
	},
	{
		row:   "ftpUnanswered",
		serve: serving{"http://b.test/": "302\nLocation: ftp://b.test/", "http://c.test/": "302 unshared\nLocation: ftp://b.test/"},
		steps: []browser.Request{{URL: "http://b.test/", Redirect: browser.RedirectManual}, ask("GET", "http://c.test/")},
		want: []string{
			"spec chromium firefox: opaqueredirect 0 [GET b.test/]; acao.missing [GET c.test/]",
			"webkit: redirect.scheme [GET b.test/]; redirect.scheme [GET c.test/]",
		},
	},
	{
		row:   "headersCleaned",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		serve: serving{"https://b.test/": "302\nLocation: https://c.test/", "https://c.test/": "302\nLocation: /x"},
		steps: []browser.Request{ask("GET", "https://b.test/")}, show: []string{"Sec-Fetch-Site"},
		want: []string{
			"spec chromium firefox: cors 200 [GET b.test/ Sec-Fetch-Site: cross-site, GET c.test/ Sec-Fetch-Site: cross-site, GET c.test/x Sec-Fetch-Site: cross-site]",
			"webkit: cors 200 [GET b.test/ Sec-Fetch-Site: cross-site, GET c.test/, GET c.test/x Sec-Fetch-Site: cross-site]",
		},
	},
	{
		row:   "taintedPreflightCrossSite",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		serve: serving{"https://s.a.test/": "307\nLocation: https://t.a.test/"},
		steps: []browser.Request{ask("PUT", "https://s.a.test/")}, show: []string{"Sec-Fetch-Site"},
		want: []string{
			"spec chromium firefox: cors 200 [OPTIONS s.a.test/ Sec-Fetch-Site: same-site, PUT s.a.test/ Sec-Fetch-Site: same-site, OPTIONS t.a.test/ Sec-Fetch-Site: same-site, PUT t.a.test/ Sec-Fetch-Site: same-site]",
			"webkit: cors 200 [OPTIONS s.a.test/ Sec-Fetch-Site: same-site, PUT s.a.test/ Sec-Fetch-Site: same-site, OPTIONS t.a.test/ Sec-Fetch-Site: cross-site, PUT t.a.test/]",
		},
	},
	{
		row:   "headersCleaned",
		page:  browser.PageOptions{URL: "https://a.test/page"},
		serve: serving{"https://b.test/": "302\nLocation: https://c.test/"},
		steps: []browser.Request{ask("GET", "https://b.test/")}, show: []string{"Sec-Fetch-Site"},
		want: []string{
			"spec chromium firefox: cors 200 [GET b.test/ Sec-Fetch-Site: cross-site, GET c.test/ Sec-Fetch-Site: cross-site]",
			"webkit: cors 200 [GET b.test/ Sec-Fetch-Site: cross-site, GET c.test/]",
		},
	},
	{
		row:   "httpRedirectLeavesSite",
		page:  browser.PageOptions{URL: "http://localhost:7000/page"},
		serve: serving{"http://localhost:7001/": "302\nLocation: /y"},
		steps: []browser.Request{ask("GET", "http://localhost:7001/")}, show: []string{"Sec-Fetch-Site"},
		want: []string{
			"spec chromium webkit: cors 200 [GET localhost:7001/ Sec-Fetch-Site: same-site, GET localhost:7001/y Sec-Fetch-Site: same-site]",
			"firefox: cors 200 [GET localhost:7001/ Sec-Fetch-Site: same-site, GET localhost:7001/y Sec-Fetch-Site: cross-site]",
		},
	},
}
