package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/render"
	"crossorigin.dev/origin"
)

func newCheckCommand() *cobra.Command {
	var c check
	cmd := &cobra.Command{
		Use:   "check URL --origin ORIGIN",
		Short: "Make one request as a browser would for a page of an origin, and show why it works or not",
		Long: `Check makes one request to URL as a browser would for a script's fetch() on a
page of --origin: with a preflight where one is due, the headers a browser
sends, and the checks it makes. It prints what went over the wire, each check,
and the verdict.

The request is real: a server that does what it is asked has done it.

Exit codes: 0 the browser allows it, 1 it blocks it, 2 the command line is
wrong, 3 no response could be had.`,
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
			switch len(args) {
			case 0:
				return usageError("check needs a URL, such as http://localhost:9000/note")
			case 1:
				return nil
			}
			return usageError("check takes one URL, but got %q too; quote what has spaces in it", args[1])
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			c.url, c.dataGiven = args[0], cmd.Flags().Changed("data")
			return c.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&c.origin, "origin", "", "`origin` of the page, as http://localhost:8000")
	flags.StringVarP(&c.method, "method", "X", "", "`method` (default GET; POST with --data)")
	flags.StringArrayVarP(&c.headers, "header", "H", nil, "header the script sets, `name:value`; repeatable")
	flags.StringVarP(&c.data, "data", "d", "", "body; text/plain unless -H says otherwise")
	flags.StringVar(&c.credentials, "credentials", string(browser.CredentialsSameOrigin), "same-origin|include|omit")
	flags.StringVar(&c.mode, "mode", string(browser.ModeCORS), "cors|no-cors|same-origin")
	flags.StringVar(&c.redirect, "redirect", string(browser.RedirectFollow), "follow|error|manual")
	flags.BoolVar(&c.json, "json", false, "print the trace as one JSON document")
	flags.StringVar(&c.svg, "svg", "", "write a sequence diagram to `file`")
	flags.DurationVar(&c.timeout, "timeout", 30*time.Second, "limit of the time of all of it")
	flags.Int64Var(&c.maxBody, "max-body", 32<<20, "limit of the response in `bytes`")
	completeWith(cmd, "method", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
	completeWith(cmd, "credentials", "same-origin", "include", "omit")
	completeWith(cmd, "mode", "cors", "no-cors", "same-origin")
	completeWith(cmd, "redirect", "follow", "error", "manual")
	return cmd
}

// completeWith gives shell completion the values of a flag.
func completeWith(cmd *cobra.Command, flag string, values ...string) {
	complete := cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag does not exist
	}
}

// A check is the command line of cors check.
type check struct {
	url         string
	origin      string
	method      string
	headers     []string
	data        string
	dataGiven   bool
	credentials string
	mode        string
	redirect    string
	json        bool
	svg         string
	timeout     time.Duration
	maxBody     int64
}

func (c *check) run(ctx context.Context, stdout, stderr io.Writer) error {
	request, err := c.request()
	if err != nil {
		return err
	}
	page, err := c.page()
	if err != nil {
		return err
	}
	done := waitingFor(stderr, c.url)
	trace, err := fetch(ctx, page, request)
	done()
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := c.show(stdout, trace); err != nil {
		return err
	}
	switch trace.Verdict.Outcome {
	case browser.OutcomeAllowed, browser.OutcomeOpaque:
		return nil
	case browser.OutcomeBlocked:
		return &failure{code: exitBlocked}
	case browser.OutcomeMisuse:
		return usageError("%s", trace.Verdict.Message)
	}
	return &failure{code: exitNetwork}
}

// fetch makes the request and returns its trace, however it ended.
func fetch(ctx context.Context, page *browser.Page, r browser.Request) (*browser.Trace, error) {
	response, err := page.Fetch(ctx, r)
	if err == nil {
		return response.Trace, nil
	}
	var failed *browser.Error
	if errors.As(err, &failed) {
		return failed.Trace, nil
	}
	return nil, &failure{exitNetwork, err}
}

// show prints the trace and writes the diagram.
func (c *check) show(stdout io.Writer, t *browser.Trace) error {
	var out bytes.Buffer
	var err error
	switch s := screenOf(stdout); {
	case c.json:
		err = render.JSON(&out, t)
	case t.Verdict.Outcome == browser.OutcomeMisuse:
		// There is no story; the error says it.
	default:
		err = render.Text(&out, t, render.TextOptions{Width: s.width, Color: s.color})
	}
	if err == nil {
		_, err = stdout.Write(out.Bytes())
	}
	if err != nil {
		return usageError("cannot write the result: %v", err)
	}
	if c.svg == "" {
		return nil
	}
	var drawing bytes.Buffer
	err = render.SVG(&drawing, t, render.SVGOptions{})
	if err == nil {
		err = os.WriteFile(c.svg, drawing.Bytes(), 0o644)
	}
	if err != nil {
		return usageError("cannot write the diagram: %v", err)
	}
	return nil
}

// page opens the page that makes the request.
func (c *check) page() (*browser.Page, error) {
	b := browser.New(browser.Options{Timeout: c.timeout, MaxBody: c.maxBody})
	if c.origin == "" {
		return nil, usageError("--origin is missing: a browser decides by the page that asks; write --origin http://localhost:8000, say")
	}
	if _, err := origin.Parse(c.origin); err != nil {
		return nil, badOrigin(c.origin, err)
	}
	options := browser.PageOptions{URL: c.origin + "/"}
	if c.origin == "null" {
		options = browser.PageOptions{Opaque: true}
	}
	page, err := b.OpenPage(options)
	if err != nil {
		return nil, &failure{exitUsage, err}
	}
	return page, nil
}

// badOrigin says what to write instead.
func badOrigin(given string, problem error) error {
	what := problem.Error()
	var e *origin.Error
	if errors.As(problem, &e) {
		what = e.Problem
	}
	instead := "http://localhost:8000"
	candidate := given
	if !strings.Contains(given, "://") {
		candidate = schemeFor(given) + given
	}
	if o, err := origin.OfURL(candidate); err == nil && o.String() != "null" && !strings.Contains(given, "*") {
		instead = o.String()
	}
	return usageError("--origin %q %s; write --origin %s", given, what, instead)
}

// request is what the script passes to fetch().
func (c *check) request() (browser.Request, error) {
	r := browser.Request{
		Method:      c.method,
		URL:         c.url,
		Header:      http.Header{},
		Mode:        browser.Mode(c.mode),
		Credentials: browser.CredentialsMode(c.credentials),
		Redirect:    browser.RedirectMode(c.redirect),
	}
	if err := absolute(c.url); err != nil {
		return r, err
	}
	if c.timeout <= 0 {
		return r, usageError("--timeout %v leaves no time; write --timeout 30s", c.timeout)
	}
	if c.maxBody <= 0 {
		return r, usageError("--max-body %d leaves no room; write --max-body 1000000", c.maxBody)
	}
	for _, h := range c.headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return r, usageError("-H %q has no colon; write -H %q", h, strings.TrimSpace(h)+": value")
		}
		r.Header.Add(name, strings.Trim(value, " \t"))
	}
	if c.dataGiven {
		r.Body = []byte(c.data)
		if r.Method == "" {
			r.Method = "POST"
		}
		// What fetch() sets for a body that is a string,
		// https://fetch.spec.whatwg.org/#concept-bodyinit-extract
		if r.Header.Get("Content-Type") == "" {
			r.Header.Set("Content-Type", "text/plain;charset=UTF-8")
		}
	}
	return r, nil
}

// absolute refuses a URL that a browser would take for something else than was
// meant: "localhost:9000/note" has the scheme localhost.
func absolute(raw string) error {
	u, err := url.Parse(raw)
	if strings.Contains(raw, "://") || err == nil && u.Scheme != "" && !strings.Contains(u.Scheme, ".") && !startsWithDigit(u.Opaque) {
		return nil
	}
	if strings.HasPrefix(raw, "/") || raw == "" {
		return usageError("the URL %q has no host; write it whole, such as http://localhost:9000%s", raw, raw)
	}
	return usageError("the URL %q has no scheme; write %s%s", raw, schemeFor(raw), raw)
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// schemeFor guesses the scheme that a host without one was meant to have.
func schemeFor(hostAndMore string) string {
	host, _, _ := strings.Cut(hostAndMore, "/")
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsPrivate()) {
		return "http://"
	}
	return "https://"
}
