package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// built returns the command, built anew.
func built(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "cors")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// BenchmarkCheck is the time of a whole run of cors check, from its start to
// its end, against a server on loopback that answers at once: a preflight and a
// request, with diagnosis.
func BenchmarkCheck(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "http://localhost:8000")
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
	}))
	defer server.Close()
	path := built(b)
	for b.Loop() {
		out, err := exec.Command(path, "check", server.URL, "--origin", "http://localhost:8000", "-X", "PUT").CombinedOutput()
		if err != nil || !strings.Contains(string(out), "✓ allowed") {
			b.Fatalf("%v\n%s", err, out)
		}
	}
}

// BenchmarkExplain100MB is the time of a whole run of cors explain on a file of
// 100 MB, and the most memory it had.
func BenchmarkExplain100MB(b *testing.B) {
	body := strings.Repeat("y", 100_000)
	explains(b, "1000 requests", func(f io.Writer) {
		for i := range 1000 {
			writeEntry(f, i, site, body)
		}
	})
}

// BenchmarkExplainManyRequests is the same of 100,000 requests, each to another
// URL and blocked.
func BenchmarkExplainManyRequests(b *testing.B) {
	explains(b, "100000 requests", func(f io.Writer) {
		for i := range 100_000 {
			writeEntry(f, i, site, "")
		}
	})
}

// BenchmarkExplainLongValue is the same of a request with a header field of
// 100 MB, beside one that is as usual.
func BenchmarkExplainLongValue(b *testing.B) {
	// Not as one string: what this process has is counted as the command's.
	part := strings.Repeat("x", 100_000)
	explains(b, "3 entries, 2", func(f io.Writer) {
		fmt.Fprint(f, `,{"request": {"method": "GET", "url": "http://localhost:9000/long", "headers": [{"name": "X-Long", "value": "`)
		for range 1000 {
			fmt.Fprint(f, part)
		}
		fmt.Fprintf(f, `"}, {"name": "Origin", "value": %q}]}, "response": {"status": 200, "headers": []}}`, site)
		writeEntry(f, 1, site, "")
	})
}

const site = "http://localhost:8000"

// writeEntry writes an entry that follows another.
func writeEntry(f io.Writer, n int, origin, body string) {
	fmt.Fprintf(f, `,{"request": {"method": "GET", "url": "http://localhost:9000/%d", "headers": [{"name": "Origin", "value": %q}]},
		"response": {"status": 200, "headers": [], "content": {"text": %q}}}`, n, origin, body)
}

// explains runs cors explain on a file with entries, and looks for what it must
// say.
func explains(b *testing.B, says string, entries func(io.Writer)) {
	path, file := built(b), filepath.Join(b.TempDir(), "large.har")
	f, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprint(w, `{"log": {"creator": {"name": "Firefox"}, "entries": [null`)
	entries(w)
	fmt.Fprint(w, `]}}`)
	if err := cmp.Or(w.Flush(), f.Close()); err != nil {
		b.Fatal(err)
	}
	var memory int64
	for b.Loop() {
		command := exec.Command(path, "explain", file)
		out, _ := command.CombinedOutput()
		if command.ProcessState.ExitCode() != exitBlocked || !strings.Contains(string(out), says) {
			b.Fatalf("%s", out)
		}
		memory = max(memory, maxResident(command.ProcessState))
	}
	b.ReportMetric(float64(memory)/(1<<20), "MB-resident")
}
