package browser_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

// inMemory answers without a network, so that what is measured is the engine.
type inMemory func(*http.Request) *http.Response

func (f inMemory) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

func answer(status int, fields ...string) *http.Response {
	h := make(http.Header, len(fields)/2)
	for i := 0; i < len(fields); i += 2 {
		h[fields[i]] = append(h[fields[i]], fields[i+1])
	}
	return &http.Response{StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Header: h, Body: http.NoBody}
}

func benchmarkFetch(b *testing.B, o browser.Options, r browser.Request) {
	page, err := browser.New(o).Open("https://app.example.com/")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := page.Fetch(context.Background(), r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFetch measures the engine's own cost, with a transport that answers
// from memory (which is part of the cost) and the trace, which is always
// recorded. A simple fetch is to take 10 µs at most on a machine with nothing
// else to do:
//
//	go test ./browser -run '^$' -bench . -benchmem -count 5
func BenchmarkFetch(b *testing.B) {
	simple := inMemory(func(*http.Request) *http.Response {
		return answer(200, "Access-Control-Allow-Origin", "*", "Content-Type", "text/plain")
	})
	preflighted := func(maxAge string) inMemory {
		return func(r *http.Request) *http.Response {
			if r.Method == "OPTIONS" {
				return answer(204, "Access-Control-Allow-Origin", "*", "Access-Control-Allow-Methods", "PUT", "Access-Control-Max-Age", maxAge)
			}
			return simple(r)
		}
	}
	tenHops := inMemory(func(r *http.Request) *http.Response {
		hop := 0
		fmt.Sscanf(r.URL.Path, "/%d", &hop)
		if hop == 10 {
			return simple(r)
		}
		return answer(302, "Access-Control-Allow-Origin", "*", "Location", fmt.Sprintf("/%d", hop+1))
	})
	b.Run("simple", func(b *testing.B) {
		benchmarkFetch(b, browser.Options{Transport: simple}, browser.Request{URL: "https://api.example.com/items"})
	})
	b.Run("preflighted", func(b *testing.B) {
		benchmarkFetch(b, browser.Options{Transport: preflighted("0")}, browser.Request{Method: "PUT", URL: "https://api.example.com/items"})
	})
	b.Run("cached-preflight", func(b *testing.B) {
		benchmarkFetch(b, browser.Options{Transport: preflighted("600")}, browser.Request{Method: "PUT", URL: "https://api.example.com/items"})
	})
	b.Run("ten-redirects", func(b *testing.B) {
		benchmarkFetch(b, browser.Options{Transport: tenHops}, browser.Request{URL: "https://api.example.com/0"})
	})
}

// BenchmarkLoopback measures a fetch of a loopback server and the same request
// by the bare transport, in one run, and reports how many times as long the
// fetch takes.
func BenchmarkLoopback(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		io.WriteString(w, "hello")
	}))
	defer server.Close()
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	bare := func() {
		request, err := http.NewRequest("GET", server.URL, nil)
		if err != nil {
			b.Fatal(err)
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	page, err := browser.New(browser.Options{Transport: transport}).Open("https://app.example.com/")
	if err != nil {
		b.Fatal(err)
	}
	fetch := func() {
		if _, err := page.Fetch(context.Background(), browser.Request{URL: server.URL}); err != nil {
			b.Fatal(err)
		}
	}
	var bareTime, fetchTime time.Duration
	for b.Loop() { // in turns, so that both meet the same machine
		start := time.Now()
		bare()
		bareTime += time.Since(start)
		start = time.Now()
		fetch()
		fetchTime += time.Since(start)
	}
	b.ReportMetric(float64(bareTime.Nanoseconds())/float64(b.N), "bare-ns/op")
	b.ReportMetric(float64(fetchTime.Nanoseconds())/float64(b.N), "fetch-ns/op")
	b.ReportMetric(float64(fetchTime)/float64(bareTime), "times-bare")
}
