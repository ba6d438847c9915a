package diagnose

import "strings"

var _ = registerStack(stack{
	order: 22, name: "caddy", title: "Caddy",
	signs: []sign{{"Server", "caddy"}, {"Via", "caddy"}},
	where: "In the site's block of the Caddyfile; then caddy reload.",
	grant: func(g grant) string {
		var b strings.Builder
		b.WriteString("header {\n")
		for _, f := range g.lines(false) {
			b.WriteString("\t" + f.Name + ` "` + f.Value + "\"\n")
		}
		b.WriteString("\t+Vary Origin\n\tdefer\n}\n")
		if g.preflighted() {
			b.WriteString("@preflight {\n\tmethod OPTIONS\n\theader Access-Control-Request-Method *\n}\nheader @preflight {\n")
			for _, f := range g.lines(true) {
				if strings.HasSuffix(f.Name, "Methods") || strings.HasSuffix(f.Name, "Headers") {
					b.WriteString("\t" + f.Name + ` "` + f.Value + "\"\n")
				}
			}
			b.WriteString("}\nrespond @preflight 204\n")
		}
		return strings.TrimSuffix(b.String(), "\n")
	},
	once: "reverse_proxy localhost:9000 {\n\theader_down -Access-Control-Allow-Origin\n\theader_down -Access-Control-Allow-Credentials\n}",
	notes: map[string]string{
		"edge-error": "For Caddy's own errors, put the header block into handle_errors as well.",
	},
})
