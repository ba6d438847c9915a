// Command gin is an API on gin, for a site at another origin.
package main

import (
	"log"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

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
	engine := gin.New()
	engine.Use(gin.Recovery())
	engine.GET("/public/health", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	api := engine.Group("/api", authenticate)
	api.GET("/items/:id", func(c *gin.Context) { c.String(http.StatusOK, "item %s\n", c.Param("id")) })
	api.PUT("/items/:id", func(c *gin.Context) { c.String(http.StatusOK, "stored %s\n", c.Param("id")) })

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
	// Around the engine, which is an http.Handler: middleware of a gin group
	// never sees a preflight, since no route of the group takes OPTIONS.
	return m.Handler(engine), nil
}

func authenticate(c *gin.Context) {
	if c.GetHeader("Authorization") != "Bearer secret" {
		c.String(http.StatusUnauthorized, "who are you?\n")
		c.Abort()
	}
}
