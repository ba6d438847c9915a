package diagnose

import "strings"

var _ = registerStack(stack{
	order: 20, name: "nginx", title: "nginx",
	signs: []sign{{"Server", "nginx"}, {"Server", "openresty"}},
	where: "In the location, in place of any add_header of the same fields; then nginx -s reload.",
	grant: func(g grant) string {
		var b strings.Builder
		if g.answered {
			for _, f := range g.lines(true) {
				b.WriteString("proxy_hide_header " + f.Name + ";\n")
			}
		}
		for _, f := range g.lines(false) {
			b.WriteString("add_header " + f.Name + ` "` + f.Value + "\" always;\n")
		}
		b.WriteString("add_header Vary Origin always;\n")
		if g.preflighted() {
			b.WriteString("if ($request_method = OPTIONS) {\n")
			for _, f := range g.lines(true) {
				b.WriteString("    add_header " + f.Name + ` "` + f.Value + "\";\n")
			}
			b.WriteString("    add_header Vary Origin;\n    return 204;\n}\n")
		}
		return strings.TrimSuffix(b.String(), "\n")
	},
	once: "# Where the application does CORS too: drop what it adds, or take add_header out here.\n" +
		"proxy_hide_header Access-Control-Allow-Origin;\nproxy_hide_header Access-Control-Allow-Credentials;\n" +
		"proxy_hide_header Access-Control-Allow-Methods;\nproxy_hide_header Access-Control-Allow-Headers;\nproxy_hide_header Access-Control-Expose-Headers;",
	notes: map[string]string{
		"error-without-cors": "Without always, add_header leaves errors (4xx, 5xx) out; that is the usual cause.",
		"edge-error":         "With always, nginx adds the fields to its own errors too, such as 413 and 502.",
	},
})
