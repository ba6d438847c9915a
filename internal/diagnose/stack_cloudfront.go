package diagnose

import (
	"strconv"
	"strings"
)

var _ = registerStack(stack{
	order: 31, name: "cloudfront", title: "Amazon CloudFront",
	signs: []sign{{"Via", "cloudfront"}, {"X-Amz-Cf-Id", ""}, {"X-Cache", "cloudfront"}},
	where: "aws cloudfront create-response-headers-policy --response-headers-policy-config file://cors.json, then choose it in the behaviour, which must allow OPTIONS and forward Origin.",
	grant: func(g grant) string {
		items := func(values []string) string {
			return "{\"Quantity\": " + strconv.Itoa(len(values)) + ", \"Items\": [" + quotedList(values) + "]}"
		}
		headers := g.headers
		if len(headers) == 0 {
			headers = []string{"content-type"}
		}
		var b strings.Builder
		b.WriteString("{\n  \"Name\": \"cors\",\n  \"CorsConfig\": {\n    \"OriginOverride\": true,\n" +
			"    \"AccessControlAllowOrigins\": " + items([]string{g.origin}) + ",\n" +
			"    \"AccessControlAllowCredentials\": " + strconv.FormatBool(g.credentials) + ",\n" +
			"    \"AccessControlAllowMethods\": " + items(g.allMethods()) + ",\n" +
			"    \"AccessControlAllowHeaders\": " + items(headers))
		if len(g.expose) > 0 {
			b.WriteString(",\n    \"AccessControlExposeHeaders\": " + items(g.expose))
		}
		b.WriteString("\n  }\n}")
		return b.String()
	},
	once: "\"OriginOverride\": true  // what CloudFront adds then replaces what the origin sends",
})
