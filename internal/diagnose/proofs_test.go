package diagnose

import (
	"net/http"

	"crossorigin.dev/browser"
)

var (
	get          = browser.Request{URL: api + "/items"}
	put          = browser.Request{Method: "PUT", URL: api + "/items"}
	json         = browser.Request{Method: "POST", URL: api + "/items", Body: []byte("{}"), Header: http.Header{"Content-Type": {"application/json"}}}
	bearer       = browser.Request{URL: api + "/items", Header: http.Header{"Authorization": {"Bearer x"}}}
	acao         = "Access-Control-Allow-Origin: " + site
	acac         = "Access-Control-Allow-Credentials: true"
	vary         = "Vary: Origin"
	acaoAny      = "Access-Control-Allow-Origin: *"
	allowed      = []string{acao, vary}
	allowedUser  = []string{acao, acac, vary}
	cookieByPage = `fetch("` + api + `/items", {credentials: "include"})`
)

func with(r browser.Request, change func(*browser.Request)) browser.Request {
	change(&r)
	return r
}

func including(r browser.Request) browser.Request {
	return with(r, func(r *browser.Request) { r.Credentials = browser.CredentialsInclude })
}

// proofs has at least one for each situation.
var proofs = []proof{
	{situation: 1, request: get, answers: answers{},
		cause: "answered the GET without Access-Control-Allow-Origin, so it lets no other origin read it; the page is of http://localhost:8000.",
		line:  acao},
	{situation: 1, name: "preflight", request: put,
		answers: answers{"OPTIONS /items": {"204"}, "/items": allowed},
		cause:   "answered the preflight without Access-Control-Allow-Origin", line: acao},
	{situation: 1, name: "credentials", request: including(get), answers: answers{},
		cause: "without Access-Control-Allow-Origin", line: acao},
	{situation: 1, name: "webkit", profile: browser.WebKit, request: get, answers: answers{},
		cause: "without Access-Control-Allow-Origin", line: acao},

	{situation: 2, request: get, answers: answers{"/items": {"500"}},
		cause: "with status 500 and without Access-Control-Allow-Origin", line: acao},
	{situation: 2, name: "404", request: get, answers: answers{"/items": {"404"}},
		cause: "with status 404", line: acao},

	{situation: 3, request: get, answers: answers{"/items": {"502", "Server: nginx/1.22.1"}},
		cause: "Status 502 (Bad Gateway) for http://localhost:9000/items comes from a gateway", line: acao},
	{situation: 3, name: "upload too large", request: with(json, func(r *browser.Request) {}),
		answers: answers{"OPTIONS /items": {"204", acao, "Access-Control-Allow-Headers: content-type"}, "/items": {"413"}},
		cause:   "Status 413 (Request Entity Too Large)", line: acao},
	{situation: 3, name: "preflight", request: put,
		answers: answers{"OPTIONS /items": {"503"}, "/items": allowed},
		cause:   "Status 503", line: "HTTP/1.1 204 No Content"},

	{situation: 4, request: put, answers: answers{"OPTIONS /items": {"405"}, "/items": allowed},
		cause: "answers OPTIONS http://localhost:9000/items with status 405, so it has no answer to the preflight that asks for PUT", line: "HTTP/1.1 204 No Content"},
	{situation: 4, name: "404 with CORS", request: json, answers: answers{"OPTIONS /items": {"404", acaoAny}, "/items": allowed},
		cause: "with status 404", line: "HTTP/1.1 204 No Content"},
	{situation: 4, name: "webkit", profile: browser.WebKit, request: put, answers: answers{"OPTIONS /items": {"405"}, "/items": allowed},
		cause: "with status 405", line: "HTTP/1.1 204 No Content"},

	{situation: 5, request: bearer, answers: answers{"OPTIONS /items": {"401", "WWW-Authenticate: Bearer"}, "/items": allowed},
		cause: "with status 401: it asks for a login, but no browser sends credentials with a preflight", line: "HTTP/1.1 204 No Content"},

	{situation: 6, request: put,
		answers: answers{"OPTIONS /items": {"308", "Location: /items/"}, "OPTIONS /items/": {"204", acao, "Access-Control-Allow-Methods: PUT"}, "/items/": allowed},
		cause:   "with a redirect (308 to /items/), and no browser follows it: the slash at the end differs.", line: `fetch("http://localhost:9000/items/", ...)`,
		fixed: func(p *proof) { p.request.URL += "/" }},
	{situation: 6, name: "to https", request: with(put, func(r *browser.Request) { r.URL = "http://example.com/items" }),
		answers: answers{"OPTIONS /items": {"301", "Location: https://example.com/items", acaoAny}},
		cause:   "it goes from http to https", line: `fetch("https://example.com/items", ...)`,
		fixed: func(p *proof) {
			p.request.URL = "https://example.com/items"
			p.answers = answers{"OPTIONS /items": {"204", acao, "Access-Control-Allow-Methods: PUT"}, "/items": allowed}
		}},

	{situation: 7, request: get, answers: answers{"/items": {"302", "Location: /login"}, "/login": allowed},
		cause: "The redirect itself (302 from http://localhost:9000/items to /login) has no Access-Control-Allow-Origin", line: acao},
	{situation: 7, name: "second hop", request: get, answers: answers{"/items": {"302", "Location: /v2/items", acao, vary}, "/v2/items": {}},
		cause: "After 1 redirect(s) the answer to GET http://localhost:9000/v2/items has no Access-Control-Allow-Origin", line: acao},

	{situation: 8, request: get,
		answers: answers{"/items": {"302", "Location: http://cdn.example/v2", acao, vary}, "/v2": allowed},
		cause:   "made the browser send Origin: null instead of http://localhost:8000, and http://cdn.example/v2 allows http://localhost:8000.",
		line:    `fetch("http://cdn.example/v2", ...)`,
		fixed:   func(p *proof) { p.request.URL = "http://cdn.example/v2" }},

	{situation: 9, request: get, answers: answers{"/items": {acao + "/", vary}},
		cause: "Access-Control-Allow-Origin is http://localhost:8000/, which is a URL, not an origin: an origin has no slash after the host.", line: acao},

	{situation: 10, request: get, answers: answers{"/items": {"Access-Control-Allow-Origin: http://localhost:3000", vary}},
		cause: "allows http://localhost:3000, but the page is of http://localhost:8000: the port differs.", line: acao},
	{situation: 10, name: "loopback", request: get, answers: answers{"/items": {"Access-Control-Allow-Origin: http://127.0.0.1:8000"}},
		cause: "localhost and 127.0.0.1 are different hosts to a browser", line: acao},
	{situation: 10, name: "scheme", request: get, answers: answers{"/items": {"Access-Control-Allow-Origin: https://localhost:8000"}},
		cause: "the scheme differs", line: acao},
	{situation: 10, name: "case", request: get, answers: answers{"/items": {"Access-Control-Allow-Origin: http://LOCALHOST:8000"}},
		cause: "an origin is written in lower case", line: acao},

	{situation: 11, request: get, answers: answers{"/items": {"Access-Control-Allow-Origin: http://*.localhost:8000"}},
		cause: "is http://*.localhost:8000, but browsers know no patterns", line: acao},
	{situation: 11, name: "bare host", request: get, answers: answers{"/items": {"Access-Control-Allow-Origin: localhost"}},
		cause: "is localhost, which is no origin: an origin begins with its scheme", line: acao},
	{situation: 11, name: "empty", request: get, answers: answers{"/items": {"Access-Control-Allow-Origin:"}},
		cause: "is there but empty", line: acao},

	{situation: 12, request: get, answers: answers{"/items": {"Access-Control-Allow-Origin: http://localhost:3000, http://localhost:8000"}},
		cause: "is the list http://localhost:3000, http://localhost:8000, but browsers accept one origin only", line: acao},

	{situation: 13, request: get, answers: answers{"/items": {acao, acao, vary}},
		cause: "comes twice (http://localhost:8000, http://localhost:8000), so two layers add it", line: acao},
	{situation: 13, name: "different", request: get, answers: answers{"/items": {acao, acaoAny}},
		cause: "comes twice (http://localhost:8000, *)", line: acao},

	{situation: 14, request: including(get), answers: answers{"/items": {acaoAny, acac}},
		cause: "asks with credentials, and Access-Control-Allow-Origin is *, which does not count then; the server must name http://localhost:8000.", line: acao},
	{situation: 14, name: "preflight", request: including(put),
		answers: answers{"OPTIONS /items": {"204", acaoAny, "Access-Control-Allow-Methods: *"}, "/items": allowedUser},
		cause:   "Access-Control-Allow-Origin is *", line: acao, then: []string{"method-not-allowed"}},

	{situation: 15, request: including(get), answers: answers{"/items": {acao, "Access-Control-Allow-Credentials: True", vary}},
		cause: "Access-Control-Allow-Credentials is True, which is not exactly true", line: acac},
	{situation: 15, name: "missing", request: including(get), answers: answers{"/items": {acao, vary}},
		cause: "has no Access-Control-Allow-Credentials", line: acac},

	{situation: 16, request: put, answers: answers{"OPTIONS /items": {"204", acao, "Access-Control-Allow-Methods: GET, POST"}, "/items": allowed},
		cause: "The preflight asks for PUT, and Access-Control-Allow-Methods lists only GET, POST.", line: "Access-Control-Allow-Methods: GET, POST, PUT"},
	{situation: 16, name: "patch", request: with(put, func(r *browser.Request) { r.Method = "patch" }),
		answers: answers{"OPTIONS /items": {"204", acao, "Access-Control-Allow-Methods: PATCH"}, "/items": allowed},
		cause:   "asks for the method patch in lower case", line: `fetch("http://localhost:9000/items", {method: "PATCH"})`,
		fixed: func(p *proof) { p.request.Method = "PATCH" }},
	{situation: 16, name: "wildcard with credentials", request: including(put),
		answers: answers{"OPTIONS /items": {"204", acao, acac, "Access-Control-Allow-Methods: *"}, "/items": allowedUser},
		cause:   "is *, which does not count with credentials; it must list PUT", line: "Access-Control-Allow-Methods: PUT"},
	{situation: 16, name: "semicolon", request: put,
		answers: answers{"OPTIONS /items": {"204", acao, "Access-Control-Allow-Methods: PUT; POST"}, "/items": allowed},
		cause:   "is PUT; POST, which is no list of methods between commas", line: "Access-Control-Allow-Methods: PUT"},
	{situation: 16, name: "several", request: with(put, func(r *browser.Request) { r.Header = http.Header{"X-A": {"1"}} }),
		answers: answers{"OPTIONS /items": {"204", acao}, "/items": allowed},
		cause:   "has no Access-Control-Allow-Methods", line: "Access-Control-Allow-Methods: PUT", then: []string{"header-not-allowed"}},

	{situation: 17, request: json, answers: answers{"OPTIONS /items": {"204", acao}, "/items": allowed},
		cause: "The script sets content-type, and the preflight's answer has no Access-Control-Allow-Headers. (Content-Type: application/json is not one", line: "Access-Control-Allow-Headers: content-type"},
	{situation: 17, name: "wildcard with credentials", request: including(json),
		answers: answers{"OPTIONS /items": {"204", acao, acac, "Access-Control-Allow-Headers: *"}, "/items": allowedUser},
		cause:   "is *, which does not count with credentials; it must list content-type", line: "Access-Control-Allow-Headers: content-type"},
	{situation: 17, name: "all at once", request: with(json, func(r *browser.Request) {
		r.Header = http.Header{"Content-Type": {"application/json"}, "X-Trace": {"1"}, "X-Version": {"2"}}
	}),
		answers: answers{"OPTIONS /items": {"204", acao, "Access-Control-Allow-Headers: content-type"}, "/items": allowed},
		cause:   "The script sets x-trace, and Access-Control-Allow-Headers lists only content-type.", line: "Access-Control-Allow-Headers: content-type, x-trace, x-version"},

	{situation: 18, request: bearer, answers: answers{"OPTIONS /items": {"204", acao, "Access-Control-Allow-Headers: *"}, "/items": allowed},
		cause: "in which * does not cover Authorization", line: "Access-Control-Allow-Headers: *, authorization"},
	{situation: 18, name: "chromium", profile: browser.Chromium, request: bearer,
		answers: answers{"OPTIONS /items": {"204", acao, "Access-Control-Allow-Headers: *"}, "/items": allowed},
		cause:   "This browser lets it pass for now", line: "Access-Control-Allow-Headers: *, authorization"},

	{situation: 19, request: with(get, func(r *browser.Request) { r.Header = http.Header{"Access-Control-Allow-Origin": {"*"}} }),
		answers: answers{"OPTIONS /items": {"204", acao}, "/items": allowed},
		cause:   "The script itself sets access-control-allow-origin, a header that only a server may give", line: `delete options.headers["access-control-allow-origin"]`,
		fixed: func(p *proof) { p.request.Header = nil }},

	{situation: 20, request: get, answers: answers{"/items": {acao, vary, "X-Total-Count: 7", "ETag: \"1\""}},
		cause: "The answer has Etag, X-Total-Count, which the script of another origin cannot see", line: "Access-Control-Expose-Headers: Etag, X-Total-Count"},
	{situation: 20, name: "wildcard with credentials", request: including(get),
		answers: answers{"/items": {acao, acac, vary, "X-Total-Count: 7", "Access-Control-Expose-Headers: *"}},
		cause:   "and * exposes nothing with credentials", line: "Access-Control-Expose-Headers: X-Total-Count"},

	{situation: 21, request: get, answers: answers{"/items": {acao, acac, vary, "Set-Cookie: session=1"}},
		cause: "The credentials mode is same-origin and the URL is of another origin", line: cookieByPage,
		fixed: func(p *proof) { p.request = including(p.request) }},
	{situation: 21, name: "SameSite", page: browser.PageOptions{URL: "https://app.example/"},
		request: including(browser.Request{URL: "https://example.com/items"}),
		answers: answers{"/items": {"Access-Control-Allow-Origin: https://app.example", acac, vary, "Set-Cookie: session=1; SameSite=Lax"}},
		cause:   `The cookie "session" is not stored`, line: "Set-Cookie: name=value; SameSite=None; Secure; HttpOnly",
		fixed: func(p *proof) {
			p.answers = answers{"/items": {"Access-Control-Allow-Origin: https://app.example", acac, vary, "Set-Cookie: name=value; SameSite=None; Secure; HttpOnly"}}
		}},
	{situation: 21, name: "401", request: get, answers: answers{"/items": {"401", acao, acac, vary}},
		cause: "with include it sends the cookies that the answer of status 401 seems to miss", line: cookieByPage,
		fixed: func(p *proof) { p.request = including(p.request) }},

	{situation: 22, before: []browser.Request{with(get, func(r *browser.Request) { r.Mode = browser.ModeNoCORS })}, request: get,
		answers: answers{"/items": {"Cache-Control: max-age=60"}},
		cause:   "came from the HTTP cache, where an earlier request without CORS or from another origin left it", line: vary,
		fixed: func(p *proof) { p.answers = answers{"/items": {"Cache-Control: max-age=60", acao, vary}} }},
	{situation: 22, name: "advice", request: get, answers: answers{"/items": {acao}},
		cause: "allows http://localhost:8000 alone and has no Vary: Origin", line: vary,
		fixed: func(p *proof) { p.answers = answers{"/items": {acao, vary}} }},

	{situation: 23, before: []browser.Request{put}, request: put,
		answers: answers{"OPTIONS /items": {"204", acao, "Access-Control-Allow-Methods: PUT", "Access-Control-Max-Age: 600"}, "/items": allowed},
		cause:   "No preflight was sent, since an earlier one for http://localhost:9000/items is remembered", line: "Access-Control-Max-Age: 0",
		fixed: func(p *proof) {
			p.answers = answers{"OPTIONS /items": {"204", acao, "Access-Control-Allow-Methods: PUT", "Access-Control-Max-Age: 0"}, "/items": allowed}
		}},

	{situation: 24, page: browser.PageOptions{Opaque: true}, request: get, answers: answers{"/items": allowed},
		cause: "opened from a file or in a sandbox, so its origin is null", line: "python3 -m http.server 8000   # then open http://localhost:8000/",
		fixed: func(p *proof) { p.page = browser.PageOptions{URL: site + "/"} }},

	{situation: 25, request: with(get, func(r *browser.Request) { r.Mode = browser.ModeNoCORS }), answers: answers{"/items": allowed},
		cause: "mode no-cors, so the script gets an opaque response: status 0", line: `fetch("http://localhost:9000/items", {mode: "cors"})`,
		fixed: func(p *proof) { p.request.Mode = browser.ModeCORS }},
	{situation: 25, name: "PUT", request: with(put, func(r *browser.Request) { r.Mode = browser.ModeNoCORS }),
		answers: answers{"OPTIONS /items": {"204", acao, "Access-Control-Allow-Methods: PUT"}, "/items": allowed},
		cause:   "PUT cannot be used in mode no-cors", line: `fetch("http://localhost:9000/items", {mode: "cors"})`,
		fixed: func(p *proof) { p.request.Mode = browser.ModeCORS }},

	{situation: 26, page: browser.PageOptions{URL: "https://app.example/"}, request: browser.Request{URL: "http://example.com/items"},
		answers: answers{"/items": {"Access-Control-Allow-Origin: https://app.example", vary}},
		cause:   "served over https and asks for http://example.com/items over plain http", line: `fetch("https://example.com/items", ...)`,
		fixed: func(p *proof) { p.request.URL = "https://example.com/items" }},

	// The page's address space and the user's answer are given; the connection
	// to loopback that is judged is real.
	{situation: 27, profile: browser.Chromium, page: browser.PageOptions{URL: "https://app.example/", AddressSpace: browser.AddressSpacePublic},
		request: get, answers: answers{"/items": {"Access-Control-Allow-Origin: https://app.example", vary}},
		cause: "The user has not permitted https://app.example to reach into the loopback address space", line: "chrome://settings/content/localNetworkAccess: allow https://app.example",
		fixed: func(p *proof) { p.page.LocalNetwork = browser.PermissionGranted }},
	{situation: 27, name: "insecure page", profile: browser.Chromium, page: browser.PageOptions{URL: "http://app.example/", AddressSpace: browser.AddressSpacePublic},
		request: get, answers: answers{"/items": {"Access-Control-Allow-Origin: https://app.example", vary}},
		cause: "is not secure (https)", line: "https://app.example/",
		fixed: func(p *proof) {
			p.page = browser.PageOptions{URL: "https://app.example/", AddressSpace: browser.AddressSpacePublic, LocalNetwork: browser.PermissionGranted}
		}},

	{situation: 28, request: get, dead: true, answers: answers{"/items": allowed},
		cause: "Nothing listens at localhost:9000: the connection was refused; this is not CORS.", line: "curl -i http://localhost:9000/items",
		fixed: func(p *proof) { p.dead = false }},
	{situation: 28, name: "certificate", request: browser.Request{URL: "https://example.com/items"}, answers: answers{"/items": allowed},
		cause: "signed by an authority that is not trusted (TLS); this is not CORS.", line: "mkcert example.com",
		fixed: func(p *proof) {}},

	{situation: 29, request: with(get, func(r *browser.Request) { r.Mode = browser.ModeSameOrigin }), answers: answers{"/items": allowed},
		cause: "The call says mode same-origin, and http://localhost:9000/items is not of the page's origin http://localhost:8000.", line: `fetch("http://localhost:9000/items", {mode: "cors"})`,
		fixed: func(p *proof) { p.request.Mode = browser.ModeCORS }},

	{situation: 30, request: get, answers: answers{"/items": {"302", "Location: http://user:pass@localhost:9000/v2", acao, vary}, "/v2": allowed},
		cause: "user name or password", line: "Location: http://localhost:9000/v2"},
	{situation: 30, name: "redirect error", request: with(get, func(r *browser.Request) { r.Redirect = browser.RedirectError }),
		answers: answers{"/items": {"302", "Location: /v2", acao, vary}, "/v2": allowed},
		cause:   "redirect", line: `fetch("http://localhost:9000/items", {redirect: "follow"})`,
		fixed: func(p *proof) { p.request.Redirect = browser.RedirectFollow }},

	{situation: 31, request: browser.Request{URL: "http://localhost:6000/items"}, answers: answers{"/items": allowed},
		cause: "6000", line: `fetch("http://localhost:8080/items", ...)`,
		fixed: func(p *proof) { p.request.URL = "http://localhost:8080/items" }},

	{situation: 32, request: browser.Script("http://api.example/items", browser.CrossOriginNone),
		answers: answers{"/items": {"Content-Type: text/javascript", "X-Content-Type-Options: nosniff", "Cross-Origin-Resource-Policy: same-origin"}},
		cause:   "Cross-Origin-Resource-Policy", line: "Cross-Origin-Resource-Policy: cross-origin"},

	{situation: 33, request: with(get, func(r *browser.Request) { r.Body = []byte("x") }), answers: answers{"/items": allowed},
		cause: "A request with the method GET cannot have a body", line: `fetch(url, {method: "POST", body})`,
		fixed: func(p *proof) { p.request.Method = "POST" }},

	{situation: 34, profile: browser.Firefox, request: including(get), answers: answers{"/items": {"401", "WWW-Authenticate: Basic", acao, acac, vary}},
		cause: "asks the user to log in", line: "HTTP/1.1 403 Forbidden"},

	{situation: 35, request: browser.WebSocket("ws://localhost:9000/socket"), answers: answers{"/socket": {"403"}},
		cause: "answered the WebSocket's handshake with status 403, not 101", line: "HTTP/1.1 101 Switching Protocols",
		fixed: func(p *proof) { p.answers = answers{"/socket": {"websocket"}} }},
}
