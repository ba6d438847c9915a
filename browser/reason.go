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

	// What the call itself got wrong.
	ReasonURLInvalid      Reason = "url.invalid"      // the URL cannot be parsed
	ReasonURLUserinfo     Reason = "url.userinfo"     // the URL carries a user name or password
	ReasonMethodInvalid   Reason = "method.invalid"   // the method is not a token
	ReasonMethodForbidden Reason = "method.forbidden" // CONNECT, TRACE or TRACK
	ReasonHeaderInvalid   Reason = "header.invalid"   // a header's name or value is not one
	ReasonInitBody        Reason = "init.body"        // a body with GET or HEAD
	ReasonInitMode        Reason = "init.mode"        // an unknown mode, credentials mode or redirect mode

	ReasonInitReferrer Reason = "init.referrer" // an unknown referrer policy

	// Not CORS.
	ReasonNetworkFailed Reason = "network.failed"         // no response: DNS, TLS, refused, reset, deadline
	ReasonBodyTooLarge  Reason = "network.body-too-large" // more than Options.MaxBody
)

// Kind returns which of the three ways of failing the reason belongs to.
func (r Reason) Kind() Kind {
	switch r {
	case ReasonNetworkFailed, ReasonBodyTooLarge:
		return KindNetwork
	case ReasonURLInvalid, ReasonURLUserinfo, ReasonMethodInvalid, ReasonMethodForbidden,
		ReasonHeaderInvalid, ReasonInitBody, ReasonInitMode, ReasonInitReferrer, ReasonModeNoCORSMethod:
		return KindMisuse
	}
	return KindBlocked
}
