package cors_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/cors"
	"crossorigin.dev/origin"
)

func mustNew(t testing.TB, p cors.Policy) *cors.Middleware {
	t.Helper()
	m, err := cors.New(p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// request makes a request of "METHOD URL" and "Name: value" lines.
func request(start string, lines ...string) *http.Request {
	method, url, _ := strings.Cut(start, " ")
	r := httptest.NewRequest(method, url, nil)
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	return r
}

const handled = 299 // the status by which the tests' handler shows that it ran

// serve sends r through m and returns the status and the response's headers,
// each as one "Name: value" line, sorted by name, lines of one name in order.
func serve(m *cors.Middleware, r *http.Request) (status int, header http.Header) {
	w := httptest.NewRecorder()
	m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(handled)
	})).ServeHTTP(w, r)
	return w.Code, w.Result().Header
}

func expect(t *testing.T, m *cors.Middleware, r *http.Request, status int, want ...string) {
	t.Helper()
	got, header := serve(m, r)
	if got != status {
		t.Errorf("%s %s %v: status %d, want %d", r.Method, r.URL, r.Header, got, status)
	}
	wanted := http.Header{}
	for _, line := range want {
		name, value, _ := strings.Cut(line, ": ")
		wanted.Add(name, value)
	}
	for name, values := range header {
		if strings.Join(values, "|") != strings.Join(wanted[name], "|") && name != "Content-Type" && name != "X-Content-Type-Options" {
			t.Errorf("%s %s %v: %s is %q, want %q", r.Method, r.URL, r.Header, name, values, wanted[name])
		}
	}
	for name := range wanted {
		if _, ok := header[name]; !ok {
			t.Errorf("%s %s %v: no %s, want %q", r.Method, r.URL, r.Header, name, wanted[name])
		}
	}
}

const (
	varyPreflight = "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
	varyActual    = "Vary: Origin"
	site          = "Origin: https://app.example.com"
	stranger      = "Origin: https://evil.example"
	asksGET       = "Access-Control-Request-Method: GET"
	asksPOST      = "Access-Control-Request-Method: POST"
	asksPUT       = "Access-Control-Request-Method: PUT"
)

var full = cors.Policy{
	Origins:         []string{"https://app.example.com", "https://*.trusted.example"},
	Credentials:     true,
	Methods:         []string{"PUT", "DELETE"},
	RequestHeaders:  []string{"Content-Type", "Authorization", "X-Tenant"},
	ResponseHeaders: []string{"ETag", "X-Total"},
	MaxAge:          10 * time.Minute,
}

func TestTheZeroMiddlewareGrantsNothing(t *testing.T) {
	m := new(cors.Middleware)
	expect(t, m, request("GET /"), handled)
	expect(t, m, request("GET /", site), handled)
	expect(t, m, request("OPTIONS /", site, asksPUT), handled)
}

func TestActualRequests(t *testing.T) {
	m := mustNew(t, full)
	granted := []string{
		varyActual,
		"Access-Control-Allow-Origin: https://app.example.com",
		"Access-Control-Allow-Credentials: true",
		"Access-Control-Expose-Headers: etag,x-total",
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"} {
		expect(t, m, request(method+" /", site), handled, granted...)
		expect(t, m, request(method+" /", stranger), handled, varyActual)
		expect(t, m, request(method+" /"), handled, varyActual)
	}
	for _, bad := range []string{"Origin: ", "Origin: null", "Origin: *", "Origin: https://app.example.com/", "Origin: https://APP.example.com",
		"Origin: https://app.example.com:443", "Origin: https://app.example.com, https://app.example.com",
		"Origin: https://evil.com/.trusted.example", "Origin: https://trusted.example"} {
		expect(t, m, request("GET /", bad), handled, varyActual)
	}
	expect(t, m, request("GET /", site, site), handled, varyActual)
	expect(t, m, request("GET /", site, stranger), handled, varyActual)
	expect(t, m, request("GET /", "Origin: https://a.b.trusted.example"), handled, varyActual,
		"Access-Control-Allow-Origin: https://a.b.trusted.example",
		"Access-Control-Allow-Credentials: true",
		"Access-Control-Expose-Headers: etag,x-total")
}

func TestOPTIONSThatIsNoPreflight(t *testing.T) {
	m := mustNew(t, full)
	granted := []string{
		varyPreflight,
		"Access-Control-Allow-Origin: https://app.example.com",
		"Access-Control-Allow-Credentials: true",
		"Access-Control-Expose-Headers: etag,x-total",
	}
	expect(t, m, request("OPTIONS /", site), handled, granted...)
	expect(t, m, request("OPTIONS /", stranger), handled, varyPreflight)
	expect(t, m, request("OPTIONS /", asksPUT), handled, varyPreflight) // without Origin
	expect(t, m, request("OPTIONS *", site), handled)
	expect(t, m, request("OPTIONS *", site, asksPUT), handled)
	// Another method with the headers of a preflight is an actual request.
	expect(t, m, request("GET /", site, asksPUT), handled, append(granted[1:], varyActual)...)
}

func TestPreflights(t *testing.T) {
	m := mustNew(t, full)
	granted := []string{
		varyPreflight,
		"Access-Control-Allow-Origin: https://app.example.com",
		"Access-Control-Allow-Credentials: true",
		"Access-Control-Allow-Methods: PUT, DELETE",
		"Access-Control-Allow-Headers: content-type,authorization,x-tenant",
		"Access-Control-Max-Age: 600",
	}
	for _, ok := range [][]string{
		{asksPUT},
		{asksGET},
		{asksPOST}, // a preflight without need: an upload listener
		{"Access-Control-Request-Method: HEAD"},
		{"Access-Control-Request-Method: DELETE"},
		{asksPUT, "Access-Control-Request-Headers: authorization,content-type"},
		{asksPUT, "Access-Control-Request-Headers: "},
		{asksPUT, "Access-Control-Request-Headers: Content-Type , \tAUTHORIZATION"},
		{asksPUT, "Access-Control-Request-Headers: x-tenant,,authorization,"},
		{asksPUT, "Access-Control-Request-Headers: x-tenant", "Access-Control-Request-Headers: authorization"},
		{asksPUT, "Access-Control-Request-Headers: ", "Access-Control-Request-Headers: authorization"},
	} {
		expect(t, m, request("OPTIONS /", append(ok, site)...), http.StatusNoContent, granted...)
		expect(t, m, request("OPTIONS /", append(ok, stranger)...), http.StatusForbidden, varyPreflight)
		expect(t, m, request("OPTIONS /", append(ok, site, site)...), http.StatusForbidden, varyPreflight)
		expect(t, m, request("OPTIONS /", append(ok, "Origin: null")...), http.StatusForbidden, varyPreflight)
	}
	for _, bad := range [][]string{
		{"Access-Control-Request-Method: PATCH"},
		{"Access-Control-Request-Method: put"},
		{"Access-Control-Request-Method: "},
		{"Access-Control-Request-Method: PUT, DELETE"},
		{asksPUT, asksPUT},
		{asksPUT, "Access-Control-Request-Headers: x-other"},
		{asksPUT, "Access-Control-Request-Headers: content-type,x-other"},
		{asksPUT, "Access-Control-Request-Headers: content-type x-tenant"},
		{asksPUT, "Access-Control-Request-Headers: content-type;x-tenant"},
		{asksPUT, "Access-Control-Request-Headers: x-tenan"},
		{asksPUT, "Access-Control-Request-Headers: x-tenant2"},
		{asksPUT, "Access-Control-Request-Headers: x-!tenant"},
		{asksPUT, "Access-Control-Request-Headers: *"},
		{asksPUT, "Access-Control-Request-Headers: " + strings.Repeat(",", 300)},
	} {
		expect(t, m, request("OPTIONS /", append(bad, site)...), http.StatusForbidden, varyPreflight)
	}
}

func TestEveryOrigin(t *testing.T) {
	m := mustNew(t, cors.Policy{Origins: []string{"*"}, Methods: []string{"*"}, RequestHeaders: []string{"*", "authorization"}, ResponseHeaders: []string{"*"}})
	// The same headers for everyone, with Origin or without, so no Vary.
	for _, origin := range []string{"", site, stranger, "Origin: null", "Origin: file://"} {
		var lines []string
		if origin != "" {
			lines = append(lines, origin)
		}
		expect(t, m, request("GET /", lines...), handled, "Access-Control-Allow-Origin: *", "Access-Control-Expose-Headers: *")
	}
	expect(t, m, request("OPTIONS /", site, asksPUT, "Access-Control-Request-Headers: authorization,x-any"), http.StatusNoContent,
		"Access-Control-Allow-Origin: *",
		"Access-Control-Allow-Methods: *",
		"Access-Control-Allow-Headers: *,authorization",
		"Vary: Access-Control-Request-Method, Access-Control-Request-Headers")
	// What no browser sends gets nothing, and is kept apart in caches.
	expect(t, m, request("GET /", "Origin: https://app.example.com/"), handled, varyActual)
	expect(t, m, request("GET /", site, site), handled, varyActual)
	expect(t, m, request("OPTIONS /", asksPUT, "Origin: "), http.StatusForbidden, varyPreflight)
}

func TestWildcardsWithCredentialsAreEchoed(t *testing.T) {
	m := mustNew(t, cors.Policy{Origins: []string{"https://app.example.com"}, Credentials: true,
		Methods: []string{"*"}, RequestHeaders: []string{"*"}})
	allowed := []string{varyPreflight,
		"Access-Control-Allow-Origin: https://app.example.com",
		"Access-Control-Allow-Credentials: true"}
	expect(t, m, request("OPTIONS /", site, "Access-Control-Request-Method: PURGE"), http.StatusNoContent,
		append(allowed, "Access-Control-Allow-Methods: PURGE")...)
	expect(t, m, request("OPTIONS /", site, asksPUT, "Access-Control-Request-Headers: x-a,x-b", "Access-Control-Request-Headers: x-c"),
		http.StatusNoContent, append(allowed, "Access-Control-Allow-Methods: PUT",
			"Access-Control-Allow-Headers: x-a,x-b", "Access-Control-Allow-Headers: x-c")...)
	for _, bad := range []string{"authorization", "x-a,Authorization", "x-a;x-b", "x a", strings.Repeat("x,", 5000)} {
		expect(t, m, request("OPTIONS /", site, asksPUT, "Access-Control-Request-Headers: "+bad), http.StatusForbidden, varyPreflight)
	}
	expect(t, m, request("OPTIONS /", site, "Access-Control-Request-Method: PUT\r\nX: y"), http.StatusForbidden, varyPreflight)
}

func TestAllowOrigin(t *testing.T) {
	m := mustNew(t, cors.Policy{
		Origins: []string{"https://app.example.com"},
		AllowOrigin: func(r *http.Request, o origin.Origin) bool {
			return o.Scheme() == "https" && o.IsSubdomainOf(r.Header.Get("X-Region")+".example")
		},
		VaryOn: []string{"x-region"},
	})
	const vary = "Vary: Origin, X-Region"
	expect(t, m, request("GET /", site), handled, vary, "Access-Control-Allow-Origin: https://app.example.com")
	expect(t, m, request("GET /", "X-Region: eu", "Origin: https://a.eu.example"), handled, vary, "Access-Control-Allow-Origin: https://a.eu.example")
	expect(t, m, request("GET /", "X-Region: us", "Origin: https://a.eu.example"), handled, vary)
	expect(t, m, request("GET /", "X-Region: eu", "Origin: http://a.eu.example"), handled, vary)
	expect(t, m, request("GET /", "X-Region: eu", "Origin: https://a.eu.example/"), handled, vary)
	expect(t, m, request("GET /"), handled, vary)
	expect(t, m, request("OPTIONS /", asksGET, "X-Region: eu", "Origin: https://a.eu.example"), http.StatusNoContent,
		vary+", Access-Control-Request-Method, Access-Control-Request-Headers", "Access-Control-Allow-Origin: https://a.eu.example")

	everyone := mustNew(t, cors.Policy{AllowOrigin: func(*http.Request, origin.Origin) bool { return true }})
	expect(t, everyone, request("GET /", "Origin: null"), handled, varyActual) // is not asked
	expect(t, everyone, request("GET /", stranger), handled, varyActual, "Access-Control-Allow-Origin: https://evil.example")
}

func TestVaryOfOuterHandlersStays(t *testing.T) {
	m := mustNew(t, full)
	inner := m.Handler(http.NotFoundHandler())
	w := httptest.NewRecorder()
	outer := make([]string, 1, 10)
	outer[0] = "Accept-Encoding"
	w.Header()["Vary"] = outer
	inner.ServeHTTP(w, request("GET /", site))
	if got := strings.Join(w.Header()["Vary"], "|"); got != "Accept-Encoding|Origin" {
		t.Errorf("Vary is %q", got)
	}
	if spare := outer[:2][1]; spare != "" {
		t.Errorf("the outer handler's memory was written to: %q", spare)
	}
}
