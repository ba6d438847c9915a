package main

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
)

func newCheckCommand() *cobra.Command {
	var c check
	cmd := &cobra.Command{
		Use:   "check URL --origin ORIGIN",
		Short: "Make one request as a browser would for a page of an origin, and show why it works or not",
		Long: `Check makes one request to URL as a browser would for a script's fetch() on a
page of --origin: with a preflight where one is due, the headers a browser
sends, and the checks it makes. It prints what went over the wire, each check,
the verdict, its cause, and what to change.

The request is real: a server that does what it is asked has done it. Only
--matrix sends nothing but preflights and GET requests, unless --send is given.

Exit codes: 0 the browser allows it, 1 it blocks it, 2 the command line is
wrong, 3 no response could be had. With --expect: 0 as expected, 1 not.`,
		Example: `  (They work while "cors play" runs.)

  # May the site read the note?
  cors check http://localhost:9000/note --origin http://localhost:8000

  # May it read the votes? The server answers, but the browser hides the answer.
  cors check http://localhost:9000/votes --origin http://localhost:8000

  # A preflight asks first, and is allowed.
  cors check http://localhost:9000/note --origin http://localhost:8000 \
      -X PUT -H 'Content-Type: application/json' -d '{"text":"Buy tea"}'

  # A preflight asks first, and is refused. Draw what happened.
  cors check http://localhost:9000/note --origin http://localhost:8000 \
      -X DELETE --svg delete.svg

  # The same for a program.
  cors check http://localhost:9000/votes --origin https://ballot.example --json`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && c.fromCurl != "":
				return nil
			case len(args) == 0:
				return usageError("check needs a URL, such as http://localhost:9000/note")
			case len(args) == 1:
				return nil
			}
			return usageError("check takes one URL, but got %q too; quote what has spaces in it", args[1])
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				c.url = args[0]
			}
			c.given = cmd.Flags().Changed
			return c.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	c.flags(cmd)
	return cmd
}

// A result is one fetch with what it means.
type result struct {
	trace     *browser.Trace
	diagnosis diagnose.Diagnosis
}

func (c *check) run(ctx context.Context, stdout, stderr io.Writer) error {
	request, err := c.request()
	if err != nil {
		return err
	}
	if err := c.compatible(); err != nil {
		return err
	}
	profiles, err := c.profiles()
	if err != nil {
		return err
	}
	transport, err := c.transport()
	if err != nil {
		return err
	}
	defer transport.CloseIdleConnections()
	if c.matrix {
		return c.runMatrix(ctx, stdout, stderr, transport, profiles[0], request)
	}
	var results []result
	for _, p := range profiles {
		done := waitingFor(stderr, c.url)
		trace, err := c.fetch(ctx, p, transport, request)
		done()
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		results = append(results, result{trace, diagnose.Of(trace, diagnose.Options{Stack: diagnose.Stack(c.stack)})})
	}
	if err := c.show(stdout, results); err != nil {
		return err
	}
	if err := c.writeJUnit(results); err != nil {
		return err
	}
	return c.verdict(results)
}

// compatible refuses flags that contradict each other, and values that are none.
func (c *check) compatible() error {
	switch {
	case c.matrix && (c.json || c.curl || c.svg != "" || c.mermaid != "" || c.allProfiles || c.expect != "" || c.junit != ""):
		return usageError("--matrix prints a table and nothing else; leave out --json, --curl, --svg, --mermaid, --all-profiles, --expect and --junit")
	case c.send && !c.matrix:
		return usageError("--send goes with --matrix; without it the request is always sent")
	case c.allProfiles && c.given("profile"):
		return usageError("--all-profiles and --profile exclude each other; leave one out")
	case c.json && c.curl:
		return usageError("--json and --curl exclude each other; leave one out")
	case c.allProfiles && (c.svg != "" || c.mermaid != "" || c.curl):
		return usageError("--svg, --mermaid and --curl show one fetch; choose it with --profile instead of --all-profiles")
	case c.junit != "" && c.expect == "":
		return usageError("--junit needs to know what is right; write --expect allowed, say")
	}
	if c.stack != "" {
		s, ok := diagnose.ParseStack(c.stack)
		if !ok {
			return usageError("--stack %q is not known; write one of %s", c.stack, stackNames())
		}
		c.stack = string(s)
	}
	return c.knownExpectation()
}

// profiles are the browsers to imitate.
func (c *check) profiles() ([]browser.Profile, error) {
	if c.allProfiles {
		return []browser.Profile{browser.Spec, browser.Chromium, browser.Firefox, browser.WebKit}, nil
	}
	p, ok := browser.ParseProfile(c.profile)
	if !ok {
		return nil, usageError("--profile %q is not known; write one of %s", c.profile, strings.Join(profileNames(), ", "))
	}
	return []browser.Profile{p}, nil
}

// fetch makes the request in a new browser and returns its trace, however it
// ended.
func (c *check) fetch(ctx context.Context, p browser.Profile, transport http.RoundTripper, r browser.Request) (*browser.Trace, error) {
	seeds := &seeding{RoundTripper: transport}
	b := browser.New(browser.Options{Profile: p, Transport: seeds, Timeout: c.timeout, MaxBody: c.maxBody})
	page, err := c.openPage(b)
	if err != nil {
		return nil, err
	}
	if err := seeds.cookies(ctx, b, c.url, c.cookies); err != nil {
		return nil, err
	}
	return browser.TraceOf(page.Fetch(ctx, r)), nil
}

// verdict turns the outcome into the exit code: of several, the worst.
func (c *check) verdict(results []result) error {
	if c.expect != "" {
		return c.judge(results)
	}
	code := 0
	for _, r := range results {
		switch r.trace.Verdict.Outcome {
		case browser.OutcomeAllowed, browser.OutcomeOpaque:
		case browser.OutcomeMisuse:
			return usageError("%s", r.trace.Verdict.Message)
		case browser.OutcomeNetwork:
			code = exitNetwork
		default:
			code = max(code, exitBlocked)
		}
	}
	if code == 0 {
		return nil
	}
	return &failure{code: code}
}
