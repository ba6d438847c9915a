package playground

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
	"crossorigin.dev/internal/fetchspec"
)

// mostFixes bounds how many problems are mended one after the other.
const mostFixes = 10

// fixed carries out what the diagnosis of a state says, in the server's editor
// or in the call, and then whatever is wrong next, until the call is allowed.
// ok is false if there is something that neither can mend.
func (p *Playground) fixed(ctx context.Context, s state, f forecast) (mended state, ok bool) {
	mended = s
	for range mostFixes {
		d := diagnose.Of(f.Trace, diagnose.Options{})
		if len(d.Problems) == 0 {
			if mended != s {
				return mended, true
			}
			// Nothing stops the call; what is worth knowing may be mended still.
			at := slices.IndexFunc(d.Advice, func(a diagnose.Problem) bool { return mended.mend(p, a, f.Trace) })
			if at < 0 {
				return s, false
			}
		} else if !mended.mend(p, d.Problems[0], f.Trace) {
			return s, false
		}
		if len(mended.faults()) > 0 || len(mended.encode()) > maxStateLength {
			return s, false
		}
		var err error
		if f, err = p.forecast(ctx, &mended, f.Profile); err != nil {
			return s, false
		}
	}
	return s, false
}

// mend carries out one fix. It reports whether it changed anything.
func (s *state) mend(p *Playground, problem diagnose.Problem, t *browser.Trace) bool {
	before := *s
	switch {
	case problem.Fix.Side == diagnose.SidePage:
		s.mendCall(p, problem, t)
	case problem.Code == "no-answer":
		s.answerAll()
	case problem.Code == "websocket-refused":
		return false // the lab opens none
	case problem.Code == "port-blocked":
		s.Target = "api"
	case s.Server == "policy" && !besidesCORS[problem.Code]:
		s.mendPolicy(problem, t)
	default:
		s.mendAnswers(problem)
	}
	return *s != before
}

// besidesCORS are the situations that a server mends, but not by its policy.
var besidesCORS = map[string]bool{"other-policy": true, "login-awaited": true, "redirect-refused": true}

// mendCall changes the page or what it calls.
func (s *state) mendCall(p *Playground, problem diagnose.Problem, t *browser.Trace) {
	switch problem.Code {
	case "null-origin":
		s.Page = "site"
	case "opaque-response", "mode-same-origin":
		s.Mode = "cors"
	case "cors-header-in-request":
		s.Headers = without(s.Headers, "Access-Control-")
	case "method-not-allowed":
		s.Method = strings.ToUpper(s.Method)
	case "cookies-left-out":
		s.Credentials = "include"
	case "preflight-redirect":
		s.call(lastHop(t) + 1)
	case "redirect-null-origin":
		s.call(lastHop(t))
	case "redirect-refused":
		if problem.Reason == browser.ReasonRedirectModeError {
			s.Redirect = "follow"
		} else {
			s.call(lastHop(t) + 1)
		}
	case "call-invalid":
		switch problem.Reason {
		case browser.ReasonInitBody, browser.ReasonMethodInvalid, browser.ReasonMethodForbidden:
			s.Method = http.MethodPost
		case browser.ReasonInitCache:
			s.Cache = "default"
		}
	}
}

// call lets the page call the URL of a hop itself.
func (s *state) call(hop int) {
	if hop < 1 || hop >= s.hops() {
		return
	}
	s.Target = "api"
	if s.Hops[hop-1].Next == "alias" {
		s.Target = "alias"
	}
	copy(s.Hops[:], s.Hops[hop:])
	for i := maxHops - hop; i < maxHops; i++ {
		s.Hops[i] = newHop()
	}
}

func lastHop(t *browser.Trace) int {
	hop := 0
	for _, step := range t.Steps {
		if step.Exchange != nil {
			hop = step.Hop
		}
	}
	return hop
}

// answerAll lets the server answer where it hung up.
func (s *state) answerAll() {
	for i := range s.Hops {
		h := &s.Hops[i]
		if h.Preflight.Status == closes {
			h.Preflight.Status = newHop().Preflight.Status
		}
		if h.Response.Status == closes {
			h.Response.Status = newHop().Response.Status
		}
	}
}

// mendAnswers changes the raw answers.
func (s *state) mendAnswers(problem diagnose.Problem) {
	switch problem.Code {
	case "preflight-remembered": // which names no answer, since none was sent
		s.Hops[0].Preflight.Lines = setLine(s.Hops[0].Preflight.Lines, "Access-Control-Max-Age", "0")
		return
	case "cached-for-another":
		for i := range s.hops() {
			s.Hops[i].Response.Lines = setLine(s.Hops[i].Response.Lines, "Vary", "Origin")
		}
		return
	}
	for i := range s.hops() {
		h := &s.Hops[i]
		for _, a := range []struct {
			*reply
			preflight bool
		}{{&h.Preflight, true}, {&h.Response, false}} {
			mended, ok := problem.Mend(i, a.preflight, a.recorded())
			if !ok {
				continue
			}
			if slices.ContainsFunc(mended.Header, func(f browser.Field) bool { return f.Name == "Location" }) && h.Next == "user" {
				h.Next = "api"
			}
			a.replace(mended)
		}
	}
}

// recorded is the answer as a trace has it.
func (a *reply) recorded() browser.Answer {
	r := browser.Answer{}
	r.Status, _ = a.status()
	for _, line := range textLines(a.Lines) {
		name, value, _ := headerLine(line)
		r.Header = append(r.Header, browser.Field{Name: name, Value: value})
	}
	return r
}

// replace takes over a mended answer, less what is not the editor's to say.
func (a *reply) replace(r browser.Answer) {
	if r.Status != 0 {
		a.Status = strconv.Itoa(r.Status)
	}
	var lines []string
	for _, f := range r.Header {
		if refused(f.Name, f.Value) == "" {
			lines = append(lines, f.Name+": "+f.Value)
		}
	}
	a.Lines = strings.Join(lines, "\n")
}

// mendPolicy lets the policy grant what the page needs, and nothing but the
// policy speak of CORS.
func (s *state) mendPolicy(problem diagnose.Problem, t *browser.Trace) {
	if problem.Code == "preflight-remembered" {
		s.Policy.MaxAge = "0"
		return
	}
	need := neededOf(t)
	p := &s.Policy
	if p.Origins = with(p.Origins, need.Origins...); need.Credentials {
		p.Credentials = true
	}
	if p.Credentials || strings.TrimSpace(p.Origins) != "*" {
		p.Origins = strings.Join(slices.DeleteFunc(words(p.Origins), func(w string) bool { return w == "*" || w == "null" }), ", ")
	}
	p.Methods = with(p.Methods, need.Methods...)
	p.RequestHeaders = with(p.RequestHeaders, need.RequestHeaders...)
	if problem.Code == "header-not-exposed" {
		_, names, _ := strings.Cut(problem.Fix.Lines[0], ":")
		p.ResponseHeaders = with(strings.ReplaceAll(p.ResponseHeaders, "*", ""), words(names)...)
	}
	for i := range s.Hops {
		s.Hops[i].Response.Lines = without(s.Hops[i].Response.Lines, "Access-Control-")
	}
}

// with adds what a list lacks. A list of * has all but Authorization.
func with(list string, more ...string) string {
	all := words(list)
	for _, m := range more {
		covered := slices.ContainsFunc(all, func(w string) bool {
			return strings.EqualFold(w, m) || w == "*" && !strings.EqualFold(m, "Authorization")
		})
		if !covered {
			all = append(all, m)
		}
	}
	return strings.Join(all, ", ")
}

// without drops the lines whose names begin so.
func without(text, prefix string) string {
	return strings.Join(slices.DeleteFunc(textLines(text), func(line string) bool {
		return len(line) >= len(prefix) && strings.EqualFold(line[:len(prefix)], prefix)
	}), "\n")
}

// setLine puts a line in place of those of the same name.
func setLine(text, name, value string) string {
	lines := textLines(without(text, name+":"))
	return strings.Join(append(lines, name+": "+value), "\n")
}

// needs are what a policy must have for a call to be allowed.
type needs struct {
	Origins, Methods, RequestHeaders []string
	Credentials                      bool
}

func neededOf(t *browser.Trace) needs {
	n := needs{Credentials: t.Credentials == browser.CredentialsInclude}
	if t.Origin != "null" {
		n.Origins = []string{t.Origin}
	}
	if !fetchspec.IsSafelistedMethod(t.Method) {
		n.Methods = []string{t.Method}
	}
	for _, x := range exchangesOf(t) {
		if !x.Preflight {
			continue
		}
		for _, f := range x.Header {
			if strings.EqualFold(f.Name, "Access-Control-Request-Headers") {
				n.RequestHeaders = slices.DeleteFunc(words(f.Value), func(name string) bool {
					return strings.HasPrefix(name, "access-control-") // which no policy can allow
				})
			}
		}
	}
	return n
}
