package cors_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"crossorigin.dev/cors"
	"crossorigin.dev/origin"
)

func TestPreflightStatusAndPassPreflights(t *testing.T) {
	p := full
	p.PreflightStatus = 200
	status, _ := serve(mustNew(t, p), request("OPTIONS /", site, asksPUT))
	if status != 200 {
		t.Errorf("status %d", status)
	}
	expect(t, mustNew(t, p), request("OPTIONS /", stranger, asksPUT), http.StatusForbidden, varyPreflight)

	p.PassPreflights = true
	status, header := serve(mustNew(t, p), request("OPTIONS /", site, asksPUT))
	if status != handled || header.Get("Access-Control-Allow-Methods") != "PUT, DELETE" {
		t.Errorf("status %d, %v", status, header)
	}
	expect(t, mustNew(t, p), request("OPTIONS /", stranger, asksPUT), http.StatusForbidden, varyPreflight)
}

func TestResourcePolicyAndTiming(t *testing.T) {
	m := mustNew(t, cors.Policy{Origins: []string{"https://app.example.com"}, CrossOriginResourcePolicy: "same-site", TimingAllowOrigin: true})
	const policy = "Cross-Origin-Resource-Policy: same-site"
	expect(t, m, request("GET /"), handled, varyActual, policy)
	expect(t, m, request("GET /", stranger), handled, varyActual, policy)
	expect(t, m, request("GET /", site), handled, varyActual, policy,
		"Access-Control-Allow-Origin: https://app.example.com", "Timing-Allow-Origin: https://app.example.com")
	expect(t, m, request("OPTIONS /", site, asksGET), http.StatusNoContent, varyPreflight, "Access-Control-Allow-Origin: https://app.example.com")

	everyone := mustNew(t, cors.Policy{Origins: []string{"*"}, TimingAllowOrigin: true})
	expect(t, everyone, request("GET /"), handled, "Access-Control-Allow-Origin: *", "Timing-Allow-Origin: *")
}

func TestEnforce(t *testing.T) {
	p := full
	p.Enforce = true
	m := mustNew(t, p)
	for _, test := range []struct {
		what  string
		start string
		lines []string
		stop  bool
	}{
		{"a stranger's form", "POST http://api.example.com/", []string{stranger}, true},
		{"a stranger's form, says the browser", "POST http://api.example.com/", []string{stranger, "Sec-Fetch-Site: cross-site"}, true},
		{"a sibling's form", "POST http://api.example.com/", []string{"Origin: https://other.example.com", "Sec-Fetch-Site: same-site"}, true},
		{"a sandboxed frame", "POST http://api.example.com/", []string{"Origin: null", "Sec-Fetch-Site: cross-site"}, true},
		{"no origin, but cross-site", "POST http://api.example.com/", []string{"Sec-Fetch-Site: cross-site"}, true},
		{"two origins", "POST http://api.example.com/", []string{site, stranger}, true},
		{"a malformed origin", "POST http://api.example.com/", []string{"Origin: https://api.example.com/"}, true},
		{"PUT, PATCH and DELETE", "DELETE http://api.example.com/", []string{stranger}, true},
		{"two Sec-Fetch-Site", "POST http://api.example.com/", []string{"Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: same-origin"}, true},
		{"a stranger's WebSocket", "GET http://api.example.com/", []string{stranger, "Connection: Upgrade", "Upgrade: websocket"}, true},

		{"an allowed site", "POST http://api.example.com/", []string{site, "Sec-Fetch-Site: same-site"}, false},
		{"an allowed site's WebSocket", "GET http://api.example.com/", []string{site, "Upgrade: websocket"}, false},
		{"the API's own page", "POST http://api.example.com/", []string{"Origin: http://api.example.com", "Sec-Fetch-Site: same-origin"}, false},
		{"the API's own page, behind TLS", "POST http://api.example.com/", []string{"Origin: https://api.example.com"}, false},
		{"the API's own page on a port", "POST http://api.example.com:8080/", []string{"Origin: http://api.example.com:8080"}, false},
		{"typed by the user", "POST http://api.example.com/", []string{"Sec-Fetch-Site: none"}, false},
		{"curl", "POST http://api.example.com/", nil, false},
		{"a stranger's image", "GET http://api.example.com/", []string{"Sec-Fetch-Site: cross-site"}, false},
		{"a stranger's fetch", "GET http://api.example.com/", []string{stranger, "Sec-Fetch-Site: cross-site"}, false},
		{"a stranger's HEAD", "HEAD http://api.example.com/", []string{stranger}, false},
		{"a stranger's OPTIONS", "OPTIONS http://api.example.com/", []string{stranger}, false},
	} {
		status, header := serve(m, request(test.start, test.lines...))
		want := handled
		if test.stop {
			want = http.StatusForbidden
		}
		if status != want {
			t.Errorf("%s: status %d, want %d", test.what, status, want)
		}
		if !strings.HasPrefix(header.Get("Vary"), "Origin") {
			t.Errorf("%s: Vary is %q", test.what, header.Get("Vary"))
		}
		if status, _ := serve(mustNew(t, full), request(test.start, test.lines...)); status != handled {
			t.Errorf("%s without Enforce: status %d", test.what, status)
		}
	}
}

// Enforce stops what net/http.CrossOriginProtection stops, if that trusts the
// policy's origins. For requests as browsers send them, WebSockets aside, the
// two agree; of what no browser sends Enforce stops more.
func TestEnforceBesideCrossOriginProtection(t *testing.T) {
	p := full
	p.Origins = []string{"https://app.example.com"}
	p.Enforce = true
	m := mustNew(t, p)
	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin("https://app.example.com"); err != nil {
		t.Fatal(err)
	}
	const none = "none at all"
	stopped := 0
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "QUERY", "get"} {
		for _, host := range []string{"api.example.com", "api.example.com:8443", "127.0.0.1:9000", "[::1]:9000"} {
			for _, site := range []string{none, "same-origin", "same-site", "cross-site", "none", "", "nonsense"} {
				for _, from := range []string{none, "https://app.example.com", "https://evil.example", "null", "https://" + host, "http://" + host,
					"https://x" + host, "", "https://" + host + "/", "HTTPS://" + host, "https://user@" + host} {
					r := request(method + " https://" + host + "/")
					if site != none {
						r.Header.Set("Sec-Fetch-Site", site)
					}
					if from != none {
						r.Header.Set("Origin", from)
					}
					theirs := protection.Check(r) != nil
					status, _ := serve(m, r)
					ours := status == http.StatusForbidden
					_, err := origin.Parse(from)
					fromABrowser := (from == none || err == nil) && site != "" && site != "nonsense"
					if theirs && !ours || ours && !theirs && fromABrowser {
						t.Errorf("%s to %s, Sec-Fetch-Site %q, Origin %q: stopped %v, by net/http %v", method, host, site, from, ours, theirs)
					}
					if ours {
						stopped++
					}
				}
			}
		}
	}
	if stopped < 100 {
		t.Errorf("%d requests stopped", stopped)
	}
}

func TestDebug(t *testing.T) {
	p := full
	p.Debug = true
	m := mustNew(t, p)
	allow := []string{varyPreflight,
		"Access-Control-Allow-Origin: https://app.example.com",
		"Access-Control-Allow-Credentials: true",
		"Access-Control-Allow-Methods: PUT, DELETE",
		"Access-Control-Allow-Headers: content-type,authorization,x-tenant"}
	expect(t, m, request("OPTIONS /", stranger, asksPUT), http.StatusNoContent, varyPreflight, "Crossorigin-Reason: origin.not-allowed")
	expect(t, m, request("OPTIONS /", "Origin: nonsense", asksPUT), http.StatusNoContent, varyPreflight, "Crossorigin-Reason: origin.malformed")
	expect(t, m, request("OPTIONS /", site, "Access-Control-Request-Method: PATCH"), http.StatusNoContent,
		append(allow, "Crossorigin-Reason: method.not-allowed")...)
	expect(t, m, request("OPTIONS /", site, asksPUT, "Access-Control-Request-Headers: x-other"), http.StatusNoContent,
		append(allow, "Crossorigin-Reason: header.not-allowed")...)
	expect(t, m, request("GET /", stranger), handled, varyActual, "Crossorigin-Reason: origin.not-allowed")
	expect(t, m, request("OPTIONS /", site, asksPUT), http.StatusNoContent, append(allow, "Access-Control-Max-Age: 600")...)
}

// If no method is listed a browser takes the one that it asks for as allowed when
// a script listens to the upload: a refusal must list some.
func TestDebugRefusalListsMethods(t *testing.T) {
	m := mustNew(t, cors.Policy{Origins: []string{"https://app.example.com"}, Debug: true})
	expect(t, m, request("OPTIONS /", site, asksPUT), http.StatusNoContent, varyPreflight, "Crossorigin-Reason: method.not-allowed",
		"Access-Control-Allow-Origin: https://app.example.com", "Access-Control-Allow-Methods: GET, HEAD, POST")
}

// Debug must not let pass what is refused without it, though the status is an ok
// one: a method or headers that are too long are covered by "*".
func TestDebugRefusalOfWhatAnAsteriskCovers(t *testing.T) {
	p := cors.Policy{Origins: []string{"https://app.example.com"}, Methods: []string{"*"}, RequestHeaders: []string{"*"}, Debug: true}
	for _, credentials := range []bool{false, true} {
		p.Credentials = credentials
		m := mustNew(t, p)
		status, header := serve(m, request("OPTIONS /", site, "Access-Control-Request-Method: "+strings.Repeat("A", 300)))
		if status != http.StatusNoContent || header.Get("Crossorigin-Reason") != "method.malformed" || header.Get("Access-Control-Allow-Methods") != "GET, HEAD, POST" {
			t.Errorf("a long method: %d, %v", status, header)
		}
		status, header = serve(m, request("OPTIONS /", site, asksPUT, "Access-Control-Request-Headers: "+strings.Repeat("a", 5000)))
		if status != http.StatusNoContent || header.Get("Crossorigin-Reason") != "headers.too-long" || header["Access-Control-Allow-Headers"] != nil {
			t.Errorf("a long header: %d, %v", status, header)
		}
	}
}

func TestObserve(t *testing.T) {
	p := full
	p.Enforce = true
	m := mustRoutes(t, cors.Route{Pattern: "/api/", Policy: p})
	var got []cors.Decision
	m.Observe(func(r *http.Request, d cors.Decision) { got = append(got, d) })
	for _, test := range []struct {
		r    *http.Request
		want cors.Decision
	}{
		{request("GET /api/"), cors.Decision{Kind: cors.KindOther, Route: "/api/", Method: "GET"}},
		{request("GET /api/", site), cors.Decision{Kind: cors.KindActual, Route: "/api/", Method: "GET", Origin: "https://app.example.com", Allowed: true}},
		{request("GET /api/", stranger), cors.Decision{Kind: cors.KindActual, Route: "/api/", Method: "GET", Origin: "https://evil.example", Reason: cors.ReasonOriginNotAllowed}},
		{request("GET /api/", "Origin: null"), cors.Decision{Kind: cors.KindActual, Route: "/api/", Method: "GET", Origin: "null", Reason: cors.ReasonOriginNull}},
		{request("GET /api/", "Origin: x"), cors.Decision{Kind: cors.KindActual, Route: "/api/", Method: "GET", Origin: "x", Reason: cors.ReasonOriginMalformed}},
		{request("GET /api/", site, stranger), cors.Decision{Kind: cors.KindActual, Route: "/api/", Method: "GET", Origin: "https://app.example.com", Reason: cors.ReasonOriginMultiple}},
		{request("POST /api/", stranger), cors.Decision{Kind: cors.KindActual, Route: "/api/", Method: "POST", Origin: "https://evil.example", Reason: cors.ReasonOriginNotAllowed, Stopped: true}},
		{request("POST /api/", "Sec-Fetch-Site: cross-site"), cors.Decision{Kind: cors.KindOther, Route: "/api/", Method: "POST", Reason: cors.ReasonOriginMissing, Stopped: true}},
		{request("GET /", site), cors.Decision{Kind: cors.KindActual, Method: "GET", Origin: "https://app.example.com", Reason: cors.ReasonRouteNone}},
		{request("GET /"), cors.Decision{Kind: cors.KindOther, Method: "GET"}},
		{request("OPTIONS *"), cors.Decision{Kind: cors.KindOther, Method: "OPTIONS"}},
		{request("OPTIONS *", site, asksPUT), cors.Decision{Kind: cors.KindPreflight, Method: "PUT", Origin: "https://app.example.com", Reason: cors.ReasonRouteNone}},
		{request("OPTIONS /", site, asksPUT), cors.Decision{Kind: cors.KindPreflight, Method: "PUT", Origin: "https://app.example.com", Reason: cors.ReasonRouteNone}},
		{request("OPTIONS /api/", site, asksPUT, "Access-Control-Request-Headers: x-tenant"), cors.Decision{Kind: cors.KindPreflight, Route: "/api/", Method: "PUT", Origin: "https://app.example.com", Allowed: true, Headers: []string{"x-tenant"}}},
		{request("OPTIONS /api/", stranger, asksPUT), cors.Decision{Kind: cors.KindPreflight, Route: "/api/", Method: "PUT", Origin: "https://evil.example", Reason: cors.ReasonOriginNotAllowed}},
		{request("OPTIONS /api/", site, "Access-Control-Request-Method: PATCH"), cors.Decision{Kind: cors.KindPreflight, Route: "/api/", Method: "PATCH", Origin: "https://app.example.com", Reason: cors.ReasonMethodNotAllowed}},
		{request("OPTIONS /api/", site, "Access-Control-Request-Method: A, B"), cors.Decision{Kind: cors.KindPreflight, Route: "/api/", Method: "A, B", Origin: "https://app.example.com", Reason: cors.ReasonMethodMalformed}},
		{request("OPTIONS /api/", site, asksPUT, "Access-Control-Request-Headers: y"), cors.Decision{Kind: cors.KindPreflight, Route: "/api/", Method: "PUT", Origin: "https://app.example.com", Reason: cors.ReasonHeaderNotAllowed, Headers: []string{"y"}}},
		{request("OPTIONS /api/", site, asksPUT, "Access-Control-Request-Headers: y z"), cors.Decision{Kind: cors.KindPreflight, Route: "/api/", Method: "PUT", Origin: "https://app.example.com", Reason: cors.ReasonHeaderMalformed, Headers: []string{"y z"}}},
	} {
		got = nil
		serve(m, test.r)
		if len(got) != 1 || !reflect.DeepEqual(got[0], test.want) {
			t.Errorf("%s %s %v:\n got %+v\nwant %+v", test.r.Method, test.r.URL, test.r.Header, got, test.want)
		}
	}
	long := strings.Repeat(",", 1000)
	got = nil
	serve(m, request("OPTIONS /api/", site, asksPUT, "Access-Control-Request-Headers: "+long))
	if len(got) != 1 || got[0].Reason != cors.ReasonHeadersTooLong {
		t.Errorf("%+v", got)
	}
	if err := m.Reconfigure(cors.Route{Pattern: "/", Policy: p}); err != nil {
		t.Fatal(err)
	}
	got = nil
	serve(m, request("GET /"))
	if len(got) != 1 {
		t.Error("Reconfigure loses the observer")
	}
	m.Observe(nil)
	got = nil
	serve(m, request("GET /"))
	if len(got) != 0 {
		t.Error("a removed observer is called")
	}
	var zero cors.Middleware
	zero.Observe(func(r *http.Request, d cors.Decision) { got = append(got, d) })
	serve(&zero, request("GET /", site))
	if len(got) != 1 || got[0].Reason != cors.ReasonRouteNone {
		t.Errorf("the zero Middleware: %+v", got)
	}
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	plain := &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	p := full
	p.Enforce = true
	m := mustNew(t, p)
	m.Observe(cors.Log(slog.New(slog.NewTextHandler(&out, plain))))
	for _, test := range []struct {
		r    *http.Request
		want string
	}{
		{request("GET /"), ""},
		{request("GET /", site), `level=DEBUG msg="cors: granted" kind=actual origin=https://app.example.com method=GET host=example.com path=/ route=/`},
		{request("OPTIONS /x", site, asksPUT, "Access-Control-Request-Headers: y"),
			`level=INFO msg="cors: refused" kind=preflight origin=https://app.example.com method=PUT host=example.com path=/x reason=header.not-allowed route=/ headers=y`},
		{request("POST /x", stranger),
			`level=INFO msg="cors: stopped" kind=actual origin=https://evil.example method=POST host=example.com path=/x reason=origin.not-allowed route=/`},
	} {
		out.Reset()
		serve(m, test.r)
		if got := strings.TrimSpace(out.String()); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
	out.Reset()
	serve(m, request("GET /", "Origin: "+strings.Repeat("a", 1<<20)))
	if out.Len() > 1000 {
		t.Errorf("a long origin makes %d bytes of log", out.Len())
	}
	out.Reset()
	plain.Level = slog.LevelWarn
	m.Observe(cors.Log(slog.New(slog.NewTextHandler(&out, plain))))
	if serve(m, request("GET /", stranger)); out.Len() > 0 {
		t.Errorf("logged below the level: %s", &out)
	}
}
