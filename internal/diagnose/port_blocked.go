package diagnose

import (
	"net"
	"net/url"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  31,
	code:    "port-blocked",
	title:   "A port that browsers never call",
	about:   "This is not CORS. Browsers refuse the ports of some other protocols, such as 22, 25 and 6000, whatever answers there.",
	side:    SideServer,
	reasons: []browser.Reason{browser.ReasonPortBlocked},
	match: func(f *facts) bool {
		return f.is(browser.ReasonPortBlocked)
	},
	explain: func(f *facts, p *Problem) {
		p.Cause = "Browsers never call the port of " + f.lastURL() + ", which belongs to another protocol; this is not CORS."
		p.Evidence = append(p.Evidence, Evidence{f.exchange(), "nothing was sent"})
		p.Fix.Do = "Serve it on another port, such as 8080."
		if u, err := url.Parse(f.lastURL()); err == nil {
			u.Host = net.JoinHostPort(u.Hostname(), "8080")
			p.Fix.Lines = append(p.Fix.Lines, "fetch("+quoted(u.String())+", ...)")
		}
	},
})
