package run

import (
	"errors"
	"io"
	"slices"
	"strings"

	"crossorigin.dev/browser"
)

// reasons is why a fetch of the engine failed, in the words of a profile.
func reasons(e *browser.Error, p browser.Profile) []string {
	switch p {
	case browser.Chromium:
		if reason := chromiumReason(e); reason != "" {
			return []string{reason}
		}
		return nil
	case browser.Firefox, browser.WebKit:
		return reduce(p.String(), strings.Split(e.Console(p), "\n"))
	}
	return []string{string(e.Reason)}
}

// bodyReasons is why a response's body broke off, of which only Chromium speaks.
func bodyReasons(r *browser.Response, p browser.Profile) []string {
	if p != browser.Chromium || !errors.Is(r.BodyError, io.ErrUnexpectedEOF) {
		return nil
	}
	last, _ := lastAnswer(r.Trace)
	if slices.ContainsFunc(last.Header, func(f browser.Field) bool { return strings.EqualFold(f.Name, "content-length") }) {
		return []string{"net::ERR_CONTENT_LENGTH_MISMATCH"}
	}
	return []string{"net::ERR_INCOMPLETE_CHUNKED_ENCODING"}
}

// headerDisallowed is a CorsError that names one of the headers that are not
// allowed, in the order in which Chromium's hash table happens to have them.
const headerDisallowed = "HeaderDisallowedByPreflightResponse"

// chromiumReason is what Chromium's protocol says of the failed request; nothing
// if none was begun.
func chromiumReason(e *browser.Error) string {
	switch e.Reason {
	case browser.ReasonRedirectUserinfo:
		if e.Console(browser.Chromium) == "" {
			return "origin"
		}
	case browser.ReasonRedirectScheme:
		if scheme, _, _ := strings.Cut(redirectedTo(e), ":"); slices.Contains(chromiumUnsafe, strings.ToLower(scheme)) {
			break
		}
		switch e.Trace.Mode {
		case browser.ModeNoCORS:
			return "net::ERR_UNKNOWN_URL_SCHEME"
		case browser.ModeSameOrigin:
			return "origin"
		}
		return "CorsDisabledScheme"
	case browser.ReasonModeSameOrigin:
		if steps := e.Trace.Steps; steps[len(steps)-1].Hop > 0 {
			return "origin" // after a redirect
		}
		return ""
	case browser.ReasonURLUserinfo:
		if e.Trace.Initiator != browser.InitiatorFetch.String() {
			return "origin"
		}
		return ""
	case browser.ReasonSchemeNotSupported:
		return chromiumUnsupported(e.Trace)
	case browser.ReasonModeNoCORSRedirect:
		return ""
	case browser.ReasonMixedContent:
		return "mixed-content"
	}
	if code, parameter := e.CORSError(); code == headerDisallowed {
		return code
	} else if code != "" {
		return strings.TrimSpace(code + " " + parameter)
	}
	_, failed, _ := strings.Cut(e.Console(browser.Chromium), "Failed to load resource: ")
	if policy, ok := strings.CutPrefix(failed, "net::ERR_BLOCKED_BY_RESPONSE."); ok {
		return map[string]string{
			"NotSameOrigin": "corp-not-same-origin", "NotSameSite": "corp-not-same-site",
			"NotSameOriginAfterDefaultedToSameOriginByCoep": "corp-not-same-origin-after-defaulted-to-same-origin-by-coep",
		}[policy]
	}
	return failed
}

// chromiumUnsupported is what it says of a scheme that cannot be fetched.
func chromiumUnsupported(t *browser.Trace) string {
	scheme, _, _ := strings.Cut(t.URL, ":")
	byXHR := t.Initiator == browser.InitiatorXHR.String()
	switch scheme {
	case "chrome-extension", "devtools", "file":
		if t.Mode != browser.ModeSameOrigin {
			return "other"
		}
	case "chrome", "view-source":
		if byXHR {
			return "other"
		}
	case "filesystem":
		if byXHR {
			return "net::ERR_FILE_NOT_FOUND"
		}
	case "ftp":
	default:
		if byXHR {
			return "CorsDisabledScheme"
		}
	}
	return ""
}

// chromiumUnsafe are those that Chromium lets no redirect lead to.
var chromiumUnsafe = []string{"about", "blob", "chrome", "chrome-extension", "data", "devtools", "file", "filesystem"}

// redirectedTo is the Location that failed.
func redirectedTo(e *browser.Error) string {
	for _, s := range e.Trace.Steps {
		for _, in := range s.Inputs {
			if s.Decision == browser.DecisionFail && in.Name == "location" {
				return in.Value
			}
		}
	}
	return ""
}

// reduce leaves of a console, for Chromium of its protocol's reasons, what it
// says of why requests were blocked.
func reduce(name string, console []string) []string {
	var reasons []string
	for i, message := range console {
		if name == "chromium" && !chromiumNoise(console, i) {
			if strings.HasPrefix(message, headerDisallowed) {
				message = headerDisallowed
			}
			reasons = append(reasons, message)
		}
		for line := range strings.SplitSeq(message, "\n") {
			switch name {
			case "firefox":
				if _, reason, ok := strings.Cut(line, "(Reason: "); ok && !firefoxNoise(reason) {
					reasons = append(reasons, strings.Replace(strings.TrimSuffix(reason, "."), ")", "", 1))
				}
			case "webkit":
				if webkitReason(line) {
					reasons = append(reasons, webkitHeader(strings.TrimSpace(line)))
				}
			}
		}
	}
	return reasons
}

// chromiumNoise reports whether a reason is none: Chromium lets go of the body of
// an opaque response, and says that a preflight failed beside what that does to
// its request, most often before it.
func chromiumNoise(reasons []string, i int) bool {
	redirected := func(j int) bool {
		return j >= 0 && j < len(reasons) && strings.HasPrefix(reasons[j], "PreflightDisallowedRedirect")
	}
	return reasons[i] == "net::ERR_ABORTED" ||
		reasons[i] == "net::ERR_INVALID_REDIRECT" && (redirected(i-1) || redirected(i+1))
}

// firefoxNoise reports whether a reason says no more than that the request
// failed, or that its URL was not of HTTP, which Firefox adds now and then.
func firefoxNoise(reason string) bool {
	return strings.HasPrefix(reason, "CORS request did not succeed") || strings.HasPrefix(reason, "CORS request not http")
}

// webkitHeader leaves out which header is not allowed, where a line says so: of
// several it is the first in the order that WebKit's map of headers has.
func webkitHeader(line string) string {
	const before, after = "Request header field ", " is not allowed by Access-Control-Allow-Headers."
	if strings.HasPrefix(line, before) && strings.HasSuffix(line, after) {
		return before + "…" + after
	}
	return line
}

// webkitReason reports whether a line of WebKit's console says why; it is
// followed by ones that only say what failed, or say it again.
func webkitReason(line string) bool {
	if line == "" || strings.HasSuffix(line, "due to access control checks.") ||
		strings.HasPrefix(line, "Failed to load resource: ") || strings.HasPrefix(line, "Cross-origin script load denied") ||
		line == "CORS-preflight request was blocked" { // of a forbidden port; whether it is said is a race
		return false
	}
	for _, word := range []string{
		"Access-Control", "access control", "Preflight", "Cannot use wildcard", "Credentials flag", "Cross-Origin", "Cross-origin",
		"Unsafe attempt", "not allowed to", "blocked",
	} {
		if strings.Contains(line, word) {
			return true
		}
	}
	return false
}
