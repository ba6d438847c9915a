package scripted

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/conformance/vector"
)

func start(t *testing.T) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute) // of others on the ports
	defer cancel()
	s, err := Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// begin begins a run of one resource.
func begin(t *testing.T, s *Server, r vector.Resource, steps ...vector.Step) *Run {
	t.Helper()
	run, err := s.Begin(&vector.Vector{Page: vector.Page{URL: "http://a.test:7000/page"}, Servers: []vector.Resource{r}, Steps: steps})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run.End)
	return run
}

// raw sends a request to port 7001 and returns all bytes until the server closes.
func raw(t *testing.T, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", "127.0.0.1:7001")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	fmt.Fprint(conn, strings.ReplaceAll(text, "\n", "\r\n"))
	got, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(got), "\r\n", "\n")
}

// TestAnswers compares what goes out over HTTP/1.1, byte for byte.
func TestAnswers(t *testing.T) {
	s := start(t)
	for _, tt := range []struct{ name, answer, want string }{
		{"lines as they are", "200\nb:  2 \nA: 1\nb:3\n\nhello", "HTTP/1.1 200 OK\nb:  2 \nA: 1\nb:3\nContent-Length: 5\n\nhello"},
		{"escapes", `200` + "\n" + `X: \x41\t` + "\n\n" + `\\\n`, "HTTP/1.1 200 OK\nX: A\t\nContent-Length: 2\n\n\\\n"},
		{"a placeholder", "200\nAccess-Control-Allow-Origin: {{Origin}}", "HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: http://a.test:7000\nContent-Length: 0\n\n"},
		{"no body", "204\n\nignored", "HTTP/1.1 204 No Content\n\n"},
		{"a length of its own", "200\nContent-Length: 2\n\nhi", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"},
		{"chunked", "200 chunked\n\nhi", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nhi\n0\n\n"},
		{"close", "200 close\n\nhi", "HTTP/1.1 200 OK\nConnection: close\n\nhi"},
		{"cut", "200 cut=2\n\nhello", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhe"},
		{"drop", "drop", ""},
		{"nothing there", "", "HTTP/1.1 404 Not Found\nContent-Length: 0\n\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := vector.Resource{URL: "http://b.test:7001/x"}
			if tt.answer != "" {
				r.Answer = []string{tt.answer}
			}
			run := begin(t, s, r)
			got := raw(t, "GET "+run.prefix+"/x?q HTTP/1.1\nHost: b.test:7001\nOrigin: http://a.test:7000\nConnection: close\n\n")
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestRun gives answers in order, keeps preflights apart, leads redirects and
// cookies back to the run, and takes down what was received.
func TestRun(t *testing.T) {
	s := start(t)
	run := begin(t, s, vector.Resource{
		URL:       "http://b.test:7001/x",
		Preflight: []string{"204"},
		Answer:    []string{"302\nLocation: /next\nSet-Cookie: a=b; path=/dir", "200"},
	}, vector.Step{Kind: vector.KindFetch, Headers: "X-Set: 1"})
	get := func(method string, lines ...string) string {
		return raw(t, method+" "+run.prefix+"/x HTTP/1.1\nHost: b.test:7001\nConnection: close\n"+strings.Join(append(lines, ""), "\n")+"\n")
	}
	preflight := get("OPTIONS", "Access-Control-Request-Method: PUT", "Accept: */*")
	first := get("GET", "x-set: 1", "user-agent: x", "Cookie: a=b")
	second := get("GET", "X-Set: 2")
	if !strings.HasPrefix(preflight, "HTTP/1.1 204 ") || !strings.HasPrefix(second, "HTTP/1.1 200 ") {
		t.Errorf("got %q and %q", preflight, second)
	}
	if want := "Location: " + run.prefix + "/next\nSet-Cookie: a=b; path=" + run.prefix + "/dir\n"; !strings.Contains(first, want) {
		t.Errorf("got %q, want %q", first, want)
	}
	want := `OPTIONS http://b.test:7001/x
  Access-Control-Request-Method: PUT
GET http://b.test:7001/x
  Cookie: a=b
  X-Set: 1
GET http://b.test:7001/x`
	if got := run.Requests(); got != want {
		t.Errorf("received\n%s\nwant\n%s", got, want)
	}
	run.End()
	if got := get("GET"); !strings.HasPrefix(got, "HTTP/1.1 404 ") {
		t.Errorf("after its end: %q", got)
	}
}

// TestBadRequests ends connections whose requests are none, or are too large.
func TestBadRequests(t *testing.T) {
	start(t)
	for _, text := range []string{
		"GET\n\n", "\n", "GET / HTTP/1.1\nContent-Length: -1\n\n", "GET / HTTP/1.1\nContent-Length: 99999999\n\n",
		"GET / HTTP/1.1\nContent-Length: x\n\n",
	} {
		if got := raw(t, text); got != "" {
			t.Errorf("%q is answered %q", text, got)
		}
	}
}

// TestSecure speaks HTTP/2 and HTTP/1.1 on 7443, and HTTP/1.1 alone on 7445, with a
// certificate that the authority vouches for.
func TestSecure(t *testing.T) {
	s := start(t)
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(s.CA()) {
		t.Fatal("the authority is no certificate")
	}
	for port, want := range map[string]string{"7443": "HTTP/2.0", "7445": "HTTP/1.1"} {
		t.Run(port, func(t *testing.T) {
			run := begin(t, s, vector.Resource{URL: "https://sub.b.test:" + port + "/x", Answer: []string{"299\nX-A: 1\nX-A: 2\n\nhello"}})
			transport := &http.Transport{
				ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots},
				DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
					return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
				},
			}
			defer transport.CloseIdleConnections()
			response, err := (&http.Client{Transport: transport, Timeout: patience}).Get(run.URL("https://sub.b.test:" + port + "/x"))
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := bufio.NewReader(response.Body).ReadString(0)
			if response.Proto != want || response.StatusCode != 299 || strings.Join(response.Header["X-A"], ",") != "1,2" || body != "hello" || err != io.EOF {
				t.Errorf("got %s %d %v %q %v", response.Proto, response.StatusCode, response.Header, body, err)
			}
		})
	}
}

func TestURL(t *testing.T) {
	r := Run{prefix: "/~7"}
	for u, want := range map[string]string{
		"http://a.test:7000/x?q": "http://a.test:7000/~7/x?q", "https://a.test": "https://a.test/~7/", "//b.test?q": "//b.test/~7/?q",
		"/x": "/~7/x", "x": "x", "data:,x": "data:,x", "about:client": "about:client", "": "",
	} {
		if got := r.URL(u); got != want {
			t.Errorf("%q becomes %q, want %q", u, got, want)
		}
	}
	if got, want := Hide("to http://a.test:7000/~7/x and /~12?q"), "to http://a.test:7000/x and ?q"; got != want {
		t.Errorf("hidden it is %q, want %q", got, want)
	}
}
