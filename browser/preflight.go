package browser

import (
	"slices"
	"strconv"
	"strings"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// A preflightNeed is what a preflight must ask about.
type preflightNeed struct {
	names []string // of headers, in lower case and sorted
}

// preflight asks the server whether the request may be sent.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func (f *fetch) preflight(needed *preflightNeed) *Error {
	out := &outgoing{preflight: true, method: "OPTIONS", target: f.current()}
	out.header.append("Accept", "*/*")
	out.header.append("Access-Control-Request-Method", f.method)
	if len(needed.names) > 0 {
		out.header.append("Access-Control-Request-Headers", strings.Join(needed.names, ","))
	}
	sent := f.serializedOrigin()
	if preflightOriginUntainted[f.profile()] {
		sent = f.page.origin.String()
	}
	if referrer := f.preflightReferrer(); referrer != "" {
		out.header.append("Referer", referrer)
	}
	out.header.append("Origin", sent)
	f.addFetchMetadata(out)
	agent, ok := f.header.get("User-Agent")
	if !ok || !preflightSaysUserAgent[f.profile()] {
		agent = f.page.browser.userAgent
	}
	out.header.append("User-Agent", agent)
	if preflightCacheHeaders[f.profile()] {
		f.addCacheHeaders(out, f.cacheMode())
	}
	r, failure := f.exchange(rulePreflightRequest, out)
	if failure != nil {
		return failure
	}
	r.close()
	if failure := f.judgePreflight(r, sent); failure != nil {
		return failure
	}
	return f.preflightAnswer(needed, r.header)
}

// preflightReferrer is the value of a preflight's Referer.
func (f *fetch) preflightReferrer() string {
	if f.hop == 0 || !preflightReferrerStale[f.profile()] {
		return f.referrer
	}
	return f.writeReferrer(f.clampReferrer(f.referrerAtFirst))
}

// judgePreflight applies the CORS check and looks at the status, in the order
// in which the browser reports them.
func (f *fetch) judgePreflight(r *response, sent string) *Error {
	if ownPreflightUnchecked[f.profile()] && origin.SameOrigin(f.page.origin, f.current().origin) {
		f.info(rulePreflightStatus, "This browser asks for no Access-Control-Allow-Origin where a preflight goes to the page's own origin.")
		return f.preflightStatus(r)
	}
	if preflightStatusFirst[f.profile()] {
		if failure := f.preflightStatus(r); failure != nil {
			return failure
		}
		return f.corsCheck(r, sent, preflightReasons)
	}
	if failure := f.corsCheck(r, sent, preflightReasons); failure != nil {
		return failure
	}
	return f.preflightStatus(r)
}

func (f *fetch) preflightStatus(r *response) *Error {
	status := strconv.Itoa(r.status)
	in := Field{"status", status}
	if fetchspec.IsOKStatus(r.status) {
		f.pass(rulePreflightStatus, "The preflight response's status, "+status+", is an ok status.", in)
		return nil
	}
	if location, ok := r.header.get("Location"); ok && fetchspec.IsRedirectStatus(r.status) {
		return f.fail(rulePreflightStatus, ReasonPreflightRedirect,
			"The preflight was answered with a redirect ("+status+" to "+quote(location)+"), which a preflight never follows.", in, Field{"location", location})
	}
	return f.fail(rulePreflightStatus, ReasonPreflightStatus,
		"The preflight response's status is "+status+"; it must be one of 200 to 299.", in)
}

// A grant is what a preflight's response allows.
type grant struct {
	methods, headers []string // as listed
	methodsLine      string   // as written, for the reader
	headersLine      string
	credentialed     bool
}

// preflightAnswer reads what the response allows and compares it with what the
// request needs. https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func (f *fetch) preflightAnswer(needed *preflightNeed, h headerList) *Error {
	g := &grant{credentialed: f.credentialed()}
	var failure *Error
	if g.methods, g.methodsLine, failure = f.preflightList(h, "Access-Control-Allow-Methods", ReasonPreflightMethodsParse); failure != nil {
		return failure
	}
	checkMethod := func() *Error { return f.checkMethod(g, h.has("Access-Control-Allow-Methods")) }
	if methodBeforeHeaders[f.profile()] {
		if failure := checkMethod(); failure != nil {
			return failure
		}
	}
	if g.headers, g.headersLine, failure = f.preflightList(h, "Access-Control-Allow-Headers", ReasonPreflightHeadersParse); failure != nil {
		return failure
	}
	if storedUnchecked[f.profile()] {
		f.store(g, h)
	}
	if !methodBeforeHeaders[f.profile()] {
		if failure := checkMethod(); failure != nil {
			return failure
		}
	}
	if failure := f.checkHeaders(g, needed.names); failure != nil {
		return failure
	}
	if !storedUnchecked[f.profile()] {
		f.store(g, h)
	}
	return nil
}

// preflightList reads a list of tokens. One member that is no token spoils it.
// https://fetch.spec.whatwg.org/#extract-header-list-values
func (f *fetch) preflightList(h headerList, name string, reason Reason) (tokens []string, line string, failure *Error) {
	line, present := h.get(name)
	if !present {
		return nil, "", nil
	}
	tokens, bad, ok := fetchspec.TokenList(h.lines(name))
	in := Field{strings.ToLower(name), line}
	if !ok {
		return nil, line, f.fail(rulePreflightParse, reason,
			"The preflight response's "+name+" ("+quote(line)+") is not a list of names between commas: "+quote(bad)+" is not a name.", in)
	}
	f.pass(rulePreflightParse, "The preflight response's "+name+" is a list: "+quote(line)+".", in)
	return tokens, line, nil
}

func (f *fetch) checkMethod(g *grant, present bool) *Error {
	in := []Field{{"method", f.method}, {"credentials", string(f.credentials)}}
	if present {
		in = append(in, Field{"access-control-allow-methods", g.methodsLine})
	}
	switch {
	case !present && f.useCORSPreflight && bodyGrantsMethod[f.profile()]:
		g.methods = []string{f.method}
		f.pass(rulePreflightMethodImplied, "There is no Access-Control-Allow-Methods; the preflight was for the body's sake, so the method "+f.method+" counts as listed.", in...)
		return nil
	case slices.Contains(g.methods, f.method):
		f.pass(rulePreflightMethod, "Access-Control-Allow-Methods lists "+f.method+".", in...)
		return nil
	case fetchspec.IsSafelistedMethod(f.method):
		f.pass(rulePreflightMethod, "The method "+f.method+" needs no listing: it is always allowed.", in...)
		return nil
	case !f.credentialed() && slices.Contains(g.methods, "*"):
		f.pass(rulePreflightMethod, "Access-Control-Allow-Methods is *, which allows "+f.method+".", in...)
		return nil
	}
	return f.fail(rulePreflightMethod, ReasonPreflightMethod, f.methodMessage(g, present), in...)
}

func (f *fetch) methodMessage(g *grant, present bool) string {
	const header = "The preflight response's Access-Control-Allow-Methods "
	switch {
	case !present:
		return "The preflight response has no Access-Control-Allow-Methods, so " + f.method + " is not allowed."
	case slices.Contains(g.methods, "*"):
		return header + "is *, which does not count when the credentials mode is include; it must list " + f.method + "."
	}
	message := header + "(" + g.methodsLine + ") does not list " + f.method
	for _, m := range g.methods {
		if fetchspec.EqualFold(m, f.method) {
			return message + "; " + m + " is another method, since methods are case-sensitive."
		}
	}
	return message + "."
}

func (f *fetch) checkHeaders(g *grant, names []string) *Error {
	wildcard := !f.credentialed() && slices.Contains(g.headers, "*")
	listed := newNameSet(g.headers)
	for _, name := range names {
		in := []Field{{"header", name}, {"credentials", string(f.credentials)}, {"access-control-allow-headers", g.headersLine}}
		switch {
		case listed.has(name):
			f.pass(rulePreflightHeader, "Access-Control-Allow-Headers lists "+name+".", in...)
		case wildcard && fetchspec.IsNonWildcardRequestHeaderName(name) && !wildcardCoversAuthorization[f.profile()]:
			return f.fail(rulePreflightAuthorization, ReasonPreflightAuthorizationWildcard,
				"The preflight response's Access-Control-Allow-Headers is *, which does not cover Authorization; it must list authorization by name.", in...)
		case wildcard:
			f.pass(rulePreflightHeader, "Access-Control-Allow-Headers is *, which allows "+name+".", in...)
		default:
			return f.fail(rulePreflightHeader, ReasonPreflightHeader, headerMessage(g, name), in...)
		}
	}
	return nil
}

func headerMessage(g *grant, name string) string {
	const header = "The preflight response's Access-Control-Allow-Headers "
	switch {
	case g.headersLine == "":
		return "The preflight response has no Access-Control-Allow-Headers, so the header " + name + " is not allowed."
	case slices.Contains(g.headers, "*"):
		return header + "is *, which does not count when the credentials mode is include; it must list " + name + "."
	}
	return header + "(" + g.headersLine + ") does not list " + name + "."
}
