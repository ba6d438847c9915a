package playground

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"crossorigin.dev/cors"
	"crossorigin.dev/internal/fetchspec"
)

// A state is all of an experiment: the page, the call of fetch() it makes, and
// what the server answers. Two equal states are one experiment. It is kept as
// the reader wrote it, right or wrong, and lives in the page's address; see
// encode and decode.
type state struct {
	Page    string // one of pageKinds: where the call is made
	Target  string // one of targetKinds: what it calls
	Method  string
	Headers string // lines, "Name: value"
	Kind    string // one of bodyKinds
	Body    string
	// As fetch() takes them, without their quotes.
	Mode, Credentials, Redirect, Cache string
	Before                             string // one of beforeKinds: a call made earlier

	Server string // one of serverKinds
	Policy policyState
	// OnOrigin: the Access-Control-* lines go out only where the request has an
	// Origin, as from most middleware.
	OnOrigin bool
	Hops     [maxHops]hop // the first, and one more for each redirect

	Profile string // of the prediction; empty: the reader's browser
	Stack   string // of diagnose, that fixes are written for; empty: as it shows
}

// A policyState is a cors.Policy as it stands in the editor.
type policyState struct {
	Origins         string // in lines, or between commas
	Methods         string
	RequestHeaders  string
	ResponseHeaders string
	Credentials     bool
	MaxAge          string // seconds; empty: no such header
}

// A hop is one URL of the API and how it answers.
type hop struct {
	Preflight, Response reply
	// Next, one of nextKinds, is where an answer of status 3xx leads.
	Next string
}

// A reply is a status and header lines.
type reply struct {
	Status string // 200 to 599, or closes
	Lines  string
}

// closes is the status of a server that hangs up without an answer.
const closes = "close"

// webSocket is the mode of a call that is no fetch() but a new WebSocket, which
// is always refused here: the lab's servers answer and keep no connection.
const webSocket = "websocket"

// maxHops is how many URLs one experiment has, so how many redirects but one.
const maxHops = 4

// Bounds of what a state holds, in bytes or lines.
const (
	maxText        = 1 << 10
	maxLines       = 24
	maxMethod      = 32
	maxSeconds     = 7 // digits
	maxStateLength = 6 << 10
)

// A choice is one value of a field that has a few.
type choice struct {
	Value string
	Label string
}

// The choices, the default first. A page or a target that is not ours is there
// to be predicted, and never called: see state.held.
var (
	pageKinds = []choice{
		{"site", "http://localhost:8000"}, {"alias", "http://127.0.0.1:8000"}, {"null", "null (sandboxed frame)"},
		{"file", "null (a file)"}, {"https", "https://app.example"}, {"public", "https://app.example (public address)"},
	}
	targetKinds = []choice{
		{"api", "http://localhost:9000"}, {"alias", "http://127.0.0.1:9000"}, {"own", "http://localhost:8000"},
		{"port", "http://localhost:1"}, {"plain", "http://api.example"}, {"blocked", "http://ads.example"},
	}
	nextKinds   = []choice{{"", "nowhere"}, {"api", "http://localhost:9000"}, {"alias", "http://127.0.0.1:9000"}, {"user", "http://user:secret@localhost:9000"}}
	bodyKinds   = []choice{{"none", "none"}, {"text", "text"}, {"json", "JSON"}, {"form", "form (URLSearchParams)"}, {"bytes", "bytes (ArrayBuffer)"}}
	beforeKinds = []choice{{"none", "nothing"}, {"same", "the same call"}, {"no-cors", "the same, mode no-cors"}}
	serverKinds = []choice{{"answers", "Raw answers"}, {"policy", "A policy"}}

	modeKinds        = append(plainChoices("cors", "no-cors", "same-origin"), choice{webSocket, "WebSocket"})
	credentialsKinds = plainChoices("same-origin", "include", "omit")
	redirectKinds    = plainChoices("follow", "error", "manual")
	cacheKinds       = plainChoices("default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached")
	profileKinds     = []choice{{"", "this browser"}, {"chromium", "Chromium"}, {"firefox", "Firefox"}, {"webkit", "WebKit"}, {"spec", "the standard"}}
)

func plainChoices(values ...string) []choice {
	var all []choice
	for _, v := range values {
		all = append(all, choice{v, v})
	}
	return all
}

// newState is the experiment one begins with: a GET that the server says
// nothing about.
func newState() state {
	s := state{
		Page: "site", Target: "api", Method: http.MethodGet, Kind: "none",
		Mode: "cors", Credentials: "same-origin", Redirect: "follow", Cache: "default", Before: "none", Server: "answers",
	}
	for i := range s.Hops {
		s.Hops[i] = newHop()
	}
	return s
}

func newHop() hop {
	return hop{Preflight: reply{Status: "204"}, Response: reply{Status: "200"}}
}

// hops returns how many of the Hops there are: a redirect makes the next one.
func (s *state) hops() int {
	n := 1
	for n < maxHops && s.Hops[n-1].Next != "" {
		n++
	}
	return n
}

// hopPaths are the paths on the API.
var hopPaths = [maxHops]string{"/items", "/v2/items", "/v3/items", "/v4/items"}

// A fault is what cannot be in one field of a state.
type fault struct {
	Field string // as in the address
	Say   string // a sentence: what, and what to write instead
}

// faults checks what the reader wrote. A call that is wrong in itself is not a
// fault: that fetch() refuses it can be seen.
func (s *state) faults() []fault {
	var all []fault
	add := func(field, format string, values ...any) {
		all = append(all, fault{field, fmt.Sprintf(format, values...)})
	}
	for _, line := range textLines(s.Headers) {
		if _, _, err := headerLine(line); err != "" {
			add("headers", "%s", err)
		}
	}
	if s.Mode == webSocket && (s.Method != http.MethodGet || s.Headers != "" || s.Kind != "none") {
		add("mode", "A script cannot choose the method, headers or body of a WebSocket: write GET, no headers, and the body none.")
	}
	if (s.Target == "own" || s.Target == "port") && s.Page != "site" {
		add("to", "Only a page of the site itself can call this here: choose the first one.")
	}
	for i := range s.hops() {
		h := &s.Hops[i]
		if s.Server == "answers" {
			h.Preflight.faults("p"+strconv.Itoa(i), add)
		}
		h.Response.faults("r"+strconv.Itoa(i), add)
		if i == maxHops-1 && h.Next != "" {
			add("r"+strconv.Itoa(i)+"to", "Three redirects are enough here.")
		}
	}
	if s.Server == "policy" {
		_, wrong := s.policy()
		all = append(all, wrong...)
	}
	return all
}

func (a *reply) faults(field string, add func(field, format string, values ...any)) {
	if _, ok := a.status(); !ok && a.Status != closes {
		add(field+"s", "%q is no status: write 200 to 599, or %s to hang up without an answer.", a.Status, closes)
	}
	for _, line := range textLines(a.Lines) {
		name, value, err := headerLine(line)
		if err == "" {
			err = refused(name, value)
		}
		if err != "" {
			add(field+"h", "%s", err)
		}
	}
}

// status returns the number of the status.
func (a *reply) status() (code int, ok bool) {
	code, err := strconv.Atoi(a.Status)
	return code, err == nil && len(a.Status) == 3 && code >= 200 && code <= 599
}

// textLines returns the lines that are not blank.
func textLines(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// headerLine parts a line into name and value, which HTTP's grammar allows and
// each of whose characters is one byte,
// https://www.rfc-editor.org/rfc/rfc9110#section-5.5
func headerLine(line string) (name, value, problem string) {
	name, value, found := strings.Cut(line, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	switch {
	case !found:
		return "", "", fmt.Sprintf("%q has no colon: write “Name: value”.", line)
	case !fetchspec.IsToken(name):
		return "", "", fmt.Sprintf("%q is no name of a header: write letters, digits and -.", name)
	}
	for _, r := range value {
		if r > 0xff || r < ' ' && r != '\t' || r == 0x7f {
			return "", "", fmt.Sprintf("%s: %q cannot be in a header, where a character is one byte.", name, r)
		}
	}
	return name, value, ""
}

// oneByteEach returns the bytes of a text whose characters are one byte each,
// https://infra.spec.whatwg.org/#isomorphic-encode
func oneByteEach(text string) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteByte(byte(r))
	}
	return b.String()
}

// The names of header fields that an answer may not have. An experiment comes
// by a link that anyone can have written: what a browser would act on, beyond
// the one response, stays out.
var (
	ours = []string{
		"Connection", "Content-Encoding", "Content-Length", "Date", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	}
	farReaching = []string{
		"Activate-Storage-Access", "Accept-Ch", "Alt-Svc", "Clear-Site-Data", "Content-Security-Policy", "Content-Security-Policy-Report-Only",
		"Critical-Ch", "Cross-Origin-Embedder-Policy-Report-Only", "Cross-Origin-Opener-Policy-Report-Only", "Expect-Ct", "Integrity-Policy",
		"Integrity-Policy-Report-Only", "Link", "Nel", "No-Vary-Search", "Observe-Browsing-Topics", "Permissions-Policy-Report-Only",
		"Proxy-Authenticate", "Public-Key-Pins", "Public-Key-Pins-Report-Only", "Refresh", "Report-To", "Reporting-Endpoints",
		"Service-Worker-Allowed", "Set-Cookie2", "Set-Login", "Sourcemap", "Speculation-Rules", "Strict-Transport-Security",
		"Use-As-Dictionary", "X-Sourcemap",
	}
	// dialogs are the schemes for which a browser asks the user for a password.
	dialogs = []string{"basic", "digest", "ntlm", "negotiate"}
)

// refused says why an answer may not have the field; empty if it may.
func refused(name, value string) string {
	switch name = http.CanonicalHeaderKey(name); {
	case name == "Location":
		return "Location is written by the field “A status of 3xx redirects to”, which leads to the lab’s own servers only."
	case slices.Contains(ours, name):
		return name + " is written by the lab's server itself."
	case slices.Contains(farReaching, name), strings.HasPrefix(name, "Attribution-Reporting-"), strings.HasPrefix(name, "Sec-"):
		return name + " makes a browser do more than answer this call, so it stays out of the lab."
	}
	if name == "Set-Cookie" {
		for attribute := range strings.SplitSeq(strings.ToLower(value), ";") {
			switch attribute, _, _ = strings.Cut(strings.TrimSpace(attribute), "="); attribute {
			case "path", "domain":
				return "Set-Cookie: leave " + attribute + " out, since a cookie of the lab is for the one experiment only."
			}
		}
	}
	return ""
}

// policy returns the Policy of the editor, and what is wrong with it.
func (s *state) policy() (cors.Policy, []fault) {
	p := cors.Policy{
		Origins: words(s.Policy.Origins), Methods: words(s.Policy.Methods),
		RequestHeaders: words(s.Policy.RequestHeaders), ResponseHeaders: words(s.Policy.ResponseHeaders),
		Credentials: s.Policy.Credentials,
		// A refused preflight says why, so that the diagnosis can.
		Debug: true,
	}
	var wrong []fault
	if s.Policy.MaxAge != "" {
		seconds, err := strconv.Atoi(s.Policy.MaxAge)
		if err != nil || len(s.Policy.MaxAge) > maxSeconds {
			wrong = append(wrong, fault{"maxage", fmt.Sprintf("%q is no number of seconds: write 600, say.", s.Policy.MaxAge)})
		}
		if p.MaxAge = time.Duration(seconds) * time.Second; seconds <= 0 {
			p.MaxAge = -1 // by which Policy means 0
		}
	}
	_, err := cors.New(p)
	if problems, ok := err.(cors.PolicyErrors); ok {
		for _, e := range problems {
			say := e.Problem
			if e.Value != "" {
				say = strconv.Quote(e.Value) + " " + say
			}
			if e.Suggestion != "" {
				say += "; write " + e.Suggestion
			}
			wrong = append(wrong, fault{policyFields[e.Field], e.Field + ": " + say + "."})
		}
	}
	return p, wrong
}

// policyFields are the fields of cors.Policy, as in the address.
var policyFields = map[string]string{
	"Origins": "origins", "Methods": "methods", "RequestHeaders": "allow", "ResponseHeaders": "expose",
	"Credentials": "grant", "MaxAge": "maxage",
}

// words parts a list at commas and white space.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
}

// held says why the reader's browser cannot make this call from here; empty if
// it can.
func (s *state) held() string {
	switch {
	case s.Page == "file":
		return "A page of http://localhost cannot become a file."
	case s.Page == "https", s.Page == "public":
		return "A page of http://localhost cannot be one of https://app.example."
	case s.Target == "plain", s.Target == "blocked":
		return "The lab calls its own servers only."
	}
	for i := range s.hops() {
		asks := s.Hops[i].Response.Status == "401" || s.Hops[i].Response.Status == "407"
		for _, line := range textLines(s.Hops[i].Response.Lines) {
			name, value, _ := headerLine(line)
			if asks && strings.EqualFold(name, "WWW-Authenticate") && opensDialog(value) {
				return "Your browser would ask you for a password, which is none of the lab's business."
			}
		}
	}
	return ""
}

// opensDialog reports whether a field of challenges may have one that browsers
// answer with a dialog. The name of such a scheme anywhere in it will do: how
// challenges are parted is read differently by different browsers.
func opensDialog(challenges string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(challenges), func(r rune) bool { return !fetchspec.IsToken(string(r)) }), func(word string) bool {
		return slices.Contains(dialogs, word)
	})
}
