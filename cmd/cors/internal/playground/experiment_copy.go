package playground

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"crossorigin.dev/browser"
	"crossorigin.dev/cors"
	"crossorigin.dev/internal/diagnose"
	"crossorigin.dev/internal/render"
)

// A copied text is the experiment, or what it asks of a server, to be taken
// elsewhere.
type copied struct {
	ID, Title, About string
	Text             string
}

// copies writes the call for a script and a terminal, and the policy for Go,
// cors.yaml and nginx.
func (p *Playground) copies(ctx context.Context, s *state, f forecast) ([]copied, error) {
	var curl strings.Builder
	if err := render.Curl(&curl, f.Trace, render.SecretsShown); err != nil {
		return nil, err
	}
	all := []copied{
		{"fetch", "fetch", "The call of the page’s script.", s.fetchCode(f.Trace.URL)},
		{"curl", "curl", "The requests that a browser makes of it.", strings.TrimSuffix(curl.String(), "\n")},
	}
	if s.Mode == webSocket { // to which no policy of CORS applies
		all[0].Title = "WebSocket"
		return all, nil
	}
	policy := s.policyFor(f.Trace)
	if len(policy.Origins) == 0 {
		return append(all, copied{"policy", "Policy", "", "A page without an origin of its own can be allowed to no one but everyone: serve it over http first."}), nil
	}
	nginx, err := p.nginx(ctx, s, f)
	if err != nil {
		return nil, err
	}
	return append(all,
		copied{"go", "Go", "Around your handler, outermost.", policyGo(policy)},
		copied{"yaml", "cors.yaml", "For cors gateway -c cors.yaml.", policyYAML(policy, p.api.url())},
		copied{"nginx", "nginx", "In the location, or in the server.", nginx},
	), nil
}

// fetchCode is the call as one writes it by hand.
func (s *state) fetchCode(url string) string {
	if s.Mode == webSocket {
		return "const socket = new WebSocket(" + strconv.Quote(url) + ");"
	}
	var lines []string
	add := func(set bool, name, value string) {
		if set {
			lines = append(lines, "  "+name+": "+value+",")
		}
	}
	add(s.Method != "GET" && s.Method != "", "method", strconv.Quote(s.Method))
	header := s.header()
	if s.Kind == "form" { // which URLSearchParams brings along
		header = slices.DeleteFunc(header, func(f [2]string) bool { return strings.HasPrefix(f[1], "application/x-www-form-urlencoded") })
	}
	if len(header) > 0 {
		text := "[\n"
		for _, f := range header {
			text += "    [" + strconv.Quote(f[0]) + ", " + strconv.Quote(f[1]) + "],\n"
		}
		add(true, "headers", text+"  ]")
	}
	body := strconv.Quote(s.Body)
	switch s.Kind {
	case "none":
		body = ""
	case "form":
		body = "new URLSearchParams(" + body + ")"
	case "bytes":
		body = "new TextEncoder().encode(" + body + ")"
	}
	add(body != "", "body", body)
	plain := newState()
	for _, o := range []struct{ name, value, otherwise string }{
		{"mode", s.Mode, plain.Mode}, {"credentials", s.Credentials, plain.Credentials},
		{"redirect", s.Redirect, plain.Redirect}, {"cache", s.Cache, plain.Cache},
	} {
		add(o.value != o.otherwise, o.name, strconv.Quote(o.value))
	}
	if len(lines) == 0 {
		return "const response = await fetch(" + strconv.Quote(url) + ");"
	}
	return "const response = await fetch(" + strconv.Quote(url) + ", {\n" + strings.Join(lines, "\n") + "\n});"
}

// policyFor is the policy of the editor, or the least that the call needs.
func (s *state) policyFor(t *browser.Trace) cors.Policy {
	if s.Server == "policy" {
		policy, _ := s.policy()
		policy.Debug = false // which is the lab's
		return policy
	}
	n := neededOf(t)
	return cors.Policy{Origins: n.Origins, Methods: n.Methods, RequestHeaders: n.RequestHeaders, Credentials: n.Credentials}
}

// policyGo writes a policy as a literal.
func policyGo(p cors.Policy) string {
	var b strings.Builder
	b.WriteString("guard, err := cors.New(cors.Policy{\n")
	list := func(name string, values []string) {
		if len(values) > 0 {
			fmt.Fprintf(&b, "\t%s: %#v,\n", name, values)
		}
	}
	list("Origins", p.Origins)
	if p.Credentials {
		b.WriteString("\tCredentials: true,\n")
	}
	list("Methods", p.Methods)
	list("RequestHeaders", p.RequestHeaders)
	list("ResponseHeaders", p.ResponseHeaders)
	switch {
	case p.MaxAge < 0:
		b.WriteString("\tMaxAge: -1, // browsers must not keep a preflight\n")
	case p.MaxAge > 0:
		fmt.Fprintf(&b, "\tMaxAge: %d * time.Second,\n", int(p.MaxAge.Seconds()))
	}
	b.WriteString("})\nif err != nil {\n\tlog.Fatal(err)\n}\nhandler = guard.Handler(handler)")
	return b.String()
}

// policyYAML writes a whole cors.yaml with the policy.
func policyYAML(p cors.Policy, upstream string) string {
	var b strings.Builder
	b.WriteString("version: 1\n\nupstreams:\n  api: " + upstream + "\n\npolicies:\n  page:\n")
	list := func(name string, values []string) {
		if len(values) > 0 {
			quoted := make([]string, len(values))
			for i, v := range values {
				quoted[i] = strconv.Quote(v)
			}
			b.WriteString("    " + name + ": [" + strings.Join(quoted, ", ") + "]\n")
		}
	}
	list("origins", p.Origins)
	if p.Credentials {
		b.WriteString("    credentials: true\n")
	}
	list("methods", p.Methods)
	list("requestHeaders", p.RequestHeaders)
	list("responseHeaders", p.ResponseHeaders)
	if p.MaxAge != 0 {
		fmt.Fprintf(&b, "    maxAge: %ds\n", int(math.Floor(p.MaxAge.Seconds())))
	}
	b.WriteString("\nroutes:\n  - match: /\n    upstream: api\n    policy: page")
	return b.String()
}

// nginx has package diagnose write the configuration that the call would need
// of a server that says nothing.
func (p *Playground) nginx(ctx context.Context, s *state, f forecast) (string, error) {
	silent := newState()
	silent.Page, silent.Target, silent.Method, silent.Headers = s.Page, s.Target, s.Method, s.Headers
	silent.Kind, silent.Body, silent.Credentials = s.Kind, s.Body, s.Credentials
	g, err := p.forecast(ctx, &silent, f.Profile)
	if err != nil {
		return "", err
	}
	d := diagnose.Of(g.Trace, diagnose.Options{Stack: "nginx"})
	if d.Config == "" {
		return "# This call needs nothing of the server.", nil
	}
	return d.Config, nil
}
