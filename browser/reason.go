package browser

// A Reason is a stable code for why a fetch failed, the same whatever browser
// is imitated. The constants are named after their codes: preflight.method is
// ReasonPreflightMethod.
type Reason string

const (
	// The request's mode.
	ReasonModeSameOrigin     Reason = "mode.same-origin"      // mode same-origin and another origin's URL; nothing was sent
	ReasonModeNoCORSRedirect Reason = "mode.no-cors-redirect" // mode no-cors with a redirect mode that is not follow
	ReasonModeNoCORSMethod   Reason = "mode.no-cors-method"   // mode no-cors with a method that is not GET, HEAD or POST
	ReasonSchemeNotSupported Reason = "scheme.not-supported"  // a URL that is neither HTTP nor HTTPS

	ReasonBlobMethod Reason = "scheme.blob-method" // a blob: URL with a method that is not GET

	// The CORS check of the response.
	ReasonACAOMissing                 Reason = "acao.missing"                   // no Access-Control-Allow-Origin
	ReasonACAOMultiple                Reason = "acao.multiple"                  // more than one value
	ReasonACAOInvalid                 Reason = "acao.invalid"                   // not a serialized origin, "null" or "*"
	ReasonACAOMismatch                Reason = "acao.mismatch"                  // another origin
	ReasonACAOWildcardWithCredentials Reason = "acao.wildcard-with-credentials" // "*" while the credentials mode is include
	ReasonACACNotTrue                 Reason = "acac.not-true"                  // Access-Control-Allow-Credentials is not exactly "true"

	// The same check of the preflight's response.
	ReasonPreflightACAOMissing                 Reason = "preflight.acao.missing"
	ReasonPreflightACAOMultiple                Reason = "preflight.acao.multiple"
	ReasonPreflightACAOInvalid                 Reason = "preflight.acao.invalid"
	ReasonPreflightACAOMismatch                Reason = "preflight.acao.mismatch"
	ReasonPreflightACAOWildcardWithCredentials Reason = "preflight.acao.wildcard-with-credentials"
	ReasonPreflightACACNotTrue                 Reason = "preflight.acac.not-true"

	// The rest of the preflight.
	ReasonPreflightStatus                Reason = "preflight.status"                 // not 200 to 299
	ReasonPreflightRedirect              Reason = "preflight.redirect"               // a redirect, which a preflight never follows
	ReasonPreflightMethodsParse          Reason = "preflight.methods.parse"          // Access-Control-Allow-Methods has a member that is no token
	ReasonPreflightHeadersParse          Reason = "preflight.headers.parse"          // Access-Control-Allow-Headers has a member that is no token
	ReasonPreflightMethod                Reason = "preflight.method"                 // the method is not allowed
	ReasonPreflightHeader                Reason = "preflight.header"                 // a header is not allowed
	ReasonPreflightAuthorizationWildcard Reason = "preflight.authorization-wildcard" // "*" does not cover Authorization

	// Redirects.
	ReasonRedirectModeError         Reason = "redirect.mode-error"          // a redirect, and the redirect mode is error
	ReasonRedirectTooMany           Reason = "redirect.too-many"            // more than 20
	ReasonRedirectLocation          Reason = "redirect.location"            // a Location that cannot be parsed
	ReasonRedirectScheme            Reason = "redirect.scheme"              // to a URL that is neither HTTP nor HTTPS
	ReasonRedirectUserinfo          Reason = "redirect.userinfo"            // to a URL with a user name or password
	ReasonRedirectBodyNotReplayable Reason = "redirect.body-not-replayable" // the streamed body would have to be sent again

	// Other policies that stop a request or hide a response.
	ReasonPortBlocked            Reason = "port.blocked"              // a port that belongs to another protocol
	ReasonMixedContent           Reason = "mixed-content"             // plain HTTP from an https page
	ReasonCORPBlocked            Reason = "corp.blocked"              // Cross-Origin-Resource-Policy, for a response without CORS
	ReasonNosniff                Reason = "nosniff"                   // X-Content-Type-Options, for a script or style
	ReasonMIMEBlocked            Reason = "mime"                      // a script that is declared to be a picture or the like
	ReasonLNAInsecureClient      Reason = "lna.insecure-client"       // Local Network Access from a page that is no secure context
	ReasonLNATargetSpaceMismatch Reason = "lna.target-space-mismatch" // the address is not of the space that was declared
	ReasonLNAPermissionDenied    Reason = "lna.permission-denied"     // the user has not permitted it
	ReasonKeepaliveTooLarge      Reason = "keepalive.too-large"       // more than 64 KiB
	ReasonLoginAwaited           Reason = "login.awaited"             // Chromium and Firefox: a login dialog, which nobody answers

	// What the call itself got wrong.
	ReasonURLInvalid      Reason = "url.invalid"      // the URL cannot be parsed
	ReasonURLUserinfo     Reason = "url.userinfo"     // the URL carries a user name or password
	ReasonMethodInvalid   Reason = "method.invalid"   // the method is not a token
	ReasonMethodForbidden Reason = "method.forbidden" // CONNECT, TRACE or TRACK
	ReasonHeaderInvalid   Reason = "header.invalid"   // a header's name or value is not one
	ReasonInitBody        Reason = "init.body"        // a body with GET or HEAD
	ReasonInitMode        Reason = "init.mode"        // an unknown mode, credentials, redirect or cache mode, referrer policy or address space

	ReasonInitStream Reason = "init.stream" // WebKit only: a streamed body
	ReasonInitCache  Reason = "init.cache"  // cache mode only-if-cached without mode same-origin

	// Not CORS.
	ReasonNetworkFailed    Reason = "network.failed"       // no response: DNS, TLS, refused, reset, deadline
	ReasonStreamHTTP1      Reason = "network.stream-http1" // a streamed body, and the server speaks HTTP/1
	ReasonWebSocketRefused Reason = "websocket.refused"    // the server does not accept the WebSocket
	ReasonNotCached        Reason = "network.not-cached"   // cache mode only-if-cached, and nothing is
)

// Kind returns which of the three ways of failing the reason belongs to.
func (r Reason) Kind() Kind {
	switch r {
	case ReasonNetworkFailed, ReasonStreamHTTP1, ReasonNotCached, ReasonWebSocketRefused:
		return KindNetwork
	case ReasonURLInvalid, ReasonURLUserinfo, ReasonMethodInvalid, ReasonMethodForbidden,
		ReasonHeaderInvalid, ReasonInitBody, ReasonInitMode, ReasonInitStream, ReasonInitCache, ReasonModeNoCORSMethod:
		return KindMisuse
	}
	return KindBlocked
}
