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

var (
	methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
	headers = []string{"Authorization", "Content-Type", "If-Match", "If-None-Match", "X-Request-Id"}
)

// A server has a middleware that allows what the page does.
type server struct {
	name  string
	build func(maxAge time.Duration) http.Handler
}

var api = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })

var servers = []server{
	{"crossorigin", func(maxAge time.Duration) http.Handler {
		m, err := cors.New(cors.Policy{
			Origins:        []string{site},
			Methods:        []string{"PUT", "PATCH", "DELETE"},
			RequestHeaders: headers,
			MaxAge:         maxAge,
		})
		if err != nil {
			panic(err)
		}
		return m.Handler(api)
	}},
	{"gin-contrib", func(maxAge time.Duration) http.Handler {
		gin.SetMode(gin.ReleaseMode)
		engine := gin.New()
		engine.Use(gincors.New(gincors.Config{
			AllowOrigins: []string{site}, AllowMethods: methods, AllowHeaders: headers, MaxAge: maxAge,
		}))
		engine.Any("/*path", gin.WrapH(api))
		return engine
	}},
	{"echo", func(maxAge time.Duration) http.Handler {
		e := echo.New()
		e.Use(echomiddleware.CORSWithConfig(echomiddleware.CORSConfig{
			AllowOrigins: []string{site}, AllowMethods: methods, AllowHeaders: headers, MaxAge: seconds(maxAge),
		}))
		e.Any("/*", echo.WrapHandler(api))
		return e
	}},
	{"fiber", func(maxAge time.Duration) http.Handler {
		app := fiber.New()
		app.Use(fibercors.New(fibercors.Config{
			AllowOrigins: []string{site}, AllowMethods: methods, AllowHeaders: headers, MaxAge: seconds(maxAge),
		}))
		app.All("/*", func(c fiber.Ctx) error { return c.SendStatus(fiber.StatusNoContent) })
		return adaptor.FiberApp(app)
	}},
	{"rs", func(maxAge time.Duration) http.Handler {
		return rscors.New(rscors.Options{
			AllowedOrigins: []string{site}, AllowedMethods: methods, AllowedHeaders: headers, MaxAge: seconds(maxAge),
		}).Handler(api)
	}},
	{"chi", func(maxAge time.Duration) http.Handler {
		return chicors.Handler(chicors.Options{
			AllowedOrigins: []string{site}, AllowedMethods: methods, AllowedHeaders: headers, MaxAge: seconds(maxAge),
		})(api)
	}},
	{"gorilla", func(maxAge time.Duration) http.Handler {
		return handlers.CORS(handlers.AllowedOrigins([]string{site}), handlers.AllowedMethods(methods),
			handlers.AllowedHeaders(headers), handlers.MaxAge(seconds(maxAge)))(api)
	}},
}

func seconds(d time.Duration) int { return int(d / time.Second) }
