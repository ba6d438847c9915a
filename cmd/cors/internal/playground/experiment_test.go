package playground

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

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
		if topic.Number <= 29 && !seen[topic.Code] {
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
var unmended = []string{"mixed-content", "local-network", "no-answer/blocker"}

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

// TestTrialsAreBounded: their number, their record and their life.
func TestTrialsAreBounded(t *testing.T) {
	p := lab(t)
	now := time.Now()
	p.trials.now = func() time.Time { return now }
	first, one, err := p.trials.begin(newState(), p, false, "")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 * maxRecord / maxReply {
		one.arrive(browser.Exchange{Method: "GET"})
	}
	if n := len(one.seen()); n != maxRecord/maxReply {
		t.Errorf("%d exchanges are recorded", n)
	}
	second, _, err := p.trials.begin(newState(), p, false, "")
	if err != nil {
		t.Fatal(err)
	}
	for range maxTrials - 1 {
		if _, _, err := p.trials.begin(newState(), p, false, ""); err != nil {
			t.Fatal(err)
		}
	}
	if p.trials.get(first) != nil || p.trials.get(second) == nil || len(p.trials.byID) != maxTrials {
		t.Errorf("%d trials, the first still there: %v", len(p.trials.byID), p.trials.get(first) != nil)
	}
	now = now.Add(trialLifetime + time.Second)
	if p.trials.get(second) != nil {
		t.Error("a trial outlives its time")
	}
	if _, _, err := p.trials.begin(newState(), p, false, ""); err != nil || len(p.trials.byID) != 1 {
		t.Errorf("%d trials are left, %v", len(p.trials.byID), err)
	}
}

func TestRehearsalsAreBounded(t *testing.T) {
	p := lab(t)
	live, _, err := p.trials.begin(newState(), p, false, "")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for range maxRehearsals {
		id, _, err := p.trials.begin(newState(), p, true, "")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if _, _, err := p.trials.begin(newState(), p, true, ""); err != errBusy {
		t.Errorf("one too many: %v", err)
	}
	if p.trials.get(live) == nil {
		t.Error("predictions take the place of a run")
	}
	p.trials.end(ids[0])
	p.trials.end(ids[0])
	if _, _, err := p.trials.begin(newState(), p, true, ""); err != nil {
		t.Errorf("once one has ended: %v", err)
	}
	if _, _, err := p.trials.begin(newState(), p, true, ""); err != errBusy {
		t.Errorf("one that ends twice makes room twice: %v", err)
	}
}

// send makes a request of one of the servers, by the name it goes by.
func send(t *testing.T, method, url, body string, header http.Header) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

var form = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}

// TestRunOverHTTP is a run as the page's script makes it, without a browser.
func TestRunOverHTTP(t *testing.T) {
	p := lab(t)
	site := p.site.url()
	query := "v=1&r0s=302&r0to=alias&r0h=" + url.QueryEscape("Access-Control-Allow-Origin: "+site+"\nSet-Cookie: a=b; Max-Age=9999\nX-Raw: é") +
		"&r1h=" + url.QueryEscape("X-Twice: 1\nX-Twice: 2")
	response, text := send(t, "POST", site+"/experiment/runs", query, form)
	var begun struct {
		Run, From, URL string
		Init           call
	}
	if err := json.Unmarshal([]byte(text), &begun); err != nil || response.StatusCode != 200 {
		t.Fatalf("%d %s", response.StatusCode, text)
	}
	if len(begun.Run) < 26 || begun.URL != p.api.url()+"/x/"+begun.Run+"/items" || begun.From != "site" || begun.Init.Method != "GET" {
		t.Errorf("%s", text)
	}
	response, text = send(t, "GET", begun.URL, "", http.Header{"Origin": {site}})
	if text != note || response.StatusCode != 302 {
		t.Errorf("%d %q", response.StatusCode, text)
	}
	for name, want := range map[string]string{
		"Location":                    p.api.alias() + "/x/" + begun.Run + "/v2/items",
		"Set-Cookie":                  "a=b; Max-Age=9999; Path=/x/" + begun.Run + "/; Max-Age=120",
		"X-Raw":                       "\xe9",
		"Access-Control-Allow-Origin": site,
	} {
		if got := response.Header[http.CanonicalHeaderKey(name)]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	response, _ = send(t, "GET", response.Header.Get("Location"), "", http.Header{"Origin": {"null"}})
	if got := response.Header["X-Twice"]; !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("X-Twice: %q", got)
	}
	said := `{"type":"","status":0,"error":"TypeError: Failed to fetch"}`
	response, text = send(t, "POST", site+"/experiment/runs/"+begun.Run, said, nil)
	for _, want := range []string{`data-agree="true"`, "GET /items, GET /v2/items", "a TypeError"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(text, begun.Run) || response.StatusCode != 200 {
		t.Errorf("status %d, and the page shows the id of the run: %v", response.StatusCode, strings.Contains(text, begun.Run))
	}
	for _, again := range []string{site + "/experiment/runs/" + begun.Run, site + "/experiment/runs/" + begun.Run + "/earlier"} {
		if response, _ := send(t, "POST", again, said, nil); response.StatusCode != 404 {
			t.Errorf("%s once more: status %d", again, response.StatusCode)
		}
	}
	if response, _ := send(t, "GET", begun.URL, "", nil); response.StatusCode != 404 || response.Header.Get("X-Raw") != "" {
		t.Errorf("the API still answers for the run: status %d", response.StatusCode)
	}
}

// TestRunDiffers: a report that the prediction does not bear out is told.
func TestRunDiffers(t *testing.T) {
	p := lab(t)
	_, text := send(t, "POST", p.site.url()+"/experiment/runs", "v=1", form)
	var begun struct{ Run, URL string }
	if err := json.Unmarshal([]byte(text), &begun); err != nil {
		t.Fatal(err)
	}
	_, text = send(t, "POST", p.site.url()+"/experiment/runs/"+begun.Run, `{"type":"cors","status":200,"header":[["X-B",""],["x-a",""]]}`, nil)
	for _, want := range []string{`data-agree="false"`, "cors response, status 200", "x-a, x-b", "nothing", "differs"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// TestRunRefused: what may not be run, and reports that cannot be true.
func TestRunRefused(t *testing.T) {
	p := lab(t)
	site := p.site.url()
	for body, want := range map[string]string{
		"v=2":           "another version",
		"v=1&r0s=abcde": `"abcde" is no status`,
		"v=1&r0s=99":    "is no status",
		"v=1&page=file": "cannot become a file",
		"v=1&r0s=401&r0h=WWW-Authenticate%3A+Basic": "password",
		"%zz": "cannot be read",
	} {
		response, text := send(t, "POST", site+"/experiment/runs", body, form)
		if response.StatusCode != 400 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", body, response.StatusCode, text)
		}
	}
	_, text := send(t, "POST", site+"/experiment/runs", "v=1", form)
	var begun struct{ Run string }
	if err := json.Unmarshal([]byte(text), &begun); err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{"", "[]", `{"status":999}`, `{"type":"cors","status":200,"error":"x"}`, `{"type":"evil","status":1}`, `{"status":0}`} {
		if response, text := send(t, "POST", site+"/experiment/runs/"+begun.Run, said, nil); response.StatusCode != 400 {
			t.Errorf("%s: %d %s", said, response.StatusCode, text)
		}
	}
	response, _ := send(t, "POST", site+"/experiment/runs", "v=1", http.Header{"Content-Type": form["Content-Type"], "Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}})
	if response.StatusCode != 403 {
		t.Errorf("another site may begin a run: status %d", response.StatusCode)
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

// TestOthersCookies: of what a browser sends to all of localhost, only the
// cookies of the experiment are written down.
func TestOthersCookies(t *testing.T) {
	p := lab(t)
	s := newState()
	s.Hops[0].Response.Lines = "Set-Cookie: mine=1; SameSite=Lax"
	id, one, err := p.trials.begin(s, p, false, "")
	if err != nil {
		t.Fatal(err)
	}
	send(t, "GET", p.api.url()+trialPath+id+hopPaths[0], "", http.Header{"Cookie": {"session=secret; mine=1; sid=x"}})
	send(t, "GET", p.api.url()+trialPath+id+hopPaths[0], "", http.Header{"Cookie": {"session=secret"}})
	var got []string
	for _, x := range one.seen() {
		for _, f := range x.Header {
			if f.Name == "Cookie" {
				got = append(got, f.Value)
			}
		}
	}
	if !slices.Equal(got, []string{"mine=1"}) {
		t.Errorf("recorded %q", got)
	}
}
