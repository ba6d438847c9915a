package cors

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// A policy is a Policy made ready: validated, and with every header value that
// does not depend on the request written out.
type policy struct {
	route string // the pattern, for Decision

	anyone      bool // Origins is "*"
	origins     *origin.Set
	null        bool
	allowOrigin func(*http.Request, origin.Origin) bool
	notAllowed  Reason // for an origin that nothing above allows

	credentials bool
	methods     methods
	headers     requestHeaders

	// Header values. An empty one is not sent.
	vary            string // of other responses; empty if they do not depend on the origin
	preflightVary   string // of preflights that are granted
	refusalVary     string // of preflights that are not, and other answers to OPTIONS
	allowMethods    string // empty too if the method is echoed
	allowHeaders    string // empty too if the headers are echoed
	exposeHeaders   string
	maxAge          string
	resourcePolicy  string
	timing          bool
	preflightStatus int
	passPreflights  bool
	enforce         bool
	debug           bool

	// How many fields a response gets at most.
	grantedFields, refusedFields, preflightFields int
}

func (p *policy) countFields() {
	count := func(fields ...bool) (n int) {
		for _, field := range fields {
			if field {
				n++
			}
		}
		return n
	}
	const always = true // Vary, and Access-Control-Allow-Origin
	p.refusedFields = count(always, p.resourcePolicy != "", p.debug)
	p.grantedFields = count(always, always, p.credentials, p.exposeHeaders != "", p.resourcePolicy != "", p.timing)
	p.preflightFields = count(always, always, p.credentials, p.allowMethods != "" || p.methods.any, p.allowHeaders != "", p.maxAge != "")
}

// maxAgeLimit is what the most patient browser, Firefox, keeps a preflight for.
const maxAgeLimit = 24 * time.Hour

// compile validates p and makes it ready. It returns every problem it finds; the
// policy is of use only if there is none.
func compile(route string, p *Policy) (*policy, PolicyErrors) {
	c := compiler{route: route, source: p}
	compiled := &policy{
		route:          route,
		credentials:    p.Credentials,
		null:           p.UnsafeNullOrigin,
		allowOrigin:    p.AllowOrigin,
		notAllowed:     ReasonOriginNotAllowed,
		timing:         p.TimingAllowOrigin,
		passPreflights: p.PassPreflights,
		enforce:        p.Enforce,
		debug:          p.Debug,
	}
	compiled.origins, compiled.anyone = c.origins()
	compiled.vary = c.vary()
	compiled.refusalVary = compiled.vary + ", " + headerRequestMethod + ", " + headerRequestHeaders
	compiled.preflightVary = compiled.refusalVary
	if compiled.anyone {
		compiled.vary = ""
		compiled.preflightVary = headerRequestMethod + ", " + headerRequestHeaders
	}
	compiled.methods, compiled.allowMethods = c.methods()
	compiled.headers, compiled.allowHeaders = c.requestHeaders()
	compiled.exposeHeaders = c.responseHeaders()
	compiled.maxAge = c.maxAge()
	compiled.preflightStatus = c.preflightStatus()
	compiled.resourcePolicy = c.resourcePolicy()
	compiled.countFields()
	return compiled, c.errs
}

// A compiler collects the problems of one policy.
type compiler struct {
	route  string
	source *Policy
	errs   PolicyErrors
}

func (c *compiler) fail(field, value, problem, suggestion string) {
	c.errs = append(c.errs, &PolicyError{
		Route: c.route, Field: field, Value: value, Problem: problem, Suggestion: suggestion,
	})
}

func (c *compiler) origins() (set *origin.Set, anyone bool) {
	const field = "Origins"
	p := c.source
	if len(p.Origins) == 0 && p.AllowOrigin == nil && !p.UnsafeNullOrigin {
		c.fail(field, "", "names no origin, and there is no AllowOrigin, so nobody would be allowed", "https://app.example.com")
	}
	var patterns []origin.Pattern
	for _, s := range p.Origins {
		if s == "*" {
			if !anyone {
				c.anyone()
			}
			anyone = true
			continue
		}
		pattern, err := origin.ParsePattern(s)
		if err != nil {
			c.patternError(s, err)
			continue
		}
		c.checkPattern(pattern)
		patterns = append(patterns, pattern)
	}
	return origin.NewSet(patterns...), anyone
}

// anyone finds what cannot go together with the origin "*".
func (c *compiler) anyone() {
	p := c.source
	if len(p.Origins) > 1 {
		c.fail("Origins", "*", "allows every origin, so it has to be the only one listed", "")
	}
	if p.AllowOrigin != nil {
		c.fail("Origins", "*", "allows every origin, so AllowOrigin would never be asked; leave one of the two out", "")
	}
	if p.Credentials {
		c.fail("Origins", "*", "cannot go with Credentials: any site could act as the user; list the origins to trust", "")
	}
}

func (c *compiler) patternError(s string, err error) {
	if s == "null" {
		c.fail("Origins", s, "is not one origin: any site can get it, with a sandboxed frame; "+
			"if everyone may be allowed, set UnsafeNullOrigin", "")
		return
	}
	e := err.(*origin.Error) // ParsePattern has no other
	c.fail("Origins", s, e.Problem, c.acceptable(e.Suggestion))
}

// acceptable puts a suggestion right where this policy would refuse it in its
// turn. If that cannot be, there is none.
func (c *compiler) acceptable(suggestion string) string {
	if suggestion == "" {
		return ""
	}
	trial := compiler{source: c.source}
	if p, err := origin.ParsePattern(suggestion); err != nil {
		trial.patternError(suggestion, err)
	} else {
		trial.checkPattern(p)
	}
	if len(trial.errs) > 0 {
		return trial.errs[0].Suggestion // acceptable by itself
	}
	return suggestion
}

// checkPattern finds what is wrong with a pattern that is well-formed.
func (c *compiler) checkPattern(p origin.Pattern) {
	const field = "Origins"
	s := p.String()
	_, rest, _ := strings.Cut(s, "://")
	switch p.Scheme() {
	case "ws":
		c.fail(field, s, "is the origin of no page: a page that opens a WebSocket has the scheme http or https", c.acceptable("http://"+rest))
		return
	case "wss":
		c.fail(field, s, "is the origin of no page: a page that opens a WebSocket has the scheme http or https", c.acceptable("https://"+rest))
		return
	case "ftp":
		c.fail(field, s, "is the origin of no page, for no browser shows FTP any more", c.acceptable("https://"+rest))
		return
	}
	if !c.source.Credentials {
		return
	}
	if p.Scheme() == "http" && !p.Loopback() && !c.source.UnsafeInsecureOrigins {
		c.fail(field, s, "with Credentials lets whoever is on the network between act as the user; "+
			"if that must be, set UnsafeInsecureOrigins", c.acceptable("https://"+rest))
	}
	if (p.CoversPublicSuffix() || p.Host() == "*") && !c.source.UnsafeBroadOrigins {
		c.fail(field, s, "with Credentials lets strangers act as the user, for anyone can get such an origin; "+
			"if that must be, set UnsafeBroadOrigins", "")
	}
}

// vary returns the value of Vary for responses that depend on the origin.
func (c *compiler) vary() string {
	names := []string{headerOrigin}
	for _, name := range c.source.VaryOn {
		switch {
		case name == "*":
			c.fail("VaryOn", name, "would keep caches from keeping anything; name the headers that AllowOrigin reads", "")
		case !fetchspec.IsToken(name):
			c.fail("VaryOn", name, "is not the name of a header", "")
		case !containsFold(names, name):
			names = append(names, http.CanonicalHeaderKey(name))
		}
	}
	return strings.Join(names, ", ")
}

func containsFold(names []string, name string) bool {
	for _, n := range names {
		if fetchspec.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func (c *compiler) methods() (set methods, allow string) {
	const field = "Methods"
	set.allowed = make(map[string]struct{})
	var listed []string
	for _, m := range c.source.Methods {
		if problem := methodProblem(m); problem != "" {
			c.fail(field, m, problem, suggestToken(m, strings.ToUpper, methodProblem))
			continue
		}
		if m == "*" {
			set.any = true
			if len(c.source.Methods) > 1 {
				c.fail(field, m, "allows every method, so it has to be the only one listed", "")
			}
			continue
		}
		if _, twice := set.allowed[m]; !twice {
			set.allowed[m] = struct{}{}
			listed = append(listed, m)
		}
	}
	if !set.any {
		return set, strings.Join(listed, ", ")
	}
	if c.source.Credentials {
		return set, "" // echoed, because with credentials "*" is no wildcard
	}
	return set, "*"
}

func methodProblem(m string) string {
	switch {
	case !fetchspec.IsToken(m):
		return "is not a method"
	case len(m) > maxMethod:
		return "is longer than 256 bytes, and would be refused"
	case fetchspec.IsForbiddenMethod(m):
		return "is a method that browsers let no script use"
	case fetchspec.NormalizeMethod(m) != m:
		return "is never sent: methods are case-sensitive, and browsers send this one in upper case"
	}
	return ""
}

// suggestToken strips what commonly clings to a token, in case that leaves
// something without a problem.
func suggestToken(s string, normalize, problem func(string) string) string {
	s = normalize(strings.Trim(s, " \t\r\n,;:\"'"))
	if s == "*" || problem(s) != "" {
		return ""
	}
	return s
}

func (c *compiler) requestHeaders() (set requestHeaders, allow string) {
	const field = "RequestHeaders"
	set.names = make(map[string]struct{})
	var listed []string
	for _, name := range c.source.RequestHeaders {
		if problem := requestHeaderProblem(name); problem != "" {
			c.fail(field, name, problem, suggestToken(name, http.CanonicalHeaderKey, requestHeaderProblem))
			continue
		}
		if name == "*" {
			set.any = true
			continue
		}
		lower := fetchspec.Lower(name)
		if _, twice := set.names[lower]; !twice {
			set.names[lower] = struct{}{}
			listed = append(listed, lower)
		}
	}
	set.setLimits()
	if !set.any {
		return set, strings.Join(listed, ",")
	}
	_, set.authorization = set.names["authorization"]
	for _, name := range listed {
		if name != "authorization" {
			c.fail(field, name, `is allowed by "*" already; only Authorization is not, and can stand beside it`, "")
		}
	}
	switch {
	case c.source.Credentials:
		return set, "" // echoed, because with credentials "*" is no wildcard
	case set.authorization:
		return set, "*,authorization"
	}
	return set, "*"
}

func requestHeaderProblem(name string) string {
	lower := fetchspec.Lower(name)
	switch {
	case !fetchspec.IsToken(name):
		return "is not the name of a header"
	case strings.HasPrefix(lower, "access-control-") && !strings.HasPrefix(lower, "access-control-request-"):
		return "is a response header, and sent by this package where it is due"
	case fetchspec.IsForbiddenRequestHeader(name, ""):
		return "is a header that browsers let no script set; it needs no permission"
	}
	return ""
}

func (c *compiler) responseHeaders() (expose string) {
	const field = "ResponseHeaders"
	var listed []string
	for _, name := range c.source.ResponseHeaders {
		if problem := responseHeaderProblem(name); problem != "" {
			c.fail(field, name, problem, suggestToken(name, http.CanonicalHeaderKey, responseHeaderProblem))
			continue
		}
		if name == "*" {
			if c.source.Credentials {
				c.fail(field, name, "exposes nothing with Credentials, where browsers take it for a header of that name; list the headers", "")
			}
			if len(c.source.ResponseHeaders) > 1 {
				c.fail(field, name, "exposes every header, so it has to be the only one listed", "")
			}
			return "*"
		}
		if !containsFold(listed, name) {
			listed = append(listed, fetchspec.Lower(name))
		}
	}
	return strings.Join(listed, ",")
}

func responseHeaderProblem(name string) string {
	lower := fetchspec.Lower(name)
	switch {
	case !fetchspec.IsToken(name):
		return "is not the name of a header"
	case fetchspec.IsForbiddenResponseHeaderName(name):
		return "is a header that browsers show no script"
	case lower == "origin" || strings.HasPrefix(lower, "access-control-"):
		return "is for the browser itself; no script has use for it"
	}
	return ""
}

func (c *compiler) maxAge() string {
	const field = "MaxAge"
	age := c.source.MaxAge
	switch {
	case age < 0:
		return "0" // -1 is not in the grammar, and would mean the default of 5 seconds
	case age == 0:
		return ""
	case age > maxAgeLimit:
		c.fail(field, age.String(), "is longer than any browser keeps a preflight", maxAgeLimit.String())
	case age%time.Second != 0:
		meant := age.Round(time.Second)
		if age <= maxAgeLimit/time.Second { // MaxAge: 600 has no unit
			meant = age * time.Second
		}
		c.fail(field, age.String(), "is not a number of whole seconds", max(meant, time.Second).String())
	}
	return strconv.FormatInt(int64(age/time.Second), 10)
}

func (c *compiler) preflightStatus() int {
	status := c.source.PreflightStatus
	if status == 0 {
		return http.StatusNoContent
	}
	if !fetchspec.IsOKStatus(status) {
		c.fail("PreflightStatus", strconv.Itoa(status), "would make every preflight fail; it has to be 200 to 299", "204")
	}
	return status
}

func (c *compiler) resourcePolicy() string {
	value := c.source.CrossOriginResourcePolicy
	switch value {
	case "", "same-origin", "same-site", "cross-origin":
		return value
	}
	c.fail("CrossOriginResourcePolicy", value, "is none of same-origin, same-site and cross-origin",
		nearestResourcePolicy(value))
	return value
}

func nearestResourcePolicy(value string) string {
	folded := strings.NewReplacer(" ", "-", "_", "-").Replace(strings.ToLower(strings.TrimSpace(value)))
	switch folded {
	case "same-origin", "same-site", "cross-origin":
		return folded
	}
	return ""
}
