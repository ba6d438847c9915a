package servers

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
)

// A server is software that can be run with and without a configuration of
// CORS.
type server struct {
	stack    diagnose.Stack
	detected bool // by its header fields
	// prepare installs what is missing and returns the command that runs it
	// in dir, listening at port, with the configuration and the application
	// at upstream behind it.
	prepare func(t *testing.T, dir string, port, upstream, config string) *exec.Cmd
	// errors are the paths whose answers come from the server itself or from
	// errors, and must be readable too.
	errors []string
}

var all = []server{
	{stack: "nginx", detected: true, prepare: nginx, errors: []string{"/missing", "/down"}},
	{stack: "apache", detected: true, prepare: apache, errors: []string{"/missing", "/down"}},
	{stack: "haproxy", prepare: haproxy, errors: []string{"/missing", "/down"}},
	{stack: "caddy", detected: true, prepare: caddy, errors: []string{"/missing"}},
	// Those above are proxies, those below have the application in them.
	{stack: "express", detected: true, prepare: express, errors: []string{"/missing"}},
	{stack: "fastapi", detected: true, prepare: fastapi, errors: []string{"/missing"}},
	{stack: "go", prepare: goCORS, errors: []string{"/missing"}},
	{stack: "net/http", prepare: goNetHTTP, errors: []string{"/missing"}},
}

const proxies = 4 // of all, the first

const page = "http://localhost:8000"

// The call that is diagnosed: it needs a preflight for its method and for its
// headers, and credentials.
var call = browser.Request{
	Method: "PUT", URL: "/items", Body: []byte(`{}`),
	Header:      http.Header{"Content-Type": {"application/json"}, "X-Trace": {"1"}},
	Credentials: browser.CredentialsInclude,
}

// TestFixes runs each server without CORS, takes the configuration that the
// diagnosis gives, runs it with that, and holds that the page now can do what
// it asked for, and another page still cannot.
func TestFixes(t *testing.T) {
	for _, s := range all {
		t.Run(strings.ReplaceAll(string(s.stack), "/", "-"), func(t *testing.T) {
			upstream := application(t)
			before := run(t, s, upstream, "")
			trace := fetch(t, page, before, call)
			options := diagnose.Options{}
			if !s.detected {
				options.Stack = s.stack
			}
			d := diagnose.Of(trace, options)
			if d.Stack != s.stack {
				t.Fatalf("it is taken for %q (%s)", d.Stack, d.StackSign)
			}
			if len(d.Problems) == 0 || d.Config == "" {
				t.Fatalf("without CORS: %s, no diagnosis", trace.Verdict.Message)
			}
			t.Logf("%s: %s\n%s", d.Problems[0].Code, d.Problems[0].Cause, d.Config)

			after := run(t, s, upstream, d.Config)
			check(t, fetch(t, page, after, call), browser.OutcomeAllowed)
			check(t, fetch(t, page, after, browser.Request{URL: "/items", Credentials: browser.CredentialsInclude}), browser.OutcomeAllowed)
			for _, path := range s.errors {
				check(t, fetch(t, page, after, browser.Request{URL: path, Credentials: browser.CredentialsInclude}), browser.OutcomeAllowed)
			}
			check(t, fetch(t, "https://evil.example", after, call), browser.OutcomeBlocked)
			check(t, fetch(t, "https://evil.example", after, browser.Request{URL: "/items"}), browser.OutcomeBlocked)
		})
	}
}

// TestFixesReplace runs each proxy in front of an application that allows
// another origin, and holds that the configuration takes the place of that
// instead of being added to it.
func TestFixesReplace(t *testing.T) {
	for _, s := range all[:proxies] {
		t.Run(string(s.stack), func(t *testing.T) {
			upstream := mistaken(t)
			d := diagnose.Of(fetch(t, page, run(t, s, upstream, ""), call), diagnose.Options{Stack: s.stack})
			if len(d.Problems) == 0 || d.Problems[0].Code != "other-origin" {
				t.Fatalf("diagnosed %+v", d.Problems)
			}
			after := run(t, s, upstream, d.Config)
			check(t, fetch(t, page, after, call), browser.OutcomeAllowed)
			check(t, fetch(t, "http://localhost:3000", after, call), browser.OutcomeBlocked)
		})
	}
}

func check(t *testing.T, trace *browser.Trace, want browser.Outcome) {
	t.Helper()
	if trace.Verdict.Outcome != want {
		t.Errorf("%s %s from %s is %s, want %s: %s", trace.Method, trace.URL, trace.Origin, trace.Verdict.Outcome, want, trace.Verdict.Message)
	}
}

// application is one that knows nothing of CORS, behind the proxies.
func application(t *testing.T) string {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("PUT /items", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("GET /down", func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) })
	app := httptest.NewServer(mux)
	t.Cleanup(app.Close)
	return app.Listener.Addr().String()
}

// mistaken is an application that allows the wrong origin.
func mistaken(t *testing.T) string {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "http://localhost:3000")
		h.Set("Access-Control-Allow-Credentials", "true")
		if r.Method == http.MethodOptions {
			h.Set("Access-Control-Allow-Methods", "PUT")
			h.Set("Access-Control-Allow-Headers", "content-type, x-trace")
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	t.Cleanup(app.Close)
	return app.Listener.Addr().String()
}

func fetch(t *testing.T, from, base string, r browser.Request) *browser.Trace {
	t.Helper()
	b := browser.New(browser.Options{})
	defer b.Close()
	opened, err := b.Open(from + "/")
	if err != nil {
		t.Fatal(err)
	}
	r.URL = base + r.URL
	return browser.TraceOf(opened.Fetch(t.Context(), r))
}

// run starts a server and returns its URL once it listens. It ends with the
// test.
func run(t *testing.T, s server, upstream, config string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	command := s.prepare(t, t.TempDir(), port, upstream, config)
	output := new(lockedBuffer)
	command.Stdout, command.Stderr = output, output
	command.WaitDelay = time.Second
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		command.Cancel()
		<-ended
	})
	for deadline := time.Now().Add(2 * time.Minute); ; {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return "http://" + address
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended (%v) with the configuration\n%s\nand said\n%s", s.stack, err, config, output)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen: %s", s.stack, output)
		}
	}
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

// program returns the path of a program of Debian's, installed if need be.
func program(t *testing.T, name string, packages ...string) string {
	t.Helper()
	command := exec.Command("sh", append([]string{"install.sh", name}, packages...)...)
	var problem bytes.Buffer
	command.Stderr = &problem
	path, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, problem.String())
	}
	return strings.TrimSpace(string(path))
}

func write(t *testing.T, dir, name, format string, args ...any) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, fmt.Appendf(nil, format, args...), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// command runs in dir until the test ends, and is asked to end, not killed, so
// that a server takes its workers along.
func command(t *testing.T, dir, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(context.WithoutCancel(t.Context()), name, args...)
	c.Dir = dir
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	return c
}
