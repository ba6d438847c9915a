package browser_test

import "crossorigin.dev/browser"

// validationRows are what asking about a stored response comes to.
var validationRows = []rowCase{
	{
		row:   "leavesStored",
		serve: serving{ownX: "200\nCache-Control: no-cache\nETag: \"x\"\n\nok\n--\n401"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX), underMode(ask("GET", ownX), browser.CacheForceCache)}, show: []string{"If-None-Match"},
		want: []string{
			`spec chromium: basic 200 "ok" [GET a.test:7000/x]; basic 401 [GET a.test:7000/x If-None-Match: "x"]; basic 200 "ok" []`,
			`firefox: basic 200 "ok" [GET a.test:7000/x]; basic 401 [GET a.test:7000/x If-None-Match: "x"]; basic 401 []`,
			`webkit: basic 200 "ok" [GET a.test:7000/x]; basic 401 [GET a.test:7000/x If-None-Match: "x"]; basic 401 [GET a.test:7000/x]`,
		},
	},
	{
		row:   "leavesStored",
		serve: serving{ownX: "200\nCache-Control: max-age=60\n\nok\n--\n401"},
		steps: []browser.Request{ask("GET", ownX), underMode(ask("GET", ownX), browser.CacheNoCache), ask("GET", ownX)}, show: []string{"If-None-Match"},
		want: []string{
			`spec: basic 200 "ok" [GET a.test:7000/x]; basic 401 [GET a.test:7000/x]; basic 200 "ok" []`,
			`chromium firefox webkit: basic 200 "ok" [GET a.test:7000/x]; basic 401 [GET a.test:7000/x]; basic 401 [GET a.test:7000/x]`,
		},
	},
	{
		row:   "leavesStored",
		serve: serving{ownX: "200\nCache-Control: max-age=60\n\nok\n--\n303"},
		steps: []browser.Request{ask("GET", ownX), underMode(ask("GET", ownX), browser.CacheNoCache), ask("GET", ownX), underMode(ask("GET", ownX), browser.CacheReload), ask("GET", ownX)},
		want: []string{
			`spec: basic 200 "ok" [GET a.test:7000/x]; basic 303 [GET a.test:7000/x]; basic 200 "ok" []; basic 303 [GET a.test:7000/x]; basic 200 "ok" []`,
			`chromium webkit: basic 200 "ok" [GET a.test:7000/x]; basic 303 [GET a.test:7000/x]; basic 303 [GET a.test:7000/x]; basic 303 [GET a.test:7000/x]; basic 303 [GET a.test:7000/x]`,
			`firefox: basic 200 "ok" [GET a.test:7000/x]; basic 303 [GET a.test:7000/x]; basic 200 "ok" []; basic 303 [GET a.test:7000/x]; basic 303 [GET a.test:7000/x]`,
		},
	},
	{
		row:   "rangelessBodyStored",
		serve: serving{ownX: "200\nCache-Control: max-age=60\n\nok\n--\n416\n\nnot so"},
		steps: []browser.Request{ask("GET", ownX), underMode(ask("GET", ownX), browser.CacheNoCache), ask("GET", ownX)},
		want: []string{
			`spec: basic 200 "ok" [GET a.test:7000/x]; basic 416 "not so" [GET a.test:7000/x]; basic 200 "ok" []`,
			`chromium: basic 200 "ok" [GET a.test:7000/x]; basic 416 "ok" [GET a.test:7000/x]; basic 200 "ok" []`,
			`firefox webkit: basic 200 "ok" [GET a.test:7000/x]; basic 416 "not so" [GET a.test:7000/x]; basic 416 "not so" [GET a.test:7000/x]`,
		},
	},
	{
		row:   "unstoredStatuses",
		serve: serving{ownX: "416\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX)},
		want: []string{
			"spec: basic 416 [GET a.test:7000/x]; basic 416 []",
			"chromium firefox webkit: basic 416 [GET a.test:7000/x]; basic 416 [GET a.test:7000/x]",
		},
	},
	{
		row:   "proxyStatusRefused",
		serve: serving{ownX: "200\nCache-Control: max-age=60\n\nok\n--\n407\nCache-Control: no-store"},
		steps: []browser.Request{ask("GET", ownX), underMode(ask("GET", ownX), browser.CacheNoCache), ask("GET", ownX), underMode(ask("GET", ownX), browser.CacheReload), ask("GET", ownX)},
		want: []string{
			`spec: basic 200 "ok" [GET a.test:7000/x]; basic 407 [GET a.test:7000/x]; basic 200 "ok" []; basic 407 [GET a.test:7000/x]; basic 200 "ok" []`,
			`chromium: basic 200 "ok" [GET a.test:7000/x]; network.failed [GET a.test:7000/x]; basic 200 "ok" []; network.failed [GET a.test:7000/x]; network.failed [GET a.test:7000/x]`,
			`firefox webkit: basic 200 "ok" [GET a.test:7000/x]; basic 407 [GET a.test:7000/x]; basic 407 [GET a.test:7000/x]; basic 407 [GET a.test:7000/x]; basic 407 [GET a.test:7000/x]`,
		},
	},
	{
		row:   "conditionsTravel",
		serve: serving{ownX: "200\nCache-Control: no-cache\nETag: \"x\"\n\nok\n--\n302\nLocation: /y", "http://a.test:7000/y": "304\nX-A: b"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX), underMode(ask("GET", ownX), browser.CacheForceCache)}, show: []string{"If-None-Match"}, see: []string{"X-A"},
		want: []string{
			`spec: basic 200 "ok" [GET a.test:7000/x]; basic 304 X-A: b [GET a.test:7000/x If-None-Match: "x", GET a.test:7000/y]; basic 200 "ok" []`,
			`chromium: basic 200 "ok" [GET a.test:7000/x]; basic 304 X-A: b [GET a.test:7000/x If-None-Match: "x", GET a.test:7000/y]; basic 304 X-A: b []`,
			`firefox: basic 200 "ok" [GET a.test:7000/x]; basic 304 X-A: b [GET a.test:7000/x If-None-Match: "x", GET a.test:7000/y]; basic 304 X-A: b [GET a.test:7000/y]`,
			`webkit: basic 200 "ok" [GET a.test:7000/x]; basic 200 "ok" X-A: b [GET a.test:7000/x If-None-Match: "x", GET a.test:7000/y If-None-Match: "x"]; basic 200 "ok" X-A: b []`,
		},
	},
	{
		row:   "conditionsTravel",
		serve: serving{ownX: "200\nCache-Control: no-cache\nETag: \"x\"\n\nok\n--\n302\nLocation: http://b.test/x", otherX: "302\nLocation: http://a.test:7000/y"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX), withMode(ask("GET", ownX), browser.ModeNoCORS)}, show: []string{"If-None-Match"},
		want: []string{
			`spec: basic 200 "ok" [GET a.test:7000/x]; cors 200 [GET a.test:7000/x If-None-Match: "x", GET b.test/x, GET a.test:7000/y]; opaque 0 [GET a.test:7000/x If-None-Match: "x", GET b.test/x, GET a.test:7000/y]`,
			`chromium firefox: basic 200 "ok" [GET a.test:7000/x]; cors 200 [GET a.test:7000/x If-None-Match: "x", GET b.test/x, GET a.test:7000/y]; opaque 0 [GET a.test:7000/x, GET b.test/x, GET a.test:7000/y]`,
			`webkit: basic 200 "ok" [GET a.test:7000/x]; cors 200 [GET a.test:7000/x If-None-Match: "x", GET b.test/x, GET a.test:7000/y]; opaque 0 [GET a.test:7000/x If-None-Match: "x", GET b.test/x If-None-Match: "x", GET a.test:7000/y If-None-Match: "x"]`,
		},
	},
	{
		row:   "conditionsTravel",
		serve: serving{ownX: "200\nCache-Control: no-cache\nETag: \"x\"\n\nok\n--\n302\nLocation: /y"},
		steps: []browser.Request{{Method: "GET", URL: ownX, Initiator: browser.InitiatorXHR}, ask("GET", ownX)}, show: []string{"If-None-Match"},
		want: []string{
			`spec chromium firefox webkit: basic 200 "ok" [GET a.test:7000/x]; basic 200 [GET a.test:7000/x If-None-Match: "x", GET a.test:7000/y]`,
		},
	},
	{
		row:   "clampForgotten",
		serve: serving{"http://sub.a.test:7000/": "302\nLocation: http://b.test/x", otherX: "302\nLocation: http://a.test:7000/x"},
		steps: []browser.Request{withReferrer(ask("GET", "http://sub.a.test:7000/"), browser.ReferrerOriginWhenCrossOrigin)}, show: []string{"Referer"},
		want: []string{
			"spec chromium webkit: cors 200 [GET sub.a.test:7000/ Referer: http://a.test:7000/, GET b.test/x Referer: http://a.test:7000/, GET a.test:7000/x Referer: http://a.test:7000/]",
			"firefox: cors 200 [GET sub.a.test:7000/ Referer: http://a.test:7000/, GET b.test/x Referer: http://a.test:7000/, GET a.test:7000/x Referer: http://a.test:7000/page]",
		},
	},
	{
		row:   "redirectsReplay",
		serve: serving{ownX: "302\nLocation: /y\nCache-Control: max-age=60"},
		steps: []browser.Request{underMode(ask("GET", ownX, "X-A", "b", "Authorization", "p"), browser.CacheNoCache), ask("GET", ownX, "X-B", "c", "Authorization", "q")}, show: []string{"X-A", "X-B", "Cache-Control", "Authorization"},
		want: []string{
			"spec chromium firefox: basic 200 [GET a.test:7000/x X-A: b Cache-Control: max-age=0 Authorization: p, GET a.test:7000/y X-A: b Cache-Control: max-age=0 Authorization: p]; basic 200 [GET a.test:7000/y X-B: c Authorization: q]",
			"webkit: basic 200 [GET a.test:7000/x X-A: b Cache-Control: max-age=0 Authorization: p, GET a.test:7000/y X-A: b Cache-Control: max-age=0 Authorization: p]; basic 200 [GET a.test:7000/y X-A: b Cache-Control: max-age=0 Authorization: q]",
		},
	},
	{
		row:   "redirectsReplay",
		serve: serving{ownX: "200\nSet-Cookie: a=1\n--\n302\nLocation: /y\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", ownX), {Method: "GET", URL: ownX, Credentials: browser.CredentialsOmit}, ask("GET", ownX)}, show: []string{"Cookie"},
		want: []string{
			"spec chromium: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/y Cookie: a=1]",
			"firefox: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/x Cookie: a=1, GET a.test:7000/y Cookie: a=1]",
			"webkit: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/y]",
		},
	},
	{
		row:   "redirectsReplay",
		serve: serving{ownX: "302\nLocation: http://b.test/x\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", ownX, "Accept", "a/b"), ask("GET", ownX), withMode(ask("GET", ownX), browser.ModeNoCORS)}, show: []string{"Accept"},
		want: []string{
			"spec chromium firefox: cors 200 [GET a.test:7000/x Accept: a/b, GET b.test/x Accept: a/b]; cors 200 [GET b.test/x Accept: */*]; opaque 0 [GET b.test/x Accept: */*]",
			"webkit: cors 200 [GET a.test:7000/x Accept: a/b, GET b.test/x Accept: a/b]; cors 200 [GET b.test/x Accept: */*]; opaque 0 [GET b.test/x Accept: a/b]",
		},
	},
	{
		row:   "redirectsUnasked",
		serve: serving{ownX: "302\nLocation: /y\nCache-Control: max-age=0\nETag: \"x\""},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX)}, show: []string{"If-None-Match"},
		want: []string{
			`spec: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/x If-None-Match: "x", GET a.test:7000/y]`,
			"chromium firefox webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/x, GET a.test:7000/y]",
		},
	},
	{
		row:   "strangersShut",
		serve: serving{ownX: "300\n--\n200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX), ask("GET", ownX), underMode(ask("GET", ownX), browser.CacheReload), ask("GET", ownX)},
		want: []string{
			"spec webkit: basic 300 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 []; basic 200 [GET a.test:7000/x]; basic 200 []",
			"chromium: basic 300 [GET a.test:7000/x]; basic 300 []; basic 300 []; basic 200 [GET a.test:7000/x]; basic 200 []",
			"firefox: basic 300 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 []",
		},
	},
	{
		row:   "ownUserinfoRefused",
		serve: serving{ownX: "307\nLocation: http://u:p@a.test:7000/y"},
		steps: []browser.Request{ask("GET", ownX), {Method: "GET", URL: ownX, Initiator: browser.InitiatorXHR}},
		want: []string{
			"spec firefox webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/x, GET a.test:7000/y]",
			"chromium: redirect.userinfo [GET a.test:7000/x]; basic 200 [GET a.test:7000/x, GET a.test:7000/y]",
		},
	},
	{
		row:   "xhrRemembered",
		serve: serving{ownX: "200\nCache-Control: no-store\n\nok", "http://a.test:7000/y": "200\nVary: *"},
		steps: []browser.Request{
			{Method: "GET", URL: ownX, Initiator: browser.InitiatorXHR}, underMode(ask("GET", ownX), browser.CacheForceCache), underMode(ask("GET", ownX), browser.CacheForceCache),
			{Method: "GET", URL: "/y", Initiator: browser.InitiatorXHR}, underMode(ask("GET", "/y"), browser.CacheForceCache),
		},
		want: []string{
			`spec chromium firefox: basic 200 "ok" [GET a.test:7000/x]; basic 200 "ok" [GET a.test:7000/x]; basic 200 "ok" [GET a.test:7000/x]; basic 200 [GET a.test:7000/y]; basic 200 [GET a.test:7000/y]`,
			`webkit: basic 200 "ok" [GET a.test:7000/x]; basic 200 "ok" []; basic 200 "ok" [GET a.test:7000/x]; basic 200 [GET a.test:7000/y]; basic 200 [GET a.test:7000/y]`,
		},
	},
	{
		row:   "xhrRemembered",
		serve: serving{ownX: "302\nLocation: http://b.test/x"},
		steps: []browser.Request{
			{Method: "GET", URL: ownX, Initiator: browser.InitiatorXHR}, underMode(ask("GET", ownX, "X-A", "b"), browser.CacheForceCache),
			{Method: "GET", URL: ownX, Initiator: browser.InitiatorXHR}, underMode(ask("GET", otherX), browser.CacheForceCache),
			{Method: "GET", URL: ownX, Initiator: browser.InitiatorXHR}, underMode(ask("GET", ownX), browser.CacheForceCache),
		},
		want: []string{
			"spec: cors 200 [GET a.test:7000/x, GET b.test/x]; cors 200 [GET a.test:7000/x, OPTIONS b.test/x, GET b.test/x]; cors 200 [GET a.test:7000/x, GET b.test/x]; cors 200 [GET b.test/x]; cors 200 [GET a.test:7000/x, GET b.test/x]; cors 200 [GET a.test:7000/x, GET b.test/x]",
			"chromium firefox: cors 200 [GET a.test:7000/x, GET b.test/x]; cors 200 [OPTIONS b.test/x]; cors 200 [GET a.test:7000/x, GET b.test/x]; cors 200 []; cors 200 [GET a.test:7000/x, GET b.test/x]; cors 200 []",
			"webkit: cors 200 [GET a.test:7000/x, GET b.test/x]; cors 200 [GET a.test:7000/x, OPTIONS b.test/x, GET b.test/x]; cors 200 [GET a.test:7000/x, GET b.test/x]; cors 200 [GET b.test/x]; cors 200 [GET a.test:7000/x, GET b.test/x]; cors 200 []",
		},
	},
	{
		row:   "fragmentsUnfound",
		serve: serving{ownX: "302\nLocation: /y#f", "http://a.test:7000/y": "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", "http://a.test:7000/y"), ask("GET", "http://a.test:7000/y#f")},
		want: []string{
			"spec chromium firefox: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 []; basic 200 []",
			"webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/y]; basic 200 []",
		},
	},
	{
		row:   "redirectsUncached",
		serve: serving{ownX: "301\nLocation: http://b.test/x", otherX: "200\nCache-Control: max-age=60"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX)},
		want: []string{
			"spec firefox: cors 200 [GET a.test:7000/x, GET b.test/x]; cors 200 [GET a.test:7000/x]",
			"chromium: cors 200 [GET a.test:7000/x, GET b.test/x]; cors 200 []",
			"webkit: cors 200 [GET a.test:7000/x, GET b.test/x]; cors 200 [GET b.test/x]",
		},
	},
	{
		row:   "xhrStored",
		serve: serving{ownX: "308\nCache-Control: max-age=60\nLocation: /y", "http://a.test:7000/z": "200\nCache-Control: max-age=60\nVary: *"},
		steps: []browser.Request{{Method: "GET", URL: ownX, Initiator: browser.InitiatorXHR}, ask("GET", ownX), {Method: "GET", URL: "/z", Initiator: browser.InitiatorXHR}, ask("GET", "/z")},
		want: []string{
			"spec chromium firefox: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/y]; basic 200 [GET a.test:7000/z]; basic 200 [GET a.test:7000/z]",
			"webkit: basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/x, GET a.test:7000/y]; basic 200 [GET a.test:7000/z]; basic 200 [GET a.test:7000/z]",
		},
	},
	{
		row:   "undatedExpiresIgnored",
		serve: serving{ownX: "410\nExpires: 1"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX)},
		want: []string{
			"spec firefox: basic 410 [GET a.test:7000/x]; basic 410 [GET a.test:7000/x]",
			"chromium webkit: basic 410 [GET a.test:7000/x]; basic 410 []",
		},
	},
	{
		row:   "looseDatesRead",
		serve: serving{ownX: "200\nExpires: 1 Jan 2199", "http://a.test:7000/y": "200\nExpires: 2199-01-01"},
		steps: []browser.Request{ask("GET", ownX), ask("GET", ownX), ask("GET", "/y"), ask("GET", "/y")},
		want: []string{
			"spec: basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/x]; basic 200 [GET a.test:7000/y]; basic 200 [GET a.test:7000/y]",
			"chromium firefox: basic 200 [GET a.test:7000/x]; basic 200 []; basic 200 [GET a.test:7000/y]; basic 200 []",
			"webkit: basic 200 [GET a.test:7000/x]; basic 200 []; basic 200 [GET a.test:7000/y]; basic 200 [GET a.test:7000/y]",
		},
	},
	{
		row:   "strandedAbroad",
		serve: serving{ownX: "302\nCache-Control: max-age=60\nLocation: http://b.test/x", otherX: "307\nLocation: http://b.test/y"},
		steps: []browser.Request{withMode(ask("GET", ownX), browser.ModeNoCORS), withMode(ask("GET", ownX), browser.ModeNoCORS), ask("GET", ownX)},
		want: []string{
			"spec chromium firefox: opaque 0 [GET a.test:7000/x, GET b.test/x, GET b.test/y]; opaque 0 [GET b.test/x, GET b.test/y]; cors 200 [GET b.test/x, GET b.test/y]",
			"webkit: opaque 0 [GET a.test:7000/x, GET b.test/x, GET b.test/y]; network.failed [GET b.test/x]; cors 200 [GET b.test/x, GET b.test/y]",
		},
	},
}
