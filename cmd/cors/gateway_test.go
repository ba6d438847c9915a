package main

import (
	"os"
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdAwait waits until a file has a match of a regular expression, and sets a
// variable to what is in its parentheses: await FILE REGEXP [VARIABLE]. It is for
// what a command says while it runs.
func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: await file regexp [variable]")
	}
	pattern := regexp.MustCompile(args[1])
	const patience = 20 * time.Second
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		match := pattern.FindStringSubmatch(string(text))
		if err != nil || match == nil {
			continue // not yet
		}
		if len(args) == 3 {
			ts.Setenv(args[2], match[1])
		}
		return
	}
	ts.Fatalf("%s: no match of %q within %v:\n%s", args[0], args[1], patience, ts.ReadFile(args[0]))
}
