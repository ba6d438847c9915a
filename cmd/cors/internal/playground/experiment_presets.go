package playground

import (
	"html/template"
	"strings"

	"crossorigin.dev/browser"
)

// A preset is a situation to begin with, at one click.
type preset struct {
	ID     string // in tests and in the page's markup: the code, with a variant
	Code   string // of diagnose; empty: nothing is wrong
	Reason browser.Reason
	Name   string
	About  string // one sentence
	State  state
	// Measured is what browsers did, where the lab cannot let the reader's do it.
	Measured []measurement
}

// Link is the preset's address.
func (p preset) Link() template.URL { return p.State.link() }

// A presetGroup is a part of the list.
type presetGroup struct {
	Title   string
	Presets []preset
}

// presets lists all, with the origins of this playground in them. The numbers
// of docs/errors.md are their order within the groups.
func (p *Playground) presets() []presetGroup {
	site := p.site.url()
	acao := "Access-Control-Allow-Origin: " + site
	const acac, vary = "Access-Control-Allow-Credentials: true", "Vary: Origin"
	lines := func(all ...string) string { return strings.Join(all, "\n") }
	allowed := lines(acao, vary)
	withUser := lines(acao, acac, vary)
	make := func(code, variant string, reason browser.Reason, name, about string, change func(*state)) preset {
		s := newState()
		change(&s)
		id := code
		if variant != "" {
			id = strings.TrimPrefix(code+"/"+variant, "/")
		}
		return preset{ID: id, Code: code, Reason: reason, Name: name, About: about, State: s, Measured: measured[id]}
	}
	put := func(s *state) {
		s.Method, s.Kind, s.Body = "PUT", "text", "Buy oat milk"
		s.Hops[0].Response.Lines = allowed
	}
	preflight := func(s *state, more ...string) { s.Hops[0].Preflight.Lines = lines(append([]string{acao}, more...)...) }

	return []presetGroup{
		{"Nothing wrong", []preset{
			make("", "simple", "", "A simple request, allowed", "A GET with ordinary headers goes straight out, and the answer names the page’s origin.", func(s *state) {
				s.Hops[0].Response.Lines = allowed
			}),
			make("", "preflighted", "", "A preflighted request, allowed", "PUT and a JSON body need permission beforehand, and get it.", func(s *state) {
				put(s)
				s.Kind, s.Body = "json", `{"text":"Buy oat milk"}`
				preflight(s, "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: content-type")
			}),
			make("", "policy", "", "A policy answers", "Package cors answers the preflight and marks the response, by a policy of four lines.", func(s *state) {
				put(s)
				s.Kind, s.Body, s.Credentials, s.Server = "json", `{"text":"Buy oat milk"}`, "include", "policy"
				s.Hops[0].Response.Lines = ""
				s.Policy = policyState{Origins: site, Credentials: true, Methods: "PUT", RequestHeaders: "Content-Type"}
			}),
		}},
		{"The answer", []preset{
			make("no-cors-headers", "", browser.ReasonACAOMissing, "No CORS headers", "The server answers as ever, and says nothing about other origins.", func(*state) {}),
			make("error-without-cors", "", browser.ReasonACAOMissing, "An error without them", "Status 500 is written outside of what adds the CORS headers, so the page cannot even see that it is one.", func(s *state) {
				s.Hops[0].Response.Status = "500"
			}),
			make("edge-error", "", browser.ReasonACAOMissing, "A gateway’s 502", "The proxy in front of the application answers in its place, and knows nothing of CORS.", func(s *state) {
				s.Hops[0].Response = reply{"502", "Server: nginx"}
			}),
			make("origin-with-path", "", browser.ReasonACAOMismatch, "A slash at the end", "An origin has no slash after its host, and is compared byte for byte.", func(s *state) {
				s.Hops[0].Response.Lines = lines(acao+"/", vary)
			}),
			make("other-origin", "", browser.ReasonACAOMismatch, "Another port", "The server allows port 3000, and the page is of another.", func(s *state) {
				s.Hops[0].Response.Lines = lines("Access-Control-Allow-Origin: http://localhost:3000", vary)
			}),
			make("other-origin", "loopback", browser.ReasonACAOMismatch, "127.0.0.1 is not localhost", "Both are this machine, but to a browser they are two hosts.", func(s *state) {
				s.Page = "alias"
				s.Hops[0].Response.Lines = allowed
			}),
			make("origin-pattern", "", browser.ReasonACAOInvalid, "A pattern", "Browsers know no patterns: matching is the server’s work.", func(s *state) {
				s.Hops[0].Response.Lines = "Access-Control-Allow-Origin: *.localhost"
			}),
			make("origin-list", "", browser.ReasonACAOMultiple, "A list of origins", "The header holds one origin; a server that allows two answers with the one that asked.", func(s *state) {
				s.Hops[0].Response.Lines = "Access-Control-Allow-Origin: http://localhost:3000, " + site
			}),
			make("allowed-twice", "", browser.ReasonACAOMultiple, "Two layers both add it", "The application says *, the proxy in front of it names the origin, and together they allow nobody.", func(s *state) {
				s.Hops[0].Response.Lines = lines("Access-Control-Allow-Origin: *", acao)
			}),
			make("cached-for-another", "", browser.ReasonACAOMissing, "A cached answer for someone else", "The same image was loaded before, without an Origin. The answer lacked the headers, was stored without Vary, and is what the script now gets.", func(s *state) {
				s.Before, s.OnOrigin = "no-cors", true
				s.Hops[0].Response.Lines = lines("Content-Type: image/svg+xml", "Cache-Control: max-age=60", acao)
			}),
			make("header-not-exposed", "", "", "A header the script cannot see", "The call is allowed, and X-Total-Count is null all the same.", func(s *state) {
				s.Hops[0].Response.Lines = lines(acao, vary, "X-Total-Count: 7")
			}),
		}},
		{"The preflight", []preset{
			make("preflight-not-handled", "", browser.ReasonPreflightACAOMissing, "OPTIONS is not handled", "There is a route for PUT, and none for the OPTIONS that asks for it.", func(s *state) {
				put(s)
				s.Hops[0].Preflight.Status = "405"
			}),
			make("preflight-login", "", browser.ReasonPreflightACAOMissing, "The preflight is asked to log in", "The login is checked before CORS, but no browser sends credentials with a preflight.", func(s *state) {
				s.Headers = "Authorization: Bearer abc"
				s.Hops[0].Preflight = reply{"401", "WWW-Authenticate: Bearer"}
				s.Hops[0].Response.Lines = allowed
			}),
			make("preflight-redirect", "", browser.ReasonPreflightRedirect, "The preflight is redirected", "The URL has moved, and no preflight follows.", func(s *state) {
				put(s)
				s.Hops[0] = hop{Preflight: reply{"308", acao}, Response: reply{"308", allowed}, Next: "api"}
				s.Hops[1] = hop{Preflight: reply{"204", lines(acao, "Access-Control-Allow-Methods: PUT")}, Response: reply{"200", allowed}}
			}),
			make("method-not-allowed", "", browser.ReasonPreflightMethod, "PUT is not allowed", "The preflight’s answer lists other methods.", func(s *state) {
				put(s)
				preflight(s, "Access-Control-Allow-Methods: GET, POST, DELETE")
			}),
			make("method-not-allowed", "patch", browser.ReasonPreflightMethod, "patch in lower case", "fetch() turns put into PUT, and leaves patch as it is.", func(s *state) {
				put(s)
				s.Method = "patch"
				preflight(s, "Access-Control-Allow-Methods: PATCH")
			}),
			make("header-not-allowed", "", browser.ReasonPreflightHeader, "A JSON body", "Content-Type: application/json is none of the three that a form could send, so it must be listed.", func(s *state) {
				s.Method, s.Kind, s.Body = "POST", "json", `{"text":"Buy oat milk"}`
				preflight(s)
				s.Hops[0].Response.Lines = allowed
			}),
			make("authorization-by-wildcard", "", browser.ReasonPreflightAuthorizationWildcard, "* and Authorization", "By the standard * leaves Authorization out. Browsers let it pass still.", func(s *state) {
				s.Headers = "Authorization: Bearer abc"
				preflight(s, "Access-Control-Allow-Headers: *")
				s.Hops[0].Response.Lines = allowed
			}),
			make("cors-header-in-request", "", browser.ReasonPreflightHeader, "The script sends a server’s header", "Access-Control-Allow-Origin in a request grants nothing; it only causes a preflight.", func(s *state) {
				s.Headers = "Access-Control-Allow-Origin: *"
				preflight(s)
				s.Hops[0].Response.Lines = allowed
			}),
			make("preflight-remembered", "", "", "No preflight this time", "An earlier one is remembered for ten minutes, so a change of the policy does not show.", func(s *state) {
				put(s)
				s.Before = "same"
				preflight(s, "Access-Control-Allow-Methods: PUT", "Access-Control-Max-Age: 600")
			}),
		}},
		{"Credentials", []preset{
			make("wildcard-with-credentials", "", browser.ReasonACAOWildcardWithCredentials, "* with credentials", "For a call with cookies * counts for nothing.", func(s *state) {
				s.Credentials = "include"
				s.Hops[0].Response.Lines = lines("Access-Control-Allow-Origin: *", acac)
			}),
			make("credentials-not-allowed", "", browser.ReasonACACNotTrue, "True is not true", "Access-Control-Allow-Credentials must be exactly true, in these four letters.", func(s *state) {
				s.Credentials = "include"
				s.Hops[0].Response.Lines = lines(acao, "Access-Control-Allow-Credentials: True", vary)
			}),
			make("cookies-left-out", "", "", "The cookie is not stored", "Between origins a browser sends and stores cookies only where the script says include.", func(s *state) {
				s.Hops[0].Response.Lines = lines(withUser, "Set-Cookie: session=1")
			}),
			make("login-awaited", "", browser.ReasonLoginAwaited, "A login dialog", "A 401 with Basic opens the browser’s own dialog, and the call waits for it.", func(s *state) {
				s.Credentials, s.Profile = "include", "chromium"
				s.Hops[0].Response = reply{"401", lines(withUser, "WWW-Authenticate: Basic")}
			}),
		}},
		{"Redirects", []preset{
			make("redirect-without-cors", "", browser.ReasonACAOMissing, "The redirect itself lacks them", "Every answer on the way must allow the page, the 302 too.", func(s *state) {
				s.Hops[0] = hop{Preflight: newHop().Preflight, Response: reply{Status: "302"}, Next: "api"}
				s.Hops[1].Response.Lines = allowed
			}),
			make("redirect-null-origin", "", browser.ReasonACAOMismatch, "A redirect makes the origin null", "From one other origin to a third: the browser no longer vouches for who asks.", func(s *state) {
				s.Hops[0] = hop{Preflight: newHop().Preflight, Response: reply{"302", allowed}, Next: "alias"}
				s.Hops[1].Response.Lines = allowed
			}),
			make("redirect-refused", "", browser.ReasonRedirectUserinfo, "A redirect with a password in it", "A URL with a user name ends a cross-origin redirect.", func(s *state) {
				s.Hops[0] = hop{Preflight: newHop().Preflight, Response: reply{"302", allowed}, Next: "user"}
				s.Hops[1].Response.Lines = allowed
			}),
			make("redirect-refused", "error", browser.ReasonRedirectModeError, "redirect: error", "The call says that it will have no redirects, and there is one.", func(s *state) {
				s.Redirect = "error"
				s.Hops[0] = hop{Preflight: newHop().Preflight, Response: reply{"302", allowed}, Next: "api"}
				s.Hops[1].Response.Lines = allowed
			}),
		}},
		{"The page and the call", []preset{
			make("null-origin", "", browser.ReasonACAOMismatch, "A sandboxed frame", "Its origin is null, which could be anyone.", func(s *state) {
				s.Page = "null"
				s.Hops[0].Response.Lines = allowed
			}),
			make("null-origin", "file", browser.ReasonACAOMismatch, "A page opened from a file", "A file has no origin that a server could allow.", func(s *state) {
				s.Page = "file"
				s.Hops[0].Response.Lines = allowed
			}),
			make("opaque-response", "", "", "mode: no-cors", "It does not switch CORS off; it gives up on reading.", func(s *state) {
				s.Mode = "no-cors"
				s.Hops[0].Response.Lines = allowed
			}),
			make("mode-same-origin", "", browser.ReasonModeSameOrigin, "mode: same-origin", "The call itself refuses every other origin, and nothing is sent.", func(s *state) {
				s.Mode = "same-origin"
				s.Hops[0].Response.Lines = allowed
			}),
			make("call-invalid", "", browser.ReasonInitBody, "A GET with a body", "fetch() throws before it sends anything.", func(s *state) {
				s.Kind, s.Body = "text", "x"
				s.Hops[0].Response.Lines = allowed
			}),
		}},
		{"Not CORS", []preset{
			make("mixed-content", "", browser.ReasonMixedContent, "https asks for http", "A secure page may not load what anyone on the way could have changed.", func(s *state) {
				s.Page, s.Target = "https", "plain"
				s.Hops[0].Response.Lines = "Access-Control-Allow-Origin: *"
			}),
			make("local-network", "", browser.ReasonLNAPermissionDenied, "A public page calls this machine", "Local Network Access asks the user first; no header helps.", func(s *state) {
				s.Page, s.Profile = "public", "chromium"
				s.Hops[0].Response.Lines = "Access-Control-Allow-Origin: *"
			}),
			make("no-answer", "", browser.ReasonNetworkFailed, "The server hangs up", "There is no answer at all, which a script cannot tell from CORS.", func(s *state) {
				s.Hops[0].Response = reply{closes, allowed}
			}),
			make("no-answer", "blocker", browser.ReasonNetworkFailed, "An ad blocker", "An extension stops the request: to the script it looks the same.", func(s *state) {
				s.Target = "blocked"
				s.Hops[0].Response.Lines = allowed
			}),
			make("port-blocked", "", browser.ReasonPortBlocked, "A port of another protocol", "Browsers never call some ports, whatever answers there.", func(s *state) {
				s.Target = "port"
				s.Hops[0].Response.Lines = allowed
			}),
			make("websocket-refused", "", browser.ReasonWebSocketRefused, "A WebSocket is refused", "A WebSocket knows no CORS: the server alone decides, by the Origin it is sent. This one answers 403.", func(s *state) {
				s.Mode = webSocket
				s.Hops[0].Response.Status = "403"
			}),
			make("other-policy", "", browser.ReasonCORPBlocked, "Another policy hides it", "Cross-Origin-Resource-Policy: same-origin, for a call without CORS.", func(s *state) {
				s.Mode = "no-cors"
				s.Hops[0].Response.Lines = "Cross-Origin-Resource-Policy: same-origin"
			}),
		}},
	}
}
