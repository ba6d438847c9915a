package gateway

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/cmd/cors/internal/policyfile"
)

// TestRequest is what becomes of a request on its way.
func TestRequest(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s\n", r.Method, r.RequestURI)
		fmt.Fprintf(w, "Host: %s\n", r.Host)
		for _, name := range []string{"Origin", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Cookie", "Upgrade", "Te", "Connection", "X-Forwarded-Port", "X-Real-Ip", "X_forwarded_for", "User-Agent"} {
			fmt.Fprintf(w, "%s: %s\n", name, strings.Join(r.Header[name], "|"))
		}
	}
	const file = `
upstreams: {api: {url: "$UPSTREAM/base%%2fone/"%s}}
policies: {site: {origins: [https://app.example.com]}}
listeners: [{address: 'localhost:0', hosts: [api.example.com]%s}]
routes: [{match: /, upstream: api, policy: site}, {match: /app/, upstream: api, policy: site, stripPrefix: /app}]
`
	for _, test := range []struct {
		name, upstream, listener string
		path                     string
		header                   []string
		want                     []string // $HOST is the upstream's
	}{
		{"plain", "", "", "/a%2fb/c?x=1&y", nil,
			[]string{"GET /base%2fone/a%2fb/c?x=1&y", "Host: $HOST", "X-Forwarded-Host: $GATEWAY", "X-Forwarded-Proto: http", "X-Forwarded-For: 127.0.0.1"}},
		{"prefix", "", "", "/app/a%2fb/c", nil, []string{"GET /base%2fone/a%2fb/c"}},
		{"prefix alone", "", "", "/app/", nil, []string{"GET /base%2fone/"}},
		{"prefix without slash", "", "", "/app", nil, []string{"GET /base%2fone/"}},
		{"forged", "", "", "/", []string{"X-Forwarded-For", "10.0.0.1", "X-Forwarded-Host", "a.example", "X-Forwarded-Proto", "https", "Forwarded", "for=10.0.0.1"},
			[]string{"X-Forwarded-For: 127.0.0.1", "X-Forwarded-Host: $GATEWAY", "X-Forwarded-Proto: http", "Forwarded: "}},
		{"forged otherwise", "", "", "/", []string{"X-Forwarded-Port", "1", "X-Real-Ip", "10.0.0.1", "X_Forwarded_For", "10.0.0.1"},
			[]string{"X-Forwarded-Port: ", "X-Real-Ip: ", "X_forwarded_for: "}},
		{"query", "", "", "/?b;a=%zz&a&&=", nil, []string{"GET /base%2fone/?b;a=%zz&a&&="}},
		{"trusted port", "", ", trustForwarded: true", "/", []string{"X-Forwarded-Port", "1", "X-Real-Ip", "10.0.0.1", "X_Forwarded_For", "10.0.0.1"},
			[]string{"X-Forwarded-Port: 1", "X-Real-Ip: 10.0.0.1", "X_forwarded_for: "}},
		{"trusted", "", ", trustForwarded: true", "/", []string{"X-Forwarded-For", "10.0.0.1", "X-Forwarded-Host", "a.example", "X-Forwarded-Proto", "https"},
			[]string{"X-Forwarded-For: 10.0.0.1, 127.0.0.1", "X-Forwarded-Host: a.example", "X-Forwarded-Proto: https"}},
		{"host preserved", ", preserveHost: true", "", "/", []string{"Host", "api.example.com"}, []string{"Host: api.example.com"}},
		{"origin kept", "", "", "/", []string{"Origin", siteOrigin}, []string{"Origin: " + siteOrigin}},
		{"origin hidden", ", hideOrigin: true", "", "/", []string{"Origin", siteOrigin}, []string{"Origin: "}},
		{"refused origin not hidden", ", hideOrigin: true", "", "/", []string{"Origin", stranger}, []string{"Origin: " + stranger}},
		{"cookies", "", "", "/", []string{"Cookie", "a=1", "Origin", siteOrigin}, []string{"Cookie: a=1"}},
		{"another protocol", "", "", "/", []string{"Connection", "Upgrade", "Upgrade", "h2c"}, []string{"Upgrade: ", "Connection: "}},
		{"half a handshake", "", "", "/", []string{"Upgrade", "websocket"}, []string{"Upgrade: ", "Connection: "}},
		{"nobody's agent", "", "", "/", []string{"User-Agent", ""}, []string{"User-Agent: "}},
		{"trailers welcome", "", "", "/", []string{"Te", "trailers"}, []string{"Te: trailers"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			upstream := httptest.NewServer(http.HandlerFunc(echo))
			defer upstream.Close()
			text := fmt.Sprintf(file, test.upstream, test.listener)
			g := startAt(t, strings.ReplaceAll(text, "$UPSTREAM", upstream.URL))
			at := strings.Replace(g.url, "localhost", "127.0.0.1", 1)
			got := get(t, at+test.path, test.header...)
			for _, want := range test.want {
				want = strings.ReplaceAll(want, "$HOST", strings.TrimPrefix(upstream.URL, "http://"))
				want = strings.ReplaceAll(want, "$GATEWAY", strings.TrimPrefix(at, "http://"))
				if !strings.Contains("\n"+got.body, "\n"+want+"\n") {
					t.Errorf("the upstream did not get %q:\n%s", want, got.body)
				}
			}
		})
	}
}

func TestLocation(t *testing.T) {
	for _, test := range []struct{ upstream, strip, location, want string }{
		{"http://up.example", "", "http://up.example/login?x=/y#z", "/login?x=/y#z"},
		{"http://up.example", "", "http://UP.example/login", "/login"},
		{"http://up.example", "", "http://up.example", "/"},
		{"http://up.example", "", "/login", "/login"},
		{"http://up.example", "", "login", "login"},
		{"http://up.example", "", "?page=2", "?page=2"},
		{"http://up.example", "", "https://up.example/login", "https://up.example/login"}, // another origin
		{"http://up.example", "", "http://up.example:81/login", "http://up.example:81/login"},
		{"http://up.example", "", "http://login.example/", "http://login.example/"},
		{"http://up.example", "", "//login.example/", "//login.example/"},
		{"http://up.example", "", "//up.example/login", "/login"},
		{"http://up.example", "", "http://up.example//evil.example/", "http://up.example//evil.example/"}, // no redirect to another host
		{"http://up.example", "", "http://[bad", "http://[bad"},
		{"http://up.example/v1", "", "/v1/login", "/login"},
		{"http://up.example/v1", "", "/v1", "/"},
		{"http://up.example/v1", "", "/v10/login", "/v10/login"}, // the gateway has no path for it
		{"http://up.example/v1/", "/app", "http://up.example/v1/a%2Fb", "/app/a%2Fb"},
		{"http://up.example", "/app", "/login", "/app/login"},
	} {
		target, err := url.Parse(test.upstream)
		if err != nil {
			t.Fatal(err)
		}
		x := &exchange{route: &route{Route: policyfile.Route{StripPrefix: test.strip}, upstream: &upstream{target: target}}}
		if got := x.location(test.location); got != test.want {
			t.Errorf("%s of %s under %q: %q, want %q", test.location, test.upstream, test.strip, got, test.want)
		}
	}
}

func TestCookie(t *testing.T) {
	for _, test := range []struct {
		tls           bool
		given, wanted string
	}{
		{false, "a=1", "a=1"},
		{false, "a=1; Domain=api.example.com; Path=/; HttpOnly", "a=1; Path=/; HttpOnly"},
		{false, "a=1; Secure; SameSite=None; Partitioned", "a=1; SameSite=Lax"},
		{false, "a=1; samesite=strict; SECURE", "a=1; samesite=strict"},
		{true, "a=1; Secure; SameSite=None; domain=x", "a=1; Secure; SameSite=None"},
		{false, "__Host-a=1; Secure; Path=/", "__Host-a=1; Secure; Path=/"},
		{false, "__Secure-a=1; Secure; SameSite=None", "__Secure-a=1; Secure; SameSite=None"},
		{false, "a=1; Path=/v1/items; Max-Age=3", "a=1; Path=/app/items; Max-Age=3"},
		{false, "a=1; Path=/elsewhere", "a=1; Path=/"},
		{false, "a=b=c; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "a=b=c; Expires=Wed, 21 Oct 2026 07:28:00 GMT"},
	} {
		target, path := "http://up.example", ""
		if strings.Contains(test.given, "/v1") || strings.Contains(test.given, "/elsewhere") {
			target, path = "http://up.example/v1", "/app"
		}
		parsed, err := url.Parse(target)
		if err != nil {
			t.Fatal(err)
		}
		l := &policyfile.Listener{}
		if test.tls {
			l.Certificate = "cert.pem"
		}
		x := &exchange{listener: l, route: &route{Route: policyfile.Route{StripPrefix: path}, upstream: &upstream{target: parsed}}}
		if got := x.cookie(test.given); got != test.wanted {
			t.Errorf("%q: %q, want %q", test.given, got, test.wanted)
		}
	}
}

// TestSession logs in through the gateway as a page does in development: the
// upstream's cookie is for its own domain and for HTTPS.
func TestSession(t *testing.T) {
	g := start(t, `
upstreams: {api: {url: $UPSTREAM, rewriteCookies: true}}
policies: {dev: {origins: ["http://localhost:5173"], credentials: true}}
routes: [{match: /, upstream: api, policy: dev}]
`, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			w.Header().Set("Set-Cookie", "session=s; Domain=api.example.com; Secure; SameSite=None; Path=/")
			w.Header().Set("Location", "http://"+r.Host+"/me")
			w.WriteHeader(http.StatusSeeOther)
			return
		}
		io.WriteString(w, r.Header.Get("Cookie"))
	})
	p := page(t, "http://localhost:5173")
	response := allows(t, p, browser.Request{Method: "POST", URL: g.url + "/login", Credentials: browser.CredentialsInclude})
	if string(response.Body) != "session=s" || response.URL != g.url+"/me" {
		t.Errorf("after the redirect to %s the upstream got the cookie %q", response.URL, response.Body)
	}
}

// TestWebSocket: browsers do not apply CORS to them, so the gateway has to.
func TestWebSocket(t *testing.T) {
	upstream := func(w http.ResponseWriter, r *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Cookie: %s\r\nAccess-Control-Allow-Origin: *\r\n\r\n", r.Header.Get("Cookie"))
		io.Copy(conn, buffered)
	}
	const file = `
upstreams: {api: $UPSTREAM}
policies:
  trusted: {origins: [https://app.example.com], credentials: true}
  site: {origins: [https://app.example.com]}
  public: {origins: ["*"]}
routes:
  - {match: /trusted, upstream: api, policy: trusted}
  - {match: /site, upstream: api, policy: site}
  - {match: /public, upstream: api, policy: public}
  - {match: /none, upstream: api, policy: none}
`
	g := start(t, file, upstream)
	own := g.url
	for _, test := range []struct {
		path, origin string
		status       int
		cookie       string // that the upstream gets
	}{
		{"/trusted", siteOrigin, 101, "a=1"},
		{"/site", siteOrigin, 101, ""},
		{"/public", stranger, 101, ""},
		{"/trusted", stranger, 403, ""},
		{"/site", stranger, 403, ""},
		{"/none", siteOrigin, 403, ""},
		{"/none", own, 101, "a=1"},
		{"/site", own, 101, "a=1"},
		{"/site", "", 101, "a=1"}, // no browser
		{"/site", "null", 403, ""},
		{"/site", own + "\r\nOrigin: " + stranger, 403, ""},
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		origin := ""
		if test.origin != "" {
			origin = "Origin: " + test.origin + "\r\n"
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nCookie: a=1\r\n%s\r\n", test.path, strings.TrimPrefix(g.url, "http://"), origin)
		reader := bufio.NewReader(conn)
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatalf("%s of %q: %v", test.path, test.origin, err)
		}
		if response.StatusCode != test.status || response.Header.Get("X-Cookie") != test.cookie {
			t.Errorf("%s of %q: status %d, cookie %q; want %d, %q", test.path, test.origin, response.StatusCode, response.Header.Get("X-Cookie"), test.status, test.cookie)
		}
		if response.StatusCode == 101 {
			io.WriteString(conn, "hello")
			answer := make([]byte, 5)
			if _, err := io.ReadFull(reader, answer); err != nil || string(answer) != "hello" {
				t.Errorf("%s of %q: the echo is %q, %v", test.path, test.origin, answer, err)
			}
		}
		conn.Close()
	}
}

// TestWebSocketEnds: each direction has an end of its own, and nothing is lost
// that a client says at once.
func TestWebSocketEnds(t *testing.T) {
	g := start(t, api, func(w http.ResponseWriter, r *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		all, err := io.ReadAll(buffered)
		fmt.Fprintf(conn, "got %q, %v", all, err)
	})
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly")
	reader := bufio.NewReader(conn)
	if _, err := http.ReadResponse(reader, nil); err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, " and late")
	conn.(*net.TCPConn).CloseWrite()
	if got, err := io.ReadAll(reader); err != nil || string(got) != `got "early and late", <nil>` {
		t.Errorf("the upstream says %q, %v", got, err)
	}
	eventually(t, "it is counted", func() bool { return g.metric(t, `cors_gateway_responses_total{code="101",route="/"}`) == "1" })
}

// TestNoOpenProxy asks for servers that are not configured.
func TestNoOpenProxy(t *testing.T) {
	g := start(t, api, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "the upstream") })
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Errorf("%s reached another server", r.Method) }))
	defer other.Close()
	host := strings.TrimPrefix(other.URL, "http://")
	for request, status := range map[string]int{
		"CONNECT " + host + " HTTP/1.1\r\nHost: " + host:                         405,
		"GET " + other.URL + "/ HTTP/1.1\r\nHost: localhost":                     200, // of the upstream
		"GET http://evil.example/ HTTP/1.1\r\nHost: localhost":                   421,
		"GET / HTTP/1.1\r\nHost: evil.example":                                   421,
		"GET / HTTP/1.1\r\nHost: localhost.evil.example":                         421,
		"GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example":                         421,
		"GET / HTTP/1.1\r\nHost: 192.0.2.1":                                      421,
		"GET / HTTP/1.1\r\nHost: [::1]:8080":                                     200,
		"GET / HTTP/1.1\r\nHost: app.localhost:1":                                200,
		"GET / HTTP/1.1\r\nHost: ":                                               421,
		"OPTIONS / HTTP/1.1\r\nHost: evil.example\r\nOrigin: " + siteOrigin + "": 421,
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, request+"\r\n\r\n")
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%q: %v", request, err)
		}
		if response.StatusCode != status {
			t.Errorf("%q: status %d, want %d", request, response.StatusCode, status)
		}
		conn.Close()
	}
}
