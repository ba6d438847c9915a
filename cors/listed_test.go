package cors_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"crossorigin.dev/cors"
)

// jub0bs/cors#12: a structure built for speed refused origins that were listed.
// Every listed origin is allowed, whatever else is listed and in whatever order.
func TestJub0bs12_ListedOriginsAreAllowed(t *testing.T) {
	origins := []string{
		"https://foo.com", "https://bar.com", "https://barfoo.com", "https://o.com", "https://oo.com", "http://foo.com",
		"https://foo.com:8443", "https://foo.co", "https://a.foo.com", "https://b.a.foo.com", "https://foo.com.", "https://xfoo.com",
		"http://localhost", "http://localhost:8000", "http://127.0.0.1", "http://127.0.0.1:8000", "http://[::1]", "http://[::1]:8000",
	}
	for i := range origins {
		// Each length of list, rotated and reversed.
		rotated := slices.Concat(origins[i:], origins[:i])
		slices.Reverse(rotated[:i+1])
		for _, list := range [][]string{rotated[:i+1], rotated} {
			m := mustNew(t, cors.Policy{Origins: list})
			for _, o := range origins {
				_, header := serve(m, request("GET /", "Origin: "+o))
				if allowed := header.Get("Access-Control-Allow-Origin") == o; allowed != slices.Contains(list, o) {
					t.Fatalf("%q: %q allowed %v", list, o, allowed)
				}
			}
		}
	}
}

// jub0bs/cors#15: a binary search refused headers that were listed. Every subset
// of the listed ones passes, also of more than are compared one by one.
func TestJub0bs15_ListedHeadersAreAllowed(t *testing.T) {
	names := strings.Fields("accept authorization content-type if-match if-none-match x x-a x-aa x-ab x-b x-request-id x-requested-with " +
		"x-tenant z a-b-c-d-e-f y0 y1 y2 y3 y4")
	for n := range len(names) + 1 {
		m := mustNew(t, cors.Policy{Origins: []string{"https://app.example.com"}, RequestHeaders: names[:n]})
		for _, mask := range []int{0, 1, 0x5555, 0xAAAA, 0x0F0F, 0xF0F0, 0x3C3C, 0xFFFFF, 1 << 19, 1<<19 | 1} {
			var asked []string
			wanted := http.StatusNoContent
			for i, name := range names {
				if mask>>i&1 == 1 {
					asked = append(asked, name)
					if i >= n {
						wanted = http.StatusForbidden
					}
				}
			}
			slices.Sort(asked)
			status, _ := serve(m, request("OPTIONS /", site, asksGET, "Access-Control-Request-Headers: "+strings.Join(asked, ",")))
			if status != wanted {
				t.Errorf("%q of %q: status %d, want %d", asked, names[:n], status, wanted)
			}
		}
	}
}
