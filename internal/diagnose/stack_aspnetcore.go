package diagnose

import (
	"strconv"
	"strings"
)

var _ = registerStack(stack{
	order: 5, name: "aspnetcore", title: "ASP.NET Core",
	signs: []sign{{"Server", "kestrel"}, {"X-Powered-By", "asp.net"}},
	where: "In Program.cs; UseCors goes after UseRouting and before UseAuthentication and UseAuthorization.",
	grant: func(g grant) string {
		var b strings.Builder
		b.WriteString("builder.Services.AddCors(options => options.AddDefaultPolicy(policy => policy\n\t.WithOrigins(" + strconv.Quote(g.origin) + ")")
		if g.credentials {
			b.WriteString("\n\t.AllowCredentials()")
		}
		if len(g.methods) > 0 {
			b.WriteString("\n\t.WithMethods(" + quotedList(g.allMethods()) + ")")
		}
		if len(g.headers) > 0 {
			b.WriteString("\n\t.WithHeaders(" + quotedList(g.headers) + ")")
		}
		if len(g.expose) > 0 {
			b.WriteString("\n\t.WithExposedHeaders(" + quotedList(g.expose) + ")")
		}
		b.WriteString("));\n\nvar app = builder.Build();\napp.UseRouting();\napp.UseCors();\napp.UseAuthentication();\napp.UseAuthorization();")
		return b.String()
	},
	once: "// Take app.UseCors() out if the proxy in front does CORS, or out there.",
	notes: map[string]string{
		"preflight-redirect": "UseHttpsRedirection redirects the preflight too: call the https URL.",
		"error-without-cors": "An exception that nothing handles is answered without them: put UseExceptionHandler before UseCors, and UseCors before all that can fail.",
	},
})
