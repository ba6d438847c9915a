package browser

import (
	"slices"
	"strings"

	"crossorigin.dev/internal/fetchspec"
)

// isSafelistedHint reports whether a header is a client hint with a value such
// as a browser would send itself, or Intervention, all of which Chromium lets
// pass without a preflight.
// https://wicg.github.io/responsive-image-client-hints/
func isSafelistedHint(h Field) bool {
	if len(h.Value) > 128 {
		return false
	}
	switch fetchspec.Lower(h.Name) {
	case "device-memory", "downlink", "dpr":
		whole, fraction, ok := strings.Cut(h.Value, ".")
		return isDigits(whole) && (!ok || isDigits(fraction))
	case "rtt", "viewport-width", "width":
		return isDigits(h.Value)
	case "ect":
		return slices.Contains([]string{"slow-2g", "2g", "3g", "4g"}, h.Value)
	case "save-data":
		return fetchspec.EqualFold(h.Value, "on")
	case "intervention":
		return true
	}
	return false
}

// isClientHint reports whether a header is one that Chromium sends itself, if
// the page's origin wants it. It takes them from a request that a redirect leads
// to another origin than the page's.
func isClientHint(name string) bool {
	switch fetchspec.Lower(name) {
	case "device-memory", "downlink", "dpr", "ect", "rtt", "viewport-width", "width":
		return true
	}
	return false
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
