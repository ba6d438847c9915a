package diagnose

import (
	"net/url"
	"strconv"
	"strings"

	"crossorigin.dev/browser"
)

// Diagnose says what a message means. What the message does not tell is
// written as [UnknownOrigin], [UnknownURL] or METHOD.
func (m Message) Diagnose(o Options) Diagnosis {
	t := m.trace()
	d := Diagnosis{Version: Version, Problems: []Problem{}, Advice: []Problem{}, Stack: o.Stack}
	p, ok := problem(t)
	if !ok {
		return d
	}
	p.Evidence = []Evidence{{"the console", m.Line}}
	switch p.Code {
	case "method-not-allowed":
		if m.Reason == browser.ReasonPreflightMethod && p.Fix.Side == SideServer {
			p.Cause = "The preflight asked for " + t.Method + ", and its answer's Access-Control-Allow-Methods does not list that."
			p.Fix.Do += " It goes beside what the server lists already."
		}
	case "header-not-allowed":
		if m.Reason == browser.ReasonPreflightHeader {
			p.Cause = "The script sets " + m.Header + ", and the preflight's answer does not list that in Access-Control-Allow-Headers."
			p.Fix.Do += " It goes beside what the server lists already."
		}
	}
	d.Problems = append(d.Problems, p)
	d.Unseen = m.Ambiguous
	d.configure(t)
	return d
}

// CheckCommand returns the command line that confirms the message.
func (m Message) CheckCommand() string { return strings.Join(m.CheckParts(), " ") }

// CheckParts returns the same in parts, between which a line may end.
func (m Message) CheckParts() []string {
	parts := []string{"cors check " + shellWord(m.url()), "--origin " + shellWord(m.origin())}
	switch {
	case m.Method != "" && m.Method != "GET":
		parts = append(parts, "-X "+shellWord(m.Method))
	case m.preflighted() && m.Header == "":
		parts = append(parts, "-X "+unknownMethod)
	}
	for _, f := range m.header() {
		parts = append(parts, "-H "+shellWord(f.Name+": "+f.Value))
	}
	if m.credentials() == browser.CredentialsInclude {
		parts = append(parts, "--credentials include")
	}
	switch m.Reason {
	case browser.ReasonModeSameOrigin:
		parts = append(parts, "--mode same-origin")
	case browser.ReasonModeNoCORSMethod, browser.ReasonModeNoCORSRedirect:
		parts = append(parts, "--mode no-cors")
	}
	return append(parts, "--profile "+m.Browser.String())
}

func (m Message) url() string {
	if m.URL == "" {
		return UnknownURL
	}
	return m.URL
}

func (m Message) origin() string {
	if m.Origin == "" {
		return UnknownOrigin
	}
	return m.Origin
}

func (m Message) preflighted() bool { return strings.HasPrefix(string(m.Reason), "preflight.") }

func (m Message) method() string {
	switch {
	case m.Method != "":
		return m.Method
	case m.preflighted() && m.Header == "":
		return unknownMethod
	}
	return "GET"
}

// header is what the script must have set.
func (m Message) header() []browser.Field {
	switch m.Header {
	case "":
		return nil
	case "content-type":
		return []browser.Field{{Name: m.Header, Value: "application/json"}}
	case "authorization":
		return []browser.Field{{Name: m.Header, Value: "Bearer ..."}}
	}
	return []browser.Field{{Name: m.Header, Value: "..."}}
}

func (m Message) credentials() browser.CredentialsMode {
	switch corsReason(m.Reason) {
	case browser.ReasonACAOWildcardWithCredentials, browser.ReasonACACNotTrue:
		return browser.CredentialsInclude
	}
	return browser.CredentialsSameOrigin
}

// trace writes the message as the trace of the fetch that it tells the end of.
// The verdict in it is the browser's.
func (m Message) trace() *browser.Trace {
	t := &browser.Trace{
		Version: browser.TraceVersion, Profile: m.Browser.String(), Page: m.origin() + "/", Origin: m.origin(),
		Initiator: browser.InitiatorFetch.String(), Method: m.method(), URL: m.url(), Header: m.header(),
		Mode: browser.ModeCORS, Credentials: m.credentials(), Redirect: browser.RedirectFollow,
		Verdict: browser.Verdict{Outcome: browser.OutcomeBlocked, Reason: m.Reason, Preflighted: m.preflighted()},
	}
	if m.XHR {
		t.Initiator = browser.InitiatorXHR.String()
	}
	hop := 0
	if m.First != "" {
		t.URL, hop = m.First, 1
	}
	t.Steps = append(t.Steps, browser.Step{Hop: hop, Rule: "main.origins", Decision: browser.DecisionInfo, Inputs: []browser.Field{{Name: "url", Value: m.url()}}})
	if x := m.exchange(); x != nil {
		t.Steps = append(t.Steps, browser.Step{Hop: hop, Decision: browser.DecisionInfo, Exchange: x})
	}
	t.Steps = append(t.Steps, browser.Step{Hop: hop, Decision: browser.DecisionFail, Reason: m.Reason, Note: m.note(), Inputs: m.inputs()})
	return t
}

// exchange is the one that the browser judged, as far as the message tells of
// it; nil if nothing was sent.
func (m Message) exchange() *browser.Exchange {
	x := &browser.Exchange{
		Preflight: m.preflighted(), Method: m.method(), URL: m.url(),
		Header: []browser.Field{{Name: "Origin", Value: m.origin()}}, Answer: &browser.Answer{Status: m.Status},
	}
	if x.Preflight {
		x.Method = "OPTIONS"
		x.Header = append(x.Header, browser.Field{Name: "Access-Control-Request-Method", Value: m.method()})
		if m.Header != "" {
			x.Header = append(x.Header, browser.Field{Name: "Access-Control-Request-Headers", Value: m.Header})
		}
	}
	add := func(name, value string) {
		x.Answer.Header = append(x.Answer.Header, browser.Field{Name: name, Value: value})
	}
	switch corsReason(m.Reason) {
	case browser.ReasonACAOMissing, browser.ReasonPreflightStatus, browser.ReasonPreflightMethod, browser.ReasonPreflightHeader:
	case browser.ReasonACAOMultiple, browser.ReasonACAOInvalid, browser.ReasonACAOMismatch:
		add("Access-Control-Allow-Origin", m.Value)
	case browser.ReasonACAOWildcardWithCredentials:
		add("Access-Control-Allow-Origin", "*")
	case browser.ReasonACACNotTrue:
		add("Access-Control-Allow-Origin", m.origin())
		if m.Value != "" {
			add("Access-Control-Allow-Credentials", m.Value)
		}
	case browser.ReasonPreflightMethodsParse:
		add("Access-Control-Allow-Methods", m.Value)
	case browser.ReasonPreflightHeadersParse:
		add("Access-Control-Allow-Headers", m.Value)
	case browser.ReasonPreflightRedirect:
		x.Answer.Status = max(x.Answer.Status, 301)
		add("Location", m.Value)
	case browser.ReasonRedirectUserinfo:
		add("Location", m.Value)
	default:
		return nil
	}
	return x
}

func (m Message) inputs() []browser.Field {
	in := []browser.Field{{Name: "origin", Value: m.origin()}, {Name: "status", Value: strconv.Itoa(m.Status)}}
	for _, f := range []browser.Field{
		{Name: "access-control-allow-origin", Value: m.Value}, {Name: "header", Value: m.Header},
		{Name: "target", Value: m.Space}, {Name: "declared", Value: m.Declared}, {Name: "location", Value: m.Value},
	} {
		if f.Value != "" {
			in = append(in, f)
		}
	}
	if m.Reason == browser.ReasonACAOMultiple && m.Browser == browser.Firefox && m.Value == "" {
		in = append(in, browser.Field{Name: "lines", Value: "2"})
	}
	return append(in, browser.Field{Name: "cause", Value: netCauses[m.Value]})
}

var netCauses = map[string]string{
	"ERR_NAME_NOT_RESOLVED": "dns", "ERR_CONNECTION_REFUSED": "refused", "ERR_ADDRESS_UNREACHABLE": "unreachable",
	"ERR_CERT_AUTHORITY_INVALID": "certificate-authority", "ERR_CERT_COMMON_NAME_INVALID": "certificate-name",
	"ERR_CERT_DATE_INVALID": "certificate", "ERR_SSL_PROTOCOL_ERROR": "no-tls", "ERR_TIMED_OUT": "timeout", "ERR_CONNECTION_TIMED_OUT": "timeout",
}

var netNotes = map[string]string{
	"dns": "has no address (DNS)", "refused": "refused the connection: nothing listens there", "unreachable": "cannot be reached",
	"certificate-authority": "has a certificate of an authority that is not trusted (TLS)",
	"certificate-name":      "has a certificate for another name (TLS)", "certificate": "has a certificate that is not valid (TLS)",
	"no-tls": "does not speak TLS", "timeout": "did not answer in time",
}

// note is the sentence that the engine would have written.
func (m Message) note() string {
	host := m.url()
	if u, err := url.Parse(host); err == nil && u.Host != "" {
		host = u.Host
	}
	switch m.Reason {
	case browser.ReasonNetworkFailed:
		switch note := netNotes[netCauses[m.Value]]; {
		case note != "":
			return host + " " + note + "."
		case m.Value == "ERR_BLOCKED_BY_CLIENT":
			return "An extension stopped the request to " + host + ", such as an ad blocker."
		case m.Value != "":
			return "There was no response from " + host + " (" + m.Value + ")."
		}
		return "There was no response from " + host + "."
	case browser.ReasonPortBlocked:
		return "Browsers never call the port of " + host + "."
	case browser.ReasonSchemeNotSupported:
		return "The scheme of " + m.url() + " cannot be fetched."
	case browser.ReasonRedirectUserinfo:
		return "The server redirects to a URL with a user name or password."
	case browser.ReasonRedirectTooMany:
		return "There were more than 20 redirects."
	case browser.ReasonModeNoCORSMethod:
		return "The method " + m.method() + " cannot be used in mode no-cors, which allows GET, HEAD and POST only."
	case browser.ReasonModeNoCORSRedirect:
		return "Mode no-cors goes with redirect mode follow only."
	}
	return m.Line
}

func originOfURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
