package browser

import "net/http"

// A CrossOrigin is the state of an element's crossorigin attribute,
// https://html.spec.whatwg.org/#cors-settings-attribute.
type CrossOrigin uint8

const (
	CrossOriginNone           CrossOrigin = iota // no attribute: the response is opaque
	CrossOriginAnonymous                         // crossorigin, crossorigin="anonymous"
	CrossOriginUseCredentials                    // crossorigin="use-credentials"
)

// potentialCORS is
// https://html.spec.whatwg.org/#create-a-potential-cors-request.
func potentialCORS(url string, d Destination, c CrossOrigin) Request {
	r := Request{URL: url, Destination: d, Initiator: InitiatorElement, Mode: ModeCORS}
	switch c {
	case CrossOriginNone:
		r.Mode, r.Credentials = ModeNoCORS, CredentialsInclude
	case CrossOriginUseCredentials:
		r.Credentials = CredentialsInclude
	}
	return r
}

// Image returns the request of <img src=url>.
func Image(url string, c CrossOrigin) Request { return potentialCORS(url, DestinationImage, c) }

// Script returns the request of <script src=url>, a classic script. A module
// script is one with CrossOriginAnonymous, whether the attribute is there or
// not.
func Script(url string, c CrossOrigin) Request { return potentialCORS(url, DestinationScript, c) }

// Style returns the request of <link rel=stylesheet href=url>.
func Style(url string, c CrossOrigin) Request { return potentialCORS(url, DestinationStyle, c) }

// Font returns the request of @font-face, which always follows CORS.
// https://drafts.csswg.org/css-fonts-4/#font-fetching-requirements
func Font(url string) Request {
	return potentialCORS(url, DestinationFont, CrossOriginAnonymous)
}

// XHR returns the request of an XMLHttpRequest.
// https://xhr.spec.whatwg.org/#the-send()-method
func XHR(method, url string, withCredentials bool) Request {
	r := Request{Method: method, URL: url, Initiator: InitiatorXHR, Mode: ModeCORS}
	if withCredentials {
		r.Credentials = CredentialsInclude
	}
	return r
}

// EventSource returns the request of new EventSource(url). Its response has no
// end, so Fetch is done once the headers have passed, and leaves Body empty.
// https://html.spec.whatwg.org/#the-eventsource-interface
func EventSource(url string, withCredentials bool) Request {
	r := Request{
		URL: url, Initiator: InitiatorEventSource, Mode: ModeCORS, Cache: CacheNoStore,
		Header: http.Header{"Accept": {"text/event-stream"}},
	}
	if withCredentials {
		r.Credentials = CredentialsInclude
	}
	return r
}

// WebSocket returns the request that opens a WebSocket at a ws: or wss: URL.
// It knows no CORS: cookies go along, the Origin is the page's, and the server
// alone decides. The fetch ends with the handshake, and fails if the server does
// not agree to it.
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func WebSocket(url string) Request {
	return Request{
		URL: url, Initiator: InitiatorWebSocket, Mode: modeWebSocket,
		Credentials: CredentialsInclude, Cache: CacheNoStore, Redirect: RedirectError,
	}
}
