//go:build unix

package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// TestOpenBrowser puts a program of its own in place of the one that opens
// browsers, and sees what it is told.
func TestOpenBrowser(t *testing.T) {
	const url = "http://localhost:8000"
	for _, c := range []struct {
		name, display, wayland string
		opens                  bool
	}{
		{"with a screen", ":0", "", true},
		{"with a Wayland screen", "", "wayland-0", true},
		{"without a screen", "", "", runtime.GOOS == "darwin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			told := filepath.Join(dir, "told")
			script := "#!/bin/sh\nprintf %s \"$*\" >" + told + ".part && mv " + told + ".part " + told + "\n"
			for _, name := range []string{"open", "xdg-open"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
			t.Setenv("DISPLAY", c.display)
			t.Setenv("WAYLAND_DISPLAY", c.wayland)
			if opened := openBrowser(url); opened != c.opens {
				t.Fatalf("opened: %t, want %t", opened, c.opens)
			}
			if !c.opens {
				return
			}
			for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
				if got, err := os.ReadFile(told); err == nil {
					if string(got) != url {
						t.Errorf("the opener is told %q, want %q", got, url)
					}
					return
				}
				if time.Now().After(deadline) {
					t.Fatal("the opener was not started")
				}
			}
		})
	}
}

// TestNoBrowserToOpen has no program that opens browsers.
func TestNoBrowserToOpen(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("DISPLAY", ":0")
	if openBrowser("http://localhost:8000") {
		t.Error("a browser was opened by nothing")
	}
}
