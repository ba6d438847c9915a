package browser_test

import (
	"net/http"
	"strings"

	"crossorigin.dev/browser"
)

// sentWithout is what the server receives of a simple GET.
var sentWithout = []string{"GET b.test:7001 O=" + pageA}

// preflightFor is what it receives if the header must be asked about.
func preflightFor(headers string) []string {
	return []string{"OPTIONS b.test:7001 O=" + pageA + " M=GET H=" + headers, "GET b.test:7001 O=" + pageA}
}

func headerCase(rule, name, header, value string, wire []string) specCase {
	return specCase{rule: rule, name: name, want: "cors 200", wire: wire, situation: situation{
		request: get(header, value), preflight: allow("Access-Control-Allow-Headers: *"), answer: all,
	}}
}

var headerCases = []specCase{
	{rule: "R-20", name: "a name that is no token", situation: situation{request: browser.Request{Header: http.Header{"x a": {"1"}}}}, want: "header.invalid", wire: []string{}},
	{rule: "R-20", name: "a line break in the value", situation: situation{request: get("X-A", "1\nX-B: 2")}, want: "header.invalid"},
	{rule: "R-20", name: "a NUL in the value", situation: situation{request: get("X-A", "1\x00")}, want: "header.invalid"},
	headerCase("R-20", "a line break at the end goes", "Accept", " x\r\n", sentWithout),
	{rule: "R-21", name: "pairs of one name are asked about once", situation: situation{request: get("X-A", "1", "X-A", "2"), preflight: allow("Access-Control-Allow-Headers: x-a"), answer: all},
		want: "cors 200", wire: preflightFor("x-a")},
	{rule: "R-21", name: "each pair is judged by itself", situation: situation{request: get("Accept", strings.Repeat("a", 100), "Accept", strings.Repeat("b", 100)), answer: all},
		want: "cors 200", wire: sentWithout},
	headerCase("R-22", "a forbidden header is dropped in silence", "Cookie", "a=b", sentWithout),
	headerCase("R-22", "another is not", "X-Cookie", "a=b", preflightFor("x-cookie")),
	headerCase("R-23", "Sec-", "Sec-X", "1", sentWithout),
	headerCase("R-23", "Proxy-", "Proxy-X", "1", sentWithout),
	headerCase("R-23", "Access-Control-Request-Method", "Access-Control-Request-Method", "GET", sentWithout),
	headerCase("R-23", "User-Agent is not forbidden", "User-Agent", "x", preflightFor("user-agent")),
	headerCase("R-23", "X-HTTP-Method with TRACE", "X-HTTP-Method", "PUT, trace", sentWithout),
	headerCase("R-23", "X-HTTP-Method with PUT", "X-HTTP-Method", "PUT", preflightFor("x-http-method")),
	headerCase("R-24", "128 bytes", "Accept", strings.Repeat("a", 128), sentWithout),
	headerCase("R-24", "129 bytes", "Accept", strings.Repeat("a", 129), preflightFor("accept")),
	headerCase("R-24", "text/plain with a parameter", "Content-Type", "text/plain; charset=utf-8", []string{"GET b.test:7001 O=" + pageA + " T=text/plain; charset=utf-8"}),
	headerCase("R-24", "JSON", "Content-Type", "application/json", []string{
		"OPTIONS b.test:7001 O=" + pageA + " M=GET H=content-type", "GET b.test:7001 O=" + pageA + " T=application/json"}),
	headerCase("R-24", "a range from a start", "Range", "bytes=0-", sentWithout),
	headerCase("R-24", "a range from the end", "Range", "bytes=-5", preflightFor("range")),
	headerCase("R-24", "a language", "Accept-Language", "en-US,en;q=0.5", sentWithout),
	headerCase("R-24", "an underscore in a language", "Accept-Language", "en_US", preflightFor("accept-language")),
	headerCase("R-25", "a safe byte", "Accept", "a/b;c=d", sentWithout),
	headerCase("R-25", "an unsafe byte", "Accept", `a"b`, preflightFor("accept")),
	{rule: "R-26", name: "1024 bytes in all", situation: situation{request: many(8, 120, "Accept-Language", strings.Repeat("a", 64)), answer: all}, want: "cors 200", wire: sentWithout},
	{rule: "R-26", name: "1025 bytes in all", situation: situation{request: many(8, 120, "Accept-Language", strings.Repeat("a", 65)), preflight: allow("Access-Control-Allow-Headers: *"), answer: all},
		want: "cors 200", wire: preflightFor("accept,accept-language")},
	{rule: "R-27", name: "Authorization by name", situation: situation{request: bearer, preflight: allow("Access-Control-Allow-Headers: *, Authorization"), answer: all}, want: "cors 200"},
	{rule: "R-27", name: "Authorization by *", situation: situation{request: bearer, preflight: allow("Access-Control-Allow-Headers: *"), answer: all}, want: "preflight.authorization-wildcard"},
	{rule: "R-28", name: "JSON in mode no-cors", situation: situation{request: withMode(withBody(request("POST", "Content-Type", "application/json"), "{}"), browser.ModeNoCORS)},
		want: "opaque 0", wire: []string{"POST b.test:7001 O=" + pageA + " T=text/plain;charset=UTF-8"}},
	{rule: "R-28", name: "a form in mode no-cors", situation: situation{request: withMode(withBody(request("POST", "Content-Type", "multipart/form-data"), "x"), browser.ModeNoCORS)},
		want: "opaque 0", wire: []string{"POST b.test:7001 O=" + pageA + " T=multipart/form-data"}},
	{rule: "R-29", name: "Content-Type goes with the body", situation: situation{request: withBody(request("POST"), "x"), answer: to("303", at(hostB, all...))},
		want: "cors 200", wire: []string{"POST b.test:7001 O=" + pageA + " T=text/plain;charset=UTF-8", "GET b.test:7001 O=" + pageA}},
	{rule: "R-29", name: "Content-Type stays with the body", situation: situation{request: withBody(request("POST"), "x"), answer: to("307", at(hostB, all...))},
		want: "cors 200", wire: []string{"POST b.test:7001 O=" + pageA + " T=text/plain;charset=UTF-8", "POST b.test:7001 O=" + pageA + " T=text/plain;charset=UTF-8"}},
	{rule: "R-30", name: "Set-Cookie is never seen", host: hostA, situation: situation{answer: []string{"Set-Cookie: a=b", "Set-Cookie2: c"}},
		want: "basic 200", header: []string{"content-length", "content-type", "date", "x-extra"}},
	{rule: "R-30", name: "another is", host: hostA, situation: situation{answer: []string{"Set-Cookie3: a=b"}},
		want: "basic 200", header: []string{"content-length", "content-type", "date", "set-cookie3", "x-extra"}},
}

// many returns a GET with n Accept headers of a size, and one header more.
func many(n, size int, name, value string) browser.Request {
	r := get(name, value)
	for range n {
		r.Header.Add("Accept", strings.Repeat("a", size))
	}
	return r
}
