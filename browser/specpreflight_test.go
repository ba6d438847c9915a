package browser_test

import "crossorigin.dev/browser"

// mineTo is what a server says that lets the page at a.test have credentials.
var mineTo = []string{"Access-Control-Allow-Origin: " + pageA, "Access-Control-Allow-Credentials: true"}[:2:2]

func methods(value string) []string { return allow("Access-Control-Allow-Methods: " + value) }
func headers(value string) []string { return allow("Access-Control-Allow-Headers: " + value) }

var preflightCases = []specCase{
	{rule: "R-90", name: "names are sorted and joined by a bare comma", situation: situation{request: request("PUT", "X-b", "1", "X-A", "2", "Content-Type", "a/b"), preflight: append(headers("*"), "Access-Control-Allow-Methods: *"), answer: all},
		want: "cors 200", wire: []string{"OPTIONS b.test:7001 O=" + pageA + " M=PUT H=content-type,x-a,x-b", "PUT b.test:7001 O=" + pageA + " T=a/b"}},
	{rule: "R-90", name: "no names, no header", situation: situation{request: request("X-y"), preflight: methods("X-y"), answer: all},
		want: "cors 200", wire: []string{"OPTIONS b.test:7001 O=" + pageA + " M=X-y", "X-y b.test:7001 O=" + pageA}},
	{rule: "R-91", name: "status 200", situation: situation{request: put, preflight: append(methods("PUT"), "200"), answer: all}, want: "cors 200"},
	{rule: "R-91", name: "status 299", situation: situation{request: put, preflight: append(methods("PUT"), "299"), answer: all}, want: "cors 200"},
	{rule: "R-91", name: "status 300", situation: situation{request: put, preflight: append(methods("PUT"), "300"), answer: all}, want: "preflight.status"},
	{rule: "R-91", name: "status 404", situation: situation{request: put, preflight: append(methods("PUT"), "404"), answer: all}, want: "preflight.status", wire: []string{"OPTIONS b.test:7001 O=" + pageA + " M=PUT"}},
	{rule: "R-91", name: "a redirect", situation: situation{request: put, preflight: append(methods("PUT"), "302", "Location: /r"), answer: all}, want: "preflight.redirect"},
	{rule: "R-91", name: "302 without a Location", situation: situation{request: put, preflight: append(methods("PUT"), "302"), answer: all}, want: "preflight.status"},
	{rule: "R-91", name: "no permission to read it, whatever the status", situation: situation{request: put, preflight: []string{"404"}, answer: all}, want: "preflight.acao.missing"},
	{rule: "R-91", name: "* with credentials", situation: situation{request: credentialed(put), preflight: methods("PUT"), answer: mineTo}, want: "preflight.acao.wildcard-with-credentials"},
	{rule: "R-91", name: "credentials not allowed", situation: situation{request: credentialed(put), preflight: []string{"204", "Access-Control-Allow-Origin: " + pageA, "Access-Control-Allow-Methods: PUT"}, answer: mineTo}, want: "preflight.acac.not-true"},
	{rule: "R-91", name: "two origins", situation: situation{request: put, preflight: []string{"204", "Access-Control-Allow-Origin: a, b"}, answer: all}, want: "preflight.acao.multiple"},
	{rule: "R-91", name: "no origin", situation: situation{request: put, preflight: []string{"204", "Access-Control-Allow-Origin: a"}, answer: all}, want: "preflight.acao.invalid"},
	{rule: "R-91", name: "another origin", situation: situation{request: put, preflight: []string{"204", "Access-Control-Allow-Origin: http://x.test"}, answer: all}, want: "preflight.acao.mismatch"},
	{rule: "R-92", name: "empty members", situation: situation{request: put, preflight: methods(",PUT,,"), answer: all}, want: "cors 200"},
	{rule: "R-92", name: "a member that is no token", situation: situation{request: put, preflight: methods("PUT,@"), answer: all}, want: "preflight.methods.parse"},
	{rule: "R-92", name: "several lines", situation: situation{request: request("PUT", "X-A", "1", "X-B", "2"), preflight: append(methods("PUT"), "Access-Control-Allow-Headers: x-a", "Access-Control-Allow-Headers: x-b"), answer: all}, want: "cors 200"},
	{rule: "R-92", name: "a semicolon", situation: situation{request: xA, preflight: headers("x-a; x-b"), answer: all}, want: "preflight.headers.parse"},
	{rule: "R-92", name: "a bad list of headers that are not asked about", situation: situation{request: put, preflight: append(methods("PUT"), "Access-Control-Allow-Headers: Bad value"), answer: all}, want: "preflight.headers.parse"},
	{rule: "R-93", name: "a method not listed with an upload listener", situation: situation{request: uploads("PUT"), preflight: allow(), answer: all}, want: "cors 200"},
	{rule: "R-93", name: "another listed with an upload listener", situation: situation{request: uploads("PUT"), preflight: methods("DELETE"), answer: all}, want: "preflight.method"},
	{rule: "R-94", name: "listed", situation: situation{request: put, preflight: methods("DELETE, PUT"), answer: all}, want: "cors 200"},
	{rule: "R-94", name: "not listed", situation: situation{request: put, preflight: methods("DELETE"), answer: all}, want: "preflight.method", wire: []string{"OPTIONS b.test:7001 O=" + pageA + " M=PUT"}},
	{rule: "R-94", name: "listed in another case", situation: situation{request: put, preflight: methods("put"), answer: all}, want: "preflight.method"},
	{rule: "R-94", name: "*", situation: situation{request: put, preflight: methods("*"), answer: all}, want: "cors 200"},
	{rule: "R-94", name: "* with credentials", situation: situation{request: credentialed(put), preflight: append(mineTo, "204", "Access-Control-Allow-Methods: *"), answer: mineTo}, want: "preflight.method"},
	{rule: "R-94", name: "safelisted and not listed", situation: situation{request: request("POST", "X-A", "1"), preflight: append(headers("x-a"), "Access-Control-Allow-Methods: PUT"), answer: all}, want: "cors 200"},
	{rule: "R-95", name: "Authorization in another case", situation: situation{request: bearer, preflight: headers("AUTHORIZATION"), answer: all}, want: "cors 200"},
	{rule: "R-95", name: "Authorization under *", situation: situation{request: bearer, preflight: headers("x-a, *"), answer: all}, want: "preflight.authorization-wildcard"},
	{rule: "R-96", name: "listed in another case", situation: situation{request: xA, preflight: headers("X-A"), answer: all}, want: "cors 200"},
	{rule: "R-96", name: "not listed", situation: situation{request: xA, preflight: headers("x-aa"), answer: all}, want: "preflight.header"},
	{rule: "R-96", name: "no list", situation: situation{request: xA, preflight: allow(), answer: all}, want: "preflight.header"},
	{rule: "R-96", name: "* with credentials", situation: situation{request: credentialed(xA), preflight: append(mineTo, "204", "Access-Control-Allow-Headers: *"), answer: mineTo}, want: "preflight.header"},
	{rule: "R-96", name: "a header named * with credentials", situation: situation{request: credentialed(get("*", "1")), preflight: append(mineTo, "204", "Access-Control-Allow-Headers: *"), answer: mineTo}, want: "cors 200"},
}

func uploads(method string) browser.Request {
	return browser.Request{Method: method, Body: []byte("x"), Initiator: browser.InitiatorXHR, UploadListener: true}
}

func acao(value string) []string { return []string{"Access-Control-Allow-Origin: " + value} }

var corsCheckCases = []specCase{
	{rule: "R-100", name: "none", want: "acao.missing"},
	{rule: "R-100", name: "*", situation: situation{answer: all}, want: "cors 200"},
	{rule: "R-100", name: "the origin", situation: situation{answer: acao(pageA)}, want: "cors 200"},
	{rule: "R-100", name: "spaces around it", situation: situation{answer: acao(" " + pageA + "\t ")}, want: "cors 200"},
	{rule: "R-100", name: "a slash at the end", situation: situation{answer: acao(pageA + "/")}, want: "acao.mismatch"},
	{rule: "R-100", name: "another case", situation: situation{answer: acao("http://A.test:7000")}, want: "acao.mismatch"},
	{rule: "R-100", name: "another port", situation: situation{answer: acao("http://a.test:7001")}, want: "acao.mismatch"},
	{rule: "R-100", name: "the default port", page: browser.PageOptions{URL: "http://a.test/"}, situation: situation{answer: acao("http://a.test:80")}, want: "acao.mismatch"},
	{rule: "R-100", name: "null for an origin that is not", situation: situation{answer: acao("null")}, want: "acao.mismatch"},
	{rule: "R-100", name: "null for one that is", page: browser.PageOptions{Opaque: true}, situation: situation{answer: acao("null")}, want: "cors 200"},
	{rule: "R-100", name: "NULL", page: browser.PageOptions{Opaque: true}, situation: situation{answer: acao("NULL")}, want: "acao.invalid"},
	{rule: "R-100", name: "twice the same", situation: situation{answer: append(acao(pageA), acao(pageA)...)}, want: "acao.multiple"},
	{rule: "R-100", name: "twice *", situation: situation{answer: append(acao("*"), acao("*")...)}, want: "acao.multiple"},
	{rule: "R-100", name: "a list", situation: situation{answer: acao(pageA + ", http://x.test")}, want: "acao.multiple"},
	{rule: "R-100", name: "empty", situation: situation{answer: acao("")}, want: "acao.invalid"},
	{rule: "R-100", name: "no URL", situation: situation{answer: acao("localhost")}, want: "acao.invalid"},
	{rule: "R-100", name: "a pattern", situation: situation{answer: acao("http://*.test:7000")}, want: "acao.mismatch"},
	{rule: "R-100", name: "* with credentials", situation: situation{request: credentialed(get()), answer: append(all, "Access-Control-Allow-Credentials: true")}, want: "acao.wildcard-with-credentials"},
	{rule: "R-100", name: "* with credentials mode omit", situation: situation{request: browser.Request{Credentials: browser.CredentialsOmit}, answer: all}, want: "cors 200"},
	{rule: "R-100", name: "true", situation: situation{request: credentialed(get()), answer: mineTo}, want: "cors 200"},
	{rule: "R-100", name: "no true", situation: situation{request: credentialed(get()), answer: acao(pageA)}, want: "acac.not-true"},
	{rule: "R-100", name: "True", situation: situation{request: credentialed(get()), answer: append(acao(pageA), "Access-Control-Allow-Credentials: True")}, want: "acac.not-true"},
	{rule: "R-100", name: "true twice", situation: situation{request: credentialed(get()), answer: append(mineTo, "Access-Control-Allow-Credentials: true")}, want: "acac.not-true"},
	{rule: "R-100", name: "false without credentials", situation: situation{answer: append(acao(pageA), "Access-Control-Allow-Credentials: false")}, want: "cors 200"},
}

var filterCases = []specCase{
	{rule: "exposed headers", name: "none exposed", situation: situation{answer: append(all, "Pragma: x", "Expires: x", "Last-Modified: x", "Cache-Control: x", "Content-Language: x", "Accept: x")},
		want: "cors 200", header: []string{"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}},
	{rule: "exposed headers", name: "by name", situation: situation{answer: append(all, "Access-Control-Expose-Headers: x-extra,, SET-COOKIE", "Set-Cookie: a=b")},
		want: "cors 200", header: []string{"content-length", "content-type", "x-extra"}},
	{rule: "exposed headers", name: "*", situation: situation{answer: append(all, "Access-Control-Expose-Headers: *", "Set-Cookie: a=b")},
		want: "cors 200", header: []string{"access-control-allow-origin", "access-control-expose-headers", "content-length", "content-type", "date", "x-extra"}},
	{rule: "exposed headers", name: "* with credentials is a name", situation: situation{request: credentialed(get()), answer: append(mineTo, "Access-Control-Expose-Headers: *", "*: 1")},
		want: "cors 200", header: []string{"*", "content-length", "content-type"}},
	{rule: "exposed headers", name: "a bad member spoils the list", situation: situation{answer: append(all, "Access-Control-Expose-Headers: x-extra, Bad value")},
		want: "cors 200", header: []string{"content-length", "content-type"}},
	{rule: "nosniff", name: "a script of another type", situation: situation{request: browser.Script("", browser.CrossOriginNone), answer: []string{"X-Content-Type-Options: nosniff"}}, want: "nosniff"},
	{rule: "nosniff", name: "a script", situation: situation{request: browser.Script("", browser.CrossOriginNone), answer: []string{"X-Content-Type-Options: nosniff", "Content-Type: text/javascript"}}, want: "opaque 0"},
	{rule: "nosniff", name: "without nosniff", situation: situation{request: browser.Script("", browser.CrossOriginNone)}, want: "opaque 0"},
	{rule: "nosniff", name: "a style sheet", situation: situation{request: browser.Style("", browser.CrossOriginNone), answer: []string{"X-Content-Type-Options: nosniff", "Content-Type: text/css"}}, want: "opaque 0"},
	{rule: "nosniff", name: "fetch() does not care", situation: situation{answer: append(all, "X-Content-Type-Options: nosniff")}, want: "cors 200"},
	{rule: "MIME type", name: "a script that is a picture", situation: situation{request: browser.Script("", browser.CrossOriginNone), answer: []string{"Content-Type: image/png"}}, want: "mime"},
	{rule: "MIME type", name: "a script that is text", situation: situation{request: browser.Script("", browser.CrossOriginNone), answer: []string{"Content-Type: text/plain"}}, want: "opaque 0"},
}
