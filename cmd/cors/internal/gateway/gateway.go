// Package gateway is a reverse proxy that answers for the CORS policy of
// services that know nothing of CORS.
//
// It does both sides of the work. Towards browsers, package cors decides, before
// anything else sees the request: preflights are answered here and never reach
// the upstream. From the upstream's responses every Access-Control-* is taken
// out, whether the origin is allowed or not, so that there is one policy and one
// place to look for it.
//
// What a file says becomes a site, which never changes. A reload makes a whole
// new one and puts it in the place of the old; each request looks once which one
// it is to see, so no request is served by halves of two.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"crossorigin.dev/cmd/cors/internal/policyfile"
)

// A Config says what a gateway is made of.
type Config struct {
	// Load returns the file to serve. It is called at the start and for every
	// reload.
	Load func() (*policyfile.File, error)
	// Path is where Load reads from. Changes beside it and beside the
	// certificates are watched for. Empty: nothing is watched.
	Path string
	Log  *slog.Logger
}

// A Gateway proxies. Make one with Open, and start it with Serve.
type Gateway struct {
	config   Config
	live     atomic.Pointer[site]
	draining atomic.Bool
	inFlight atomic.Int64 // requests, WebSockets among them

	reloading sync.Mutex                      // held to replace live
	latest    atomic.Pointer[policyfile.File] // the last that could be read, live or not
	status    atomic.Pointer[reloadStatus]

	via     via
	records *records
	fronts  []*front
	admin   *front // nil: none
}

// A reloadStatus is how the last reload went.
type reloadStatus struct {
	At    time.Time
	Error string // empty: it went well
}

// Open loads the file and listens. Nothing is served before Serve.
func Open(c Config) (*Gateway, error) {
	g := &Gateway{config: c, via: newVia(), records: newRecords()}
	file, err := c.Load()
	if err != nil {
		return nil, err
	}
	s, err := g.build(file, nil)
	if err != nil {
		return nil, err
	}
	if err := g.listen(file); err != nil {
		g.close()
		return nil, err
	}
	g.latest.Store(file)
	g.install(s)
	return g, nil
}

// install makes a site the live one.
func (g *Gateway) install(s *site) {
	old := g.live.Swap(s)
	g.status.Store(&reloadStatus{At: time.Now()})
	g.records.installed(s)
	if old != nil {
		old.retire(s)
	}
}

// Reload loads the file again. If there is anything wrong with it, everything
// stays as it is, and the error is logged, counted and shown by /readyz.
func (g *Gateway) Reload() error {
	g.reloading.Lock()
	defer g.reloading.Unlock()
	s, err := g.rebuild()
	if err != nil {
		g.status.Store(&reloadStatus{At: time.Now(), Error: err.Error()})
		g.records.reloadFailed()
		g.config.Log.Error("reload failed; the last good file stays in force",
			"error", err.Error(), "policy", g.live.Load().file.Hash)
		return err
	}
	g.install(s)
	g.config.Log.Info("reloaded", "policy", s.file.Hash)
	return nil
}

func (g *Gateway) rebuild() (*site, error) {
	file, err := g.config.Load()
	if err != nil {
		return nil, err
	}
	g.latest.Store(file)
	old := g.live.Load()
	if err := needsRestart(old.file, file); err != nil {
		return nil, err
	}
	return g.build(file, old)
}

// needsRestart reports a change of what is fixed once the gateway listens.
func needsRestart(old, fresh *policyfile.File) error {
	changed := func(what string, is bool) error {
		if !is {
			return nil
		}
		return fmt.Errorf("%s changed, which takes a restart", what)
	}
	var errs []error
	errs = append(errs, changed("the number of listeners", len(old.Listeners) != len(fresh.Listeners)))
	if errs[0] == nil {
		for i := range old.Listeners {
			a, b := old.Listeners[i], fresh.Listeners[i]
			errs = append(errs,
				changed("the address of a listener", a.Address != b.Address),
				changed("whether "+a.Address+" speaks TLS", (a.Certificate == "") != (b.Certificate == "")))
		}
	}
	a, b := old.Timeouts, fresh.Timeouts
	errs = append(errs,
		changed("admin", old.Admin != fresh.Admin),
		changed("limits.header", old.Limits.Header != fresh.Limits.Header),
		changed("limits.connections", old.Limits.Connections != fresh.Limits.Connections),
		changed("timeouts.header", a.Header != b.Header),
		changed("timeouts.idle", a.Idle != b.Idle),
		changed("timeouts.stall", a.Stall != b.Stall))
	return errors.Join(errs...)
}

// URLs are where the listeners can be reached, in the order of the file.
func (g *Gateway) URLs() []string {
	var urls []string
	for _, f := range g.fronts {
		urls = append(urls, f.url())
	}
	return urls
}

// AdminURL is where the admin pages are; empty if there are none.
func (g *Gateway) AdminURL() string {
	if g.admin == nil {
		return ""
	}
	return g.admin.url()
}

// Serve serves until ctx is done, then finishes the requests that are under way
// and returns nil. The error says why it could not go on.
func (g *Gateway) Serve(ctx context.Context) error {
	// Streams and WebSockets end with this one.
	requests, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	failed := make(chan error, len(g.fronts)+2)
	for _, f := range g.fronts {
		f.serve(requests, failed)
	}
	if g.admin != nil {
		g.admin.serve(requests, failed)
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	if g.config.Path != "" {
		if err := g.watch(watching); err != nil {
			g.config.Log.Error("files are not watched; SIGHUP still reloads", "error", err.Error())
		}
	}
	select {
	case err := <-failed:
		g.close()
		return err
	case <-ctx.Done():
	}
	g.drain(cut)
	return nil
}

// drain ends what is under way, as timeouts.drain and drainDelay allow.
func (g *Gateway) drain(cut context.CancelFunc) {
	t := g.live.Load().file.Timeouts
	g.draining.Store(true)
	g.config.Log.Info("draining", "delay", t.DrainDelay.String(), "timeout", t.Drain.String())
	time.Sleep(t.DrainDelay)
	ctx, cancel := context.WithTimeout(context.Background(), t.Drain)
	defer cancel()
	var shutdowns sync.WaitGroup
	for _, f := range g.fronts {
		shutdowns.Go(func() { f.shutdown(ctx) })
	}
	shutdowns.Wait()
	// What was hijacked, WebSockets that is, the servers do not wait for.
	if !g.idle(ctx) {
		g.config.Log.Warn("requests were cut off", "after", t.Drain.String())
	}
	cut()
	last, cancelLast := context.WithTimeout(context.Background(), time.Second)
	defer cancelLast()
	g.idle(last)
	g.close()
}

// idle waits until nothing is under way, or ctx is done.
func (g *Gateway) idle(ctx context.Context) bool {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for g.inFlight.Load() > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (g *Gateway) close() {
	for _, f := range g.fronts {
		f.close()
	}
	if g.admin != nil {
		g.admin.close()
	}
}

// listen opens every listener of the file, or none.
func (g *Gateway) listen(file *policyfile.File) error {
	for i, l := range file.Listeners {
		f, err := newFront(l.Address, file, g.records)
		if err != nil {
			return err
		}
		g.fronts = append(g.fronts, f)
		f.server.Handler = g.handler(i, f)
		if l.Certificate != "" {
			f.useTLS(func() *certificate { return g.live.Load().certificates[i] })
		}
	}
	if file.Admin == "" {
		return nil
	}
	f, err := newFront(file.Admin, file, g.records)
	if err != nil {
		return err
	}
	f.server.Handler = g.adminHandler(f)
	g.admin = f
	return nil
}

// handler is what a listener does with a request.
func (g *Gateway) handler(listener int, f *front) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.inFlight.Add(1)
		defer g.inFlight.Add(-1)
		s := g.live.Load()
		x := &exchange{
			ResponseWriter: w, gateway: g, site: s, listener: &s.file.Listeners[listener],
			began: time.Now(), old: !r.ProtoAtLeast(1, 1),
		}
		defer x.finish()
		if r.ProtoMajor == 2 {
			x.taker = newTaker(w, s.file.Timeouts.Stall)
			x.ResponseWriter = x.taker
		}
		if r.Body != nil && r.Body != http.NoBody {
			x.body = newBody(w, r.Body, s.file)
			// A copy, because the server looks at the body of its own.
			copied := *r
			copied.Body = x.body
			r = &copied
		}
		switch {
		case r.Method == http.MethodConnect:
			x.fail(http.StatusMethodNotAllowed, "this is no forward proxy")
		case !answersTo(r.Host, x.listener.Hosts, f.loopback):
			// Another site can point a name of its own at this address (DNS
			// rebinding), and would be same-origin with the upstream.
			x.fail(http.StatusMisdirectedRequest, "no such host here; a listener answers to the names under its hosts")
		default:
			s.serve(x, r)
		}
	})
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &e) && e.Timeout()
}
