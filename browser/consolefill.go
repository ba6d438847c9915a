package browser

import (
	"slices"
	"strings"
	"unicode/utf8"

	"crossorigin.dev/internal/fetchspec"
)

// fill replaces the words in braces by what the trace has.
func (t *Trace) fill(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	url, whole := t.lastURL(), t.lastWholeURL()
	initiator, api, from, xhr := "fetch", "Fetch API", "", ""
	if first, _, _ := strings.Cut(t.URL, "#"); url != first {
		from = " (redirected from '" + first + "')"
	}
	if t.Initiator == InitiatorXHR.String() {
		initiator, api = "XMLHttpRequest", "XMLHttpRequest"
		xhr = " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute."
	}
	scheme, _, _ := strings.Cut(url, ":")
	served := " be served over HTTPS."
	if l, err := parseLocation(url, nil); err == nil && l.origin.PotentiallyTrustworthy() {
		served = "" // so WebKit says of this machine
	}
	if l, err := parseLocation(whole, nil); err == nil {
		whole = l.withoutUserinfo()
	}
	pairs := []string{
		"{url}", url, "{whole}", whole, "{origin}", t.Origin, "{page}", t.Page, "{initiator}", initiator, "{api}", api,
		"{written}", t.writtenLocation(), "{served}", served, "{next}", t.next(), "{from}", from, "{xhr}", xhr, "{scheme}", scheme,
	}
	return strings.NewReplacer(append(pairs, t.failureValues()...)...).Replace(text)
}

// decodeUTF8 writes U+FFFD for what is no UTF-8, one for each maximal subpart of
// a character. https://encoding.spec.whatwg.org/#utf-8-decode
func decodeUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		for r == utf8.RuneError && n < len(s) && !utf8.FullRuneInString(s[:n+1]) {
			n++ // it goes on as a character would
		}
		b.WriteRune(r)
		s = s[n:]
	}
	return b.String()
}

// lastURL returns the URL of the hop at which the fetch ended.
func (t *Trace) lastURL() string {
	url, _, _ := strings.Cut(t.lastWholeURL(), "#")
	return url
}

// lastWholeURL is lastURL with the fragment.
func (t *Trace) lastWholeURL() string {
	url := t.URL
	for _, s := range t.Steps {
		if s.Rule == ruleOrigins.name {
			url = s.input("url")
		}
	}
	return url
}

func (s *Step) input(name string) string {
	for _, in := range s.Inputs {
		if in.Name == name {
			return in.Value
		}
	}
	return ""
}

// failureValues returns what the failing step looked at.
func (t *Trace) failureValues() []string {
	i := slices.IndexFunc(t.Steps, func(s Step) bool { return s.Decision == DecisionFail })
	if i < 0 {
		return nil
	}
	s := &t.Steps[i]
	value, net, corp := "", "ERR_FAILED", "NotSameOrigin"
	for _, in := range s.Inputs {
		if strings.HasPrefix(in.Name, "access-control-allow-") {
			value = in.Value
		}
	}
	multiple := firefoxMismatch
	if s.input("lines") != "" {
		multiple = "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed)."
	}
	redirect := "ERR_INVALID_REDIRECT"
	if s.input("locations") != "" {
		redirect = "ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION"
	}
	if text := chromiumCauses[s.input("cause")]; text != "" {
		net = text
	}
	if s.input("cross-origin-resource-policy") == "same-site" {
		corp = "NotSameSite"
	}
	if s.input("embedder policy") != "" {
		corp = "NotSameOriginAfterDefaultedToSameOriginByCoep"
	}
	_, bad, _ := fetchspec.TokenList([]string{value})
	return []string{
		"{value}", value, "{latin1}", latin1(value), "{sent}", or(s.input("origin"), t.Origin), "{status}", s.input("status"), "{method}", or(s.input("method"), t.Method),
		"{header}", s.input("header"), "{location}", s.input("location"), "{target}", s.input("target"),
		"{declared}", s.input("declared"), "{bad}", bad, "{net}", net, "{location-error}", redirect, "{corp}", corp,
		"{multiple}", strings.ReplaceAll(multiple, "{value}", value),
	}
}

// failureInput is what the failing step was given under a name.
func (t *Trace) failureInput(name string) string {
	i := slices.IndexFunc(t.Steps, func(s Step) bool { return s.Decision == DecisionFail })
	if i < 0 {
		return ""
	}
	return t.Steps[i].input(name)
}

// redirectRefused reports whether the CORS check failed for a redirect.
func (t *Trace) redirectRefused() bool {
	switch t.Verdict.Reason {
	case ReasonCORPBlocked, ReasonACAOMissing, ReasonACAOMultiple, ReasonACAOInvalid, ReasonACAOMismatch, ReasonACAOWildcardWithCredentials, ReasonACACNotTrue:
		return t.next() != ""
	}
	return false
}

// next is where the last answer redirects to, without user name and password.
func (t *Trace) next() string {
	to := t.failureInput(inputLeadsTo)
	if next, err := parseLocation(to, nil); err == nil {
		return next.withoutUserinfo()
	}
	for _, s := range t.Steps {
		switch {
		case s.Rule == ruleHTTPCache.name && s.input("location") != "":
			to = s.input("location")
		case s.Exchange == nil:
		case s.Exchange.Answer != nil && fetchspec.IsRedirectStatus(s.Exchange.Answer.Status):
			to = first(headerList(s.Exchange.Answer.Header).lines("Location"))
		default:
			to = ""
		}
	}
	base, err := parseLocation(t.lastWholeURL(), nil)
	if err != nil || to == "" {
		return ""
	}
	next, err := parseLocation(to, base)
	if err != nil {
		return unparsedLocation(to)
	}
	next = next.withFragment(base)
	return next.withoutUserinfo()
}

func (l *location) withoutUserinfo() string {
	scheme, rest, _ := strings.Cut(l.href, "//")
	if _, after, ok := strings.Cut(rest, "@"); ok && l.includesCredentials {
		return scheme + "//" + after
	}
	return l.href
}

// inputLeadsTo names where a redirect leads, if it is checked only after that has
// been asked.
const inputLeadsTo = "leads to"

// unparsedLocation is how WebKit writes a Location that cannot be parsed: each byte
// a character, and with the slash that ends a host. What has no host is no redirect to it.
func unparsedLocation(to string) string {
	to = latin1(to)
	scheme, rest, _ := strings.Cut(to, "//")
	host := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host = rest[:end]
	}
	switch {
	case host == "":
		return ""
	case strings.HasPrefix(rest[len(host):], "/"), scheme != "" && !fetchspec.EqualFold(scheme, "http:") && !fetchspec.EqualFold(scheme, "https:"):
		return to
	}
	return scheme + "//" + host + "/" + rest[len(host):]
}

// writtenLocation is where the redirect that failed leads, without a fragment that
// its Location does not have.
func (t *Trace) writtenLocation() string {
	written := ""
	for _, s := range t.Steps {
		if s.Exchange != nil && s.Exchange.Answer != nil && fetchspec.IsRedirectStatus(s.Exchange.Answer.Status) {
			written = first(headerList(s.Exchange.Answer.Header).lines("Location"))
		}
	}
	to := t.failureInput("location")
	if written != "" && !strings.Contains(written, "#") {
		to, _, _ = strings.Cut(to, "#")
	}
	return to
}

// foreign reports whether a server of another origin passed the CORS check before
// the fetch failed.
func (t *Trace) foreign() bool {
	return t.Mode == ModeCORS && slices.ContainsFunc(t.Steps, func(s Step) bool { return s.Rule == ruleCORSCheckOrigin.name && s.Decision == DecisionPass })
}

// unsaidByWebKit reports whether WebKit prints nothing of where a redirect leads;
// measured: redirect-to-nowhere-foreign, redirect-to-schemes and redirect-to-schemes-foreign.
func (t *Trace) unsaidByWebKit() bool {
	switch t.Verdict.Reason {
	case ReasonRedirectLocation:
		return t.next() == "" || !t.foreign()
	case ReasonRedirectScheme:
		scheme, _, _ := strings.Cut(t.failureInput("location"), ":")
		switch fetchspec.Lower(scheme) {
		case "ftp":
			return true
		case "blob", "file":
			return t.Mode == ModeNoCORS || !t.foreign()
		}
		return t.Mode == ModeNoCORS
	}
	return false
}

// heldBack reports whether opaque response blocking kept the response back.
func (t *Trace) heldBack() bool { return t.failureInput("cause") == causeHeldBack }

// ownRedirect reports whether the redirect that failed led from the page's own
// origin to itself.
func (t *Trace) ownRedirect() bool {
	i := slices.IndexFunc(t.Steps, func(s Step) bool { return s.Decision == DecisionFail })
	return i >= 0 && t.Steps[i].input("own") != ""
}

// String returns "fetch", "XMLHttpRequest", "element", "EventSource" or
// "WebSocket".
func (i Initiator) String() string {
	names := [...]string{"fetch", "XMLHttpRequest", "element", "EventSource", "WebSocket"}
	if int(i) < len(names) {
		return names[i]
	}
	return names[InitiatorFetch]
}
