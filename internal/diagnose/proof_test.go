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

// A proof shows a situation live, on loopback: the symptom, what the diagnosis
// says, and that the fetch succeeds once its fix is carried out.
type proof struct {
	situation int
	name      string
	profile   browser.Profile
	page      browser.PageOptions // zero: site
	request   browser.Request
	before    []browser.Request // made first, in the same browser
	answers   answers
	dead      bool // nothing listens

	cause string // a part of what the diagnosis says
	line  string // the first line of the fix; with "-" before it, a field to remove

	// fixed carries out a fix that is not the server's; the server's is
	// carried out by the lines of the diagnosis themselves.
	fixed func(p *proof)
	// then are the codes of the further problems that are told at once.
	then []string
}

// answers are what a server answers, by path, "OPTIONS " before it for
// preflights: lines of which the first may be a status.
type answers map[string][]string

const (
	site = "http://localhost:8000"
	api  = "http://localhost:9000"
)

// A world is where a proof takes place: names that lead to servers on loopback.
type world struct {
	mu      sync.Mutex
	answers answers
	mends   map[string][]mend
	asked   []string // what the server was asked

	plain, secure *httptest.Server
	transport     *http.Transport
}

func newWorld(t *testing.T, p *proof) *world {
	w := &world{answers: p.answers, mends: map[string][]mend{}}
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
			to := w.plain.Listener.Addr().String()
			switch {
			case p.dead:
				to = closed.Addr().String()
			case strings.HasSuffix(address, ":443"):
				to = w.secure.Listener.Addr().String()
			}
			return new(net.Dialer).DialContext(ctx, network, to)
		},
		// The certificate of httptest is for example.com.
		TLSClientConfig: &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "example.com"},
	}
	t.Cleanup(w.transport.CloseIdleConnections)
	return w
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

func answerOf(lines []string) browser.Answer {
	a := browser.Answer{Status: 200}
	for i, line := range lines {
		if code, ok := statusOf(line); ok && i == 0 {
			a.Status = code
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		a.Header = append(a.Header, browser.Field{Name: name, Value: strings.TrimSpace(value)})
	}
	return a
}

func statusOf(line string) (code int, ok bool) {
	if len(line) != 3 {
		return 0, false
	}
	for _, c := range line {
		code = code*10 + int(c-'0')
	}
	return code, true
}

// run makes the fetches of a proof and returns the last one's trace.
func (w *world) run(t *testing.T, p *proof) *browser.Trace {
	t.Helper()
	b := browser.New(browser.Options{Profile: p.profile, Transport: w.transport})
	page := p.page
	if page.URL == "" && !page.Opaque {
		page.URL = site + "/"
	}
	opened, err := b.OpenPage(page)
	if err != nil {
		t.Fatal(err)
	}
	var trace *browser.Trace
	for _, r := range append(slices.Clone(p.before), p.request) {
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
	proven := map[int]bool{}
	for _, p := range proofs {
		proven[p.situation] = true
		name := situationNumbered(p.situation).code
		if p.name != "" {
			name += "/" + p.name
		}
		t.Run(name, func(t *testing.T) { p.prove(t) })
	}
	for _, s := range situations {
		if !proven[s.number] {
			t.Errorf("situation %d (%s) has no proof", s.number, s.code)
		}
	}
}

func situationNumbered(n int) *situation {
	for _, s := range situations {
		if s.number == n {
			return s
		}
	}
	panic("no such situation")
}

func (p proof) prove(t *testing.T) {
	w := newWorld(t, &p)
	if p.profile == browser.Spec && p.situation != 28 {
		w.transport.TLSClientConfig.RootCAs.AddCert(w.secure.Certificate())
	}
	trace := w.run(t, &p)
	d := Of(trace, Options{})
	all := append(slices.Clone(d.Problems), d.Advice...)
	at := slices.IndexFunc(all, func(q Problem) bool { return q.Number == p.situation })
	if at < 0 || len(d.Problems) > 0 && at > 0 {
		t.Fatalf("diagnosed %v, want situation %d first; verdict %s: %s", codes(all), p.situation, trace.Verdict.Reason, trace.Verdict.Message)
	}
	found := all[at]
	if p.cause == "" || !strings.Contains(found.Cause, p.cause) {
		t.Errorf("the cause is\n%s\nwithout\n%s", found.Cause, p.cause)
	}
	if len(found.Fix.Lines) == 0 || found.Fix.Lines[0] != p.line {
		t.Errorf("the fix is %q, want first %q", found.Fix.Lines, p.line)
	}
	if len(found.Evidence) == 0 || found.Fix.Do == "" {
		t.Errorf("no evidence or fix: %+v", found)
	}
	if then := codes(d.Problems[min(1, len(d.Problems)):]); !slices.Equal(then, p.then) {
		t.Errorf("further problems %v, want %v", then, p.then)
	}
	if matching := matches(trace); len(matching) > 1 {
		t.Errorf("several situations match: %v", matching)
	}

	w.mend(trace, all)
	if p.fixed != nil {
		p.fixed(&p)
		w.mu.Lock()
		w.answers = p.answers
		w.mu.Unlock()
		if p.situation == 28 {
			w.transport.TLSClientConfig.RootCAs.AddCert(w.secure.Certificate())
		}
	}
	again := w.run(t, &p)
	want := browser.OutcomeAllowed
	if p.request.Initiator == browser.InitiatorElement {
		want = browser.OutcomeOpaque // which is what an element gets
	}
	if again.Verdict.Outcome != want {
		t.Errorf("with the fix: %s: %s", again.Verdict.Outcome, again.Verdict.Message)
	}
	left := Of(again, Options{})
	if slices.ContainsFunc(append(left.Problems, left.Advice...), func(q Problem) bool { return q.Number == p.situation }) {
		t.Errorf("with the fix the situation is still there")
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
