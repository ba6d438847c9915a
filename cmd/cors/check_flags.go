package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
)

// A check is the command line of cors check.
type check struct {
	url         string
	origin      string
	pageURL     string
	method      string
	headers     []string
	data        string
	cookies     []string
	credentials string
	mode        string
	redirect    string
	fromCurl    string
	profile     string
	allProfiles bool
	matrix      bool
	send        bool
	stack       string
	expect      string
	junit       string
	json        bool
	curl        bool
	secrets     bool
	svg         string
	mermaid     string
	insecure    bool
	cacert      string
	resolve     []string
	timeout     time.Duration
	maxBody     int64

	given func(flag string) bool // whether the command line has it
}

// flags declares the flags, with their defaults and the values that shells
// complete.
func (c *check) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&c.origin, "origin", "", "`origin` of the page, such as http://localhost:8000")
	flags.StringVar(&c.pageURL, "page", "", "`URL` of the page, instead of its origin")
	flags.StringVarP(&c.method, "method", "X", "", "`method` (default GET; POST with --data)")
	flags.StringArrayVarP(&c.headers, "header", "H", nil, "`field` the script sets, name:value; repeatable")
	flags.StringVarP(&c.data, "data", "d", "", "`body`; text/plain unless -H says otherwise")
	flags.StringArrayVarP(&c.cookies, "cookie", "b", nil, "`cookie` the browser has for the URL, name=value;\nattributes as in Set-Cookie may follow; repeatable")
	c.credentials, c.mode, c.redirect = string(browser.CredentialsSameOrigin), string(browser.ModeCORS), string(browser.RedirectFollow)
	flags.Var(word{&c.credentials, "mode"}, "credentials", "same-origin, include or omit")
	flags.Var(word{&c.mode, "mode"}, "mode", "cors, no-cors or same-origin")
	flags.Var(word{&c.redirect, "mode"}, "redirect", "follow, error or manual")
	flags.StringVar(&c.fromCurl, "from-curl", "", "take the request from `text` that developer tools\ngave for \"Copy as cURL\" (bash) or \"Copy as fetch\"")
	c.profile = browser.Spec.String()
	flags.Var(word{&c.profile, "browser"}, "profile", "spec, chromium, firefox or webkit")
	flags.BoolVar(&c.allProfiles, "all-profiles", false, "in all four, a request for each")
	flags.BoolVar(&c.matrix, "matrix", false, "try methods, credentials and headers; one table")
	flags.BoolVar(&c.send, "send", false, "with --matrix: really send POST, PUT and DELETE")
	flags.StringVar(&c.stack, "stack", "", "`name` of the server's software, for the fix:\n"+wrapped(stackNames(), 48))
	flags.Var(word{&c.expect, "outcome"}, "expect", "fail unless it is allowed, blocked, or what a reason\nsuch as preflight.method says")
	flags.StringVar(&c.junit, "junit", "", "write the result as JUnit XML to `file`")
	flags.BoolVar(&c.json, "json", false, "print trace and diagnosis as one JSON document")
	flags.BoolVar(&c.curl, "curl", false, "print the requests as curl commands instead")
	flags.BoolVar(&c.secrets, "show-secrets", false, "do not leave out cookies, keys and tokens; diagrams\nnever show them")
	flags.StringVar(&c.svg, "svg", "", "write a sequence diagram to `file`")
	flags.StringVar(&c.mermaid, "mermaid", "", "write a sequence diagram for Mermaid to `file`")
	flags.BoolVar(&c.insecure, "insecure", false, "accept any certificate, which no browser does")
	flags.StringVar(&c.cacert, "cacert", "", "trust the authorities in `file` (PEM) too")
	flags.StringArrayVar(&c.resolve, "resolve", nil, "`address` to connect to instead, host:port:addr;\nrepeatable")
	flags.DurationVar(&c.timeout, "timeout", 30*time.Second, "limit of the time of each request")
	flags.Int64Var(&c.maxBody, "max-body", 32<<20, "limit of the body in `bytes`")
	completeWith(cmd, "method", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
	completeWith(cmd, "credentials", "same-origin", "include", "omit")
	completeWith(cmd, "mode", "cors", "no-cors", "same-origin")
	completeWith(cmd, "redirect", "follow", "error", "manual")
	completeWith(cmd, "profile", profileNames()...)
	completeWith(cmd, "stack", strings.Fields(strings.ReplaceAll(stackNames(), ",", " "))...)
	completeWith(cmd, "expect", "allowed", "blocked")
}

// A word is a flag of which help says what its value is.
type word struct {
	value *string
	kind  string
}

func (w word) String() string {
	if w.value == nil {
		return "" // pflag asks a zero value for its default
	}
	return *w.value
}

func (w word) Set(s string) error { *w.value = s; return nil }
func (w word) Type() string       { return w.kind }

// completeWith gives shell completion the values of a flag.
func completeWith(cmd *cobra.Command, flag string, values ...string) {
	complete := cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag does not exist
	}
}

// stackNames lists what --stack takes.
func stackNames() string {
	var names []string
	for _, s := range diagnose.Stacks() {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

// wrapped breaks a list into lines.
func wrapped(s string, width int) string {
	var out strings.Builder
	column := 0
	for word := range strings.FieldsSeq(s) {
		switch {
		case column > 0 && column+1+len(word) > width:
			out.WriteByte('\n')
			column = 0
		case column > 0:
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column += len(word)
	}
	return out.String()
}

func profileNames() []string {
	var names []string
	for p := browser.Spec; p <= browser.WebKit; p++ {
		names = append(names, p.String())
	}
	return names
}
