package gateway

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// say sends bytes and returns what comes until the connection is closed.
func say(t *testing.T, url, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, request)
	conn.SetReadDeadline(time.Now().Add(patience))
	all, err := io.ReadAll(conn)
	if err != nil && isTimeout(err) {
		t.Fatalf("%q: the connection stays open after %q", request, all)
	}
	return string(all)
}

// answering is an upstream that reads requests as net/http does, and answers each
// with bytes, the same for all, on a connection that it closes then.
func answering(t *testing.T, answer string) (url string) {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	go func() {
		for {
			conn, err := socket.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					io.WriteString(conn, answer)
				}
			}()
		}
	}()
	return "http://" + socket.Addr().String()
}

// TestSmuggling sends what two servers may read in two ways. The upstream gets
// what the gateway read, written anew, or nothing.
func TestSmuggling(t *testing.T) {
	seen := new(lockedBuffer)
	g := start(t, api, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(seen, "%s %s %s|", r.Method, r.URL.Path, body)
	})
	const head = " HTTP/1.1\r\nHost: localhost\r\nOrigin: " + siteOrigin + "\r\nConnection: close\r\n"
	before := 0
	for _, test := range []struct {
		request string
		status  string
		seen    string
	}{
		{"POST /a" + head + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled" + head + "\r\n", "200", "POST /a |"},
		{"POST /a" + head + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "400", ""},
		{"POST /a" + head + "Content-Length: +3\r\n\r\nabc", "400", ""},
		{"POST /a" + head + "Content-Length: 3, 3\r\n\r\nabc", "400", ""},
		{"POST /a" + head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "501", ""},
		{"POST /a" + head + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400", ""},
		{"POST /a" + head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "501", ""},
		{"POST /a" + head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", "501", ""},
		{"POST /a HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "200", "POST /a |"},
		{"GET /a" + head + "X: a\rb\r\n\r\n", "400", ""},
		{"GET /a" + head + "X y: a\r\n\r\n", "400", ""},
		{"GET /a" + head + "Host: localhost\r\n\r\n", "400", ""},
		{"GET /\x01" + head + "\r\n", "400", ""},
		{"GET *" + head + "\r\n", "400", ""},
		{"GET a" + head + "\r\n", "400", ""},
		{"GET /a%0d%0aX:1" + head + "\r\n", "200", "GET /a\r\nX:1 |"},
		{"GET /a" + head + "Expect: more\r\n\r\n", "417", ""},
	} {
		answer := say(t, g.url, test.request)
		if !strings.HasPrefix(answer, "HTTP/1.1 "+test.status) && !strings.HasPrefix(answer, "HTTP/1.0 "+test.status) || strings.Count(answer, "HTTP/1.") != 1 {
			t.Errorf("%q: want one answer with %s, got\n%s", test.request, test.status, answer)
		}
		all := seen.String()
		if got := all[before:]; got != test.seen {
			t.Errorf("%q: the upstream got %q, want %q", test.request, got, test.seen)
		}
		before = len(all)
	}
}

// TestHopByHop: what a client or an upstream says is for one hop only takes
// neither the policy's headers away nor ours from the upstream.
func TestHopByHop(t *testing.T) {
	g := startAt(t, strings.ReplaceAll(api, "$UPSTREAM", answering(t, "HTTP/1.1 200 OK\r\nConnection: Access-Control-Allow-Origin, Vary, X-Count\r\nX-Count: 7\r\nContent-Length: 0\r\n\r\n")))
	response := get(t, g.url+"/", "Origin", siteOrigin, "Connection", "Origin, Access-Control-Allow-Origin, X-Forwarded-For")
	if response.Header.Get("Access-Control-Allow-Origin") != siteOrigin || response.Header.Get("Vary") != "Origin" || response.Header.Get("X-Count") != "" {
		t.Errorf("the header is %v", response.Header)
	}
	if response := do(t, http.DefaultClient, "OPTIONS", g.url+"/", nil, "Origin", siteOrigin, "Access-Control-Request-Method", "PUT", "Connection", "Access-Control-Request-Method"); response.StatusCode != 204 {
		t.Errorf("a preflight gets the status %d", response.StatusCode)
	}
}

// TestUpstreamMalformed has upstreams that answer what is no HTTP, or a strange one.
func TestUpstreamMalformed(t *testing.T) {
	const bodyless = "Content-Length: 0\r\n\r\n"
	for _, test := range []struct {
		answer string
		status string
		never  string // in any letter case
	}{
		{"HTTP/1.1 099 Odd\r\n" + bodyless, "502", "099"},
		{"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", "502", "upgrade"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "502", "ab\r\n"},
		{"HTTP/1.1 200 OK\r\nX: a\rAccess-Control-Allow-Origin: *\r\n" + bodyless, "502", "origin: *"},
		{"HTTP/1.1 200 OK\r\nX: a\nAccess-Control-Allow-Origin: *\r\n" + bodyless, "200", "origin: *"},
		{"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin : *\r\n" + bodyless, "200", "origin : *"},
		{"HTTP/1.1 200 OK\r\naCCESS-cONTROL-aLLOW-oRIGIN: *\r\n" + bodyless, "200", "origin: *"},
		{"HTTP/1.1 200 OK\r\nLarge: " + strings.Repeat("a", 300<<10) + "\r\n\r\n", "502", "large"},
		{"HTTP/1.1 102 Processing\r\nAccess-Control-Allow-Origin: *\r\n\r\nHTTP/1.1 200 OK\r\n" + bodyless, "200", "origin: *"},
		{strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 1000) + "HTTP/1.1 200 OK\r\n" + bodyless, "200", "502"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nAccess-Control-Allow-Origin: *\r\nX-Sum: 1\r\n\r\n", "200", "origin: *"},
		{"HTTP/1.1 200 OK\r\nTrailer: Access-Control-Allow-Origin\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nAccess-Control-Allow-Origin: *\r\n\r\n", "200", "origin: *"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "200", "content-type"}, // none is guessed
		{"HTTP/1.1 304 Not Modified\r\nAccess-Control-Allow-Origin: *\r\n\r\n", "304", "origin: *"},
	} {
		g := startAt(t, strings.ReplaceAll(api, "$UPSTREAM", answering(t, test.answer)))
		got := say(t, g.url, "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: "+siteOrigin+"\r\nConnection: close\r\n\r\n")
		for strings.HasPrefix(got, "HTTP/1.1 10") { // informational
			_, got, _ = strings.Cut(got, "\r\n\r\n")
		}
		if !strings.HasPrefix(got, "HTTP/1.1 "+test.status+" ") || strings.Count(got, "\nAccess-Control-Allow-Origin: "+siteOrigin+"\r\n") != 1 {
			t.Errorf("%.80q: want %s with our Access-Control-Allow-Origin, got\n%.2000s", test.answer, test.status, got)
		}
		if strings.Contains(strings.ToLower(got), test.never) {
			t.Errorf("%.80q: %q comes through:\n%.2000s", test.answer, test.never, got)
		}
	}
}

// TestLoop has an upstream that leads back to the gateway, past another proxy.
func TestLoop(t *testing.T) {
	var back string
	g := start(t, api, func(w http.ResponseWriter, r *http.Request) {
		again, err := http.NewRequestWithContext(r.Context(), "GET", back, nil)
		if err != nil {
			t.Error(err)
			return
		}
		again.Header["Via"] = append(r.Header["Via"], "1.1 another")
		response, err := http.DefaultClient.Do(again)
		if err != nil {
			t.Error(err)
			return
		}
		defer response.Body.Close()
		w.WriteHeader(response.StatusCode)
	})
	back = g.url + "/"
	if response := get(t, g.url+"/", "Via", "1.0 before"); response.StatusCode != http.StatusLoopDetected {
		t.Errorf("status %d, want 508", response.StatusCode)
	}
	if got := g.metric(t, `cors_gateway_responses_total{code="508",route="/"}`); got != "2" {
		t.Errorf("%s responses with 508, want 2: the loop's, and the one passed on", got)
	}
}

// http2Only is a client that speaks nothing else, without TLS.
func http2Only(t *testing.T) *http.Transport {
	transport := &http.Transport{Protocols: protocol(func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) })}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// TestHTTP2Reader: who takes nothing is cut off on HTTP/2 too, though the
// connection as such goes on.
func TestHTTP2Reader(t *testing.T) {
	g := start(t, api+"timeouts: {stall: 500ms}\n", func(w http.ResponseWriter, r *http.Request) {
		for r.URL.Path == "/large" {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	})
	transport := http2Only(t)
	response, err := transport.RoundTrip(request(t, g.url+"/large"))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the stream is reset", func() bool { return g.inFlight.Load() == 0 })
	if _, err := io.Copy(io.Discard, response.Body); err == nil {
		t.Error("the stream ended as if it were whole")
	}
}

// TestHTTP2Resets: a client that takes its requests back at once leaves nothing
// behind (CVE-2023-44487).
func TestHTTP2Resets(t *testing.T) {
	g := start(t, api, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-r.Context().Done()
		}
	})
	transport := http2Only(t)
	for range 2000 {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Microsecond, cancel)
		if response, err := transport.RoundTrip(request(t, g.url+"/slow").WithContext(ctx)); err == nil {
			response.Body.Close()
		}
	}
	eventually(t, "all are gone", func() bool { return g.inFlight.Load() == 0 })
	if response := do(t, &http.Client{Transport: transport}, "GET", g.url+"/", nil); response.StatusCode != 200 {
		t.Errorf("after that: status %d", response.StatusCode)
	}
}
