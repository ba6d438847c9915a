package main

import (
	"net"
	"testing"

	"github.com/gofiber/fiber/v3"

	"crossorigin.dev/examples/internal/apitest"
)

func TestAPI(t *testing.T) {
	app, err := newApp()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(listener, fiber.ListenConfig{DisableStartupMessage: true}) }()
	t.Cleanup(func() {
		if err := app.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	apitest.CheckURL(t, "http://"+listener.Addr().String())
}
