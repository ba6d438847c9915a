package diagnose

import (
	"strings"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/fetchspec"
)

var _ = register(situation{
	number:  16,
	code:    "method-not-allowed",
	title:   "The preflight does not allow the method",
	about:   "Access-Control-Allow-Methods must list every method but GET, HEAD and POST. Methods are compared with their case: fetch() turns put into PUT but leaves patch as it is, and * does not count with credentials.",
	side:    SideServer,
	config:  configGrant,
	reasons: []browser.Reason{browser.ReasonPreflightMethod, browser.ReasonPreflightMethodsParse},
	match: func(f *facts) bool {
		return f.is(browser.ReasonPreflightMethod, browser.ReasonPreflightMethodsParse)
	},
	explain: func(f *facts, p *Problem) {
		method, _ := f.asked()
		line, listed := f.answered("Access-Control-Allow-Methods")
		f.showSent(p, "Access-Control-Request-Method")
		f.show(p, "Access-Control-Allow-Methods")
		if method != strings.ToUpper(method) && listsToken(line, strings.ToUpper(method)) {
			p.Cause = "The page asks for the method " + method + " in lower case, which fetch() leaves as it is, and the server allows " + line + "."
			p.Fix = Fix{Side: SidePage, Do: "Write the method in capitals.", Lines: []string{"fetch(" + quoted(f.url()) + ", {method: " + quoted(strings.ToUpper(method)) + "})"}}
			return
		}
		switch {
		case f.is(browser.ReasonPreflightMethodsParse):
			p.Cause = "Access-Control-Allow-Methods is " + line + ", which is no list of methods between commas, so all of it is void."
		case !listed:
			p.Cause = "The preflight asks for " + method + ", and its answer has no Access-Control-Allow-Methods."
		case listsToken(line, "*"):
			p.Cause = "Access-Control-Allow-Methods is *, which does not count with credentials; it must list " + method + "."
		default:
			p.Cause = "The preflight asks for " + method + ", and Access-Control-Allow-Methods lists only " + line + "."
		}
		p.Fix.Do = "Let the server allow " + method + " to this page."
		f.mendAnswer(p, 0, browser.Field{Name: "Access-Control-Allow-Methods", Value: listWith(line, method)})
	},
})

// listWith returns a list with its proper members and one more.
func listWith(line, member string) string {
	var members []string
	for m := range strings.SplitSeq(line, ",") {
		if m = strings.TrimSpace(m); m != "" && m != "*" && !strings.EqualFold(m, member) && fetchspec.IsToken(m) {
			members = append(members, m)
		}
	}
	return strings.Join(append(members, member), ", ")
}

func listsToken(line, token string) bool {
	for m := range strings.SplitSeq(line, ",") {
		if strings.TrimSpace(m) == token {
			return true
		}
	}
	return false
}
