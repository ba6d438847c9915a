package browser

import "time"

// TraceVersion is the version of the JSON form of a Trace, whose schema is
// trace.schema.json beside this file. It changes when a field changes its name
// or meaning, not when one is added.
const TraceVersion = 1

// A Trace is the one record of what happened to a fetch: what was asked, every
// decision in the order it was taken, and the verdict. It is always recorded.
// Whatever shows a verdict (a terminal, a diagram, a test failure) shows a
// Trace; nothing derives one anew.
//
// A Trace holds all of what was on the wire, Cookie and Authorization
// included, and so deserves the care those deserve. Bodies are not kept, only
// their sizes.
type Trace struct {
	Version     int             `json:"version"`
	Profile     string          `json:"profile"`
	Page        string          `json:"page"`      // the page's URL, empty if it has none
	Initiator   string          `json:"initiator"` // "fetch", "XMLHttpRequest", "element", "EventSource" or "WebSocket"
	Origin      string          `json:"origin"`    // the page's origin, serialized; "null" if opaque
	Method      string          `json:"method"`    // as normalized
	URL         string          `json:"url"`       // as parsed, with its fragment
	Mode        Mode            `json:"mode"`
	Credentials CredentialsMode `json:"credentials"`
	Redirect    RedirectMode    `json:"redirect"`
	Header      []Field         `json:"header"` // the author's headers that survived the guard
	Steps       []Step          `json:"steps"`
	Verdict     Verdict         `json:"verdict"`
}

// A Verdict is how a fetch ended.
type Verdict struct {
	// Outcome is OutcomeAllowed if the script got a response it may look at,
	// else why it did not.
	Outcome Outcome `json:"outcome"`
	// Reason is set unless Outcome is OutcomeAllowed or OutcomeOpaque.
	Reason Reason `json:"reason,omitempty"`
	// Type is the response type the script sees. Empty if it sees none.
	Type ResponseType `json:"type,omitempty"`
	// Status is the status the script sees: 0 for an opaque response.
	Status int `json:"status,omitempty"`
	// Sent reports whether the request itself, not only a preflight, reached a
	// server. A blocked response was sent, and had its effect there.
	Sent bool `json:"sent"`
	// Preflighted reports whether a preflight was sent.
	Preflighted bool `json:"preflighted"`
	// Message says in one plain sentence how the fetch ended and why.
	Message string `json:"message"`
}

// An Outcome is the end of a fetch in one word.
type Outcome string

const (
	OutcomeAllowed Outcome = "allowed" // the script reads the response, as far as it is exposed
	OutcomeOpaque  Outcome = "opaque"  // the script gets a response that shows nothing
	OutcomeBlocked Outcome = "blocked" // the browser refused to send, or hid the response
	OutcomeNetwork Outcome = "network" // no response could be had; not a matter of CORS
	OutcomeMisuse  Outcome = "misuse"  // the call itself is wrong: a TypeError before anything is sent
)

// A Phase is the part of the standard's algorithm that a Step belongs to.
type Phase string

const (
	PhaseConstruct Phase = "construct"  // the Request constructor, https://fetch.spec.whatwg.org/#dom-request
	PhaseMain      Phase = "main"       // https://fetch.spec.whatwg.org/#main-fetch
	PhaseCache     Phase = "cache"      // the preflight cache, https://fetch.spec.whatwg.org/#cors-preflight-cache
	PhasePreflight Phase = "preflight"  // https://fetch.spec.whatwg.org/#cors-preflight-fetch
	PhaseNetwork   Phase = "network"    // https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
	PhaseCORSCheck Phase = "cors-check" // of the response itself, https://fetch.spec.whatwg.org/#concept-cors-check
	PhaseRedirect  Phase = "redirect"   // https://fetch.spec.whatwg.org/#http-redirect-fetch
	PhaseFilter    Phase = "filter"     // https://fetch.spec.whatwg.org/#concept-filtered-response
)

// A Decision is what a Step came to.
type Decision string

const (
	DecisionPass Decision = "pass" // a check that passed
	DecisionFail Decision = "fail" // a check that failed and ended the fetch
	DecisionInfo Decision = "info" // something that was decided or done, with no wrong side to it
)

// A Step is one decision, in the order it was taken.
type Step struct {
	Hop      int      `json:"hop"` // 0 for the first URL, then one more for each redirect followed
	Phase    Phase    `json:"phase"`
	Rule     string   `json:"rule"`         // a stable name for the rule: "cors-check.allow-origin"
	ID       string   `json:"id,omitempty"` // of the rule in docs/browser.md: "R-100"
	Section  string   `json:"section"`      // the standard's section, as a URL with its fragment
	Inputs   []Field  `json:"inputs,omitempty"`
	Decision Decision `json:"decision"`
	Reason   Reason   `json:"reason,omitempty"` // set if Decision is DecisionFail
	// Note says in one plain sentence what was looked at and what came of it.
	Note string `json:"note"`
	// Exchange is set on the step in which something was sent.
	Exchange *Exchange `json:"exchange,omitempty"`
}

// A Field is a name and a value: a header field, or an input of a Step. Fields
// are ordered; a repeated header is two Fields.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// An Exchange is one HTTP request and what came back.
type Exchange struct {
	Preflight bool          `json:"preflight"`
	Method    string        `json:"method"`
	URL       string        `json:"url"`
	Header    []Field       `json:"header"`   // as sent, Origin and Cookie included
	BodySize  int64         `json:"bodySize"` // of the request; -1 if streamed
	Started   time.Time     `json:"started"`
	Duration  time.Duration `json:"duration"` // to the response's headers, in nanoseconds
	Answer    *Answer       `json:"answer,omitempty"`
	Error     string        `json:"error,omitempty"` // set if there is no Answer
}

// An Answer is the response side of an Exchange, before any filtering.
type Answer struct {
	Status int     `json:"status"`
	Header []Field `json:"header"`
}
