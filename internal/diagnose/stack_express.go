package diagnose

import (
	"strconv"
	"strings"
)

var _ = registerStack(stack{
	order: 1, name: "express", title: "Express (Node.js)",
	signs: []sign{{"X-Powered-By", "express"}},
	where: "Before every route and every other middleware; npm install cors.",
	grant: func(g grant) string {
		var b strings.Builder
		b.WriteString("app.use(require(\"cors\")({\n\torigin: [" + strconv.Quote(g.origin) + "],\n")
		if g.credentials {
			b.WriteString("\tcredentials: true,\n")
		}
		b.WriteString("\tmethods: [" + quotedList(g.allMethods()) + "],\n")
		if len(g.headers) > 0 {
			b.WriteString("\tallowedHeaders: [" + quotedList(g.headers) + "],\n")
		}
		if len(g.expose) > 0 {
			b.WriteString("\texposedHeaders: [" + quotedList(g.expose) + "],\n")
		}
		b.WriteString("}));")
		return b.String()
	},
	once: "// Take app.use(cors()) out here if the proxy in front does CORS, or out there.",
	notes: map[string]string{
		"wildcard-with-credentials": "origin: true would answer with whatever Origin comes in: with credentials that is every site.",
		"preflight-login":           "app.use(cors(...)) goes above app.use(authenticate).",
	},
})
