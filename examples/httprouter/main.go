// Command httprouter is an API on httprouter, for a site at another origin.
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/julienschmidt/httprouter"

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
	router := httprouter.New()
	router.GET("/public/health", func(w http.ResponseWriter, _ *http.Request, _ httprouter.Params) { fmt.Fprintln(w, "ok") })
	// httprouter has no groups; what is behind authentication is wrapped.
	router.GET("/api/items/:id", authenticate(func(w http.ResponseWriter, _ *http.Request, p httprouter.Params) {
		fmt.Fprintln(w, "item", p.ByName("id"))
	}))
	router.PUT("/api/items/:id", authenticate(func(w http.ResponseWriter, _ *http.Request, p httprouter.Params) {
		fmt.Fprintln(w, "stored", p.ByName("id"))
	}))

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
	// Around the router, which would otherwise answer every OPTIONS by itself,
	// with an Allow header and nothing for CORS.
	return m.Handler(router), nil
}

func authenticate(next httprouter.Handle) httprouter.Handle {
	return func(w http.ResponseWriter, r *http.Request, p httprouter.Params) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		next(w, r, p)
	}
}
