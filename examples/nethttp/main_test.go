package main

import (
	"testing"

	"crossorigin.dev/examples/internal/apitest"
)

func TestAPI(t *testing.T) {
	handler, err := newHandler()
	if err != nil {
		t.Fatal(err)
	}
	apitest.Check(t, handler)
}
