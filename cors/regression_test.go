package cors_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"crossorigin.dev/cors"
)

// The tests of this file are the bugs that CORS middleware for Go has had, each
// under the name of its report.

// discard is a ResponseWriter that can be used again and again.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

func allocations(m *cors.Middleware, r *http.Request) float64 {
	w := &discard{header: make(http.Header)}
	h := m.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	return testing.AllocsPerRun(100, func() {
		clear(w.header)
		h.ServeHTTP(w, r)
	})
}

// rs/cors (GO-2024-2883), go-chi/cors#36 and gorilla/handlers split and copied
// whatever an attacker sent: 17 MB of garbage for a megabyte of commas.
func TestCVE_2025_47908_CommasInRequestHeaders(t *testing.T) {
	manyLines := request("OPTIONS /", site, asksPUT)
	for range 1024 {
		manyLines.Header.Add("Access-Control-Request-Headers", strings.Repeat(",", 1024))
	}
	requests := map[string]*http.Request{"1024 lines": manyLines}
	for _, size := range []int{1 << 10, 1 << 20} {
		for _, element := range []string{",", " ", "a", "x-tenant,", "x-tenant", ", ", "\t"} {
			requests[fmt.Sprintf("%d of %q", size, element)] =
				request("OPTIONS /", site, asksPUT, "Access-Control-Request-Headers: "+strings.Repeat(element, size/len(element)))
		}
	}
	anyHeader := full
	anyHeader.RequestHeaders = []string{"*"}
	for _, m := range []*cors.Middleware{mustNew(t, full), mustNew(t, anyHeader)} {
		for what, r := range requests {
			if n := allocations(m, r); n > 1 {
				t.Errorf("%s: %v allocations", what, n)
			}
		}
		expect(t, m, manyLines, http.StatusForbidden, varyPreflight)
	}
}

// rs/cors before 1.5, gorilla/handlers before 1.3 (CVE-2017-20146), echo#2400 and
// fiber#2338: "*" with credentials answered whoever asked with their own origin.
func TestCVE_2018_20744_AnyOriginWithCredentials(t *testing.T) {
	if _, err := cors.New(cors.Policy{Origins: []string{"*"}, Credentials: true}); err == nil {
		t.Error(`"*" is accepted with Credentials`)
	}
	for _, unsafe := range []cors.Policy{
		{UnsafeBroadOrigins: true}, {UnsafeInsecureOrigins: true}, {UnsafeNullOrigin: true},
	} {
		unsafe.Origins, unsafe.Credentials = []string{"*"}, true
		if _, err := cors.New(unsafe); err == nil {
			t.Errorf("an Unsafe field makes %q acceptable with Credentials", "*")
		}
	}
	m := mustNew(t, cors.Policy{Origins: []string{"*"}})
	expect(t, m, request("GET /", stranger, "Cookie: session=1"), handled, "Access-Control-Allow-Origin: *")
}

func TestCVE_2017_20146_AnyOriginWithCredentials(t *testing.T) { // the same in gorilla/handlers
	TestCVE_2018_20744_AnyOriginWithCredentials(t)
}

// fiber before 2.52.1 accepted the combination in its configuration.
func TestCVE_2024_25124_AnyOriginWithCredentialsInConfiguration(t *testing.T) {
	for _, origins := range [][]string{{"*"}, {"*", "https://example.com"}, {"https://example.com", "*"}} {
		if _, err := cors.New(cors.Policy{Origins: origins, Credentials: true}); err == nil {
			t.Errorf("%q is accepted with Credentials", origins)
		}
	}
}

// gin-contrib/cors before 1.6 cut one byte too many before a trailing asterisk,
// so that https://example.com/* matched https://example.community/.
func TestCVE_2019_25211_TrailingAsterisk(t *testing.T) {
	for _, pattern := range []string{"https://example.com/*", "https://example.com*", "https://example.*", "https://example.com:*/*"} {
		if _, err := cors.New(cors.Policy{Origins: []string{pattern}}); err == nil {
			t.Errorf("%q is accepted", pattern)
		}
	}
	refusesAll(t, []string{"https://example.com:*", "https://*.example.com"},
		"https://example.community", "https://example.community:8443", "https://example.com.evil.org", "https://example.comx:1")
}

func refusesAll(t *testing.T, patterns []string, origins ...string) {
	t.Helper()
	m := mustNew(t, cors.Policy{Origins: patterns})
	for _, o := range origins {
		if _, header := serve(m, request("GET /", "Origin: "+o)); header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%q allow %q", patterns, o)
		}
	}
}

// jub0bs/cors before 0.1.3: {foo.com, bar.com} allowed barfoo.com.
func TestGHSA_vhxv_fg4m_p2w8_TwoOriginsMakeAThird(t *testing.T) {
	refusesAll(t, []string{"https://foo.com", "https://bar.com"}, "https://barfoo.com", "https://foobar.com", "https://foo.combar.com")
	refusesAll(t, []string{"https://*.foo.com", "https://*.bar.com"}, "https://a.barfoo.com", "https://barfoo.com", "https://bar.foo.co")
}

// fiber before 3.4 matched an asterisk with whatever stood there.
func TestFiberSubdomainsAreLabels(t *testing.T) {
	refusesAll(t, []string{"https://*.example.com"}, "https://foo..example.com", "https://evil.com:any.example.com",
		"https://evil.comexample.com", "https://.example.com", "https://example.com")
}

// rs/cors and jub0bs/cors reflect what no browser sends.
func TestJunkBeforeASubdomainPattern(t *testing.T) {
	refusesAll(t, []string{"https://*.example.com"}, "https://evil.com/.example.com", "https://evil.com#.example.com",
		"https://evil.com\\.example.com", "https://evil.com\x00.example.com", "https://evil.com%2f.example.com", "https://a@b.example.com")
}

// go-zero compared with strings.HasSuffix alone.
func TestCVE_2024_27302_BareSuffix(t *testing.T) {
	refusesAll(t, []string{"https://example.com"}, "https://evilexample.com", "https://evil-example.com", "https://a.example.com", "evilhttps://example.com")
	refusesAll(t, []string{"https://*.example.com"}, "https://evilexample.com", "https://evil-example.com")
}

// gin-contrib/cors leaves regular expressions unanchored, lets the two sides of
// an asterisk overlap, and lower-cases what is then another expression.
func TestGinUnanchoredAndOverlappingPatterns(t *testing.T) {
	refusesAll(t, []string{"https://example.com"}, "https://example.com.evil.org", "https://evil.org/https://example.com", "https://exampleXcom")
	for _, pattern := range []string{"https://foo.*.foo.com", `/https://example\.com/`} {
		if _, err := cors.New(cors.Policy{Origins: []string{pattern}}); err == nil {
			t.Errorf("%q is accepted", pattern)
		}
	}
}

// rs/cors#198, #213 and jub0bs/cors#14: an outer handler that writes into a
// header's values wrote into what all responses shared.
func TestRs198_OuterHandlerChangesHeaderValues(t *testing.T) {
	p := full
	p.Debug, p.TimingAllowOrigin, p.CrossOriginResourcePolicy = true, true, "same-site"
	echo := p
	echo.Methods, echo.RequestHeaders = []string{"*"}, []string{"*"}
	for _, m := range []*cors.Middleware{mustNew(t, p), mustNew(t, echo), mustNew(t, cors.Policy{Origins: []string{"*"}, ResponseHeaders: []string{"*"}})} {
		requests := []func() *http.Request{
			func() *http.Request { return request("GET /") },
			func() *http.Request { return request("GET /", site) },
			func() *http.Request { return request("GET /", stranger) },
			func() *http.Request { return request("OPTIONS /", site) },
			func() *http.Request {
				return request("OPTIONS /", site, asksPUT, "Access-Control-Request-Headers: x-tenant")
			},
			func() *http.Request { return request("OPTIONS /", stranger, asksPUT) },
			func() *http.Request { return request("OPTIONS /", site, "Access-Control-Request-Method: A B") },
		}
		for i, newRequest := range requests {
			_, before := serve(m, newRequest())
			var serving sync.WaitGroup
			for range 4 {
				serving.Go(func() {
					r := newRequest()
					w := httptest.NewRecorder()
					m.Handler(http.NotFoundHandler()).ServeHTTP(w, r)
					for name, values := range w.Header() {
						for j := range values {
							values[j] = "vandalized"
						}
						_ = append(w.Header()[name], "vandalized too")
					}
					for name, values := range w.Header() {
						for _, v := range values {
							if v != "vandalized" {
								t.Errorf("request %d: appending to another header changed %s to %q", i, name, v)
							}
						}
					}
					for name, values := range r.Header {
						for _, v := range values {
							if v == "vandalized" {
								t.Errorf("request %d: the request's own %s shares memory with the response", i, name)
							}
						}
					}
				})
			}
			serving.Wait()
			if _, after := serve(m, newRequest()); fmt.Sprint(after) != fmt.Sprint(before) {
				t.Errorf("request %d: before %v, after %v", i, before, after)
			}
		}
	}
}

// go-safeweb#372 echoed a list of methods as if it were one.
func TestGoSafeweb372_RequestMethodIsOneToken(t *testing.T) {
	p := full
	for _, methods := range [][]string{{"PUT", "DELETE"}, {"*"}} {
		p.Methods = methods
		m := mustNew(t, p)
		for _, bad := range []string{"GET, DELETE", "PUT,DELETE", "PUT DELETE", "", " ", "PUT\x00", "*,", strings.Repeat("A", 1<<20)} {
			expect(t, m, request("OPTIONS /", site, "Access-Control-Request-Method: "+bad), http.StatusForbidden, varyPreflight)
		}
		expect(t, m, request("OPTIONS /", site, asksPUT, asksGET), http.StatusForbidden, varyPreflight)
	}
}

// go-chi/cors drops characters that it does not know, so that x!f~oo is Xfoo.
func TestChiDropsTokenCharacters(t *testing.T) {
	m := mustNew(t, cors.Policy{Origins: []string{"https://app.example.com"}, RequestHeaders: []string{"Xfoo"}})
	expect(t, m, request("OPTIONS /", site, asksGET, "Access-Control-Request-Headers: x!f~oo"), http.StatusForbidden, varyPreflight)
	m = mustNew(t, cors.Policy{Origins: []string{"https://app.example.com"}, RequestHeaders: []string{"x!f~oo"}})
	expect(t, m, request("OPTIONS /", site, asksGET, "Access-Control-Request-Headers: x!f~oo"), http.StatusNoContent, varyPreflight,
		"Access-Control-Allow-Origin: https://app.example.com", "Access-Control-Allow-Headers: x!f~oo")
}

// rs/cors and go-chi/cors#37 allow the method OPTIONS though nobody listed it.
func TestChi37_OPTIONSIsNotAllowedUnlessListed(t *testing.T) {
	expect(t, mustNew(t, full), request("OPTIONS /", site, "Access-Control-Request-Method: OPTIONS"), http.StatusForbidden, varyPreflight)
}

// jub0bs/cors fails every preflight if nothing beyond the safelists is allowed,
// and preflights for POST without headers: browsers send those when a script
// listens to an upload's progress or streams the body.
func TestPreflightForASafelistedMethodWithoutHeaders(t *testing.T) {
	m := mustNew(t, cors.Policy{Origins: []string{"https://app.example.com"}})
	for _, method := range []string{"GET", "HEAD", "POST"} {
		expect(t, m, request("OPTIONS /", site, "Access-Control-Request-Method: "+method), http.StatusNoContent,
			varyPreflight, "Access-Control-Allow-Origin: https://app.example.com")
	}
	expect(t, m, request("OPTIONS /", site, asksPUT), http.StatusForbidden, varyPreflight)
	expect(t, m, request("OPTIONS /", site, asksPOST, "Access-Control-Request-Headers: content-type"), http.StatusForbidden, varyPreflight)
}

// rs/cors#184, #174, #176, #183 and go-chi/cors#33: gateways split, join, space
// and re-case Access-Control-Request-Headers.
func TestRs184_RequestHeadersAsGatewaysSendThem(t *testing.T) {
	m := mustNew(t, full)
	for _, lines := range [][]string{
		{"authorization,content-type,x-tenant"},
		{"authorization", "content-type", "x-tenant"},
		{"", "authorization"},
		{"authorization, content-type, x-tenant"},
		{"Authorization, Content-Type"},
		{"x-tenant,content-type,authorization"},
		{",,authorization,,"},
		{"\tauthorization\t,  content-type  "},
		{"authorization,authorization"},
	} {
		r := request("OPTIONS /", site, asksPUT)
		r.Header["Access-Control-Request-Headers"] = lines
		if status, header := serve(m, r); status != http.StatusNoContent || header.Get("Access-Control-Allow-Headers") != "content-type,authorization,x-tenant" {
			t.Errorf("%q: status %d, %v", lines, status, header)
		}
	}
}

// rs/cors#185 and jub0bs/cors#4, gin-contrib/cors#12, echo#1040: behind a router
// with the route "POST /x" a preflight ended as 405.
func TestRs185_RoutersNeverSeePreflights(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /x", func(w http.ResponseWriter, r *http.Request) {})
	p := full
	m := mustRoutes(t, cors.Route{Pattern: "POST /x", Policy: p})
	w := httptest.NewRecorder()
	m.Handler(mux).ServeHTTP(w, request("OPTIONS /x", site, asksPOST))
	if w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Origin") != "https://app.example.com" {
		t.Errorf("status %d, %v", w.Code, w.Header())
	}
}

// echo#2534, fiber#2920, gorilla/handlers, gin-contrib/cors: an OPTIONS that is
// no preflight was answered by the middleware. gin-contrib/cors#184: actual
// requests of origins that are not allowed were answered 403.
func TestEcho2534_OtherRequestsReachTheHandler(t *testing.T) {
	m := mustNew(t, full)
	for _, r := range []*http.Request{
		request("OPTIONS /"), request("OPTIONS /", site), request("OPTIONS /", stranger), request("OPTIONS /", asksPUT),
		request("GET /", stranger), request("POST /", stranger), request("DELETE /", stranger),
	} {
		if status, _ := serve(m, r); status != handled {
			t.Errorf("%s %v: status %d", r.Method, r.Header, status)
		}
	}
}

// jub0bs/cors refuses local development with credentials, and takes the UUIDs
// that Firefox gives extensions for addresses if they begin with a digit;
// gin-contrib/cors#135 panicked at tauri://.
func TestGin135_OriginsOfApplicationsAndExtensions(t *testing.T) {
	origins := []string{"tauri://localhost", "capacitor://localhost", "moz-extension://1b1cbd90-3d86-4a3b-9d0b-2f6f1c0c7a11",
		"chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb"}
	m := mustNew(t, cors.Policy{Origins: append(origins, "http://*.localhost:*"), Credentials: true})
	for _, o := range append(origins, "http://app.localhost:3000") {
		if _, header := serve(m, request("GET /", "Origin: "+o)); header.Get("Access-Control-Allow-Origin") != o {
			t.Errorf("%s is not allowed", o)
		}
	}
}

// gin-contrib/cors and gorilla/handlers leave Vary out, or replace what is there;
// rs/cors#157 and go-chi/cors#23 forget what functions read.
func TestRs157_VaryIsOnEveryResponse(t *testing.T) {
	for _, origins := range [][]string{{"https://app.example.com"}, {"https://app.example.com", "https://b.example"}, {"https://*.example.com"}} {
		m := mustNew(t, cors.Policy{Origins: origins})
		for _, r := range []*http.Request{
			request("GET /"), request("GET /", site), request("GET /", stranger), request("GET /", "Origin: null"), request("GET /", site, site),
			request("OPTIONS /"), request("OPTIONS /", site, asksGET), request("OPTIONS /", stranger, asksGET),
		} {
			if _, header := serve(m, r); !strings.HasPrefix(header.Get("Vary"), "Origin") {
				t.Errorf("%v: %s %v: Vary is %q", origins, r.Method, r.Header, header.Get("Vary"))
			}
		}
	}
}
