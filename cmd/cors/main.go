// Cors shows what a browser does with requests to another origin, and why.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"crossorigin.dev/internal/render"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the default is back, so that a second one ends
	// the program whatever it is doing.
	context.AfterFunc(ctx, stop)
	stdout := &output{file: os.Stdout}
	root := newRootCommand()
	root.SetOut(stdout)
	cmd, err := root.ExecuteContextC(ctx)
	if ctx.Err() != nil && err != nil {
		err = &failure{exitInterrupted, errors.New("interrupted")}
	}
	code := report(os.Stderr, err)
	if err != nil && code != exitInterrupted && !stdout.written && wantsJSON(cmd, os.Args[1:]) {
		reportJSON(stdout, code, err)
	}
	os.Exit(code)
}

// An output is a file that knows whether anything was written to it.
type output struct {
	file    *os.File
	written bool
}

func (o *output) Write(p []byte) (int, error) {
	o.written = o.written || len(p) > 0
	return o.file.Write(p)
}

// wantsJSON reports whether a command has the flag --json and was given it,
// also if the command line is wrong elsewhere, so that it was not read to its
// end.
func wantsJSON(cmd *cobra.Command, args []string) bool {
	flag := cmd.Flags().Lookup("json")
	return flag != nil && (flag.Value.String() == "true" || !flag.Changed && slices.Contains(args, "--json"))
}

// An errorDocument is what --json prints if there is nothing else to print.
type errorDocument struct {
	Version int `json:"version"`
	Error   struct {
		ExitCode int    `json:"exitCode"`
		Message  string `json:"message"`
	} `json:"error"`
}

// errorVersion is the version of an errorDocument.
const errorVersion = 1

func reportJSON(stdout io.Writer, code int, err error) {
	d := errorDocument{Version: errorVersion}
	d.Error.ExitCode, d.Error.Message = code, err.Error()
	if err := render.Document(stdout, d, render.SecretsHidden); err != nil {
		complain(os.Stderr, err.Error())
	}
}

// The exit codes, of every command.
const (
	exitBlocked     = 1   // the browser blocks it, or another problem was found
	exitUsage       = 2   // the command line is wrong, or a file it names cannot be used
	exitNetwork     = 3   // no response could be had
	exitInterrupted = 130 // Ctrl-C, as shells report it
)

// A failure ends the command with an exit code.
type failure struct {
	code int
	err  error // nil if standard output has said it all
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit code %d", f.code)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

func usageError(format string, args ...any) error {
	return &failure{exitUsage, fmt.Errorf(format, args...)}
}

// report tells of an error and returns the exit code. What is not a failure
// comes from cobra, which found the command line wrong.
func report(stderr io.Writer, err error) int {
	if err == nil {
		return 0
	}
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{exitUsage, fmt.Errorf("%w; cors --help shows how", err)}
	}
	if f.err != nil {
		complain(stderr, f.err.Error())
	}
	return f.code
}

// complain writes a message to standard error, each line with the prefix that
// tells whose it is.
func complain(stderr io.Writer, message string) {
	for line := range strings.SplitSeq(message, "\n") {
		fmt.Fprintln(stderr, "cors: "+line)
	}
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "cors",
		Short: "See what a browser does with requests to another origin, and why",
		Long: `CORS has two halves: the server that grants and the browser that enforces.
cors has both, and explains what happens between them.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(
		newCheckCommand(),
		newExplainCommand(),
		newGatewayCommand(),
		newLintCommand(),
		newSchemaCommand(),
		newPlayCommand(),
		newVersionCommand(),
	)
	return root
}
