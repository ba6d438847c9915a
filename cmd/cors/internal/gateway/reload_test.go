package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"crossorigin.dev/browser"
	"crossorigin.dev/cmd/cors/internal/policyfile"
)

// allowing is a file that allows one origin and leads to an upstream.
func allowing(origin, upstream string) string {
	return fmt.Sprintf(`
upstreams: {api: %q}
policies: {site: {origins: [%q], methods: [PUT], maxAge: 10m}}
routes: [{match: /, upstream: api, policy: site}]
`, upstream, origin)
}

// allowed asks whether an origin is allowed now.
func (r *running) allowed(t *testing.T, origin string) bool {
	t.Helper()
	return get(t, r.url+"/", "Origin", origin).Header.Get("Access-Control-Allow-Origin") == origin
}

func TestReloadOnChange(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer upstream.Close()
	g := startAt(t, allowing("https://a.example", upstream.URL))
	if !g.allowed(t, "https://a.example") || g.allowed(t, "https://b.example") {
		t.Fatal("the first policy is not in force")
	}
	before, _ := g.ready(t)

	// An editor that writes in place.
	g.write(t, allowing("https://b.example", upstream.URL))
	eventually(t, "the second policy", func() bool { return g.allowed(t, "https://b.example") })
	if g.allowed(t, "https://a.example") {
		t.Error("the first policy is still in force")
	}
	after, status := g.ready(t)
	if before.Policy == after.Policy || !after.Reload.OK || status != 200 {
		t.Errorf("before %+v, after %+v, status %d", before, after, status)
	}

	// An editor that puts a new file in its place.
	other := filepath.Join(filepath.Dir(g.path), ".cors.yaml.swp")
	if err := os.WriteFile(other, []byte(complete(allowing("https://c.example", upstream.URL))), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, g.path); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the third policy", func() bool { return g.allowed(t, "https://c.example") })

	// Broken files, one after another: the third policy stays.
	for broken, want := range map[string]string{
		"version: 1\nroutes: [": "not YAML",
		complete(strings.Replace(allowing("https://d.example", upstream.URL), "origins", "orgins", 1)):                   `unknown key \"orgins\"`,
		complete("admin: localhost:9999" + allowing("https://d.example", upstream.URL)):                                  "admin changed, which takes a restart",
		complete(allowing("https://d.example", upstream.URL) + "limits: {header: 1KiB}"):                                 "limits.header changed",
		complete("listeners: [{address: 'localhost:0'}, {address: ':0'}]" + allowing("https://d.example", upstream.URL)): "the number of listeners changed",
	} {
		failures := g.metric(t, `cors_gateway_reloads_total{result="error"}`)
		if err := os.WriteFile(g.path, []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the failure is counted", func() bool {
			return g.metric(t, `cors_gateway_reloads_total{result="error"}`) != failures
		})
		doc, status := g.ready(t)
		text, _ := json.Marshal(doc)
		if doc.Reload.OK || !doc.Ready || status != 200 || !strings.Contains(string(text), want) {
			t.Errorf("%s: /readyz has the status %d and says %s", want, status, text)
		}
		if !strings.Contains(g.log.String(), want[:8]) {
			t.Errorf("%s is not in the log", want)
		}
		if !g.allowed(t, "https://c.example") || g.allowed(t, "https://d.example") {
			t.Errorf("%s: the last good policy is not in force any more", want)
		}
	}

	// And it recovers.
	g.write(t, allowing("https://e.example", upstream.URL))
	eventually(t, "a good file again", func() bool { return g.allowed(t, "https://e.example") })
	if doc, _ := g.ready(t); !doc.Reload.OK || doc.Reload.Error != "" {
		t.Errorf("/readyz still says %+v", doc)
	}
}

// TestConfigMap changes a file as Kubernetes does: the file is a link through
// "..data", which is a link to a directory and is replaced.
func TestConfigMap(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer upstream.Close()
	g := startAt(t, allowing("https://a.example", upstream.URL))
	dir := filepath.Dir(g.path)
	version := func(name, origin string) {
		t.Helper()
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "cors.yaml"), []byte(complete(allowing(origin, upstream.URL))), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(name, filepath.Join(dir, "..data_tmp")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	version("..1", "https://b.example")
	if err := os.Remove(g.path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("..data", "cors.yaml"), g.path); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the first version", func() bool { return g.allowed(t, "https://b.example") })
	version("..2", "https://c.example")
	eventually(t, "the second version", func() bool { return g.allowed(t, "https://c.example") })
}

// TestMissingFile: a file names a certificate that comes later, elsewhere. The
// policy comes into force when it is there.
func TestMissingFile(t *testing.T) {
	upstream := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer upstream.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer plain.Close()
	g := startAt(t, allowing("https://a.example", plain.URL))
	elsewhere := filepath.Join(t.TempDir(), "ca.pem")
	g.write(t, fmt.Sprintf(`
upstreams: {api: {url: %q, certificateAuthority: %q}}
policies: {site: {origins: ["https://b.example"]}}
routes: [{match: /, upstream: api, policy: site}]
`, upstream.URL, elsewhere))
	eventually(t, "the failure is seen", func() bool {
		doc, _ := g.ready(t)
		return strings.Contains(doc.Reload.Error, "ca.pem")
	})
	if !g.allowed(t, "https://a.example") {
		t.Error("the last good policy is not in force any more")
	}
	writePEM(t, elsewhere, "CERTIFICATE", upstream.Certificate().Raw)
	eventually(t, "the new policy", func() bool { return g.allowed(t, "https://b.example") })
	if response := get(t, g.url+"/"); response.StatusCode != 200 {
		t.Errorf("status %d of the upstream", response.StatusCode)
	}
}

// TestReloadWhileServing: every response is of one file, and none is lost. The
// policy of a file allows the origin that its upstream names.
func TestReloadWhileServing(t *testing.T) {
	var texts [2]string
	origins := [2]string{"https://a.example", "https://b.example"}
	for i, origin := range origins {
		upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, origin) }))
		defer upstream.Close()
		texts[i] = allowing(origin, upstream.URL)
	}
	g := startAt(t, texts[0])
	ctx, cancel := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	for i := range 4 {
		clients.Go(func() {
			origin := origins[i%2]
			for ctx.Err() == nil {
				response := get(t, g.url+"/", "Origin", origin)
				allowed := response.Header.Get("Access-Control-Allow-Origin") == origin
				if response.StatusCode != 200 || allowed != (response.body == origin) {
					t.Errorf("status %d, the upstream is of %s, and the policy allows %s: %v", response.StatusCode, response.body, origin, allowed)
					return
				}
			}
		})
	}
	for i := range 100 {
		g.write(t, texts[(i+1)%2])
		if err := g.Reload(); err != nil {
			t.Error(err)
		}
	}
	cancel()
	clients.Wait()
}

// TestReplicas: a preflight and its request come to different gateways, which
// know nothing of each other.
func TestReplicas(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Method) }))
	defer upstream.Close()
	text := allowing(siteOrigin, upstream.URL)
	replicas := []*running{startAt(t, text), startAt(t, text)}
	var turn atomic.Int64
	balancer := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		to, err := url.Parse(replicas[turn.Add(1)%2].url)
		if err != nil {
			t.Error(err)
		}
		r.SetURL(to)
	}})
	defer balancer.Close()
	p := page(t, siteOrigin)
	for _, path := range []string{"/a", "/b", "/c"} {
		if response := allows(t, p, browser.Request{Method: "PUT", URL: balancer.URL + path}); string(response.Body) != "PUT" {
			t.Errorf("the upstream answers %q", response.Body)
		}
	}
	var hashes []string
	for _, replica := range replicas {
		doc, _ := replica.ready(t)
		hashes = append(hashes, doc.Policy)
		if replica.metric(t, `cors_gateway_decisions_total{kind="preflight",outcome="granted",reason="",route="/"}`) == "" &&
			replica.metric(t, `cors_gateway_decisions_total{kind="actual",outcome="granted",reason="",route="/"}`) == "" {
			t.Error("a replica has decided nothing")
		}
	}
	if hashes[0] != hashes[1] {
		t.Errorf("the same file has the hashes %q", hashes)
	}
}

// TestDrain: what is under way finishes, and nothing new is taken on.
func TestDrain(t *testing.T) {
	arrived, leave := make(chan struct{}), make(chan struct{})
	g := start(t, api+"timeouts: {drainDelay: 1500ms}\n", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/slow" {
			return
		}
		close(arrived)
		receive(t, leave, "leave to end")
		io.WriteString(w, "done")
	})
	result := make(chan *browser.Response, 1)
	p := page(t, siteOrigin)
	go func() {
		response, err := p.Fetch(t.Context(), browser.Request{URL: g.url + "/slow"})
		if err != nil {
			t.Error(err)
		}
		result <- response
	}()
	receive(t, arrived, "the request")
	stopped := make(chan struct{})
	go func() {
		g.stop()
		close(stopped)
	}()
	// The balancer is told first, while requests are still taken on.
	eventually(t, "/readyz fails", func() bool {
		doc, status := g.ready(t)
		return status == 503 && !doc.Ready
	})
	if response := get(t, g.url+"/"); response.StatusCode != 200 {
		t.Errorf("during the delay: status %d", response.StatusCode)
	}
	eventually(t, "nothing new is taken on", func() bool {
		response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request(t, g.url+"/"))
		if err == nil {
			response.Body.Close()
		}
		return err != nil
	})
	close(leave)
	if response := receive(t, result, "the response"); response == nil || string(response.Body) != "done" {
		t.Errorf("the request under way got %v", response)
	}
	receive(t, stopped, "the end")
}

func request(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestDrainEnds: a stream that never ends is cut off.
func TestDrainEnds(t *testing.T) {
	arrived := make(chan struct{})
	g := start(t, api+"timeouts: {drain: 50ms}\n", func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).Flush()
		close(arrived)
		<-r.Context().Done()
	})
	response, err := http.DefaultTransport.RoundTrip(request(t, g.url+"/"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	receive(t, arrived, "the request")
	stopped := make(chan struct{})
	go func() {
		g.stop()
		close(stopped)
	}()
	receive(t, stopped, "the end")
	if _, err := io.ReadAll(response.Body); err == nil {
		t.Error("the stream ended as if it were whole")
	}
	if !strings.Contains(g.log.String(), "requests were cut off") {
		t.Error("the log does not tell")
	}
}

// TestOpenFails: nothing is served, and no socket stays open.
func TestOpenFails(t *testing.T) {
	upstream := httptest.NewServer(http.NotFoundHandler())
	defer upstream.Close()
	taken := strings.TrimPrefix(upstream.URL, "http://")
	dir := t.TempDir()
	for text, want := range map[string]string{
		"listeners: [{address: '" + taken + "'}]\n": taken + " is already in use; listen on another port",
		"admin: '" + taken + "'\n":                  taken + " is already in use",
		"listeners: [{address: 'localhost:0', tls: {certificate: nowhere.pem, key: nowhere.pem}}]\n": "listener localhost:0: open " + filepath.Join(dir, "nowhere.pem") + ": no such file or directory",
		"policies: {a: {origins: ['*'], credentials: true}}\n":                                       "any site could act as the user",
		"policies: {a: {origins: ['https://*.example', 'https://*'], credentials: true}}\n":          `"https://*"`,
		"policies: {a: {unsafeNullOrigin: true, credentials: true}}\n":                               "every site could act as the user",
		"policies: {a: {origins: ['https://*.co.uk'], credentials: true}}\n":                         "lets strangers act as the user",
	} {
		path := filepath.Join(dir, "cors.yaml")
		text += "upstreams: {api: 'http://localhost:1'}\nroutes: [{match: /, upstream: api, policy: none}]\n"
		if err := os.WriteFile(path, []byte(complete(text)), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(Config{Path: path, Load: func() (*policyfile.File, error) { return load(path) }})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
