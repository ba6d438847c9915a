package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestPlay runs the command until it is interrupted, as main does it.
func TestPlay(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out, in := io.Pipe()
	root := newRootCommand()
	root.SetArgs([]string{"play", "--no-open", "--site", "localhost:0", "--api", "localhost:0"})
	root.SetOut(in)
	ended := make(chan error, 1)
	go func() {
		ended <- root.ExecuteContext(ctx)
		in.Close()
	}()
	lines := bufio.NewScanner(out)
	for _, c := range []struct {
		name, path string
		want       int
	}{{"site", "/", 200}, {"api", "/note", 200}} {
		if !lines.Scan() {
			t.Fatalf("the command ended: %v", <-ended)
		}
		words := strings.Fields(lines.Text())
		if len(words) < 2 || words[0] != c.name {
			t.Fatalf("got %q, want the address of the %s", lines.Text(), c.name)
		}
		response, err := http.Get(words[1] + c.path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != c.want {
			t.Errorf("%s: status %d, want %d", words[1]+c.path, response.StatusCode, c.want)
		}
	}
	go io.Copy(io.Discard, out)
	interrupt()
	if err := <-ended; err != nil {
		t.Errorf("after the interrupt: %v", err)
	}
}
