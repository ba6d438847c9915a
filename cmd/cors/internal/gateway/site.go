package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"crossorigin.dev/cmd/cors/internal/policyfile"
	"crossorigin.dev/cors"
)

// A site is everything that one file says, made ready. It never changes.
type site struct {
	file         *policyfile.File
	guarded      http.Handler      // package cors around dispatch
	mux          *http.ServeMux    // tells which route a request belongs to; its handlers are never run
	routes       map[string]*route // by pattern
	only         *route            // of a single route for everything, which spares looking for it
	upstreams    map[string]*upstream
	certificates []*certificate // of each listener; nil: no TLS
}

// A route is one of the file's.
type route struct {
	policyfile.Route
	upstream *upstream
	timing   bool // the policy sets Timing-Allow-Origin
	resource bool // the policy sets Cross-Origin-Resource-Policy
	latency  prometheus.Observer
}

// An upstream is one of the file's, with its connections.
type upstream struct {
	policyfile.Upstream
	name        string
	target      *url.URL
	timeouts    policyfile.Timeouts // those the transports have
	authorities []byte
	transport   *http.Transport
	upgrades    *http.Transport // for WebSockets, which need HTTP/1.1
	slots       chan struct{}   // nil: no limit
}

// build makes a file ready. Upstreams that are as they were in the old site keep
// their connections.
func (g *Gateway) build(file *policyfile.File, old *site) (*site, error) {
	s := &site{
		file:      file,
		mux:       http.NewServeMux(),
		routes:    make(map[string]*route, len(file.Routes)),
		upstreams: make(map[string]*upstream, len(file.Upstreams)),
	}
	var errs []error
	for _, l := range file.Listeners {
		var c *certificate
		if l.Certificate != "" {
			var err error
			if c, err = loadCertificate(l.Certificate, l.Key); err != nil {
				errs = append(errs, fmt.Errorf("listener %s: %w", l.Address, err))
			}
		}
		s.certificates = append(s.certificates, c)
	}
	for name, given := range file.Upstreams {
		u, err := newUpstream(name, given, file.Timeouts, old)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		s.upstreams[name] = u
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if err := g.guard(s); err != nil {
		return nil, err
	}
	return s, nil
}

// guard gives the site its routes and its policies.
func (g *Gateway) guard(s *site) error {
	live, candidate := []cors.Route{}, []cors.Route{}
	shadowed := map[string]bool{}
	for _, r := range s.file.Routes {
		live = append(live, cors.Route{Pattern: r.Match, Policy: r.Policy})
		if r.Shadow != nil {
			shadowed[r.Match] = true
			candidate = append(candidate, cors.Route{Pattern: r.Match, Policy: *r.Shadow})
		}
	}
	if d := s.file.Default; d != nil && !hasRoute(live, "/") {
		live = append(live, cors.Route{Pattern: "/", Policy: *d})
	}
	guard, err := cors.NewRoutes(live...)
	if err != nil {
		return err // it also refuses patterns that the mux would panic about
	}
	for _, r := range s.file.Routes {
		u := s.upstreams[r.Upstream]
		if u == nil {
			return fmt.Errorf("route %s leads to no upstream", r.Match)
		}
		s.routes[r.Match] = &route{
			Route: r, upstream: u,
			timing: r.Policy.TimingAllowOrigin, resource: r.Policy.CrossOriginResourcePolicy != "",
			latency: g.records.latency.WithLabelValues(r.Match),
		}
		s.mux.Handle(r.Match, http.NotFoundHandler())
	}
	if len(s.routes) == 1 {
		s.only = s.routes["/"]
	}
	var beside *shadow // nil: no route has a candidate
	if len(candidate) > 0 {
		if beside, err = newShadow(live, candidate, shadowed); err != nil {
			return err
		}
	}
	guard.Observe(g.records.observe(g.config.Log, beside.compare))
	s.guarded = guard.Handler(http.HandlerFunc(s.dispatch))
	return nil
}

func hasRoute(routes []cors.Route, pattern string) bool {
	for _, r := range routes {
		if r.Pattern == pattern {
			return true
		}
	}
	return false
}

// retire closes the connections that the next site has no use for, once they
// are idle. Requests under way finish on them.
func (s *site) retire(next *site) {
	for name, u := range s.upstreams {
		if next.upstreams[name] != u {
			u.transport.CloseIdleConnections()
			u.upgrades.CloseIdleConnections()
		}
	}
}

func newUpstream(name string, given policyfile.Upstream, timeouts policyfile.Timeouts, old *site) (*upstream, error) {
	pool, authorities, err := loadAuthorities(given.CertificateAuthority)
	if err != nil {
		return nil, fmt.Errorf("upstream %s: %w", name, err)
	}
	timeouts = policyfile.Timeouts{Connect: timeouts.Connect, Response: timeouts.Response}
	if old != nil {
		was := old.upstreams[name]
		if was != nil && was.Upstream == given && was.timeouts == timeouts && string(was.authorities) == string(authorities) {
			return was, nil
		}
	}
	target, err := url.Parse(given.URL)
	if err != nil {
		return nil, fmt.Errorf("upstream %s: %w", name, err)
	}
	plainHTTP2 := target.Scheme == "h2c"
	if plainHTTP2 {
		target.Scheme = "http"
	}
	u := &upstream{Upstream: given, name: name, target: target, timeouts: timeouts, authorities: authorities}
	u.transport = newTransport(timeouts, pool)
	u.upgrades = u.transport
	if plainHTTP2 {
		u.upgrades = newTransport(timeouts, pool)
		u.transport.Protocols = new(http.Protocols)
		u.transport.Protocols.SetUnencryptedHTTP2(true)
	}
	if given.Concurrency > 0 {
		u.slots = make(chan struct{}, given.Concurrency)
	}
	return u, nil
}

// serve is where a request meets the site that it will see to its end.
func (s *site) serve(x *exchange, r *http.Request) {
	if lower := strings.ToLower(r.Host); lower != r.Host {
		r.Host = lower // patterns are compared as they are
	}
	s.guarded.ServeHTTP(x, r)
}

// dispatch is what package cors lets through: everything but preflights, with
// what the policy grants in the header.
func (s *site) dispatch(w http.ResponseWriter, r *http.Request) {
	x := w.(*exchange) // serve gave it to the guard, which hands on what it was given
	pattern := "/"
	if x.route = s.only; x.route == nil {
		_, pattern = s.mux.Handler(r)
		x.route = s.routes[pattern]
	}
	if x.route == nil {
		x.unmatched(r)
		return
	}
	if status, why := s.unclear(r, pattern); why != "" {
		x.fail(status, why)
		return
	}
	if status, why := x.unwelcome(r); why != "" {
		x.fail(status, why)
		return
	}
	x.forward(r)
}

// unclear says what is wrong with a request of which the upstream may think that
// it belongs to another route, and so to another policy.
func (s *site) unclear(r *http.Request, pattern string) (status int, why string) {
	switch {
	case r.URL.Path != "" && r.URL.Path[0] != '/':
		return http.StatusBadRequest, "the request asks for no path"
	case hasDotSegment(r.URL.Path):
		return http.StatusBadRequest, "the path has a . or .. in it"
	case s.only == nil && s.isAmbiguous(r, pattern):
		return http.StatusBadRequest, "servers differ about which route the path belongs to, for its encoded slash, backslash or ;"
	}
	return 0, ""
}

// unwelcome says why the upstream does not get a request of its route.
func (x *exchange) unwelcome(r *http.Request) (status int, why string) {
	switch {
	case x.gateway.via.isIn(r):
		return http.StatusLoopDetected, "the request has been here already: an upstream leads back to this gateway"
	case r.ContentLength > x.site.file.Limits.Body:
		return x.tooLarge()
	case isWebSocket(r) && !x.mayOpenWebSocket(r):
		return http.StatusForbidden, "the policy does not allow this origin to open a WebSocket"
	}
	return 0, ""
}

// matrix is what servlet containers drop from a path before they look at it.
var matrix = regexp.MustCompile(`;[^/]*`)

// isAmbiguous reports whether the path is under another route for servers that
// decode an encoded slash, take a backslash for one, or drop ;parameters: under
// routes for / and /internal/, "/internal%2Fx" is under the first, and would get
// what the upstream has under the second with the policy of the first.
func (s *site) isAmbiguous(r *http.Request, pattern string) bool {
	if r.URL.RawPath == "" && !strings.ContainsAny(r.URL.Path, `\;`) {
		return false
	}
	path := matrix.ReplaceAllString(strings.ReplaceAll(r.URL.Path, `\`, "/"), "")
	_, otherwise := s.mux.Handler(&http.Request{Method: r.Method, Host: r.Host, URL: &url.URL{Path: path}})
	return otherwise != pattern
}

// unmatched answers a request of no route: 405 if it is only the method that no
// route has, and 404 otherwise.
func (x *exchange) unmatched(r *http.Request) {
	answer := &discard{header: http.Header{}}
	handler, _ := x.site.mux.Handler(r)
	handler.ServeHTTP(answer, r)
	if answer.status == http.StatusMethodNotAllowed {
		x.Header()["Allow"] = answer.header["Allow"]
		x.fail(http.StatusMethodNotAllowed, "no route has this method")
		return
	}
	x.fail(http.StatusNotFound, "no route matches")
}

// discard is a response that nobody gets.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int) {
	if d.status == 0 {
		d.status = status
	}
}

// hasDotSegment finds what the upstream may take for another path than the one
// whose policy was applied. Browsers resolve such segments before they send
// anything, but for those with an encoded slash, which only some servers decode,
// and for "..;", which is ".." to servlet containers.
func hasDotSegment(path string) bool {
	if !strings.Contains(path, "/.") && !strings.Contains(path, `\.`) {
		return false
	}
	for segment := range strings.FieldsFuncSeq(path, func(c rune) bool { return c == '/' || c == '\\' }) {
		if segment, _, _ = strings.Cut(segment, ";"); segment == "." || segment == ".." {
			return true
		}
	}
	return false
}
