// Package random makes up scenarios over a grammar of what matters to CORS, and
// makes one that shows a difference as small as it can be.
package random

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"crossorigin.dev/conformance/vector"
)

// A generator makes one scenario.
type generator struct {
	*rand.Rand
	page   vector.Page
	origin string // of the page, as it is sent
}

// pick returns one of several, each as likely as it is often named.
func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

// chance is true so many times in a hundred.
func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

var pages = []vector.Page{
	{URL: "http://a.test:7000/page"}, {URL: "http://a.test:7000/page"}, {URL: "http://a.test:7000/page"},
	{URL: "https://a.test:7443/page"}, {URL: "https://a.test:7443/page"},
	{URL: "http://a.test:7000/page", Sandbox: true},
	{URL: "http://a.test:7000/page", Headers: "Referrer-Policy: no-referrer"},
	{URL: "https://a.test:7443/page", Headers: "Referrer-Policy: unsafe-url"},
}

// Scenarios returns n scenarios that share a page, so that they can run in one
// visit. The same seed and batch make the same ones.
func Scenarios(seed uint64, batch, n int) []*vector.Vector {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(batch)))}
	g.page = pick(g, pages...)
	g.origin = strings.TrimSuffix(g.page.URL, "/page")
	if g.page.Sandbox {
		g.origin = "null"
	}
	var list []*vector.Vector
	for i := range n {
		v := g.scenario()
		v.Name = fmt.Sprintf("random-%d-%d-%d", seed, batch, i)
		list = append(list, v)
	}
	return list
}

func (g *generator) scenario() *vector.Vector {
	v := &vector.Vector{Page: g.page}
	for i := range pick(g, 1, 1, 1, 2) {
		g.chain(v, i)
	}
	first := g.step(v.Servers[0].URL)
	v.Steps = append(v.Steps, first)
	for range pick(g, 0, 0, 1, 1, 2) {
		var s vector.Step
		switch g.IntN(3) {
		case 0:
			s = first // once more, to meet the caches
		case 1:
			s = first
			g.vary(&s)
		default:
			s = g.step(pick(g, v.Servers...).URL)
		}
		v.Steps = append(v.Steps, s)
	}
	// Chromium follows a redirect to a URL with a user name on behalf of a keepalive
	// request before it refuses it.
	if slices.ContainsFunc(v.Servers, func(r vector.Resource) bool { return strings.Contains(r.Answer[0], "://u:p@") }) {
		for i := range v.Steps {
			v.Steps[i].Keepalive = false
		}
	}
	return v
}

// target returns a URL's beginning.
func (g *generator) target() string {
	if strings.HasPrefix(g.page.URL, "https:") {
		return pick(g, "https://a.test:7443", "https://a.test:7444", "https://sub.a.test:7443", "https://b.test:7443", "https://b.test:7443",
			"https://b.test:7444", "https://c.test:7445", "https://b.test:7445", "http://b.test:7001", "http://a.test:7000")
	}
	return pick(g, "http://a.test:7000", "http://a.test:7000", "http://a.test:7001", "http://sub.a.test:7001", "http://b.test:7001", "http://b.test:7001",
		"http://b.test:7002", "http://c.test:7002", "https://b.test:7443", "https://a.test:7443")
}

// chain adds a resource, and what it redirects to.
func (g *generator) chain(v *vector.Vector, number int) {
	hops := pick(g, 0, 0, 0, 0, 1, 1, 2, 3)
	var urls []string
	for i := range hops + 1 {
		urls = append(urls, fmt.Sprintf("%s/%c%d", g.target(), 'a'+number, i))
	}
	for i, url := range urls {
		r := vector.Resource{URL: url, Preflight: []string{g.preflight()}}
		if i < hops {
			r.Answer = []string{g.redirect(urls[i+1])}
		} else {
			r.Answer = []string{g.answer()}
			if g.chance(8) {
				r.Answer = append(r.Answer, g.answer())
			}
		}
		v.Servers = append(v.Servers, r)
	}
}

// lines collects header lines.
type lines []string

func (l *lines) add(name, value string) {
	*l = append(*l, strings.TrimRight(name+": "+vector.Escape(value), " "))
}

func (l *lines) text(g *generator, body string) string {
	head := (*l)[1:]
	g.Shuffle(len(head), func(i, j int) { head[i], head[j] = head[j], head[i] })
	text := strings.Join(*l, "\n")
	if body != "" {
		text += "\n\n" + body
	}
	return text
}

// allow adds the two headers of the CORS check, most often as they should be.
func (g *generator) allow(l *lines) {
	const name = "Access-Control-Allow-Origin"
	switch n := g.IntN(40); {
	case n < 14:
		l.add(name, "*")
	case n < 24:
		l.add(name, g.origin)
	case n < 30:
		l.add(name, "{{Origin}}")
	case n < 33:
	case n == 33:
		l.add(name, "null")
	case n == 34:
		l.add(name, g.origin+"/")
	case n == 35:
		l.add(name, pick(g, strings.ToUpper(g.origin), "http://other.test", "a.test", "", "* ", "**", "\t*", "http://a.test:7000, *", "'*'"))
	case n == 36:
		l.add(name, g.origin)
		l.add(name, g.origin)
	case n == 37:
		l.add(name, "*")
		l.add(name, pick(g, "*", g.origin, ""))
	case n == 38:
		l.add(name, g.origin+","+pick(g, "*", "http://x.test", ""))
	case n == 39:
		l.add(strings.ToLower(name), " "+g.origin+" ")
	}
	if g.chance(45) {
		l.add("Access-Control-Allow-Credentials", pick(g, "true", "true", "true", "true", "true", "true", "TRUE", "True", "false", "1", " true ", "true, true", ""))
	}
}

func (g *generator) preflight() string {
	l := lines{pick(g, "204", "204", "204", "204", "200", "200", "200", "201", "299", "300", "302", "304", "307", "401", "404", "500")}
	g.allow(&l)
	if g.chance(70) {
		l.add("Access-Control-Allow-Methods", pick(g, "{{Access-Control-Request-Method}}", "{{Access-Control-Request-Method}}", "*", "*", "PUT", "PUT, DELETE, PATCH",
			"PUT,,DELETE", "put", "patch", "GET, POST", "PUT DELETE", "PUT, @", "", "*, PUT", "\"PUT\"", ", PUT ,", "PUT\t,DELETE"))
	}
	if g.chance(75) {
		l.add("Access-Control-Allow-Headers", pick(g, "{{Access-Control-Request-Headers}}", "{{Access-Control-Request-Headers}}", "{{Access-Control-Request-Headers}}", "*", "*",
			"x-a", "X-A, X-B", "authorization", "*, authorization", "content-type", "x-a; x-b", "x-a,,x-b", "", "x-a x-b", "\"x-a\"", "range, x-a, content-type"))
		if g.chance(8) {
			l.add("Access-Control-Allow-Headers", pick(g, "x-b", "*", "content-type", ""))
		}
	}
	if g.chance(45) {
		l.add("Access-Control-Max-Age", pick(g, "60", "60", "60", "600", "0", "-1", "abc", "", "+60", "60.5", " 60 ", "60, 60", "99999999999999999999", "06"))
	}
	return l.text(g, "")
}

var statuses = []string{
	"200", "200", "200", "200", "200", "200", "200", "200", "200", "200", "200", "200", "201", "202", "203", "204", "205", "206",
	"226", "299", "300", "301", "304", "305", "306", "309", "400", "401", "403", "404", "410", "418", "429", "500", "503", "599",
}

func (g *generator) answer() string {
	l := lines{pick(g, statuses...)}
	g.allow(&l)
	l.add("Content-Type", pick(g, "text/plain", "text/plain", "text/plain", "application/json", "text/html", "image/png", "application/octet-stream", "nonsense", ""))
	if g.chance(15) {
		l.add("Access-Control-Expose-Headers", pick(g, "*", "x-a", "X-A, x-b", "x-a, Bad value", "set-cookie, x-a", "*, x-a", "", ",x-a,,"))
	}
	if g.chance(25) {
		l.add(pick(g, "X-A", "X-B", "ETag", "Content-Language", "Pragma", "Expires", "Link"), pick(g, "1", "\"a\"", "x", ""))
	}
	g.cookies(&l)
	g.caching(&l)
	if g.chance(10) {
		l.add("Cross-Origin-Resource-Policy", pick(g, "same-origin", "same-site", "cross-origin", "Same-Origin", "same-origin, same-site", "nonsense"))
	}
	if g.chance(6) {
		l.add("X-Content-Type-Options", "nosniff")
	}
	if g.chance(6) {
		l.add("Timing-Allow-Origin", pick(g, "*", g.origin, "null", "http://x.test"))
	}
	body := pick(g, "", "hello", `{"a":1}`, "<!doctype html>")
	permanent := slices.Contains([]string{"300", "301", "308", "410"}, l[0])
	if body == "" && (permanent || slices.ContainsFunc(l, func(line string) bool { return strings.Contains(line, "max-age=60") })) {
		body = "hello" // whether Chromium stores an empty one that fails CORS is a race
	}
	return l.text(g, body)
}

func (g *generator) cookies(l *lines) {
	if !g.chance(18) {
		return
	}
	l.add("Set-Cookie", pick(g, "k=v", "k=v", "k=w", "j=1")+pick(g, "", "", "; SameSite=None; Secure", "; SameSite=None; Secure", "; SameSite=None",
		"; SameSite=Lax", "; SameSite=Strict", "; HttpOnly", "; Secure", "; Max-Age=0", "; Max-Age=60", "; SameSite=nonsense"))
}

func (g *generator) caching(l *lines) {
	switch g.IntN(6) {
	case 0:
		l.add("Cache-Control", pick(g, "max-age=60", "max-age=60", "max-age=0", "no-cache", "private, max-age=60", "public, max-age=60", "must-revalidate"))
		if g.chance(35) {
			l.add("Vary", pick(g, "Origin", "Origin", "*", "Accept", "X-A"))
		}
	case 1, 2, 3:
		l.add("Cache-Control", "no-store")
	}
}

func (g *generator) redirect(to string) string {
	l := lines{pick(g, "301", "302", "302", "303", "307", "307", "308")}
	g.allow(&l)
	location := to
	switch g.IntN(30) {
	case 0:
		location = strings.Replace(to, "://", "://u:p@", 1)
	case 1:
		location = to + "#fragment"
	case 2:
		location = pick(g, "data:text/plain,x", "ftp://b.test/", "http://b.test:6667/", "http://[", "about:blank", "//b.test:7001/a0", "?x=1", "")
	}
	if g.page.Sandbox && location == "?x=1" {
		location = to // Chromium remembers a preflight in such a circle, and nowhere else
	}
	if !g.chance(3) {
		l.add("Location", location)
	}
	if g.chance(8) {
		l.add("Referrer-Policy", pick(g, policies...))
	}
	g.cookies(&l)
	if g.chance(80) {
		g.caching(&l)
	}
	return l.text(g, "")
}

var policies = []string{
	"no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin",
	"origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url",
}

// step makes up a request.
func (g *generator) step(url string) vector.Step {
	s := vector.Step{Kind: vector.KindFetch, URL: url}
	if g.chance(8) {
		s.Kind = vector.KindXHR
	}
	s.Method = pick(g, "", "", "", "", "POST", "POST", "PUT", "PUT", "DELETE", "PATCH", "patch", "HEAD", "put", "OPTIONS", "REPORT")
	g.headers(&s)
	g.body(&s)
	if g.chance(45) {
		s.Credentials = pick(g, "include", "include", "include", "omit", "same-origin")
	}
	if s.Kind == vector.KindXHR {
		if s.Credentials != "include" {
			s.Credentials = ""
		}
		s.UploadListener = g.chance(30)
		return s
	}
	if g.chance(18) {
		s.Mode = pick(g, "no-cors", "no-cors", "same-origin", "cors")
	}
	if g.chance(12) {
		s.Redirect = pick(g, "manual", "error", "follow")
	}
	if g.chance(15) {
		s.Cache = pick(g, "no-store", "reload", "no-cache", "force-cache", "only-if-cached", "default")
	}
	if g.chance(12) {
		s.ReferrerPolicy = pick(g, policies...)
	}
	s.Keepalive = g.chance(4)
	return s
}

func (g *generator) headers(s *vector.Step) {
	var l lines
	for range pick(g, 0, 0, 0, 1, 1, 2, 3) {
		switch g.IntN(12) {
		case 0:
			l.add("Accept", pick(g, "text/x", strings.Repeat("a", 128), strings.Repeat("a", 129), `a"b`, "*/*", "a(b"))
		case 1:
			l.add(pick(g, "Accept-Language", "Content-Language"), pick(g, "en", "en-GB, de;q=0.5", "en_US", "x/y", strings.Repeat("e", 129), "*"))
		case 2, 3, 4:
			l.add("Content-Type", pick(g, "text/plain", "text/plain;charset=utf-8", "application/json", "application/json", "application/x-www-form-urlencoded",
				"multipart/form-data", "TEXT/PLAIN", "text/plain; charset=\"x\"", "text/plain, application/json", "nonsense", "text/plain;", ""))
		case 5:
			l.add("Range", pick(g, "bytes=0-", "bytes=0-9", "bytes=9-0", "bytes=-5", "bytes=0-1,2-3", "bytes = 0-1", "items=0-1", "Bytes=0-1"))
		case 6:
			l.add("Authorization", "Bearer x")
		case 7:
			l.add(pick(g, "Cache-Control", "Pragma", "If-None-Match", "If-Modified-Since"), pick(g, "no-cache", `"x"`, "max-age=0"))
		case 8:
			l.add(pick(g, "Save-Data", "DPR", "Width", "Origin", "Cookie", "Referer", "Sec-X", "Proxy-X", "DNT", "Date", "X-HTTP-Method-Override", "Last-Event-ID"), pick(g, "1", "TRACE", "x"))
		default:
			l.add(pick(g, "X-A", "x-b", "X-C", "x-a"), pick(g, "1", "", "a b", "é"))
		}
	}
	if !slices.ContainsFunc(l, func(line string) bool { return strings.HasPrefix(line, "Sec-X") }) || g.chance(50) {
		s.Headers = strings.Join(l, "\n")
	}
}

func (g *generator) body(s *vector.Step) {
	if s.Method == "" || s.Method == "HEAD" {
		if !g.chance(2) {
			return
		}
	} else if !g.chance(60) {
		return
	}
	s.Body = &vector.Body{Kind: pick(g, vector.BodyString, vector.BodyString, vector.BodyString, vector.BodyBuffer, vector.BodyBlob, vector.BodyParams, vector.BodyForm), Text: "a=b"}
	if s.Body.Kind == vector.BodyBlob {
		s.Body.Type = pick(g, "", "text/plain", "application/json", "image/png")
	}
	if s.Kind == vector.KindFetch && g.chance(4) {
		s.Body.Kind, s.Body.Type = vector.BodyStream, ""
	}
}

// vary changes one thing of a request.
func (g *generator) vary(s *vector.Step) {
	other := g.step(s.URL)
	switch g.IntN(4) {
	case 0:
		s.Method, s.Body = other.Method, other.Body
	case 1:
		s.Headers = other.Headers
	case 2:
		s.Credentials = pick(g, "include", "omit", "")
		if s.Kind == vector.KindXHR && s.Credentials == "omit" {
			s.Credentials = ""
		}
	default:
		if s.Kind == vector.KindFetch && other.Kind == vector.KindFetch {
			s.Mode, s.Cache, s.Redirect = other.Mode, other.Cache, other.Redirect
		}
	}
}
