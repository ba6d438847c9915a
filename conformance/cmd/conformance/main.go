// Command conformance runs the conformance vectors in the project's engine and
// in real browsers, and records what the browsers did.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"crossorigin.dev/conformance/real"
)

const usage = `usage: conformance COMMAND [FLAGS] [FILE...]

Commands:
  check    run vectors in the engine's four profiles and in real browsers, and
           print one table of where they agree
  record   write into the vectors' expectations what the browsers did, and what
           the engine's spec profile did
  write    bring files of vectors into their canonical form
  random   make up scenarios, run them in engine and browser, and print the
           smallest one in which they differ as a vector

FILE is a file of vectors; all of vectors/ if there is none.
"conformance COMMAND --help" lists the flags of a command.

Exit status: 0 all agree, 1 something differs, 2 the command line is wrong,
3 a file, a browser or a port could not be had.

Examples:
  conformance check
  conformance check --browsers chromium --run '^acao-' vectors/cors-check.yaml
  conformance record --browsers chromium,firefox vectors/cors-check.yaml
  conformance random --browsers firefox --n 1000 --seed 7
`

// The exit statuses.
const (
	exitOK, exitDiffers, exitUsage, exitTrouble = 0, 1, 2, 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(command(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func command(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		io.WriteString(stderr, usage)
		return exitUsage
	}
	var run func(context.Context, *options) (int, error)
	switch args[0] {
	case "check":
		run = check
	case "record":
		run = record
	case "write":
		run = write
	case "random":
		run = runRandom
	case "help", "-h", "--help":
		io.WriteString(stdout, usage)
		return exitOK
	default:
		fmt.Fprintf(stderr, "conformance: there is no command %q; conformance --help lists them\n", args[0])
		return exitUsage
	}
	o, err := parse(args[0], args[1:], stdout, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintln(stderr, "conformance:", err)
		return exitUsage
	}
	code, err := run(ctx, o)
	if err != nil {
		fmt.Fprintln(stderr, "conformance:", err)
		if code == exitOK {
			code = exitTrouble
		}
	}
	return code
}

// options are what the command line says.
type options struct {
	stdout, stderr io.Writer
	dir            string
	files          []string
	browsers       []string
	match          string
	table          string // file to write the table to
	overwrite      bool
	n              int
	seed           uint64
	keep           string
}

func parse(name string, args []string, stdout, stderr io.Writer) (*options, error) {
	o := &options{stdout: stdout, stderr: stderr}
	var browsers string
	f := flag.NewFlagSet("conformance "+name, flag.ContinueOnError)
	f.SetOutput(stdout)
	f.StringVar(&o.dir, "vectors", "vectors", "`folder` of the vectors")
	if name == "check" || name == "record" || name == "random" {
		f.StringVar(&browsers, "browsers", strings.Join(real.Names(), ","), "`list` of real browsers, or none")
	}
	if name == "check" || name == "record" {
		f.StringVar(&o.match, "run", "", "only vectors whose name matches a `regexp`")
	}
	switch name {
	case "check":
		f.StringVar(&o.table, "write", "", "`file` to write the table to, between its markers")
	case "record":
		f.BoolVar(&o.overwrite, "overwrite", false, "replace what is recorded; else only what is missing is added")
	case "random":
		f.IntVar(&o.n, "n", 1000, "how many scenarios")
		f.Uint64Var(&o.seed, "seed", 1, "of the generator; the same seed makes the same scenarios")
		f.StringVar(&o.keep, "keep", "", "`file` to append found vectors to; then the search goes on")
	}
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	o.files = f.Args()
	if browsers != "" && browsers != "none" {
		o.browsers = strings.Split(browsers, ",")
	}
	return o, nil
}
