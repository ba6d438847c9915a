package gateway

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

// api is a file with one upstream and one policy.
const api = `
upstreams: {api: "$UPSTREAM"}
policies:
  site:
    origins: [https://app.example.com]
    credentials: true
    methods: [PUT]
    requestHeaders: [Content-Type]
    responseHeaders: [X-Count]
    maxAge: 10m
routes:
  - {match: /, upstream: api, policy: site}
`

// TestPreflight has an upstream that would spoil every preflight, as services
// with authentication do.
func TestPreflight(t *testing.T) {
	seen := new(lockedBuffer)
	g := start(t, api, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(seen, r.Method+" ")
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			http.Redirect(w, r, "/login", http.StatusFound)
			return
		}
		w.Header().Set("X-Count", "7")
		io.WriteString(w, r.Method)
	})
	p := page(t, siteOrigin)
	response := allows(t, p, browser.Request{Method: "PUT", URL: g.url + "/items/1",
		Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{}`)})
	if string(response.Body) != "PUT" || response.Header.Get("X-Count") != "7" {
		t.Errorf("the script reads %q, X-Count %q", response.Body, response.Header.Get("X-Count"))
	}
	blocks(t, p, browser.Request{Method: "DELETE", URL: g.url + "/items/1"}, browser.ReasonPreflightACAOMissing)
	blocks(t, page(t, stranger), browser.Request{Method: "PUT", URL: g.url + "/items/1"}, browser.ReasonPreflightACAOMissing)

	// An OPTIONS that is no preflight is the upstream's.
	if got := do(t, http.DefaultClient, "OPTIONS", g.url+"/items/1", nil); got.body != "OPTIONS" {
		t.Errorf("OPTIONS gets %q", got.body)
	}
	if got := do(t, http.DefaultClient, "OPTIONS", g.url+"/items/1", nil, "Origin", siteOrigin); got.body != "OPTIONS" {
		t.Errorf("OPTIONS with an Origin gets %q", got.body)
	}
	if got, want := seen.String(), "PUT OPTIONS OPTIONS "; got != want {
		t.Errorf("the upstream saw %q, want %q", got, want)
	}
}

// TestUpstreamHeaders has an upstream that allows everyone, in the worst ways.
func TestUpstreamHeaders(t *testing.T) {
	g := start(t, api, func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header["Access-Control-Allow-Origin"] = []string{"*", r.Header.Get("Origin")}
		header.Set("Access-Control-Allow-Credentials", "true")
		header.Set("Access-Control-Expose-Headers", "X-Secret")
		header.Set("Access-Control-Allow-Private-Network", "true")
		header["Vary"] = []string{"Accept-Encoding, origin", "Cookie"}
		header.Set("Alt-Svc", `h3=":443"`)
		header.Set("X-Secret", "1")
		w.WriteHeader(http.StatusEarlyHints)
		io.WriteString(w, "data")
	})
	for _, test := range []struct {
		origin string
		want   http.Header
	}{
		{siteOrigin, http.Header{"Access-Control-Allow-Origin": {siteOrigin}, "Access-Control-Allow-Credentials": {"true"},
			"Access-Control-Expose-Headers": {"x-count"}, "Vary": {"Origin, Accept-Encoding, Cookie"}}},
		{stranger, http.Header{"Vary": {"Origin, Accept-Encoding, Cookie"}}},
		{"null", http.Header{"Vary": {"Origin, Accept-Encoding, Cookie"}}},
		{"", http.Header{"Vary": {"Origin, Accept-Encoding, Cookie"}}},
	} {
		header := []string{"Origin", test.origin}
		if test.origin == "" {
			header = nil
		}
		response := get(t, g.url+"/", header...)
		for name := range response.Header {
			if cors := strings.HasPrefix(name, "Access-Control-"); (cors || name == "Vary") && !slices.Equal(response.Header[name], test.want[name]) {
				t.Errorf("origin %q: %s is %q, want %q", test.origin, name, response.Header[name], test.want[name])
			}
		}
		for name := range test.want {
			if response.Header[name] == nil {
				t.Errorf("origin %q: there is no %s", test.origin, name)
			}
		}
		if response.Header["Alt-Svc"] != nil {
			t.Errorf("Alt-Svc would lead browsers past the gateway: %q", response.Header["Alt-Svc"])
		}
	}
	response := allows(t, page(t, siteOrigin), browser.Request{URL: g.url + "/", Credentials: browser.CredentialsInclude})
	if response.Header.Get("X-Secret") != "" {
		t.Error("the script reads a header that only the upstream exposes")
	}
	blocks(t, page(t, stranger), browser.Request{URL: g.url + "/"}, browser.ReasonACAOMissing)
}

// TestEarlyHints: an informational response must not use the policy's headers
// up, and shows none of the upstream's.
func TestEarlyHints(t *testing.T) {
	g := start(t, api, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		io.WriteString(w, "data")
	})
	all := say(t, g.url, "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: "+siteOrigin+"\r\nConnection: close\r\n\r\n")
	hints, final, _ := strings.Cut(all, "\r\n\r\n")
	if !strings.HasPrefix(hints, "HTTP/1.1 103 ") || strings.Contains(hints, "Access-Control") || !strings.Contains(hints, "Link: ") {
		t.Errorf("the informational response is\n%s", hints)
	}
	if n := strings.Count(final, "Access-Control-Allow-Origin: "+siteOrigin+"\r\n"); n != 1 {
		t.Errorf("the final response has %d of our Access-Control-Allow-Origin:\n%s", n, final)
	}
	// A client of HTTP/1.0 would take it for the final one.
	if old := say(t, g.url, "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"); !strings.HasPrefix(old, "HTTP/1.0 200 ") || strings.Contains(old, "103") {
		t.Errorf("HTTP/1.0 gets\n%s", old)
	}
}

// TestHintsThenNothing: what the gateway says in the upstream's place has the
// policy's headers also after an informational response, and none of that one's.
func TestHintsThenNothing(t *testing.T) {
	g := startAt(t, strings.ReplaceAll(api, "$UPSTREAM", answering(t, "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")))
	response := get(t, g.url+"/", "Origin", siteOrigin)
	if response.StatusCode != 502 || response.Header.Get("Access-Control-Allow-Origin") != siteOrigin || response.Header.Get("Link") != "" {
		t.Errorf("status %d, header %v", response.StatusCode, response.Header)
	}
}

// TestOwnErrors: a script sees the status of what the gateway answers itself.
func TestOwnErrors(t *testing.T) {
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	never := make(chan struct{})
	defer close(never)
	g := start(t, strings.ReplaceAll(`
upstreams:
  api: $UPSTREAM
  dead: $DEAD
policies: {site: {origins: [https://app.example.com]}}
default: site
routes:
  - {match: GET /api/, upstream: api, policy: site}
  - {match: POST /api/, upstream: api, policy: site}
  - {match: /dead/, upstream: dead, policy: site}
  - {match: /closed/, upstream: dead, policy: none}
limits: {body: 10B}
timeouts: {response: 700ms, connect: 2s}
`, "$DEAD", dead.URL), func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/never"):
			select {
			case <-never:
			case <-r.Context().Done():
			}
		case strings.HasSuffix(r.URL.Path, "/garbage"):
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			io.WriteString(conn, "SSH-2.0-OpenSSH\r\n")
			conn.Close()
		default:
			io.Copy(io.Discard, r.Body)
		}
	})
	p := page(t, siteOrigin)
	for _, test := range []struct {
		request browser.Request
		status  int
	}{
		{browser.Request{URL: "/api/x"}, 200},
		{browser.Request{Method: "POST", URL: "/api/x", Body: []byte("short")}, 200},
		{browser.Request{Method: "POST", URL: "/api/x", Body: []byte("longer than that")}, 413},
		{browser.Request{URL: "/dead/x"}, 502},
		{browser.Request{URL: "/api/garbage"}, 502},
		{browser.Request{URL: "/api/never"}, 504},
		{browser.Request{URL: "/nowhere"}, 404},
		{browser.Request{Method: "POST", URL: "/nowhere"}, 404},
	} {
		test.request.URL = g.url + test.request.URL
		if response := allows(t, p, test.request); response.Status != test.status {
			t.Errorf("%s %s: status %d, want %d", test.request.Method, test.request.URL, response.Status, test.status)
		}
		blocks(t, page(t, stranger), test.request, browser.ReasonACAOMissing)
	}
	blocks(t, p, browser.Request{URL: g.url + "/closed/x"}, browser.ReasonACAOMissing)

	// A path that is another one for some upstreams gets no policy, and no upstream.
	hidden := g.url + "/api/..%2fclosed/x"
	blocks(t, p, browser.Request{URL: hidden}, browser.ReasonACAOMissing)
	for _, hidden := range []string{hidden, g.url + "/api/..;/closed/x", g.url + "/api/%2e%2e%3bv=1/closed/x"} {
		if response := do(t, http.DefaultClient, "GET", hidden, nil, "Origin", siteOrigin); response.StatusCode != 400 {
			t.Errorf("GET %s: status %d", hidden, response.StatusCode)
		}
	}

	// A body whose length is not said beforehand.
	response := do(t, http.DefaultClient, "POST", g.url+"/api/x", io.MultiReader(strings.NewReader("longer than that")), "Origin", siteOrigin)
	if response.StatusCode != 413 || response.Header.Get("Access-Control-Allow-Origin") != siteOrigin {
		t.Errorf("chunked: status %d, header %v", response.StatusCode, response.Header)
	}
	// The method alone does not match.
	response = do(t, http.DefaultClient, "DELETE", g.url+"/api/x", nil, "Origin", siteOrigin)
	if response.StatusCode != 405 || response.Header.Get("Allow") != "GET, HEAD, POST" || response.Header.Get("Access-Control-Allow-Origin") != siteOrigin {
		t.Errorf("DELETE: status %d, header %v", response.StatusCode, response.Header)
	}
	for series, want := range map[string]string{
		`cors_gateway_upstream_errors_total{failure="unreachable",upstream="api"}`:  "2",
		`cors_gateway_upstream_errors_total{failure="unreachable",upstream="dead"}`: "3",
		`cors_gateway_upstream_errors_total{failure="timeout",upstream="api"}`:      "2",
		`cors_gateway_responses_total{code="404",route=""}`:                         "4",
		`cors_gateway_responses_total{code="405",route=""}`:                         "1",
	} {
		if got := g.metric(t, series); got != want {
			t.Errorf("%s is %q, want %s", series, got, want)
		}
	}
}

// TestConcurrency: an upstream gets no more requests at a time than it may have.
func TestConcurrency(t *testing.T) {
	arrived, leave := make(chan struct{}), make(chan struct{})
	g := start(t, `
upstreams: {api: {url: $UPSTREAM, concurrency: 1}}
policies: {site: {origins: [https://app.example.com]}}
routes: [{match: /, upstream: api, policy: site}]
timeouts: {connect: 500ms}
`, func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-leave
	})
	first := make(chan got, 1)
	go func() { first <- get(t, g.url+"/") }()
	receive(t, arrived, "the first request")
	p := page(t, siteOrigin)
	if response := allows(t, p, browser.Request{URL: g.url + "/"}); response.Status != 503 {
		t.Errorf("the second gets the status %d, want 503", response.Status)
	}
	close(leave)
	if response := receive(t, first, "the first response"); response.StatusCode != 200 {
		t.Errorf("the first gets the status %d", response.StatusCode)
	}
	go func() { <-arrived }()
	if response := allows(t, p, browser.Request{URL: g.url + "/"}); response.Status != 200 {
		t.Errorf("after that there is the status %d", response.Status)
	}
}

// TestWithoutDefault: what no route matches gets no CORS headers.
func TestWithoutDefault(t *testing.T) {
	g := start(t, strings.Replace(api, "match: /,", "match: /api/,", 1), func(http.ResponseWriter, *http.Request) {})
	response := get(t, g.url+"/", "Origin", siteOrigin)
	if response.StatusCode != 404 || response.Header["Access-Control-Allow-Origin"] != nil || response.Header["Vary"] != nil {
		t.Errorf("status %d, header %v", response.StatusCode, response.Header)
	}
	if response := do(t, http.DefaultClient, "OPTIONS", g.url+"/", nil, "Origin", siteOrigin, "Access-Control-Request-Method", "PUT"); response.StatusCode != 404 {
		t.Errorf("a preflight gets the status %d, want 404", response.StatusCode)
	}
}

// TestRoutes: the most specific pattern decides, by host, path and method, and
// "none" takes out of a wider route what is inside.
func TestRoutes(t *testing.T) {
	g := start(t, `
upstreams: {api: $UPSTREAM}
policies:
  site: {origins: [https://app.example.com], methods: [PUT]}
  public: {origins: ["*"]}
routes:
  - {match: /, upstream: api, policy: site}
  - {match: /public/, upstream: api, policy: public}
  - {match: /internal/, upstream: api, policy: none}
  - {match: other.localhost/, upstream: api, policy: none}
  - {match: PUT /frozen/, upstream: api, policy: none}
`, func(http.ResponseWriter, *http.Request) {})
	for _, test := range []struct {
		host, path, origin string
		want               string // Access-Control-Allow-Origin
	}{
		{"localhost", "/a", siteOrigin, siteOrigin},
		{"localhost", "/a", stranger, ""},
		{"LOCALHOST:80", "/a", siteOrigin, siteOrigin},
		{"localhost", "/public/a", stranger, "*"},
		{"localhost", "/public", stranger, "*"}, // the upstream may redirect it to /public/
		{"localhost", "//public/a", stranger, "*"},
		{"localhost", "/internal/a", siteOrigin, ""},
		{"localhost", "/public/../internal/a", stranger, ""},
		{"other.localhost", "/a", siteOrigin, ""},
		{"OTHER.localhost:8080", "/a", siteOrigin, ""},
		{"localhost", "/frozen/a", siteOrigin, siteOrigin},
	} {
		response := get(t, g.url+test.path, "Origin", test.origin, "Host", test.host)
		if got := response.Header.Get("Access-Control-Allow-Origin"); got != test.want {
			t.Errorf("%s%s of %s: %q, want %q", test.host, test.path, test.origin, got, test.want)
		}
	}
	for path, status := range map[string]int{
		"/a%2fb": 200, "/public/a%2fb;c/d": 200, "/%69nternal/a": 200, "/a;b/c": 200, // of one route however it is read
		"/internal%2fa": 400, "/public%5ca": 400, `/internal\a`: 400, "/internal;x=1/a": 400, "/internal%3bx/a": 400, "/%2finternal/a": 400,
	} {
		response := do(t, http.DefaultClient, "GET", g.url+path, nil, "Origin", siteOrigin)
		if response.StatusCode != status {
			t.Errorf("%s: status %d, want %d", path, response.StatusCode, status)
		}
	}
	p := page(t, siteOrigin)
	allows(t, p, browser.Request{Method: "PUT", URL: g.url + "/a"})
	blocks(t, p, browser.Request{Method: "PUT", URL: g.url + "/frozen/a"}, browser.ReasonPreflightACAOMissing)
}
