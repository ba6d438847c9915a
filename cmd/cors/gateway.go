package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"crossorigin.dev/cmd/cors/internal/gateway"
	"crossorigin.dev/cmd/cors/internal/policyfile"
	"crossorigin.dev/cors"
)

func newGatewayCommand() *cobra.Command {
	var o gatewayOptions
	cmd := &cobra.Command{
		Use:   "gateway { -c FILE | --upstream URL --allow ORIGIN }",
		Short: "Enforce one CORS policy in front of services that know nothing of CORS",
		Long: `Gateway is a reverse proxy. It answers preflights itself, and puts its own CORS
headers in the place of the upstream's.

With --upstream and --allow it does the common job of development: pages of the
origins allowed may use any method and header, and only this machine reaches
it. With -c a file says everything; "cors lint" checks it and "cors schema"
describes it. The file is read anew when it changes, and on SIGHUP; if the new
one is wrong, the old one stays in force. Logs are JSON on standard error then.

Ctrl-C or SIGTERM lets requests that are under way finish; a second one does
not.

Exit codes: 0 it was told to stop, 2 the command line or the file is wrong, 3 it
could not go on.`,
		Example: `  # An API on port 9000 that knows nothing of CORS, for a site on port 5173.
  # The page then asks http://localhost:8080 instead.
  cors gateway --upstream http://localhost:9000 --allow http://localhost:5173

  # With cookies, and with a header of the response that the page reads.
  cors gateway --upstream https://api.example.com \
      --allow http://localhost:5173 --credentials --expose X-Request-Id

  # Everything from a file.
  cors gateway -c cors.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.listenGiven = cmd.Flags().Changed("listen")
			return o.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&o.config, "config", "c", "", "`file` that says everything")
	flags.StringVar(&o.upstream, "upstream", "", "`URL` of the service")
	flags.StringArrayVar(&o.allow, "allow", nil, "`origin` to allow, as http://localhost:5173; repeatable")
	flags.BoolVar(&o.credentials, "credentials", false, "allow cookies and HTTP authentication")
	flags.StringArrayVar(&o.expose, "expose", nil, "response `header` that scripts may read; repeatable\n(without --credentials they may read all)")
	flags.StringVar(&o.listen, "listen", "localhost:8080", "`host:port` of the gateway")
	flags.StringVar(&o.admin, "admin", "", "`host:port` of the admin pages (default none)")
	return cmd
}

type gatewayOptions struct {
	config      string
	upstream    string
	allow       []string
	credentials bool
	expose      []string
	listen      string
	listenGiven bool
	admin       string
}

func (o *gatewayOptions) run(ctx context.Context, stdout, stderr io.Writer) error {
	if o.config != "" {
		return o.serveFile(ctx, stderr)
	}
	return o.serveFlags(ctx, stdout, stderr)
}

// serveFile serves what the file says.
func (o *gatewayOptions) serveFile(ctx context.Context, stderr io.Writer) error {
	if o.upstream != "" || len(o.allow) > 0 || o.credentials || len(o.expose) > 0 || o.listenGiven || o.admin != "" {
		return usageError("-c says everything; leave the other flags out, or write what they say into %s", o.config)
	}
	level := new(slog.LevelVar)
	logger := slog.New(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: level}))
	g, err := gateway.Open(gateway.Config{
		Path: o.config,
		Log:  logger,
		Load: func() (*policyfile.File, error) {
			file, problems, err := readPolicyFile(o.config)
			if err != nil {
				return nil, err
			}
			if wrong := problems.Errors(); len(wrong) > 0 {
				var b bytes.Buffer
				writeProblems(&b, o.config, wrong)
				return nil, errors.New(strings.TrimSuffix(b.String(), "\n"))
			}
			return file, level.UnmarshalText([]byte(file.LogLevel))
		},
	})
	if err != nil {
		return &failure{exitUsage, err}
	}
	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP)
	defer signal.Stop(hangUp)
	go func() {
		for range hangUp {
			// Reload has logged the error.
			_ = g.Reload()
		}
	}()
	logger.Info("serving", "listeners", g.URLs(), "admin", g.AdminURL())
	return serve(ctx, g)
}

// serveFlags serves what the command line says.
func (o *gatewayOptions) serveFlags(ctx context.Context, stdout, stderr io.Writer) error {
	file, err := o.file()
	if err != nil {
		return err
	}
	g, err := gateway.Open(gateway.Config{
		Log:  slog.New(&lines{to: stderr, mu: new(sync.Mutex)}),
		Load: func() (*policyfile.File, error) { return file, nil },
	})
	if err != nil {
		return &failure{exitUsage, err}
	}
	policy := file.Routes[0].Policy
	fmt.Fprintf(stdout, "gateway   %s  for  %s\n", g.URLs()[0], o.upstream)
	if url := g.AdminURL(); url != "" {
		fmt.Fprintf(stdout, "admin     %s/decisions\n", url)
	}
	fmt.Fprintf(stdout, "%sCtrl-C stops it.\n", inPlainWords(policy))
	return serve(ctx, g)
}

// serve serves with memory that is taken up and never touched, so that it costs
// none: the collector lets garbage grow to the size of what is in use, which in a
// proxy is so little that it would run all the time. Unlike a larger GOGC it adds
// no more than its own size when much is in use. Who sets GOGC or GOMEMLIMIT
// decides for himself.
func serve(ctx context.Context, g *gateway.Gateway) error {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		ballast := make([]byte, 16<<20)
		defer runtime.KeepAlive(ballast)
	}
	// net/http writes there what upstreams send unasked: no JSON, and their data.
	log.SetOutput(io.Discard)
	if err := g.Serve(ctx); err != nil {
		return &failure{exitNetwork, err}
	}
	return nil
}

// file is the command line as a file.
func (o *gatewayOptions) file() (*policyfile.File, error) {
	switch {
	case o.upstream == "" && len(o.allow) == 0:
		return nil, usageError("gateway needs -c FILE, or --upstream and --allow; cors gateway --help shows how")
	case o.upstream == "":
		return nil, usageError("--upstream is missing; write --upstream http://localhost:9000, say")
	case len(o.allow) == 0:
		return nil, usageError("--allow is missing: say which pages may use it; write --allow http://localhost:5173, say")
	case policyfile.CheckAddress(o.listen) != nil:
		return nil, usageError("--listen %s", policyfile.CheckAddress(o.listen))
	case o.admin != "" && policyfile.CheckAddress(o.admin) != nil:
		return nil, usageError("--admin %s", policyfile.CheckAddress(o.admin))
	case !policyfile.IsLoopback(o.listen):
		return nil, usageError("--listen %s is not this machine's own; write --listen localhost:8080, or what others reach into a file for -c", o.listen)
	case o.admin != "" && !policyfile.IsLoopback(o.admin):
		return nil, usageError("--admin %s is not this machine's own; write --admin localhost:9100", o.admin)
	}
	policy := cors.Policy{
		Origins:         o.allow,
		Credentials:     o.credentials,
		Methods:         []string{"*"},
		RequestHeaders:  []string{"*", "Authorization"},
		ResponseHeaders: o.expose,
		Debug:           true,
	}
	if !o.credentials && len(o.expose) == 0 {
		policy.ResponseHeaders = []string{"*"}
	}
	if problem := policyfile.CheckUpstream(o.upstream); problem != nil {
		return nil, usageError("--upstream %s", problem)
	}
	if _, err := cors.New(policy); err != nil {
		return nil, flagErrors(err)
	}
	file := policyfile.Defaults()
	file.Listeners = []policyfile.Listener{{Address: o.listen}}
	file.Admin = o.admin
	file.Limits.Body = 1 << 40 // it is the developer's own machine
	file.Upstreams["upstream"] = policyfile.Upstream{URL: o.upstream, HideOrigin: true, RewriteCookies: true}
	file.Routes = []policyfile.Route{{Match: "/", Upstream: "upstream", Policy: policy}}
	file.Hash = "command-line"
	return file, nil
}

// flagErrors says what package cors says, in terms of the flags.
func flagErrors(err error) error {
	flags := map[string]string{"Origins": "--allow", "ResponseHeaders": "--expose"}
	var said []string
	for _, e := range err.(cors.PolicyErrors) {
		if e.Field == "Origins" && strings.Contains(e.Value, ",") {
			said = append(said, fmt.Sprintf("%s %q has a comma in it; write %s once for each", flags[e.Field], e.Value, flags[e.Field]))
			continue
		}
		line := fmt.Sprintf("%s %q %s", flags[e.Field], e.Value, strings.ReplaceAll(e.Problem, "Credentials", "--credentials"))
		if i := strings.Index(line, "; if that must be, set Unsafe"); i >= 0 {
			line = line[:i] + "; if that must be, say so in a file for -c"
		}
		if e.Suggestion != "" {
			line += fmt.Sprintf("; write %s %s", flags[e.Field], e.Suggestion)
		}
		said = append(said, line)
	}
	return usageError("%s", strings.Join(said, "\n"))
}

// inPlainWords says what the policy of a command line grants.
func inPlainWords(p cors.Policy) string {
	who := strings.Join(p.Origins, ", ")
	if who == "*" {
		who = "every origin"
	}
	read := "every response header"
	if len(p.ResponseHeaders) == 0 || p.ResponseHeaders[0] != "*" {
		read = strings.Join(append([]string{"the CORS-safelisted response headers"}, p.ResponseHeaders...), ", ")
	}
	with := "Cookies and HTTP authentication are not allowed; --credentials allows them."
	if p.Credentials {
		with = "They may send cookies and HTTP authentication."
	}
	others := "Pages of other origins are allowed nothing.\n"
	if who == "every origin" {
		others = ""
	}
	return fmt.Sprintf(`Pages of %s
  may use any method and any request header,
  and read %s.
%s
%s`, who, read, with, others)
}

// lines is a slog.Handler for people: "cors: refused kind=preflight …".
type lines struct {
	to    io.Writer
	mu    *sync.Mutex // slog calls it from several goroutines
	given []slog.Attr
}

func (h *lines) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

func (h *lines) Handle(_ context.Context, r slog.Record) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "cors: %s", strings.TrimPrefix(r.Message, "cors: "))
	write := func(a slog.Attr) bool {
		fmt.Fprintf(&b, " %s=%q", a.Key, a.Value.String()) // quoted, for it may come from a stranger
		return true
	}
	for _, a := range h.given {
		write(a)
	}
	r.Attrs(write)
	b.WriteByte('\n')
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := h.to.Write(b.Bytes())
	return err
}

func (h *lines) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &lines{h.to, h.mu, append(h.given[:len(h.given):len(h.given)], attrs...)}
}

// WithGroup has no use here: nothing that logs makes groups.
func (h *lines) WithGroup(string) slog.Handler { return h }
