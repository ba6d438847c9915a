package browser

import "net/http"

// A Request is what a script passes to fetch(). Its zero value with a URL is
// fetch(url).
type Request struct {
	// Method is normalized as the standard says: get becomes GET, patch stays
	// patch. Empty is GET.
	Method string
	// URL may be relative to the page's.
	URL string
	// Header holds the script's own headers. Forbidden ones, such as Cookie
	// and Origin, are dropped as a browser drops them.
	Header http.Header
	// Body is sent as it is, without a Content-Type of its own. Nil is no body.
	Body []byte
	// Mode is ModeCORS if empty.
	Mode Mode
	// Credentials is CredentialsSameOrigin if empty.
	Credentials CredentialsMode
	// Redirect is RedirectFollow if empty.
	Redirect RedirectMode
	// ReferrerPolicy is the page's if empty.
	ReferrerPolicy ReferrerPolicy
}

// A Mode is a request's mode, https://fetch.spec.whatwg.org/#concept-request-mode.
type Mode string

const (
	ModeCORS       Mode = "cors"
	ModeNoCORS     Mode = "no-cors"
	ModeSameOrigin Mode = "same-origin"
)

// A CredentialsMode says when cookies are sent and stored,
// https://fetch.spec.whatwg.org/#concept-request-credentials-mode.
type CredentialsMode string

const (
	CredentialsSameOrigin CredentialsMode = "same-origin"
	CredentialsInclude    CredentialsMode = "include"
	CredentialsOmit       CredentialsMode = "omit"
)

// A RedirectMode says what becomes of a redirect,
// https://fetch.spec.whatwg.org/#concept-request-redirect-mode.
type RedirectMode string

const (
	RedirectFollow RedirectMode = "follow"
	RedirectError  RedirectMode = "error"
	RedirectManual RedirectMode = "manual"
)

// A ResponseType tells how much of a response a script sees,
// https://fetch.spec.whatwg.org/#concept-response-type.
type ResponseType string

const (
	ResponseBasic          ResponseType = "basic"
	ResponseCORS           ResponseType = "cors"
	ResponseOpaque         ResponseType = "opaque"
	ResponseOpaqueRedirect ResponseType = "opaqueredirect"
)

// A Response is what the script gets: filtered, so that Header holds what the
// script can read and no more.
type Response struct {
	Type       ResponseType
	Status     int // 0 if opaque
	URL        string
	Redirected bool
	Header     http.Header
	Body       []byte
	Trace      *Trace
}
