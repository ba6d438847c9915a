package cors_test

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/cors"
)

// What net/http makes of bytes on a socket is what the handler has to deal with:
// names in any case, repeated fields, space around values, OPTIONS *.
func TestOverLoopback(t *testing.T) {
	m := mustRoutes(t, cors.Route{Pattern: "/", Policy: full})
	server := httptest.NewUnstartedServer(m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(handled)
	})))
	server.Config.DisableGeneralOptionsHandler = true // else net/http answers OPTIONS * before any handler
	server.Start()
	defer server.Close()
	for _, test := range []struct {
		what, start string
		lines       []string
		status      int
		allowed     bool
	}{
		{"a line that goes on", "GET / HTTP/1.1", []string{"Origin: https://app.example.com", "\thttps://app.example.com"}, handled, false},
		{"a preflight with a line that goes on", "OPTIONS / HTTP/1.1", []string{"Origin: https://app.example.com", "Access-Control-Request-Method: PUT",
			"Access-Control-Request-Headers: authorization,", " x-tenant"}, 204, true},
		{"bytes above ASCII", "GET / HTTP/1.1", []string{"Origin: https://app.example.com\xff"}, handled, false},
		{"HEAD", "HEAD / HTTP/1.1", []string{"Origin: https://app.example.com"}, handled, true},
		{"a trailing dot", "GET / HTTP/1.1", []string{"Origin: https://app.example.com."}, handled, false},
		{"a browser's GET", "GET / HTTP/1.1", []string{"Origin: https://app.example.com"}, handled, true},
		{"names in lower case", "GET / HTTP/1.1", []string{"origin: https://app.example.com"}, handled, true},
		{"space around the value", "GET / HTTP/1.1", []string{"Origin: \t https://app.example.com \t"}, handled, true},
		{"two origins", "GET / HTTP/1.1", []string{"Origin: https://app.example.com", "ORIGIN: https://app.example.com"}, handled, false},
		{"an empty origin", "GET / HTTP/1.1", []string{"Origin:"}, handled, false},
		{"HTTP/1.0", "GET / HTTP/1.0", []string{"Origin: https://app.example.com"}, handled, true},
		{"a preflight", "OPTIONS / HTTP/1.1", []string{"Origin: https://app.example.com", "access-control-request-method: PUT"}, 204, true},
		{"a preflight in pieces", "OPTIONS / HTTP/1.1", []string{"Origin: https://app.example.com", "Access-Control-Request-Method: PUT",
			"Access-Control-Request-Headers: authorization", "access-control-request-headers: ,X-Tenant ,"}, 204, true},
		{"a preflight for TRACE", "OPTIONS / HTTP/1.1", []string{"Origin: https://app.example.com", "Access-Control-Request-Method: TRACE"}, 403, false},
		{"OPTIONS *", "OPTIONS * HTTP/1.1", []string{"Origin: https://app.example.com", "Access-Control-Request-Method: PUT"}, handled, false},
		{"a target in absolute form", "GET http://other.example/ HTTP/1.1", []string{"Origin: https://app.example.com"}, handled, true},
	} {
		connection, err := net.DialTimeout("tcp", server.Listener.Addr().String(), 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		lines := append([]string{test.start, "Host: api.example.com", "Connection: close"}, test.lines...)
		if _, err := connection.Write([]byte(strings.Join(lines, "\r\n") + "\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatalf("%s: %v", test.what, err)
		}
		got := response.Header["Access-Control-Allow-Origin"]
		if allowed := len(got) == 1 && got[0] == "https://app.example.com"; allowed != test.allowed || !allowed && len(got) > 0 || response.StatusCode != test.status {
			t.Errorf("%s: status %d, allowed %q; want status %d, allowed %v", test.what, response.StatusCode, got, test.status, test.allowed)
		}
		connection.Close()
	}
}

// HTTP/2 has names in lower case and no status text; to the handler it is all the
// same.
func TestOverHTTP2(t *testing.T) {
	server := httptest.NewUnstartedServer(mustNew(t, full).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(handled)
	})))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	for _, test := range []struct {
		method, origin string
		status         int
		allowed        string
	}{
		{"GET", "https://app.example.com", handled, "https://app.example.com"},
		{"GET", "https://evil.example", handled, ""},
		{"OPTIONS", "https://app.example.com", http.StatusNoContent, "https://app.example.com"},
		{"OPTIONS", "https://evil.example", http.StatusForbidden, ""},
	} {
		r, err := http.NewRequestWithContext(t.Context(), test.method, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", test.origin)
		if test.method == "OPTIONS" {
			r.Header.Set("Access-Control-Request-Method", "PUT")
			r.Header["Access-Control-Request-Headers"] = []string{"authorization", "x-tenant"}
		}
		response, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.ProtoMajor != 2 || response.StatusCode != test.status || response.Header.Get("Access-Control-Allow-Origin") != test.allowed ||
			!strings.HasPrefix(response.Header.Get("Vary"), "Origin") {
			t.Errorf("%s from %s: %s, status %d, %v", test.method, test.origin, response.Proto, response.StatusCode, response.Header)
		}
	}
}
