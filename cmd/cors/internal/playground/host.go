package playground

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Another site can point a name of its own at 127.0.0.1 (DNS rebinding) and
// would then be same-origin with what listens here. The Host header betrays
// it, so both servers answer only to their own names.

// onlyHost passes on what is asked of the endpoint by the name it was given. By
// its other loopback names it may be asked for the frames, which are there to
// have another origin. Whatever else is asked by them is sent on to the one
// name, because the page's origin is part of the story.
func onlyHost(e *endpoint, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := strings.ToLower(r.Host)
		safe := r.Method == http.MethodGet || r.Method == http.MethodHead
		switch {
		case host == e.authority, safe && framable[r.URL.Path] && slices.Contains(e.aliases, host):
			next.ServeHTTP(w, r)
		case safe && slices.Contains(e.aliases, host):
			http.Redirect(w, r, e.url()+"/", http.StatusTemporaryRedirect)
		default:
			misdirected(w, e)
		}
	})
}

// anyLoopbackHost passes on what is asked of the endpoint by any of its names.
func anyLoopbackHost(e *endpoint, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := strings.ToLower(r.Host)
		if host != e.authority && !slices.Contains(e.aliases, host) {
			misdirected(w, e)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func misdirected(w http.ResponseWriter, e *endpoint) {
	http.Error(w, fmt.Sprintf("This server answers only to its own name: %s", e.url()), http.StatusMisdirectedRequest)
}
