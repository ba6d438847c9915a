package gateway

import (
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"crossorigin.dev/cors"
)

// records are what the gateway remembers of what it did: Prometheus metrics, and
// the last decisions. No label comes from a request, so clients cannot make more
// series than the file has routes.
type records struct {
	registry           *prometheus.Registry
	decisions          *prometheus.CounterVec
	requests           *prometheus.CounterVec
	latency            *prometheus.HistogramVec
	upstreamErrors     *prometheus.CounterVec
	differences        *prometheus.CounterVec
	reloads            *prometheus.CounterVec
	reloaded           prometheus.Gauge
	policy             *prometheus.GaugeVec
	connectionsRefused prometheus.Counter

	recent ring
}

func newRecords() *records {
	r := &records{
		registry: prometheus.NewRegistry(),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "cors_gateway_decisions_total",
			Help: "What was decided about requests. outcome is granted, refused, stopped (by enforce) or none (no concern of CORS)."},
			[]string{"route", "kind", "outcome", "reason"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "cors_gateway_responses_total",
			Help: "Responses to requests that were no preflights. route is empty if none matches."}, []string{"route", "code"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "cors_gateway_response_seconds",
			Help:    "From the request's header to the response's.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}}, []string{"route"}),
		upstreamErrors: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "cors_gateway_upstream_errors_total",
			Help: "Requests without a response from their upstream, by what went wrong."}, []string{"upstream", "failure"}),
		differences: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "cors_gateway_shadow_differences_total",
			Help: "Requests that the candidate policy would treat differently."}, []string{"route", "kind", "change", "reason"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "cors_gateway_reloads_total",
			Help: "Reloads, the first load among them; result is ok or error."}, []string{"result"}),
		reloaded: prometheus.NewGauge(prometheus.GaugeOpts{Name: "cors_gateway_reload_last_success_timestamp_seconds",
			Help: "When the policy in force was loaded."}),
		policy: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "cors_gateway_policy_info",
			Help: "1 for the hash of the policy in force."}, []string{"hash"}),
		connectionsRefused: prometheus.NewCounter(prometheus.CounterOpts{Name: "cors_gateway_connections_refused_total",
			Help: "Connections closed at once, because there were limits.connections already."}),
	}
	r.registry.MustRegister(r.decisions, r.requests, r.latency, r.upstreamErrors, r.differences, r.reloads,
		r.reloaded, r.policy, r.connectionsRefused, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// connections shows how many there are at an address.
func (r *records) connections(address string, open *atomic.Int64) {
	r.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "cors_gateway_connections",
		Help: "Open connections of clients.", ConstLabels: prometheus.Labels{"listener": address}},
		func() float64 { return float64(open.Load()) }))
}

func (r *records) installed(s *site) {
	r.reloads.WithLabelValues("ok").Inc()
	r.reloads.WithLabelValues("error") // so that it is there to alert on
	r.reloaded.SetToCurrentTime()
	r.policy.Reset()
	r.policy.WithLabelValues(s.file.Hash).Set(1)
}

func (r *records) reloadFailed() { r.reloads.WithLabelValues("error").Inc() }

// observe returns what package cors tells every decision to. compare says what a
// candidate policy would change.
func (r *records) observe(logger *slog.Logger, compare func(*http.Request) difference) func(*http.Request, cors.Decision) {
	log := cors.Log(logger)
	return func(request *http.Request, d cors.Decision) {
		r.decisions.WithLabelValues(d.Route, string(d.Kind), outcome(d), string(d.Reason)).Inc()
		differs := compare(request)
		if d.Kind == cors.KindOther && !d.Stopped && differs.change == "" {
			return // neither shown nor logged
		}
		n := noteOf(request, d)
		if differs.change != "" {
			n.Shadow, n.ShadowReason = differs.change, string(differs.reason)
			r.differences.WithLabelValues(d.Route, n.Kind, n.Shadow, n.ShadowReason).Inc()
			logger.Info("shadow policy differs", "change", n.Shadow, "reason", n.ShadowReason, "route", d.Route,
				"kind", n.Kind, "origin", n.Origin, "method", n.Method, "host", n.Host, "path", n.Path)
		}
		r.recent.add(n)
		log(request, d)
	}
}

func outcome(d cors.Decision) string {
	switch {
	case d.Stopped:
		return "stopped"
	case d.Allowed:
		return "granted"
	case d.Kind == cors.KindOther:
		return "none"
	}
	return "refused"
}

// finished counts a response. What the gateway answers because there is no route
// is counted under the route "". Preflights never came to have one; they are among
// the decisions.
func (r *records) finished(x *exchange) {
	if x.route == nil {
		if x.refused {
			r.requests.WithLabelValues("", code(x.status)).Inc()
		}
		return
	}
	r.requests.WithLabelValues(x.route.Match, code(x.status)).Inc()
	if x.status != 0 {
		x.route.latency.Observe(x.answered.Seconds())
	}
	if x.failure != "" {
		r.upstreamErrors.WithLabelValues(x.route.upstream.name, x.failure).Inc()
	}
}

// code is the status as a label. An upstream could make up 900 of them.
func code(status int) string {
	if status < 100 || status > 599 {
		return "other"
	}
	return strconv.Itoa(status)
}

// A note is a decision as /decisions shows it.
type note struct {
	Time         time.Time `json:"time"`
	Kind         string    `json:"kind"`
	Outcome      string    `json:"outcome"`
	Reason       string    `json:"reason,omitempty"`
	Route        string    `json:"route,omitempty"`
	Origin       string    `json:"origin"`
	Method       string    `json:"method"`
	Headers      string    `json:"headers,omitempty"`
	Host         string    `json:"host"`
	Path         string    `json:"path"`
	Shadow       string    `json:"shadow,omitempty"`
	ShadowReason string    `json:"shadowReason,omitempty"`
}

func noteOf(r *http.Request, d cors.Decision) note {
	n := note{
		Time: time.Now(), Kind: string(d.Kind), Outcome: outcome(d), Reason: string(d.Reason), Route: d.Route,
		Origin: cut(d.Origin), Method: cut(d.Method), Host: cut(r.Host), Path: cut(r.URL.Path),
	}
	if len(d.Headers) > 0 {
		n.Headers = cut(d.Headers[0])
	}
	return n
}

// Because says a reason in words, for people who do not know the codes.
func (n note) Because() string { return reasons[cors.Reason(n.Reason)] }

var reasons = map[cors.Reason]string{
	cors.ReasonRouteNone:        "no route matches, and there is no default policy",
	cors.ReasonRouteHidden:      "the path hides . or .. behind an encoded slash",
	cors.ReasonOriginNotAllowed: "none of the policy's origins matches",
	cors.ReasonOriginNull:       "any site can take on the origin null",
	cors.ReasonOriginMalformed:  "no browser sends such an Origin",
	cors.ReasonOriginMultiple:   "there are several Origin headers",
	cors.ReasonOriginMissing:    "the browser says it is cross-origin, but not from where",
	cors.ReasonMethodNotAllowed: "the policy's methods do not list it",
	cors.ReasonMethodMalformed:  "Access-Control-Request-Method is not one method",
	cors.ReasonHeaderNotAllowed: "the policy's requestHeaders do not list all of them",
	cors.ReasonHeaderMalformed:  "Access-Control-Request-Headers is no list of names",
	cors.ReasonHeadersTooLong:   "Access-Control-Request-Headers is longer than an honest one",
}

// Differs says in words what a candidate policy would change.
func (n note) Differs() string {
	return map[string]string{
		changeRefuses:     "would refuse it",
		changeGrants:      "would grant it",
		changeStops:       "would keep it from the upstream",
		changePasses:      "would let it through to the upstream",
		changeReason:      "would refuse it for another reason",
		changeCredentials: "differs about credentials",
		changeExposes:     "would expose other headers",
	}[n.Shadow]
}

// cut bounds what is kept of what came from a request. It is a copy, so that no
// request's memory is held.
func cut(s string) string {
	const most = 256
	if len(s) > most {
		return s[:most] + "…"
	}
	return string([]byte(s))
}

// A ring holds the last notes.
type ring struct {
	mu    sync.Mutex
	notes [256]note
	total int
}

func (r *ring) add(n note) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes[r.total%len(r.notes)] = n
	r.total++
}

// last returns the notes, the newest first.
func (r *ring) last() []note {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]note, 0, len(r.notes))
	for i := r.total - 1; i >= 0 && len(out) < len(r.notes); i-- {
		out = append(out, r.notes[i%len(r.notes)])
	}
	return out
}
