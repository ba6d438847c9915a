// Command gorillamux is an API on gorilla/mux, for a site at another origin.
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/gorilla/mux"

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
	router := mux.NewRouter()
	router.HandleFunc("/public/health", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }).Methods("GET")
	api := router.PathPrefix("/api").Subrouter()
	api.Use(authenticate)
	api.HandleFunc("/items/{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "item", mux.Vars(r)["id"])
	}).Methods("GET")
	api.HandleFunc("/items/{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "stored", mux.Vars(r)["id"])
	}).Methods("PUT")

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
	// Around the router, not with its Use: mux runs middleware only for a route
	// that matches, and none does for OPTIONS, nor for a path that is not there.
	return m.Handler(router), nil
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
