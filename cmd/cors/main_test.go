package main

import (
	"bufio"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"crossorigin.dev/cmd/cors/internal/playground"
	"crossorigin.dev/cors"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"cors": main})
}

// TestScripts runs the scripts under testdata, which specify the command line.
// Beside testscript's own commands they have those below.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"api":   cmdAPI,
			"exits": cmdExits,
			"asked": cmdAsked,
			"play":  cmdPlay,
			"await": cmdAwait,
			"sent": func(ts *testscript.TestScript, neg bool, args []string) {
				cmdSent(ts, args, true)
			},
			"unsent": func(ts *testscript.TestScript, neg bool, args []string) {
				cmdSent(ts, args, false)
			},
		},
		Setup: func(env *testscript.Env) error {
			env.Values[waiting] = make(chan struct{}, 1)
			env.Values[received] = new(sync.Map)
			hars, err := filepath.Abs("../../internal/har/testdata")
			env.Setenv("HARS", hars)
			return err
		},
		RequireExplicitExec: true,
	})
}

func TestReport(t *testing.T) {
	for _, test := range []struct {
		err  error
		code int
		said string
	}{
		{nil, 0, ""},
		{&failure{code: exitBlocked}, 1, ""},
		{usageError("write %s", "this"), 2, "cors: write this\n"},
		{usageError("one\ntwo"), 2, "cors: one\ncors: two\n"},
		{errors.New("unknown flag: --x"), 2, "cors: unknown flag: --x; cors --help shows how\n"},
		{&failure{exitInterrupted, errors.New("interrupted")}, 130, "cors: interrupted\n"},
	} {
		var stderr strings.Builder
		if code := report(&stderr, test.err); code != test.code || stderr.String() != test.said {
			t.Errorf("%v: exit code %d, said %q; want %d, %q", test.err, code, stderr.String(), test.code, test.said)
		}
	}
}

// waiting is the key of the channel that tells of a request for /never.
const waiting = "waiting"

// received is the key of the set of methods that the API was asked with.
const received = "received"

// cmdSent checks whether the API got a request with a method: sent METHOD, or
// unsent METHOD.
func cmdSent(ts *testscript.TestScript, args []string, want bool) {
	if len(args) != 1 {
		ts.Fatalf("usage: sent method")
	}
	if _, got := ts.Value(received).(*sync.Map).Load(args[0]); got != want {
		ts.Fatalf("the API got a %s: %v, want %v", args[0], got, want)
	}
}

// cmdAsked returns once a request for /never has arrived.
func cmdAsked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: asked")
	}
	<-ts.Value(waiting).(chan struct{})
}

// cmdExits runs a command and checks its exit code: exits CODE COMMAND ARG...
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [arg...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// cmdAPI starts an API on loopback and sets API to its URL, BUSY to its host and
// port, and DEAD to the URL of a port where nothing listens. Package cors guards
// the API: a page of http://localhost:8000 may read it and PUT JSON.
func cmdAPI(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: api")
	}
	guard, err := cors.New(cors.Policy{
		Origins:        []string{"http://localhost:8000"},
		Methods:        []string{http.MethodPut},
		RequestHeaders: []string{"Content-Type"},
		Debug:          true, // so that a refused preflight shows what it was refused for
	})
	ts.Check(err)
	stopped := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /notes", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `["Buy milk"]`)
	})
	mux.HandleFunc("PUT /notes/1", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /echo", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "/notes?type="+r.Header.Get("Content-Type"))
		w.WriteHeader(http.StatusCreated)
	})
	mux.HandleFunc("GET /never", func(w http.ResponseWriter, r *http.Request) {
		ts.Value(waiting).(chan struct{}) <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-stopped:
		}
	})
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "session=s3cr3t; HttpOnly")
	})
	mux.Handle("GET /moved", http.RedirectHandler("/notes", http.StatusFound))
	noted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ts.Value(received).(*sync.Map).Store(r.Method, true)
		mux.ServeHTTP(w, r)
	})
	server := httptest.NewServer(guard.Handler(noted))
	secure := httptest.NewUnstartedServer(guard.Handler(noted))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	// Not package cors, which refuses to be so loose.
	loose := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
	}))
	hostile := listenRaw(ts, "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: \u009b31m\u202ehttp://localhost:8000\r\nContent-Length: 0\r\n\r\n")
	// The port of a client's end is taken, so that no other test can listen there.
	client, err := net.Dial("tcp", server.Listener.Addr().String())
	ts.Check(err)
	ts.Defer(func() {
		close(stopped)
		client.Close()
		server.Close()
		hostile.Close()
		loose.Close()
		secure.Close()
	})
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	ts.Check(err)
	ts.Setenv("LOOSE", loose.URL)
	ts.Setenv("TLS", secure.URL)
	ts.Setenv("API_NAMED", "http://api.example:"+port)
	ts.Setenv("RESOLVE", "api.example:"+port+":127.0.0.1")
	ts.Setenv("CACERT", writeCertificate(ts, secure.Certificate()))
	ts.Setenv("COPIED", "curl '"+server.URL+"/notes/1' -X 'PUT' -H 'origin: http://localhost:8000' -H 'sec-fetch-mode: cors' -H 'Content-Type: application/json' --data-raw '{}' --compressed")
	ts.Setenv("COPIED_FETCH", `fetch("`+server.URL+`/notes", {"method": "GET", "mode": "cors", "credentials": "include", "body": null, "headers": {}});`)
	ts.Setenv("DEAD", "http://"+client.LocalAddr().String())
	ts.Setenv("API", server.URL)
	ts.Setenv("BUSY", server.Listener.Addr().String())
	ts.Setenv("HOSTILE", "http://"+hostile.Addr().String())
}

// writeCertificate writes a certificate to a file and returns its name.
func writeCertificate(ts *testscript.TestScript, certificate *x509.Certificate) string {
	name := ts.MkAbs("authority.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})
	ts.Check(os.WriteFile(name, text, 0o600))
	return name
}

// cmdPlay starts what cors play starts, on free ports, and sets SITE and API to
// the addresses.
func cmdPlay(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: play")
	}
	p, err := playground.Listen(playground.Config{Site: "localhost:0", API: "localhost:0", Log: io.Discard})
	ts.Check(err)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error)
	go func() { served <- p.Serve(ctx) }()
	ts.Defer(func() {
		stop()
		ts.Check(<-served)
	})
	ts.Setenv("SITE", strings.TrimSuffix(p.SiteURL(), "/"))
	ts.Setenv("API", strings.TrimSuffix(p.APIURL(), "/"))
}

// listenRaw serves the same bytes to every request, as no HTTP library would.
func listenRaw(ts *testscript.TestScript, response string) net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if request, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				io.Copy(io.Discard, request.Body)
				io.Copy(conn, strings.NewReader(response))
			}
			conn.Close()
		}
	}()
	return listener
}
