// Package playground is `cors play`: a website on one origin, an API on
// another, and a page to understand CORS with. Learn is a path of lessons:
// predict, run, compare. Experiment is a request and a server to change at
// will. Every run is a real fetch() from the reader's browser to the API. Beside
// it stands what package browser predicted, made from a fetch of its own to the
// same API, and where the two differ.
//
// Both servers listen on the loopback addresses only, answer only to their own
// names, and keep nothing that grows: what is recorded of a run has a size, a
// number and a lifetime, and is shown to the page that began it.
package playground

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Config says where the two servers are. Each is the host and port that
// browsers use, "localhost:8000"; port 0 takes a free one.
type Config struct {
	Site string
	API  string
	// Log takes what the servers have to say; nil discards it.
	Log io.Writer
}

// A Playground is both servers, listening.
type Playground struct {
	site, api *endpoint
	servers   [2]*http.Server
	transport *http.Transport
	runs      *runs
	lessons   *api // what the API serves unless a run says otherwise

	predicting sync.Mutex
	predicted  map[string][]prediction // by lesson
	trials     *trials
}

// shutdownPatience is how long requests under way may take once the playground
// is told to stop.
const shutdownPatience = 2 * time.Second

// Listen opens the sockets of both servers. Its errors name the flag, --site or
// --api, that would mend them.
func Listen(c Config) (*Playground, error) {
	site, err := listen("site", c.Site)
	if err != nil {
		return nil, err
	}
	api, err := listen("api", c.API)
	if err != nil {
		site.close()
		return nil, err
	}
	p := &Playground{site: site, api: api, runs: newRuns(time.Now), predicted: map[string][]prediction{}}
	p.transport = &http.Transport{
		// Our browser reaches the two servers and nothing else, whatever the
		// URL says.
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			var d net.Dialer
			to := api
			if _, port, err := net.SplitHostPort(address); err == nil && port == strconv.Itoa(int(portOf(site.sockets[0]))) {
				to = site
			}
			return d.DialContext(ctx, network, to.sockets[0].Addr().String())
		},
		MaxIdleConns:    4,
		IdleConnTimeout: 30 * time.Second,
	}
	p.trials = newTrials(time.Now, site, api)
	err = p.equip(c.Log)
	if err != nil {
		site.close()
		api.close()
		return nil, err
	}
	return p, nil
}

// equip makes the two servers.
func (p *Playground) equip(w io.Writer) error {
	if w == nil {
		w = io.Discard
	}
	logger := log.New(w, "cors: ", 0)
	p.lessons = newAPI(p.runs, p.site.url(), p.api.alias())
	apiHandler, err := p.lessons.handler()
	if err != nil {
		return fmt.Errorf("the API's policy: %w", err)
	}
	siteHandler, err := newSite(p, logger)
	if err != nil {
		return fmt.Errorf("the site: %w", err)
	}
	for i, handler := range []http.Handler{onlyHost(p.site, siteHandler), anyLoopbackHost(p.api, p.trials.beside(apiHandler))} {
		p.servers[i] = &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       10 * time.Second,
			WriteTimeout:      20 * time.Second,
			IdleTimeout:       time.Minute,
			MaxHeaderBytes:    16 << 10,
			ErrorLog:          logger,
		}
	}
	p.servers[0].RegisterOnShutdown(p.runs.live.close)
	return nil
}

// SiteURL is where the page is: "http://localhost:8000".
func (p *Playground) SiteURL() string { return p.site.url() }

// APIURL is the API's origin: "http://localhost:9000".
func (p *Playground) APIURL() string { return p.api.url() }

// Serve serves until ctx is done, lets the requests under way finish, and
// closes everything. It may be called once.
func (p *Playground) Serve(ctx context.Context) error {
	failed := make(chan error, len(p.site.sockets)+len(p.api.sockets))
	for i, e := range []*endpoint{p.site, p.api} {
		for _, socket := range e.sockets {
			go func() { failed <- p.servers[i].Serve(socket) }()
		}
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownPatience)
	defer cancel()
	for _, server := range p.servers {
		if server.Shutdown(patience) != nil {
			server.Close()
		}
	}
	p.transport.CloseIdleConnections()
	p.trials.transport.CloseIdleConnections()
	return err
}
