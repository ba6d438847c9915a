// Command chi is an API on chi, for a site at another origin.
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

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

	router := chi.NewRouter()
	// On the router, not in a group: chi runs the middleware of a group only
	// for routes that exist, and no route takes OPTIONS.
	router.Use(m.Handler)
	router.Get("/public/health", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	router.Route("/api", func(api chi.Router) {
		api.Use(authenticate)
		api.Get("/items/{id}", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintln(w, "item", chi.URLParam(r, "id"))
		})
		api.Put("/items/{id}", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintln(w, "stored", chi.URLParam(r, "id"))
		})
	})
	return router, nil
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
