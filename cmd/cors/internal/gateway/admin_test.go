package gateway

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

func TestAdmin(t *testing.T) {
	g := start(t, api, func(http.ResponseWriter, *http.Request) {})
	allows(t, page(t, siteOrigin), browser.Request{Method: "PUT", URL: g.url + "/a"})
	blocks(t, page(t, stranger), browser.Request{URL: g.url + "/b"}, browser.ReasonACAOMissing)
	get(t, g.url+"/same-origin")
	hostile := "https://<script>alert(1)</script>" + strings.Repeat("a", 1000)
	get(t, g.url+"/<b>c</b>", "Origin", hostile)

	if response := get(t, g.AdminURL()+"/healthz"); response.StatusCode != 200 || response.body != "ok\n" {
		t.Errorf("/healthz: %d, %q", response.StatusCode, response.body)
	}
	doc, status := g.ready(t)
	if status != 200 || !doc.Ready || !doc.Reload.OK || len(doc.Policy) != 12 || doc.Reload.At.IsZero() {
		t.Errorf("/readyz: %d, %+v", status, doc)
	}
	for series, want := range map[string]string{
		`cors_gateway_decisions_total{kind="preflight",outcome="granted",reason="",route="/"}`:                "1",
		`cors_gateway_decisions_total{kind="actual",outcome="granted",reason="",route="/"}`:                   "1",
		`cors_gateway_decisions_total{kind="actual",outcome="refused",reason="origin.not-allowed",route="/"}`: "1",
		`cors_gateway_decisions_total{kind="actual",outcome="refused",reason="origin.malformed",route="/"}`:   "1",
		`cors_gateway_decisions_total{kind="other",outcome="none",reason="",route="/"}`:                       "1",
		`cors_gateway_responses_total{code="200",route="/"}`:                                                  "4",
		`cors_gateway_response_seconds_count{route="/"}`:                                                      "4",
		`cors_gateway_reloads_total{result="ok"}`:                                                             "1",
		`cors_gateway_reloads_total{result="error"}`:                                                          "0",
		`cors_gateway_policy_info{hash="` + doc.Policy + `"}`:                                                 "1",
	} {
		if got := g.metric(t, series); got != want {
			t.Errorf("%s is %q, want %s", series, got, want)
		}
	}

	notes := g.decisions(t)
	if len(notes) != 4 {
		t.Fatalf("%d decisions: %+v", len(notes), notes)
	}
	newest, refused, preflight := notes[0], notes[1], notes[3]
	if newest.Reason != "origin.malformed" || len(newest.Origin) > 260 || newest.Path != "/<b>c</b>" {
		t.Errorf("the newest is %+v", newest)
	}
	if refused.Outcome != "refused" || refused.Reason != "origin.not-allowed" || refused.Origin != stranger || refused.Route != "/" || refused.Path != "/b" {
		t.Errorf("the refused is %+v", refused)
	}
	if preflight.Kind != "preflight" || preflight.Method != "PUT" || preflight.Outcome != "granted" {
		t.Errorf("the preflight is %+v", preflight)
	}
	shown := get(t, g.AdminURL()+"/decisions")
	if !strings.Contains(shown.body, "origin.not-allowed") || !strings.Contains(shown.body, "&lt;script&gt;") || strings.Contains(shown.body, "<script>") || strings.Contains(shown.body, "<b>") {
		t.Errorf("the page is\n%s", shown.body)
	}

	// Whoever gets something into the page still gets nothing run or loaded.
	_, style, _ := strings.Cut(shown.body, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	if policy := shown.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; ") {
		t.Errorf("the page's Content-Security-Policy is %q", policy)
	}

	// No page of another origin reads it, nor one that pretends to be it.
	response := get(t, g.AdminURL()+"/decisions", "Origin", siteOrigin)
	for name := range response.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("the admin pages send %s", name)
		}
	}
	if response := get(t, g.AdminURL()+"/decisions", "Host", "evil.example"); response.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another host gets the status %d, want 421", response.StatusCode)
	}
}

// TestRing keeps the last notes only.
func TestRing(t *testing.T) {
	r := new(ring)
	for i := range 1000 {
		r.add(note{Path: strings.Repeat("x", i)})
	}
	notes := r.last()
	if len(notes) != 256 || len(notes[0].Path) != 999 || len(notes[255].Path) != 744 {
		t.Errorf("%d notes, of %d to %d", len(notes), len(notes[0].Path), len(notes[len(notes)-1].Path))
	}
}

// TestBecause has words for every reason and every change that can be shown.
func TestBecause(t *testing.T) {
	text, err := os.ReadFile("../../../../cors/decision.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^\tReason\w+ +Reason = "([^"]+)"`).FindAllSubmatch(text, -1)
	if len(found) < 10 {
		t.Fatalf("%d reasons found in package cors", len(found))
	}
	for _, reason := range found {
		if (note{Reason: string(reason[1])}).Because() == "" {
			t.Errorf("there are no words for %s", reason[1])
		}
	}
	for _, change := range []string{changeRefuses, changeGrants, changeStops, changePasses, changeReason, changeCredentials, changeExposes} {
		if (note{Shadow: change}).Differs() == "" {
			t.Errorf("there are no words for %s", change)
		}
	}
}
