package diagnose

import (
	"strconv"
	"strings"
)

var _ = registerStack(stack{
	order: 8, name: "go", title: "Go with crossorigin.dev/cors",
	signs: []sign{{"Crossorigin-Reason", ""}}, // of a policy with Debug
	where: "In main, around the whole handler; import crossorigin.dev/cors.",
	grant: func(g grant) string {
		var b strings.Builder
		b.WriteString("guard, err := cors.New(cors.Policy{\n\tOrigins: []string{" + strconv.Quote(g.origin) + "},\n")
		if g.credentials {
			b.WriteString("\tCredentials: true,\n")
		}
		for _, list := range []struct {
			field  string
			values []string
		}{{"Methods", g.methods}, {"RequestHeaders", g.headers}, {"ResponseHeaders", g.expose}} {
			if len(list.values) > 0 {
				b.WriteString("\t" + list.field + ": []string{" + quotedList(list.values) + "},\n")
			}
		}
		b.WriteString("})\nif err != nil {\n\tlog.Fatal(err)\n}\nhandler = guard.Handler(handler)")
		return b.String()
	},
	once: `// Take guard.Handler away here if what is in front does CORS, or there if this does.`,
	notes: map[string]string{
		"error-without-cors":    "Outermost: guard.Handler(recoverer(authenticate(mux))), so that errors pass through it too.",
		"preflight-login":       "Outermost: guard.Handler(authenticate(mux)), so that a preflight is answered before the login.",
		"preflight-not-handled": "Outermost: guard.Handler(mux); it answers OPTIONS itself, no route is needed.",
	},
})
