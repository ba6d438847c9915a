package browser_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"crossorigin.dev/browser"
)

// serve runs an API that lets one site read what it says, and put.
func serve() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example.com")
		if r.Method == "OPTIONS" {
			w.Header().Set("Access-Control-Allow-Methods", "PUT")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprint(w, "hello")
	}))
}

func Example() {
	api := serve()
	defer api.Close()

	b := browser.New(browser.Options{})
	defer b.Close()
	page, err := b.Open("https://app.example.com/")
	if err != nil {
		fmt.Println(err)
		return
	}

	response, err := page.Fetch(context.Background(), browser.Request{URL: api.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(response.Type, response.Status, string(response.Body))

	_, err = page.Fetch(context.Background(), browser.Request{Method: "DELETE", URL: api.URL})
	var e *browser.Error
	if errors.As(err, &e) {
		fmt.Println(e.Reason)
		fmt.Println(e.Trace.Verdict.Message)
		fmt.Println("sent:", e.Sent)
	}
	// Output:
	// cors 200 hello
	// preflight.method
	// The preflight response's Access-Control-Allow-Methods (PUT) does not list DELETE.
	// sent: false
}

// The trace tells what was decided, step by step.
func ExampleTrace() {
	api := serve()
	defer api.Close()
	b := browser.New(browser.Options{})
	defer b.Close()
	page, _ := b.Open("https://other.example/")

	_, err := page.Fetch(context.Background(), browser.Request{URL: api.URL})
	var e *browser.Error
	if errors.As(err, &e) {
		for _, step := range e.Trace.Steps {
			if step.Phase == browser.PhaseCORSCheck {
				fmt.Println(step.Rule, step.Decision)
				fmt.Println(step.Section)
				fmt.Println(step.Note)
			}
		}
	}
	// Output:
	// cors-check.allow-origin fail
	// https://fetch.spec.whatwg.org/#concept-cors-check
	// The response's Access-Control-Allow-Origin is "https://app.example.com", not the page's origin https://other.example.
}

// In mode no-cors the request goes out and has its effect, but the script sees
// nothing of the answer.
func ExampleRequest_noCORS() {
	api := serve()
	defer api.Close()
	b := browser.New(browser.Options{})
	defer b.Close()
	page, _ := b.Open("https://other.example/")

	response, err := page.Fetch(context.Background(), browser.Request{URL: api.URL, Mode: browser.ModeNoCORS})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %d %q\n", response.Type, response.Status, response.Body)
	// Output:
	// opaque 0 ""
}

// In mode same-origin nothing is sent to another origin.
func ExampleRequest_sameOrigin() {
	b := browser.New(browser.Options{})
	page, _ := b.Open("https://app.example.com/")
	_, err := page.Fetch(context.Background(), browser.Request{URL: "https://api.example.com/", Mode: browser.ModeSameOrigin})
	fmt.Println(err)
	// Output:
	// blocked (mode.same-origin): The mode is same-origin, but https://api.example.com is another origin than the page's, https://app.example.com; nothing was sent there.
}

// With credentials "*" does not count.
func ExampleRequest_credentials() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer api.Close()
	b := browser.New(browser.Options{})
	defer b.Close()
	page, _ := b.Open("https://app.example.com/")

	_, err := page.Fetch(context.Background(), browser.Request{URL: api.URL, Credentials: browser.CredentialsInclude})
	fmt.Println(err)
	// Output:
	// blocked (acao.wildcard-with-credentials): The response's Access-Control-Allow-Origin is *, which does not count when the credentials mode is include; it must be https://app.example.com.
}

// A redirect is followed if both servers allow it; the origin is null once one
// origin has redirected to another.
func ExampleRequest_redirect() {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		fmt.Fprint(w, "Origin: ", r.Header.Get("Origin"))
	}))
	defer target.Close()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		http.Redirect(w, r, target.URL, http.StatusFound)
	}))
	defer api.Close()
	b := browser.New(browser.Options{})
	defer b.Close()
	page, _ := b.Open("http://app.localhost/")

	response, err := page.Fetch(context.Background(), browser.Request{URL: api.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(response.Redirected, string(response.Body))
	// Output:
	// true Origin: null
}

// recorded answers every request as it was answered before.
type recorded http.Header

func (r recorded) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header(r), Body: http.NoBody, Request: request}, nil
}

// Any transport will do: here, one that replays what a server once said.
func ExampleOptions_transport() {
	b := browser.New(browser.Options{Transport: recorded{"Access-Control-Allow-Origin": {"https://app.example.com/"}}})
	page, _ := b.Open("https://app.example.com/")
	_, err := page.Fetch(context.Background(), browser.Request{URL: "https://api.example.com/"})
	fmt.Println(err)
	// Output:
	// blocked (acao.mismatch): The response's Access-Control-Allow-Origin is "https://app.example.com/", not https://app.example.com: an origin has no slash at its end.
}

// Browsers differ: all three let "*" cover Authorization, which the standard
// does not.
func ExampleOptions_profile() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
	}))
	defer api.Close()
	for _, profile := range []browser.Profile{browser.Spec, browser.Chromium} {
		b := browser.New(browser.Options{Profile: profile})
		page, _ := b.Open("http://app.localhost/")
		_, err := page.Fetch(context.Background(), browser.Request{
			URL:    api.URL,
			Header: http.Header{"Authorization": {"Bearer x"}},
		})
		fmt.Printf("%v: %v\n", profile, err)
		b.Close()
	}
	// Output:
	// spec: blocked (preflight.authorization-wildcard): The preflight response's Access-Control-Allow-Headers is *, which does not cover Authorization; it must list authorization by name.
	// chromium: <nil>
}

// What the developer tools print, word for word.
func ExampleError_Console() {
	b := browser.New(browser.Options{Transport: recorded{}})
	page, _ := b.Open("https://app.example.com/")
	_, err := page.Fetch(context.Background(), browser.Request{URL: "https://api.example.com/"})
	var e *browser.Error
	if errors.As(err, &e) {
		fmt.Println(e.Console(browser.Chromium))
		fmt.Println(e.Console(browser.Firefox))
		fmt.Println(e.ScriptError(browser.WebKit))
	}
	// Output:
	// Access to fetch at 'https://api.example.com/' from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.
	// Failed to load resource: net::ERR_FAILED
	// Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example.com/. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.
	// TypeError: Load failed
}

// A picture from another site needs no permission to be shown, and one that is
// to be read, as on a canvas, does.
func ExampleImage() {
	b := browser.New(browser.Options{Transport: recorded{"Content-Type": {"image/png"}}})
	page, _ := b.Open("https://app.example.com/")
	for _, attribute := range []browser.CrossOrigin{browser.CrossOriginNone, browser.CrossOriginAnonymous} {
		response, err := page.Fetch(context.Background(), browser.Image("https://cdn.example.net/cat.png", attribute))
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(response.Type)
	}
	// Output:
	// opaque
	// blocked (acao.missing): The response has no Access-Control-Allow-Origin, so the page at https://app.example.com may not read it.
}
