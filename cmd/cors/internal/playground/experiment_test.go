package playground

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"crossorigin.dev/browser"
	"crossorigin.dev/cmd/cors/internal/policyfile"
	"crossorigin.dev/internal/diagnose"
)

// lab starts a playground on free ports.
func lab(t *testing.T) *Playground {
	t.Helper()
	p, err := Listen(Config{Site: "localhost:0", API: "localhost:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return p
}

func everyPreset(p *Playground) []preset {
	var all []preset
	for _, group := range p.presets() {
		all = append(all, group.Presets...)
	}
	return all
}

// TestPresets: each shows the situation that it is named after.
func TestPresets(t *testing.T) {
	p := lab(t)
	seen := map[string]bool{}
	for _, preset := range everyPreset(p) {
		t.Run(preset.ID, func(t *testing.T) {
			if seen[preset.ID] {
				t.Error("there are two")
			}
			seen[preset.ID] = true
			if preset.Name == "" || preset.About == "" {
				t.Error("it has no name or no sentence")
			}
			if faults := preset.State.faults(); len(faults) > 0 {
				t.Fatalf("%q", faults)
			}
			if again, err := decode(preset.State.encode()); err != nil || again != preset.State {
				t.Errorf("its link gives %+v, %v", again, err)
			}
			profile := browser.Spec
			if named, ok := browser.ParseProfile(preset.State.Profile); ok && preset.State.Profile != "" {
				profile = named
			}
			f, err := p.forecast(t.Context(), &preset.State, profile)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Trace.Verdict.Reason; got != preset.Reason {
				t.Errorf("the reason is %q, want %q: %s", got, preset.Reason, f.Trace.Verdict.Message)
			}
			if got := codeOf(f); got != preset.Code {
				t.Errorf("diagnosed as %q, want %q", got, preset.Code)
			}
		})
	}
	for _, topic := range diagnose.Topics() {
		if !seen[topic.Code] {
			t.Errorf("situation %d, %s, has no preset", topic.Number, topic.Code)
		}
	}
}

func codeOf(f forecast) string {
	d := diagnose.Of(f.Trace, diagnose.Options{})
	for _, problem := range append(d.Problems, d.Advice...) {
		return problem.Code
	}
	return ""
}

// unmended are the presets that neither the server's editor nor the call can
// mend: what is wrong is with the page's address, the user or an extension.
var unmended = []string{"mixed-content", "local-network", "no-answer/blocker", "websocket-refused"}

// TestApplyTheFix: with its fix each preset is allowed, in every browser, and
// the same when the server is a policy.
func TestApplyTheFix(t *testing.T) {
	p := lab(t)
	for _, preset := range everyPreset(p) {
		if preset.Code == "" {
			continue
		}
		for _, profile := range allProfiles(browser.Spec) {
			t.Run(preset.ID+"/"+profile.String(), func(t *testing.T) {
				f, err := p.forecast(t.Context(), &preset.State, profile)
				if err != nil {
					t.Fatal(err)
				}
				mended, ok := p.fixed(t.Context(), preset.State, f)
				if want := !slices.Contains(unmended, preset.ID) && codeOf(f) != ""; ok != want {
					t.Fatalf("fixed: %v, want %v", ok, want)
				}
				if !ok {
					return
				}
				if mended == preset.State {
					t.Error("the fix changes nothing")
				}
				g, err := p.forecast(t.Context(), &mended, profile)
				if err != nil {
					t.Fatal(err)
				}
				if g.Trace.Verdict.Outcome != browser.OutcomeAllowed {
					t.Errorf("with the fix: %s: %s\n%s", g.Trace.Verdict.Outcome, g.Trace.Verdict.Message, mended.encode())
				}
				if codeOf(g) == preset.Code {
					t.Errorf("with the fix it is diagnosed as the same")
				}
			})
		}
	}
}

// TestApplyTheFixToAPolicy: a policy that allows someone else is mended to
// allow what the page asks for, and no more.
func TestApplyTheFixToAPolicy(t *testing.T) {
	p := lab(t)
	s := newState()
	s.Server, s.Policy = "policy", policyState{Origins: "https://other.example", Methods: "DELETE"}
	s.Method, s.Kind, s.Body, s.Credentials = "PUT", "json", "{}", "include"
	f, err := p.forecast(t.Context(), &s, browser.Chromium)
	if err != nil {
		t.Fatal(err)
	}
	mended, ok := p.fixed(t.Context(), s, f)
	want := s
	want.Policy = policyState{
		Origins: "https://other.example, " + p.site.url(), Methods: "DELETE, PUT", RequestHeaders: "content-type", Credentials: true,
	}
	if !ok || mended != want {
		t.Errorf("%v\n%+v, want\n%+v", ok, mended, want)
	}
}

// TestForecastsDiffer: where browsers are measured to differ, so do forecasts.
func TestForecastsDiffer(t *testing.T) {
	p := lab(t)
	s := newState()
	s.Headers = "Authorization: Bearer x"
	s.Hops[0].Preflight.Lines = "Access-Control-Allow-Origin: *\nAccess-Control-Allow-Headers: *"
	s.Hops[0].Response.Lines = "Access-Control-Allow-Origin: *"
	all, err := p.forecasts(t.Context(), &s, allProfiles(browser.Firefox)...)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range all {
		got = append(got, f.Profile.String()+" "+f.Outcome())
	}
	if want := []string{"firefox Allowed", "chromium Allowed", "webkit Allowed", "spec Blocked"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	v := &experimentView{Forecasts: all}
	if want := "whether the script gets the response, what is sent, the headers that the script can read, the reason"; v.Differ() != want {
		t.Errorf("they differ in %s", v.Differ())
	}
}

// TestCopiedPolicy: the policy copied for Go and cors.yaml is one, and allows
// the call.
func TestCopiedPolicy(t *testing.T) {
	p := lab(t)
	for _, preset := range everyPreset(p) {
		f, err := p.forecast(t.Context(), &preset.State, browser.Chromium)
		if err != nil {
			t.Fatal(err)
		}
		all, err := p.copies(t.Context(), &preset.State, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			if c.Text == "" || strings.Contains(c.Text, trialPath) {
				t.Errorf("%s: %s is\n%s", preset.ID, c.ID, c.Text)
			}
			if c.ID != "yaml" {
				continue
			}
			file, problems := policyfile.Parse([]byte(c.Text), os.LookupEnv)
			if file == nil {
				t.Errorf("%s: %v\n%s", preset.ID, problems, c.Text)
			} else if want := preset.State.policyFor(f.Trace); fmt.Sprint(file.Routes[0].Policy) != fmt.Sprint(want) {
				t.Errorf("%s: cors.yaml says %+v, want %+v", preset.ID, file.Routes[0].Policy, want)
			}
		}
	}
}

// TestPolicyOfThePage: nothing inline, nothing from elsewhere; and a form that
// works without a script.
func TestPolicyOfThePage(t *testing.T) {
	p := lab(t)
	response, text := send(t, "GET", p.site.url()+"/experiment?v=1&method=PUT", "", nil)
	policy := response.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("no %s in %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(text, " style=") || strings.Contains(text, "<style") || strings.Contains(text, " onclick") {
		t.Errorf("something is inline; the policy is %s", policy)
	}
	if !strings.Contains(text, `name="method" value="PUT"`) || !strings.Contains(text, "preflight.acao.missing") {
		t.Error("the page does not show the state of its address")
	}
	response, text = send(t, "GET", p.site.url()+"/experiment?v=7", "", nil)
	if response.StatusCode != 200 || !strings.Contains(text, "another version of the lab") || !strings.Contains(text, "Run it") {
		t.Errorf("a broken link gives %d", response.StatusCode)
	}
	if response, text = send(t, "GET", p.site.url()+"/experiment/prediction?v=7", "", nil); response.StatusCode != 400 {
		t.Errorf("a broken question gives %d %s", response.StatusCode, text)
	}
}

// BenchmarkPrediction is what a keystroke costs the site: four browsers, the
// diagnosis, its fix carried out, the diagrams and the copies, over loopback.
func BenchmarkPrediction(b *testing.B) {
	p, err := Listen(Config{Site: "localhost:0", API: "localhost:0"})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Serve(ctx) }()
	defer func() {
		stop()
		<-ended
	}()
	for _, preset := range everyPreset(p) {
		switch preset.ID {
		case "simple", "no-cors-headers", "header-not-allowed", "redirect-null-origin", "policy":
		default:
			continue
		}
		b.Run(preset.ID, func(b *testing.B) {
			url := p.site.url() + "/experiment/prediction?" + preset.State.encode()
			for b.Loop() {
				response, err := http.Get(url)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, response.Body); err != nil {
					b.Fatal(err)
				}
				response.Body.Close()
			}
		})
	}
}

// TestVerdictComesFirst: what is sent up to the first </section> is the whole
// verdict, which the page's script shows while the rest is on its way.
func TestVerdictComesFirst(t *testing.T) {
	p := lab(t)
	for _, preset := range everyPreset(p) {
		response, text := send(t, "GET", p.site.url()+"/experiment/prediction?"+preset.State.encode(), "", nil)
		verdict, rest, _ := strings.Cut(text, "</section>")
		if response.StatusCode != 200 || !strings.Contains(verdict, `id="verdict"`) || !strings.Contains(verdict, `class="run`) || !strings.Contains(rest, `id="pair"`) {
			t.Errorf("%s: status %d, and first comes\n%s", preset.ID, response.StatusCode, verdict)
		}
	}
	_, text := send(t, "GET", p.site.url()+"/experiment/prediction?v=1&r0h=Access", "", nil)
	if verdict, rest, _ := strings.Cut(text, "</section>"); !strings.Contains(verdict, `data-field="r0h"`) || strings.TrimSpace(rest) != "" {
		t.Errorf("of what cannot be read it says\n%s", text)
	}
}
