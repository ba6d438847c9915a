// Package run runs vectors: in the project's engine, and in real browsers. Both
// come to outcomes of one shape, which can be compared.
package run

import (
	"fmt"
	"slices"
	"strings"

	"crossorigin.dev/conformance/vector"
)

// seen is what a script saw of one step, as script.js writes it down.
type seen struct {
	Error      string   `json:"error"`
	Thrown     bool     `json:"thrown"` // rather than rejected
	Pending    bool     `json:"pending"`
	Element    string   `json:"element"`
	Type       string   `json:"type"`
	Status     int      `json:"status"`
	Length     int      `json:"length"`
	Body       string   `json:"body"` // "pending" or "fails" if it does not end well
	Headers    []string `json:"headers"`
	Redirected bool     `json:"redirected"`
	URL        string   `json:"url"`
	Timing     *bool    `json:"timing"`
}

// failures are what the browsers say to a script whose request failed, which is
// the same whatever the reason.
var failures = []string{
	"error", // of an XMLHttpRequest
	"TypeError: Failed to fetch", "TypeError: NetworkError when attempting to fetch resource.", "TypeError: Load failed",
}

// line is the form of the vectors' README.
func (s *seen) line() string {
	timing := ""
	if s.Timing != nil {
		timing = map[bool]string{true: ", timing", false: ", no timing"}[*s.Timing]
	}
	switch {
	case s.Pending:
		return "pending"
	case s.Element != "":
		return s.Element + timing
	case s.Error != "" && !s.Thrown && slices.Contains(failures, s.Error):
		return "blocked" + timing
	case s.Error != "":
		name, _, _ := strings.Cut(s.Error, ":")
		return "throws " + name
	case s.Type == "opaque" || s.Type == "opaqueredirect":
		return s.Type + timing
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d", s.Type, s.Status)
	if s.Body != "" {
		b.WriteString(", body " + s.Body)
	} else {
		fmt.Fprintf(&b, ", %d bytes", s.Length)
	}
	if len(s.Headers) > 0 {
		b.WriteString(", headers " + strings.Join(s.Headers, " "))
	}
	if s.Redirected {
		b.WriteString(", redirected to " + s.URL)
	}
	return b.String() + timing
}

// Equal reports whether two outcomes are the same.
func Equal(a, b vector.Outcome) bool {
	return slices.Equal(a.Script, b.Script) && SameReasons(a.Reasons, b.Reasons) && a.Requests == b.Requests
}

// SameReasons reports whether two lists of reasons are the same. Chromium says
// of a preflight that failed on the network what it says of its request.
func SameReasons(a, b []string) bool {
	twice := func(x, y string) bool { return x == y && strings.HasPrefix(x, "net::") }
	return slices.Equal(slices.CompactFunc(slices.Clone(a), twice), slices.CompactFunc(slices.Clone(b), twice))
}
