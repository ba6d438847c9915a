package browser

import (
	"strings"
	"unicode/utf8"
)

// A wording is what the browsers say for one reason. Words in braces are
// filled in from the trace: {value} is the offending header's value.
type wording struct {
	// corsError is Chromium's code, as its developer tools and the DevTools
	// protocol give it, and parameter what goes with it.
	corsError, parameter string
	chromium             string // after the frame that names URL and origin
	firefox              string // the reason, with what follows it
	webkit               string // [C]: from its source
}

const (
	haveServerSend = " Have the server send the header with a valid value."
	xhrCredentials = "{xhr}" // what Chromium adds for an XMLHttpRequest

	chromiumMissing     = "No 'Access-Control-Allow-Origin' header is present on the requested resource."
	chromiumMultiple    = "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', but only one is allowed." + haveServerSend
	chromiumInvalid     = "The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'." + haveServerSend
	chromiumMismatch    = "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the supplied origin." + haveServerSend
	chromiumWildcard    = "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'." + xhrCredentials
	chromiumCredentials = "The value of the 'Access-Control-Allow-Credentials' header in the response is '{value}' which must be 'true' when the request's credentials mode is 'include'." + xhrCredentials
	chromiumPreflight   = "Response to preflight request doesn't pass access control check: "

	firefoxMissing     = "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: {status}."
	firefoxMismatch    = "CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’)."
	firefoxMultiple    = "{multiple}"
	firefoxWildcard    = "Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’)."
	firefoxCredentials = "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’)."
	firefoxStatus      = "CORS preflight response did not succeed). Status code: {status}."

	webkitNotAllowed  = "Origin {sent} is not allowed by Access-Control-Allow-Origin. Status code: {status}"
	webkitMultiple    = "Access-Control-Allow-Origin cannot contain more than one origin."
	webkitWildcard    = "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true."
	webkitCredentials = `Credentials flag is true, but Access-Control-Allow-Credentials is not "true".`
	webkitRedirect    = "Cross-origin redirection to {next} denied by Cross-Origin Resource Sharing policy: "
	webkitScheme      = webkitRedirect + "not allowed to follow a cross-origin CORS redirection with non CORS scheme"
	webkitStatus      = "Preflight response is not successful. Status code: {status}"
)

// wordings has a row for each reason that the browsers explain.
var wordings = map[Reason]wording{
	ReasonACAOMissing:                 {"MissingAllowOriginHeader", "", chromiumMissing, firefoxMissing, webkitNotAllowed},
	ReasonACAOMultiple:                {"MultipleAllowOriginValues", "{value}", chromiumMultiple, firefoxMultiple, webkitMultiple},
	ReasonACAOInvalid:                 {"InvalidAllowOriginValue", "{value}", chromiumInvalid, firefoxMismatch, webkitNotAllowed},
	ReasonACAOMismatch:                {"AllowOriginMismatch", "{value}", chromiumMismatch, firefoxMismatch, webkitNotAllowed},
	ReasonACAOWildcardWithCredentials: {"WildcardOriginNotAllowed", "", chromiumWildcard, firefoxWildcard, webkitWildcard},
	ReasonACACNotTrue:                 {"InvalidAllowCredentials", "{value}", chromiumCredentials, firefoxCredentials, webkitCredentials},

	ReasonPreflightACAOMissing:                 {"PreflightMissingAllowOriginHeader", "", chromiumPreflight + chromiumMissing, firefoxMissing, webkitNotAllowed},
	ReasonPreflightACAOMultiple:                {"PreflightMultipleAllowOriginValues", "{value}", chromiumPreflight + chromiumMultiple, firefoxMultiple, webkitMultiple},
	ReasonPreflightACAOInvalid:                 {"PreflightInvalidAllowOriginValue", "{value}", chromiumPreflight + chromiumInvalid, firefoxMismatch, webkitNotAllowed},
	ReasonPreflightACAOMismatch:                {"PreflightAllowOriginMismatch", "{value}", chromiumPreflight + chromiumMismatch, firefoxMismatch, webkitNotAllowed},
	ReasonPreflightACAOWildcardWithCredentials: {"PreflightWildcardOriginNotAllowed", "", chromiumPreflight + chromiumWildcard, firefoxWildcard, webkitWildcard},
	ReasonPreflightACACNotTrue:                 {"PreflightInvalidAllowCredentials", "{value}", chromiumPreflight + chromiumCredentials, firefoxCredentials, webkitCredentials},

	ReasonPreflightStatus: {"PreflightInvalidStatus", "", chromiumPreflight + "It does not have HTTP ok status.", firefoxStatus, webkitStatus},
	ReasonPreflightRedirect: {"PreflightDisallowedRedirect", "", chromiumPreflight + "Redirect is not allowed for a preflight request.",
		"CORS request external redirect not allowed).\n" + firefoxStatus, webkitStatus},
	ReasonPreflightMethodsParse: {"InvalidAllowMethodsPreflightResponse", "",
		"Cannot parse Access-Control-Allow-Methods response header field in preflight response.",
		"invalid token ‘{bad}’ in CORS header ‘Access-Control-Allow-Methods’).",
		"Header Access-Control-Allow-Methods has an invalid value: {latin1}"},
	ReasonPreflightHeadersParse: {"InvalidAllowHeadersPreflightResponse", "",
		"Cannot parse Access-Control-Allow-Headers response header field in preflight response.",
		"invalid token ‘{bad}’ in CORS header ‘Access-Control-Allow-Headers’).",
		"Header Access-Control-Allow-Headers has an invalid value: {latin1}"},
	ReasonPreflightMethod: {"MethodDisallowedByPreflightResponse", "{method}",
		"Method {method} is not allowed by Access-Control-Allow-Methods in preflight response.",
		"Did not find method in CORS header ‘Access-Control-Allow-Methods’).",
		"Method {method} is not allowed by Access-Control-Allow-Methods."},
	ReasonPreflightHeader: {"HeaderDisallowedByPreflightResponse", "{header}",
		"Request header field {header} is not allowed by Access-Control-Allow-Headers in preflight response.",
		"header ‘{header}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response).",
		"Request header field {header} is not allowed by Access-Control-Allow-Headers."},
	ReasonRedirectUserinfo: {"RedirectContainsCredentials", "",
		"Redirect location '' contains a username and password, which is disallowed for cross-origin requests.",
		"", webkitRedirect + "redirection URL {written} has credentials"},
	ReasonCORPBlocked:      {webkit: "Cancelled load to {url} because it violates the resource's Cross-Origin-Resource-Policy response header."},
	ReasonRedirectScheme:   {webkit: webkitScheme},
	ReasonRedirectLocation: {webkit: webkitScheme},
	ReasonMixedContent:     {webkit: "[blocked] The page at {page} requested insecure content from {whole}. This content was blocked and must{served}"},
	ReasonLNAInsecureClient: {"InsecureLocalNetwork", "",
		"The request client is not a secure context and the resource is in more-private address space `{target}`.", "", ""},
	ReasonLNATargetSpaceMismatch: {"InvalidLocalNetworkAccess", "",
		"Request had a target IP address space of `{declared}` yet the resource is in address space `{target}`.", "", ""},
	ReasonLNAPermissionDenied: {"LocalNetworkAccessPermissionDenied", "",
		"Permission was denied for this request to access the `{target}` address space.", "", ""},
}

// chromiumPlain are Chromium's lines that do not speak of CORS.
var chromiumPlain = map[Reason]string{
	ReasonModeSameOrigin:     `Fetch API cannot load {url}. Request mode is "same-origin" but the URL's origin is not same as the request origin {origin}.`,
	ReasonModeNoCORSRedirect: `Fetch API cannot load {url}. Request mode is "no-cors" but the redirect mode is not "follow".`,
	ReasonSchemeNotSupported: `Fetch API cannot load {url}. URL scheme "{scheme}" is not supported.`,
	ReasonMixedContent: "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure resource '{url}'. " +
		"This request has been blocked; the content must be served over HTTPS.",
}

// chromiumNet are the net:: errors with which Chromium says that a resource
// failed to load.
var chromiumNet = map[Reason]string{
	ReasonRedirectScheme:    "ERR_UNSAFE_REDIRECT",
	ReasonRedirectModeError: "ERR_FAILED",
	ReasonRedirectTooMany:   "ERR_TOO_MANY_REDIRECTS",
	ReasonRedirectLocation:  "{location-error}",
	ReasonCORPBlocked:       "ERR_BLOCKED_BY_RESPONSE.{corp}",
	ReasonPortBlocked:       "ERR_UNSAFE_PORT",
	ReasonStreamHTTP1:       "ERR_ALPN_NEGOTIATION_FAILED",
	ReasonBlobMethod:        "ERR_METHOD_NOT_SUPPORTED",
	ReasonNetworkFailed:     "{net}",
	ReasonNotCached:         "ERR_CACHE_MISS",

	ReasonRedirectBodyNotReplayable: "ERR_INVALID_ARGUMENT",
}

var chromiumCauses = map[string]string{
	causeRefused: "ERR_CONNECTION_REFUSED", causeDNS: "ERR_NAME_NOT_RESOLVED", causeTimeout: "ERR_TIMED_OUT",
	causeCertificateAuthority: "ERR_CERT_AUTHORITY_INVALID", causeCertificateName: "ERR_CERT_COMMON_NAME_INVALID",
	causeCertificate: "ERR_CERT_INVALID", causeNoTLS: "ERR_SSL_PROTOCOL_ERROR", causeClosed: "ERR_EMPTY_RESPONSE",
	causeCancelled: "ERR_ABORTED", causeProxyStatus: "ERR_UNEXPECTED_PROXY_AUTH", causeContent: "ERR_INVALID_URL",
	causeObject: "ERR_FILE_NOT_FOUND", causeHeldBack: "ERR_BLOCKED_BY_ORB", causeRange: "ERR_REQUEST_RANGE_NOT_SATISFIABLE",
}

// Console returns what the developer tools of a browser print for the failure,
// several lines parted by line feeds. It is empty where that browser prints
// nothing or allows what happened. For Spec it is the verdict's sentence, since
// the standard prescribes no words.
//
// Chromium's words were measured, and Firefox's but for those about a list that
// cannot be parsed; WebKit's are from its source.
func (e *Error) Console(p Profile) string { return e.Trace.Console(p) }

// Console returns what a browser prints for the failure that the trace ends
// in; see [Error.Console]. It is empty if the fetch did not fail.
func (t *Trace) Console(p Profile) string {
	switch t.Verdict.Outcome {
	case OutcomeAllowed, OutcomeOpaque, OutcomeMisuse, "":
		return ""
	}
	w := wordings[t.Verdict.Reason]
	switch p {
	case Chromium:
		return t.chromiumConsole(w)
	case Firefox:
		if w.firefox == "" {
			return ""
		}
		const frame = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. (Reason: "
		return decodeUTF8(t.fill(frame + strings.ReplaceAll(w.firefox, "\n", "\n"+frame)))
	case WebKit:
		text := w.webkit
		if t.Verdict.Reason == ReasonModeSameOrigin && t.URL != t.lastURL() {
			text = "Unsafe attempt to load URL {whole} from origin {origin}. Domains, protocols and ports must match."
		}
		if t.Verdict.Reason == ReasonRedirectScheme && t.Mode == ModeSameOrigin {
			text = "Unsafe attempt to load URL {next} from origin {origin}. Domains, protocols and ports must match."
		}
		if t.unsaidByWebKit() {
			text = ""
		}
		if text == "" {
			return ""
		}
		if line := t.failureInput("access-control-allow-origin"); text == webkitMultiple && !strings.Contains(line, ",") {
			text = webkitNotAllowed
		}
		if t.redirectRefused() {
			text = webkitRedirect + text
		}
		return t.fill(text + "\n{api} cannot load {url} due to access control checks.")
	}
	return t.Verdict.Message
}

func (t *Trace) chromiumConsole(w wording) string {
	const failed = "Failed to load resource: net::"
	switch reason := t.Verdict.Reason; {
	case reason == ReasonRedirectUserinfo && t.ownRedirect():
		return "" // measured: nothing
	case w.chromium != "":
		return t.fill("Access to {initiator} at '{url}'{from} from origin '{origin}' has been blocked by CORS policy: " + w.chromium + "\n" + failed + "ERR_FAILED")
	case chromiumPlain[reason] != "":
		return t.fill(chromiumPlain[reason])
	case t.heldBack():
		return failed + chromiumCauses[causeHeldBack]
	case chromiumNet[reason] != "":
		return t.fill(failed + chromiumNet[reason])
	}
	return ""
}

// CORSError returns Chromium's code for the failure, such as
// "MissingAllowOriginHeader", and the parameter that goes with it. The code is
// empty if Chromium takes it for something else than CORS.
func (e *Error) CORSError() (code, parameter string) {
	w := wordings[e.Reason]
	if e.Reason == ReasonRedirectUserinfo && e.Trace.ownRedirect() {
		return "", "" // measured: no CORS error
	}
	if e.Reason == ReasonModeSameOrigin {
		w.corsError = "DisallowedByMode"
	}
	if e.Reason == ReasonModeNoCORSRedirect {
		w.corsError = "NoCorsRedirectModeNotFollow"
	}
	if parameter = e.Trace.fill(w.parameter); !utf8.ValidString(parameter) {
		parameter = "" // measured: allow-origin-other-bytes
	}
	return w.corsError, parameter
}

// ScriptError returns the exception that the page's script gets, which tells
// nothing, as a browser turns it into text. For a call that is wrong in itself
// (KindMisuse) only some of the browsers' texts are known; for the others, and
// for Spec, it is a TypeError with the verdict's sentence.
func (e *Error) ScriptError(p Profile) string {
	p = p.orSpec()
	if text, ok := misuseTexts[e.Reason]; ok && text[p] != "" {
		return e.Trace.fill(text[p])
	}
	if text := failureTexts[p]; text != "" && e.Kind != KindMisuse {
		return text
	}
	return "TypeError: " + e.message
}

var failureTexts = perProfile[string]{
	Chromium: "TypeError: Failed to fetch",
	Firefox:  "TypeError: NetworkError when attempting to fetch resource.",
	WebKit:   "TypeError: Load failed",
}

var misuseTexts = map[Reason]perProfile[string]{
	ReasonURLUserinfo: {
		Chromium: "TypeError: Failed to execute 'fetch' on 'Window': Request cannot be constructed from a URL that includes credentials: {url}",
		Firefox:  "TypeError: Window.fetch: {url} is an url with embedded credentials.",
		WebKit:   "TypeError: URL is not valid or contains user credentials.",
	},
	ReasonModeNoCORSMethod: {
		Chromium: "TypeError: Failed to execute 'fetch' on 'Window': '{method}' is unsupported in no-cors mode.",
		Firefox:  "TypeError: Window.fetch: Invalid request method {method}.",
	},
	ReasonInitStream: {WebKit: "NotSupportedError: ReadableStream uploading is not supported"},
}
