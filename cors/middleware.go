package cors

import (
	"net/http"
	"sync"
	"sync/atomic"
)

// A Middleware applies policies to the requests that pass through it. It may be
// used by several goroutines at once, and must not be copied. The zero value
// grants nothing, and passes everything on.
type Middleware struct {
	current atomic.Pointer[settings] // nil in the zero value
	change  sync.Mutex               // held to replace current
}

// New returns a Middleware that applies p to every request. It is
// NewRoutes(Route{"/", p}).
//
// The error is a [PolicyErrors] with everything that is wrong with p.
func New(p Policy) (*Middleware, error) {
	return NewRoutes(Route{Pattern: "/", Policy: p})
}

// NewRoutes returns a Middleware with a policy for each of several patterns. Put
// it around the whole server, outside of the router and of authentication, both
// of which would turn preflights away.
//
// Patterns match as they do in [http.ServeMux], by method, host and path, and
// the most specific one decides: its policy alone, nothing is inherited. A
// pattern with the method GET matches HEAD too. A preflight is matched by the
// method that it asks for, so "POST /items" takes care of the preflights of
// that POST. A request that ServeMux would redirect, to add a trailing slash or
// to clean the path, gets the policy of what it would be redirected to. As in
// ServeMux, a host in a pattern is compared as it is: api.example.com is not
// "api.example.com." with a trailing dot.
//
// Where policies for one path differ by method, let them allow the same request
// headers: a browser remembers the headers that a preflight allowed for the URL,
// and uses them with every method there.
//
// A path with a segment "." or ".." behind an encoded slash, such as
// "/public/..%2Fsecret", is granted nothing: it matches "/public/", but a handler
// that decodes paths itself, such as [http.FileServer], answers with /secret.
//
// A request that no pattern matches passes as if there were no middleware. So
// does OPTIONS *, always. Without routes everything does.
//
// The error is a [PolicyErrors] with everything that is wrong with the routes.
func NewRoutes(routes ...Route) (*Middleware, error) {
	m := new(Middleware)
	if err := m.Reconfigure(routes...); err != nil {
		return nil, err
	}
	return m, nil
}

// Reconfigure replaces all routes, also while requests are being served: each
// request sees either the old routes or the new ones. If there is an error, the
// old ones stay. The error is a [PolicyErrors].
func (m *Middleware) Reconfigure(routes ...Route) error {
	fresh, errs := newSettings(routes)
	if len(errs) > 0 {
		return errs
	}
	m.change.Lock()
	defer m.change.Unlock()
	if old := m.current.Load(); old != nil {
		fresh.observe = old.observe
	}
	m.current.Store(fresh)
	return nil
}

// Routes returns the routes as they were given: giving them to Reconfigure
// changes nothing. The result shares nothing with the Middleware. New(p) has
// the one route Route{"/", p}.
func (m *Middleware) Routes() []Route {
	s := m.current.Load()
	if s == nil {
		return nil
	}
	return cloneRoutes(s.routes)
}

// Observe has observer called with the decision about every request, before the
// request is answered or the wrapped handler runs. It is called by several
// goroutines at once. There is one observer at a time; nil removes it, and
// Reconfigure keeps it. While there is none, none of this costs anything. [Log]
// makes one that writes to a log.
func (m *Middleware) Observe(observer func(*http.Request, Decision)) {
	m.change.Lock()
	defer m.change.Unlock()
	fresh := new(settings)
	if old := m.current.Load(); old != nil {
		*fresh = *old
	}
	fresh.observe = observer
	m.current.Store(fresh)
}

// Handler wraps next.
//
// A preflight (OPTIONS with Origin and Access-Control-Request-Method) is
// answered here, with 204 if it is granted and 403 if not, and does not reach
// next, unless the policy has PassPreflights. Every other request does, OPTIONS
// among them, whether its origin is allowed or not, unless the policy has Enforce;
// what the policy grants is in the response's headers before next runs. Where
// there is no policy, because no route matches, every request reaches next as it
// came, preflights too.
//
// The headers are in w.Header() for next to see. What next sets itself replaces
// them: next should leave Access-Control-* alone, and add to Vary rather than
// set it. Values that are in Vary already stay there. No two responses share the
// memory of a header value.
func (m *Middleware) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s := m.current.Load(); s != nil {
			s.serve(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}
