package diagnose

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

// TestEveryReason holds that no reason of the engine is without a situation,
// and that each situation names its reasons.
func TestEveryReason(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../browser/reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var reasons []browser.Reason
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			if lit, ok := v.Values[0].(*ast.BasicLit); ok {
				value, _ := strconv.Unquote(lit.Value)
				reasons = append(reasons, browser.Reason(value))
			}
		}
		return true
	})
	if len(reasons) < 50 {
		t.Fatalf("found only %d reasons", len(reasons))
	}
	for _, r := range reasons {
		if !slices.ContainsFunc(situations, func(s *situation) bool { return slices.Contains(s.reasons, r) }) {
			t.Errorf("no situation names the reason %s", r)
		}
	}
}

// TestEveryReasonMatches holds that whatever a fetch fails for, exactly one
// situation matches, whichever answer it failed at.
func TestEveryReasonMatches(t *testing.T) {
	for _, s := range situations {
		for _, r := range s.reasons {
			for _, status := range []int{0, 200, 301, 401, 404, 500, 502} {
				for _, preflight := range []bool{false, true} {
					if !possible(r, status, preflight) {
						continue
					}
					trace := failedAt(r, status, preflight)
					if found := matches(trace); len(found) != 1 {
						t.Errorf("%s at status %d, preflight %v: %v match, want one", r, status, preflight, found)
						continue
					}
					d := Of(trace, Options{})
					if len(d.Problems) == 0 || d.Problems[0].Cause == "" || d.Problems[0].Fix.Do == "" {
						t.Errorf("%s at status %d: %+v", r, status, d.Problems)
					}
				}
			}
		}
	}
}

// possible reports whether a fetch can fail so at such an answer.
func possible(r browser.Reason, status int, preflight bool) bool {
	ofPreflight := strings.HasPrefix(string(r), "preflight.")
	switch {
	case r == browser.ReasonPreflightRedirect:
		return preflight && status == 301
	case r == browser.ReasonPreflightStatus:
		return preflight && status != 200
	}
	return preflight == ofPreflight
}

// failedAt is a trace that breaks off with a reason, as no engine need have
// written it.
func failedAt(r browser.Reason, status int, preflight bool) *browser.Trace {
	t := &browser.Trace{Profile: "spec", Page: site + "/", Origin: site, Method: "PUT", URL: api + "/items", Mode: browser.ModeCORS, Credentials: browser.CredentialsSameOrigin, Redirect: browser.RedirectFollow}
	if status != 0 {
		x := &browser.Exchange{Preflight: preflight, Method: "PUT", URL: t.URL, Answer: &browser.Answer{Status: status}}
		if preflight {
			x.Method = "OPTIONS"
		}
		if status == 301 {
			x.Answer.Header = []browser.Field{{Name: "Location", Value: "/elsewhere"}}
		}
		t.Steps = append(t.Steps, browser.Step{Exchange: x, Decision: browser.DecisionInfo})
	}
	t.Steps = append(t.Steps, browser.Step{Decision: browser.DecisionFail, Reason: r, Note: "It failed."})
	t.Verdict = browser.Verdict{Outcome: browser.OutcomeBlocked, Reason: r}
	return t
}

func TestSeveralProblems(t *testing.T) {
	w := newWorld(t)
	trace := w.run(t, setting{
		request: browser.Request{Method: "PUT", URL: api + "/items", Credentials: browser.CredentialsInclude, Header: http.Header{"Content-Type": {"application/json"}}},
		answers: answers{"OPTIONS /items": {"200", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: GET; PUT"}},
	})
	d := Of(trace, Options{Stack: "nginx"})
	want := []string{"wildcard-with-credentials", "method-not-allowed", "header-not-allowed"}
	if got := codes(d.Problems); !slices.Equal(got, want) {
		t.Errorf("problems %v, want %v", got, want)
	}
	if d.Unseen != "What the server answers to PUT http://localhost:9000/items is not known: it was never sent." {
		t.Errorf("unseen: %q", d.Unseen)
	}
	if n := len(w.asked); n != 1 {
		t.Errorf("the diagnosis asked the server: %v", w.asked)
	}
	for _, part := range []string{`"http://localhost:8000" always`, "Access-Control-Allow-Credentials", "PUT", "content-type"} {
		if !strings.Contains(d.Config, part) {
			t.Errorf("the configuration lacks %s:\n%s", part, d.Config)
		}
	}
}

// got is the trace of a GET that is answered with header fields.
func got(t *testing.T, header ...string) *browser.Trace {
	return traceOf(t, setting{request: browser.Request{URL: api + "/items"}, answers: answers{"/items": header}})
}

func TestDetect(t *testing.T) {
	for _, test := range []struct {
		header string
		want   Stack
	}{
		{"Server: nginx/1.22.1", "nginx"},
		{"Server: Apache/2.4.62 (Debian)", "apache"},
		{"Server: Caddy", "caddy"},
		{"X-Powered-By: Express", "express"},
		{"Server: uvicorn", "fastapi"},
		{"Server: WSGIServer/0.2 CPython/3.11.2", "django"},
		{"X-Application-Context: application", "spring"},
		{"Crossorigin-Reason: method.not-allowed", "go"},
		{"Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers", ""},
		{"Server: Kestrel", "aspnetcore"},
		{"Server: AmazonS3", "s3"},
		{"Via: 1.1 abc.cloudfront.net (CloudFront)", "cloudfront"},
		{"Server: something", ""},
	} {
		d := Of(got(t, test.header), Options{})
		if d.Stack != test.want || (d.StackSign == "") != (test.want == "") {
			t.Errorf("%s: detected %q by %q, want %q", test.header, d.Stack, d.StackSign, test.want)
		}
		if (d.Config == "") != (test.want == "") {
			t.Errorf("%s: configuration %q", test.header, d.Config)
		}
	}
	if d := Of(got(t, "Server: nginx", "X-Powered-By: Express"), Options{}); d.Stack != "express" {
		t.Errorf("the application behind the proxy is %q", d.Stack)
	}
}

// TestStacks holds that every stack can say all that a page may need.
func TestStacks(t *testing.T) {
	g := grant{origin: site, credentials: true, methods: []string{"PUT"}, headers: []string{"content-type"}, expose: []string{"X-Total"}}
	if len(stacks) != 13 {
		t.Errorf("%d stacks", len(stacks))
	}
	for _, s := range stacks {
		config := s.grant(g)
		for _, part := range []string{site, "PUT", "content-type", "X-Total"} {
			if !strings.Contains(config, part) {
				t.Errorf("%s: no %s in\n%s", s.name, part, config)
			}
		}
		if s.where == "" || s.once == "" || s.title == "" {
			t.Errorf("%s is incomplete", s.name)
		}
		for code := range s.notes {
			if situationByCode(code) == nil {
				t.Errorf("%s has a note for %q, which is no situation", s.name, code)
			}
		}
		if name, ok := ParseStack(strings.ToUpper(string(s.name))); !ok || name != s.name {
			t.Errorf("%s cannot be asked for", s.name)
		}
	}
}

// TestStackS3 holds that S3 is given no method that it refuses.
func TestStackS3(t *testing.T) {
	config := stackNamed("s3").grant(grant{origin: site, methods: []string{"PATCH", "DELETE"}})
	if strings.Contains(config, "PATCH") || !strings.Contains(config, `"GET", "HEAD", "POST", "DELETE"`) {
		t.Error(config)
	}
}

// TestStackReplaces holds that nginx does not add to what the application sends.
func TestStackReplaces(t *testing.T) {
	for _, test := range []struct {
		header string
		hides  bool
	}{{"Access-Control-Allow-Origin: http://localhost:3000", true}, {"X-Other: 1", false}} {
		d := Of(got(t, "Server: nginx", test.header), Options{})
		if got := strings.Contains(d.Config, "proxy_hide_header Access-Control-Allow-Origin;"); got != test.hides {
			t.Errorf("%s:\n%s", test.header, d.Config)
		}
	}
}

// TestSucceeded holds that nothing is made up where all is well.
func TestSucceeded(t *testing.T) {
	d := Of(got(t, "Access-Control-Allow-Origin: "+site, "Vary: Origin", "Content-Type: application/json"), Options{})
	if len(d.Problems)+len(d.Advice) != 0 || d.Config != "" {
		t.Errorf("%+v", d)
	}
}

// TestNullIsNeverGranted holds that no configuration is written for a page
// without an origin, and that a fix of an answer warns of null
// instead of allowing it.
func TestNullIsNeverGranted(t *testing.T) {
	for name, lines := range map[string][]string{
		"login": {"401"}, "not handled": {"404"}, "edge": {"502"}, "pattern": {"204", "Access-Control-Allow-Origin: *.example"},
	} {
		d := Of(traceOf(t, setting{
			page:    browser.PageOptions{Opaque: true},
			request: browser.Request{Method: "PUT", URL: api + "/items"},
			answers: answers{"OPTIONS /items": lines},
		}), Options{Stack: "nginx"})
		if d.Config != "" {
			t.Errorf("%s: there is configuration:\n%s", name, d.Config)
		}
		for _, problem := range d.Problems[:1] {
			if slices.Contains(problem.Fix.Lines, "Access-Control-Allow-Origin: null") || !slices.ContainsFunc(problem.Warnings, func(w string) bool { return strings.HasPrefix(w, "Never allow null") }) {
				t.Errorf("%s: %s says %q, and warns %q", name, problem.Code, problem.Fix.Lines, problem.Warnings)
			}
		}
	}
}
