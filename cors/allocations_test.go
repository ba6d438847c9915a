package cors_test

import (
	"net/http"
	"strings"
	"testing"

	"crossorigin.dev/cors"
	"crossorigin.dev/origin"
)

// A response costs one allocation, for the values of its headers, and none if it
// gets no headers. What costs more is listed as well, with what it is for.
func TestAllocations(t *testing.T) {
	everyone := cors.Policy{Origins: []string{"*"}, Methods: []string{"*"}, RequestHeaders: []string{"*"}, ResponseHeaders: []string{"*"}}
	echoing := full
	echoing.Methods, echoing.RequestHeaders = []string{"*"}, []string{"*"}
	optional := full
	optional.TimingAllowOrigin, optional.CrossOriginResourcePolicy, optional.Enforce, optional.Debug = true, "same-site", true, true
	asking := cors.Policy{AllowOrigin: func(_ *http.Request, o origin.Origin) bool { return o.IsSubdomainOf("example.com") }}
	routes := mustRoutes(t,
		cors.Route{Pattern: "/exact", Policy: full},
		cors.Route{Pattern: "/api/", Policy: full},
		cors.Route{Pattern: "GET /items/{id}", Policy: full},
	)
	observed := mustNew(t, full)
	observed.Observe(func(*http.Request, cors.Decision) {})
	three := "Access-Control-Request-Headers: authorization,content-type,x-tenant"
	type requests map[string]*http.Request
	for _, test := range []struct {
		what string
		m    *cors.Middleware
		most float64
		requests
	}{
		{"nothing to send", new(cors.Middleware), 0, requests{
			"GET":       request("GET /", site),
			"preflight": request("OPTIONS /", site, asksPUT, three),
		}},
		{"nothing to send", mustNew(t, full), 0, requests{
			"OPTIONS *":           request("OPTIONS *", site),
			"OPTIONS *, asks PUT": request("OPTIONS *", site, asksPUT),
		}},
		{"nothing to send", routes, 0, requests{
			"no route":                request("GET /assets/logo.svg", site),
			"no route, no Origin":     request("GET /"),
			"no route, preflight":     request("OPTIONS /assets/logo.svg", site, asksPUT, three),
			"no route, a long path":   request("GET /" + strings.Repeat("a/", 1000)),
			"no route, percent-coded": request("GET /a%20b"),
		}},
		{"listed", mustNew(t, full), 1, requests{
			"no Origin":        request("GET /"),
			"allowed":          request("GET /", site),
			"subdomain":        request("GET /", "Origin: https://a.trusted.example"),
			"refused":          request("GET /", stranger),
			"null":             request("GET /", "Origin: null"),
			"malformed":        request("GET /", "Origin: https://[evil"),
			"long":             request("GET /", "Origin: https://"+strings.Repeat("a.", 1<<16)+"trusted.example"),
			"several":          request("GET /", site, site),
			"OPTIONS":          request("OPTIONS /", site),
			"preflight":        request("OPTIONS /", site, asksPUT, three),
			"from a gateway":   request("OPTIONS /", site, asksPUT, "Access-Control-Request-Headers: Authorization", "Access-Control-Request-Headers: , X-Tenant"),
			"refused origin":   request("OPTIONS /", stranger, asksPUT, three),
			"refused method":   request("OPTIONS /", site, "Access-Control-Request-Method: PATCH"),
			"malformed method": request("OPTIONS /", site, "Access-Control-Request-Method: PUT, DELETE"),
			"refused header":   request("OPTIONS /", site, asksPUT, three+",x-other"),
		}},
		{"everyone", mustNew(t, everyone), 1, requests{
			"no Origin":  request("GET /"),
			"allowed":    request("GET /", site),
			"null":       request("GET /", "Origin: null"),
			"an address": request("GET /", "Origin: http://[::1]:8000"),
			"preflight":  request("OPTIONS /", site, asksPUT, three),
		}},
		{"echoing", mustNew(t, echoing), 1, requests{
			"preflight": request("OPTIONS /", site, asksPUT, "Access-Control-Request-Headers: x-a", "Access-Control-Request-Headers: x-b"),
		}},
		{"all options", mustNew(t, optional), 1, requests{
			"allowed":           request("GET /", site),
			"allowed POST":      request("POST /", site),
			"refused":           request("GET /", stranger),
			"preflight":         request("OPTIONS /", site, asksPUT, three),
			"refused preflight": request("OPTIONS /", site, asksPUT, three+",x-other"),
		}},
		{"decided in code", mustNew(t, asking), 1, requests{
			"allowed": request("GET /", site),
			"refused": request("GET /", stranger),
		}},
		{"observed", observed, 1, requests{
			"allowed":   request("GET /", site),
			"refused":   request("GET /", stranger),
			"preflight": request("OPTIONS /", site, asksPUT, three),
		}},
		{"one more for the error of parsing", mustNew(t, everyone), 2, requests{"malformed": request("GET /", "Origin: nonsense")}},
		{"one more for the error of parsing", mustNew(t, asking), 2, requests{"malformed": request("GET /", "Origin: nonsense")}},
		{"one more for what ServeMux matches", routes, 2, requests{
			"exact":    request("GET /exact", site),
			"wildcard": request("GET /items/1", site),
		}},
	} {
		for name, r := range test.requests {
			if n := allocations(test.m, r); n > test.most {
				t.Errorf("%s: %s: %v allocations, not %v", test.what, name, n, test.most)
			}
		}
	}
}
