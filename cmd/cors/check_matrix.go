package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
	"crossorigin.dev/internal/render"
)

// What --matrix tries.
var (
	matrixMethods = []string{"GET", "POST", "PUT", "DELETE"}
	matrixHeaders = []struct {
		name   string
		header http.Header
	}{
		{name: "plain"},
		{name: "JSON", header: http.Header{"Content-Type": {"application/json"}}},
		{name: "Authorization", header: http.Header{"Authorization": {"Bearer cors-check"}}},
	}
	matrixCredentials = []browser.CredentialsMode{browser.CredentialsSameOrigin, browser.CredentialsInclude}
)

// errHeldBack is what a request ends in that --matrix does not send.
var errHeldBack = errors.New("held back: --matrix sends POST, PUT and DELETE only with --send")

// cautious is a transport that lets only preflights and reading requests out.
type cautious struct {
	http.RoundTripper
	heldBack bool
}

func (c *cautious) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet || r.Method == http.MethodOptions {
		return c.RoundTripper.RoundTrip(r)
	}
	if r.Body != nil {
		r.Body.Close()
	}
	c.heldBack = true
	return nil, errHeldBack
}

// runMatrix tries what pages do to an API, each in a browser of its own.
func (c *check) runMatrix(ctx context.Context, stdout, stderr io.Writer, transport http.RoundTripper, p browser.Profile, base browser.Request) error {
	table := render.Matrix{Columns: []string{"without credentials", "with credentials"}}
	code := 0
	done := waitingFor(stderr, c.url)
	defer func() { done() }()
	for _, method := range matrixMethods {
		for _, kind := range matrixHeaders {
			row := render.MatrixRow{Name: method + " " + kind.name}
			for _, credentials := range matrixCredentials {
				r := base
				r.Method, r.Header, r.Credentials, r.Body = method, kind.header.Clone(), credentials, nil
				if r.Header == nil {
					r.Header = http.Header{}
				}
				cell, err := c.cell(ctx, p, transport, r)
				if err != nil {
					return err
				}
				if ctx.Err() != nil {
					return ctx.Err()
				}
				code = max(code, cellCode(cell))
				row.Cells = append(row.Cells, cell)
			}
			table.Rows = append(table.Rows, row)
		}
	}
	done()
	done = func() {}
	var out bytes.Buffer
	table.Title = "Requests from a page of " + c.pageOrigin() + " to " + c.url
	if err := table.Write(&out, screenOf(stdout).text(c.secrets)); err != nil {
		return err
	}
	if _, err := stdout.Write(out.Bytes()); err != nil {
		return usageError("cannot write the result: %v", err)
	}
	if code == 0 {
		return nil
	}
	return &failure{code: code}
}

func cellCode(cell render.MatrixCell) int {
	switch {
	case cell.Network:
		return exitNetwork
	case cell.Reason != "":
		return exitBlocked
	}
	return 0
}

func (c *check) pageOrigin() string {
	if c.pageURL != "" {
		return c.pageURL
	}
	return c.origin
}

// cell tries one combination.
func (c *check) cell(ctx context.Context, p browser.Profile, transport http.RoundTripper, r browser.Request) (render.MatrixCell, error) {
	guard := &cautious{RoundTripper: transport}
	through := http.RoundTripper(guard)
	if c.send {
		through = transport
	}
	t, err := c.fetch(ctx, p, through, r)
	if err != nil {
		return render.MatrixCell{}, err
	}
	if guard.heldBack {
		if t.Verdict.Preflighted {
			return render.MatrixCell{Preflighted: true, HeldBack: true}, nil
		}
		return render.MatrixCell{HeldBack: true}, nil
	}
	cell := render.MatrixCell{Preflighted: t.Verdict.Preflighted, Reason: string(t.Verdict.Reason), Network: t.Verdict.Outcome == browser.OutcomeNetwork}
	if t.Verdict.Outcome == browser.OutcomeMisuse {
		return cell, usageError("%s", t.Verdict.Message)
	}
	if d := diagnose.Of(t, diagnose.Options{Stack: diagnose.Stack(c.stack)}); len(d.Problems) > 0 {
		first := d.Problems[0]
		cell.Code, cell.Cause, cell.Fix, cell.Lines = first.Code, first.Cause, first.Fix.Do, first.Fix.Lines
	}
	return cell, nil
}
