// Command echo is an API on echo, for a site at another origin.
package main

import (
	"log"
	"net/http"
	"time"

	"github.com/labstack/echo/v5"

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
	e := echo.New()
	e.GET("/public/health", func(c *echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	api := e.Group("/api", authenticate)
	api.GET("/items/:id", func(c *echo.Context) error { return c.String(http.StatusOK, "item "+c.Param("id")+"\n") })
	api.PUT("/items/:id", func(c *echo.Context) error { return c.String(http.StatusOK, "stored "+c.Param("id")+"\n") })

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
	// Around the whole of it, which is an http.Handler: a preflight is answered
	// before echo looks for a route that takes OPTIONS.
	return m.Handler(e), nil
}

func authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		if c.Request().Header.Get("Authorization") != "Bearer secret" {
			return c.String(http.StatusUnauthorized, "who are you?\n")
		}
		return next(c)
	}
}
