package browser_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// A scripted server answers as the s parameter of the URL says, which is how
// the browsers were measured: pf is the answer to a preflight, r to anything
// else. It serves every name and port that ends in .test.
type scripted struct {
	transport *http.Transport
	mu        sync.Mutex
	log       map[string][]received // by the URL's id parameter
}

// A received request is what reached the server of it.
type received struct {
	Method    string            `json:"m"`
	Preflight bool              `json:"pf"`
	Host      string            `json:"host"`
	Header    map[string]string `json:"h"` // in lower case
}

// A script is one answer.
type script struct {
	Status  int         `json:"status,omitempty"`
	Headers [][2]string `json:"headers,omitempty"`
	Body    *string     `json:"body,omitempty"`
	Cached  bool        `json:"cached,omitempty"` // without the Cache-Control: no-store there is by default
}

func newScripted(t testing.TB) *scripted {
	s := &scripted{log: map[string][]received{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	s.transport = &http.Transport{
		DisableCompression: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			to := server.Listener.Addr().String()
			if strings.HasSuffix(address, "999") {
				to = closed.Addr().String() // where nothing listens
			}
			return new(net.Dialer).DialContext(ctx, network, to)
		},
	}
	t.Cleanup(s.transport.CloseIdleConnections)
	return s
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	preflight := r.Method == "OPTIONS" && r.Header["Access-Control-Request-Method"] != nil
	s.record(r, preflight)
	if r.URL.Path == "/chain" { // one redirect for each letter left
		w.Header().Set("Access-Control-Allow-Origin", "*")
		if n := r.URL.Query().Get("n"); n != "" {
			w.Header().Set("Location", "/chain?id="+r.URL.Query().Get("id")+"&n="+n[1:])
			w.WriteHeader(http.StatusFound)
		}
		return
	}
	var scripts struct{ PF, R *script }
	if encoded := r.URL.Query().Get("s"); encoded != "" {
		text, err := base64.RawURLEncoding.DecodeString(encoded)
		if err == nil {
			err = json.Unmarshal(text, &scripts)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusTeapot)
			return
		}
	}
	answer, body := scripts.R, `{"ok":1}`
	if preflight {
		answer, body = scripts.PF, ""
	}
	if answer == nil {
		answer = &script{}
	}
	if answer.Body != nil {
		body = *answer.Body
	}
	h := w.Header()
	h["Date"] = nil // as the server that the browsers were measured with
	substitute := strings.NewReplacer("$ORIGIN", r.Header.Get("Origin"),
		"$ACRM", r.Header.Get("Access-Control-Request-Method"),
		"$ACRH", r.Header.Get("Access-Control-Request-Headers"))
	for _, f := range answer.Headers {
		h.Add(f[0], substitute.Replace(f[1]))
	}
	if h["Content-Type"] == nil {
		h.Set("Content-Type", "application/json")
	}
	if h["Cache-Control"] == nil && !answer.Cached {
		h.Set("Cache-Control", "no-store")
	}
	if answer.Status == 304 || answer.Status == 101 { // the one net/http would strip of its Content-Type, the other not end with
		writeRaw(w, answer.Status)
		return
	}
	w.WriteHeader(max(answer.Status, 200))
	if answer.Status != 204 && r.Method != "HEAD" {
		w.Write([]byte(body))
	}
}

// writeRaw writes a response without a body and closes the connection.
func writeRaw(w http.ResponseWriter, status int) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "HTTP/1.1 %d X\r\n", status)
	w.Header().Write(conn)
	fmt.Fprint(conn, "\r\n")
}

func (s *scripted) record(r *http.Request, preflight bool) {
	header := map[string]string{}
	for name, values := range r.Header {
		header[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	id := r.URL.Query().Get("id")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log[id] = append(s.log[id], received{r.Method, preflight, r.Host, header})
}

// scriptedURL returns the URL at which the server answers as described.
func scriptedURL(host, id string, preflight, answer *script) string {
	text, err := json.Marshal(map[string]*script{"pf": preflight, "r": answer})
	if err != nil {
		panic(err)
	}
	return "http://" + host + "/r?id=" + id + "&s=" + base64.RawURLEncoding.EncodeToString(text)
}

// received returns what was received under an id.
func (s *scripted) received(id string) []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log[id]
}
