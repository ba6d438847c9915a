package diagnose

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"crossorigin.dev/browser"
)

// A Message is what a browser's console says of a request that failed. What it
// does not say is empty.
type Message struct {
	Browser browser.Profile
	Reason  browser.Reason
	// Ambiguous says that this browser has the same words for other reasons
	// too, and which.
	Ambiguous string
	Line      string // of the text that was understood
	URL       string // of the request, as redirected
	First     string // before it was redirected
	Origin    string // of the page
	Method    string
	Header    string // that was not allowed
	Value     string // of the header field that was wrong
	Status    int
	Space     string // the address space of the server
	Declared  string // the one that was declared
	XHR       bool   // an XMLHttpRequest rather than a fetch()
}

// What stands for what a message does not say.
const (
	UnknownOrigin = "https://your-page.example"
	UnknownURL    = "https://api.example/"
	unknownMethod = "METHOD"
)

// MaxConsole bounds what ParseConsole reads, in bytes.
const MaxConsole = 1 << 20

// A wording recognizes a sentence of a console. The groups of its pattern are
// named after the fields of Message.
type wording struct {
	browser   browser.Profile
	pattern   *regexp.Regexp
	reason    browser.Reason
	ambiguous string
}

func says(p browser.Profile, reason browser.Reason, pattern string, ambiguous ...string) wording {
	return wording{p, regexp.MustCompile(pattern), reason, strings.Join(ambiguous, "")}
}

const (
	chromiumFrame = `Access to (?P<api>\S+) at '(?P<url>[^']*)' (?:\(redirected from '(?P<first>[^']*)'\) )?from origin '(?P<origin>[^']*)' has been blocked by CORS policy: `
	preflightText = `Response to preflight request doesn't pass access control check: `
	firefoxFrame  = `Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at (?P<url>\S+)\. \(Reason: `
	firefoxStatus = `[^)]*\)\.(?: Status code: (?P<status>\d+|\(null\)))?`
	q             = `[‘’'"“”]`
	eitherAnswer  = "Firefox has the same words for the preflight's answer and for the request's."
	preflightSaid = "Firefox has the same words for the preflight's answer and for the request's; the line that says that the request did not succeed mostly goes with a preflight."
	webkitOrigin  = "Safari has the same words for a missing header, one that names another origin, and one that is no origin, and for a preflight."
)

// wordings are in the order in which they are tried.
var wordings = []wording{
	// Chromium, as measured with 156.
	says(browser.Chromium, browser.ReasonPreflightACAOMissing, chromiumFrame+preflightText+`No 'Access-Control-Allow-Origin' header is present`),
	says(browser.Chromium, browser.ReasonPreflightACAOMultiple, chromiumFrame+preflightText+`The 'Access-Control-Allow-Origin' header contains multiple values '(?P<value>[^']*)'`),
	says(browser.Chromium, browser.ReasonPreflightACAOInvalid, chromiumFrame+preflightText+`The 'Access-Control-Allow-Origin' header contains the invalid value '(?P<value>[^']*)'`),
	says(browser.Chromium, browser.ReasonPreflightACAOMismatch, chromiumFrame+preflightText+`The 'Access-Control-Allow-Origin' header has a value '(?P<value>[^']*)' that is not equal`),
	says(browser.Chromium, browser.ReasonPreflightACAOWildcardWithCredentials, chromiumFrame+preflightText+`The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard`),
	says(browser.Chromium, browser.ReasonPreflightACACNotTrue, chromiumFrame+preflightText+`The value of the 'Access-Control-Allow-Credentials' header in the response is '(?P<value>[^']*)'`),
	says(browser.Chromium, browser.ReasonPreflightStatus, chromiumFrame+preflightText+`It does not have HTTP ok status`),
	says(browser.Chromium, browser.ReasonPreflightRedirect, chromiumFrame+preflightText+`Redirect is not allowed for a preflight request`),
	says(browser.Chromium, browser.ReasonACAOMissing, chromiumFrame+`No 'Access-Control-Allow-Origin' header is present`),
	says(browser.Chromium, browser.ReasonACAOMultiple, chromiumFrame+`The 'Access-Control-Allow-Origin' header contains multiple values '(?P<value>[^']*)'`),
	says(browser.Chromium, browser.ReasonACAOInvalid, chromiumFrame+`The 'Access-Control-Allow-Origin' header contains the invalid value '(?P<value>[^']*)'`),
	says(browser.Chromium, browser.ReasonACAOMismatch, chromiumFrame+`The 'Access-Control-Allow-Origin' header has a value '(?P<value>[^']*)' that is not equal`),
	says(browser.Chromium, browser.ReasonACAOWildcardWithCredentials, chromiumFrame+`The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard`),
	says(browser.Chromium, browser.ReasonACACNotTrue, chromiumFrame+`The value of the 'Access-Control-Allow-Credentials' header in the response is '(?P<value>[^']*)'`),
	says(browser.Chromium, browser.ReasonPreflightMethodsParse, chromiumFrame+`Cannot parse Access-Control-Allow-Methods`),
	says(browser.Chromium, browser.ReasonPreflightHeadersParse, chromiumFrame+`Cannot parse Access-Control-Allow-Headers`),
	says(browser.Chromium, browser.ReasonPreflightMethod, chromiumFrame+`Method (?P<method>\S+) is not allowed by`),
	says(browser.Chromium, browser.ReasonPreflightHeader, chromiumFrame+`Request header field (?P<header>\S+) is not allowed by`),
	says(browser.Chromium, browser.ReasonRedirectUserinfo, chromiumFrame+`Redirect location '(?P<value>[^']*)' contains a username and password`),
	says(browser.Chromium, browser.ReasonLNAInsecureClient, chromiumFrame+"The request client is not a secure context and the resource is in more-private address space `(?P<space>[a-z]+)`"),
	says(browser.Chromium, browser.ReasonLNATargetSpaceMismatch, chromiumFrame+"Request had a target IP address space of `(?P<declared>[a-z]+)` yet the resource is in address space `(?P<space>[a-z]+)`"),
	says(browser.Chromium, browser.ReasonLNAPermissionDenied, chromiumFrame+"Permission was denied for this request to access the `(?P<space>[a-z]+)` address space"),
	says(browser.Chromium, browser.ReasonSchemeNotSupported, chromiumFrame+`Cross origin requests are only supported for protocol schemes`),
	says(browser.Chromium, browser.ReasonModeSameOrigin, `Fetch API cannot load (?P<url>\S+)\. Request mode is "same-origin" but the URL's origin is not same as the request origin (?P<origin>\S+?)\.?$`),
	says(browser.Chromium, browser.ReasonModeNoCORSRedirect, `Fetch API cannot load (?P<url>\S+)\. Request mode is "no-cors" but the redirect mode is not "follow"`),
	says(browser.Chromium, browser.ReasonSchemeNotSupported, `Fetch API cannot load (?P<url>\S+)\. URL scheme "[^"]*" is not supported`),
	says(browser.Chromium, browser.ReasonMixedContent, `Mixed Content: The page at '(?P<page>[^']*)' was loaded over HTTPS, but requested an insecure [^']*'(?P<url>[^']*)'`),
	says(browser.Chromium, browser.ReasonModeNoCORSMethod, `Failed to execute 'fetch' on 'Window': '(?P<method>\S+)' is unsupported in no-cors mode`),

	// Firefox, as measured with 153.
	says(browser.Firefox, browser.ReasonPreflightRedirect, firefoxFrame+`CORS request external redirect not allowed`),
	says(browser.Firefox, browser.ReasonACAOMissing, firefoxFrame+`CORS header `+q+`Access-Control-Allow-Origin`+q+` missing`+firefoxStatus, eitherAnswer),
	says(browser.Firefox, browser.ReasonACAOMismatch, firefoxFrame+`CORS header `+q+`Access-Control-Allow-Origin`+q+` does not match `+q+`(?P<value>[^’'"”]*)`, eitherAnswer),
	says(browser.Firefox, browser.ReasonACAOMultiple, firefoxFrame+`Multiple CORS header `+q+`Access-Control-Allow-Origin`+q+` not allowed`, eitherAnswer),
	says(browser.Firefox, browser.ReasonACAOWildcardWithCredentials, firefoxFrame+`Credential is not supported if the CORS header`, eitherAnswer),
	says(browser.Firefox, browser.ReasonACACNotTrue, firefoxFrame+`expected `+q+`true`+q+` in CORS header `+q+`Access-Control-Allow-Credentials`, eitherAnswer),
	says(browser.Firefox, browser.ReasonPreflightMethod, firefoxFrame+`Did not find method in CORS header`),
	says(browser.Firefox, browser.ReasonPreflightHeader, firefoxFrame+`header `+q+`(?P<header>[^’'"”]*)`+q+` is not allowed according to header`),
	says(browser.Firefox, browser.ReasonPreflightHeader, firefoxFrame+`missing token `+q+`(?P<header>[^’'"”]*)`+q+` in CORS header `+q+`Access-Control-Allow-Headers`),
	says(browser.Firefox, browser.ReasonPreflightMethodsParse, firefoxFrame+`invalid token `+q+`(?P<value>[^’'"”]*)`+q+` in CORS header `+q+`Access-Control-Allow-Methods`),
	says(browser.Firefox, browser.ReasonPreflightHeadersParse, firefoxFrame+`invalid token `+q+`(?P<value>[^’'"”]*)`+q+` in CORS header `+q+`Access-Control-Allow-Headers`),
	says(browser.Firefox, browser.ReasonPreflightStatus, firefoxFrame+`CORS preflight response did not succeed`+firefoxStatus),
	says(browser.Firefox, browser.ReasonSchemeNotSupported, firefoxFrame+`CORS request not http`),
	says(browser.Firefox, browser.ReasonNetworkFailed, firefoxFrame+`CORS request did not succeed`),
	says(browser.Firefox, browser.ReasonMixedContent, `Blocked loading mixed active content `+q+`(?P<url>[^’'"”]*)`),
	says(browser.Firefox, browser.ReasonModeNoCORSMethod, `Window\.fetch: Invalid request method (?P<method>\w+)`),

	// Safari, from WebKit's source.
	says(browser.WebKit, browser.ReasonACAOMissing, `Origin (?P<origin>\S+) is not allowed by Access-Control-Allow-Origin\.(?: Status code: (?P<status>\d+))?`, webkitOrigin),
	says(browser.WebKit, browser.ReasonACAOMultiple, `Access-Control-Allow-Origin cannot contain more than one origin`),
	says(browser.WebKit, browser.ReasonACAOWildcardWithCredentials, `Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true`),
	says(browser.WebKit, browser.ReasonACACNotTrue, `Credentials flag is true, but Access-Control-Allow-Credentials is not "true"`),
	says(browser.WebKit, browser.ReasonPreflightStatus, `Preflight response is not successful\.?(?: Status code: (?P<status>\d+))?`),
	says(browser.WebKit, browser.ReasonPreflightMethodsParse, `Header Access-Control-Allow-Methods has an invalid value: (?P<value>.*)`),
	says(browser.WebKit, browser.ReasonPreflightHeadersParse, `Header Access-Control-Allow-Headers has an invalid value: (?P<value>.*)`),
	says(browser.WebKit, browser.ReasonPreflightMethod, `Method (?P<method>\S+) is not allowed by Access-Control-Allow-Methods\.$`),
	says(browser.WebKit, browser.ReasonPreflightHeader, `Request header field (?P<header>\S+) is not allowed by Access-Control-Allow-Headers\.$`),
	says(browser.WebKit, browser.ReasonModeSameOrigin, `Unsafe attempt to load URL (?P<url>\S+) from origin (?P<origin>\S+?)\. Domains, protocols and ports must match`),
	says(browser.WebKit, browser.ReasonRedirectUserinfo, `Cross-origin redirection to (?P<value>\S+) denied by Cross-Origin Resource Sharing policy: redirection URL \S+ has credentials`),
	says(browser.WebKit, browser.ReasonMixedContent, `The page at (?P<page>\S+) (?:requested|was not allowed to (?:run|display)) insecure content from (?P<url>\S+?)\.?(?: |$)`),
	says(browser.WebKit, browser.ReasonCORPBlocked, `Cancelled load to (?P<url>\S+) because it violates the resource's Cross-Origin-Resource-Policy response header`),
}

// Lines that tell what the one that was understood leaves out.
var (
	failedLine = regexp.MustCompile(`(?:^|\s)([A-Z]{3,16}) (https?://\S+) net::(ERR_\w+)`)
	webkitLine = regexp.MustCompile(`(Fetch API|XMLHttpRequest) cannot load (\S+) due to access control checks`)
	pageLine   = regexp.MustCompile(`Origin (\S+) is not allowed`)
	// Firefox writes this too if a preflight fails, as measured with 153.
	unsentLine = regexp.MustCompile(firefoxFrame + `CORS request did not succeed`)
)

// ErrConsole is what ParseConsole returns for a text in which it knows no line.
var ErrConsole = errors.New("no line of this is a message of Chromium, Firefox or Safari about CORS, in English")

// ErrTypeError is what it returns for what the script itself gets, which is the
// same whatever went wrong.
var ErrTypeError = errors.New("this is the script's exception, which is the same whatever went wrong; copy the line before it in the console, which says why")

// ParseConsole reads text from a browser's console and returns the first
// message in it that tells why a request failed.
func ParseConsole(text string) (Message, error) {
	if len(text) > MaxConsole {
		text = text[:MaxConsole]
	}
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
	joined := strings.Join(strings.Fields(text), " ") // a message that was wrapped on its way here
	for _, line := range append(lines, joined) {
		for _, w := range wordings {
			if m, ok := w.read(line); ok {
				m.complete(lines)
				return m, nil
			}
		}
	}
	for _, line := range lines {
		if m, ok := readFailed(line); ok {
			return m, nil
		}
	}
	if strings.Contains(text, "Failed to fetch") || strings.Contains(text, "NetworkError when attempting") || strings.Contains(text, "Load failed") {
		return Message{}, ErrTypeError
	}
	return Message{}, ErrConsole
}

// read returns the message in a line, if it is of that wording.
func (w *wording) read(line string) (Message, bool) {
	groups := w.pattern.FindStringSubmatch(line)
	if groups == nil {
		return Message{}, false
	}
	m := Message{Browser: w.browser, Reason: w.reason, Ambiguous: w.ambiguous, Line: strings.TrimSpace(line)}
	for i, name := range w.pattern.SubexpNames() {
		value := groups[i]
		switch name {
		case "api":
			m.XHR = value == "XMLHttpRequest"
		case "url":
			m.URL = value
		case "first":
			m.First = value
		case "origin":
			m.Origin = value
		case "page":
			m.Origin = originOfURL(value)
		case "method":
			m.Method = value
		case "header":
			m.Header = strings.ToLower(value)
		case "value":
			m.Value = value
		case "status":
			m.Status, _ = strconv.Atoi(value)
		case "space":
			m.Space = value
		case "declared":
			m.Declared = value
		}
	}
	if m.Reason == browser.ReasonACAOMismatch && m.Browser == browser.Firefox && !strings.Contains(m.Value, "://") && m.Value != "null" {
		m.Reason = browser.ReasonACAOInvalid // which Firefox does not tell apart
	}
	if m.Reason == browser.ReasonACAOMismatch && strings.ContainsAny(m.Value, ", ") {
		m.Reason = browser.ReasonACAOMultiple
	}
	return m, true
}

// complete takes from other lines what the message itself does not say.
func (m *Message) complete(lines []string) {
	for _, line := range lines {
		if f := failedLine.FindStringSubmatch(line); f != nil && m.Method == "" && (m.URL == "" || f[2] == m.URL || f[2] == m.First) {
			m.Method = f[1]
		}
		if w := webkitLine.FindStringSubmatch(line); w != nil && m.URL == "" {
			m.URL, m.XHR = w[2], w[1] == "XMLHttpRequest"
		}
		if p := pageLine.FindStringSubmatch(line); p != nil && m.Origin == "" {
			m.Origin = p[1]
		}
		if u := unsentLine.FindStringSubmatch(line); u != nil && u[1] == m.URL && m.Ambiguous == eitherAnswer {
			m.Reason, m.Ambiguous = "preflight."+m.Reason, preflightSaid
		}
	}
}

// readFailed reads Chromium's line on what is not CORS.
func readFailed(line string) (Message, bool) {
	f := failedLine.FindStringSubmatch(line)
	if f == nil || f[3] == "ERR_FAILED" {
		return Message{}, false
	}
	m := Message{Browser: browser.Chromium, Reason: browser.ReasonNetworkFailed, Line: strings.TrimSpace(line), Method: f[1], URL: f[2], Value: f[3]}
	switch f[3] {
	case "ERR_UNSAFE_PORT":
		m.Reason = browser.ReasonPortBlocked
	case "ERR_TOO_MANY_REDIRECTS":
		m.Reason = browser.ReasonRedirectTooMany
	case "ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS":
		m.Reason, m.Space = browser.ReasonLNAPermissionDenied, "local"
	}
	return m, true
}
