package main

import (
	"os"
	"reflect"
	"strings"
	"testing"

	gincors "github.com/gin-contrib/cors"
	chicors "github.com/go-chi/cors"
	fibercors "github.com/gofiber/fiber/v3/middleware/cors"
	"github.com/gorilla/handlers"
	echomiddleware "github.com/labstack/echo/v5/middleware"
	rscors "github.com/rs/cors"

	"crossorigin.dev/cors"
)

func comparison(t *testing.T) string {
	text, err := os.ReadFile("../docs/compare.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// docs/compare.md says what the contestants answer.
func TestBehaviour(t *testing.T) {
	want := behaviour()
	if !strings.Contains(comparison(t), "\n"+want+"\n") {
		t.Errorf("docs/compare.md does not have the table of behaviour as it is; put this between its comments:\n%s", want)
	}
}

// docs/compare.md names every knob there is.
func TestKnobs(t *testing.T) {
	text := comparison(t)
	named := func(owner, knob string) {
		if !strings.Contains(text, "`"+knob+"`") {
			t.Errorf("docs/compare.md does not name %s of %s", knob, owner)
		}
	}
	for owner, config := range map[string]any{
		"cors":             cors.Policy{},
		"rs/cors":          rscors.Options{},
		"go-chi/cors":      chicors.Options{},
		"gin-contrib/cors": gincors.Config{},
		"echo":             echomiddleware.CORSConfig{},
		"fiber":            fibercors.Config{},
	} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(config)) {
			named(owner, field.Name)
		}
	}
	for _, method := range []reflect.Type{reflect.TypeFor[*cors.Middleware](), reflect.TypeFor[*rscors.Cors](), reflect.TypeFor[*gincors.Config]()} {
		for i := range method.NumMethod() {
			if name := method.Method(i).Name; name != "Validate" {
				named(method.String(), name)
			}
		}
	}
	// gorilla's knobs are functions; this fails to compile when one is gone.
	for name, option := range map[string]any{
		"AllowedOrigins": handlers.AllowedOrigins, "AllowedOriginValidator": handlers.AllowedOriginValidator,
		"AllowedMethods": handlers.AllowedMethods, "AllowedHeaders": handlers.AllowedHeaders,
		"ExposedHeaders": handlers.ExposedHeaders, "MaxAge": handlers.MaxAge, "IgnoreOptions": handlers.IgnoreOptions,
		"OptionStatusCode": handlers.OptionStatusCode, "AllowCredentials": handlers.AllowCredentials,
	} {
		if option != nil {
			named("gorilla/handlers", name)
		}
	}
}
