package diagnose

import (
	"slices"
	"strings"
)

var _ = registerStack(stack{
	order: 30, name: "s3", title: "Amazon S3",
	signs: []sign{{"Server", "amazons3"}},
	where: "aws s3api put-bucket-cors --bucket NAME --cors-configuration file://cors.json. S3 answers with the header fields only if the request has an Origin.",
	grant: func(g grant) string {
		// S3 knows these alone, and refuses a rule with another:
		// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CORSRule.html
		methods := slices.DeleteFunc(g.allMethods(), func(m string) bool {
			return !slices.Contains([]string{"GET", "PUT", "HEAD", "POST", "DELETE"}, m)
		})
		var b strings.Builder
		b.WriteString("{\n  \"CORSRules\": [\n    {\n      \"AllowedOrigins\": [" + quotedList([]string{g.origin}) + "],\n" +
			"      \"AllowedMethods\": [" + quotedList(methods) + "]")
		if len(g.headers) > 0 {
			b.WriteString(",\n      \"AllowedHeaders\": [" + quotedList(g.headers) + "]")
		}
		if len(g.expose) > 0 {
			b.WriteString(",\n      \"ExposeHeaders\": [" + quotedList(g.expose) + "]")
		}
		b.WriteString("\n    }\n  ]\n}")
		return b.String()
	},
	once: "aws s3api delete-bucket-cors --bucket NAME",
	notes: map[string]string{
		"cached-for-another": "S3 sends no Vary: Origin without an Origin: load such pictures with crossorigin=\"anonymous\" everywhere, or let a CDN in front add it.",
	},
})
