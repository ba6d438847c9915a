package diagnose

import "crossorigin.dev/browser"

var _ = register(situation{
	number: 35,
	code:   "websocket-refused",
	title:  "The server does not accept the WebSocket",
	about: "This is not CORS: a WebSocket knows none. The browser sends the page's Origin with the handshake, and the server alone decides, by answering 101 or not. " +
		"A proxy that does not pass Upgrade on refuses it too.",
	side:    SideServer,
	reasons: []browser.Reason{browser.ReasonWebSocketRefused},
	match: func(f *facts) bool {
		return f.is(browser.ReasonWebSocketRefused)
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = f.failed.Note
		f.showStatus(p)
		f.showSent(p, "Origin")
		p.Fix.Do = "Let the server's check of the Origin accept " + f.trace.Origin + ", and every proxy on the way pass Upgrade and Connection on."
		p.Fix.Lines = append(p.Fix.Lines, "HTTP/1.1 101 Switching Protocols")
		p.Warnings = append(p.Warnings, "Do not take the check of the Origin out: cookies go along with a WebSocket from every site.")
	},
})
