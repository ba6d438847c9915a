package conformance

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestGateway has a page in Chromium use an API that knows nothing of CORS,
// through the gateway, with cookies.
func TestGateway(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<!doctype html><link rel="icon" href="data:,"><title>site</title>`)
	}))
	defer site.Close()
	// Of the same site as the gateway, or SameSite=Lax cookies would not be sent.
	siteURL := strings.Replace(site.URL, "127.0.0.1", "localhost", 1)
	next := make(chan struct{})
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodOptions:
			w.WriteHeader(http.StatusUnauthorized) // as services with authentication answer preflights
		case r.URL.Path == "/login":
			w.Header().Set("Set-Cookie", "session=s; Domain=api.example.com; Secure; SameSite=None; Path=/")
		case r.URL.Path == "/events":
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "data: first\n\n")
			http.NewResponseController(w).Flush()
			select { // the second comes when the page has seen the first
			case <-next:
				io.WriteString(w, "data: second\n\n")
			case <-r.Context().Done():
			}
		case r.URL.Path == "/seen":
			close(next)
		case r.URL.Path == "/broken":
			panic(http.ErrAbortHandler)
		case r.URL.Path == "/socket":
			greet(t, w, r)
		default:
			w.Header()["Access-Control-Allow-Origin"] = []string{"*", "*"}
			w.Header().Set("X-Count", "7")
			fmt.Fprintf(w, "%s %s", r.Method, r.Header.Get("Cookie"))
		}
	}))
	defer api.Close()
	gateway, admin := launchGateway(t, "--upstream", api.URL, "--allow", siteURL, "--credentials", "--expose", "X-Count")
	b := openTab(t)
	b.do(t, chromedp.Navigate(siteURL+"/"))
	try := func(script string) string {
		t.Helper()
		evaluate[string](t, b, `window.result = ""`)
		evaluate[string](t, b, fmt.Sprintf(`(async () => { const gateway = %q; %s })().then((r) => { window.result = String(r) }, (e) => { window.result = e.name }), ""`, gateway, script))
		wait(t, b, `window.result !== ""`)
		return evaluate[string](t, b, `window.result`)
	}
	for _, test := range []struct{ what, script, want string }{
		{"logs in", `return (await fetch(gateway + "/login", {method: "POST", credentials: "include"})).status`, "200"},
		{"sends JSON and the cookie, and reads a header", `
			const r = await fetch(gateway + "/items", {method: "PUT", credentials: "include", headers: {"Content-Type": "application/json"}, body: "{}"});
			return (await r.text()) + " " + r.headers.get("X-Count")`, "PUT session=s 7"},
		{"sees the events as they come", `
			return await new Promise((resolve, reject) => {
				const got = [];
				const events = new EventSource(gateway + "/events", {withCredentials: true});
				events.onerror = () => reject(new Error("no events"));
				events.onmessage = (e) => {
					got.push(e.data);
					if (got.length === 2) { events.close(); resolve(got.join(" ")); return; }
					fetch(gateway + "/seen");
				};
			})`, "first second"},
		{"sees the status when the API breaks off", `return (await fetch(gateway + "/broken")).status`, "502"},
		{"opens a WebSocket, with the cookie", socket, "hello session=s"},
	} {
		if got := try(test.script); got != test.want {
			t.Errorf("a page of the site %s: %q, want %q", test.what, got, test.want)
		}
	}
	// A page of another origin, on the same machine.
	b.do(t, chromedp.Navigate(site.URL+"/"))
	if got := try(`return (await fetch(gateway + "/items")).status`); got != "TypeError" {
		t.Errorf("a page of another origin gets %q, want a TypeError", got)
	}
	if got := try(`return (await fetch(gateway + "/items", {mode: "no-cors"})).type`); got != "opaque" {
		t.Errorf("without CORS it gets %q, want an opaque response", got)
	}
	if got := try(socket); got != "Error" {
		t.Errorf("from a WebSocket it gets %q, want an error", got)
	}
	// What was refused can be looked at, in the page's own style.
	b.do(t, chromedp.Navigate(admin))
	wait(t, b, `document.querySelector("td.outcome .refused") !== null`)
	const look = `getComputedStyle(document.querySelector("table")).borderCollapse + " " +
		[...document.querySelectorAll("td code")].some((c) => c.textContent === "origin.not-allowed")`
	if got := evaluate[string](t, b, look); got != "collapse true" {
		t.Errorf("/decisions: %q, want its style and the reason", got)
	}
}

// socket opens a WebSocket, and returns what comes first.
const socket = `
	return await new Promise((resolve, reject) => {
		const socket = new WebSocket(gateway.replace("http", "ws") + "/socket");
		socket.onerror = () => reject(new Error("no socket"));
		socket.onmessage = (e) => { socket.close(); resolve(e.data); };
	})`

// greet opens a WebSocket and sends one message in it,
// https://httpwg.org/specs/rfc6455.html#section-5.2.
func greet(t *testing.T, w http.ResponseWriter, r *http.Request) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	accept := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	message := "hello " + r.Header.Get("Cookie")
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: %s\r\n\r\n\x81%c%s",
		base64.StdEncoding.EncodeToString(accept[:]), len(message), message)
	io.Copy(io.Discard, buffered) // until the page closes it
}

// launchGateway starts the built command on a free port, and interrupts it with
// the test.
func launchGateway(t *testing.T, args ...string) (url, admin string) {
	t.Helper()
	command := exec.Command(binary, append([]string{"gateway", "--listen", "localhost:0", "--admin", "localhost:0"}, args...)...)
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Signal(os.Interrupt)
		if err := command.Wait(); err != nil {
			t.Errorf("after Ctrl-C: %v", err)
		}
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		switch fields := strings.Fields(lines.Text()); {
		case len(fields) > 1 && fields[0] == "gateway":
			url = fields[1]
		case len(fields) > 1 && fields[0] == "admin":
			go io.Copy(io.Discard, stdout)
			return url, fields[1]
		}
	}
	t.Fatal("cors gateway ended without naming its addresses")
	return "", ""
}
