package browser_test

import (
	"bytes"
	"strings"

	"crossorigin.dev/browser"
)

var mainCases = []specCase{
	{rule: "R-41", name: "the page's own origin needs no header", host: hostA, want: "basic 200"},
	{rule: "R-41", name: "not after another origin was involved", situation: situation{answer: to("302", at(hostA))}, want: "acao.missing"},
	{rule: "R-42", name: "mode same-origin to another origin", situation: situation{request: withMode(get(), browser.ModeSameOrigin), answer: all}, want: "mode.same-origin", wire: []string{}},
	{rule: "R-42", name: "mode same-origin to the page's", host: hostA, situation: situation{request: withMode(get(), browser.ModeSameOrigin)}, want: "basic 200"},
	{rule: "R-42", name: "mode same-origin redirected away", host: hostA, situation: situation{request: withMode(get(), browser.ModeSameOrigin), answer: to("302", at(hostB, all...))}, want: "mode.same-origin", wire: []string{"GET a.test:7000"}},
	{rule: "R-43", name: "mode no-cors", situation: situation{request: withMode(get(), browser.ModeNoCORS)}, want: "opaque 0", wire: []string{"GET b.test:7001"}, header: []string{}},
	{rule: "R-43", name: "mode no-cors with redirect mode manual", situation: situation{request: withRedirect(withMode(get(), browser.ModeNoCORS), browser.RedirectManual)}, want: "mode.no-cors-redirect", wire: []string{}},
	{rule: "R-43", name: "mode no-cors to the page's origin with redirect mode manual", host: hostA, situation: situation{request: withRedirect(withMode(get(), browser.ModeNoCORS), browser.RedirectManual)}, want: "basic 200"},
	{rule: "R-44", name: "ftp", situation: situation{url: "ftp://b.test/"}, want: "scheme.not-supported"},
	{rule: "R-44", name: "a scheme of nobody's", situation: situation{url: "foo:bar"}, want: "scheme.not-supported"},
	{rule: "R-44", name: "http", situation: situation{answer: all}, want: "cors 200"},
	{rule: "R-45", name: "PUT is preflighted", situation: situation{request: put, preflight: allowPUT(), answer: all}, want: "cors 200", wire: []string{"OPTIONS b.test:7001 O=" + pageA + " M=PUT", "PUT b.test:7001 O=" + pageA}},
	{rule: "R-45", name: "PUT to the page's origin is not", host: hostA, situation: situation{request: put}, want: "basic 200", wire: []string{"PUT a.test:7000 O=" + pageA}},
	{rule: "R-46", name: "a simple POST is not", situation: situation{request: withBody(request("POST"), "x"), answer: all}, want: "cors 200", wire: []string{"POST b.test:7001 O=" + pageA + " T=text/plain;charset=UTF-8"}},
	{rule: "R-46", name: "but its response is checked", situation: situation{request: withBody(request("POST"), "x")}, want: "acao.missing"},
	{rule: "port", name: "6667", situation: situation{url: "http://b.test:6667/"}, want: "port.blocked", wire: []string{}},
	{rule: "port", name: "0", situation: situation{url: "http://b.test:0/"}, want: "port.blocked", wire: []string{}},
	{rule: "port", name: "6670", situation: situation{url: "http://b.test:6670/r?id=case"}, want: "acao.missing"},
	{rule: "port", name: "on a redirect", situation: situation{answer: to("302", "http://c.test:25/")}, want: "port.blocked"},
	{rule: "mixed content", name: "http from an https page", page: browser.PageOptions{URL: "https://a.test/"}, situation: situation{answer: all}, want: "mixed-content", wire: []string{}},
	{rule: "mixed content", name: "http to this machine", page: browser.PageOptions{URL: "https://a.test/"}, host: "localhost:7001", situation: situation{answer: all}, want: "cors 200"},
	{rule: "mixed content", name: "http from an http page", situation: situation{answer: all}, want: "cors 200"},
}

var httpCases = []specCase{
	{rule: "R-50", name: "a safelisted method needs no entry", situation: situation{request: request("POST", "X-A", "1"), preflight: allow("Access-Control-Allow-Headers: x-a"), answer: all}, want: "cors 200"},
	{rule: "R-50", name: "another does", situation: situation{request: request("PUT", "X-A", "1"), preflight: allow("Access-Control-Allow-Headers: x-a"), answer: all}, want: "preflight.method"},
	{rule: "R-51", name: "a redirect is checked before it is followed", situation: situation{answer: []string{"302", "Location: " + at(hostC, all...)}}, want: "acao.missing", wire: sentWithout},
	{rule: "R-51", name: "also in redirect mode manual", situation: situation{request: withRedirect(get(), browser.RedirectManual), answer: []string{"302", "Location: /"}}, want: "acao.missing"},
	{rule: "R-51", name: "one that passes is followed", situation: situation{answer: to("302", at(hostB, all...))}, want: "cors 200"},
	{rule: "R-53", name: "CORP same-origin", situation: situation{request: withMode(get(), browser.ModeNoCORS), answer: []string{"Cross-Origin-Resource-Policy: same-origin"}}, want: "corp.blocked", wire: []string{"GET b.test:7001"}},
	{rule: "R-53", name: "CORP same-site of another site", situation: situation{request: withMode(get(), browser.ModeNoCORS), answer: []string{"Cross-Origin-Resource-Policy: same-site"}}, want: "corp.blocked"},
	{rule: "R-53", name: "CORP same-site of the same", host: "x.a.test:7001", situation: situation{request: withMode(get(), browser.ModeNoCORS), answer: []string{"Cross-Origin-Resource-Policy: same-site"}}, want: "opaque 0"},
	{rule: "R-53", name: "CORP same-site of an address", page: browser.PageOptions{URL: "http://127.0.0.1:7000/"}, host: "127.0.0.1:7001", situation: situation{request: withMode(get(), browser.ModeNoCORS), answer: []string{"Cross-Origin-Resource-Policy: same-site"}}, want: "opaque 0"},
	{rule: "R-53", name: "CORP same-site of another public suffix", page: browser.PageOptions{URL: "http://localhost:7000/"}, host: "co.uk:7001", situation: situation{request: withMode(get(), browser.ModeNoCORS), answer: []string{"Cross-Origin-Resource-Policy: same-site"}}, want: "corp.blocked"},
	{rule: "R-53", name: "CORP cross-origin", situation: situation{request: withMode(get(), browser.ModeNoCORS), answer: []string{"Cross-Origin-Resource-Policy: cross-origin"}}, want: "opaque 0"},
	{rule: "R-53", name: "CORP in another case is none", situation: situation{request: withMode(get(), browser.ModeNoCORS), answer: []string{"Cross-Origin-Resource-Policy: Same-Origin"}}, want: "opaque 0"},
	{rule: "R-53", name: "CORP twice is none", situation: situation{request: withMode(get(), browser.ModeNoCORS), answer: []string{"Cross-Origin-Resource-Policy: same-origin", "Cross-Origin-Resource-Policy: same-origin"}}, want: "opaque 0"},
	{rule: "R-53", name: "CORP does not matter to CORS", situation: situation{answer: append(all, "Cross-Origin-Resource-Policy: same-origin")}, want: "cors 200"},
	{rule: "R-53", name: "no CORP under require-corp", page: browser.PageOptions{URL: "http://localhost:7000/", EmbedderPolicy: browser.EmbedderRequireCORP}, situation: situation{request: withMode(get(), browser.ModeNoCORS)}, want: "corp.blocked"},
	{rule: "R-53", name: "no CORP under require-corp of an insecure page", page: browser.PageOptions{URL: pageA, EmbedderPolicy: browser.EmbedderRequireCORP}, situation: situation{request: withMode(get(), browser.ModeNoCORS)}, want: "opaque 0"},
	{rule: "R-53", name: "no CORP under credentialless", page: browser.PageOptions{URL: "http://localhost:7000/", EmbedderPolicy: browser.EmbedderCredentialless}, situation: situation{request: credentialed(withMode(get(), browser.ModeNoCORS))}, want: "opaque 0"},
	{rule: "R-54", name: "redirect mode error", situation: situation{request: withRedirect(get(), browser.RedirectError), answer: to("302", at(hostB, all...))}, want: "redirect.mode-error", wire: sentWithout},
	{rule: "R-54", name: "redirect mode error without a redirect", situation: situation{request: withRedirect(get(), browser.RedirectError), answer: all}, want: "cors 200"},
	{rule: "R-54", name: "redirect mode manual", situation: situation{request: withRedirect(get(), browser.RedirectManual), answer: to("302", at(hostB, all...))}, want: "opaqueredirect 0", wire: sentWithout, header: []string{}},
	{rule: "R-55", name: "308", situation: situation{answer: to("308", at(hostB, all...))}, want: "cors 200"},
	{rule: "R-55", name: "300 is no redirect", situation: situation{answer: to("300", at(hostB, all...))}, want: "cors 300"},
	{rule: "R-55", name: "304 is no redirect", situation: situation{answer: to("304", at(hostB, all...))}, want: "cors 304"},
}

var redirectCases = []specCase{
	{rule: "R-60", name: "without a Location", situation: situation{answer: append(all, "302")}, want: "cors 302"},
	{rule: "R-60", name: "with one that cannot be parsed", situation: situation{answer: to("302", "http://")}, want: "redirect.location"},
	{rule: "R-60", name: "with two", situation: situation{answer: append(to("302", at(hostB, all...)), "Location: "+at(hostB, all...))}, want: "redirect.location"},
	{rule: "R-60", name: "to data:", situation: situation{answer: to("302", "data:,x")}, want: "redirect.scheme"},
	{rule: "R-60", name: "to data: from the page's origin", host: hostA, situation: situation{answer: to("302", "data:,x")}, want: "redirect.scheme"},
	{rule: "R-61", name: "20 redirects", situation: situation{answer: chain(20)}, want: "cors 200"},
	{rule: "R-61", name: "21 redirects", situation: situation{answer: chain(21)}, want: "redirect.too-many"},
	{rule: "R-62", name: "from the page's origin to a user at another", host: hostA, situation: situation{answer: to("302", "http://u:p@b.test:7001/r?id=case")}, want: "redirect.userinfo"},
	{rule: "R-62", name: "from the page's origin to a user at itself", host: hostA, situation: situation{answer: to("302", "http://u:p@a.test:7000/r?id=case")}, want: "basic 200", wire: []string{"GET a.test:7000", "GET a.test:7000"}},
	{rule: "R-63", name: "from another origin to a user at itself", situation: situation{answer: to("302", "http://u@b.test:7001/")}, want: "redirect.userinfo"},
	{rule: "R-63", name: "without a user", situation: situation{answer: to("302", "http://b.test:7001/r?id=case")}, want: "acao.missing"},
	{rule: "R-65", name: "301 and POST", situation: situation{request: request("POST"), answer: to("301", at(hostB, all...))}, want: "cors 200", wire: []string{"POST b.test:7001 O=" + pageA, "GET b.test:7001 O=" + pageA}},
	{rule: "R-65", name: "302 and POST", situation: situation{request: request("POST"), answer: to("302", at(hostB, all...))}, want: "cors 200", wire: []string{"POST b.test:7001 O=" + pageA, "GET b.test:7001 O=" + pageA}},
	{rule: "R-65", name: "307 and POST", situation: situation{request: request("POST"), answer: to("307", at(hostB, all...))}, want: "cors 200", wire: []string{"POST b.test:7001 O=" + pageA, "POST b.test:7001 O=" + pageA}},
	{rule: "R-65", name: "302 and PUT", situation: situation{request: put, preflight: allowPUT(), answer: to("302", asked(hostB, allowPUT(), all...))}, want: "cors 200", wire: []string{
		"OPTIONS b.test:7001 O=" + pageA + " M=PUT", "PUT b.test:7001 O=" + pageA, "OPTIONS b.test:7001 O=" + pageA + " M=PUT", "PUT b.test:7001 O=" + pageA}},
	{rule: "R-65", name: "303 and PUT", situation: situation{request: put, preflight: allowPUT(), answer: to("303", at(hostB, all...))}, want: "cors 200", wire: []string{
		"OPTIONS b.test:7001 O=" + pageA + " M=PUT", "PUT b.test:7001 O=" + pageA, "GET b.test:7001 O=" + pageA}},
	{rule: "R-65", name: "303 and HEAD", situation: situation{request: request("HEAD"), answer: to("303", at(hostB, all...))}, want: "cors 200", wire: []string{"HEAD b.test:7001 O=" + pageA, "HEAD b.test:7001 O=" + pageA}},
	{rule: "R-66", name: "Authorization to another origin", host: hostA, situation: situation{request: bearer, answer: to("302", at(hostB, all...))}, want: "cors 200", wire: []string{"GET a.test:7000 AUTH", "GET b.test:7001 O=" + pageA}},
	{rule: "R-66", name: "Authorization within an origin", host: hostA, situation: situation{request: bearer, answer: to("302", at(hostA))}, want: "basic 200", wire: []string{"GET a.test:7000 AUTH", "GET a.test:7000 AUTH"}},
	{rule: "R-67", name: "a new preflight after a redirect from the page's origin", host: hostA, situation: situation{request: put, answer: []string{"307", "Location: " + asked(hostB, allowPUT(), all...)}},
		want: "cors 200", wire: []string{"PUT a.test:7000 O=" + pageA, "OPTIONS b.test:7001 O=" + pageA + " M=PUT", "PUT b.test:7001 O=" + pageA}},
	{rule: "R-67", name: "which may refuse", host: hostA, situation: situation{request: put, answer: []string{"307", "Location: " + asked(hostB, allow(), all...)}}, want: "preflight.method"},
	{rule: "R-67", name: "the redirect's Referrer-Policy holds", host: hostA, situation: situation{request: withMode(request("POST"), browser.ModeNoCORS), answer: []string{"307", "Referrer-Policy: bogus, no-referrer", "Location: " + at(hostB)}},
		want: "opaque 0", wire: []string{"POST a.test:7000 O=" + pageA, "POST b.test:7001 O=null"}},
	{rule: "R-68", name: "no second preflight for a header that went", situation: situation{request: bearer, preflight: allow("Access-Control-Allow-Headers: authorization"), answer: to("307", at(hostC, all...))},
		want: "cors 200", wire: []string{"OPTIONS b.test:7001 O=" + pageA + " M=GET H=authorization", "GET b.test:7001 O=" + pageA + " AUTH", "GET c.test:7002 O=null"}},
	{rule: "R-68", name: "one for a header that stays", situation: situation{request: xA, preflight: allow("Access-Control-Allow-Headers: x-a"), answer: to("307", asked(hostC, allow("Access-Control-Allow-Headers: x-a"), all...))},
		want: "cors 200", wire: []string{"OPTIONS b.test:7001 O=" + pageA + " M=GET H=x-a", "GET b.test:7001 O=" + pageA, "OPTIONS c.test:7002 O=null M=GET H=x-a", "GET c.test:7002 O=null"}},
}

// chain returns an answer that n redirects follow.
func chain(n int) []string {
	if n == 0 {
		return all
	}
	return to("302", "http://b.test:7001/chain?id=case&n="+strings.Repeat("x", n-1))
}

var networkCases = []specCase{
	{rule: "R-71", name: "POST without a body", situation: situation{request: request("POST"), answer: all}, want: "cors 200"},
	{rule: "R-71", name: "POST with one", situation: situation{request: withBody(request("POST"), "x"), answer: all}, want: "cors 200"},
	{rule: "R-72", name: "keepalive with 64 KiB", situation: situation{request: browser.Request{Method: "POST", Keepalive: true, Body: bytes.Repeat([]byte("x"), 64<<10)}, answer: all}, want: "cors 200"},
	{rule: "R-72", name: "keepalive with more", situation: situation{request: browser.Request{Method: "POST", Keepalive: true, Body: bytes.Repeat([]byte("x"), 64<<10+1)}, answer: all}, want: "keepalive.too-large", wire: []string{}},
	{rule: "R-77", name: "a 401 is a response", situation: situation{request: credentialed(get()), answer: append(reflected, "401", "WWW-Authenticate: Basic realm=x")}, want: "cors 401"},
	{rule: "R-77", name: "if CORS lets it be seen", situation: situation{request: credentialed(get()), answer: []string{"401", "WWW-Authenticate: Basic realm=x"}}, want: "acao.missing"},
	{rule: "R-78", name: "a streamed body over HTTP/1", situation: situation{request: browser.Request{Method: "POST", Stream: strings.NewReader("x")}, preflight: allow(), answer: all}, want: "network.stream-http1", wire: []string{"OPTIONS b.test:7001 O=" + pageA + " M=POST"}},
	{rule: "R-78", name: "a streamed body with keepalive", situation: situation{request: browser.Request{Method: "POST", Stream: strings.NewReader("x"), Keepalive: true}}, want: "init.body"},
	{rule: "R-78", name: "a streamed body in mode no-cors", situation: situation{request: browser.Request{Method: "POST", Stream: strings.NewReader("x"), Mode: browser.ModeNoCORS}}, want: "init.body"},
	{rule: "R-80", name: "GET to the page's origin", host: hostA, want: "basic 200", wire: []string{"GET a.test:7000"}},
	{rule: "R-80", name: "POST to the page's origin", host: hostA, situation: situation{request: request("POST")}, want: "basic 200", wire: []string{"POST a.test:7000 O=" + pageA}},
	{rule: "R-80", name: "POST to the page's origin without a referrer", host: hostA, situation: situation{request: withReferrer(request("POST"), browser.ReferrerNoReferrer)}, want: "basic 200", wire: []string{"POST a.test:7000 O=" + pageA}},
	{rule: "R-80", name: "no-cors GET", situation: situation{request: withMode(get(), browser.ModeNoCORS)}, want: "opaque 0", wire: []string{"GET b.test:7001"}},
	{rule: "R-80", name: "no-cors POST", situation: situation{request: withMode(request("POST"), browser.ModeNoCORS)}, want: "opaque 0", wire: []string{"POST b.test:7001 O=" + pageA}},
	{rule: "R-80", name: "no-cors POST without a referrer", situation: situation{request: withReferrer(withMode(request("POST"), browser.ModeNoCORS), browser.ReferrerNoReferrer)}, want: "opaque 0", wire: []string{"POST b.test:7001 O=null"}},
	{rule: "R-80", name: "no-cors POST with policy same-origin", situation: situation{request: withReferrer(withMode(request("POST"), browser.ModeNoCORS), browser.ReferrerSameOrigin)}, want: "opaque 0", wire: []string{"POST b.test:7001 O=null"}},
	{rule: "R-80", name: "cors POST without a referrer", situation: situation{request: withReferrer(request("POST"), browser.ReferrerNoReferrer), answer: all}, want: "cors 200", wire: []string{"POST b.test:7001 O=" + pageA}},
}
