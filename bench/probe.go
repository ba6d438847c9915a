package main

import (
	"net/http"
	"slices"
	"strings"
	"unsafe"
)

// A remark is something that a contestant does otherwise than the row asks, as
// seen in its answers. Contestants with a remark that makes their work less are
// shown and not ranked.
type remark struct {
	Mark     string
	Text     string
	Unranked bool
}

var (
	wrongOutcome = remark{"w", "a browser would decide otherwise than the row says", true}
	noVary       = remark{"v", "the answer depends on `Origin` and has no `Vary: Origin`, so a cache may hand it to another origin", true}
	sharedSlice  = remark{"s", "header values lie in slices that all responses share, so that writing into one changes the others", true}
	stops        = remark{"h", "an ordinary or simple cross-origin request does not reach the handler", true}
	adjoining    = remark{"a", "appending to one header of the response would overwrite another", true}
	requestSlice = remark{"r", "the response's header shares a slice with the request's", false}
)

// remarks lists every remark there is, in the order of the notes.
var remarks = []remark{wrongOutcome, noVary, sharedSlice, stops, adjoining, requestSlice}

// probe sends the row's request twice, on two lanes as for two clients, and
// looks at what came back.
func probe(c contestant, r row) []remark {
	var reached bool
	serve := c.build(r.config, &reached)
	first, second := serve(r.request), serve(r.request)
	first.serve()
	answer := first.answer()
	second.serve()

	var found []remark
	if !reaches(r, answer) {
		found = append(found, stops)
	}
	if !comesTo(r, answer) {
		found = append(found, wrongOutcome)
	}
	if !variesByOrigin(answer.header) {
		found = append(found, noVary)
	}
	if shares(answer.header, second.answer().header) {
		found = append(found, sharedSlice)
	}
	if adjoins(answer.header) {
		found = append(found, adjoining)
	}
	if l, ok := first.(*httpLane); ok && shares(answer.header, l.request.Header) {
		found = append(found, requestSlice)
	}
	return found
}

// reaches reports whether the request got to the handler if it had to.
func reaches(r row, a answer) bool {
	switch r.want {
	case ordinary, granted, withheld:
		return a.reached
	}
	return true
}

// comesTo reports whether a browser that sent the row's request would decide as
// the row says, https://fetch.spec.whatwg.org/#concept-cors-check and
// https://fetch.spec.whatwg.org/#cors-preflight-fetch, steps 7 and after.
func comesTo(r row, a answer) bool {
	origin := r.request.Header.Get("Origin")
	check := a.header.Get("Access-Control-Allow-Origin") == origin &&
		(!r.config.credentials || a.header.Get("Access-Control-Allow-Credentials") == "true")
	passes := check && a.status >= 200 && a.status <= 299 &&
		allowsMethod(a.header, r.request.Header.Get("Access-Control-Request-Method")) &&
		contains(a.header, "Access-Control-Allow-Headers", members(r.request.Header, "Access-Control-Request-Headers"))
	switch r.want {
	case granted:
		return check && (!r.config.credentials || contains(a.header, "Access-Control-Expose-Headers", exposedHeaders))
	case withheld:
		return !check
	case preflightPassed:
		return passes && !a.reached && a.header.Get("Access-Control-Max-Age") == "600"
	case preflightFailed:
		return !passes && !a.reached
	case preflightEither:
		return !a.reached
	}
	return true
}

func allowsMethod(h http.Header, method string) bool {
	switch method {
	case "GET", "HEAD", "POST":
		return true
	}
	return slices.Contains(members(h, "Access-Control-Allow-Methods"), method)
}

// contains reports whether the header's list has all names, in any case.
func contains(h http.Header, header string, names []string) bool {
	list := members(h, header)
	for _, name := range names {
		if !slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) }) {
			return false
		}
	}
	return true
}

func variesByOrigin(h http.Header) bool {
	return slices.ContainsFunc(members(h, "Vary"), func(s string) bool { return s == "*" || strings.EqualFold(s, "Origin") })
}

// members returns the members of a header's list that are not empty.
func members(h http.Header, header string) []string {
	var all []string
	for _, line := range h[header] {
		for member := range strings.SplitSeq(line, ",") {
			if member = strings.Trim(member, " \t"); member != "" {
				all = append(all, member)
			}
		}
	}
	return all
}

// shares reports whether a value of one header lies where a value of the other
// does.
func shares(a, b http.Header) bool {
	for _, as := range a {
		for _, bs := range b {
			if len(as) > 0 && len(bs) > 0 && unsafe.SliceData(as) == unsafe.SliceData(bs) {
				return true
			}
		}
	}
	return false
}

// adjoins reports whether one value lies in the room that another would grow
// into.
func adjoins(h http.Header) bool {
	for name, values := range h {
		room := values[:cap(values)]
		for i := len(values); i < len(room); i++ {
			for other, theirs := range h {
				if other != name && len(theirs) > 0 && &room[i] == &theirs[0] {
					return true
				}
			}
		}
	}
	return false
}
