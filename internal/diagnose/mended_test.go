package diagnose

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"crossorigin.dev/browser"
)

// TestMend: a fix changes the answer that it is of, and no other.
func TestMend(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Methods", "GET")
	}))
	defer server.Close()
	page, err := browser.New(browser.Options{}).Open("http://localhost:8000/")
	if err != nil {
		t.Fatal(err)
	}
	trace := browser.TraceOf(page.Fetch(t.Context(), browser.Request{Method: "PUT", URL: server.URL}))
	d := Of(trace, Options{})
	if len(d.Problems) != 1 {
		t.Fatalf("diagnosed %+v", d.Problems)
	}
	before := browser.Answer{Status: 204, Header: []browser.Field{{Name: "access-control-allow-methods", Value: "GET"}, {Name: "X", Value: "1"}}}
	want := browser.Answer{Status: 204, Header: []browser.Field{{Name: "X", Value: "1"}, {Name: "Access-Control-Allow-Methods", Value: "GET, PUT"}}}
	if got, ok := d.Problems[0].Mend(0, true, before); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, ok)
	}
	for _, other := range []struct {
		hop       int
		preflight bool
	}{{0, false}, {1, true}} {
		if got, ok := d.Problems[0].Mend(other.hop, other.preflight, before); ok || !reflect.DeepEqual(got, before) {
			t.Errorf("hop %d, preflight %v: %+v, %v", other.hop, other.preflight, got, ok)
		}
	}
}
