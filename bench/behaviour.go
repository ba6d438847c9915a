package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A question is put to every contestant, by a request to a server of its own.
// What they answer is the table of behaviour in docs/compare.md.
type question struct {
	text   string
	jub0bs string // read from jub0bs/cors v1.0.2, which cannot be run here
	config config
	answer func(asker) string
}

// An asker has a contestant serve requests under the question's config.
type asker struct {
	contestant contestant
	config     config
}

// ask serves one request, for whose answer somebody outside has set Vary:
// Accept-Encoding already.
func (a asker) ask(r *http.Request) answer {
	var reached bool
	l := a.contestant.build(a.config, &reached)(r)
	switch l := l.(type) {
	case *httpLane:
		l.writer.header.Set("Vary", "Accept-Encoding")
		l.handler.ServeHTTP(&l.writer, l.request)
	case *fastLane:
		l.context.Response.Header.Set("Vary", "Accept-Encoding")
		l.handler(&l.context)
	}
	return l.answer()
}

// refusesConfig reports whether no server can be made with the config.
func (a asker) refusesConfig() (refused bool) {
	defer func() { refused = recover() != nil }()
	a.contestant.build(a.config, nil)
	return false
}

const (
	friend   = "https://app.example.com"
	stranger = "https://evil.example"
)

var (
	plain = config{origins: []string{friend}}
	wild  = config{origins: []string{"https://*.example.com"}, patterns: true}
)

// get is a GET with these Origin headers.
func get(origins ...string) *http.Request {
	h := http.Header{}
	if len(origins) > 0 {
		h["Origin"] = origins
	}
	return request("GET", h)
}

// asking is a preflight with these lines of Access-Control-Request-Headers.
func asking(origin, method string, lines ...string) *http.Request {
	h := http.Header{"Origin": {origin}, "Access-Control-Request-Method": {method}}
	if len(lines) > 0 {
		h["Access-Control-Request-Headers"] = lines
	}
	return request("OPTIONS", h)
}

// status answers with the status, and with the Access-Control-Allow- headers
// that come with it.
func status(r *http.Request) func(asker) string {
	return func(a asker) string {
		answer := a.ask(r)
		var granted []string
		for name := range answer.header {
			if rest, ok := strings.CutPrefix(name, "Access-Control-Allow-"); ok {
				granted = append(granted, rest)
			}
		}
		if len(granted) == 0 {
			return fmt.Sprint(answer.status)
		}
		slices.Sort(granted)
		return fmt.Sprintf("%d: %s", answer.status, strings.Join(granted, ", "))
	}
}

// passes answers whether a browser would go on after the preflight.
func passes(r *http.Request) func(asker) string {
	return func(a asker) string {
		return yes(comesTo(row{config: a.config, request: r, want: preflightPassed}, a.ask(r)))
	}
}

// reads answers whether a browser would let the script read the response.
func reads(r *http.Request) func(asker) string {
	return func(a asker) string {
		if a.refusesConfig() {
			return "refused at start"
		}
		allowed := a.ask(r).header["Access-Control-Allow-Origin"]
		if len(allowed) != 1 || allowed[0] != "*" && allowed[0] != r.Header.Get("Origin") {
			return "no"
		}
		return "yes"
	}
}

// reachesHandler answers whether the request gets to the handler.
func reachesHandler(r *http.Request) func(asker) string {
	return func(a asker) string {
		answer := a.ask(r)
		if answer.reached {
			return "yes"
		}
		return fmt.Sprintf("no: %d", answer.status)
	}
}

// varies answers whether Vary has Origin, and still has what was there.
func varies(r *http.Request) func(asker) string {
	return func(a asker) string {
		h := a.ask(r).header
		switch {
		case !variesByOrigin(h):
			return "no"
		case !contains(h, "Vary", []string{"Accept-Encoding"}):
			return "yes, and drops others"
		}
		return "yes"
	}
}

// lists answers what a header of a preflight's answer lists.
func lists(header string, all []string) func(asker) string {
	return func(a asker) string {
		h := a.ask(asking(friend, "PUT", "authorization")).header
		switch got := members(h, header); {
		case len(got) == 1:
			return "what was asked"
		case contains(h, header, all):
			return "all"
		}
		return "something else"
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

var questions = []question{
	{"Preflight that succeeds", "204: Headers, Methods, Origin", plain, status(asking(friend, "PUT", "authorization"))},
	{"Preflight refused by its origin", "403", plain, status(asking(stranger, "PUT"))},
	{"Preflight refused by its method", "403", plain, status(asking(friend, "PATCH"))},
	{"Preflight refused by a header", "403", plain, status(asking(friend, "PUT", "x-other"))},
	{"Methods in the answer", "what was asked", plain, lists("Access-Control-Allow-Methods", []string{"PUT", "DELETE"})},
	{"Headers in the answer", "what was asked", plain, lists("Access-Control-Allow-Headers", requestHeaders)},
	{"POST that is preflighted without headers passes", "yes, but not if no headers and no other methods are configured", plain, passes(asking(friend, "POST"))},
	{"Request headers asked for in two lines", "yes", plain, passes(asking(friend, "PUT", "authorization", "content-type"))},
	{"In title case", "no", plain, passes(asking(friend, "PUT", "Authorization"))},
	{"Not sorted", "no", plain, passes(asking(friend, "PUT", "x-request-id,authorization"))},
	{"With two spaces after a comma", "yes", plain, passes(asking(friend, "PUT", "authorization,  content-type"))},
	{"With empty elements", "yes, up to 16", plain, passes(asking(friend, "PUT", "authorization,,content-type"))},
	{"Method asked for is `GET, DELETE`", "403", plain, status(asking(friend, "GET, DELETE"))},
	{"GET of a refused origin reaches the handler", "yes", plain, reachesHandler(get(stranger))},
	{"OPTIONS without Origin reaches the handler", "yes", plain, reachesHandler(request("OPTIONS", http.Header{}))},
	{"OPTIONS with Origin that is no preflight reaches it", "yes", plain, reachesHandler(request("OPTIONS", http.Header{"Origin": {friend}}))},
	{"`Vary: Origin` on an allowed GET", "yes", plain, varies(get(friend))},
	{"`Vary: Origin` on a refused GET", "yes", plain, varies(get(stranger))},
	{"`Vary: Origin` on a GET without Origin", "yes", plain, varies(get())},
	{"`Vary: Origin` on a preflight that succeeds", "no, by design", plain, varies(asking(friend, "PUT"))},
	{"`Vary: Origin` on a preflight refused by its origin", "no, by design", plain, varies(asking(stranger, "PUT"))},
	{"Header slices shared between responses", "no", plain, func(a asker) string {
		server := a.contestant.build(a.config, new(bool))
		first, second := server(get(friend)), server(get(friend))
		first.serve()
		second.serve()
		return yes(shares(first.answer().header, second.answer().header))
	}},
	{"Two Origin headers, the first allowed", "yes", plain, reads(get(friend, stranger))},
	{"`*` listed, with credentials", "refused at start", config{origins: []string{"*"}, credentials: true}, reads(get(stranger))},
	{"`null` listed, with credentials", "refused at start", config{origins: []string{"null"}, credentials: true}, reads(get("null"))},
	{"`https://app.example.com/` listed", "refused at start", config{origins: []string{friend + "/"}}, reads(get(friend))},
	{"Pattern `https://*.example.com` allows `https://a.b.example.com`", "yes", wild, reads(get("https://a.b.example.com"))},
	{"It allows `https://example.com`", "no", wild, reads(get("https://example.com"))},
	{"It allows `https://foo..example.com`", "no", wild, reads(get("https://foo..example.com"))},
	{"It allows `https://evil.com/.example.com`", "yes", wild, reads(get("https://evil.com/.example.com"))},
	{"It allows `https://evil.com:any.example.com`", "no", wild, reads(get("https://evil.com:any.example.com"))},
	{"Pattern `https://*.github.io` with credentials", "refused at start", config{origins: []string{"https://*.github.io"}, patterns: true, credentials: true}, reads(get("https://evil.github.io"))},
	{"Origin `http://app.example.com` with credentials", "refused at start", config{origins: []string{"http://app.example.com"}, credentials: true}, reads(get("http://app.example.com"))},
}

// behaviour puts all questions to all contestants.
func behaviour() string {
	rows := [][]string{{""}}
	var askers []asker
	for _, p := range platforms {
		for i, c := range p.contestants {
			if c.name == none || i == 1 && p.name != platforms[0].name {
				continue // ours is the same everywhere
			}
			askers = append(askers, asker{contestant: c})
			rows[0] = append(rows[0], c.name)
		}
	}
	rows[0] = append(rows[0], "jub0bs, read")
	for _, q := range questions {
		line := []string{q.text}
		for _, a := range askers {
			a.config = q.config
			if a.contestant.noPatterns && q.config.patterns {
				line = append(line, "–")
				continue
			}
			line = append(line, q.answer(a))
		}
		rows = append(rows, append(line, q.jub0bs))
	}
	return markdown(rows)
}
