package diagnose

import (
	"net/url"
	"strings"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number:  28,
	code:    "no-answer",
	title:   "There was no answer at all",
	about:   "This is not CORS, though a script cannot tell and Firefox writes \"CORS request did not succeed\". The name has no address, nothing listens, the certificate is not trusted, the connection broke, or an extension such as an ad blocker stopped the request.",
	side:    SideNetwork,
	reasons: []browser.Reason{browser.ReasonNetworkFailed, browser.ReasonStreamHTTP1, browser.ReasonNotCached},
	match: func(f *facts) bool {
		return f.is(browser.ReasonNetworkFailed, browser.ReasonStreamHTTP1, browser.ReasonNotCached) && !f.localNetworkRecorded()
	},
	explain: func(f *facts, p *Problem) {
		cause := f.input("cause")
		p.Cause = strings.TrimSuffix(f.failed.Note, ".") + "; this is not CORS."
		shows := f.failed.Note
		if f.at != nil && f.at.Error != "" {
			shows = f.at.Error
		}
		p.Evidence = append(p.Evidence, Evidence{f.exchange(), shows})
		p.Fix.Do, p.Fix.Lines = networkFix(cause, f)
		if strings.Contains(f.failed.Note, "extension stopped") {
			p.Fix = Fix{
				Side:  SideUser,
				Do:    "Let the user make an exception for this site in the extension, or call a URL that its lists do not name: words such as ads, track or analytics are on them.",
				Lines: []string{"in a private window, without extensions: fetch(" + quoted(f.url()) + ", ...)"},
			}
		}
		if cause == "certificate-authority" || cause == "certificate-name" || cause == "certificate" {
			p.Warnings = append(p.Warnings, "A browser asks about such a certificate only on a page of its own: open "+f.url()+" in a tab to see it. A script's request just fails.")
		}
	},
})

func networkFix(cause string, f *facts) (do string, lines []string) {
	host := f.url()
	if u, err := url.Parse(host); err == nil {
		host = u.Host
	}
	if f.at != nil && strings.Contains(f.at.Error, "response headers exceeded") {
		return "Let the server send fewer or shorter header fields: browsers take 256 KB of them.", []string{"curl -sI " + shellWord(f.url()) + " | wc -c"}
	}
	switch cause {
	case "dns":
		return "Check the name, and that it is known where the browser runs.", []string{"getent hosts " + strings.Split(host, ":")[0]}
	case "refused", "unreachable":
		do = "Start the server, or correct the port."
		if strings.Split(host, ":")[0] == "localhost" {
			do += " If it runs, it may listen at one of 127.0.0.1 and [::1] only, and localhost lead to the other."
		}
		return do, []string{"curl -i " + shellWord(f.url())}
	case "no-tls":
		return "Call it over http, or let the server speak TLS.", []string{"fetch(" + quoted("http"+strings.TrimPrefix(f.url(), "https")) + ", ...)"}
	case "certificate-authority", "certificate-name", "certificate":
		return "Give the server a certificate for this name that browsers trust; for development, make one with mkcert.", []string{"mkcert " + strings.Split(host, ":")[0]}
	case "timeout":
		return "See why the server does not answer in time.", []string{"curl -i --max-time 30 " + shellWord(f.url())}
	}
	return "See whether the URL answers outside of the browser; if it does and only the browser fails, look for an extension that blocks it.", []string{"curl -i " + shellWord(f.url())}
}
