package diagnose

import "strings"

var _ = registerStack(stack{
	order: 23, name: "haproxy", title: "HAProxy",
	where: "In the frontend; then systemctl reload haproxy.",
	grant: func(g grant) string {
		var b strings.Builder
		if g.preflighted() {
			b.WriteString("http-request return status 204")
			for _, f := range g.lines(true) {
				if strings.HasSuffix(f.Name, "Methods") || strings.HasSuffix(f.Name, "Headers") {
					b.WriteString(" hdr " + f.Name + ` "` + f.Value + `"`)
				}
			}
			b.WriteString(" if METH_OPTIONS { req.fhdr(Access-Control-Request-Method) -m found }\n")
		}
		for _, f := range g.lines(false) {
			b.WriteString("http-after-response set-header " + f.Name + ` "` + f.Value + "\"\n")
		}
		b.WriteString("http-after-response add-header Vary Origin")
		return b.String()
	},
	once: "http-response del-header Access-Control-Allow-Origin\nhttp-response del-header Access-Control-Allow-Credentials",
	notes: map[string]string{
		"edge-error": "http-after-response, unlike http-response, reaches HAProxy's own errors too.",
	},
})
