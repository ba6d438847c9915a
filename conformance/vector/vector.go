// Package vector reads and writes conformance vectors: scenarios of a page, the
// answers of scripted servers and what the page's script asks for, with what
// came of it in the standard and in real browsers. The format is specified in
// conformance/vectors/README.md.
package vector

// A File is one file of vectors on one topic.
type File struct {
	About   string
	Vectors []Vector
}

// A Vector is one scenario. Its zero value does nothing.
type Vector struct {
	Name    string   // unique among all vectors; lower-case words joined by hyphens
	About   string   // one or two sentences; empty if the name says it all
	Rules   []string // the rules of docs/browser.md it shows, such as "R-100"
	Beyond  string   // why the engine is not held to it; empty if it is
	Page    Page
	Servers []Resource
	Steps   []Step
	Expect  Expect
}

// A Page is where the script runs.
type Page struct {
	URL     string
	Sandbox bool   // its origin is opaque
	Headers string // lines of further headers of the page's own response
}

// A Resource is what answers at a URL.
type Resource struct {
	URL       string
	Preflight []string // answers to preflights, in order; the last one repeats
	Answer    []string // answers to anything else, likewise
}

// A Step is one thing that the script does: it makes a request, or waits.
type Step struct {
	Kind  Kind
	URL   string
	Pause int // milliseconds, for KindPause

	Method             string // empty: GET
	Headers            string // lines, in order
	Body               *Body  // nil: none
	Mode               string
	Credentials        string
	Cache              string
	Redirect           string
	Referrer           string
	ReferrerPolicy     string
	Keepalive          bool
	TargetAddressSpace string
	UploadListener     bool   // of an XMLHttpRequest
	CrossOrigin        string // attribute of an element: "anonymous" or "use-credentials"
	Parallel           bool   // the next step does not wait for this one
	Timing             bool   // look at whether the script sees detailed timing
}

// A Kind is what makes a request.
type Kind string

const (
	KindFetch       Kind = "fetch"
	KindXHR         Kind = "xhr"
	KindImage       Kind = "image"
	KindScript      Kind = "script"
	KindStyle       Kind = "style"
	KindFont        Kind = "font"
	KindEventSource Kind = "eventsource"
	KindPause       Kind = "pause"
)

// A Body is what a request carries.
type Body struct {
	Kind  BodyKind
	Text  string
	Type  string // of a blob
	Times int    // how often Text is repeated; 0 is once
}

// A BodyKind is the JavaScript type of a body.
type BodyKind string

const (
	BodyString BodyKind = "string"
	BodyBuffer BodyKind = "buffer" // an ArrayBuffer
	BodyBlob   BodyKind = "blob"
	BodyParams BodyKind = "params" // URLSearchParams
	BodyForm   BodyKind = "form"   // FormData, written as its query string
	BodyStream BodyKind = "stream" // a ReadableStream, with duplex: half
)

// Profiles are those whom an expectation can be of, in their order.
var Profiles = []string{"spec", "chromium", "firefox", "webkit"}

// Expect says what comes of a vector, by profile. What is missing for a
// profile was not recorded.
type Expect map[string]Outcome

// An Outcome is what came of a vector once it was run.
type Outcome struct {
	Script   []string // what the script saw, per step that asked for something
	Reasons  []string // why requests were blocked, in the profile's own words
	Requests string   // what the servers received
}
