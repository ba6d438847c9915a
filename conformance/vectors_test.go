package conformance

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/conformance/real"
	"crossorigin.dev/conformance/run"
	"crossorigin.dev/conformance/scripted"
	"crossorigin.dev/conformance/vector"
)

// chosen are the browsers that the environment variable BROWSERS lists, or all.
func chosen() []string {
	if listed := os.Getenv("BROWSERS"); listed != "" && listed != "all" {
		return strings.Split(listed, ",")
	}
	return real.Names()
}

// TestVectors runs the vectors in the engine, whatever time they take, and in
// browsers those that end soon.
func TestVectors(t *testing.T) {
	files, err := vector.ReadDir("vectors")
	if err != nil {
		t.Fatal(err)
	}
	var all, quick []*vector.Vector
	for _, f := range files {
		for i := range f.Vectors {
			v := &f.Vectors[i]
			all = append(all, v)
			if run.Quick(v) {
				quick = append(quick, v)
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	server, err := scripted.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	t.Run("engine", func(t *testing.T) {
		checker := run.Checker{Server: server, Profiles: vector.Profiles}
		expectNoDifference(t, checker.Check(t.Context(), all), nil)
	})
	for _, name := range chosen() {
		t.Run(name, func(t *testing.T) { checkBrowser(t, server, name, quick) })
	}
}

func checkBrowser(t *testing.T, server *scripted.Server, name string, vectors []*vector.Vector) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	b, err := real.Start(ctx, name, real.Options{Hosts: scripted.Hosts, CA: server.CA()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	started := time.Now()
	checker := run.Checker{Server: server, Browsers: []real.Browser{b}, Profiles: []string{name}}
	expectNoDifference(t, checker.Check(t.Context(), vectors), b)
	t.Logf("%d vectors in %s, %s", len(vectors), b.Version(), time.Since(started).Round(time.Second))
}

// expectNoDifference fails the test unless all is as it should be. Drift, of a
// browser that is not the recorded one, and disagreements that are known to be
// open are told but fail nothing.
func expectNoDifference(t *testing.T, results []run.Result, b real.Browser) {
	t.Helper()
	recorded, err := run.ReadVersions("vectors/VERSIONS")
	if err != nil {
		t.Fatal(err)
	}
	var browsers []real.Browser
	if b != nil {
		browsers = []real.Browser{b}
	}
	open, err := run.ReadOpen("vectors/OPEN")
	if err != nil {
		t.Fatal(err)
	}
	summary := run.Summarize(results, browsers, recorded, open)
	if text := summary.Differences() + summary.Table(); summary.OK() {
		t.Log("\n" + text)
	} else {
		t.Error("\n" + text)
	}
}
