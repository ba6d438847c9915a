//go:build unix

package real

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a visit may take that ought to take milliseconds, on a
// machine that is busy with something else.
const patience = time.Minute

// each runs a test in every browser, or in those that the environment variable
// BROWSERS lists. A test without its browser proves nothing, so it fails.
func each(t *testing.T, o Options, test func(*testing.T, Browser)) {
	t.Helper()
	names := Names()
	if listed := os.Getenv("BROWSERS"); listed != "" && listed != "all" {
		names = strings.Split(listed, ",")
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			b, err := Start(ctx, name, o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := b.Close(); err != nil {
					t.Error(err)
				}
			})
			test(t, b)
		})
	}
}

// visit visits with patience.
func visit(t *testing.T, b Browser, page, script string) Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	report, err := b.Visit(ctx, page, script)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// text is the value of a visit that is a string.
func text(t *testing.T, r Report) string {
	t.Helper()
	var s string
	if err := json.Unmarshal(r.Value, &s); err != nil {
		t.Fatalf("%s: %v", r.Value, err)
	}
	return s
}

// A site answers what the tests ask of it, and counts it.
type site struct {
	mu   sync.Mutex
	seen map[string]int // by method and path
}

func (s *site) count(request string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[request]
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.seen == nil {
		s.seen = make(map[string]int)
	}
	s.seen[r.Method+" "+r.URL.Path]++
	s.mu.Unlock()
	if origin := r.Header.Get("Origin"); origin != "" && r.URL.Path != "/closed" {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
	}
	switch {
	case r.Method == http.MethodOptions:
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		w.Header().Set("Access-Control-Max-Age", "600")
	case r.URL.Path == "/cookie":
		http.SetCookie(w, &http.Cookie{Name: "secret", Value: "1", Path: "/", HttpOnly: true})
	case r.URL.Path == "/cookies":
		w.Write([]byte(r.Header.Get("Cookie")))
	case r.URL.Path == "/cached":
		w.Header().Set("Cache-Control", "max-age=600")
	case r.URL.Path == "/login":
		w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path == "/never":
		<-r.Context().Done()
	case r.URL.Path == "/page":
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(`<!DOCTYPE html><title>test</title><link rel="icon" href="data:,">`))
	default:
		w.Write([]byte("hello"))
	}
}

// closedPort is a port of 127.0.0.1 where nobody listens.
func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// serve serves a site under a.test and b.test, which are one server on two
// sites.
func serve(t *testing.T) (s *site, a, b string) {
	s = new(site)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	return s, "http://a.test:" + port, "http://b.test:" + port
}

var hosts = Options{Hosts: []string{"a.test", "b.test"}}

func TestVisitReadsAnAnswer(t *testing.T) {
	_, a, b := serve(t)
	each(t, hosts, func(t *testing.T, browser Browser) {
		if !strings.Contains(strings.ToLower(browser.Version()), browser.Name()) {
			t.Errorf("version %q of %s", browser.Version(), browser.Name())
		}
		for _, page := range []string{
			a, b,
			strings.Replace(a, "a.test", "localhost", 1),
			strings.Replace(a, "a.test", "127.0.0.1", 1),
		} {
			r := visit(t, browser, page+"/page", `
				const response = await fetch("`+b+`/x");
				return {body: await response.text(), type: response.type, at: location.origin};`)
			var got struct{ Body, Type, At string }
			if err := json.Unmarshal(r.Value, &got); err != nil {
				t.Fatalf("%s: %v", r.Value, err)
			}
			want := "cors"
			if page == b {
				want = "basic"
			}
			if got.Body != "hello" || got.Type != want || got.At != page {
				t.Errorf("at %s got %+v", page, got)
			}
			if len(r.Console) > 0 || len(r.Reasons) > 0 {
				t.Errorf("at %s it said %q, %q", page, r.Console, r.Reasons)
			}
		}
	})
}

func TestVisitOfScripts(t *testing.T) {
	_, a, _ := serve(t)
	each(t, hosts, func(t *testing.T, browser Browser) {
		for _, test := range []struct{ script, value, err string }{
			{script: `return 1`, value: `1`},
			{script: ``, value: `null`},
			{script: `return {a: [1, "</script>é\u2028"]}`, value: "{\"a\":[1,\"</script>é\u2028\"]}"},
			{script: `return document.readyState // and no more`, value: `"complete"`},
			{script: `throw new TypeError("oh")`, err: "the script threw TypeError: oh"},
			{script: `return (`, err: "SyntaxError"},
		} {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			r, err := browser.Visit(ctx, a+"/page", test.script)
			cancel()
			switch {
			case test.err == "" && err != nil:
				t.Errorf("%s: %v", test.script, err)
			case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
				t.Errorf("%s: error %v, want %s", test.script, err, test.err)
			case test.err == "" && string(r.Value) != test.value:
				t.Errorf("%s: got %s, want %s", test.script, r.Value, test.value)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if r, err := browser.Visit(ctx, a[:strings.LastIndex(a, ":")]+":"+closedPort(t)+"/", `return 1`); err == nil {
			t.Errorf("a page that nobody serves gave %s", r.Value)
		}
		if r := visit(t, browser, a+"/page", `return 2`); string(r.Value) != `2` {
			t.Errorf("after errors got %s", r.Value)
		}
	})
}

// A blocked fetch is a TypeError, and the browser says why, in its own words, of
// this visit and no other.
func TestVisitSaysWhyRequestsFailed(t *testing.T) {
	_, a, b := serve(t)
	words := map[string]string{
		"chromium": "No 'Access-Control-Allow-Origin' header is present",
		"firefox":  "CORS header ‘Access-Control-Allow-Origin’ missing",
		"webkit":   "is not allowed by Access-Control-Allow-Origin",
	}
	each(t, hosts, func(t *testing.T, browser Browser) {
		for range 4 { // what is told late would be told of the next
			r := visit(t, browser, a+"/page", `
				console.log("first");
				const outcome = await fetch("`+b+`/closed").then(r => r.type, e => e.name);
				console.log("last", 2);
				return outcome;`)
			if got := text(t, r); got != "TypeError" {
				t.Fatalf("got %s", got)
			}
			said := strings.Join(r.Console, "\n")
			if !strings.Contains(said, words[browser.Name()]) {
				t.Fatalf("the console has %q, want %s", r.Console, words[browser.Name()])
			}
			if !slices.Contains(r.Console, "first") || !slices.Contains(r.Console, "last 2") {
				t.Fatalf("the console has %q", r.Console)
			}
			if browser.Name() == "chromium" && !slices.Equal(r.Reasons, []string{"MissingAllowOriginHeader"}) {
				t.Fatalf("the reasons are %q", r.Reasons)
			}
			if r := visit(t, browser, a+"/page", `return (await fetch("`+b+`/x")).type`); len(r.Console) > 0 || len(r.Reasons) > 0 {
				t.Fatalf("a visit without errors has %q, %q", r.Console, r.Reasons)
			}
		}
	})
}

func TestVisitsShareNothing(t *testing.T) {
	s, a, b := serve(t)
	each(t, hosts, func(t *testing.T, browser Browser) {
		get := func(path string) string { return `(await fetch("` + b + path + `", {credentials: "include"})).text()` }
		both := `await ` + get("/cookie") + `; document.cookie = "open=1"; return (await ` + get("/cookies") + `) + ";" + document.cookie`
		first := text(t, visit(t, browser, b+"/page", both))
		if first != "open=1; secret=1;open=1" && first != "secret=1; open=1;open=1" {
			t.Fatalf("the first visit has the cookies %q", first)
		}
		for _, page := range []string{b, a} {
			if got := text(t, visit(t, browser, page+"/page", `return (await `+get("/cookies")+`) + ";" + document.cookie`)); got != ";" {
				t.Errorf("the next visit, at %s, has the cookies %q", page, got)
			}
		}
		for i := range 3 {
			for _, request := range []struct{ counted, get string }{
				{"OPTIONS /put", `await (await fetch("` + b + `/put", {method: "PUT"})).text();`},
				{"GET /cached", `await (await fetch("` + b + `/cached")).text();`},
			} {
				before := s.count(request.counted)
				visit(t, browser, a+"/page", request.get+request.get)
				if sent := s.count(request.counted) - before; sent != 1 {
					t.Errorf("visit %d: %s was sent %d times, want once: fresh, then cached", i, request.counted, sent)
				}
			}
		}
	})
}

// authority makes a certificate authority, in PEM, and a certificate of it.
func authority(t *testing.T, name string) ([]byte, tls.Certificate) {
	t.Helper()
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	sign := func(template, parent *x509.Certificate, of, by *ecdsa.PrivateKey) []byte {
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, parent, of.Public(), by)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caKey, leafKey := key(), key()
	caDER := sign(ca, ca, caKey, caKey)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER}),
		tls.Certificate{Certificate: [][]byte{sign(leaf, ca, leafKey, caKey), caDER}, PrivateKey: leafKey}
}

// A certificate authority is trusted in earnest: over HTTPS a page is a secure
// context, HTTP/2 is spoken and answers are cached.
func TestVisitTrustsCA(t *testing.T) {
	s := new(site)
	ca, certificate := authority(t, "a.test")
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes are refused below
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.StartTLS()
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "https://"), ":")
	trusting, wary := hosts, hosts
	trusting.CA = ca
	each(t, trusting, func(t *testing.T, browser Browser) {
		before := s.count("GET /cached")
		r := visit(t, browser, "https://a.test:"+port+"/page", `
			await (await fetch("/cached")).text();
			await (await fetch("/cached")).text();
			return {
				secure: isSecureContext,
				protocol: performance.getEntriesByType("resource").find(e => e.name.endsWith("/cached")).nextHopProtocol,
			};`)
		var got struct {
			Secure   bool
			Protocol string
		}
		if err := json.Unmarshal(r.Value, &got); err != nil {
			t.Fatalf("%s: %v", r.Value, err)
		}
		if !got.Secure || got.Protocol != "h2" {
			t.Errorf("got %+v", got)
		}
		if sent := s.count("GET /cached") - before; sent != 1 {
			t.Errorf("what can be cached was sent %d times", sent)
		}
	})
	each(t, wary, func(t *testing.T, browser Browser) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if r, err := browser.Visit(ctx, "https://a.test:"+port+"/page", `return 1`); err == nil {
			t.Errorf("without the authority the page opens: %s", r.Value)
		}
	})
}

// race is a fetch that a script gives up on after a second.
func race(url, init string) string {
	return `return Promise.race([
		fetch("` + url + `", ` + init + `).then(r => "status " + r.status, e => e.name),
		new Promise(late => setTimeout(late, 1000, "pending")),
	]);`
}

// What waits for an answer or for somebody at the keyboard ends with its visit,
// and harms no other.
func TestVisitOutlivesPendingRequests(t *testing.T) {
	_, a, b := serve(t)
	each(t, hosts, func(t *testing.T, browser Browser) {
		for _, test := range []struct{ name, script, want string }{
			{"no answer", race(b+"/never", `{}`), "pending"},
			{"login prompt, same origin", race(a+"/login", `{}`), "pending"},
			{"no credentials, no login prompt", race(b+"/login", `{credentials: "omit"}`), "status 401"},
		} {
			for range 2 {
				r := visit(t, browser, a+"/page", test.script)
				if got := text(t, r); got != test.want {
					t.Errorf("%s: %s, want %s", test.name, got, test.want)
				}
				r = visit(t, browser, a+"/page", `return (await fetch("`+b+`/x")).type`)
				if got := text(t, r); got != "cors" || len(r.Console) > 0 || len(r.Reasons) > 0 {
					t.Errorf("after %s: %s, %q, %q", test.name, got, r.Console, r.Reasons)
				}
			}
		}
	})
}

func TestVisitEndsWithItsContext(t *testing.T) {
	_, a, _ := serve(t)
	each(t, hosts, func(t *testing.T, browser Browser) {
		visit(t, browser, a+"/page", `return 1`)
		for _, stuck := range []struct{ page, script string }{
			{"/page", `await new Promise(() => {})`},
			{"/never", `return 1`},
			{"/page", `for (;;) {}`},
		} {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			r, err := browser.Visit(ctx, a+stuck.page, stuck.script)
			cancel()
			if err == nil {
				t.Errorf("%+v gave %s", stuck, r.Value)
			}
			if r := visit(t, browser, a+"/page", `return 2`); string(r.Value) != `2` {
				t.Errorf("after %+v got %s", stuck, r.Value)
			}
		}
	})
}

func TestDeadBrowser(t *testing.T) {
	s, a, _ := serve(t)
	t.Setenv("TMPDIR", t.TempDir())
	each(t, hosts, func(t *testing.T, browser Browser) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		before := s.count("GET /never")
		go func() { // once the script runs
			for s.count("GET /never") == before && ctx.Err() == nil {
				time.Sleep(10 * time.Millisecond)
			}
			kill(browser)
		}()
		_, err := browser.Visit(ctx, a+"/page", `await fetch("/never")`)
		if err == nil || !strings.Contains(err.Error(), "the browser ended") {
			t.Errorf("a visit of a killed browser: %v", err)
		}
		_, err = browser.Visit(ctx, a+"/page", `return 1`)
		if again := browser.Name() == "webkit"; again != (err == nil) { // there each visit has its own
			t.Errorf("the visit after that: %v", err)
		}
	})
	if left, err := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*")); err != nil || len(left) > 0 {
		t.Errorf("%q were left behind, %v", left, err)
	}
}

func TestStartSaysWhatToInstall(t *testing.T) {
	for _, test := range []struct{ browser, env, advice string }{
		{"chromium", "CHROMIUM", "apt-get install chromium"},
		{"firefox", "FIREFOX", "apt-get install firefox-esr"},
		{"webkit", "WEBKIT", "apt-get install libwebkit2gtk-4.1-0"},
	} {
		t.Setenv("PATH", t.TempDir())
		t.Setenv(test.env, "")
		if _, err := Start(t.Context(), test.browser, Options{}); err == nil || !strings.Contains(err.Error(), test.advice) {
			t.Errorf("%s missing: %v", test.browser, err)
		}
		t.Setenv(test.env, "/nowhere/to/be/found")
		if _, err := Start(t.Context(), test.browser, Options{}); err == nil || !strings.Contains(err.Error(), test.env+"=/nowhere/to/be/found") {
			t.Errorf("%s misnamed: %v", test.browser, err)
		}
	}
	if _, err := Start(t.Context(), "mosaic", Options{}); err == nil || !strings.Contains(err.Error(), "chromium, firefox") {
		t.Errorf("unknown browser: %v", err)
	}
}

// BenchmarkVisit says how long a visit with one fetch takes.
func BenchmarkVisit(b *testing.B) {
	s := httptest.NewServer(new(site))
	defer s.Close()
	for _, name := range Names() {
		b.Run(name, func(b *testing.B) {
			browser, err := Start(b.Context(), name, Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer browser.Close()
			for b.Loop() {
				if _, err := browser.Visit(b.Context(), s.URL+"/page", `return (await fetch("/x")).text()`); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
