package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"crossorigin.dev/conformance/real"
	"crossorigin.dev/conformance/run"
	"crossorigin.dev/conformance/scripted"
	"crossorigin.dev/conformance/vector"
)

// A stage is the server and the browsers, running.
type stage struct {
	server   *scripted.Server
	browsers []real.Browser
}

func (o *options) start(ctx context.Context) (*stage, error) {
	o.say("listening on the vectors' ports")
	waiting, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	server, err := scripted.Start(waiting)
	if err != nil {
		return nil, err
	}
	s := &stage{server: server}
	for _, name := range o.browsers {
		o.say("starting %s", name)
		b, err := real.Start(ctx, name, real.Options{Hosts: scripted.Hosts, CA: server.CA()})
		if err != nil {
			s.close()
			return nil, err
		}
		s.browsers = append(s.browsers, b)
	}
	return s, nil
}

func (s *stage) close() {
	for _, b := range s.browsers {
		b.Close()
	}
	s.server.Close()
}

// say tells of progress.
func (o *options) say(format string, args ...any) { fmt.Fprintf(o.stderr, format+"\n", args...) }

// progress tells how far it is, ten times.
func (o *options) progress() func(done, of int) {
	told := -1
	return func(done, of int) {
		if tenth := done * 10 / max(of, 1); tenth > told {
			told = tenth
			o.say("%d of %d runs", done, of)
		}
	}
}

// read reads the files that the command line names, and picks vectors.
func (o *options) read() (map[string]*vector.File, []*vector.Vector, error) {
	files := map[string]*vector.File{}
	var err error
	if len(o.files) == 0 {
		files, err = vector.ReadDir(o.dir)
	}
	for _, name := range o.files {
		if err == nil {
			files[name], err = vector.Read(name)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	match, err := regexp.Compile(o.match)
	if err != nil {
		return nil, nil, fmt.Errorf("--run: %w", err)
	}
	var vectors []*vector.Vector
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		for i := range f.Vectors {
			if match.MatchString(f.Vectors[i].Name) {
				vectors = append(vectors, &f.Vectors[i])
			}
		}
	}
	if len(vectors) == 0 {
		return nil, nil, errors.New("no vector matches")
	}
	return files, vectors, nil
}

func check(ctx context.Context, o *options) (int, error) {
	_, vectors, err := o.read()
	if err != nil {
		return exitTrouble, err
	}
	recorded, err := run.ReadVersions(filepath.Join(o.dir, "VERSIONS"))
	if err != nil {
		return exitTrouble, err
	}
	open, err := run.ReadOpen(filepath.Join(o.dir, "OPEN"))
	if err != nil {
		return exitTrouble, err
	}
	stage, err := o.start(ctx)
	if err != nil {
		return exitTrouble, err
	}
	defer stage.close()
	checker := run.Checker{Server: stage.server, Browsers: stage.browsers, Profiles: vector.Profiles, Progress: o.progress()}
	results := checker.Check(ctx, vectors)
	summary := run.Summarize(results, stage.browsers, recorded, open)
	fmt.Fprint(o.stdout, summary.Differences(), summary.Table())
	if o.table != "" {
		if err := between(o.table, summary.Table()); err != nil {
			return exitTrouble, err
		}
	}
	if !summary.OK() {
		return exitDiffers, nil
	}
	return exitOK, nil
}

const (
	tableBegin = "<!-- table: written by make conformance -->\n"
	tableEnd   = "<!-- end of table -->\n"
)

// between replaces what stands between the markers of a file.
func between(name, text string) error {
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(old), tableBegin)
	_, after, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		return fmt.Errorf("%s has not the markers %q and %q", name, tableBegin, tableEnd)
	}
	return os.WriteFile(name, []byte(before+tableBegin+text+tableEnd+after), 0o644)
}

// writeAll writes each file under its name, in its canonical form.
func writeAll(files map[string]*vector.File) error {
	for name, f := range files {
		if err := f.Write(name); err != nil {
			return err
		}
	}
	return nil
}

func write(_ context.Context, o *options) (int, error) {
	files, _, err := o.read()
	if err != nil {
		return exitTrouble, err
	}
	if err := writeAll(files); err != nil {
		return exitTrouble, err
	}
	return exitOK, nil
}

// record fills in what is missing of the expectations.
func record(ctx context.Context, o *options) (int, error) {
	files, vectors, err := o.read()
	if err != nil {
		return exitTrouble, err
	}
	stage, err := o.start(ctx)
	if err != nil {
		return exitTrouble, err
	}
	defer stage.close()
	profiles := []string{"spec"}
	for _, b := range stage.browsers {
		profiles = append(profiles, b.Name())
	}
	checker := run.Checker{Server: stage.server, Browsers: stage.browsers, Profiles: profiles, Progress: o.progress(), Alone: true}
	results := checker.Check(ctx, vectors)
	trouble := false
	for i := range results {
		r := &results[i]
		if r.Err != nil {
			o.say("%s: %s: %v", r.Profile, r.Vector.Name, r.Err)
			trouble = true
			continue
		}
		if r.Expected != nil && !o.overwrite || r.Browser == nil && r.Vector.Beyond != "" {
			continue
		}
		if r.Vector.Expect == nil {
			r.Vector.Expect = vector.Expect{}
		}
		r.Vector.Expect[r.Profile] = r.Engine
		if r.Browser != nil {
			r.Vector.Expect[r.Profile] = *r.Browser
		}
	}
	if err := writeAll(files); err != nil {
		return exitTrouble, err
	}
	if err := run.WriteVersions(filepath.Join(o.dir, "VERSIONS"), stage.browsers); err != nil {
		return exitTrouble, err
	}
	if trouble {
		return exitTrouble, errors.New("some vectors could not be run")
	}
	return exitOK, nil
}
