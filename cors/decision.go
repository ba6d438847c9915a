package cors

import (
	"log/slog"
	"net/http"
)

// A Kind is what CORS makes of a request.
type Kind string

const (
	// KindOther has no Origin header, and is no concern of CORS. Beware that a
	// page's GET of its own origin is such a request, and that a request from
	// elsewhere is too if the page asked in mode no-cors.
	KindOther Kind = "other"
	// KindActual has an Origin header: https://fetch.spec.whatwg.org/#cors-request.
	// A page's POST to its own origin has one as well.
	KindActual Kind = "actual"
	// KindPreflight has the method OPTIONS, an Origin and an
	// Access-Control-Request-Method: https://fetch.spec.whatwg.org/#cors-preflight-request.
	KindPreflight Kind = "preflight"
)

// A Reason is a stable code for why a request was granted nothing. The constants
// are named after their codes: method.not-allowed is ReasonMethodNotAllowed.
type Reason string

const (
	ReasonRouteNone   Reason = "route.none"   // no route matches, or the zero Middleware
	ReasonRouteHidden Reason = "route.hidden" // the path hides dots behind an encoded slash; see NewRoutes

	ReasonOriginNotAllowed Reason = "origin.not-allowed" // neither Origins nor AllowOrigin allows it
	ReasonOriginNull       Reason = "origin.null"        // it is "null", and UnsafeNullOrigin is not set
	ReasonOriginMalformed  Reason = "origin.malformed"   // it is nothing that a browser sends
	ReasonOriginMultiple   Reason = "origin.multiple"    // there are several Origin headers
	ReasonOriginMissing    Reason = "origin.missing"     // Enforce stopped it: the browser says that it is cross-origin, but not from where

	// Of preflights alone.
	ReasonMethodNotAllowed Reason = "method.not-allowed" // the method asked for is not in Methods
	ReasonMethodMalformed  Reason = "method.malformed"   // Access-Control-Request-Method is not one method, or has more than 256 bytes
	ReasonHeaderNotAllowed Reason = "header.not-allowed" // a header asked for is not in RequestHeaders
	ReasonHeaderMalformed  Reason = "header.malformed"   // Access-Control-Request-Headers is not a list of names
	ReasonHeadersTooLong   Reason = "headers.too-long"   // it is longer than an honest one could be
)

// A Decision is what a Middleware decided about a request, and why. Strings that
// come from the request may be long, and may be anything.
type Decision struct {
	Kind  Kind
	Route string // the pattern of the route; empty if none matches

	// Origin is the Origin header, the first one if there are several, and empty
	// if there is none.
	Origin string

	// Allowed reports whether the response got the headers that let the browser
	// go on. It is false for KindOther.
	Allowed bool

	// Reason is empty if Allowed, and for KindOther unless Stopped.
	Reason Reason

	// Method is the method of the request, or the one that a preflight asks for.
	Method string

	// Headers is the lines of Access-Control-Request-Headers of a preflight, as
	// they were sent. They are the request's own, and not to be changed.
	Headers []string

	// Stopped reports whether Enforce kept the request from the handler.
	Stopped bool
}

// Log returns an observer for [Middleware.Observe] that writes decisions to
// logger: what is refused at level Info, what is granted at level Debug, and
// requests that are no concern of CORS not at all. What comes from the request
// is cut to 256 bytes each.
func Log(logger *slog.Logger) func(*http.Request, Decision) {
	return func(r *http.Request, d Decision) {
		level := slog.LevelInfo
		message := "cors: refused"
		switch {
		case d.Allowed:
			level, message = slog.LevelDebug, "cors: granted"
		case d.Stopped:
			message = "cors: stopped"
		case d.Kind == KindOther:
			return
		}
		if !logger.Enabled(r.Context(), level) {
			return
		}
		attributes := []slog.Attr{
			slog.String("kind", string(d.Kind)),
			slog.String("origin", cut(d.Origin)),
			slog.String("method", cut(d.Method)),
			slog.String("host", cut(r.Host)),
			slog.String("path", cut(r.URL.Path)),
		}
		if d.Reason != "" {
			attributes = append(attributes, slog.String("reason", string(d.Reason)))
		}
		if d.Route != "" {
			attributes = append(attributes, slog.String("route", d.Route))
		}
		if len(d.Headers) > 0 {
			attributes = append(attributes, slog.String("headers", cut(d.Headers[0])))
		}
		logger.LogAttrs(r.Context(), level, message, attributes...)
	}
}

func cut(s string) string {
	const most = 256
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
