package cors_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"

	"crossorigin.dev/cors"
	"crossorigin.dev/origin"
)

// show sends a request ("METHOD URL", then header lines) to h and prints the
// status and what matters of the answer's headers.
func show(h http.Handler, start string, lines ...string) {
	method, url, _ := strings.Cut(start, " ")
	r := httptest.NewRequest(method, url, nil)
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code)
	for _, name := range []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods",
		"Access-Control-Allow-Headers", "Access-Control-Max-Age", "Vary"} {
		for _, value := range w.Header()[name] {
			fmt.Println("  " + name + ": " + value)
		}
	}
}

func hello(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello") }

func Example() {
	api := http.NewServeMux()
	api.HandleFunc("GET /items/{id}", hello)
	api.HandleFunc("PUT /items/{id}", hello)

	m, err := cors.New(cors.Policy{
		Origins:        []string{"https://app.example.com"},
		Methods:        []string{"PUT"},
		RequestHeaders: []string{"Content-Type"},
		MaxAge:         2 * time.Hour,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := m.Handler(api) // give this to http.ListenAndServe

	fmt.Print("A page reads: ")
	show(h, "GET https://api.example.com/items/1", "Origin: https://app.example.com")
	fmt.Print("It asks whether it may write: ")
	show(h, "OPTIONS https://api.example.com/items/1", "Origin: https://app.example.com",
		"Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: content-type")
	fmt.Print("Another site's page asks: ")
	show(h, "OPTIONS https://api.example.com/items/1", "Origin: https://evil.example",
		"Access-Control-Request-Method: PUT")
	// Output:
	// A page reads: 200
	//   Access-Control-Allow-Origin: https://app.example.com
	//   Vary: Origin
	// It asks whether it may write: 204
	//   Access-Control-Allow-Origin: https://app.example.com
	//   Access-Control-Allow-Methods: PUT
	//   Access-Control-Allow-Headers: content-type
	//   Access-Control-Max-Age: 7200
	//   Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers
	// Another site's page asks: 403
	//   Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers
}

// All that is wrong is reported at once, with what to write instead.
func ExampleNew() {
	_, err := cors.New(cors.Policy{
		Origins:        []string{"https://App.example.com/", "localhost:3000", "*"},
		Credentials:    true,
		Methods:        []string{"put"},
		RequestHeaders: []string{"Cookie"},
	})
	var problems cors.PolicyErrors
	if errors.As(err, &problems) {
		for _, p := range problems {
			fmt.Printf("%s %q -> %q\n", p.Field, p.Value, p.Suggestion)
		}
		fmt.Println(problems[0])
	}
	// Output:
	// Origins "https://App.example.com/" -> "https://app.example.com"
	// Origins "localhost:3000" -> "http://localhost:3000"
	// Origins "*" -> ""
	// Origins "*" -> ""
	// Methods "put" -> "PUT"
	// RequestHeaders "Cookie" -> ""
	// cors: Origins: "https://App.example.com/" goes on after the host and port; an origin ends there, without even a slash; write "https://app.example.com"
}

// Parts of an API with policies of their own, in one middleware around the whole
// server. Preflights need no routes, and no pattern for OPTIONS.
func ExampleNewRoutes() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /public/{name}", hello)
	mux.HandleFunc("GET /account", hello)
	mux.HandleFunc("DELETE /account", hello)
	mux.HandleFunc("GET /internal", hello)

	app := cors.Policy{Origins: []string{"https://app.example.com"}, Credentials: true, Methods: []string{"DELETE"}}
	m, err := cors.NewRoutes(
		cors.Route{Pattern: "GET /public/", Policy: cors.Policy{Origins: []string{"*"}}},
		cors.Route{Pattern: "/account", Policy: app},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	h := m.Handler(mux)
	show(h, "GET /public/logo", "Origin: https://any.example")
	show(h, "OPTIONS /account", "Origin: https://app.example.com", "Access-Control-Request-Method: DELETE")
	show(h, "GET /internal", "Origin: https://app.example.com")
	// Output:
	// 200
	//   Access-Control-Allow-Origin: *
	// 204
	//   Access-Control-Allow-Origin: https://app.example.com
	//   Access-Control-Allow-Credentials: true
	//   Access-Control-Allow-Methods: DELETE
	//   Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers
	// 200
}

// What ServeMux does to requests on its own goes well with routes: HEAD for a GET
// pattern, a redirect to the path with a slash, OPTIONS * for the server itself,
// and hosts that are compared as they are.
func ExampleNewRoutes_corners() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tree/", hello)
	m, err := cors.NewRoutes(cors.Route{
		Pattern: "GET api.example.com/tree/",
		Policy:  cors.Policy{Origins: []string{"https://app.example.com"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := m.Handler(mux)
	const site = "Origin: https://app.example.com"
	fmt.Print("HEAD: ")
	show(h, "HEAD https://api.example.com/tree/", site)
	fmt.Print("Without the slash: ")
	show(h, "GET https://api.example.com/tree", site)
	fmt.Print("OPTIONS *: ")
	show(m.Handler(http.HandlerFunc(hello)), "OPTIONS *", site, "Access-Control-Request-Method: GET")
	fmt.Print("With a trailing dot: ")
	show(h, "GET https://api.example.com./tree/", site)
	// Output:
	// HEAD: 200
	//   Access-Control-Allow-Origin: https://app.example.com
	//   Vary: Origin
	// Without the slash: 307
	//   Access-Control-Allow-Origin: https://app.example.com
	//   Vary: Origin
	// OPTIONS *: 200
	// With a trailing dot: 200
}

// Which origins are allowed can depend on the tenant, as long as the tenant is
// known from the host or the path: a preflight has no cookie and no
// Authorization that would tell it.
func ExamplePolicy_tenants() {
	domains := map[string]string{ // from a database, say
		"acme.api.example.com":   "acme.example",
		"globex.api.example.com": "globex.example",
	}
	m, err := cors.New(cors.Policy{
		AllowOrigin: func(r *http.Request, o origin.Origin) bool {
			domain, ok := domains[r.Host]
			// Not strings.HasSuffix: evilacme.example is nobody's subdomain.
			return ok && o.Scheme() == "https" && (o.Host() == domain || o.IsSubdomainOf(domain))
		},
		Credentials: true,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := m.Handler(http.HandlerFunc(hello))
	for _, o := range []string{"https://shop.acme.example", "https://evilacme.example", "https://globex.example"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "https://acme.api.example.com/", nil)
		r.Header.Set("Origin", o)
		h.ServeHTTP(w, r)
		fmt.Println(o, w.Header().Get("Access-Control-Allow-Origin") != "")
	}
	// Output:
	// https://shop.acme.example true
	// https://evilacme.example false
	// https://globex.example false
}

// If AllowOrigin reads a header, that one has to be in VaryOn, and has to be one
// that a preflight has as well: not one of the page's own, but one that a proxy in
// front of the server adds to every request.
func ExamplePolicy_varyOn() {
	m, err := cors.New(cors.Policy{
		AllowOrigin: func(r *http.Request, o origin.Origin) bool {
			return r.Header.Get("X-Region") == "eu" && o.IsSubdomainOf("example.eu")
		},
		VaryOn: []string{"X-Region"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	show(m.Handler(http.HandlerFunc(hello)), "GET /", "Origin: https://app.example.eu", "X-Region: eu")
	// Output:
	// 200
	//   Access-Control-Allow-Origin: https://app.example.eu
	//   Vary: Origin, X-Region
}

// A form on another site can POST without asking, and CORS only hides the answer.
// Enforce keeps the request from the handler.
func ExamplePolicy_enforce() {
	m, err := cors.New(cors.Policy{Origins: []string{"https://app.example.com"}, Credentials: true, Enforce: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Println("  handled") }))
	send := func(who string, lines ...string) {
		fmt.Println(who)
		r := httptest.NewRequest("POST", "https://api.example.com/transfer", nil)
		for _, line := range lines {
			name, value, _ := strings.Cut(line, ": ")
			r.Header.Set(name, value)
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	send("a form on another site", "Origin: https://evil.example", "Sec-Fetch-Site: cross-site")
	send("the app", "Origin: https://app.example.com", "Sec-Fetch-Site: same-site")
	send("the API's own page", "Origin: https://api.example.com", "Sec-Fetch-Site: same-origin")
	send("curl")
	// Output:
	// a form on another site
	// the app
	//   handled
	// the API's own page
	//   handled
	// curl
	//   handled
}

// A mistake: a middleware inside the router. The router has no route for OPTIONS,
// answers the preflight itself, and the browser never sends the PUT.
func ExampleMiddleware_Handler_mistakeInsideTheRouter() {
	m, err := cors.New(cors.Policy{Origins: []string{"https://app.example.com"}, Methods: []string{"PUT"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	preflight := []string{"Origin: https://app.example.com", "Access-Control-Request-Method: PUT"}

	wrong := http.NewServeMux()
	wrong.Handle("PUT /items/{id}", m.Handler(http.HandlerFunc(hello)))
	show(wrong, "OPTIONS /items/1", preflight...)

	right := http.NewServeMux()
	right.HandleFunc("PUT /items/{id}", hello)
	show(m.Handler(right), "OPTIONS /items/1", preflight...)
	// Output:
	// 405
	// 204
	//   Access-Control-Allow-Origin: https://app.example.com
	//   Access-Control-Allow-Methods: PUT
	//   Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers
}

// A mistake: authentication outside of the middleware. A preflight never has
// credentials, so it is turned away; and the page cannot read the 401 either,
// because it has no CORS headers.
func ExampleMiddleware_Handler_mistakeBehindAuthentication() {
	m, err := cors.New(cors.Policy{Origins: []string{"https://app.example.com"}, RequestHeaders: []string{"Authorization"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	authenticate := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	preflight := []string{"Origin: https://app.example.com", "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization"}
	api := http.HandlerFunc(hello)
	show(authenticate(m.Handler(api)), "OPTIONS /", preflight...) // wrong
	show(m.Handler(authenticate(api)), "OPTIONS /", preflight...) // right
	show(m.Handler(authenticate(api)), "GET /", "Origin: https://app.example.com")
	// Output:
	// 401
	// 204
	//   Access-Control-Allow-Origin: https://app.example.com
	//   Access-Control-Allow-Headers: authorization
	//   Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers
	// 401
	//   Access-Control-Allow-Origin: https://app.example.com
	//   Vary: Origin
}

// A mistake: a handler that sets Access-Control headers or Vary itself. What it
// sets replaces what the policy granted, and nothing here can prevent it.
func ExampleMiddleware_Handler_mistakeOwnHeaders() {
	m, err := cors.New(cors.Policy{Origins: []string{"https://app.example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	wrong := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*") // a leftover
		w.Header().Set("Vary", "Accept-Encoding")          // a cache now mixes origins up
	})
	right := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
	})
	show(m.Handler(wrong), "GET /", "Origin: https://app.example.com")
	show(m.Handler(right), "GET /", "Origin: https://app.example.com")
	// Output:
	// 200
	//   Access-Control-Allow-Origin: *
	//   Vary: Accept-Encoding
	// 200
	//   Access-Control-Allow-Origin: https://app.example.com
	//   Vary: Origin
	//   Vary: Accept-Encoding
}

// A reverse proxy adds the headers of the server behind it to those that are
// there. If that one sends CORS headers too, the browser finds two of each and
// refuses both. ModifyResponse is the place to drop them.
func ExampleMiddleware_Handler_reverseProxy() {
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer behind.Close()
	target, err := url.Parse(behind.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	m, err := cors.New(cors.Policy{Origins: []string{"https://app.example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	show(m.Handler(proxy), "GET /", "Origin: https://app.example.com")
	proxy.ModifyResponse = func(r *http.Response) error {
		for name := range r.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				r.Header.Del(name)
			}
		}
		return nil
	}
	show(m.Handler(proxy), "GET /", "Origin: https://app.example.com")
	// Output:
	// 200
	//   Access-Control-Allow-Origin: https://app.example.com
	//   Access-Control-Allow-Origin: *
	//   Vary: Origin
	// 200
	//   Access-Control-Allow-Origin: https://app.example.com
	//   Vary: Origin
}

// A new configuration while serving: an error leaves the old one in place.
func ExampleMiddleware_Reconfigure() {
	m, err := cors.New(cors.Policy{Origins: []string{"https://app.example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := m.Handler(http.HandlerFunc(hello))

	routes := m.Routes()
	routes[0].Policy.Origins = append(routes[0].Policy.Origins, "https://new.example.com/")
	fmt.Println(m.Reconfigure(routes...))
	routes[0].Policy.Origins[1] = "https://new.example.com"
	fmt.Println(m.Reconfigure(routes...))
	show(h, "GET /", "Origin: https://new.example.com")
	// Output:
	// cors: Origins: "https://new.example.com/" goes on after the host and port; an origin ends there, without even a slash; write "https://new.example.com"
	// <nil>
	// 200
	//   Access-Control-Allow-Origin: https://new.example.com
	//   Vary: Origin
}

func ExampleMiddleware_Observe() {
	m, err := cors.New(cors.Policy{Origins: []string{"https://app.example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	m.Observe(func(r *http.Request, d cors.Decision) {
		if d.Kind == cors.KindPreflight && !d.Allowed {
			fmt.Printf("%s may not %s %s: %s\n", d.Origin, d.Method, r.URL.Path, d.Reason)
		}
	})
	show(m.Handler(http.HandlerFunc(hello)), "OPTIONS /items", "Origin: https://app.example.com", "Access-Control-Request-Method: PATCH")
	// Output:
	// https://app.example.com may not PATCH /items: method.not-allowed
	// 403
	//   Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers
}

func ExampleLog() {
	m, err := cors.New(cors.Policy{Origins: []string{"https://app.example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{} // the example's output must not change
			}
			return a
		},
	}))
	m.Observe(cors.Log(logger))
	r := httptest.NewRequest("GET", "https://api.example.com/items", nil)
	r.Header.Set("Origin", "https://evil.example")
	m.Handler(http.HandlerFunc(hello)).ServeHTTP(httptest.NewRecorder(), r)
	// Output:
	// level=INFO msg="cors: refused" kind=actual origin=https://evil.example method=GET host=api.example.com path=/items reason=origin.not-allowed route=/
}

func ExamplePolicy_Advice() {
	p := cors.Policy{
		Origins: []string{"https://app.example.com", "https://*.example.com"},
		Methods: []string{"GET", "PATCH"},
	}
	for _, advice := range p.Advice() {
		fmt.Println(advice)
	}
	// Output:
	// Origins: "https://app.example.com" is allowed by "https://*.example.com" already
	// Methods: "GET" needs no permission, so it need not be listed
	// MaxAge: is not set: browsers keep a preflight for 5 seconds only, and ask again after that; write "2h0m0s"
}
