package diagnose

import (
	"strconv"
	"strings"
)

var _ = registerStack(stack{
	order: 9, name: "net/http", title: "Go with net/http alone",
	where: "Around the whole handler: http.ListenAndServe(addr, allowOrigin(mux)).",
	grant: func(g grant) string {
		var b strings.Builder
		b.WriteString("func allowOrigin(next http.Handler) http.Handler {\n" +
			"\tconst allowed = " + strconv.Quote(g.origin) + "\n" +
			"\treturn http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {\n" +
			"\t\th := w.Header()\n\t\th.Add(\"Vary\", \"Origin\")\n" +
			"\t\tif r.Header.Get(\"Origin\") != allowed {\n\t\t\tnext.ServeHTTP(w, r)\n\t\t\treturn\n\t\t}\n")
		for _, f := range g.lines(false) {
			value := strconv.Quote(f.Value)
			if f.Value == g.origin {
				value = "allowed"
			}
			b.WriteString("\t\th.Set(" + strconv.Quote(f.Name) + ", " + value + ")\n")
		}
		b.WriteString("\t\tif r.Method == http.MethodOptions && r.Header.Get(\"Access-Control-Request-Method\") != \"\" {\n")
		for _, f := range g.lines(true) {
			if strings.HasSuffix(f.Name, "Methods") || strings.HasSuffix(f.Name, "Headers") {
				b.WriteString("\t\t\th.Set(" + strconv.Quote(f.Name) + ", " + strconv.Quote(f.Value) + ")\n")
			}
		}
		b.WriteString("\t\t\tw.WriteHeader(http.StatusNoContent)\n\t\t\treturn\n\t\t}\n\t\tnext.ServeHTTP(w, r)\n\t})\n}")
		return b.String()
	},
	once: `w.Header().Del("Access-Control-Allow-Origin") // in a ReverseProxy: in ModifyResponse`,
})
