package cors_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"crossorigin.dev/cors"
)

func BenchmarkHandler(b *testing.B) {
	for _, n := range []int{1, 1000} {
		p := full
		p.Credentials = false
		p.ResponseHeaders = []string{"ETag"}
		p.Origins = nil
		for i := range n {
			p.Origins = append(p.Origins, fmt.Sprintf("https://tenant%d.example.com", i))
		}
		subdomains := p
		subdomains.Origins = nil
		for i := range n {
			subdomains.Origins = append(subdomains.Origins, fmt.Sprintf("https://*.tenant%d.example.com", i))
		}
		credentialed := p
		credentialed.Credentials = true
		last := fmt.Sprintf("Origin: https://tenant%d.example.com", n-1)
		sub := fmt.Sprintf("Origin: https://www.tenant%d.example.com", n-1)
		miss := fmt.Sprintf("Origin: https://tenanx%d.example.com", n-1)
		three := "Access-Control-Request-Headers: authorization,content-type,x-tenant"
		for _, bench := range []struct {
			name   string
			policy cors.Policy
			r      *http.Request
		}{
			{"other", p, request("GET /")},
			{"actual", p, request("GET /", last)},
			{"actual-subdomain", subdomains, request("GET /", sub)},
			{"actual-credentials", credentialed, request("GET /", last)},
			{"actual-refused", p, request("GET /", miss)},
			{"preflight", p, request("OPTIONS /", last, asksPUT, three)},
			{"preflight-refused-origin", p, request("OPTIONS /", miss, asksPUT, three)},
			{"preflight-refused-method", p, request("OPTIONS /", last, "Access-Control-Request-Method: PATCH", three)},
			{"preflight-refused-header", p, request("OPTIONS /", last, asksPUT, three+",x-zzz")},
			{"preflight-1MiB", p, request("OPTIONS /", last, asksPUT, "Access-Control-Request-Headers: "+strings.Repeat(",", 1<<20))},
		} {
			m := mustNew(b, bench.policy)
			w := &discard{header: make(http.Header)}
			h := m.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			b.Run(fmt.Sprintf("%s/%d", bench.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					clear(w.header)
					h.ServeHTTP(w, bench.r)
				}
			})
		}
	}
}
