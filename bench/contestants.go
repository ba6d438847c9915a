package main

import (
	"net/http"
	"time"

	gincors "github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
	chicors "github.com/go-chi/cors"
	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"
	fibercors "github.com/gofiber/fiber/v3/middleware/cors"
	"github.com/gorilla/handlers"
	"github.com/labstack/echo/v5"
	echomiddleware "github.com/labstack/echo/v5/middleware"
	rscors "github.com/rs/cors"

	"crossorigin.dev/cors"
)

// A contestant is a middleware on its platform.
type contestant struct {
	name       string
	module     string // whose version is shown; empty for those that are no peers
	build      build
	noPatterns bool // it knows no subdomain patterns: only a function could tell, which would be ours
}

// A platform is what middleware runs in: net/http, or a framework with a router
// and contexts of its own. none is the platform without any middleware, beside
// which its contestants are to be seen.
type platform struct {
	name        string
	module      string
	contestants []contestant // none first, then ours, then the peers; on net/http rs is the first
}

const (
	none = "none"
	ours = "crossorigin"
)

var platforms = []platform{
	{
		name: "net/http",
		contestants: []contestant{
			{name: none, build: func(_ config, reached *bool) server { return serveHTTP(nothing(reached), reached) }},
			{name: ours, build: func(c config, reached *bool) server {
				return serveHTTP(middleware(c).Handler(nothing(reached)), reached)
			}},
			{name: "rs", module: "github.com/rs/cors", build: buildRS},
			{name: "chi", module: "github.com/go-chi/cors", build: buildChi},
			{name: "gorilla", module: "github.com/gorilla/handlers", build: buildGorilla, noPatterns: true},
		},
	}, {
		name: "gin", module: "github.com/gin-gonic/gin",
		contestants: []contestant{
			{name: none, build: func(_ config, reached *bool) server { return serveHTTP(ginEngine(reached), reached) }},
			{name: ours, build: func(c config, reached *bool) server {
				return serveHTTP(middleware(c).Handler(ginEngine(reached)), reached)
			}},
			{name: "gin-contrib", module: "github.com/gin-contrib/cors", build: buildGin},
		},
	}, {
		name: "echo", module: "github.com/labstack/echo/v5",
		contestants: []contestant{
			{name: none, build: func(_ config, reached *bool) server { return serveHTTP(newEcho(reached), reached) }},
			{name: ours, build: func(c config, reached *bool) server {
				return serveHTTP(middleware(c).Handler(newEcho(reached)), reached)
			}},
			{name: "echo", module: "github.com/labstack/echo/v5", build: buildEcho, noPatterns: true},
		},
	}, {
		name: "fiber", module: "github.com/gofiber/fiber/v3",
		contestants: []contestant{
			{name: none, build: func(_ config, reached *bool) server { return serveFast(newFiber(reached).Handler(), reached) }},
			{name: ours, build: func(c config, reached *bool) server {
				return serveFast(newFiber(reached, adaptor.HTTPMiddleware(middleware(c).Handler)).Handler(), reached)
			}},
			{name: "fiber", module: "github.com/gofiber/fiber/v3", build: buildFiber},
		},
	},
}

// nothing is the handler behind the middleware.
func nothing(reached *bool) http.Handler {
	if reached == nil {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	}
	return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { *reached = true })
}

func middleware(c config) *cors.Middleware {
	policy := cors.Policy{
		Origins:        c.origins,
		Credentials:    c.credentials,
		Methods:        []string{"PUT", "DELETE"},
		RequestHeaders: requestHeaders,
		MaxAge:         maxAge * time.Second,
	}
	if c.credentials {
		policy.ResponseHeaders = exposedHeaders
	}
	m, err := cors.New(policy)
	if err != nil {
		panic(err)
	}
	return m
}

func buildRS(c config, reached *bool) server {
	options := rscors.Options{
		AllowedOrigins:   c.origins,
		AllowedMethods:   methods,
		AllowedHeaders:   requestHeaders,
		AllowCredentials: c.credentials,
		MaxAge:           maxAge,
	}
	if c.credentials {
		options.ExposedHeaders = exposedHeaders
	}
	return serveHTTP(rscors.New(options).Handler(nothing(reached)), reached)
}

func buildChi(c config, reached *bool) server {
	options := chicors.Options{
		AllowedOrigins:   c.origins,
		AllowedMethods:   methods,
		AllowedHeaders:   requestHeaders,
		AllowCredentials: c.credentials,
		MaxAge:           maxAge,
	}
	if c.credentials {
		options.ExposedHeaders = exposedHeaders
	}
	return serveHTTP(chicors.Handler(options)(nothing(reached)), reached)
}

func buildGorilla(c config, reached *bool) server {
	options := []handlers.CORSOption{
		handlers.AllowedOrigins(c.origins),
		handlers.AllowedMethods(methods),
		handlers.AllowedHeaders(requestHeaders),
		handlers.MaxAge(maxAge),
		handlers.OptionStatusCode(http.StatusNoContent),
	}
	if c.credentials {
		options = append(options, handlers.AllowCredentials(), handlers.ExposedHeaders(exposedHeaders))
	}
	return serveHTTP(handlers.CORS(options...)(nothing(reached)), reached)
}

func buildGin(c config, reached *bool) server {
	options := gincors.Config{
		AllowOrigins:     c.origins,
		AllowWildcard:    c.patterns,
		AllowMethods:     methods,
		AllowHeaders:     requestHeaders,
		AllowCredentials: c.credentials,
		MaxAge:           maxAge * time.Second,
	}
	if c.credentials {
		options.ExposeHeaders = exposedHeaders
	}
	return serveHTTP(ginEngine(reached, gincors.New(options)), reached)
}

// ginEngine has a route for OPTIONS too, so that the row without middleware goes
// as far as the others do.
func ginEngine(reached *bool, middleware ...gin.HandlerFunc) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.Use(middleware...)
	handler := func(*gin.Context) {}
	if reached != nil {
		handler = func(*gin.Context) { *reached = true }
	}
	engine.Any(path, handler)
	return engine
}

func buildEcho(c config, reached *bool) server {
	options := echomiddleware.CORSConfig{
		AllowOrigins:     c.origins,
		AllowMethods:     methods,
		AllowHeaders:     requestHeaders,
		AllowCredentials: c.credentials,
		MaxAge:           maxAge,
	}
	if c.credentials {
		options.ExposeHeaders = exposedHeaders
	}
	return serveHTTP(newEcho(reached, echomiddleware.CORSWithConfig(options)), reached)
}

func newEcho(reached *bool, middleware ...echo.MiddlewareFunc) http.Handler {
	e := echo.New()
	e.Use(middleware...)
	handler := func(*echo.Context) error { return nil }
	if reached != nil {
		handler = func(*echo.Context) error { *reached = true; return nil }
	}
	e.Any(path, handler)
	return e
}

func buildFiber(c config, reached *bool) server {
	options := fibercors.Config{
		AllowOrigins:     c.origins,
		AllowMethods:     methods,
		AllowHeaders:     requestHeaders,
		AllowCredentials: c.credentials,
		MaxAge:           maxAge,
	}
	if c.credentials {
		options.ExposeHeaders = exposedHeaders
	}
	return serveFast(newFiber(reached, fibercors.New(options)).Handler(), reached)
}

func newFiber(reached *bool, middleware ...fiber.Handler) *fiber.App {
	app := fiber.New()
	for _, m := range middleware {
		app.Use(m)
	}
	handler := func(fiber.Ctx) error { return nil }
	if reached != nil {
		handler = func(fiber.Ctx) error { *reached = true; return nil }
	}
	app.All(path, handler)
	return app
}
