package diagnose

import (
	"strings"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  33,
	code:    "call-invalid",
	title:   "The call itself is wrong",
	about:   "fetch() throws a TypeError before it sends anything: the URL, the method, a header, the body or an option is not what it may be.",
	side:    SidePage,
	reasons: []browser.Reason{browser.ReasonSchemeNotSupported, browser.ReasonBlobMethod, browser.ReasonKeepaliveTooLarge, browser.ReasonURLInvalid, browser.ReasonURLUserinfo, browser.ReasonMethodInvalid, browser.ReasonMethodForbidden, browser.ReasonHeaderInvalid, browser.ReasonInitBody, browser.ReasonInitMode, browser.ReasonInitStream, browser.ReasonInitCache},
	match: func(f *facts) bool {
		return f.is(callReasons...)
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = f.failed.Note
		p.Evidence = append(p.Evidence, Evidence{f.exchange(), "nothing was sent"})
		p.Fix.Do = "Correct the call."
		p.Fix.Lines = append(p.Fix.Lines, callFixes[f.reason()])
		if url := f.url(); strings.HasPrefix(url, "ws://") || strings.HasPrefix(url, "wss://") {
			p.Fix.Do = "Open a WebSocket instead of fetching it. CORS does not come into it: the server has to check the Origin."
			p.Fix.Lines = []string{"new WebSocket(" + quoted(url) + ")"}
		}
	},
})

var callReasons = []browser.Reason{
	browser.ReasonSchemeNotSupported, browser.ReasonBlobMethod, browser.ReasonKeepaliveTooLarge, browser.ReasonURLInvalid,
	browser.ReasonURLUserinfo, browser.ReasonMethodInvalid, browser.ReasonMethodForbidden, browser.ReasonHeaderInvalid,
	browser.ReasonInitBody, browser.ReasonInitMode, browser.ReasonInitStream, browser.ReasonInitCache,
}

var callFixes = map[browser.Reason]string{
	browser.ReasonSchemeNotSupported: "fetch(\"https://...\")",
	browser.ReasonBlobMethod:         "fetch(url, {method: \"GET\"})",
	browser.ReasonKeepaliveTooLarge:  "fetch(url, {keepalive: false})",
	browser.ReasonURLInvalid:         "fetch(\"https://...\")",
	browser.ReasonURLUserinfo:        "fetch(url, {headers: {Authorization: \"Basic ...\"}})",
	browser.ReasonMethodInvalid:      "fetch(url, {method: \"POST\"})",
	browser.ReasonMethodForbidden:    "fetch(url, {method: \"POST\"})",
	browser.ReasonHeaderInvalid:      "fetch(url, {headers: {\"X-Name\": \"value\"}})",
	browser.ReasonInitBody:           "fetch(url, {method: \"POST\", body})",
	browser.ReasonInitMode:           "fetch(url, {mode: \"cors\", credentials: \"same-origin\", redirect: \"follow\"})",
	browser.ReasonInitStream:         "fetch(url, {method: \"POST\", body: await new Response(stream).blob()})",
	browser.ReasonInitCache:          "fetch(url, {mode: \"same-origin\", cache: \"only-if-cached\"})",
}
