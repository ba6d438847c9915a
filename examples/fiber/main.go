// Command fiber is an API on fiber, for a site at another origin.
//
// fiber runs on fasthttp, so net/http middleware needs fiber's adaptor. That has
// its price: every request is converted to net/http and its answer back, which
// takes around ten microseconds and forty allocations (bench/README.md has the
// figures), and of a request header that comes in several lines the adaptor hands
// on only the last. For an API whose handlers take milliseconds this is nothing.
// Where it is too much, put the gateway of the command cors in front, or use
// fiber's own middleware.
package main

import (
	"log"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"

	"crossorigin.dev/cors"
)

func main() {
	app, err := newApp()
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(app.Listen("localhost:9000"))
}

func newApp() (*fiber.App, error) {
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

	app := fiber.New(fiber.Config{ReadTimeout: 5 * time.Second})
	// Before the routes and on the app, not on a group: it answers preflights,
	// which no route takes.
	app.Use(adaptor.HTTPMiddleware(m.Handler))
	app.Get("/public/health", func(c fiber.Ctx) error { return c.SendString("ok\n") })
	api := app.Group("/api", authenticate)
	api.Get("/items/:id", func(c fiber.Ctx) error { return c.SendString("item " + c.Params("id") + "\n") })
	api.Put("/items/:id", func(c fiber.Ctx) error { return c.SendString("stored " + c.Params("id") + "\n") })
	return app, nil
}

func authenticate(c fiber.Ctx) error {
	if c.Get("Authorization") != "Bearer secret" {
		return c.Status(fiber.StatusUnauthorized).SendString("who are you?\n")
	}
	return c.Next()
}
