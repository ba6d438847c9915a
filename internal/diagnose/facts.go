package diagnose

import (
	"slices"
	"strconv"
	"strings"

	"crossorigin.dev/browser"
)

// facts are what situations look at, taken out of a trace once.
type facts struct {
	trace  *browser.Trace
	failed *browser.Step     // the step that ended the fetch; nil if none did
	at     *browser.Exchange // what it judged, or the last there was; nil if nothing was sent
	hop    int
	// preflight says that it was a preflight's answer.
	preflight bool
	// origin is the page's as it was sent: "null" after a tainted redirect.
	origin string
	// cached says that the response was left in the HTTP cache by an earlier
	// request.
	cached bool
}

func factsOf(t *browser.Trace) *facts {
	f := &facts{trace: t, origin: t.Origin}
	for i := range t.Steps {
		s := &t.Steps[i]
		switch {
		case s.Exchange != nil:
			f.at, f.hop, f.cached = s.Exchange, s.Hop, false
			if origin, ok := find(s.Exchange.Header, "Origin"); ok {
				f.origin = origin
			}
		case s.Rule == "network.http-cache" && strings.HasPrefix(s.Note, "The response comes from the HTTP cache"):
			f.cached, f.hop = true, s.Hop
		}
		if s.Decision == browser.DecisionFail && f.failed == nil {
			f.failed, f.hop = s, s.Hop
		}
	}
	f.preflight = f.failed != nil && f.at != nil && f.at.Preflight && !f.cached
	return f
}

func find(fields []browser.Field, name string) (string, bool) {
	var values []string
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return strings.Join(values, ", "), values != nil
}

// reason returns the engine's reason without "preflight." before those of the
// CORS check, which are the same for both answers; empty if nothing failed.
func (f *facts) reason() browser.Reason {
	if f.failed == nil {
		return ""
	}
	return corsReason(f.failed.Reason)
}

func corsReason(r browser.Reason) browser.Reason {
	if rest, ok := strings.CutPrefix(string(r), "preflight."); ok && (strings.HasPrefix(rest, "acao.") || strings.HasPrefix(rest, "acac.")) {
		return browser.Reason(rest)
	}
	return r
}

// is reports whether the fetch ended for one of the reasons.
func (f *facts) is(reasons ...browser.Reason) bool {
	return f.failed != nil && slices.Contains(reasons, f.reason())
}

// input returns what the failing step looked at.
func (f *facts) input(name string) string {
	if f.failed == nil {
		return ""
	}
	value, _ := find(f.failed.Inputs, name)
	return value
}

// status returns the answer's, 0 if there was none.
func (f *facts) status() int {
	if f.at == nil || f.at.Answer == nil || f.cached {
		return 0
	}
	return f.at.Answer.Status
}

// answered returns a field of the answer.
func (f *facts) answered(name string) (string, bool) {
	if f.at == nil || f.at.Answer == nil {
		return "", false
	}
	return find(f.at.Answer.Header, name)
}

// opaque says that the page itself has no origin to show.
func (f *facts) opaque() bool { return f.trace.Origin == "null" }

// tainted says that a redirect took the origin away.
func (f *facts) tainted() bool { return f.origin == "null" && !f.opaque() }

// credentialed says that the credentials mode is include.
func (f *facts) credentialed() bool { return f.trace.Credentials == browser.CredentialsInclude }

// succeeded says that the script got a response it may look at.
func (f *facts) succeeded() bool { return f.trace.Verdict.Outcome == browser.OutcomeAllowed }

// crossOrigin says that CORS came into it.
func (f *facts) crossOrigin() bool {
	return f.trace.Verdict.Type == browser.ResponseCORS || f.trace.Verdict.Type == browser.ResponseOpaque
}

// The kinds of answer that a CORS failure may hide. They exclude one another,
// and the CORS situations proper exclude them.

// edgeAnswer is the page of a gateway in place of the application's.
func (f *facts) edgeAnswer() bool {
	switch f.status() {
	case 413, 502, 503, 504:
		return true
	}
	return false
}

// loginAnswer is a preflight that was asked to log in.
func (f *facts) loginAnswer() bool {
	return f.preflight && (f.status() == 401 || f.status() == 403 || f.status() == 407)
}

// redirectAnswer is a preflight that was sent elsewhere.
func (f *facts) redirectAnswer() bool {
	_, located := f.answered("Location")
	return f.preflight && f.status()/100 == 3 && f.status() != 304 && located
}

// refusedAnswer is a preflight whose method the server does not know.
func (f *facts) refusedAnswer() bool {
	if f.reason() == browser.ReasonPreflightStatus && f.status() == 0 {
		return true // the status is not known
	}
	return f.preflight && f.status() != 0 && f.status()/100 != 2 &&
		!f.edgeAnswer() && !f.loginAnswer() && !f.redirectAnswer()
}

// hidden says that one of those is behind the failure of the CORS check.
func (f *facts) hidden() bool {
	return f.edgeAnswer() || f.loginAnswer() || f.redirectAnswer() || f.refusedAnswer()
}

// answer names the exchange in a sentence.
func (f *facts) answer() string {
	if f.preflight {
		return "the answer to the preflight OPTIONS " + f.url()
	}
	return "the answer to " + f.method() + " " + f.url()
}

func (f *facts) url() string {
	if f.at != nil && !f.cached {
		return f.at.URL
	}
	if url := f.lastURL(); url != "" {
		return url
	}
	return f.trace.URL
}

// lastURL returns the URL of the hop at which the fetch ended.
func (f *facts) lastURL() string {
	url := ""
	for _, s := range f.trace.Steps {
		if s.Rule == "main.origins" {
			url, _ = find(s.Inputs, "url")
		}
	}
	return url
}

func (f *facts) method() string {
	if f.at != nil && !f.at.Preflight {
		return f.at.Method
	}
	return f.trace.Method
}

// asked returns what a preflight asked for.
func (f *facts) asked() (method string, headers []string) {
	method = f.trace.Method
	if f.at == nil {
		return method, nil
	}
	if m, ok := find(f.at.Header, "Access-Control-Request-Method"); ok {
		method = m
	}
	line, _ := find(f.at.Header, "Access-Control-Request-Headers")
	for name := range strings.SplitSeq(line, ",") {
		if name = strings.TrimSpace(name); name != "" {
			headers = append(headers, name)
		}
	}
	return method, headers
}

// show adds a field of the answer to the evidence, or that it is absent.
func (f *facts) show(p *Problem, names ...string) {
	for _, name := range names {
		shows := "no " + name
		if value, ok := f.answered(name); ok {
			shows = name + ": " + value
		}
		if cookie, _, ok := strings.Cut(shows, "="); ok && name == "Set-Cookie" {
			shows = cookie + "=..."
		}
		p.Evidence = append(p.Evidence, Evidence{f.exchange(), shows})
	}
}

// showStatus adds the answer's status to the evidence.
func (f *facts) showStatus(p *Problem) {
	p.Evidence = append(p.Evidence, Evidence{f.exchange(), "status " + strconv.Itoa(f.status())})
}

// showSent adds a field of the request to the evidence.
func (f *facts) showSent(p *Problem, name string) {
	if f.at == nil {
		return
	}
	if value, ok := find(f.at.Header, name); ok {
		p.Evidence = append(p.Evidence, Evidence{"the request " + f.at.Method + " " + f.at.URL, name + ": " + value})
	}
}

func (f *facts) exchange() string {
	if f.at == nil {
		return f.trace.Method + " " + f.trace.URL
	}
	if f.at.Answer == nil {
		return f.at.Method + " " + f.at.URL
	}
	return f.answer()
}

// ofPreflight are the facts as the last preflight left them.
func (f *facts) ofPreflight() *facts {
	g := *f
	for i := range f.trace.Steps {
		if s := &f.trace.Steps[i]; s.Exchange != nil && s.Exchange.Preflight {
			g.at, g.hop, g.preflight = s.Exchange, s.Hop, true
		}
	}
	return &g
}
