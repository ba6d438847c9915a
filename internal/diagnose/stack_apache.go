package diagnose

import "strings"

var _ = registerStack(stack{
	order: 21, name: "apache", title: "Apache httpd",
	signs: []sign{{"Server", "apache"}},
	where: "In the VirtualHost or Directory, with a2enmod headers rewrite; then apachectl graceful.",
	grant: func(g grant) string {
		var b strings.Builder
		for _, f := range g.lines(false) {
			b.WriteString("Header unset " + f.Name + "\nHeader always set " + f.Name + ` "` + f.Value + "\"\n")
		}
		b.WriteString("Header always merge Vary Origin\n")
		if g.preflighted() {
			for _, f := range g.lines(true) {
				if strings.HasSuffix(f.Name, "Methods") || strings.HasSuffix(f.Name, "Headers") {
					b.WriteString("Header always set " + f.Name + ` "` + f.Value + "\"\n")
				}
			}
			b.WriteString("RewriteEngine On\nRewriteCond %{REQUEST_METHOD} =OPTIONS\n" +
				"RewriteCond %{HTTP:Access-Control-Request-Method} !=\"\"\nRewriteRule ^ - [R=204,L]\n")
		}
		return strings.TrimSuffix(b.String(), "\n")
	},
	once: "# Header set and Header always set are two tables: a field in both is sent twice.\nHeader unset Access-Control-Allow-Origin",
	notes: map[string]string{
		"error-without-cors": "Header set leaves errors out; Header always set does not. That is the usual cause.",
		"allowed-twice":      "Take out what the application behind sends; Header always set stays.",
	},
})
