package gateway

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"crossorigin.dev/cors"
)

// A shadow compares the live policies with candidates, without effect on any
// response.
type shadow struct {
	live, candidate *judge
	shadowed        map[string]bool // the routes that have a candidate
}

// A judge tells what policies would do with a request.
type judge struct{ handler http.Handler }

// A verdict is what they would do.
type verdict struct {
	decision cors.Decision
	header   http.Header
}

// verdictKey is where a judge's observer finds the verdict to fill in.
type verdictKey struct{}

func newJudge(routes []cors.Route) (*judge, error) {
	m, err := cors.NewRoutes(routes...)
	if err != nil {
		return nil, err
	}
	m.Observe(func(r *http.Request, d cors.Decision) {
		r.Context().Value(verdictKey{}).(*verdict).decision = d
	})
	return &judge{m.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))}, nil
}

func (j *judge) verdict(r *http.Request) verdict {
	v := verdict{header: http.Header{}}
	j.handler.ServeHTTP(&discard{header: v.header}, r.WithContext(context.WithValue(r.Context(), verdictKey{}, &v)))
	return v
}

func newShadow(live, candidates []cors.Route, shadowed map[string]bool) (*shadow, error) {
	mixed := slices.Clone(live)
	for _, c := range candidates {
		i := slices.IndexFunc(mixed, func(r cors.Route) bool { return r.Pattern == c.Pattern })
		mixed[i] = c
	}
	a, err := newJudge(live)
	if err != nil {
		return nil, err
	}
	b, err := newJudge(mixed)
	if err != nil {
		return nil, err
	}
	return &shadow{a, b, shadowed}, nil
}

// A difference is what a candidate would change for a request.
type difference struct {
	change string // one of the below; empty: nothing
	reason cors.Reason
}

const (
	changeRefuses     = "refuses"     // the candidate refuses what is granted now, for the reason
	changeGrants      = "grants"      // the candidate grants what is refused now, for the reason
	changeStops       = "stops"       // enforce would keep it from the upstream
	changePasses      = "passes"      // enforce would not keep it from the upstream any more
	changeReason      = "reason"      // both refuse it, the candidate for the reason
	changeCredentials = "credentials" // a request with credentials would be granted by one of them only
	changeExposes     = "exposes"     // scripts would see other response headers
)

// differ compares what matters to a browser that has made this request. That a
// wider list stands in a preflight's answer does not: it is the next request's
// concern.
func differ(live, candidate verdict) difference {
	a, b := live.decision, candidate.decision
	has := func(v verdict, name string) string { return strings.Join(v.header[name], ", ") }
	switch {
	case a.Stopped != b.Stopped && b.Stopped:
		return difference{changeStops, b.Reason}
	case a.Stopped != b.Stopped:
		return difference{changePasses, a.Reason}
	case a.Allowed && !b.Allowed:
		return difference{changeRefuses, b.Reason}
	case !a.Allowed && b.Allowed:
		return difference{changeGrants, a.Reason}
	case a.Reason != b.Reason:
		return difference{changeReason, b.Reason}
	case !a.Allowed:
		return difference{}
	case has(live, "Access-Control-Allow-Credentials") != has(candidate, "Access-Control-Allow-Credentials"):
		return difference{change: changeCredentials}
	case has(live, "Access-Control-Expose-Headers") != has(candidate, "Access-Control-Expose-Headers"):
		return difference{change: changeExposes}
	}
	return difference{}
}

// compare says what the candidate would change for a request.
func (s *shadow) compare(r *http.Request) difference {
	if s == nil {
		return difference{}
	}
	live := s.live.verdict(r)
	if !s.shadowed[live.decision.Route] {
		return difference{}
	}
	return differ(live, s.candidate.verdict(r))
}
