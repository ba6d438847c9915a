package cors

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"crossorigin.dev/origin"
)

// A Policy says which origins may do what. Fields that are left out grant
// nothing. A Policy that could allow no origin at all is an error.
type Policy struct {
	// Origins lists who is allowed, as patterns (see [origin.Pattern]):
	// "https://app.example.com", "https://*.example.com", "http://localhost:*",
	// "tauri://localhost". Or it is "*" alone, for data that is public: then
	// every origin is allowed, and Credentials cannot be.
	Origins []string

	// AllowOrigin, if not nil, is asked about an origin that Origins does not
	// allow. It is never asked about an opaque one ("null"). With Credentials it
	// should look at the scheme too: nothing else here refuses plain http then.
	//
	// It sees a preflight and the request that follows alike, and has to say the
	// same to both. A preflight carries no cookies, no Authorization and none of
	// the page's own headers: AllowOrigin may read r.Host and r.URL, and the
	// headers that VaryOn names, and should read nothing else. It is called
	// during a request, by several goroutines at once.
	AllowOrigin func(r *http.Request, o origin.Origin) bool

	// VaryOn names the request headers other than Origin that AllowOrigin
	// reads. They are added to Vary, so that no cache gives one answer to a
	// request that would get another.
	VaryOn []string

	// Credentials allows requests with cookies, client certificates and HTTP
	// authentication, and lets scripts read the answers. Allow it to origins
	// that you would trust with your users' sessions only.
	Credentials bool

	// Methods lists the methods allowed beyond GET, HEAD and POST, which need
	// no permission. They are case-sensitive. "*" alone allows every method of
	// up to 256 bytes.
	Methods []string

	// RequestHeaders lists the request headers allowed beyond those that need
	// no permission (Accept, Accept-Language, Content-Language, Range, and
	// Content-Type as long as it is one that a form could send: for JSON it
	// must be listed). "*" allows every header except Authorization, and only
	// Authorization can stand beside it.
	RequestHeaders []string

	// ResponseHeaders lists the response headers that scripts may read beyond
	// Cache-Control, Content-Language, Content-Length, Content-Type, Expires,
	// Last-Modified and Pragma. "*" alone exposes every header, except with
	// Credentials, where browsers would not understand it.
	ResponseHeaders []string

	// MaxAge is how long browsers may keep what a preflight told them, in
	// whole seconds and at most 24 hours. Chromium keeps it 2 hours at most,
	// WebKit 10 minutes. 0 sends no header, and browsers then keep it 5 seconds.
	// A negative one forbids them to keep it at all.
	MaxAge time.Duration

	// PreflightStatus is the status of a preflight that succeeds, 200 to 299;
	// 0 means 204. Some old clients, among them the browsers of television
	// sets, want 200.
	PreflightStatus int

	// PassPreflights hands preflights that succeed on to the wrapped handler,
	// with the CORS headers already set, for a handler that has something to
	// add to them. It must answer with an ok status. Preflights that fail are
	// answered here as ever.
	PassPreflights bool

	// CrossOriginResourcePolicy, "same-origin", "same-site" or "cross-origin",
	// is sent with every response that is not a preflight's. The first two keep
	// other sites from embedding the resource without CORS; "cross-origin" is
	// what a page with Cross-Origin-Embedder-Policy needs in order to embed it.
	CrossOriginResourcePolicy string

	// TimingAllowOrigin lets the scripts of allowed origins see how long the
	// phases of loading took (Resource Timing), for those who measure. It is for
	// requests with an Origin: an image without the attribute crossorigin has
	// none, and its phases are shown only where Origins is "*".
	TimingAllowOrigin bool

	// Enforce answers 403 to a cross-origin request that could change something
	// and whose origin is not allowed, before it reaches the wrapped handler.
	//
	// Without it CORS protects no one from such requests: a browser sends a
	// POST as a form could send it without asking first, and only hides the
	// answer. With it, a request is let through if its method is GET, HEAD or
	// OPTIONS and it opens no WebSocket, if its origin is allowed, if
	// Sec-Fetch-Site says that it is not cross-origin, or if it comes from no
	// browser (it has neither Sec-Fetch-Site nor Origin). Where only
	// Sec-Fetch-Site is missing, its Origin has to name the host in Host.
	//
	// This is what [http.CrossOriginProtection] does, with the policy's
	// origins for its trusted ones, WebSocket handshakes on top, and less
	// patience with what no browser sends. There is no harm in using both, but
	// then its AddTrustedOrigin must be told what the policy allows.
	Enforce bool

	// UnsafeInsecureOrigins permits http:// origins other than this machine's
	// together with Credentials. It costs this: whoever sits on the network
	// between a user and that site, in a café say, can put a script into its
	// pages and act as the user here, though this server uses HTTPS.
	UnsafeInsecureOrigins bool

	// UnsafeBroadOrigins permits patterns together with Credentials that match
	// what strangers own: "https://*.github.io" and other public suffixes, and
	// every host of a scheme ("moz-extension://*"). It costs this: anyone who
	// registers such a name, or gets such an extension installed, can act as
	// the user here.
	UnsafeBroadOrigins bool

	// UnsafeNullOrigin allows the origin "null". It costs this: any site can
	// make a page of that origin, with a sandboxed frame, so it allows everyone,
	// and with Credentials everyone can act as the user here.
	UnsafeNullOrigin bool

	// Debug makes a refused preflight end in the browser's console with a
	// message that names the true cause, and adds to each response that is
	// refused something the header Crossorigin-Reason with the [Reason]. It
	// tells strangers what is allowed, so it is for development.
	Debug bool
}

// A Route gives the requests that a pattern matches a policy.
type Route struct {
	// Pattern is a pattern of [http.ServeMux]: "/api/", "GET /items/{id}",
	// "api.example.com/". Its method is that of the request itself; the
	// preflight that asks for that method follows it.
	Pattern string

	Policy Policy
}

// A PolicyError is one thing that is wrong with a policy.
type PolicyError struct {
	Route      string // the route's pattern; "/" if the policy was given to New
	Field      string // the name of the field of Policy, or "Pattern" if the route's pattern is wrong
	Value      string // the value, or the element of it, that is wrong
	Problem    string // what is wrong, as the end of a sentence that begins with Value
	Suggestion string // what to write instead of Value, ready to be pasted; empty if there is no telling
}

func (e *PolicyError) Error() string {
	var b strings.Builder
	b.WriteString("cors: ")
	if e.Route != "/" {
		b.WriteString("route " + strconv.Quote(e.Route) + ": ")
	}
	b.WriteString(e.Field + ": ")
	if e.Value != "" {
		b.WriteString(strconv.Quote(e.Value) + " ")
	}
	b.WriteString(e.Problem)
	if e.Suggestion != "" {
		b.WriteString("; write " + strconv.Quote(e.Suggestion))
	}
	return b.String()
}

// PolicyErrors is every problem of the policies given, in the order of their
// fields. [New], [NewRoutes] and [Middleware.Reconfigure] return no other error.
// errors.As finds the first *PolicyError in it.
type PolicyErrors []*PolicyError

// Error returns the messages, one per line.
func (errs PolicyErrors) Error() string {
	lines := make([]string, len(errs))
	for i, e := range errs {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As and errors.Is look at each problem.
func (errs PolicyErrors) Unwrap() []error {
	unwrapped := make([]error, len(errs))
	for i, e := range errs {
		unwrapped[i] = e
	}
	return unwrapped
}
