package gateway

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
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

// files are those that the live site was read from.
func (g *Gateway) files() []string {
	paths := []string{g.config.Path}
	file := g.live.Load().file
	for _, l := range file.Listeners {
		if l.Certificate != "" {
			paths = append(paths, l.Certificate, l.Key)
		}
	}
	for _, u := range file.Upstreams {
		if u.CertificateAuthority != "" {
			paths = append(paths, u.CertificateAuthority)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// follow watches the directories of the files, and of what they link to.
func (g *Gateway) follow(watcher *fsnotify.Watcher) error {
	for _, path := range g.files() {
		if err := watcher.Add(filepath.Dir(path)); err != nil {
			return fmt.Errorf("%s: %w", filepath.Dir(path), err)
		}
		if real, err := filepath.EvalSymlinks(path); err == nil && filepath.Dir(real) != filepath.Dir(path) {
			if err := watcher.Add(filepath.Dir(real)); err != nil {
				return fmt.Errorf("%s: %w", filepath.Dir(real), err)
			}
		}
	}
	return nil
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
