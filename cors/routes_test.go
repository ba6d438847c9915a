package cors_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"

	"crossorigin.dev/cors"
	"crossorigin.dev/origin"
)

func mustRoutes(t testing.TB, routes ...cors.Route) *cors.Middleware {
	t.Helper()
	m, err := cors.NewRoutes(routes...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// only is a policy that allows one origin and, to be recognized, one method.
func only(origin, method string) cors.Policy {
	return cors.Policy{Origins: []string{origin}, Methods: []string{method}}
}

func TestRoutesTheMostSpecificPatternDecides(t *testing.T) {
	m := mustRoutes(t,
		cors.Route{Pattern: "/", Policy: only("https://root.example", "R")},
		cors.Route{Pattern: "/api/", Policy: only("https://api.example", "A")},
		cors.Route{Pattern: "GET /api/items/{id}", Policy: only("https://read.example", "G")},
		cors.Route{Pattern: "PUT /api/items/{id}", Policy: only("https://write.example", "W")},
		cors.Route{Pattern: "/api/exact/{$}", Policy: only("https://exact.example", "E")},
		cors.Route{Pattern: "host.example/", Policy: only("https://host-site.example", "H")},
		cors.Route{Pattern: "/no/cors/", Policy: cors.Policy{AllowOrigin: func(*http.Request, origin.Origin) bool { return false }}},
	)
	for _, test := range []struct{ url, method, allowed string }{
		{"http://x/", "GET", "root"},
		{"http://x/other", "DELETE", "root"},
		{"http://x/api/", "GET", "api"},
		{"http://x/api/items/1/sub", "GET", "api"},
		{"http://x/api/items/1", "GET", "read"},
		{"http://x/api/items/1", "HEAD", "read"}, // GET patterns match HEAD
		{"http://x/api/items/1", "POST", "api"},
		{"http://x/api/exact/", "GET", "exact"},
		{"http://x/api/exact/more", "GET", "api"},
		{"http://host.example/api/items/1", "GET", "host-site"},
		{"http://host.example:8080/", "GET", "host-site"},
		{"http://host.example./", "GET", "root"}, // a trailing dot makes it another host
		{"http://x/no/cors/", "GET", "nobody"},
		{"http://x/api", "GET", "api"},         // ServeMux redirects it to /api/
		{"http://x//api/", "GET", "api"},       // and this
		{"http://x/no/../api/a", "GET", "api"}, // and this
		{"http://x/api/items/1", "PUT", "write"},
	} {
		for _, name := range []string{"root", "api", "read", "write", "exact", "host-site", "none"} {
			o := "Origin: https://" + name + ".example"
			_, header := serve(m, request(test.method+" "+test.url, o))
			if got := header.Get("Access-Control-Allow-Origin") != ""; got != (name == test.allowed) {
				t.Errorf("%s %s from %s: allowed %v", test.method, test.url, name, got)
			}
			status, header := serve(m, request("OPTIONS "+test.url, o, "Access-Control-Request-Method: "+test.method))
			if got := header.Get("Access-Control-Allow-Origin") != ""; got && name != test.allowed {
				t.Errorf("preflight for %s %s from %s: allowed", test.method, test.url, name)
			}
			if status == handled {
				t.Errorf("preflight for %s %s from %s reached the handler", test.method, test.url, name)
			}
		}
	}
	// The preflight gets the policy of the method that it asks for.
	expect(t, m, request("OPTIONS http://x/api/items/1", "Origin: https://read.example", "Access-Control-Request-Method: G"), http.StatusForbidden, varyPreflight)
	expect(t, m, request("OPTIONS http://x/api/items/1", "Origin: https://read.example", asksGET), http.StatusNoContent,
		varyPreflight, "Access-Control-Allow-Origin: https://read.example", "Access-Control-Allow-Methods: G")
}

func TestRoutesUnmatchedRequestsPassUntouched(t *testing.T) {
	m := mustRoutes(t, cors.Route{Pattern: "GET /public/", Policy: cors.Policy{Origins: []string{"*"}}})
	expect(t, m, request("GET /public/a", site), handled, "Access-Control-Allow-Origin: *")
	expect(t, m, request("OPTIONS /public/a", site, asksGET), http.StatusNoContent, "Access-Control-Allow-Origin: *",
		"Vary: Access-Control-Request-Method, Access-Control-Request-Headers")
	expect(t, m, request("GET /private", site), handled)
	expect(t, m, request("POST /public/a", site), handled)
	expect(t, m, request("OPTIONS /public/a", site, asksPOST), handled)
	expect(t, m, request("OPTIONS /public/a", site, "Access-Control-Request-Method: CONNECT"), handled)
	expect(t, m, request("OPTIONS /public/a", site, "Access-Control-Request-Method: "), handled)
	expect(t, m, request("OPTIONS *", site, asksGET), handled)
	connect := request("GET /public/a", site)
	connect.Method, connect.URL.Path = "CONNECT", ""
	expect(t, m, connect, handled)
	expect(t, mustRoutes(t), request("GET /public/a", site), handled)
	// A target in absolute form may have no path, which means /.
	m = mustRoutes(t, cors.Route{Pattern: "/{$}", Policy: cors.Policy{Origins: []string{"*"}}}, cors.Route{Pattern: "/x", Policy: full})
	expect(t, m, request("GET http://x", site), handled, "Access-Control-Allow-Origin: *")
}

// What is below /public/ for ServeMux is /private/… for http.FileServer and for
// many servers behind a proxy, so it gets the policy of neither.
func TestRoutesGrantNothingToHiddenDots(t *testing.T) {
	public := cors.Policy{Origins: []string{"*"}}
	private := cors.Policy{Origins: []string{"https://app.example.com"}, Enforce: true}
	m := mustRoutes(t, cors.Route{Pattern: "/public/", Policy: public}, cors.Route{Pattern: "/private/", Policy: private})
	for _, path := range []string{"/public/..%2Fprivate/x", "/public/a/%2e%2e%2f..%2Fprivate", "/public/..%5Cprivate/x", "/other/..%2Fprivate/x", "/public/.%2Fx", "/public/a%2F.."} {
		expect(t, m, request("GET "+path, site), handled, varyActual)
		expect(t, m, request("POST "+path), handled, varyActual)
		expect(t, m, request("OPTIONS "+path, site, asksGET), http.StatusForbidden, varyPreflight)
		if status, _ := serve(m, request("POST "+path, stranger)); status != http.StatusForbidden {
			t.Errorf("POST %s: status %d", path, status)
		}
	}
	for _, path := range []string{"/public/a%2Fb", "/public/..a%2Fb", "/public/a%2F...", "/public/%2Fa", `/public/a%5Cb`} {
		expect(t, m, request("GET "+path, site), handled, "Access-Control-Allow-Origin: *")
	}
	public.Enforce, private.Enforce = false, false
	m = mustRoutes(t, cors.Route{Pattern: "/public/", Policy: public}, cors.Route{Pattern: "/private/", Policy: private})
	expect(t, m, request("POST /public/..%2Fprivate/x", stranger), handled, varyActual)
	var got cors.Decision
	m.Observe(func(_ *http.Request, d cors.Decision) { got = d })
	serve(m, request("GET /public/..%2Fprivate/x", site))
	if want := (cors.Decision{Kind: cors.KindActual, Method: "GET", Origin: "https://app.example.com", Reason: cors.ReasonRouteHidden}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	// With one policy for everything nothing can be mistaken.
	expect(t, mustNew(t, public), request("GET /public/..%2Fprivate/x", site), handled, "Access-Control-Allow-Origin: *")
}

func TestRoutesReportBadPatterns(t *testing.T) {
	fine := cors.Policy{Origins: []string{"https://example.com"}}
	for _, patterns := range [][]string{
		{""}, {"no-slash"}, {"GET"}, {"/{"}, {"/{a}/{a}"}, {"/a b/ c"}, {"/same", "/same"}, {"/{x}/a", "/b/{y}"},
	} {
		var routes []cors.Route
		for _, pattern := range patterns {
			routes = append(routes, cors.Route{Pattern: pattern, Policy: fine})
		}
		_, err := cors.NewRoutes(routes...)
		var problem *cors.PolicyError
		if !errors.As(err, &problem) || problem.Field != "Pattern" || problem.Route != patterns[len(patterns)-1] {
			t.Errorf("NewRoutes(%q): %v", patterns, err)
		}
	}
	_, err := cors.NewRoutes(cors.Route{Pattern: "/{x}/a", Policy: fine}, cors.Route{Pattern: "/b/{y}", Policy: fine})
	const conflict = `cors: route "/b/{y}": Pattern: "/b/{y}" is refused by net/http: pattern "/b/{y}" conflicts with pattern "/{x}/a": ` +
		`/b/{y} and /{x}/a both match some paths, like "/b/a"`
	if err == nil || err.Error() != conflict {
		t.Errorf("got  %v\nwant %s", err, conflict)
	}
	_, err = cors.NewRoutes(
		cors.Route{Pattern: "/a", Policy: fine},
		cors.Route{Pattern: "/b", Policy: cors.Policy{Origins: []string{"https://example.com/"}}})
	if err == nil || !strings.HasPrefix(err.Error(), `cors: route "/b": Origins: "https://example.com/" goes on`) {
		t.Errorf("%v", err)
	}
}

func TestReconfigure(t *testing.T) {
	var m cors.Middleware
	h := m.Handler(http.NotFoundHandler())
	allowed := func(origin string) bool {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, request("GET /", "Origin: "+origin))
		return w.Header().Get("Access-Control-Allow-Origin") != ""
	}
	if allowed("https://a.example") {
		t.Error("the zero Middleware allows")
	}
	if err := m.Reconfigure(cors.Route{Pattern: "/", Policy: only("https://a.example", "A")}); err != nil {
		t.Fatal(err)
	}
	if !allowed("https://a.example") || allowed("https://b.example") {
		t.Error("the new routes are not in use")
	}
	before := m.Routes()
	err := m.Reconfigure(cors.Route{Pattern: "/", Policy: only("https://b.example", "B")}, cors.Route{Pattern: "/x", Policy: only("bad", "B")})
	if err == nil || !allowed("https://a.example") || allowed("https://b.example") || !reflect.DeepEqual(m.Routes(), before) {
		t.Error("an error did not leave the old routes in use")
	}
	if err := m.Reconfigure(); err != nil || allowed("https://a.example") || len(m.Routes()) != 0 {
		t.Error("no routes are not none")
	}
}

func TestRoutesAreWhatWasGiven(t *testing.T) {
	routes := []cors.Route{{Pattern: "/a", Policy: full}, {Pattern: "/b", Policy: cors.Policy{Origins: []string{"*"}, VaryOn: []string{"x"}}}}
	routes[0].Policy.Origins = []string{"https://app.example.com"}
	m := mustRoutes(t, routes...)
	got := m.Routes()
	if !reflect.DeepEqual(got, routes) {
		t.Errorf("Routes() = %+v", got)
	}
	// Neither what was given nor what was returned is a handle on what is in use.
	routes[0].Policy.Origins[0] = "https://evil.example"
	got[0].Policy.Origins[0] = "https://evil.example"
	if o := m.Routes()[0].Policy.Origins[0]; o != "https://app.example.com" {
		t.Errorf("the origin became %s", o)
	}
	if err := m.Reconfigure(m.Routes()...); err != nil {
		t.Error(err)
	}
}

// Each request sees one configuration or the other, whole.
func TestReconfigureWhileServing(t *testing.T) {
	policies := []cors.Policy{
		{Origins: []string{"https://app.example.com"}, Methods: []string{"A"}, RequestHeaders: []string{"a"}},
		{Origins: []string{"https://app.example.com"}, Methods: []string{"B"}, RequestHeaders: []string{"b"}},
	}
	m := mustNew(t, policies[0])
	done := make(chan struct{})
	var serving sync.WaitGroup
	for range 4 {
		serving.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				_, header := serve(m, request("OPTIONS /", site, asksGET))
				if got := header.Get("Access-Control-Allow-Methods") + header.Get("Access-Control-Allow-Headers"); got != "Aa" && got != "Bb" {
					t.Errorf("half of each: %q", got)
					return
				}
			}
		})
	}
	for i := range 200 {
		if err := m.Reconfigure(cors.Route{Pattern: "/", Policy: policies[i%2]}); err != nil {
			t.Error(err)
		}
		m.Observe(func(*http.Request, cors.Decision) {})
		_ = fmt.Sprint(m.Routes())
	}
	close(done)
	serving.Wait()
}
