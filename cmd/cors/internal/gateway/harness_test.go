package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/cmd/cors/internal/policyfile"
)

// patience is how long a test waits for what has to happen.
const patience = 20 * time.Second

// site and stranger are where pages come from: one that the policies here allow,
// and one that they do not.
const (
	siteOrigin = "https://app.example.com"
	stranger   = "https://evil.example"
)

// A running gateway, under test.
type running struct {
	*Gateway
	url  string
	path string // of cors.yaml
	log  *lockedBuffer
	stop func() // and wait for the end
}

// start serves a cors.yaml. In its text, $UPSTREAM is the URL of a server with
// the handler, and listeners and admin are added where it has none.
func start(t *testing.T, text string, handler http.HandlerFunc) *running {
	t.Helper()
	upstream := httptest.NewServer(handler)
	t.Cleanup(upstream.Close)
	return startAt(t, strings.ReplaceAll(text, "$UPSTREAM", upstream.URL))
}

func startAt(t *testing.T, text string) *running {
	t.Helper()
	r := &running{path: filepath.Join(t.TempDir(), "cors.yaml"), log: new(lockedBuffer)}
	r.write(t, text)
	g, err := Open(Config{Path: r.path, Log: slog.New(slog.NewJSONHandler(r.log, nil)), Load: func() (*policyfile.File, error) {
		return load(r.path)
	}})
	if err != nil {
		t.Fatal(err)
	}
	r.Gateway, r.url = g, g.URLs()[0]
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- g.Serve(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serving ended with %v", err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

// complete gives a file the keys that every one in these tests has.
func complete(text string) string {
	for _, line := range []string{"version: 1", "listeners: [{address: 'localhost:0'}]", "admin: localhost:0"} {
		if name, _, _ := strings.Cut(line, ":"); !strings.HasPrefix(text, name+":") && !strings.Contains(text, "\n"+name+":") {
			text = line + "\n" + text
		}
	}
	return text
}

func load(path string) (*policyfile.File, error) {
	file, problems, err := policyfile.Read(path)
	if err == nil && file == nil {
		err = errors.New(fmt.Sprint(problems))
	}
	return file, err
}

func (r *running) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(r.path, []byte(complete(text)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// ready is what /readyz says.
func (r *running) ready(t *testing.T) (doc readiness, status int) {
	t.Helper()
	response := get(t, r.AdminURL()+"/readyz")
	if err := json.NewDecoder(strings.NewReader(response.body)).Decode(&doc); err != nil {
		t.Fatalf("%v in %s", err, response.body)
	}
	return doc, response.StatusCode
}

// metric is the value of a line of /metrics, and "" if there is none.
func (r *running) metric(t *testing.T, series string) string {
	t.Helper()
	for line := range strings.Lines(get(t, r.AdminURL()+"/metrics").body) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// decisions are what /decisions shows.
func (r *running) decisions(t *testing.T) []note {
	t.Helper()
	var doc struct {
		Decisions []note `json:"decisions"`
	}
	if err := json.Unmarshal([]byte(get(t, r.AdminURL()+"/decisions?format=json").body), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Decisions
}

// A got is a response, read to its end.
type got struct {
	*http.Response
	body string
}

func get(t *testing.T, url string, header ...string) got {
	t.Helper()
	return do(t, http.DefaultClient, "GET", url, nil, header...)
}

// do sends a request, as no browser would; the header is names and values.
func do(t *testing.T, client *http.Client, method, url string, body io.Reader, header ...string) got {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got{response, string(text)}
}

// page opens a page of an origin, in a new browser.
func page(t *testing.T, origin string) *browser.Page {
	t.Helper()
	b := browser.New(browser.Options{})
	t.Cleanup(b.Close)
	p, err := b.OpenPage(browser.PageOptions{URL: origin + "/", LocalNetwork: browser.PermissionGranted})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// allows fetches, and fails the test if the browser blocks it.
func allows(t *testing.T, p *browser.Page, r browser.Request) *browser.Response {
	t.Helper()
	response, err := p.Fetch(t.Context(), r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	return response
}

// blocks fetches, and fails the test if the browser does not block it for the
// reason.
func blocks(t *testing.T, p *browser.Page, r browser.Request, reason browser.Reason) {
	t.Helper()
	_, err := p.Fetch(t.Context(), r)
	var e *browser.Error
	if !errors.As(err, &e) || e.Reason != reason {
		t.Fatalf("%s %s: %v, want it blocked with %s", r.Method, r.URL, err, reason)
	}
}

// eventually waits for what happens in its own time.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if is() {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}

// receive takes what has to come.
func receive[T any](t *testing.T, from <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(patience):
		t.Fatalf("%s: not within %v", what, patience)
	}
	return v
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
