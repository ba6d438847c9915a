package cors

import (
	"net/http"

	"crossorigin.dev/origin"
)

// Names of headers, in the canonical form that http.Header has them in.
const (
	headerOrigin           = "Origin"
	headerVary             = "Vary"
	headerRequestMethod    = "Access-Control-Request-Method"
	headerRequestHeaders   = "Access-Control-Request-Headers"
	headerAllowOrigin      = "Access-Control-Allow-Origin"
	headerAllowCredentials = "Access-Control-Allow-Credentials"
	headerAllowMethods     = "Access-Control-Allow-Methods"
	headerAllowHeaders     = "Access-Control-Allow-Headers"
	headerExposeHeaders    = "Access-Control-Expose-Headers"
	headerMaxAge           = "Access-Control-Max-Age"
	headerTimingAllow      = "Timing-Allow-Origin"
	headerResourcePolicy   = "Cross-Origin-Resource-Policy"
	headerReason           = "Crossorigin-Reason"
)

// serve tells the three kinds of request apart, as the standard defines them.
func (s *settings) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if r.Method == http.MethodOptions {
		// https://fetch.spec.whatwg.org/#cors-preflight-request
		origins, asked := r.Header[headerOrigin], r.Header[headerRequestMethod]
		if len(origins) > 0 && len(asked) > 0 {
			s.servePreflight(w, r, next, origins, asked)
			return
		}
	}
	s.serveActual(w, r, next)
}

func (s *settings) servePreflight(w http.ResponseWriter, r *http.Request, next http.Handler, origins, asked []string) {
	p := s.policyFor(r, asked[0])
	if p == nil {
		s.decided(r, Decision{Kind: KindPreflight, Method: asked[0], Reason: ReasonRouteNone}, origins)
		next.ServeHTTP(w, r)
		return
	}
	reason := p.allowsOrigin(r, origins)
	originAllowed := reason == ""
	if originAllowed {
		reason = p.methods.allows(asked)
	}
	var lines []string
	if reason == "" {
		lines = r.Header[headerRequestHeaders]
		reason = p.headers.allows(lines)
	}
	if s.observe != nil || p.debug {
		reason = p.headers.problem(originProblem(reason, origins), lines)
		s.decided(r, Decision{Kind: KindPreflight, Route: p.route, Allowed: reason == "",
			Reason: reason, Method: asked[0], Headers: r.Header[headerRequestHeaders]}, origins)
	}
	switch {
	case reason == "":
		p.grant(w.Header(), origins[0], asked[0], lines)
		if p.passPreflights {
			next.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(p.preflightStatus)
	case p.debug:
		p.refuseInDetail(w.Header(), reason, origins[0], asked[0], originAllowed)
		w.WriteHeader(p.preflightStatus)
	default:
		addVary(w.Header(), p.refusalVary)
		w.WriteHeader(http.StatusForbidden)
	}
}

// grant sets the headers of a preflight that is granted. Methods and headers are
// listed in full, whatever was asked for, so that the browser's cache has the
// answer to the next question too.
// https://fetch.spec.whatwg.org/#http-access-control-allow-methods and following.
func (p *policy) grant(header http.Header, origin, method string, lines []string) {
	room := p.preflightFields
	if p.headers.any && p.credentials {
		room += len(lines)
	}
	fields := newFields(header, room)
	fields.vary(p.preflightVary)
	p.allow(&fields, origin)
	if p.methods.any && p.credentials {
		fields.set(headerAllowMethods, method)
	} else {
		fields.setUnlessEmpty(headerAllowMethods, p.allowMethods)
	}
	if p.headers.any && p.credentials {
		fields.setLines(headerAllowHeaders, lines)
	} else {
		fields.setUnlessEmpty(headerAllowHeaders, p.allowHeaders)
	}
	fields.setUnlessEmpty(headerMaxAge, p.maxAge)
}

// refuseInDetail sets headers with which a browser finds, and names, the very
// cause. The status is an ok one, or the browser would name that. So the headers
// alone must keep the browser from going on, also where Methods or
// RequestHeaders is "*" and what was asked for is too long.
func (p *policy) refuseInDetail(header http.Header, reason Reason, origin, method string, originAllowed bool) {
	fields := newFields(header, 6)
	fields.vary(p.refusalVary)
	fields.set(headerReason, string(reason))
	if !originAllowed {
		return
	}
	p.allow(&fields, origin)
	switch {
	case p.methods.any && reason != ReasonMethodMalformed:
		fields.set(headerAllowMethods, method)
	case p.allowMethods != "" && !p.methods.any:
		fields.set(headerAllowMethods, p.allowMethods)
	default:
		// Without this header a browser takes any method for allowed if a script
		// listens to the upload: https://fetch.spec.whatwg.org/#cors-preflight-fetch,
		// "if methods is null and request's use-CORS-preflight flag is set".
		fields.set(headerAllowMethods, "GET, HEAD, POST")
	}
	if reason != ReasonHeadersTooLong {
		fields.setUnlessEmpty(headerAllowHeaders, p.allowHeaders)
	}
}

func (s *settings) serveActual(w http.ResponseWriter, r *http.Request, next http.Handler) {
	p := s.policyFor(r, r.Method)
	// https://fetch.spec.whatwg.org/#cors-request
	origins := r.Header[headerOrigin]
	if p == nil {
		if len(origins) > 0 {
			s.decided(r, Decision{Kind: KindActual, Method: r.Method, Reason: ReasonRouteNone}, origins)
		} else {
			s.decided(r, Decision{Kind: KindOther, Method: r.Method}, nil)
		}
		next.ServeHTTP(w, r)
		return
	}
	kind, reason := KindOther, Reason("")
	if len(origins) > 0 {
		kind, reason = KindActual, p.allowsOrigin(r, origins)
	}
	allowed := kind == KindActual && reason == ""
	stopped := false
	if p.enforce && !allowed {
		if stopped = crossOriginChange(r, origins); stopped && kind == KindOther {
			reason = ReasonOriginMissing
		}
	}
	if s.observe != nil || p.debug {
		reason = originProblem(reason, origins)
		s.decided(r, Decision{Kind: kind, Route: p.route, Allowed: allowed, Reason: reason,
			Method: r.Method, Stopped: stopped}, origins)
	}
	p.setActual(w.Header(), r, origins, reason)
	if stopped {
		http.Error(w, "cross-origin request refused", http.StatusForbidden)
		return
	}
	next.ServeHTTP(w, r)
}

// setActual sets the headers of a response that is not a preflight's. The reason
// is empty if the origin is allowed, or if there is none.
func (p *policy) setActual(header http.Header, r *http.Request, origins []string, reason Reason) {
	vary := p.vary
	switch {
	case r.Method == http.MethodOptions:
		vary = p.refusalVary // a preflight of the same URL gets another answer
	case p.anyone && reason != "":
		// "*" is granted to all others alike, with Origin or without, so theirs
		// need no Vary. This one must not be given to them by a cache.
		vary = headerOrigin
	}
	granted := reason == "" && (p.anyone || len(origins) > 0)
	if !granted && p.refusedFields == 1 {
		addVary(header, vary)
		return
	}
	room := p.refusedFields
	if granted {
		room = p.grantedFields
	}
	fields := newFields(header, room)
	if vary != "" {
		fields.vary(vary)
	}
	fields.setUnlessEmpty(headerResourcePolicy, p.resourcePolicy)
	if !granted {
		if p.debug && reason != "" {
			fields.set(headerReason, string(reason))
		}
		return
	}
	origin := ""
	if !p.anyone {
		origin = origins[0]
	}
	p.allow(&fields, origin)
	fields.setUnlessEmpty(headerExposeHeaders, p.exposeHeaders)
	if p.timing {
		fields.set(headerTimingAllow, header[headerAllowOrigin][0])
	}
}

// allow sets what the CORS check looks at,
// https://fetch.spec.whatwg.org/#concept-cors-check.
func (p *policy) allow(fields *fields, origin string) {
	if p.anyone {
		fields.set(headerAllowOrigin, "*")
		return
	}
	fields.set(headerAllowOrigin, origin)
	if p.credentials {
		fields.set(headerAllowCredentials, "true")
	}
}

// decided tells the observer, if there is one.
func (s *settings) decided(r *http.Request, d Decision, origins []string) {
	if s.observe == nil {
		return
	}
	if len(origins) > 0 {
		d.Origin = origins[0]
	}
	s.observe(r, d)
}

// crossOriginChange reports whether a request is of a browser, from another
// origin than its own, and could change something. It is asked only when the
// request's origin is not allowed.
func crossOriginChange(r *http.Request, origins []string) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		// WebSockets are not subject to CORS at all, and their handshake is a GET.
		if len(r.Header["Upgrade"]) == 0 {
			return false
		}
	}
	// https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header
	if site := r.Header["Sec-Fetch-Site"]; len(site) > 0 {
		return len(site) != 1 || site[0] != "same-origin" && site[0] != "none"
	}
	switch len(origins) {
	case 0:
		return false // not a browser: all of them send one or the other
	case 1:
		return !namesHost(origins[0], r.Host)
	}
	return true
}

// namesHost reports whether the origin's host and port are the request's own.
// Both leave a default port out. Whether the request came by http or by https a
// server behind a proxy cannot tell, so the schemes are not compared.
func namesHost(serialized, host string) bool {
	o, err := origin.Parse(serialized)
	if err != nil || o.IsOpaque() {
		return false
	}
	return serialized[len(o.Scheme())+len("://"):] == host
}
