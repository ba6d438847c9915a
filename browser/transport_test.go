package browser_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

// secureServer serves over TLS at every name, in HTTP/2 if h2 is set.
func secureServer(t *testing.T, h2 bool, h http.HandlerFunc) *http.Transport {
	server := httptest.NewUnstartedServer(h)
	server.EnableHTTP2 = h2
	server.StartTLS()
	t.Cleanup(server.Close)
	transport := server.Client().Transport.(*http.Transport).Clone()
	transport.TLSClientConfig.InsecureSkipVerify = true // its certificate is for example.com only
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

func TestSecure(t *testing.T) {
	var mu sync.Mutex
	var seen http.Header
	var protocol, body string
	transport := secureServer(t, true, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		mu.Lock()
		seen, protocol, body = r.Header, r.Proto, string(b)
		mu.Unlock()
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Set-Cookie", "k=v; Secure; SameSite=None")
	})
	page := open(t, browser.New(browser.Options{Transport: transport}), browser.PageOptions{URL: "https://app.example.com/a?b#c"})
	tests := []struct {
		name, url string
		request   browser.Request
		want      map[string]string // "" means absent
	}{
		{"another site", "https://api.example.net/", credentialed(get()), map[string]string{
			"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty",
			"Referer": "https://app.example.com/", "Cookie": "", "Accept": "*/*"}},
		{"and again", "https://api.example.net/", credentialed(get()), map[string]string{"Cookie": "k=v"}},
		{"the same site", "https://api.example.com/", get(), map[string]string{"Sec-Fetch-Site": "same-site", "Referer": "https://app.example.com/"}},
		{"the same origin", "/x", withMode(get(), browser.ModeSameOrigin), map[string]string{
			"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "same-origin", "Referer": "https://app.example.com/a?b"}},
		{"an image", "https://api.example.net/", browser.Image("", browser.CrossOriginNone), map[string]string{
			"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Origin": "", "Cookie": "k=v",
			"Accept": "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"}},
		{"an image with crossorigin", "https://api.example.net/", browser.Image("", browser.CrossOriginAnonymous), map[string]string{
			"Sec-Fetch-Mode": "cors", "Origin": "https://app.example.com", "Cookie": ""}},
		{"a font", "https://api.example.net/", browser.Font(""), map[string]string{
			"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "font", "Origin": "https://app.example.com", "Cookie": ""}},
		{"an image over plain HTTP is upgraded", "http://api.example.net/", browser.Image("", browser.CrossOriginNone), map[string]string{"Sec-Fetch-Site": "cross-site"}},
		{"unsafe-url", "https://api.example.net/", withReferrer(get(), browser.ReferrerUnsafeURL), map[string]string{"Referer": "https://app.example.com/a?b"}},
		{"no-referrer", "https://api.example.net/", withReferrer(get(), browser.ReferrerNoReferrer), map[string]string{"Referer": ""}},
		{"a referrer", "/x", browser.Request{Referrer: "/other?q#f"}, map[string]string{"Referer": "https://app.example.com/other?q"}},
		{"a referrer to another site", "https://api.example.net/", browser.Request{Referrer: "/other?q"}, map[string]string{"Referer": "https://app.example.com/"}},
		{"a referrer under unsafe-url", "https://api.example.net/", browser.Request{Referrer: "/other?q", ReferrerPolicy: browser.ReferrerUnsafeURL},
			map[string]string{"Referer": "https://app.example.com/other?q"}},
		{"a referrer of another origin", "/x", browser.Request{Referrer: "https://api.example.net/other"}, map[string]string{"Referer": "https://app.example.com/a?b"}},
		{"about:client", "/x", browser.Request{Referrer: "about:client"}, map[string]string{"Referer": "https://app.example.com/a?b"}},
		{"no referrer", "/x", browser.Request{Referrer: browser.NoReferrer}, map[string]string{"Referer": ""}},
		{"an event source", "https://api.example.net/", browser.EventSource("", true), map[string]string{
			"Accept": "text/event-stream", "Cookie": "k=v", "Origin": "https://app.example.com", "Cache-Control": "no-cache"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.request
			r.URL = tt.url
			if _, err := page.Fetch(context.Background(), r); err != nil {
				t.Fatal(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if protocol != "HTTP/2.0" {
				t.Errorf("it went out as %s", protocol)
			}
			for name, want := range tt.want {
				if got := seen.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
	t.Run("a streamed body", func(t *testing.T) {
		r := browser.Request{Method: "POST", URL: "/x", Stream: strings.NewReader("streamed")}
		if _, err := page.Fetch(context.Background(), r); err != nil || body != "streamed" {
			t.Errorf("the server read %q, error %v", body, err)
		}
	})
}

func TestStreamIsNotSentAgain(t *testing.T) {
	for status, want := range map[int]string{307: "redirect.body-not-replayable", 303: "basic 200"} {
		transport := secureServer(t, true, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			if r.URL.Path == "/" {
				w.Header().Set("Location", "/next")
				w.WriteHeader(status)
			}
		})
		page := open(t, browser.New(browser.Options{Transport: transport}), browser.PageOptions{URL: "https://app.example.com/"})
		response, err := page.Fetch(context.Background(), browser.Request{Method: "POST", URL: "/", Stream: strings.NewReader("x")})
		if got := ended(response, err); got != want {
			t.Errorf("%d ends with %s, want %s", status, got, want)
		}
	}
}

func TestStreamNeedsHTTP2(t *testing.T) {
	transport := secureServer(t, false, func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	page := open(t, browser.New(browser.Options{Transport: transport}), browser.PageOptions{URL: "https://app.example.com/"})
	_, err := page.Fetch(context.Background(), browser.Request{Method: "POST", URL: "/", Stream: strings.NewReader("x")})
	if got := ended(nil, err); got != "network.stream-http1" {
		t.Errorf("it ends with %s", got)
	}
}

func TestWebSocket(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") != "https://app.localhost" || r.Header.Get("Upgrade") != "websocket" || r.Header.Get("Sec-WebSocket-Version") != "13" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		accept := base64.StdEncoding.EncodeToString(sum[:])
		if r.URL.Path == "/parrot" {
			accept = r.Header.Get("Sec-WebSocket-Key")
		}
		fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept)
	}))
	defer server.Close()
	b := browser.New(browser.Options{})
	defer b.Close()
	url := "ws" + strings.TrimPrefix(server.URL, "http")
	for _, tt := range []struct{ page, url, want string }{
		{"https://app.localhost/", url, "basic 101"},
		{"https://app.localhost/", url + "/parrot", "websocket.refused"},
		{"https://evil.localhost/", url, "websocket.refused"},
		{"https://app.localhost/", "ftp://x/", "url.invalid"},
		{"https://app.localhost/", "ws://192.0.2.1/", "mixed-content"},
		{"https://app.localhost/", "ws://localhost:25/", "port.blocked"},
	} {
		response, err := open(t, b, browser.PageOptions{URL: tt.page}).Fetch(context.Background(), browser.WebSocket(tt.url))
		if got := ended(response, err); got != tt.want {
			t.Errorf("%s from %s ends with %s, want %s", tt.url, tt.page, got, tt.want)
		}
		served := 0
		if strings.HasPrefix(tt.url, url) {
			served = 1
		}
		checkTrace(t, response, err, served)
	}
}

// TestEventSource: the fetch ends though the stream does not.
func TestEventSource(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "text/event-stream")
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	b := browser.New(browser.Options{})
	defer b.Close()
	response, err := open(t, b, browser.PageOptions{}).Fetch(context.Background(), browser.EventSource(server.URL, false))
	if err != nil || response.Type != browser.ResponseCORS {
		t.Errorf("%+v, %v", response, err)
	}
}

func TestTimingAllowed(t *testing.T) {
	tests := []struct {
		name, host string
		answer     []string
		want       bool
	}{
		{"none", hostB, all, false},
		{"*", hostB, append(all, "Timing-Allow-Origin: *"), true},
		{"the origin in a list", hostB, append(all, "Timing-Allow-Origin: http://x, "+pageA), true},
		{"another", hostB, append(all, "Timing-Allow-Origin: http://a.test"), false},
		{"the page's own", hostA, nil, true},
		{"failed on the way", hostB, to("302", at(hostB, append(all, "Timing-Allow-Origin: *")...)), false},
	}
	for _, tt := range tests {
		t.Run("R-52 "+tt.name, func(t *testing.T) {
			page := open(t, browser.New(browser.Options{Transport: newScripted(t).transport}), browser.PageOptions{})
			response, err := page.Fetch(context.Background(), browser.Request{URL: at(tt.host, tt.answer...)})
			if err != nil {
				t.Fatal(err)
			}
			if response.TimingAllowed != tt.want {
				t.Errorf("timing allowed: %v", response.TimingAllowed)
			}
		})
	}
}

// TestNetworkErrors: what goes wrong on the network is told as a person would.
func TestNetworkErrors(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	hangsUp := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer hangsUp.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer plain.Close()
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it will complain of our distrust
	secure.StartTLS()
	defer secure.Close()
	tests := []struct {
		name, url, want string
		sent            bool
	}{
		{"refused", "http://" + closed.Addr().String(), "Nothing listens at " + closed.Addr().String() + ": the connection was refused.", false},
		{"hangs up", hangsUp.URL, "closed the connection without a complete answer.", true},
		{"no TLS", "https" + strings.TrimPrefix(plain.URL, "http"), "does not speak TLS; write http:// if that is meant.", false},
		{"unknown authority", secure.URL, "is signed by an authority that is not trusted (TLS).", false},
	}
	b := browser.New(browser.Options{})
	defer b.Close()
	page := open(t, b, browser.PageOptions{URL: "http://localhost:1/"})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := page.Fetch(context.Background(), browser.Request{URL: tt.url})
			var e *browser.Error
			if !errors.As(err, &e) || e.Kind != browser.KindNetwork || e.Err == nil {
				t.Fatalf("error %#v", err)
			}
			if !strings.Contains(e.Trace.Verdict.Message, tt.want) || e.Sent != tt.sent {
				t.Errorf("sent %v: %s", e.Sent, e.Trace.Verdict.Message)
			}
		})
	}
}

// TestDeadlines: a fetch whose response does not come ends by its deadline.
func TestDeadlines(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	tests := []struct {
		name    string
		options browser.Options
		ctx     context.Context
		cause   error
	}{
		{"the browser's timeout", browser.Options{Timeout: 20 * time.Millisecond}, context.Background(), context.DeadlineExceeded},
		{"a cancelled context", browser.Options{}, cancelled, context.Canceled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := browser.New(tt.options)
			defer b.Close()
			_, err := open(t, b, browser.PageOptions{}).Fetch(tt.ctx, browser.Request{URL: silent.URL})
			var e *browser.Error
			if !errors.As(err, &e) || e.Reason != browser.ReasonNetworkFailed || e.Kind != browser.KindNetwork || !errors.Is(err, tt.cause) {
				t.Fatalf("error %v", err)
			}
		})
	}
}

// TestBrokenBodies: the headers decide. A body that does not come to its end
// leaves the response as it is, says why, and takes no more memory than it may;
// a response that fails the CORS check is blocked, whatever its body does.
func TestBrokenBodies(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("allowed") {
			w.Header().Set("Access-Control-Allow-Origin", "*")
		}
		if r.URL.Query().Has("cacheable") {
			w.Header().Set("Cache-Control", "max-age=60")
		}
		switch r.URL.Path {
		case "/four": // as long as the smallest limit below
			io.WriteString(w, "four")
		case "/half":
			w.Header().Set("Content-Length", "10")
			io.WriteString(w, "half")
		case "/stalls":
			io.WriteString(w, "half")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 1<<16)); err != nil {
					return
				}
			}
		}
	}))
	defer server.Close()
	const short = 200 * time.Millisecond
	tests := []struct {
		path    string
		options browser.Options
		length  int
		want    error
	}{
		{"/four", browser.Options{MaxBody: 4}, 4, nil},
		{"/four", browser.Options{MaxBody: math.MaxInt64}, 4, nil},
		{"/four", browser.Options{MaxBody: 3}, 3, browser.ErrBodyTooLarge},
		{"/half", browser.Options{}, 4, io.ErrUnexpectedEOF},
		{"/half", browser.Options{MaxBody: 4}, 4, io.ErrUnexpectedEOF},
		{"/stalls", browser.Options{Timeout: short}, 4, context.DeadlineExceeded},
		{"/stalls", browser.Options{Timeout: short, MaxBody: 4}, 4, context.DeadlineExceeded},
		{"/endless", browser.Options{MaxBody: 1 << 20}, 1 << 20, browser.ErrBodyTooLarge},
		{"/endless", browser.Options{MaxBody: 2 << 20}, 2 << 20, browser.ErrBodyTooLarge}, // more than is cached
	}
	for _, tt := range tests {
		for _, cacheable := range []string{"", "&cacheable"} {
			t.Run(fmt.Sprintf("%s%s %d", tt.path, cacheable, tt.options.MaxBody), func(t *testing.T) {
				b := browser.New(tt.options)
				defer b.Close()
				page := open(t, b, browser.PageOptions{})
				response, err := page.Fetch(context.Background(), browser.Request{URL: server.URL + tt.path + "?allowed" + cacheable})
				if err != nil {
					t.Fatal(err)
				}
				if !errors.Is(response.BodyError, tt.want) || len(response.Body) != tt.length {
					t.Errorf("%d bytes, then %v; want %d, then %v", len(response.Body), response.BodyError, tt.length, tt.want)
				}
				verdict := response.Trace.Verdict
				if verdict.Outcome != browser.OutcomeAllowed || strings.Contains(verdict.Message, "though not to its end") != (tt.want != nil) {
					t.Errorf("the verdict is %+v", verdict)
				}
				_, err = page.Fetch(context.Background(), browser.Request{URL: server.URL + tt.path + "?" + cacheable})
				if got := ended(nil, err); got != "acao.missing" {
					t.Errorf("without CORS it ends with %s", got)
				}
			})
		}
	}
}

// TestConcurrency: a page's script runs many fetches at once.
func TestConcurrency(t *testing.T) {
	server := newScripted(t)
	b := browser.New(browser.Options{Transport: server.transport})
	page := open(t, b, browser.PageOptions{})
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			r := credentialed(put)
			r.URL = scriptedURL(hostB, fmt.Sprint(i%4), lines(append(mineTo, "204", "Access-Control-Allow-Methods: PUT")),
				lines(append(mineTo, "Set-Cookie: k=v", "Cache-Control: max-age=60")))
			if i%2 == 0 {
				r.Method = "GET"
			}
			if _, err := page.Fetch(context.Background(), r); err != nil {
				t.Error(err)
			}
			page.CreateObjectURL("text/plain", nil)
		})
	}
	wg.Wait()
}

// TestNothingLeftBehind: when the fetches are over and the connections closed,
// so are their goroutines.
func TestNothingLeftBehind(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/blocked" {
			w.Header().Set("Access-Control-Allow-Origin", "*")
		}
		if r.URL.Path == "/redirect" {
			w.Header().Set("Location", "/")
			w.WriteHeader(http.StatusFound)
		}
		io.WriteString(w, strings.Repeat("x", 1<<16))
	}))
	defer server.Close()
	before := runtime.NumGoroutine()
	b := browser.New(browser.Options{MaxBody: 1 << 10})
	page := open(t, b, browser.PageOptions{})
	for _, path := range []string{"/", "/blocked", "/redirect"} {
		for _, mode := range []browser.Mode{browser.ModeCORS, browser.ModeNoCORS} {
			page.Fetch(context.Background(), browser.Request{URL: server.URL + path, Mode: mode})
		}
	}
	b.Close()
	server.CloseClientConnections()
	for range 3000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

// TestAskedAgain: which answers make a browser send a request again, and which
// answer then stands.
func TestAskedAgain(t *testing.T) {
	ten := slices.Repeat([]int{408}, 10)
	tests := []struct {
		name     string
		h2       bool
		statuses []int             // of the answers; the last one is given to all that follow
		sent     map[string]int    // how many requests each profile sends, and else "spec"
		ended    map[string]string // likewise; and else the last status that is needed
	}{
		{"misdirected", false, []int{421, 200}, map[string]int{"spec": 2}, map[string]string{"spec": "200"}},
		{"misdirected over HTTP/2", true, []int{421, 200}, map[string]int{"spec": 2}, map[string]string{"spec": "200"}},
		{"misdirected twice", false, []int{421, 421, 200}, map[string]int{"spec": 2}, map[string]string{"spec": "421"}},
		{"timeout", false, []int{408, 200}, map[string]int{"spec": 1, "chromium": 2}, map[string]string{"spec": "408", "chromium": "200"}},
		{"timeout twice", false, []int{408, 408, 200}, map[string]int{"spec": 1, "chromium": 2}, map[string]string{"spec": "408"}},
		{"timeout over HTTP/2", true, []int{408, 408, 200}, map[string]int{"spec": 1, "firefox": 3}, map[string]string{"spec": "408", "firefox": "200"}},
		{"timeouts over HTTP/2", true, append(ten, 200), map[string]int{"spec": 1, "firefox": 10}, map[string]string{"spec": "408", "firefox": "network.failed"}},
		{"timeout, then misdirected", false, []int{408, 421, 408, 200}, map[string]int{"spec": 1, "chromium": 3}, map[string]string{"spec": "408"}},
		{"misdirected, then timeout", false, []int{421, 408, 200}, map[string]int{"spec": 2}, map[string]string{"spec": "408"}},
	}
	for _, tt := range tests {
		for _, profile := range []browser.Profile{browser.Spec, browser.Chromium, browser.Firefox, browser.WebKit} {
			var sent atomic.Int64
			transport := secureServer(t, tt.h2, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/first" {
					w.WriteHeader(tt.statuses[min(int(sent.Add(1)), len(tt.statuses))-1])
				}
			})
			page := open(t, browser.New(browser.Options{Profile: profile, Transport: transport}), browser.PageOptions{URL: "https://app.example.com/"})
			for _, path := range []string{"/first", "/"} { // the first, so that the connection has served
				response, err := page.Fetch(context.Background(), browser.Request{URL: path})
				end := ended(response, err)
				if path == "/first" {
					continue
				}
				if want := orSpec(tt.sent, profile); sent.Load() != int64(want) {
					t.Errorf("%s: %s sends %d requests, want %d", tt.name, profile, sent.Load(), want)
				}
				if err == nil {
					end = strconv.Itoa(response.Status)
				}
				if want := orSpec(tt.ended, profile); end != want {
					t.Errorf("%s: in %s it ends with %s, want %s", tt.name, profile, end, want)
				}
			}
		}
	}
}

// orSpec is what a map has for a profile, or else for Spec.
func orSpec[T any](m map[string]T, p browser.Profile) T {
	if v, ok := m[p.String()]; ok {
		return v
	}
	return m["spec"]
}
