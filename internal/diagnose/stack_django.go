package diagnose

import (
	"strconv"
	"strings"
)

var _ = registerStack(stack{
	order: 3, name: "django", title: "Django with django-cors-headers",
	signs: []sign{{"Server", "wsgiserver"}},
	where: "In settings.py; pip install django-cors-headers.",
	grant: func(g grant) string {
		var b strings.Builder
		b.WriteString("INSTALLED_APPS += [\"corsheaders\"]\n" +
			"MIDDLEWARE.insert(0, \"corsheaders.middleware.CorsMiddleware\")  # first, before CommonMiddleware\n" +
			"CORS_ALLOWED_ORIGINS = [" + strconv.Quote(g.origin) + "]\n")
		if g.credentials {
			b.WriteString("CORS_ALLOW_CREDENTIALS = True\n")
		}
		if len(g.methods) > 0 {
			b.WriteString("CORS_ALLOW_METHODS = [" + quotedList(g.allMethods()) + "]\n")
		}
		if len(g.headers) > 0 {
			b.WriteString("CORS_ALLOW_HEADERS = [" + quotedList(g.headers) + "]\n")
		}
		if len(g.expose) > 0 {
			b.WriteString("CORS_EXPOSE_HEADERS = [" + quotedList(g.expose) + "]\n")
		}
		return strings.TrimSuffix(b.String(), "\n")
	},
	once: "# Take corsheaders out of MIDDLEWARE if the proxy in front does CORS, or out there.",
	notes: map[string]string{
		"preflight-redirect": "APPEND_SLASH redirects /items to /items/: call the URL with its slash.",
	},
})
