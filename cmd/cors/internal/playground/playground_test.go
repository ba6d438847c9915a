package playground

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
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

// TestPagesAreWholeWithoutScript reads every page as a browser without scripts
// shows it.
func TestPagesAreWholeWithoutScript(t *testing.T) {
	p := start(t)
	c := siteClient(t, p)
	front := do(t, c, "GET", p.SiteURL()+"/", "", nil)
	checkPage(t, p, front)
	for i, l := range lessons {
		if !strings.Contains(front.Body, `href="/learn/`+l.ID+`"`) || !strings.Contains(front.Body, l.Title) {
			t.Errorf("the front page does not lead to %s", l.ID)
		}
		page := do(t, c, "GET", p.SiteURL()+"/learn/"+l.ID, "", nil)
		checkPage(t, p, page)
		wants := []string{
			fmt.Sprintf("Lesson %d of %d", i+1, len(lessons)), l.Title, "<noscript>",
			fmt.Sprintf(`id="wide-p-%s-0-title"`, l.ID), fmt.Sprintf(`id="narrow-p-%s-0-title"`, l.ID),
		}
		if i > 0 {
			wants = append(wants, `rel="prev" href="/learn/`+lessons[i-1].ID+`"`)
		}
		if i+1 < len(lessons) {
			wants = append(wants, `rel="next" href="/learn/`+lessons[i+1].ID+`"`)
		}
		for _, want := range wants {
			if !strings.Contains(page.Body, want) {
				t.Errorf("lesson %s lacks %q", l.ID, want)
			}
		}
	}
	for _, path := range []string{"/learn/none", "/none"} {
		if got := do(t, c, "GET", p.SiteURL()+path, "", nil); got.Status != http.StatusNotFound || !strings.Contains(got.Body, `<a href="/">lessons</a>`) {
			t.Errorf("%s: status %d, want 404 and the way back:\n%s", path, got.Status, got.Body)
		}
	}
	if got := do(t, apiClient(t, p), "GET", p.APIURL()+"/", "", nil); got.Status != http.StatusNotFound || !strings.Contains(got.Body, p.SiteURL()+"/") {
		t.Errorf("the API at /: status %d, want 404 and the way to the site:\n%s", got.Status, got.Body)
	}
}

// checkPage checks what holds for every page: that it is there, and keeps to
// itself.
func checkPage(t *testing.T, p *Playground, page answer) {
	t.Helper()
	if page.Status != http.StatusOK {
		t.Fatalf("status %d: %s", page.Status, page.Body)
	}
	for _, want := range []string{p.SiteURL(), p.APIURL(), "<title>"} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, inline := range []string{"<script>", "<style", " style=", " onclick=", "javascript:"} {
		if strings.Contains(page.Body, inline) {
			t.Errorf("the page has %q, which its Content-Security-Policy forbids", inline)
		}
	}
	policy := page.Header.Get("Content-Security-Policy")
	for _, want := range []string{
		"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-src 'self' " + p.site.alias() + ";", "frame-ancestors 'none'",
		"connect-src 'self' " + p.site.alias() + " " + p.APIURL() + " " + p.api.alias() + ";",
	} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
		t.Errorf("the policy is unsafe: %s", policy)
	}
}

// TestFrames looks at the documents that have another origin.
func TestFrames(t *testing.T) {
	p := start(t)
	plain := do(t, siteClient(t, p), "GET", p.SiteURL()+"/frame", "", http.Header{"Host": {strings.TrimPrefix(p.site.alias(), "http://")}})
	opaque := do(t, siteClient(t, p), "GET", p.SiteURL()+"/frame?origin=null", "", nil)
	for _, f := range []answer{plain, opaque} {
		policy := f.Header.Get("Content-Security-Policy")
		if f.Status != http.StatusOK || !strings.Contains(policy, "frame-ancestors "+p.SiteURL()) || strings.Contains(policy, "unsafe") {
			t.Errorf("status %d, policy %s", f.Status, policy)
		}
	}
	if policy := opaque.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "; sandbox allow-scripts") {
		t.Errorf("the sandboxed frame's policy is %s", policy)
	}
	for path, want := range map[string]string{"/assets/frame.js": "*", "/assets/attempt.js": "*", "/assets/learn.js": "", "/assets/play.css": ""} {
		got := do(t, siteClient(t, p), "GET", p.SiteURL()+path, "", nil)
		if acao := got.Header.Get("Access-Control-Allow-Origin"); acao != want {
			t.Errorf("%s: Access-Control-Allow-Origin %q, want %q", path, acao, want)
		}
	}
}

func TestAssets(t *testing.T) {
	p := start(t)
	for name, contentType := range map[string]string{
		"play.css": "text/css; charset=utf-8", "learn.js": "text/javascript; charset=utf-8", "favicon.svg": "image/svg+xml",
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
	if got := do(t, siteClient(t, p), "GET", p.SiteURL()+"/assets/lesson.html", "", nil); got.Status != http.StatusNotFound {
		t.Errorf("a template is served: status %d", got.Status)
	}
}

// TestPredictions holds what our browser makes of each step, against our own
// middleware, to what the lesson says comes of it; that its question has an
// answer among its choices; and that what our browser claims to have sent did
// reach a server.
func TestPredictions(t *testing.T) {
	p := start(t)
	for i := range lessons {
		l := &lessons[i]
		t.Run(l.ID, func(t *testing.T) {
			predictions, err := p.predict(t.Context(), l)
			if err != nil {
				t.Fatal(err)
			}
			for j, got := range predictions {
				if ending := got.Seen.ending(); ending != l.Steps[j].Ends {
					t.Errorf("step %d: predicted %q, the lesson says %q: %+v", j+1, ending, l.Steps[j].Ends, got.Seen)
				}
			}
			right := l.answer(predictions[l.Asked].Seen)
			if !slices.ContainsFunc(l.choices(), func(g guess) bool { return g.Key == right }) {
				t.Errorf("the right answer %q is not among the choices", right)
			}
			again, err := p.rehearseLesson(t.Context(), l)
			if err != nil {
				t.Fatal(err)
			}
			for j := range again {
				if again[j].Seen != predictions[j].Seen {
					t.Errorf("step %d: a second prediction is %+v, the first was %+v", j+1, again[j].Seen, predictions[j].Seen)
				}
			}
		})
	}
}

func TestClaimsOfOurBrowserAreTrue(t *testing.T) {
	p := start(t)
	for i := range lessons {
		l := &lessons[i]
		id := p.runs.begin(run{Rehearsal: true})
		b := browser.New(browser.Options{Transport: p.transport})
		for j := range l.Steps {
			page, err := p.lessonPage(b, l.Steps[j].From)
			if err != nil {
				t.Fatal(err)
			}
			trace := browser.TraceOf(page.Fetch(t.Context(), l.Steps[j].request(p.target(&l.Steps[j], id))))
			arrivals, change, _ := p.runs.take(id)
			if got := recorded(arrivals, change); got.Preflight != trace.Verdict.Preflighted || got.Request != trace.Verdict.Sent {
				t.Errorf("%s, step %d: the servers saw %+v, the trace says %+v", l.ID, j+1, got, trace.Verdict)
			}
		}
		p.runs.end(id)
	}
}

// TestRun plays the page's part over HTTP: begin, a fetch that a browser would
// block, a report.
func TestRun(t *testing.T) {
	p := start(t)
	site := siteClient(t, p)
	begun := begin(t, p, site, "post")
	if want := p.APIURL() + "/votes?run=" + begun.Run; len(begun.Calls) != 1 || begun.Calls[0].URL != want || begun.Calls[0].From != fromSite {
		t.Fatalf("calls %+v, want one of %s", begun.Calls, want)
	}
	vote := do(t, apiClient(t, p), "POST", begun.Calls[0].URL, "yes", http.Header{
		"Origin": {p.SiteURL()}, "Content-Type": {"text/plain"},
	})
	if vote.Status != http.StatusOK || vote.Header["Access-Control-Allow-Origin"] != nil {
		t.Errorf("the vote: status %d, header %v; want 200 and no permission to read", vote.Status, vote.Header)
	}
	step := tell(t, p, site, "post", begun.Run, 0, report{Error: "TypeError: <b>Failed</b> to fetch"})
	if step.Status != http.StatusOK {
		t.Fatalf("status %d: %s", step.Status, step.Body)
	}
	for _, want := range []string{`data-agree="true"`, `data-answer="hidden"`, "the votes went from 0 to 1.", "&lt;b&gt;Failed"} {
		if !strings.Contains(step.Body, want) {
			t.Errorf("the step lacks %q:\n%s", want, step.Body)
		}
	}
	if strings.Contains(step.Body, ", DIFFERS") {
		t.Error("the diagrams differ")
	}
	if again := tell(t, p, site, "post", begun.Run, 0, report{Error: "TypeError"}); again.Status != http.StatusNotFound {
		t.Errorf("the same run again: status %d, want 404", again.Status)
	}
}

// TestDisagreement shows that agreement is worked out: a browser that could
// read what ours says is hidden, and one that never sent its request.
func TestDisagreement(t *testing.T) {
	for name, c := range map[string]struct {
		fetch  bool
		report report
		marks  []string
	}{
		"reads what is hidden": {true, report{Type: "cors", Status: 200, Header: [][2]string{{"content-type", "application/json"}}, Body: "{}"},
			[]string{"Blocked (differs)", "Allowed (differs)"}},
		"never sends": {false, report{Error: "TypeError: Failed to fetch"}, []string{"REQUEST, DIFFERS"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t)
			site := siteClient(t, p)
			begun := begin(t, p, site, "blocked")
			if c.fetch {
				do(t, apiClient(t, p), "GET", begun.Calls[0].URL, "", http.Header{"Origin": {p.SiteURL()}})
			}
			step := tell(t, p, site, "blocked", begun.Run, 0, c.report)
			for _, want := range append(c.marks, `data-agree="false"`, `class="differs"`) {
				if !strings.Contains(step.Body, want) {
					t.Errorf("the step lacks %q:\n%s", want, step.Body)
				}
			}
		})
	}
}

func TestBadReports(t *testing.T) {
	p := start(t)
	site := siteClient(t, p)
	id := p.runs.begin(run{})
	own := "/learn/simple-request/runs/" + id + "/0"
	for name, c := range map[string]struct {
		path, body string
		header     http.Header
		status     int
	}{
		"no such lesson":       {"/learn/none/runs", "", sameOrigin, 404},
		"no such step":         {"/learn/simple-request/runs/" + id + "/1", `{"type":"cors","status":200}`, sameOrigin, 404},
		"a step before all":    {"/learn/simple-request/runs/" + id + "/-1", `{"type":"cors","status":200}`, sameOrigin, 404},
		"a step that is none":  {"/learn/simple-request/runs/" + id + "/x", `{"type":"cors","status":200}`, sameOrigin, 404},
		"not JSON":             {own, "{", sameOrigin, 400},
		"type and error":       {own, `{"type":"cors","status":200,"error":"x"}`, sameOrigin, 400},
		"neither":              {own, `{}`, sameOrigin, 400},
		"a failure's status":   {own, `{"status":200,"error":"x"}`, sameOrigin, 400},
		"no type there is":     {own, `{"type":"secret","status":200}`, sameOrigin, 400},
		"no status there is":   {own, `{"type":"cors","status":1000}`, sameOrigin, 400},
		"a body too long":      {own, `{"type":"cors","status":200,"body":"` + strings.Repeat("a", maxReportText+1) + `"}`, sameOrigin, 400},
		"a request too long":   {own, `{"type":"cors","status":200,"body":"` + strings.Repeat("a", maxSiteBody) + `"}`, sameOrigin, 400},
		"no such run":          {"/learn/simple-request/runs/none/0", `{"type":"cors","status":200}`, sameOrigin, 404},
		"another site":         {own, `{"type":"cors","status":200}`, http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		"the API's own origin": {own, `{"type":"cors","status":200}`, http.Header{"Origin": {p.APIURL()}}, 403},
		"another site's run":   {"/learn/simple-request/runs", "", http.Header{"Sec-Fetch-Site": {"same-site"}}, 403},
		"nothing":              {own, "", sameOrigin, 400},
	} {
		t.Run(name, func(t *testing.T) {
			if got := do(t, site, "POST", p.SiteURL()+c.path, c.body, c.header); got.Status != c.status {
				t.Errorf("status %d, want %d: %s", got.Status, c.status, got.Body)
			}
		})
	}
	if _, _, ok := p.runs.take(id); !ok {
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
	r := httptest.NewRequestWithContext(ctx, "GET", p.SiteURL()+"/learn/vary", nil)
	p.servers[0].Handler.ServeHTTP(w, r)
	if w.Body.Len() != 0 {
		t.Errorf("a reader who has left is told %q", w.Body)
	}
}

// A beginning is what the site answers to a page that begins a run.
type beginning struct {
	Run   string
	Calls []lessonCall
}

func begin(t *testing.T, p *Playground, site *http.Client, lesson string) (begun beginning) {
	t.Helper()
	got := do(t, site, "POST", p.SiteURL()+"/learn/"+lesson+"/runs", "", sameOrigin)
	if got.Status != http.StatusOK {
		t.Fatalf("begin: status %d: %s", got.Status, got.Body)
	}
	if err := json.Unmarshal([]byte(got.Body), &begun); err != nil {
		t.Fatal(err)
	}
	return begun
}

func tell(t *testing.T, p *Playground, site *http.Client, lesson, id string, step int, r report) answer {
	t.Helper()
	body, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, site, "POST", fmt.Sprintf("%s/learn/%s/runs/%s/%d", p.SiteURL(), lesson, id, step), string(body), sameOrigin)
}
