package browser

import (
	"io"
	"net/http"
)

// A Request is what a script passes to fetch(). Its zero value with a URL is
// fetch(url). The functions XHR, Image, Script, Font, EventSource and WebSocket
// make the requests of those.
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
	// BodyType is the Content-Type that the body brings along if Header has
	// none: TextBodyType for a string. Empty is none, as for an ArrayBuffer.
	BodyType string
	// Stream is a body that is read while it is sent, in place of Body. It
	// always causes a preflight, cannot be sent again after a redirect, and
	// needs HTTP/2.
	Stream io.Reader
	// Mode is ModeCORS if empty.
	Mode Mode
	// Credentials is CredentialsSameOrigin if empty.
	Credentials CredentialsMode
	// Redirect is RedirectFollow if empty.
	Redirect RedirectMode
	// Cache is CacheDefault if empty.
	Cache CacheMode
	// Referrer is the URL that Referer tells of, which may be relative to the
	// page's. It is the page's own URL if it is empty, about:client, or a URL
	// of another origin; NoReferrer is none. Only fetch() has it.
	Referrer string
	// ReferrerPolicy is the page's if empty.
	ReferrerPolicy ReferrerPolicy
	// Keepalive lets the request outlive the page; its body is limited to
	// 64 KiB, together with those of the page's other such requests.
	Keepalive bool
	// TargetAddressSpace declares where the URL leads, for Local Network
	// Access. Empty is no declaration.
	TargetAddressSpace AddressSpace
	// Initiator is what makes the request; the zero value is fetch().
	Initiator Initiator
	// UploadListener says that an XMLHttpRequest listens to its upload's
	// progress, which causes a preflight.
	UploadListener bool
	// Destination is what the response is for; the zero value is nothing in
	// particular, as for fetch(). It sets Accept and Sec-Fetch-Dest.
	Destination Destination
}

// TextBodyType is the BodyType of a string.
const TextBodyType = "text/plain;charset=UTF-8"

// A Mode is a request's mode, https://fetch.spec.whatwg.org/#concept-request-mode.
type Mode string

const (
	ModeCORS       Mode = "cors"
	ModeNoCORS     Mode = "no-cors"
	ModeSameOrigin Mode = "same-origin"
	// modeWebSocket is what WebSocket makes; no script can ask for it.
	modeWebSocket Mode = "websocket"
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

// A CacheMode says how the HTTP cache is used,
// https://fetch.spec.whatwg.org/#concept-request-cache-mode.
type CacheMode string

const (
	CacheDefault      CacheMode = "default"
	CacheNoStore      CacheMode = "no-store"       // neither read nor written
	CacheReload       CacheMode = "reload"         // written, not read
	CacheNoCache      CacheMode = "no-cache"       // revalidated
	CacheForceCache   CacheMode = "force-cache"    // read even if stale
	CacheOnlyIfCached CacheMode = "only-if-cached" // read or fail; for mode same-origin only
)

// An Initiator is what makes a request.
type Initiator uint8

const (
	InitiatorFetch       Initiator = iota
	InitiatorXHR                   // XMLHttpRequest
	InitiatorElement               // an element or style sheet, which never causes a preflight
	InitiatorEventSource           // likewise
	InitiatorWebSocket             // which knows no CORS
)

// A Destination is what a response is for,
// https://fetch.spec.whatwg.org/#concept-request-destination.
type Destination string

const (
	DestinationNone   Destination = ""
	DestinationAudio  Destination = "audio"
	DestinationFont   Destination = "font"
	DestinationImage  Destination = "image"
	DestinationScript Destination = "script"
	DestinationStyle  Destination = "style"
	DestinationVideo  Destination = "video"
)

var destinations = []Destination{
	DestinationNone, DestinationAudio, DestinationFont, DestinationImage, DestinationScript,
	DestinationStyle, DestinationVideo,
}

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
	// Body is nil if the response is opaque, has a status or method that
	// goes without one, or is an EventSource's.
	Body []byte
	// BodyError is nil if Body is all of the body. Else it says why Body is
	// only its beginning: [ErrBodyTooLarge], the context's error if it or the
	// deadline ended the reading, or the transport's. A script has the
	// response by then: fetch() has resolved, and only reading the body to its
	// end fails. An XMLHttpRequest or an element ends in an error event.
	BodyError error
	// TimingAllowed says whether the script sees detailed timing in the
	// Performance API, https://fetch.spec.whatwg.org/#concept-tao-check.
	TimingAllowed bool
	Trace         *Trace
}
