package diagnose

import (
	"strconv"
	"strings"
)

var _ = registerStack(stack{
	order: 2, name: "fastapi", title: "FastAPI or Starlette",
	signs: []sign{{"Server", "uvicorn"}, {"Server", "hypercorn"}},
	where: "After every other add_middleware: the one added last is outermost.",
	grant: func(g grant) string {
		var b strings.Builder
		b.WriteString("from fastapi.middleware.cors import CORSMiddleware  # or starlette.middleware.cors\n\n" +
			"app.add_middleware(\n    CORSMiddleware,\n    allow_origins=[" + strconv.Quote(g.origin) + "],\n")
		if g.credentials {
			b.WriteString("    allow_credentials=True,\n")
		}
		b.WriteString("    allow_methods=[" + quotedList(g.allMethods()) + "],\n")
		if len(g.headers) > 0 {
			b.WriteString("    allow_headers=[" + quotedList(g.headers) + "],\n")
		}
		if len(g.expose) > 0 {
			b.WriteString("    expose_headers=[" + quotedList(g.expose) + "],\n")
		}
		b.WriteString(")")
		return b.String()
	},
	once: "# Take CORSMiddleware out here if the proxy in front does CORS, or out there.",
	notes: map[string]string{
		"error-without-cors": "An unhandled exception is answered outside of every middleware. Handle Exception inside, or wrap the app itself: app = CORSMiddleware(app, ...).",
	},
})
