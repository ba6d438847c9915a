package corstest_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/cors"
	"crossorigin.dev/origin"
)

// The property: whatever the policy and whatever the page's request, a browser
// lets the page read the answer exactly if the policy's documentation says that
// it may. The two halves of CORS meet here, with a plain oracle between them that
// knows of no header. The requests go from one to the other without a socket,
// or a hundred thousand would take minutes.

// TestPropertyBrowserAndMiddleware checks 100,000 requests.
func TestPropertyBrowserAndMiddleware(t *testing.T) {
	const policies, requests = 4000, 25
	workers := runtime.GOMAXPROCS(0)
	var running sync.WaitGroup
	counts := make([]outcomes, workers)
	for worker := range workers {
		running.Go(func() {
			for i := worker; i < policies && !t.Failed(); i += workers {
				random := rand.New(rand.NewPCG(uint64(i), 20261122))
				counts[worker].check(t, func(n int) int { return random.IntN(n) }, requests)
			}
		})
	}
	running.Wait()
	var total outcomes
	for _, c := range counts {
		total.allowed += c.allowed
		total.blocked += c.blocked
	}
	// Both must be common, or the cases would prove little.
	if cases := total.allowed + total.blocked; !t.Failed() && (cases < policies*requests || total.allowed < cases/10 || total.blocked < cases/10) {
		t.Errorf("%d allowed and %d blocked", total.allowed, total.blocked)
	}
}

// FuzzPropertyBrowserAndMiddleware lets the fuzzer make the choices.
func FuzzPropertyBrowserAndMiddleware(f *testing.F) {
	for seed := range uint64(16) {
		random := rand.New(rand.NewPCG(seed, 1))
		choices := make([]byte, 200)
		for i := range choices {
			choices[i] = byte(random.Uint32())
		}
		f.Add(choices)
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		var counts outcomes
		counts.check(t, func(n int) int {
			if len(choices) == 0 {
				return 0
			}
			choice := int(choices[0]) % n
			choices = choices[1:]
			return choice
		}, 5)
	})
}

type outcomes struct{ allowed, blocked int }

// check makes up routes and sends requests of pages at them. As long as there is
// one policy they are all from one browser, so that what preflights allowed is
// remembered from one to the next. With policies that differ by method they are
// not, for what a preflight allowed a browser remembers for the URL and all its
// methods.
func (o *outcomes) check(t *testing.T, pick func(int) int, requests int) {
	routes, m := anyRoutes(pick)
	handled := 0
	handler := m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Access-Control-Request-Method") != "" && r.Method == "OPTIONS" {
			return // a preflight that was passed on; an ok status is all it takes
		}
		handled++
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Etag", "1")
		w.Header().Set("X-Total", "2")
		w.Header().Set("X-Other", "3")
	}))
	options := browser.Options{Transport: direct{handler}}
	b := browser.New(options)
	for range requests {
		if len(routes) > 1 {
			b = browser.New(options)
		}
		c := anyCase(pick)
		page, err := b.OpenPage(c.page)
		if err != nil {
			t.Fatalf("%+v: %v", c.page, err)
		}
		want := c.oracle(routes)
		before := handled
		response, err := page.Fetch(t.Context(), c.request)
		var failure *browser.Error
		if err != nil && !(errors.As(err, &failure) && failure.Kind == browser.KindBlocked) {
			t.Fatalf("%v\n%v", c, err)
		}
		if (err == nil) != want.allowed {
			t.Errorf("%v\nroutes %+v\nthe oracle says allowed: %v; the browser: %v", c, routes, want.allowed, err)
			return
		}
		if (handled > before) != want.reaches {
			t.Errorf("%v\nroutes %+v\nthe oracle says that the handler is reached: %v", c, routes, want.reaches)
			return
		}
		if err != nil {
			o.blocked++
			continue
		}
		o.allowed++
		for _, name := range []string{"Content-Type", "Etag", "X-Total", "X-Other"} {
			if _, seen := response.Header[name]; seen != want.readable(name) {
				t.Errorf("%v\nroutes %+v\nthe script reads %s: %v", c, routes, name, seen)
				return
			}
		}
	}
}

// direct is a transport that hands requests to a handler.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	served := r.Clone(r.Context())
	served.RequestURI = r.URL.RequestURI()
	served.Host = r.URL.Host
	if served.Body == nil {
		served.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, served)
	response := w.Result()
	response.Request = r
	return response, nil
}

const apiOrigin = "https://api.example.com"

var pageOrigins = []string{
	"https://app.example.com", "https://a.b.example.com", "https://example.com", "https://app.example.com:8443",
	"https://evilexample.com", "https://example.com.evil.org", "https://app.example.com.", "http://app.example.com",
	"http://localhost:3000", "http://localhost", "http://127.0.0.1:8000", "http://[::1]:5173", "https://example.org",
	"tauri://localhost", "moz-extension://1b1cbd90-3d86-4a3b-9d0b-2f6f1c0c7a11", "null", apiOrigin,
}

var originPatterns = []string{
	"https://app.example.com", "https://example.com", "https://example.org", "https://app.example.com:8443", "http://app.example.com",
	"https://*.example.com", "https://*.example.com:*", "https://*.b.example.com", "https://app.example.com:*", "https://*.example.com:8443",
	"http://localhost:*", "http://localhost:3000", "http://127.0.0.1:*", "http://[::1]:*", "tauri://localhost", "moz-extension://*",
}

// A header is one that a script sets; needs says whether that needs permission.
type header struct {
	name, value string
	needs       bool
}

var scriptHeaders = []header{
	{"Accept", "text/html", false},
	{"Accept", strings.Repeat("a", 129), true},
	{"Accept-Language", "en", false},
	{"Content-Type", "text/plain", false},
	{"Content-Type", "application/json", true},
	{"Range", "bytes=0-9", false},
	{"Range", "bytes=-9", true},
	{"Authorization", "Bearer secret", true},
	{"X-Tenant", "acme", true},
	{"x-other", "1", true},
}

var (
	scriptMethods = []string{"GET", "HEAD", "POST", "PUT", "put", "DELETE", "PATCH", "patch", "OPTIONS", "PURGE", "get"}
	policyMethods = []string{"PUT", "DELETE", "PATCH", "patch", "OPTIONS", "PURGE", "GET"}
	policyHeaders = []string{"Accept", "Content-Type", "Range", "authorization", "X-Tenant", "X-OTHER"}
	exposed       = []string{"ETag", "x-total", "Content-Type"}
)

func some(pick func(int) int, all []string) (chosen []string) {
	for range pick(4) {
		if s := all[pick(len(all))]; !slices.Contains(chosen, s) {
			chosen = append(chosen, s)
		}
	}
	return chosen
}

func someOrAny(pick func(int) int, all []string) []string {
	if pick(5) == 0 {
		return []string{"*"}
	}
	return some(pick, all)
}

// subdomainsOfExampleOrg is an AllowOrigin.
func subdomainsOfExampleOrg(_ *http.Request, o origin.Origin) bool {
	return o.Host() == "example.org" || o.Scheme() == "moz-extension"
}

func anyPolicy(pick func(int) int) cors.Policy {
	yes := func(oneIn int) bool { return pick(oneIn) == oneIn-1 }
	p := cors.Policy{
		Origins:               someOrAny(pick, originPatterns),
		Credentials:           yes(2),
		Methods:               someOrAny(pick, policyMethods),
		RequestHeaders:        someOrAny(pick, policyHeaders),
		ResponseHeaders:       someOrAny(pick, exposed),
		MaxAge:                []time.Duration{0, -1, time.Second, time.Hour}[pick(4)],
		PreflightStatus:       []int{0, 200, 204, 299}[pick(4)],
		PassPreflights:        yes(6),
		TimingAllowOrigin:     yes(6),
		Enforce:               yes(3),
		Debug:                 yes(4),
		UnsafeInsecureOrigins: true,
		UnsafeBroadOrigins:    true,
		UnsafeNullOrigin:      yes(4),
	}
	if yes(4) {
		p.AllowOrigin = subdomainsOfExampleOrg
	}
	if yes(5) {
		p.CrossOriginResourcePolicy = []string{"same-origin", "same-site", "cross-origin"}[pick(3)]
	}
	if slices.Contains(p.RequestHeaders, "*") && yes(2) {
		p.RequestHeaders = append(p.RequestHeaders, "Authorization")
	}
	return p
}

// anyRoutes makes up policies until they are valid.
func anyRoutes(pick func(int) int) ([]cors.Route, *cors.Middleware) {
	routes := []cors.Route{{Pattern: "/", Policy: anyPolicy(pick)}}
	if pick(2) == 1 {
		routes = append(routes, cors.Route{Pattern: "/b/", Policy: anyPolicy(pick)}, cors.Route{Pattern: "GET /b/{name}", Policy: anyPolicy(pick)})
	}
	m, err := cors.NewRoutes(routes...)
	for i := range routes {
		if err == nil {
			break
		}
		// What a random policy can have wrong is "*" beside what excludes it,
		// and nobody to allow.
		p := &routes[i].Policy
		if slices.Contains(p.Origins, "*") {
			p.Credentials, p.AllowOrigin = false, nil
		}
		if slices.Contains(p.ResponseHeaders, "*") {
			p.Credentials = false
		}
		if len(p.Origins) == 0 {
			p.Origins = []string{"https://app.example.com"}
		}
	}
	if err != nil {
		if m, err = cors.NewRoutes(routes...); err != nil {
			panic(err) // a random policy is wrong in a way not thought of above
		}
	}
	return routes, m
}

// A case is a page and a request of it.
type testCase struct {
	page    browser.PageOptions
	origin  string
	path    string
	headers []header
	request browser.Request
}

func (c testCase) String() string {
	return fmt.Sprintf("%s %s from %s, %v, credentials %s, upload listener %v", c.request.Method, c.request.URL, c.origin,
		c.headers, c.request.Credentials, c.request.UploadListener)
}

func anyCase(pick func(int) int) testCase {
	c := testCase{origin: pageOrigins[pick(len(pageOrigins))], path: []string{"/a", "/b/x", "/b/x/y"}[pick(3)]}
	c.page = browser.PageOptions{URL: c.origin + "/page"}
	if c.origin == "null" {
		c.page = browser.PageOptions{Opaque: true}
	}
	c.request = browser.Request{
		Method:      scriptMethods[pick(len(scriptMethods))],
		URL:         apiOrigin + c.path,
		Header:      http.Header{},
		Credentials: []browser.CredentialsMode{browser.CredentialsSameOrigin, browser.CredentialsInclude, browser.CredentialsOmit}[pick(3)],
	}
	for range pick(3) {
		h := scriptHeaders[pick(len(scriptHeaders))]
		if c.request.Header.Get(h.name) == "" {
			c.request.Header.Set(h.name, h.value)
			c.headers = append(c.headers, h)
		}
	}
	if upper := strings.ToUpper(c.request.Method); upper != "GET" && upper != "HEAD" && pick(4) == 3 {
		c.request.Body = []byte("{}")
	}
	if c.request.Body != nil && pick(2) == 1 {
		c.request.Initiator, c.request.UploadListener = browser.InitiatorXHR, true
		if c.request.Credentials == browser.CredentialsOmit { // XMLHttpRequest cannot
			c.request.Credentials = browser.CredentialsSameOrigin
		}
	}
	return c
}

// A verdict is what the documentation says.
type verdict struct {
	allowed  bool // the script reads the answer
	reaches  bool // the request gets to the handler
	readable func(header string) bool
}

// oracle is the documentation of cors.Policy, sentence by sentence.
func (c testCase) oracle(routes []cors.Route) verdict {
	method := c.request.Method
	if upper := strings.ToUpper(method); slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}, upper) {
		method = upper
	}
	p := routes[0].Policy
	if len(routes) > 1 && strings.HasPrefix(c.path, "/b/") {
		p = routes[1].Policy
		if (method == "GET" || method == "HEAD") && strings.Count(c.path, "/") == 2 {
			p = routes[2].Policy
		}
	}
	if c.origin == apiOrigin {
		return verdict{allowed: true, reaches: true, readable: func(string) bool { return true }}
	}
	asks, granted := c.asks(p, method)
	fromAllowed := originAllowed(p, c.origin)
	withCredentials := c.request.Credentials == browser.CredentialsInclude
	credentialsFine := p.Credentials || !withCredentials
	stopped := p.Enforce && !fromAllowed && method != "GET" && method != "HEAD" && method != "OPTIONS"
	mayGo := !asks || granted && fromAllowed && credentialsFine
	return verdict{
		allowed: mayGo && fromAllowed && credentialsFine,
		reaches: mayGo && !stopped,
		readable: func(name string) bool {
			return name == "Content-Type" || slices.ContainsFunc(p.ResponseHeaders, func(listed string) bool {
				return listed == "*" || strings.EqualFold(listed, name)
			})
		},
	}
}

// asks reports whether the browser has to ask first, and whether the policy
// grants the method and the headers.
func (c testCase) asks(p cors.Policy, method string) (asks, granted bool) {
	granted = true
	asks = c.request.UploadListener
	if method != "GET" && method != "HEAD" && method != "POST" {
		asks = true
		granted = slices.Contains(p.Methods, "*") || slices.Contains(p.Methods, method)
	}
	for _, h := range c.headers {
		if !h.needs {
			continue
		}
		asks = true
		listed := slices.ContainsFunc(p.RequestHeaders, func(name string) bool { return strings.EqualFold(name, h.name) })
		granted = granted && (listed || slices.Contains(p.RequestHeaders, "*") && h.name != "Authorization")
	}
	return asks, granted
}

func originAllowed(p cors.Policy, from string) bool {
	if slices.Contains(p.Origins, "*") {
		return true
	}
	if from == "null" {
		return p.UnsafeNullOrigin
	}
	scheme, hostPort, _ := strings.Cut(from, "://")
	host, port := hostPort, ""
	if colon := strings.LastIndexByte(hostPort, ':'); colon > strings.LastIndexByte(hostPort, ']') {
		host, port = hostPort[:colon], hostPort[colon+1:]
	}
	for _, pattern := range p.Origins {
		patternScheme, rest, _ := strings.Cut(pattern, "://")
		patternHost, patternPort := rest, ""
		if colon := strings.LastIndexByte(rest, ':'); colon > strings.LastIndexByte(rest, ']') {
			patternHost, patternPort = rest[:colon], rest[colon+1:]
		}
		if scheme != patternScheme || patternPort != "*" && port != patternPort {
			continue
		}
		domain, subdomains := strings.CutPrefix(patternHost, "*.")
		if patternHost == "*" || host == patternHost || subdomains && strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return p.AllowOrigin != nil && (host == "example.org" || scheme == "moz-extension")
}
