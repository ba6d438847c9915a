package render

import (
	"strings"
	"time"

	"crossorigin.dev/browser"
)

const (
	site    = "http://localhost:8000"
	api     = "http://localhost:9000"
	section = "https://fetch.spec.whatwg.org/#"
)

// stories are the traces of the golden files, by the files' name.
var stories = map[string]*browser.Trace{
	"simple-allowed":       simpleAllowed(),
	"simple-blocked":       simpleBlocked(),
	"preflight-allowed":    preflightAllowed(),
	"preflight-refused":    preflightRefused(),
	"redirect-credentials": redirectWithCredentials(),
	"network-failed":       networkFailed(),
	"mode-same-origin":     modeSameOrigin(),
	"opaque":               opaque(),
	"websocket-refused":    webSocketRefused(),
	"hostile":              hostile(),
}

func asked(method, path string, header ...string) *browser.Trace {
	return &browser.Trace{
		Version: browser.TraceVersion, Profile: "spec", Page: site + "/", Origin: site,
		Method: method, URL: api + path, Header: fields(header...),
		Mode: browser.ModeCORS, Credentials: browser.CredentialsSameOrigin, Redirect: browser.RedirectFollow,
		Steps: []browser.Step{
			pass(browser.PhaseConstruct, "construct.url", "The URL is "+api+path+"."),
			info(browser.PhaseMain, "main.origins", "The page is of "+site+", the URL of "+api+"."),
		},
	}
}

func fields(namesAndValues ...string) []browser.Field {
	var out []browser.Field
	for i := 0; i < len(namesAndValues); i += 2 {
		out = append(out, browser.Field{Name: namesAndValues[i], Value: namesAndValues[i+1]})
	}
	return out
}

func info(phase browser.Phase, rule, note string) browser.Step {
	return browser.Step{Phase: phase, Rule: rule, Section: section + "main-fetch", Decision: browser.DecisionInfo, Note: note}
}

func pass(phase browser.Phase, rule, note string, inputs ...string) browser.Step {
	return browser.Step{
		Phase: phase, Rule: rule, Section: section + "concept-cors-check", Decision: browser.DecisionPass,
		Note: note, Inputs: fields(inputs...),
	}
}

func fail(phase browser.Phase, rule string, reason browser.Reason, note string, inputs ...string) browser.Step {
	s := pass(phase, rule, note, inputs...)
	s.Decision, s.Reason = browser.DecisionFail, reason
	return s
}

func sent(preflight bool, method, url string, header, answer []browser.Field, status int) browser.Step {
	s := info(browser.PhaseNetwork, "network.exchange", "The request was answered.")
	s.Exchange = &browser.Exchange{
		Preflight: preflight, Method: method, URL: url, Header: header,
		Started:  time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC),
		Duration: 1300 * time.Microsecond,
		Answer:   &browser.Answer{Status: status, Header: answer},
	}
	if preflight {
		s.Phase, s.Rule, s.Note = browser.PhasePreflight, "preflight.request", "The preflight was answered."
	}
	return s
}

func simpleAllowed() *browser.Trace {
	t := asked("GET", "/items")
	t.Steps = append(t.Steps,
		info(browser.PhaseMain, "main.no-preflight", "The method and all headers are on the safelist, so the request goes out without a preflight."),
		sent(false, "GET", t.URL,
			fields("Host", "localhost:9000", "Accept", "*/*", "Origin", site, "Sec-Fetch-Mode", "cors"),
			fields("Access-Control-Allow-Origin", site, "Content-Type", "application/json", "Date", "Sun, 22 Nov 2026 09:30:00 GMT", "Vary", "Origin"), 200),
		pass(browser.PhaseCORSCheck, "cors-check.allow-origin", "Access-Control-Allow-Origin is the page's origin.",
			"Access-Control-Allow-Origin", site, "Origin", site),
		info(browser.PhaseFilter, "filter.cors", "The script sees the CORS-safelisted response headers: Content-Type."),
	)
	t.Verdict = browser.Verdict{
		Outcome: browser.OutcomeAllowed, Type: browser.ResponseCORS, Status: 200, Sent: true,
		Message: "The server allows http://localhost:8000, so the script reads the response.",
	}
	return t
}

func simpleBlocked() *browser.Trace {
	t := asked("POST", "/items")
	t.Origin, t.Page = "http://evil.example", "http://evil.example/"
	t.Steps = append(t.Steps,
		info(browser.PhaseMain, "main.no-preflight", "The method and all headers are on the safelist, so the request goes out without a preflight."),
		sent(false, "POST", t.URL,
			fields("Origin", t.Origin, "Content-Type", "text/plain;charset=UTF-8", "Cookie", "session=s3cr3t; theme=dark"),
			fields("Access-Control-Allow-Origin", site, "Content-Type", "application/json", "Set-Cookie", "session=s3cr3t2; HttpOnly", "Vary", "Origin"), 201),
		fail(browser.PhaseCORSCheck, "cors-check.allow-origin", browser.ReasonACAOMismatch,
			"Access-Control-Allow-Origin is http://localhost:8000, but the page's origin is http://evil.example.",
			"Access-Control-Allow-Origin", site, "Origin", t.Origin),
	)
	t.Verdict = browser.Verdict{
		Outcome: browser.OutcomeBlocked, Reason: browser.ReasonACAOMismatch, Sent: true,
		Message: t.Steps[len(t.Steps)-1].Note,
	}
	return t
}

// toPreflight is a trace up to its preflight's answer.
func toPreflight(allowMethods string) *browser.Trace {
	t := asked("PUT", "/items/1", "Content-Type", "application/json", "Authorization", "Bearer s3cr3t")
	t.Steps = append(t.Steps,
		info(browser.PhaseMain, "main.preflight", "The method PUT is not GET, HEAD or POST, so the server is asked first, by a preflight."),
		sent(true, "OPTIONS", t.URL,
			fields("Accept", "*/*", "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "authorization,content-type", "Origin", site),
			fields("Access-Control-Allow-Headers", "authorization, content-type", "Access-Control-Allow-Methods", allowMethods,
				"Access-Control-Allow-Origin", site, "Access-Control-Max-Age", "600",
				"Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"), 204),
		pass(browser.PhasePreflight, "cors-check.allow-origin", "Access-Control-Allow-Origin is the page's origin.", "Access-Control-Allow-Origin", site),
		pass(browser.PhasePreflight, "preflight.status", "The status 204 is an ok status.", "Status", "204"),
	)
	return t
}

func preflightAllowed() *browser.Trace {
	t := toPreflight("GET, PUT")
	t.Steps = append(t.Steps,
		pass(browser.PhasePreflight, "preflight.method", "Access-Control-Allow-Methods lists PUT.", "Access-Control-Allow-Methods", "GET, PUT"),
		pass(browser.PhasePreflight, "preflight.headers", "Access-Control-Allow-Headers lists authorization and content-type.",
			"Access-Control-Allow-Headers", "authorization, content-type"),
		info(browser.PhaseCache, "cache.store", "The browser remembers this answer for 600 s."),
		sent(false, "PUT", t.URL,
			fields("Origin", site, "Content-Type", "application/json", "Authorization", "Bearer s3cr3t"),
			fields("Access-Control-Allow-Origin", site, "Vary", "Origin", "Content-Type", "application/json"), 200),
		pass(browser.PhaseCORSCheck, "cors-check.allow-origin", "Access-Control-Allow-Origin is the page's origin.", "Access-Control-Allow-Origin", site),
	)
	t.Verdict = browser.Verdict{
		Outcome: browser.OutcomeAllowed, Type: browser.ResponseCORS, Status: 200, Sent: true, Preflighted: true,
		Message: "The server allows PUT from http://localhost:8000, so the request went out and the script reads the response.",
	}
	return t
}

func preflightRefused() *browser.Trace {
	t := toPreflight("GET")
	t.Steps = append(t.Steps, fail(browser.PhasePreflight, "preflight.method", browser.ReasonPreflightMethod,
		"Access-Control-Allow-Methods does not list PUT.", "Access-Control-Allow-Methods", "GET"))
	t.Verdict = browser.Verdict{
		Outcome: browser.OutcomeBlocked, Reason: browser.ReasonPreflightMethod, Preflighted: true,
		Message: t.Steps[len(t.Steps)-1].Note,
	}
	return t
}

func redirectWithCredentials() *browser.Trace {
	t := asked("GET", "/old")
	t.Credentials = browser.CredentialsInclude
	second := sent(false, "GET", "https://cdn.example.com/new?from=old", fields("Origin", site, "Cookie", "id=42"),
		fields("Access-Control-Allow-Origin", "*", "Content-Type", "image/png"), 200)
	wildcard := fail(browser.PhaseCORSCheck, "cors-check.allow-origin", browser.ReasonACAOWildcardWithCredentials,
		`Access-Control-Allow-Origin is "*", which does not cover a request with credentials.`, "Access-Control-Allow-Origin", "*")
	second.Hop, wildcard.Hop = 1, 1
	t.Steps = append(t.Steps,
		info(browser.PhaseMain, "main.no-preflight", "The method and all headers are on the safelist, so the request goes out without a preflight."),
		sent(false, "GET", t.URL, fields("Origin", site, "Cookie", "session=s3cr3t"),
			fields("Access-Control-Allow-Origin", site, "Access-Control-Allow-Credentials", "true", "Location", "https://cdn.example.com/new?from=old", "Vary", "Origin"), 302),
		pass(browser.PhaseCORSCheck, "cors-check.allow-origin", "Access-Control-Allow-Origin is the page's origin.", "Access-Control-Allow-Origin", site),
		pass(browser.PhaseCORSCheck, "cors-check.allow-credentials", "Access-Control-Allow-Credentials is true.", "Access-Control-Allow-Credentials", "true"),
		info(browser.PhaseRedirect, "redirect.follow", "The browser follows the redirect to https://cdn.example.com."),
		second, wildcard,
	)
	t.Verdict = browser.Verdict{
		Outcome: browser.OutcomeBlocked, Reason: browser.ReasonACAOWildcardWithCredentials, Sent: true,
		Message: t.Steps[len(t.Steps)-1].Note,
	}
	return t
}

func networkFailed() *browser.Trace {
	t := asked("GET", "/items")
	s := fail(browser.PhaseNetwork, "network.exchange", browser.ReasonNetworkFailed, "No response came from localhost:9000.")
	s.Exchange = sent(false, "GET", t.URL, fields("Origin", site), nil, 0).Exchange
	s.Exchange.Answer, s.Exchange.Error = nil, "dial tcp 127.0.0.1:9000: connect: connection refused"
	t.Steps = append(t.Steps, s)
	t.Verdict = browser.Verdict{
		Outcome: browser.OutcomeNetwork, Reason: browser.ReasonNetworkFailed,
		Message: t.Steps[len(t.Steps)-1].Note,
	}
	return t
}

func webSocketRefused() *browser.Trace {
	t := asked("GET", "/socket")
	t.URL, t.Mode, t.Credentials, t.Redirect = "ws://localhost:9000/socket", "websocket", browser.CredentialsInclude, browser.RedirectError
	t.Steps = append(t.Steps,
		sent(false, "GET", t.URL,
			fields("Origin", site, "Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Version", "13"),
			fields("Content-Type", "text/plain"), 403),
		fail(browser.PhaseFilter, "filter.websocket", browser.ReasonWebSocketRefused,
			"The server answered the WebSocket's handshake with status 403, not 101: it does not accept it from "+site+".", "status", "403"))
	t.Verdict = browser.Verdict{
		Outcome: browser.OutcomeNetwork, Reason: browser.ReasonWebSocketRefused, Sent: true,
		Message: t.Steps[len(t.Steps)-1].Note,
	}
	return t
}

func modeSameOrigin() *browser.Trace {
	t := asked("GET", "/items")
	t.Mode = browser.ModeSameOrigin
	t.Steps = append(t.Steps, fail(browser.PhaseMain, "main.same-origin", browser.ReasonModeSameOrigin,
		"The mode is same-origin, but http://localhost:9000 is another origin than the page's."))
	t.Verdict = browser.Verdict{
		Outcome: browser.OutcomeBlocked, Reason: browser.ReasonModeSameOrigin,
		Message: t.Steps[len(t.Steps)-1].Note,
	}
	return t
}

func opaque() *browser.Trace {
	t := asked("GET", "/items")
	t.Mode = browser.ModeNoCORS
	t.Steps = append(t.Steps,
		sent(false, "GET", t.URL, fields("Accept", "*/*"), fields("Content-Type", "application/json"), 200),
		info(browser.PhaseFilter, "filter.opaque", "The response is filtered to an opaque one."),
	)
	t.Verdict = browser.Verdict{
		Outcome: browser.OutcomeOpaque, Type: browser.ResponseOpaque, Sent: true,
		Message: "With mode no-cors the script gets a response, but cannot look into it.",
	}
	return t
}

// hostile is what a server could send that wants to harm a terminal, a page,
// or a reader.
func hostile() *browser.Trace {
	evil := "\x1b]0;owned\x07\x1b[2J</text><script>alert(1)</script>]]>&\"'\u202e\u009b31m\xff\r\n\x00 ✓ allowed"
	long := strings.Repeat("a", 5000)
	answer := fields("Access-Control-Allow-Origin", evil, "Location", long, evil, evil, "Content-Type", "")
	for range 100 {
		answer = append(answer, browser.Field{Name: "Set-Cookie", Value: evil})
	}
	t := asked("GET", "/"+evil)
	t.Steps = append(t.Steps,
		sent(false, "GET", api+"/"+long, fields("Origin", site), answer, 299),
		fail(browser.PhaseCORSCheck, "cors-check.allow-origin", browser.ReasonACAOInvalid,
			"Access-Control-Allow-Origin is "+evil+", which is no origin. "+long, "Access-Control-Allow-Origin", evil),
	)
	t.Verdict = browser.Verdict{
		Outcome: browser.OutcomeBlocked, Reason: browser.ReasonACAOInvalid, Sent: true, Message: "The server answered " + evil + ".",
	}
	return t
}
