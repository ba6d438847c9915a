// Package cors is the server's half of CORS, cross-origin resource sharing: it
// lets pages of other origins use your API, as far as you say and no further.
//
//	m, err := cors.New(cors.Policy{
//		Origins:        []string{"https://app.example.com"},
//		Methods:        []string{"PUT", "DELETE"},
//		RequestHeaders: []string{"Content-Type", "Authorization"},
//		MaxAge:         2 * time.Hour,
//	})
//	if err != nil {
//		log.Fatal(err)
//	}
//	http.ListenAndServe(":9000", m.Handler(mux))
//
// # What happens
//
// A browser does not let a page of https://app.example.com read answers of
// https://api.example.com, another origin, unless they say that it may, in
// Access-Control-Allow-Origin. The request itself is sent: the server answers it,
// and what it does, it does. The browser only hides the answer.
//
// A request that HTML forms could not send (a method other than GET, HEAD and
// POST, a Content-Type for JSON, an Authorization header) would surprise servers
// that know nothing of CORS. The browser therefore asks first. This question is
// the preflight: OPTIONS with the method and the names of the headers that the
// page wants to use. The request itself follows only if the answer allows it.
//
// So two things follow. CORS is not access control: it protects users from other
// sites' pages, not the server from anyone, and not even from a page's POST, which
// needs no preflight; see the field Enforce of [Policy]. And a preflight must be answered before
// anything that would turn it away: it carries no cookies and no Authorization.
//
// # Where to put it
//
// Outermost: outside of the router, so that OPTIONS needs no routes, and outside
// of authentication. Errors of the handlers inside then have CORS headers too, and
// the page can read that it is a 401 or a 500. Where parts of an API differ, give
// their patterns to [NewRoutes], rather than wrapping single handlers of a
// router that would never pass a preflight on to them.
//
// Handlers inside should leave the Access-Control headers alone, and use
// w.Header().Add, not Set, for Vary.
//
// # What is answered
//
// A preflight ends here: with 204 and everything that the policy allows if it is
// granted, otherwise with 403 and no CORS headers. All methods and headers are
// listed, not only those that were asked for, so that the browser remembers them
// all. Every other request reaches the wrapped handler, OPTIONS included, and
// from origins that are not allowed too; those find no CORS headers.
//
// A request has one Origin, exactly as browsers write it, or it is granted
// nothing. Several Origin headers or a malformed one are never guessed at.
//
// Each response that could be another one for another origin has "Vary: Origin",
// also when it is refused and when there was no Origin, so that no cache, neither
// a CDN's nor the browser's, can give one site's response to another. An answer
// to OPTIONS also varies by the two headers that make it a preflight. With
// Origins "*" all that browsers send gets the same answer, which needs no Vary.
//
// # What is refused beforehand
//
// A policy with a mistake in it is an error, not a surprise: [New] reports all
// mistakes at once, each a [PolicyError] with the field, the value, what is wrong
// with it and what to write instead. Among the mistakes is what would be
// dangerous. "*" with Credentials is never accepted. Plain http origins and public
// suffixes such as *.github.io with Credentials, and "null" in any case, are
// accepted only by the fields whose names begin with Unsafe. What is right but
// could be better [Policy.Advice] tells.
//
// # What it costs
//
// A response costs one allocation, for the values of its headers, and none if it
// gets no headers; a malformed Origin may cost one or two more. Looking up an origin
// among a thousand takes as long as among ten. With [NewRoutes], finding the route
// costs what [http.ServeMux] takes, except for paths whose first segment no route
// has, which cost next to nothing. A hostile request costs no more than an honest
// one: origins and header lists are refused by their length before anything looks
// into them.
//
// The standard is https://fetch.spec.whatwg.org/#http-cors-protocol.
package cors
