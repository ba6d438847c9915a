package gateway

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"crossorigin.dev/cmd/cors/internal/policyfile"
)

// settle is how long files have to be left alone before they are read: editors
// and deployments write in several steps.
const settle = 100 * time.Millisecond

// watch reloads when a file that was read has changed, until ctx is done. It
// watches directories: an editor puts a new file in the place of the old, and
// Kubernetes changes a link above it ("..data"), and neither touches the file
// that was there before.
func (g *Gateway) watch(ctx context.Context) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	if err := g.follow(watcher); err != nil {
		watcher.Close()
		return err
	}
	seen := g.contents()
	// What changed between Open and now made no event.
	if file, err := g.config.Load(); err != nil || file.Hash != g.live.Load().file.Hash {
		_ = g.Reload() // which tells of the error where it can be seen
	}
	go func() {
		defer watcher.Close()
		quiet := time.NewTimer(settle)
		for {
			select {
			case <-ctx.Done():
				return
			case <-watcher.Events:
				quiet.Reset(settle)
			case err := <-watcher.Errors:
				g.config.Log.Warn("watching files", "error", err.Error())
				quiet.Reset(settle) // something may have been missed
			case <-quiet.C:
				if now := g.contents(); now != seen {
					seen = now
					_ = g.Reload() // as above
					if err := g.follow(watcher); err != nil {
						g.config.Log.Warn("watching files", "error", err.Error())
					}
				}
			}
		}
	}()
	return nil
}

// files are those that the live site was read from, and those that the latest
// file names: if it is not in force, that may be because one of them is missing.
func (g *Gateway) files() []string {
	paths := []string{g.config.Path}
	for _, file := range []*policyfile.File{g.live.Load().file, g.latest.Load()} {
		for _, l := range file.Listeners {
			paths = append(paths, l.Certificate, l.Key)
		}
		for _, u := range file.Upstreams {
			paths = append(paths, u.CertificateAuthority)
		}
	}
	paths = slices.DeleteFunc(paths, func(path string) bool { return path == "" })
	slices.Sort(paths)
	return slices.Compact(paths)
}

// follow watches the directories of the files, and of what they link to.
func (g *Gateway) follow(watcher *fsnotify.Watcher) error {
	var errs []error
	watch := func(dir string) {
		if err := watcher.Add(dir); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", dir, err))
		}
	}
	for _, path := range g.files() {
		watch(filepath.Dir(path))
		if real, err := filepath.EvalSymlinks(path); err == nil && filepath.Dir(real) != filepath.Dir(path) {
			watch(filepath.Dir(real))
		}
	}
	return errors.Join(errs...)
}

// contents tells whether anything in the files has changed.
func (g *Gateway) contents() (sum [sha256.Size]byte) {
	hash := sha256.New()
	for _, path := range g.files() {
		data, err := readSmall(path)
		fmt.Fprintf(hash, "%q %d %v\n", path, len(data), err != nil)
		hash.Write(data)
	}
	return [sha256.Size]byte(hash.Sum(nil))
}
