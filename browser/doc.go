// Package browser is the browser's half of CORS: it makes the requests that a
// page's script would make, decides as a browser decides whether the script
// may see the answer, and says why.
//
// Open a page, and fetch:
//
//	b := browser.New(browser.Options{})
//	page, err := b.Open("https://app.example.com/")
//	…
//	response, err := page.Fetch(ctx, browser.Request{
//		Method: "PUT",
//		URL:    "https://api.example.com/items/1",
//		Header: http.Header{"Content-Type": {"application/json"}},
//		Body:   []byte(`{"name": "spoon"}`),
//	})
//
// The request really goes out, one hop at a time, through the
// [http.RoundTripper] of the [Options]; so does the preflight before it, if the
// Fetch standard asks for one.
//
// If the script may see the response, Fetch returns it filtered: Header holds
// what the script can read, and Body is there or not. If it may not, Fetch
// returns an [*Error], and where a browser says "Failed to fetch" it says why:
//
//	var e *browser.Error
//	if errors.As(err, &e) {
//		e.Kind                  // blocked, network or misuse
//		e.Reason                // browser.ReasonPreflightMethod
//		e.Sent                  // whether the request itself reached the server
//		e.Trace.Verdict.Message // The preflight response's Access-Control-Allow-Methods (GET, POST) does not list PUT.
//	}
//
// Whatever came of it, the [Trace] holds every decision in order, the ones that
// passed too, each with the section of the standard that it follows, and every
// exchange with the server as it was on the wire.
//
// A [Browser] keeps what a browser keeps between requests: cookies, what
// preflights allowed, and cacheable responses, so that a response which another
// page's request left in the cache can fail CORS here as it does there. Pages of
// one Browser share them. For a fresh start make a new one. Browsers and pages
// are safe for concurrent use, and need no closing; [Browser.Close] merely drops
// idle connections at once.
//
// # Which browser
//
// No two browsers follow the standard alike. With [Options].Profile a Browser
// does what Chromium, Firefox or WebKit was measured to do, quirk for quirk;
// [Spec], the default, keeps to the standard. [Error.Console] returns what a
// browser's developer tools print for a failure, word for word, and
// [Error.ScriptError] the little that the script is told.
//
// # Requests that are not fetch()
//
// [XHR], [Image], [Script], [Style], [Font], [EventSource] and [WebSocket]
// return the requests that those make, with their modes and credentials.
//
// # Time and size
//
// A Fetch ends by its context's deadline or by [Options].Timeout, whichever is
// sooner, and reads no more of a body than [Options].MaxBody. As in a browser it
// is the headers that decide: a body that breaks off or runs into a limit leaves
// the response standing, with [Response].BodyError. Headers are limited by the
// transport. Time is told by [Options].Now, so that what expires can be
// tested.
//
// # What it is not
//
// Service workers, Content Security Policy, subresource integrity and
// navigation are not modelled, nor is the order of headers on the wire, which is
// the transport's. Bodies are not decompressed. docs/browser.md lists every rule
// with where it is implemented and tested, and every difference between the
// profiles with its measurement.
package browser
