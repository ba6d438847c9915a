package playground

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

// start serves a playground on free ports until the test ends.
func start(t *testing.T) *Playground {
	t.Helper()
	var said bytes.Buffer
	p, err := Listen(Config{Site: "localhost:0", API: "localhost:0", Log: &said})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if said.Len() != 0 {
			t.Errorf("the servers say: %s", said.String())
		}
	})
	return p
}

// client reaches one of the playground's sockets by any name.
func client(t *testing.T, address string) *http.Client {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport:     transport,
		Timeout:       time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type answer struct {
	Status int
	Header http.Header
	Body   string
}

func do(t *testing.T, c *http.Client, method, target, body string, header http.Header) answer {
	t.Helper()
	r, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		r.Header = header.Clone()
	}
	if host := header.Get("Host"); host != "" {
		r.Host = host
	}
	w, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	content, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{w.StatusCode, w.Header, string(content)}
}

func siteClient(t *testing.T, p *Playground) *http.Client {
	return client(t, p.site.sockets[0].Addr().String())
}

func apiClient(t *testing.T, p *Playground) *http.Client {
	return client(t, p.api.sockets[0].Addr().String())
}

// sameOrigin is what a browser adds to the page's own POSTs.
var sameOrigin = http.Header{"Sec-Fetch-Site": {"same-origin"}}

func TestPageIsWholeWithoutScript(t *testing.T) {
	p := start(t)
	page := do(t, siteClient(t, p), "GET", p.SiteURL()+"/", "", nil)
	if page.Status != http.StatusOK {
		t.Fatalf("status %d: %s", page.Status, page.Body)
	}
	for _, sc := range scenes {
		for _, want := range []string{
			fmt.Sprintf(`data-scene="%s"`, sc.ID),
			sc.Title,
			fmt.Sprintf(`id="wide-%s-title"`, sc.ID),
			fmt.Sprintf(`id="narrow-%s-title"`, sc.ID),
		} {
			if !strings.Contains(page.Body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
	}
	for _, want := range []string{"<noscript>", p.SiteURL(), p.APIURL()} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, inline := range []string{"<script>", " style=", " onclick=", "javascript:"} {
		if strings.Contains(page.Body, inline) {
			t.Errorf("the page has %q, which its Content-Security-Policy forbids", inline)
		}
	}
	policy := page.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self' " + p.APIURL() + " " + p.api.alias() + ";", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is unsafe: %s", policy)
	}
}

func TestAssets(t *testing.T) {
	p := start(t)
	for name, contentType := range map[string]string{
		"play.css": "text/css; charset=utf-8", "play.js": "text/javascript; charset=utf-8", "favicon.svg": "image/svg+xml",
	} {
		first := do(t, siteClient(t, p), "GET", p.SiteURL()+"/assets/"+name, "", nil)
		if first.Status != http.StatusOK || first.Header.Get("Content-Type") != contentType || first.Body == "" {
			t.Errorf("%s: status %d, %s, %d bytes", name, first.Status, first.Header.Get("Content-Type"), len(first.Body))
		}
		again := do(t, siteClient(t, p), "GET", p.SiteURL()+"/assets/"+name, "", http.Header{"If-None-Match": {first.Header.Get("Etag")}})
		if again.Status != http.StatusNotModified {
			t.Errorf("%s again: status %d, want 304", name, again.Status)
		}
	}
	if got := do(t, siteClient(t, p), "GET", p.SiteURL()+"/assets/page.html", "", nil); got.Status != http.StatusNotFound {
		t.Errorf("a template is served: status %d", got.Status)
	}
}

// TestPredictions pins what our browser makes of each scene against our own
// middleware, and that what it claims to have sent did reach the API.
func TestPredictions(t *testing.T) {
	p := start(t)
	want := map[string]seen{
		"allowed":     {Request: true, Status: 200, Header: "content-length, content-type"},
		"blocked":     {Request: true},
		"preflighted": {Preflight: true, Request: true, Changed: true, Status: 200, Header: "content-length, content-type"},
		"refused":     {Preflight: true},
		"unasked":     {Request: true, Changed: true},
	}
	for i := range scenes {
		sc := &scenes[i]
		for range 2 { // the second prediction is as fresh as the first
			got, err := p.predict(t.Context(), sc)
			if err != nil {
				t.Fatalf("%s: %v", sc.ID, err)
			}
			if got.Seen != want[sc.ID] {
				t.Errorf("%s: predicted %+v, want %+v", sc.ID, got.Seen, want[sc.ID])
			}
		}
	}
}

func TestClaimsOfOurBrowserAreTrue(t *testing.T) {
	p := start(t)
	for i := range scenes {
		sc := &scenes[i]
		id := p.runs.begin(sc, false)
		trace := fetchTrace(t, p, sc.request(sc.target(p.APIURL(), id)))
		r, ok := p.runs.end(id)
		if !ok {
			t.Fatal("the run is gone")
		}
		got := recorded(r)
		if got.Preflight != trace.Verdict.Preflighted || got.Request != trace.Verdict.Sent {
			t.Errorf("%s: the API saw %+v, the trace says %+v", sc.ID, got, trace.Verdict)
		}
	}
}

// TestRun plays the page's part over HTTP: begin, a fetch that a browser would
// block, a report.
func TestRun(t *testing.T) {
	p := start(t)
	site := siteClient(t, p)
	begun := begin(t, p, site, "unasked")
	if want := p.APIURL() + "/votes?run=" + begun.Run; begun.URL != want {
		t.Errorf("url %s, want %s", begun.URL, want)
	}
	vote := do(t, apiClient(t, p), "POST", begun.URL, "yes", http.Header{
		"Origin": {p.SiteURL()}, "Content-Type": {"text/plain"},
	})
	if vote.Status != http.StatusOK || vote.Header["Access-Control-Allow-Origin"] != nil {
		t.Errorf("the vote: status %d, header %v; want 200 and no permission to read", vote.Status, vote.Header)
	}
	stage := end(t, p, site, begun.Run, report{Error: "TypeError: <b>Failed</b> to fetch"})
	if stage.Status != http.StatusOK {
		t.Fatalf("status %d: %s", stage.Status, stage.Body)
	}
	for _, want := range []string{`data-agree="true"`, "the votes went from 0 to 1.", "&lt;b&gt;Failed"} {
		if !strings.Contains(stage.Body, want) {
			t.Errorf("the stage lacks %q:\n%s", want, stage.Body)
		}
	}
	if again := end(t, p, site, begun.Run, report{Error: "TypeError"}); again.Status != http.StatusNotFound {
		t.Errorf("the same run again: status %d, want 404", again.Status)
	}
}

// TestDisagreement shows that agreement is worked out: a browser that could
// read what ours says is hidden, and one that never sent its request.
func TestDisagreement(t *testing.T) {
	for name, tell := range map[string]struct {
		fetch  bool
		report report
	}{
		"reads what is hidden": {true, report{Status: 200, Header: []string{"content-type"}, Body: "{}"}},
		"never sends":          {false, report{Error: "TypeError: Failed to fetch"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t)
			site := siteClient(t, p)
			begun := begin(t, p, site, "blocked")
			if tell.fetch {
				do(t, apiClient(t, p), "GET", begun.URL, "", http.Header{"Origin": {p.SiteURL()}})
			}
			stage := end(t, p, site, begun.Run, tell.report)
			for _, want := range []string{`data-agree="false"`, `class="differs"`} {
				if !strings.Contains(stage.Body, want) {
					t.Errorf("the stage lacks %q:\n%s", want, stage.Body)
				}
			}
		})
	}
}

func TestBadReports(t *testing.T) {
	p := start(t)
	site := siteClient(t, p)
	id := p.runs.begin(&scenes[0], false)
	for name, c := range map[string]struct {
		path, body string
		header     http.Header
		status     int
	}{
		"no such scene":        {"/runs", "scene=none", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}, 404},
		"not JSON":             {"/runs/" + id, "{", sameOrigin, 400},
		"status and error":     {"/runs/" + id, `{"status":200,"error":"x"}`, sameOrigin, 400},
		"neither":              {"/runs/" + id, `{}`, sameOrigin, 400},
		"no status there is":   {"/runs/" + id, `{"status":1000}`, sameOrigin, 400},
		"a body too long":      {"/runs/" + id, `{"status":200,"body":"` + strings.Repeat("a", maxReportText+1) + `"}`, sameOrigin, 400},
		"a request too long":   {"/runs/" + id, `{"status":200,"body":"` + strings.Repeat("a", maxSiteBody) + `"}`, sameOrigin, 400},
		"no such run":          {"/runs/none", `{"status":200}`, sameOrigin, 404},
		"another site":         {"/runs/" + id, `{"status":200}`, http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		"the API's own origin": {"/runs/" + id, `{"status":200}`, http.Header{"Origin": {p.APIURL()}}, 403},
		"another site's run":   {"/runs", "scene=allowed", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-site"}}, 403},
		"nothing":              {"/runs/" + id, "", sameOrigin, 400},
	} {
		t.Run(name, func(t *testing.T) {
			if got := do(t, site, "POST", p.SiteURL()+c.path, c.body, c.header); got.Status != c.status {
				t.Errorf("status %d, want %d: %s", got.Status, c.status, got.Body)
			}
		})
	}
	if _, ok := p.runs.end(id); !ok {
		t.Error("a bad report ended the run")
	}
}

// TestReaderWhoLeaves asks for the page and is gone before it is predicted,
// which is nothing to complain of: start fails if the servers say anything.
func TestReaderWhoLeaves(t *testing.T) {
	p := start(t)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(ctx, "GET", p.SiteURL()+"/", nil)
	p.servers[0].Handler.ServeHTTP(w, r)
	if w.Body.Len() != 0 {
		t.Errorf("a reader who has left is told %q", w.Body)
	}
}

// fetchTrace fetches as a page of the site would.
func fetchTrace(t *testing.T, p *Playground, r browser.Request) *browser.Trace {
	t.Helper()
	page, err := browser.New(browser.Options{Transport: p.transport}).Open(p.SiteURL() + "/")
	if err != nil {
		t.Fatal(err)
	}
	response, err := page.Fetch(t.Context(), r)
	if err == nil {
		return response.Trace
	}
	var blocked *browser.Error
	if !errors.As(err, &blocked) || blocked.Kind != browser.KindBlocked {
		t.Fatal(err)
	}
	return blocked.Trace
}

func begin(t *testing.T, p *Playground, site *http.Client, scene string) (begun struct{ Run, URL string }) {
	t.Helper()
	got := do(t, site, "POST", p.SiteURL()+"/runs", url.Values{"scene": {scene}}.Encode(), http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"},
	})
	if got.Status != http.StatusOK {
		t.Fatalf("begin: status %d: %s", got.Status, got.Body)
	}
	if err := json.Unmarshal([]byte(got.Body), &begun); err != nil {
		t.Fatal(err)
	}
	return begun
}

func end(t *testing.T, p *Playground, site *http.Client, id string, r report) answer {
	t.Helper()
	body, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, site, "POST", p.SiteURL()+"/runs/"+id, string(body), sameOrigin)
}
