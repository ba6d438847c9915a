package cors

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// An Advice is something in a policy that is allowed and works, but not as well
// as it could, or not as its author may think.
type Advice struct {
	Field      string // the name of the field of Policy
	Value      string // the value, or the element of it, that the advice is about
	Text       string // what there is to say, as the end of a sentence that begins with Value
	Suggestion string // what to write instead of Value; empty if it should go, or there is no telling
}

func (a Advice) String() string {
	s := a.Field + ": "
	if a.Value != "" {
		s += strconv.Quote(a.Value) + " "
	}
	s += a.Text
	if a.Suggestion != "" {
		s += "; write " + strconv.Quote(a.Suggestion)
	}
	return s
}

// Advice returns what could be better about a policy, in the order of its
// fields: what needs no listing or is listed twice, what browsers will shorten,
// what is dangerous though it was asked for by name. It leaves alone what [New]
// reports as an error.
func (p Policy) Advice() []Advice {
	var a adviser
	a.origins(p)
	a.varyOn(p)
	a.methods(p)
	a.requestHeaders(p)
	a.responseHeaders(p)
	a.maxAge(p)
	a.rest(p)
	return a.all
}

type adviser struct{ all []Advice }

func (a *adviser) add(field, value, text, suggestion string) {
	a.all = append(a.all, Advice{field, value, text, suggestion})
}

// twice reports the elements that come a second time.
func (a *adviser) twice(field string, values []string, normalize func(string) string) {
	seen := make(map[string]bool, len(values))
	for _, v := range values {
		normalized := normalize(v)
		if seen[normalized] {
			a.add(field, v, "is listed twice", "")
		}
		seen[normalized] = true
	}
}

func asWritten(s string) string { return s }

func (a *adviser) origins(p Policy) {
	const field = "Origins"
	a.twice(field, p.Origins, asWritten)
	// One map per way in which a pattern can be covered by a wider one keeps
	// this linear in the number of origins.
	given := make(map[string]bool, len(p.Origins))
	patterns := make([]origin.Pattern, 0, len(p.Origins))
	for _, s := range p.Origins {
		if pattern, err := origin.ParsePattern(s); err == nil {
			given[s] = true
			patterns = append(patterns, pattern)
		}
	}
	for _, pattern := range patterns {
		s := pattern.String()
		if wider := coveredBy(pattern, given); wider != "" {
			a.add(field, s, "is allowed by "+strconv.Quote(wider)+" already", "")
		}
		if p.Credentials && pattern.Scheme() == "http" && !pattern.Loopback() && p.UnsafeInsecureOrigins {
			a.add(field, s, "lets whoever is on the network between act as the user", strings.Replace(s, "http:", "https:", 1))
		}
		if p.Credentials && (pattern.CoversPublicSuffix() || pattern.Host() == "*") && p.UnsafeBroadOrigins {
			a.add(field, s, "lets strangers act as the user, for anyone can get such an origin", "")
		}
		if pattern.Loopback() && len(p.Origins) > 1 && p.Credentials {
			a.add(field, s, "is for development: in production it trusts every program on the user's machine that serves pages", "")
		}
	}
}

// coveredBy returns a pattern in given that matches all that p matches, if there
// is one other than p.
func coveredBy(p origin.Pattern, given map[string]bool) string {
	self := p.String()
	port := ""
	if p.Port() != "" {
		port = ":" + p.Port()
	}
	prefix := p.Scheme() + "://"
	if p.Subdomains() {
		prefix += "*."
	}
	candidates := []string{prefix + p.Host() + ":*"}
	if port == "" {
		candidates = append(candidates, p.Scheme()+"://*")
	}
	if host := p.Host(); host[0] != '[' {
		for {
			dot := strings.IndexByte(host, '.')
			if dot < 0 {
				break
			}
			host = host[dot+1:]
			candidates = append(candidates, p.Scheme()+"://*."+host+port, p.Scheme()+"://*."+host+":*")
		}
	}
	for _, candidate := range candidates {
		if candidate != self && given[candidate] {
			return candidate
		}
	}
	return ""
}

func (a *adviser) varyOn(p Policy) {
	const field = "VaryOn"
	a.twice(field, p.VaryOn, fetchspec.Lower)
	for _, name := range p.VaryOn {
		switch {
		case fetchspec.EqualFold(name, headerOrigin):
			a.add(field, name, "is in Vary anyway", "")
		case p.AllowOrigin == nil:
			a.add(field, name, "has no effect but worse caching, for there is no AllowOrigin to read it", "")
		case fetchspec.EqualFold(name, "cookie") || fetchspec.EqualFold(name, "authorization"):
			a.add(field, name, "is in no preflight: AllowOrigin cannot decide by it", "")
		}
	}
}

func (a *adviser) methods(p Policy) {
	const field = "Methods"
	a.twice(field, p.Methods, asWritten)
	for _, m := range p.Methods {
		switch {
		case fetchspec.IsSafelistedMethod(m):
			a.add(field, m, "needs no permission, so it need not be listed", "")
		case m == strings.ToLower(m) && m != strings.ToUpper(m) && fetchspec.NormalizeMethod(m) == m:
			a.add(field, m, "is in lower case: methods are case-sensitive, and browsers send this one as the page writes it", strings.ToUpper(m))
		}
	}
}

func (a *adviser) requestHeaders(p Policy) {
	const field = "RequestHeaders"
	a.twice(field, p.RequestHeaders, fetchspec.Lower)
	for _, name := range p.RequestHeaders {
		switch fetchspec.Lower(name) {
		case "accept", "accept-language", "content-language", "range":
			a.add(field, name, "needs no permission unless its value is unusual or longer than 128 bytes", "")
		case "*":
			if !slices.ContainsFunc(p.RequestHeaders, fetchspec.IsNonWildcardRequestHeaderName) {
				a.add(field, name, "does not cover Authorization, which has to be listed beside it if pages send it", "")
			}
		}
	}
}

func (a *adviser) responseHeaders(p Policy) {
	const field = "ResponseHeaders"
	a.twice(field, p.ResponseHeaders, fetchspec.Lower)
	for _, name := range p.ResponseHeaders {
		if fetchspec.IsSafelistedResponseHeaderName(name) {
			a.add(field, name, "can be read by scripts without being listed", "")
		}
	}
}

func (a *adviser) maxAge(p Policy) {
	const field = "MaxAge"
	asks := len(p.Methods) > 0 || len(p.RequestHeaders) > 0
	switch {
	case p.MaxAge == 0 && asks:
		a.add(field, "", "is not set: browsers keep a preflight for 5 seconds only, and ask again after that", (2 * time.Hour).String())
	case p.MaxAge < 0:
		a.add(field, p.MaxAge.String(), "makes every request that needs a preflight two requests", "")
	case p.MaxAge > 2*time.Hour && p.MaxAge <= maxAgeLimit:
		a.add(field, p.MaxAge.String(), "is shortened to 2 hours by Chromium and to 10 minutes by WebKit; Firefox keeps up to 24 hours", "")
	}
}

func (a *adviser) rest(p Policy) {
	if p.PassPreflights && p.PreflightStatus != 0 {
		a.add("PreflightStatus", strconv.Itoa(p.PreflightStatus), "has no effect with PassPreflights, where the handler sets the status", "")
	}
	if slices.Contains(p.Origins, "*") && p.Enforce {
		a.add("Enforce", "", `stops next to nothing where Origins is "*", for every origin is allowed`, "")
	}
	if p.CrossOriginResourcePolicy == "same-origin" || p.CrossOriginResourcePolicy == "same-site" {
		a.add("CrossOriginResourcePolicy", p.CrossOriginResourcePolicy,
			"keeps other pages from embedding what they do not fetch with CORS, such as images without crossorigin", "")
	}
	if p.UnsafeNullOrigin {
		a.add("UnsafeNullOrigin", "", "allows everyone, for any site can make a page of the origin null", "")
	}
	if p.Debug {
		a.add("Debug", "", "tells strangers what is allowed, and is for development", "")
	}
}
