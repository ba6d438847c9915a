package cors

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// allowsOrigin is given the values of Origin, of which there is at least one.
// The result is empty if the origin is allowed. It does not tell a malformed
// origin from one that is well-formed but not allowed; see originProblem.
func (p *policy) allowsOrigin(r *http.Request, values []string) Reason {
	if len(values) != 1 {
		return ReasonOriginMultiple // never guessed at, though one of them may be allowed
	}
	value := values[0]
	switch {
	case p.anyone:
		if wellFormed(value) {
			return ""
		}
		return ReasonOriginMalformed
	case p.origins.Contains(value):
		return ""
	case value == "null":
		if p.null {
			return ""
		}
		return ReasonOriginNull
	case p.allowOrigin != nil:
		o, err := origin.Parse(value)
		if err != nil {
			return ReasonOriginMalformed
		}
		if p.allowOrigin(r, o) {
			return ""
		}
	}
	return p.notAllowed
}

// wellFormed reports whether a browser could have sent value as an Origin. Web
// views on Android send file:// where the standard has null.
func wellFormed(value string) bool {
	if value == "file://" {
		return true
	}
	_, err := origin.Parse(value)
	return err == nil
}

// originProblem makes a reason more exact, for those who want to know.
func originProblem(reason Reason, values []string) Reason {
	if reason == ReasonOriginNotAllowed && !wellFormed(values[0]) {
		return ReasonOriginMalformed
	}
	return reason
}

// methods is the methods allowed beyond the safelisted ones.
type methods struct {
	any     bool
	allowed map[string]struct{}
}

const maxMethod = 256 // bytes; net/http sets no limit of its own

// allows is given the values of Access-Control-Request-Method, of which there
// is at least one.
func (m *methods) allows(values []string) Reason {
	// The grammar is one method, not a list of them:
	// https://fetch.spec.whatwg.org/#http-new-header-syntax
	if len(values) != 1 || len(values[0]) > maxMethod || !fetchspec.IsToken(values[0]) {
		return ReasonMethodMalformed
	}
	method := values[0]
	// A safelisted method is asked for when a script listens for the progress of
	// an upload or streams the body, and is allowed whatever the answer says:
	// https://fetch.spec.whatwg.org/#cors-preflight-fetch, step 7.
	if m.any || fetchspec.IsSafelistedMethod(method) {
		return ""
	}
	if _, ok := m.allowed[method]; ok {
		return ""
	}
	return ReasonMethodNotAllowed
}

// requestHeaders is the request headers allowed beyond the safelisted ones.
type requestHeaders struct {
	any           bool
	authorization bool                // beside any
	names         map[string]struct{} // in lower case
	few           []string            // the same, if they are so few that comparing is faster
	maxName       int                 // the longest name
	maxLines      int                 // of Access-Control-Request-Headers; of empty elements in them too
	maxSize       int                 // of all those lines, in bytes
}

// Browsers send one line, in lower case, sorted, without spaces and without
// repetition. Proxies and gateways split it, join it, space it and leave empty
// elements behind. These limits allow for that, and for a page that asks for more
// than is allowed, so that it is told so.
const (
	slackLines = 16   // lines, and empty elements, beyond one for each name
	slackBytes = 512  // beyond twice the size of all names
	anyLines   = 64   // where every header is allowed
	anyBytes   = 4096 // likewise
	fewNames   = 16
)

func (h *requestHeaders) setLimits() {
	if h.any {
		h.maxLines, h.maxSize, h.maxName = anyLines, anyBytes, anyBytes
		return
	}
	h.maxLines = len(h.names) + slackLines
	h.maxSize = slackBytes
	if len(h.names) <= fewNames {
		h.few = slices.Sorted(maps.Keys(h.names))
	}
	for name := range h.names {
		h.maxSize += 2 * (len(name) + len(", "))
		h.maxName = max(h.maxName, len(name))
	}
}

// allows is given the values of Access-Control-Request-Headers, if any. It reads
// no more of them than the limits allow, once, and allocates nothing. It does not
// tell what is no name from a name that is not allowed; see problem.
func (h *requestHeaders) allows(lines []string) Reason {
	if len(lines) > h.maxLines {
		return ReasonHeadersTooLong
	}
	size := 0
	for _, line := range lines {
		if size += len(line); size > h.maxSize {
			return ReasonHeadersTooLong
		}
	}
	empty := 0
	for _, line := range lines {
		for start := 0; start <= len(line); {
			end := strings.IndexByte(line[start:], ',') + start
			if end < start {
				end = len(line)
			}
			switch name := trim(line[start:end]); {
			case name == "":
				if empty++; empty > h.maxLines {
					return ReasonHeadersTooLong
				}
			case !h.allowsName(name):
				return ReasonHeaderNotAllowed
			}
			start = end + 1
		}
	}
	return ""
}

// problem makes a reason more exact, for those who want to know.
func (h *requestHeaders) problem(reason Reason, lines []string) Reason {
	if reason != ReasonHeaderNotAllowed {
		return reason
	}
	for _, line := range lines {
		for name := range strings.SplitSeq(line, ",") {
			name = trim(name)
			if name != "" && !h.allowsName(name) && !fetchspec.IsToken(name) {
				return ReasonHeaderMalformed
			}
		}
	}
	return reason
}

// trim strips optional whitespace, https://httpwg.org/specs/rfc9110.html#whitespace.
func trim(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

func (h *requestHeaders) allowsName(name string) bool {
	if h.any {
		// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
		return fetchspec.IsToken(name) && (h.authorization || !fetchspec.IsNonWildcardRequestHeaderName(name))
	}
	if len(name) > h.maxName {
		return false
	}
	if h.few != nil {
		for _, few := range h.few {
			if few == name { // as browsers send it
				return true
			}
		}
		return slices.ContainsFunc(h.few, func(few string) bool { return fetchspec.EqualFold(few, name) })
	}
	if _, ok := h.names[name]; ok {
		return true
	}
	var buffer [128]byte // longer names are possible, and cost an allocation
	lower := buffer[:0]
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower = append(lower, c)
	}
	_, ok := h.names[string(lower)]
	return ok
}
