package browser_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"crossorigin.dev/browser"
)

// What happened is told the same way whether the browser allowed it or not.
func ExampleTraceOf() {
	api := serve()
	defer api.Close()

	b := browser.New(browser.Options{})
	defer b.Close()
	page, err := b.Open("https://app.example.com/")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, method := range []string{"DELETE", "GET"} {
		trace := browser.TraceOf(page.Fetch(context.Background(), browser.Request{Method: method, URL: api.URL}))
		fmt.Println(method, trace.Verdict.Outcome, trace.Verdict.Reason)
	}
	// Output:
	// DELETE blocked preflight.method
	// GET allowed
}

func TestTraceOfOtherError(t *testing.T) {
	if trace := browser.TraceOf(nil, errors.New("not of a fetch")); trace != nil {
		t.Errorf("%+v", trace)
	}
}
