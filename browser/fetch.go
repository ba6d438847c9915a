package browser

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// A tainting is the standard's response tainting: how much the script may see.
// https://fetch.spec.whatwg.org/#concept-request-response-tainting
type tainting uint8

const (
	taintingBasic tainting = iota
	taintingCORS
	taintingOpaque
)

// A fetch is one call of Page.Fetch: the standard's request with what has
// become of it, and the trace that is written meanwhile.
// https://fetch.spec.whatwg.org/#concept-request
type fetch struct {
	ctx   context.Context
	page  *Page
	trace *Trace
	hop   int
	sent  bool

	method           string
	urls             []*location // https://fetch.spec.whatwg.org/#concept-request-url-list
	header           headerList
	body             []byte
	stream           io.Reader // a body that cannot be sent twice
	bodyType         string    // the Content-Type that the body brings
	keepalive        bool
	mode             Mode
	credentials      CredentialsMode
	redirect         RedirectMode
	cache            CacheMode
	referrerPolicy   ReferrerPolicy
	referrerSource   *location // what Referer tells of, nil for nothing
	initiator        Initiator
	destination      Destination
	targetSpace      AddressSpace
	unsafeRequest    bool
	useCORSPreflight bool
	unsafeAtFirst    bool     // a header was not safelisted, before redirects
	namesAtFirst     []string // of the unsafe headers, before redirects
	namesLeft        []string // of them, after redirects, where headers return
	methodAtFirst    string
	headerAtFirst    headerList
	typeOfBody       bool // the Content-Type is that of an XMLHttpRequest's body, not the script's

	tainting            tainting
	referrer            string // the value of Referer on this hop, empty for none
	referrerPart        referrerPart
	referrerAtFirst     referrerPart // before redirects, and before another site is told less
	referrerPartSent    referrerPart // on this hop
	stranded            bool         // this hop cannot redirect on
	fromStore           bool         // the answer of this hop came from the HTTP cache
	originSent          string       // the value of Origin on this hop, and on those before within the origin
	cleaned             bool         // the last redirect has lost the headers that browsers add
	redirectCount       int
	begun               int         // HTTP fetches
	unseen              bool        // follows a redirect of which the script sees nothing, and the page's checks neither
	redirectedFrom      []storedKey // the redirects that came from the HTTP cache
	inMemory            bool        // what the HTTP cache has on disk is not looked at
	memories            []memory    // of an XMLHttpRequest's hops
	remembered          bool        // this hop is answered from such
	validation          *validation // whose conditions go with redirects
	redirectStored      *storedKey  // of the last redirect, if it has just been stored
	replay              *replay     // of the last redirect, if it came from the HTTP cache
	webSocketKey        string
	credentialsIncluded bool           // on this hop
	timingFailed        bool           // https://fetch.spec.whatwg.org/#concept-tao-check
	asked               *preflightNeed // by the last preflight, nil if there was none
	recheck             func() *Error  // a check of the last redirect that waits for the next preflight
	unchecked           bool           // mixed content and the port are, until then
	dropped             headerList     // by a redirect that dropped the body, and may return
	returning           int            // the hop at which they do
	stayDropped         bool           // unless there is CORS
}

func newFetch(ctx context.Context, p *Page, r *Request) *fetch {
	return &fetch{
		ctx:  ctx,
		page: p,
		trace: &Trace{
			Version:   TraceVersion,
			Profile:   p.browser.profile.String(),
			Page:      p.URL(),
			Origin:    p.origin.String(),
			Initiator: r.Initiator.String(),
			Method:    r.Method,
			URL:       r.URL,
			Header:    []Field{},
			Steps:     make([]Step, 0, 12),
		},
		urls: make([]*location, 0, 1),
	}
}

// run constructs the request, fetches, and filters what comes back.
func (f *fetch) run(r *Request) (*Response, *Error) {
	if failure := f.construct(r); failure != nil {
		return nil, failure
	}
	response, failure := f.mainFetch()
	if failure != nil {
		return nil, failure
	}
	return f.finish(response)
}

// failed completes the trace of a fetch that failed.
func (f *fetch) failed(e *Error) error {
	e.Sent = f.sent
	e.Trace.Verdict = Verdict{
		Outcome:     outcomes[e.Kind],
		Reason:      e.Reason,
		Sent:        f.sent,
		Preflighted: f.preflighted(),
		Message:     e.message,
	}
	return e
}

var outcomes = map[Kind]Outcome{
	KindBlocked: OutcomeBlocked,
	KindNetwork: OutcomeNetwork,
	KindMisuse:  OutcomeMisuse,
}

// preflighted reports whether a preflight was sent.
func (f *fetch) preflighted() bool {
	return slices.ContainsFunc(f.trace.Steps, func(s Step) bool {
		return s.Exchange != nil && s.Exchange.Preflight
	})
}

// note records a decision that did not end the fetch.
func (f *fetch) note(r *rule, d Decision, note string, inputs ...Field) {
	f.trace.Steps = append(f.trace.Steps, Step{
		Hop: f.hop, Phase: r.phase, Rule: r.name, ID: r.id, Section: r.section,
		Inputs: inputs, Decision: d, Note: note,
	})
}

func (f *fetch) pass(r *rule, note string, inputs ...Field) {
	f.note(r, DecisionPass, note, inputs...)
}

func (f *fetch) info(r *rule, note string, inputs ...Field) {
	f.note(r, DecisionInfo, note, inputs...)
}

// fail records the decision that ends the fetch, with the sentence that is its
// verdict.
func (f *fetch) fail(r *rule, reason Reason, message string, inputs ...Field) *Error {
	f.note(r, DecisionFail, message, inputs...)
	f.trace.Steps[len(f.trace.Steps)-1].Reason = reason
	return &Error{Kind: reason.Kind(), Reason: reason, Trace: f.trace, message: message}
}

func (f *fetch) now() time.Time   { return f.page.browser.now() }
func (f *fetch) profile() Profile { return f.page.browser.profile }

// current returns the request's current URL.
// https://fetch.spec.whatwg.org/#concept-request-current-url
func (f *fetch) current() *location { return f.urls[len(f.urls)-1] }

// credentialed reports whether the credentials mode is include, which is what
// the CORS check and the preflight ask.
func (f *fetch) credentialed() bool { return f.credentials == CredentialsInclude }

// A taint is how far a chain of redirects has led astray.
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
type taint uint8

const (
	taintSameOrigin taint = iota
	taintSameSite
	taintCrossSite
)

// redirectTaint walks the URLs of the request.
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
func (f *fetch) redirectTaint() taint {
	t := taintSameOrigin
	for i := 1; i < len(f.urls); i++ {
		last, next := f.urls[i-1].origin, f.urls[i].origin
		if !origin.SameSite(next, last) && !origin.SameSite(f.page.origin, last) {
			return taintCrossSite
		}
		if !origin.SameOrigin(next, last) && !origin.SameOrigin(f.page.origin, last) {
			t = taintSameSite
		}
	}
	return t
}

// serializedOrigin is the request's origin as it is sent and compared: "null"
// once a redirect has tainted it.
// https://fetch.spec.whatwg.org/#serializing-a-request-origin
func (f *fetch) serializedOrigin() string {
	if f.redirectTaint() != taintSameOrigin {
		return "null"
	}
	return f.page.origin.String()
}

// unsafeNames returns the names of the headers that a preflight must ask about.
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (f *fetch) unsafeNames() []string {
	if len(f.header) == 0 {
		return nil
	}
	headers := f.header
	if pairsCombined[f.profile()] || headersMerged[f.profile()] && f.initiator == InitiatorXHR {
		headers = headers.combined()
	}
	if rangeUnitFolded[f.profile()] {
		headers = headers.without(func(h Field) bool { return isFoldedRange(h) && !f.overflows(h) })
	}
	if !totalLimited[f.profile()] {
		return headers.without(f.safelists).eachName()
	}
	if hintsSafelisted[f.profile()] {
		headers = headers.without(isSafelistedHint)
	}
	names := fetchspec.UnsafeRequestHeaderNames(headers.all())
	if slices.ContainsFunc(headers, f.overflows) {
		names = append(names, "range")
		slices.Sort(names)
	}
	return names
}

// isFoldedRange reports whether a header is a Range that is safelisted but for
// the case of its unit.
func isFoldedRange(h Field) bool {
	return fetchspec.EqualFold(h.Name, "range") && fetchspec.IsSafelistedRequestHeader(h.Name, fetchspec.Lower(h.Value))
}

// safelists reports whether a header is CORS-safelisted in every respect but
// that of the total.
func (f *fetch) safelists(h Field) bool {
	return fetchspec.IsSafelistedRequestHeader(h.Name, h.Value) && !f.distrusts(h)
}

// overflows reports whether a header is a Range with a number that the browser
// has no room for.
func (f *fetch) overflows(h Field) bool {
	if !rangeNumbersLimited[f.profile()] || !fetchspec.EqualFold(h.Name, "range") {
		return false
	}
	r, ok := fetchspec.ParseRange(h.Value, false)
	return ok && (len(strings.TrimLeft(r.Start, "0")) > 18 || len(strings.TrimLeft(r.End, "0")) > 18)
}

// distrusts reports whether the browser asks about a header that the standard
// safelists, for the bytes of its value.
func (f *fetch) distrusts(h Field) bool {
	profile := f.profile()
	if f.overflows(h) {
		return true
	}
	if onlyASCIISafelisted[profile] && strings.ContainsFunc(h.Value, func(r rune) bool { return r > 0x7F }) {
		return true
	}
	if !contentTypeStrict[profile] || !fetchspec.EqualFold(h.Name, "content-type") {
		return false
	}
	before, ends := strings.CutSuffix(h.Value, ";")
	return strings.Contains(h.Value, ",") || ends && strings.Contains(before, ";")
}
