package main

import (
	"fmt"
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
	path, file := built(b), filepath.Join(b.TempDir(), "large.har")
	f, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	body := strings.Repeat("y", 100_000)
	fmt.Fprint(f, `{"log": {"creator": {"name": "Firefox"}, "entries": [null`)
	for i := range 1000 {
		fmt.Fprintf(f, `,{"request": {"method": "GET", "url": "http://localhost:9000/%d", "headers": [{"name": "Origin", "value": "http://localhost:8000"}]},
			"response": {"status": 200, "headers": [], "content": {"text": %q}}}`, i, body)
	}
	fmt.Fprint(f, `]}}`)
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	var memory int64
	for b.Loop() {
		command := exec.Command(path, "explain", file)
		out, _ := command.CombinedOutput()
		if command.ProcessState.ExitCode() != exitBlocked || !strings.Contains(string(out), "1000 requests") {
			b.Fatalf("%s", out)
		}
		memory = max(memory, maxResident(command.ProcessState))
	}
	b.ReportMetric(float64(memory)/(1<<20), "MB-resident")
}
