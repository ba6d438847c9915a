package diagnose

import (
	"slices"
	"strings"

	"crossorigin.dev/browser"
)

var _ = register(situation{
	number: 20,
	code:   "header-not-exposed",
	title:  "The script cannot see a header of the response",
	about:  "Of another origin's answer a script sees seven simple headers and those that Access-Control-Expose-Headers lists. The others are in the network panel, and null to the script. With credentials * exposes nothing.",
	side:   SideServer,
	config: configGrant,
	advise: func(f *facts) bool {
		return f.succeeded() && f.trace.Verdict.Type == browser.ResponseCORS && len(hiddenHeaders(f)) > 0
	},
	explain: func(f *facts, p *Problem) {
		names := hiddenHeaders(f)
		line, _ := f.answered("Access-Control-Expose-Headers")
		p.Cause = "The answer has " + strings.Join(names, ", ") + ", which the script of another origin cannot see."
		if line != "" {
			p.Cause += " Access-Control-Expose-Headers is " + line
			if listsToken(line, "*") {
				p.Cause += ", and * exposes nothing with credentials"
			}
			p.Cause += "."
		}
		f.show(p, "Access-Control-Expose-Headers")
		p.Fix.Do = "If the script needs them, let the server expose them by name."
		for _, name := range names {
			line = listWith(line, name)
		}
		f.mendAnswer(p, 0, browser.Field{Name: "Access-Control-Expose-Headers", Value: line})
	},
})

// hiddenHeaders are the answer's that the script cannot see and might want to.
func hiddenHeaders(f *facts) []string {
	if f.at == nil || f.at.Answer == nil {
		return nil
	}
	exposed, _ := f.answered("Access-Control-Expose-Headers")
	all := listsToken(exposed, "*") && !f.credentialed()
	var names []string
	for _, h := range f.at.Answer.Header {
		name := strings.ToLower(h.Name)
		if all || plumbing(name) || listsFold(exposed, name) || slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
			continue
		}
		names = append(names, h.Name)
	}
	return names
}

// plumbing reports whether a header, in lower case, is visible anyway, is
// never, or is hardly ever looked at by a script.
func plumbing(name string) bool {
	switch name {
	case "cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma",
		"set-cookie", "set-cookie2", "date", "server", "connection", "keep-alive", "vary", "via", "age", "alt-svc",
		"transfer-encoding", "content-encoding", "accept-ranges", "allow", "x-powered-by", "strict-transport-security",
		"x-content-type-options", "x-frame-options", "x-xss-protection", "referrer-policy", "permissions-policy",
		"content-security-policy", "cross-origin-resource-policy", "cross-origin-opener-policy",
		"cross-origin-embedder-policy", "timing-allow-origin", "report-to", "nel", "server-timing", "x-cache":
		return true
	}
	return strings.HasPrefix(name, "access-control-") || strings.HasPrefix(name, "x-amz-") || strings.HasPrefix(name, "cf-")
}
