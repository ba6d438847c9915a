package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"crossorigin.dev/cmd/cors/internal/playground"
)

// TestReadme runs the command that README.md shows, against what cors play
// starts, and holds what README.md says it prints, and the picture it says is
// drawn, against what is printed and drawn.
func TestReadme(t *testing.T) {
	p, err := playground.Listen(playground.Config{Site: "localhost:0", API: "localhost:0", Log: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error)
	go func() { served <- p.Serve(ctx) }()
	defer func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	// The ports of the README, and a time that nothing depends on.
	site, api := strings.TrimSuffix(p.SiteURL(), "/"), strings.TrimSuffix(p.APIURL(), "/")
	plain := func(s string) string {
		s = strings.NewReplacer(site, "http://localhost:8000", api, "http://localhost:9000").Replace(s)
		return regexp.MustCompile(`[0-9.]+ (µs|ms|s)\b`).ReplaceAllString(s, "1 ms")
	}

	readme := read(t, "../../README.md")
	command := regexp.MustCompile(`(?m)^go run ./cmd/cors (check .*)$`).FindStringSubmatch(readme)
	if command == nil {
		t.Fatal("README.md shows no go run ./cmd/cors check")
	}
	drawn := filepath.Join(t.TempDir(), "drawn.svg")
	words := strings.Fields(strings.NewReplacer("http://localhost:8000", site, "http://localhost:9000", api).Replace(command[1]))
	var out bytes.Buffer
	root := newRootCommand()
	root.SetArgs(append(words, "--svg", drawn))
	root.SetOut(&out)
	root.SetErr(&out)
	if code := report(io.Discard, root.ExecuteContext(ctx)); code != exitBlocked {
		t.Fatalf("exit code %d, want %d\n%s", code, exitBlocked, out.String())
	}

	_, block, _ := strings.Cut(readme, "```\nThe preflight\n")
	block, _, _ = strings.Cut("The preflight\n"+block, "\n```")
	_, printed, _ := strings.Cut(out.String(), "\nThe preflight\n")
	// Lines break elsewhere where the ports have other lengths.
	want := strings.Join(strings.Fields(plain(block)), " ")
	got := strings.Join(strings.Fields(plain("The preflight\n"+printed)), " ")
	if got != want {
		t.Errorf("README.md shows\n%s\nbut the command prints\n%s", block, "The preflight\n"+printed)
	}
	if got, want := textOf(plain(read(t, drawn))), textOf(plain(read(t, "../../docs/preflight-refused.svg"))); got != want {
		t.Errorf("docs/preflight-refused.svg says\n%s\nbut what is drawn says\n%s\nDraw it anew with --svg while cors play runs.", want, got)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// textOf is the text of a diagram.
func textOf(svg string) string {
	_, svg, _ = strings.Cut(svg, "</style>")
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(svg, " ")), " ")
}
