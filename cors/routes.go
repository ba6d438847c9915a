package cors

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"crossorigin.dev/origin"
)

// settings never change once they are in use.
type settings struct {
	routes   []Route                       // as given, for Routes
	only     *policy                       // of a single route for everything
	mux      *http.ServeMux                // matches requests to patterns; nil if only is set
	hidden   *policy                       // grants nothing, to paths that hide dots; nil if mux is
	firsts   map[string]bool               // the first segments of all paths that mux matches; nil if there is no telling
	policies map[string]*policy            // by pattern
	observe  func(*http.Request, Decision) // may be nil
}

func newSettings(routes []Route) (*settings, PolicyErrors) {
	routes = cloneRoutes(routes)
	s := &settings{
		routes:   routes,
		mux:      http.NewServeMux(),
		policies: make(map[string]*policy, len(routes)),
	}
	var errs PolicyErrors
	for i := range routes {
		pattern := routes[i].Pattern
		if err := register(s.mux, pattern); err != nil {
			errs = append(errs, err)
		}
		compiled, problems := compile(pattern, &routes[i].Policy)
		errs = append(errs, problems...)
		s.policies[pattern] = compiled
	}
	if len(routes) == 1 && routes[0].Pattern == "/" {
		s.only, s.mux = s.policies["/"], nil
		return s, errs
	}
	s.hidden = refusing(routes)
	s.firsts = firstSegments(routes)
	// With a pattern for all the rest, which has no policy, ServeMux does not look
	// for the methods that a 405 would name. If it is there already, all the better.
	_ = register(s.mux, "/")
	return s, errs
}

func cloneRoutes(routes []Route) []Route {
	cloned := slices.Clone(routes)
	for i := range cloned {
		p := &cloned[i].Policy
		p.Origins = slices.Clone(p.Origins)
		p.VaryOn = slices.Clone(p.VaryOn)
		p.Methods = slices.Clone(p.Methods)
		p.RequestHeaders = slices.Clone(p.RequestHeaders)
		p.ResponseHeaders = slices.Clone(p.ResponseHeaders)
	}
	return cloned
}

// firstSegments returns the segments that the paths of all routes begin with, or
// nil if one of them can begin with any.
func firstSegments(routes []Route) map[string]bool {
	firsts := make(map[string]bool, len(routes))
	for _, route := range routes {
		_, path, _ := strings.Cut(route.Pattern, "/")
		first, _, _ := strings.Cut(path, "/")
		if first == "" || strings.ContainsAny(first, "{%") {
			return nil
		}
		firsts[first] = true
	}
	return firsts
}

// refusing returns the policy of paths of which it is not certain which route they
// belong to. It grants nothing, and enforces that if any route does.
func refusing(routes []Route) *policy {
	p, _ := compile("", &Policy{ // it has no problems
		AllowOrigin: func(*http.Request, origin.Origin) bool { return false },
		Enforce:     slices.ContainsFunc(routes, func(r Route) bool { return r.Policy.Enforce }),
	})
	p.allowOrigin, p.notAllowed = nil, ReasonRouteHidden
	return p
}

// hidesDots reports whether a path has a segment "." or ".." once it is decoded.
// ServeMux takes "/public/..%2Fsecret" for something below /public/, but a handler
// that decodes and cleans paths itself, as http.FileServer and many servers behind
// a proxy do, answers with /secret. Browsers send such a path only if somebody
// wrote it so.
func hidesDots(u *url.URL) bool {
	if u.RawPath == "" && !strings.Contains(u.Path, `\`) {
		return false // dots that are not hidden ServeMux sees itself
	}
	for segment := range strings.FieldsFuncSeq(u.Path, func(c rune) bool { return c == '/' || c == '\\' }) {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// policyFor returns the policy for a request, or for the request with another
// method that a preflight asks about. It is nil if no pattern matches, and for
// OPTIONS *, which is a question about the server, not about a resource.
func (s *settings) policyFor(r *http.Request, method string) *policy {
	if r.Method == http.MethodOptions && r.URL.Path == "*" {
		return nil
	}
	if s.only != nil {
		return s.only
	}
	if s.mux == nil || method == http.MethodConnect && !strings.HasPrefix(r.URL.Path, "/") {
		return nil // the target of a CONNECT is no path, and ServeMux would not take it for one
	}
	if s.firsts != nil && s.matchesNothing(r.URL) {
		return nil
	}
	if hidesDots(r.URL) {
		return s.hidden
	}
	if method != r.Method {
		r = &http.Request{Method: method, URL: r.URL, Host: r.Host}
	}
	_, pattern := s.mux.Handler(r)
	return s.policies[pattern]
}

// matchesNothing spares the requests that are no concern of CORS what ServeMux
// needs to find that out. It is sure only of paths that ServeMux would not clean
// or decode.
func (s *settings) matchesNothing(u *url.URL) bool {
	if u.RawPath != "" || strings.Contains(u.Path, `\`) || !strings.HasPrefix(u.Path, "/") || strings.Contains(u.Path, "//") || strings.Contains(u.Path, "/.") {
		return false
	}
	first, _, _ := strings.Cut(u.Path[1:], "/")
	return !s.firsts[first]
}

// register tells mux the route, and what is wrong with its pattern.
func register(mux *http.ServeMux, pattern string) (err *PolicyError) {
	defer func() {
		if problem := recover(); problem != nil { // the only way in which Handle reports
			err = &PolicyError{Route: pattern, Field: "Pattern", Value: pattern,
				Problem: "is refused by net/http: " + inOneLine(fmt.Sprint(problem))}
		}
	}()
	mux.Handle(pattern, http.NotFoundHandler())
	return nil
}

// inOneLine leaves out of what ServeMux says where in this package the patterns
// were registered, and from the third line on more of the same.
func inOneLine(said string) string {
	lines := strings.SplitN(said, "\n", 3)
	said = strings.TrimSuffix(strings.Join(lines[:min(len(lines), 2)], " "), ".")
	parts := strings.Split(said, " (registered at ")
	for i := 1; i < len(parts); i++ {
		_, parts[i], _ = strings.Cut(parts[i], ")")
	}
	return strings.Join(parts, "")
}
