package gateway

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestServerSentEvents: the next event is sent only when the last one has been
// read, so whoever waits for more never gets any.
func TestServerSentEvents(t *testing.T) {
	for _, contentType := range []string{"text/event-stream", "text/event-stream; charset=utf-8", "application/x-ndjson"} {
		read := make(chan struct{})
		g := start(t, api, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", contentType)
			for i := range 3 {
				fmt.Fprintf(w, "data: %d\n\n", i)
				http.NewResponseController(w).Flush()
				receive(t, read, "reading the event")
			}
		})
		request, err := http.NewRequestWithContext(t.Context(), "GET", g.url+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Origin", siteOrigin)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(response.Body)
		for i := range 3 {
			if !lines.Scan() || lines.Text() != fmt.Sprintf("data: %d", i) || !lines.Scan() {
				t.Fatalf("%s: %q, %v", contentType, lines.Text(), lines.Err())
			}
			read <- struct{}{}
		}
		response.Body.Close()
		if response.Header.Get("Access-Control-Allow-Origin") != siteOrigin {
			t.Errorf("%s: no page could read it: %v", contentType, response.Header)
		}
	}
}

// TestHeaderComesFirst: a client waits for the header, and the upstream has it
// wait for the body.
func TestHeaderComesFirst(t *testing.T) {
	opened := make(chan struct{})
	g := start(t, api, func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).Flush()
		receive(t, opened, "opening the stream")
		io.WriteString(w, "data")
	})
	response, err := http.Get(g.url + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	close(opened)
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != "data" {
		t.Errorf("the body is %q, %v", body, err)
	}
}

// TestUploadStreams: the client sends the second part only when the upstream has
// the first.
func TestUploadStreams(t *testing.T) {
	read := make(chan string)
	g := start(t, api, func(w http.ResponseWriter, r *http.Request) {
		part := make([]byte, 5)
		for {
			if _, err := io.ReadFull(r.Body, part); err != nil {
				return
			}
			read <- string(part)
		}
	})
	body, write := io.Pipe()
	go func() {
		for _, part := range []string{"first", "other"} {
			io.WriteString(write, part)
			if got := receive(t, read, "the upstream reads"); got != part {
				t.Errorf("the upstream reads %q, want %q", got, part)
			}
		}
		write.Close()
	}()
	if response := do(t, http.DefaultClient, "POST", g.url+"/", body); response.StatusCode != 200 {
		t.Errorf("status %d", response.StatusCode)
	}
}

// TestClientLeaves: the upstream learns that nobody waits for it any more.
func TestClientLeaves(t *testing.T) {
	arrived, left := make(chan struct{}), make(chan struct{})
	g := start(t, api, func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
		close(left)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		request, _ := http.NewRequestWithContext(ctx, "GET", g.url+"/", nil)
		if response, err := http.DefaultClient.Do(request); err == nil {
			response.Body.Close()
		}
	}()
	receive(t, arrived, "the request")
	cancel()
	receive(t, left, "the upstream is told")
}

// TestUpstreamBreaksOff: half a response is no whole one.
func TestUpstreamBreaksOff(t *testing.T) {
	g := start(t, api, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "half")
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	response, err := http.Get(g.url)
	if err != nil {
		return // it broke off before there was a header
	}
	defer response.Body.Close()
	if _, err := io.ReadAll(response.Body); err == nil {
		t.Error("the client takes half a response for a whole one")
	}
}

func protocol(set func(*http.Protocols)) *http.Protocols {
	p := new(http.Protocols)
	set(p)
	return p
}

// TestProtocols goes through the gateway with every protocol on either side, with
// trailers all the way.
func TestProtocols(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		w.Header().Set("X-Upstream", r.Proto)
		io.Copy(w, r.Body)
		w.Header().Set("X-Sum", r.Trailer.Get("X-Client-Sum"))
		w.Header().Set(http.TrailerPrefix+"X-Late", "late")
	})
	h1 := protocol(func(p *http.Protocols) { p.SetHTTP1(true) })
	h2 := protocol(func(p *http.Protocols) { p.SetHTTP2(true) })
	h2c := protocol(func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) })

	plain := httptest.NewServer(handler)
	defer plain.Close()
	overTCP := httptest.NewUnstartedServer(handler)
	overTCP.Config.Protocols = h2c
	overTCP.Start()
	defer overTCP.Close()
	encrypted := httptest.NewUnstartedServer(handler)
	encrypted.EnableHTTP2 = true
	encrypted.StartTLS()
	defer encrypted.Close()
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	writePEM(t, ca, "CERTIFICATE", encrypted.Certificate().Raw)
	writeCertificate(t, dir, 1)

	g := startAt(t, fmt.Sprintf(`
listeners:
  - {address: 'localhost:0'}
  - {address: 'localhost:0', tls: {certificate: '%[1]s/cert.pem', key: '%[1]s/key.pem'}}
upstreams:
  h1: %[2]s
  h2c: h2c://%[3]s
  h2: {url: '%[4]s', certificateAuthority: '%[5]s'}
policies: {site: {origins: [https://app.example.com]}}
routes:
  - {match: /h1, upstream: h1, policy: site}
  - {match: /h2c, upstream: h2c, policy: site}
  - {match: /h2, upstream: h2, policy: site}
`, dir, plain.URL, strings.TrimPrefix(overTCP.URL, "http://"), encrypted.URL, ca))
	roots := x509.NewCertPool()
	pemBytes, err := os.ReadFile(filepath.Join(dir, "cert.pem"))
	if err != nil || !roots.AppendCertsFromPEM(pemBytes) {
		t.Fatal(err)
	}
	for _, client := range []struct {
		name, url string
		protocols *http.Protocols
		proto     string
	}{
		{"HTTP/1.1", g.URLs()[0], h1, "HTTP/1.1"},
		{"HTTP/2 without TLS", g.URLs()[0], h2c, "HTTP/2.0"},
		{"HTTP/1.1 with TLS", g.URLs()[1], h1, "HTTP/1.1"},
		{"HTTP/2 with TLS", g.URLs()[1], h2, "HTTP/2.0"},
	} {
		transport := &http.Transport{Protocols: client.protocols, TLSClientConfig: &tls.Config{RootCAs: roots}}
		defer transport.CloseIdleConnections()
		for path, proto := range map[string]string{"/h1": "HTTP/1.1", "/h2c": "HTTP/2.0", "/h2": "HTTP/2.0"} {
			body, write := io.Pipe()
			request, err := http.NewRequestWithContext(t.Context(), "POST", client.url+path, body)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Origin", siteOrigin)
			request.Trailer = http.Header{"X-Client-Sum": nil}
			go func() {
				io.WriteString(write, "hello")
				request.Trailer.Set("X-Client-Sum", "42")
				write.Close()
			}()
			response, err := transport.RoundTrip(request)
			if err != nil {
				t.Errorf("%s to %s: %v", client.name, path, err)
				continue
			}
			text, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil || string(text) != "hello" || response.Proto != client.proto || response.Header.Get("X-Upstream") != proto {
				t.Errorf("%s to %s: %q by %s and %s, %v", client.name, path, text, response.Proto, response.Header.Get("X-Upstream"), err)
			}
			if response.Trailer.Get("X-Sum") != "42" || response.Trailer.Get("X-Late") != "late" {
				t.Errorf("%s to %s: trailers %v", client.name, path, response.Trailer)
			}
			if response.Header.Get("Access-Control-Allow-Origin") != siteOrigin {
				t.Errorf("%s to %s: header %v", client.name, path, response.Header)
			}
		}
	}
}

func writePEM(t *testing.T, path, kind string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeCertificate puts a certificate for localhost, signed by itself, into
// cert.pem and key.pem.
func writeCertificate(t *testing.T, dir string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, filepath.Join(dir, "key.pem"), "EC PRIVATE KEY", keyDER)
	writePEM(t, filepath.Join(dir, "cert.pem"), "CERTIFICATE", der)
}

// TestCertificateReload renews a certificate while connections are open.
func TestCertificateReload(t *testing.T) {
	dir := t.TempDir()
	writeCertificate(t, dir, 1)
	g := start(t, fmt.Sprintf("listeners: [{address: 'localhost:0', tls: {certificate: '%[1]s/cert.pem', key: '%[1]s/key.pem'}}]\n", dir)+api,
		func(http.ResponseWriter, *http.Request) {})
	serial := func() int64 {
		conn, err := tls.Dial("tcp", strings.TrimPrefix(g.url, "https://"), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Fatalf("serial number %d", got)
	}
	writeCertificate(t, dir, 2)
	eventually(t, "the new certificate is shown", func() bool { return serial() == 2 })
	// Half of a pair is not taken over.
	writePEM(t, filepath.Join(dir, "key.pem"), "EC PRIVATE KEY", []byte("nonsense"))
	eventually(t, "the failure is seen", func() bool {
		doc, _ := g.ready(t)
		return !doc.Reload.OK && strings.Contains(doc.Reload.Error, "key.pem")
	})
	if got := serial(); got != 2 {
		t.Errorf("after a broken key: serial number %d, want 2", got)
	}
}

// TestPatience: clients that send or take nothing do not stay for ever.
func TestPatience(t *testing.T) {
	g := start(t, api+"timeouts: {header: 500ms, stall: 300ms, idle: 300ms}\n", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			io.Copy(io.Discard, r.Body)
			return
		}
		for r.Context().Err() == nil { // more than any buffer on the way holds
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	})
	for name, test := range map[string]struct{ send, want string }{
		"no header":   {"GET / HTTP/1.1\r\nHost: localhost\r\n", ""},
		"no request":  {"", ""},
		"half a body": {"POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: " + siteOrigin + "\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 408 Request Timeout\r\nAccess-Control-Allow-Credentials: true\r\n"},
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, test.send)
		conn.SetReadDeadline(time.Now().Add(patience))
		answer, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(answer), test.want) || test.want == "" && len(answer) > 0 {
			t.Errorf("%s: %q, %v", name, answer, err)
		}
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") // and read nothing
	eventually(t, "the request begins", func() bool { return g.inFlight.Load() == 1 })
	eventually(t, "the request ends", func() bool { return g.inFlight.Load() == 0 })
}

// TestIdleStream: a stream on which nothing happens for longer than the stall
// timeout stays open; only who takes nothing is cut off.
func TestIdleStream(t *testing.T) {
	next := make(chan struct{})
	g := start(t, api+"timeouts: {stall: 200ms, idle: 200ms}\n", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		for range 2 {
			io.WriteString(w, "event\n")
			http.NewResponseController(w).Flush()
			receive(t, next, "the next event")
		}
	})
	for name, protocols := range map[string]*http.Protocols{
		"HTTP/1.1": protocol(func(p *http.Protocols) { p.SetHTTP1(true) }),
		"HTTP/2":   protocol(func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }),
	} {
		transport := &http.Transport{Protocols: protocols}
		defer transport.CloseIdleConnections()
		request, err := http.NewRequestWithContext(t.Context(), "POST", g.url+"/", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(response.Body)
		for range 2 {
			if line, err := lines.ReadString('\n'); err != nil || line != "event\n" {
				t.Errorf("%s: %q, %v", name, line, err)
			}
			time.Sleep(500 * time.Millisecond) // more than twice as long as it may stall
			next <- struct{}{}
		}
		response.Body.Close()
	}
}

// TestLimits: the header's size, and the number of connections.
func TestLimits(t *testing.T) {
	g := start(t, api+"limits: {header: 8KiB, connections: 2}\n", func(http.ResponseWriter, *http.Request) {})
	response := get(t, g.url+"/", "X-Large", strings.Repeat("a", 64<<10))
	if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a large header: status %d, want 431", response.StatusCode)
	}
	http.DefaultClient.CloseIdleConnections()
	series := fmt.Sprintf(`cors_gateway_connections{listener="127.0.0.1:%s"}`, g.url[strings.LastIndexByte(g.url, ':')+1:])
	eventually(t, "all connections are closed", func() bool { return g.metric(t, series) == "0" })
	address := strings.TrimPrefix(g.url, "http://")
	var conns []net.Conn
	for range 2 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
	}
	eventually(t, "two connections", func() bool { return g.metric(t, series) == "2" })
	third, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	third.SetReadDeadline(time.Now().Add(patience))
	if n, err := third.Read(make([]byte, 1)); n != 0 || isTimeout(err) {
		t.Errorf("a third connection stays open: %d, %v", n, err)
	}
	if got := g.metric(t, "cors_gateway_connections_refused_total"); got != "1" {
		t.Errorf("%s refused, want 1", got)
	}
	conns[0].Close()
	eventually(t, "one connection", func() bool { return g.metric(t, series) == "1" })
	if response := get(t, g.url+"/"); response.StatusCode != 200 {
		t.Errorf("after that: status %d", response.StatusCode)
	}
}
