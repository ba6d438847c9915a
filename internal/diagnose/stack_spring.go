package diagnose

import (
	"strconv"
	"strings"
)

var _ = registerStack(stack{
	order: 4, name: "spring", title: "Spring",
	signs: []sign{{"X-Application-Context", ""}}, // its Vary is that of other middleware too
	where: "In a @Configuration class; with Spring Security also http.cors(Customizer.withDefaults()), or its login answers the preflight.",
	grant: func(g grant) string {
		var b strings.Builder
		b.WriteString("@Bean\nUrlBasedCorsConfigurationSource corsConfigurationSource() {\n\tvar cors = new CorsConfiguration();\n" +
			"\tcors.setAllowedOrigins(List.of(" + strconv.Quote(g.origin) + "));\n")
		if g.credentials {
			b.WriteString("\tcors.setAllowCredentials(true);\n")
		}
		b.WriteString("\tcors.setAllowedMethods(List.of(" + quotedList(g.allMethods()) + "));\n")
		if len(g.headers) > 0 {
			b.WriteString("\tcors.setAllowedHeaders(List.of(" + quotedList(g.headers) + "));\n")
		}
		if len(g.expose) > 0 {
			b.WriteString("\tcors.setExposedHeaders(List.of(" + quotedList(g.expose) + "));\n")
		}
		b.WriteString("\tvar source = new UrlBasedCorsConfigurationSource();\n\tsource.registerCorsConfiguration(\"/**\", cors);\n\treturn source;\n}\n\n" +
			"@Bean\nCorsFilter corsFilter(UrlBasedCorsConfigurationSource source) {\n\treturn new CorsFilter(source);\n}")
		return b.String()
	},
	once: "// Take the CorsFilter or @CrossOrigin out if the proxy in front does CORS, or out there.",
	notes: map[string]string{
		"preflight-login": "http.cors(Customizer.withDefaults()) puts CORS before the login of Spring Security.",
	},
})
