package diagnose

import (
	"context"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"crossorigin.dev/browser"
)

// A world is where a proof takes place: names that lead to servers on loopback.
type world struct {
	mu      sync.Mutex
	answers answers
	dead    bool // nothing listens
	mends   map[string][]mend
	asked   []string // what the server was asked

	plain, secure *httptest.Server
	transport     *http.Transport
}

func newWorld(t *testing.T) *world {
	w := &world{mends: map[string][]mend{}}
	w.plain = httptest.NewServer(w)
	w.secure = httptest.NewUnstartedServer(w)
	w.secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	w.secure.StartTLS()
	t.Cleanup(w.plain.Close)
	t.Cleanup(w.secure.Close)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	w.transport = &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			w.mu.Lock()
			dead := w.dead
			w.mu.Unlock()
			to := w.plain.Listener.Addr().String()
			switch {
			case dead:
				to = closed.Addr().String()
			case strings.HasSuffix(address, ":443"):
				to = w.secure.Listener.Addr().String()
			}
			return new(net.Dialer).DialContext(ctx, network, to)
		},
		// The certificate of httptest is for example.com.
		TLSClientConfig: &tls.Config{ServerName: "example.com"},
	}
	t.Cleanup(w.transport.CloseIdleConnections)
	return w
}

// become makes the world what a setting says.
func (w *world) become(s setting) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers, w.dead = s.answers, s.network == nothingListens
	roots := x509.NewCertPool()
	if s.network != notTrusted {
		roots.AddCert(w.secure.Certificate())
	}
	w.transport.TLSClientConfig.RootCAs = roots
}

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	key := r.URL.Path
	if r.Method == "OPTIONS" && r.Header.Get("Access-Control-Request-Method") != "" {
		key = "OPTIONS " + key
	}
	w.mu.Lock()
	w.asked = append(w.asked, key)
	lines, mends := w.answers[key], w.mends[key]
	w.mu.Unlock()
	if len(lines) == 1 && lines[0] == "websocket" {
		shakeHands(rw, r)
		return
	}
	a := answerOf(lines)
	for _, m := range mends {
		a = m.applyTo(a)
	}
	for _, f := range a.Header {
		if f.Value == "$ORIGIN" {
			f.Value = r.Header.Get("Origin")
			if f.Value == "" {
				continue
			}
		}
		rw.Header().Add(f.Name, f.Value)
	}
	rw.WriteHeader(a.Status)
}

// shakeHands accepts a WebSocket, https://www.rfc-editor.org/rfc/rfc6455#section-1.3
func shakeHands(rw http.ResponseWriter, r *http.Request) {
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]))
}

// traceOf makes the fetches of a setting in a world of its own and returns the
// last one's trace.
func traceOf(t *testing.T, s setting) *browser.Trace {
	t.Helper()
	return newWorld(t).run(t, s)
}

// run makes the fetches of a setting and returns the last one's trace.
func (w *world) run(t *testing.T, s setting) *browser.Trace {
	t.Helper()
	w.become(s)
	b := browser.New(browser.Options{Profile: s.profile, Transport: w.transport})
	page := s.page
	if page.URL == "" && !page.Opaque {
		page.URL = site + "/"
	}
	opened, err := b.OpenPage(page)
	if err != nil {
		t.Fatal(err)
	}
	var trace *browser.Trace
	for _, r := range append(slices.Clone(s.before), s.request) {
		trace = browser.TraceOf(opened.Fetch(context.Background(), r))
	}
	return trace
}

// mend lets the server do what a diagnosis says.
func (w *world) mend(t *browser.Trace, problems []Problem) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range t.Steps {
		if s.Exchange == nil {
			continue
		}
		_, path, _ := strings.Cut(strings.TrimPrefix(s.Exchange.URL, "http"), "://")
		path = path[strings.IndexByte(path, '/'):]
		path, _, _ = strings.Cut(path, "?")
		if s.Exchange.Preflight {
			path = "OPTIONS " + path
		}
		for _, p := range problems {
			for _, m := range p.mends {
				if m.hop == s.Hop && m.preflight == s.Exchange.Preflight {
					w.mends[path] = append(w.mends[path], m)
				}
			}
		}
	}
}

func TestProofs(t *testing.T) {
	proven := map[string]bool{}
	for _, p := range readProofs(t) {
		proven[p.code] = proven[p.code] || p.variant == ""
		t.Run(strings.Trim(p.code+"."+p.variant, "."), p.prove)
	}
	for _, s := range situations {
		if !proven[s.code] {
			t.Errorf("situation %d has no testdata/situations/%s.txtar", s.number, s.code)
		}
	}
}

func (p proof) prove(t *testing.T) {
	w := newWorld(t)
	trace := w.run(t, p.setting)
	d := Of(trace, Options{})
	all := append(slices.Clone(d.Problems), d.Advice...)
	at := slices.IndexFunc(all, func(q Problem) bool { return q.Code == p.code })
	if at < 0 || len(d.Problems) > 0 && at > 0 {
		t.Fatalf("diagnosed %v, want %s first; verdict %s: %s", codes(all), p.code, trace.Verdict.Reason, trace.Verdict.Message)
	}
	p.compare(t, all[at])
	if then := codes(d.Problems[min(1, len(d.Problems)):]); !slices.Equal(then, p.then) {
		t.Errorf("further problems %v, want %v", then, p.then)
	}
	if matching := matches(trace); len(matching) > 1 {
		t.Errorf("several situations match: %v", matching)
	}

	mended := p.setting
	if p.mended != nil {
		mended = *p.mended
	} else {
		w.mend(trace, all)
	}
	again := w.run(t, mended)
	want := browser.OutcomeAllowed
	if p.request.Initiator == browser.InitiatorElement {
		want = browser.OutcomeOpaque // which is what an element gets
	}
	if again.Verdict.Outcome != want {
		t.Errorf("with the fix: %s: %s", again.Verdict.Outcome, again.Verdict.Message)
	}
	left := Of(again, Options{})
	if slices.Contains(codes(append(left.Problems, left.Advice...)), p.code) {
		t.Errorf("with the fix the situation is still there")
	}
}

// compare holds what was found to what the file says.
func (p proof) compare(t *testing.T, found Problem) {
	if !strings.Contains(found.Cause, p.cause) {
		t.Errorf("the cause is\n%s\nwithout\n%s", found.Cause, p.cause)
	}
	if len(found.Fix.Lines) == 0 || found.Fix.Lines[0] != p.line {
		t.Errorf("the fix is %q, want first %q", found.Fix.Lines, p.line)
	}
	if len(found.Evidence) == 0 || found.Fix.Do == "" {
		t.Errorf("no evidence or fix: %+v", found)
	}
}

func codes(problems []Problem) []string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Code)
	}
	return all
}

// matches returns the codes of all situations that claim to be what a fetch
// ended in.
func matches(t *browser.Trace) []string {
	var all []string
	f := factsOf(t)
	for _, s := range situations {
		if s.match != nil && s.match(f) {
			all = append(all, s.code)
		}
	}
	return all
}
