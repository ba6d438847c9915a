package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"crossorigin.dev/cmd/cors/internal/policyfile"
)

func newLintCommand() *cobra.Command {
	var asJSON, strict bool
	cmd := &cobra.Command{
		Use:   "lint FILE",
		Short: "Find what is wrong with a cors.yaml, and what could be better",
		Long: `Lint reads a file as "cors gateway -c FILE" does, and prints everything that is
wrong with it, and advice about what works but could be better: one line each,
with the line and the column. Nothing is started, and no network is used.

Environment variables that the file names as ${NAME} have to be set.

Exit codes: 0 there are no errors, 1 there are, 2 the command line is wrong or
the file cannot be read. With --strict, advice counts as an error.`,
		Example: `  cors lint cors.yaml
  cors lint cors.yaml --json
  SITE=https://app.example.com cors lint cors.yaml --strict`,
		Args: func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return usageError("lint needs a file, such as cors.yaml")
			case 1:
				return nil
			}
			return usageError("lint takes one file, but got %q too", args[1])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			_, problems, err := readPolicyFile(args[0])
			if err != nil {
				return err
			}
			if err := showProblems(cmd.OutOrStdout(), args[0], problems, asJSON); err != nil {
				return usageError("cannot write the result: %v", err)
			}
			if len(problems.Errors()) > 0 || strict && len(problems) > 0 {
				return &failure{code: exitBlocked}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	cmd.Flags().BoolVar(&strict, "strict", false, "exit with 1 for advice too")
	return cmd
}

// readPolicyFile turns a file that cannot be read into a usage error.
func readPolicyFile(path string) (*policyfile.File, policyfile.Problems, error) {
	file, problems, err := policyfile.Read(path)
	if err == nil {
		return file, problems, nil
	}
	var e *fs.PathError
	if errors.As(err, &e) {
		err = e.Err
	}
	return nil, nil, usageError("%s: %v", path, err)
}

// lintVersion is the version of the document that lint --json prints.
const lintVersion = 1

func showProblems(w io.Writer, path string, problems policyfile.Problems, asJSON bool) error {
	var out bytes.Buffer
	failed := len(problems.Errors())
	if asJSON {
		if problems == nil {
			problems = policyfile.Problems{} // an empty list, not null
		}
		encoder := json.NewEncoder(&out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		err := encoder.Encode(struct {
			Version  int                 `json:"version"`
			File     string              `json:"file"`
			Errors   int                 `json:"errors"`
			Advice   int                 `json:"advice"`
			Problems policyfile.Problems `json:"problems"`
		}{lintVersion, path, failed, len(problems) - failed, problems})
		if err != nil {
			return err
		}
	} else {
		writeProblems(&out, path, problems)
		if len(problems) == 0 {
			fmt.Fprintf(&out, "%s: nothing to say\n", path)
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

// writeProblems writes file:line:column: message, as compilers do, so that
// editors can jump to it.
func writeProblems(w io.Writer, path string, problems policyfile.Problems) {
	for _, p := range problems {
		separator := ": "
		if p.Line > 0 {
			separator = ":"
		}
		fmt.Fprintf(w, "%s%s%s\n", path, separator, p)
	}
}
