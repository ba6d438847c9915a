// Command nethttp is an API on the standard library's mux, for a site at
// another origin.
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"crossorigin.dev/cors"
)

func main() {
	handler, err := newHandler()
	if err != nil {
		log.Fatal(err)
	}
	server := http.Server{Addr: "localhost:9000", Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func newHandler() (http.Handler, error) {
	api := http.NewServeMux()
	api.HandleFunc("GET /api/items/{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "item", r.PathValue("id"))
	})
	api.HandleFunc("PUT /api/items/{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "stored", r.PathValue("id"))
	})

	mux := http.NewServeMux()
	mux.HandleFunc("GET /public/health", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.Handle("/api/", authenticate(api))

	// CORS goes around everything: a preflight has no route of its own and
	// carries no token, and the site has to be able to read a 401 and a 404.
	m, err := cors.NewRoutes(
		cors.Route{Pattern: "/public/", Policy: cors.Policy{Origins: []string{"*"}}},
		cors.Route{Pattern: "/api/", Policy: cors.Policy{
			Origins:        []string{"https://app.example.com", "http://localhost:8000"},
			Methods:        []string{"PUT"},
			RequestHeaders: []string{"Authorization", "Content-Type"},
			MaxAge:         10 * time.Minute,
		}},
	)
	if err != nil {
		return nil, err
	}
	return m.Handler(mux), nil
}

func authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
