package gateway

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"crossorigin.dev/cors"
)

// TestShadow tightens a policy without breaking anyone: what would change is
// counted, logged and shown, and nothing changes.
func TestShadow(t *testing.T) {
	g := start(t, `
upstreams: {api: $UPSTREAM}
policies:
  now: {origins: ["https://*.example.com"], credentials: true, methods: [PUT, DELETE], maxAge: 10m}
  soon: {origins: ["https://app.example.com", "https://new.example"], methods: [PUT], maxAge: 10m, enforce: true}
routes:
  - {match: /, upstream: api, policy: now, shadow: soon}
  - {match: /other/, upstream: api, policy: now}
`, func(http.ResponseWriter, *http.Request) {})
	send := func(method, path, origin string, header ...string) got {
		t.Helper()
		return do(t, http.DefaultClient, method, g.url+path, nil, append(header, "Origin", origin)...)
	}
	for _, path := range []string{"/a", "/other/a"} {
		if got := send("GET", path, "https://old.example.com").Header.Get("Access-Control-Allow-Origin"); got != "https://old.example.com" {
			t.Errorf("%s: the live policy grants %q", path, got)
		}
	}
	send("GET", "/a", "https://old.example.com")
	send("POST", "/a", "https://old.example.com")
	send("GET", "/a", "https://new.example")
	send("GET", "/a", siteOrigin)
	send("GET", "/a", stranger) // refused by both
	send("OPTIONS", "/a", siteOrigin, "Access-Control-Request-Method", "DELETE")
	for series, want := range map[string]string{
		`change="refuses",kind="actual",reason="origin.not-allowed",route="/"`:    "2",
		`change="stops",kind="actual",reason="origin.not-allowed",route="/"`:      "1",
		`change="grants",kind="actual",reason="origin.not-allowed",route="/"`:     "1",
		`change="credentials",kind="actual",reason="",route="/"`:                  "1",
		`change="refuses",kind="preflight",reason="method.not-allowed",route="/"`: "1",
	} {
		if got := g.metric(t, "cors_gateway_shadow_differences_total{"+series+"}"); got != want {
			t.Errorf("%s: %q, want %s", series, got, want)
		}
	}
	if n := strings.Count(get(t, g.AdminURL()+"/metrics").body, "\ncors_gateway_shadow_differences_total{"); n != 5 {
		t.Errorf("%d kinds of difference were counted, want 5", n)
	}
	if n := strings.Count(g.log.String(), `"msg":"shadow policy differs","change":`); n != 6 {
		t.Errorf("%d differences were logged, want 6:\n%s", n, g.log)
	}
	if n := len(g.decisions(t)); n != 8 {
		t.Errorf("/decisions shows %d of 8 requests", n)
	}
	if !slices.ContainsFunc(g.decisions(t), func(n note) bool {
		return n.Shadow == "stops" && n.ShadowReason == "origin.not-allowed" && n.Origin == "https://old.example.com" && n.Outcome == "granted"
	}) {
		t.Errorf("/decisions shows no difference: %+v", g.decisions(t))
	}
}

func TestDiffer(t *testing.T) {
	granted := cors.Decision{Kind: cors.KindActual, Allowed: true}
	refused := func(reason cors.Reason) cors.Decision { return cors.Decision{Kind: cors.KindActual, Reason: reason} }
	exposing := func(names string) verdict {
		return verdict{granted, http.Header{"Access-Control-Expose-Headers": {names}}}
	}
	for _, test := range []struct {
		live, candidate verdict
		want            difference
	}{
		{verdict{granted, nil}, verdict{granted, nil}, difference{}},
		{verdict{refused("a"), nil}, verdict{refused("a"), nil}, difference{}},
		{verdict{refused("a"), nil}, verdict{refused("b"), nil}, difference{changeReason, "b"}},
		{verdict{granted, nil}, verdict{refused("b"), nil}, difference{changeRefuses, "b"}},
		{verdict{refused("a"), nil}, verdict{granted, nil}, difference{changeGrants, "a"}},
		{exposing("x-a"), exposing("x-a"), difference{}},
		{exposing("x-a"), exposing("x-a,x-b"), difference{change: changeExposes}},
		{verdict{cors.Decision{Stopped: true, Reason: "a"}, nil}, verdict{refused("a"), nil}, difference{changePasses, "a"}},
	} {
		if got := differ(test.live, test.candidate); got != test.want {
			t.Errorf("%+v, %+v: %+v, want %+v", test.live, test.candidate, got, test.want)
		}
	}
}
