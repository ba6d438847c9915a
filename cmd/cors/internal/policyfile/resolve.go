package policyfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"crossorigin.dev/cors"
	"crossorigin.dev/origin"
)

// Closed is the policy of "policy: none": it allows no origin, answers every
// preflight with 403, and so keeps a wider route's policy from this one.
func Closed() cors.Policy {
	return cors.Policy{AllowOrigin: func(*http.Request, origin.Origin) bool { return false }}
}

// resolve checks what takes more than one value to see, and puts things where
// names stood. What it returns is of use only if there is no error.
func (d *decoder) resolve(doc *document) *File {
	f := doc.file
	d.listeners(doc)
	for name, u := range doc.upstreams {
		d.upstream(u)
		f.Upstreams[name] = u.Upstream
	}
	for _, name := range doc.named {
		d.policy(doc.policies[name])
	}
	used := uses{upstreams: map[string]bool{}, policies: map[string]bool{}}
	if doc.fallback != nil {
		p := d.refer(doc, doc.fallback, &used)
		f.Default = &p
	}
	for _, r := range doc.routes {
		f.Routes = append(f.Routes, d.route(doc, r, &used))
	}
	d.patterns(doc)
	if len(d.problems.Errors()) == 0 {
		d.unused(doc, &used)
	}
	sum := sha256.Sum256([]byte(d.hashed.String()))
	f.Hash = hex.EncodeToString(sum[:6])
	return f
}

// uses are the names that something refers to.
type uses struct{ upstreams, policies map[string]bool }

func (d *decoder) listeners(doc *document) {
	f := doc.file
	if len(doc.listeners) == 0 {
		doc.listeners = []*listener{{Listener: Listener{Address: "localhost:8080"}}}
	}
	addresses := map[string]bool{}
	for _, l := range doc.listeners {
		at := where(l.node, "address")
		if l.Address != "" {
			d.address(at, l.Address)
			if addresses[l.Address] {
				d.fail(at, "%q is listened on twice", l.Address)
			}
			// Port 0 is any free one, another one each time.
			addresses[l.Address] = !strings.HasSuffix(l.Address, ":0")
			if CheckAddress(l.Address) == nil && !IsLoopback(l.Address) && len(l.Hosts) == 0 {
				d.advise(at, strconv.Quote(l.Address)+" answers to any Host, also one that another site points here (DNS rebinding)", "the names it goes by under hosts")
			}
		}
		for i, host := range l.Hosts {
			d.host(l.node.get("hosts").items[i].at, host)
		}
		f.Listeners = append(f.Listeners, l.Listener)
	}
	f.Admin = doc.admin.text
	if f.Admin == "" {
		return
	}
	if d.address(doc.admin.at, f.Admin); addresses[f.Admin] {
		d.fail(doc.admin.at, "%q is the address of a listener already; the admin pages need one of their own", f.Admin)
	}
	if CheckAddress(f.Admin) == nil && !IsLoopback(f.Admin) {
		d.advise(doc.admin.at, strconv.Quote(f.Admin)+" can be reached from other machines, and /decisions shows origins and paths; keep it in a closed network", "")
	}
}

func (d *decoder) advise(at position, message, suggestion string) {
	d.problems = append(d.problems, Problem{Line: at.line, Column: at.column, Advice: true, Message: message, Suggestion: suggestion})
}

// where is the position of a key's value, or of the mapping if there is none.
func where(mapping *node, name string) position {
	if n := mapping.get(name); n != nil {
		return n.at
	}
	if mapping == nil {
		return position{}
	}
	return mapping.at
}

func (d *decoder) address(at position, address string) {
	if p := CheckAddress(address); p != nil {
		d.add(at, p.Message, p.Suggestion)
	}
}

// CheckAddress returns what is wrong with the address of a listener, or nil.
func CheckAddress(address string) *Problem {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		suggestion := "localhost:8080, say"
		if _, err := strconv.ParseUint(address, 10, 16); err == nil {
			suggestion = "localhost:" + address
		}
		return &Problem{Message: fmt.Sprintf("%q is not a host and a port", address), Suggestion: suggestion}
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return &Problem{Message: fmt.Sprintf("%q is not a port; it has to be 0 to 65535", port)}
	}
	if strings.ContainsAny(host, "/* ") {
		return &Problem{Message: fmt.Sprintf("%q is not the name of a host", host), Suggestion: "an address or a name, or nothing for every address of the machine"}
	}
	return nil
}

// IsLoopback reports whether only this machine can reach a listener's address.
func IsLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.IsLoopback()
}

func (d *decoder) host(at position, host string) {
	name := strings.TrimPrefix(host, "*.")
	switch {
	case strings.ContainsAny(name, "*/ @") || name == "":
		d.add(at, fmt.Sprintf("%q is not the name of a host", host), "api.example.com or *.example.com, say")
	case strings.Contains(name, ":") && !strings.HasPrefix(name, "["):
		h, _, _ := strings.Cut(name, ":")
		d.add(at, fmt.Sprintf("%q has a port; hosts are named without", host), h)
	case name != strings.ToLower(name):
		d.add(at, fmt.Sprintf("%q is never asked for; browsers send it in lower case", host), strings.ToLower(host))
	}
}

func (d *decoder) upstream(u *upstream) {
	if u.URL == "" {
		return
	}
	at := u.node.at
	if u.node.kind == kindMapping {
		at = where(u.node, "url")
	}
	if p := CheckUpstream(u.URL); p != nil {
		d.add(at, p.Message, p.Suggestion)
		return
	}
	if u.CertificateAuthority != "" && !strings.HasPrefix(u.URL, "https:") {
		d.fail(where(u.node, "certificateAuthority"), "certificateAuthority is for https, and the upstream's url is not")
	}
}

// CheckUpstream returns what is wrong with the URL of an upstream, or nil.
func CheckUpstream(raw string) *Problem {
	parsed, err := url.Parse(raw)
	switch {
	case strings.Contains(raw, "@") && (err != nil || parsed.User != nil || parsed.Host == ""):
		// It may hold a password, so nothing before the @ is shown.
		return &Problem{Message: fmt.Sprintf("%q carries a user name or password; what the upstream asks for comes from its clients", "…"+raw[strings.LastIndexByte(raw, '@'):])}
	case !strings.Contains(raw, "://"):
		return &Problem{Message: fmt.Sprintf("%q has no scheme", raw), Suggestion: "http://" + raw}
	case err != nil:
		var e *url.Error
		errors.As(err, &e)
		return &Problem{Message: fmt.Sprintf("%q is not a URL: %v", raw, e.Err)}
	case parsed.Scheme != "http" && parsed.Scheme != "https" && parsed.Scheme != "h2c":
		return &Problem{Message: fmt.Sprintf("%q has the scheme %q; an upstream has http, https or h2c", raw, parsed.Scheme)}
	case parsed.Hostname() == "":
		return &Problem{Message: fmt.Sprintf("%q names no host", raw)}
	case parsed.RawQuery != "" || parsed.Fragment != "" || parsed.ForceQuery:
		return &Problem{Message: fmt.Sprintf("%q has a query or a fragment", raw), Suggestion: parsed.Scheme + "://" + parsed.Host + parsed.EscapedPath()}
	}
	return nil
}

func (d *decoder) route(doc *document, r *route, used *uses) Route {
	out := Route{Match: r.match.text, Upstream: r.upstream.text, StripPrefix: r.strip.text}
	if name := r.upstream.text; name != "" {
		if _, ok := doc.upstreams[name]; !ok {
			d.unknown(r.upstream.at, "upstream", name, sortedNames(doc.upstreams))
		}
		used.upstreams[name] = true
	}
	if r.policy != nil {
		out.Policy = d.refer(doc, r.policy, used)
	}
	if r.shadow != nil {
		p := d.refer(doc, r.shadow, used)
		out.Shadow = &p
	}
	if strip := out.StripPrefix; strip != "" {
		_, path := splitPattern(out.Match)
		switch {
		case !strings.HasPrefix(strip, "/") || strings.HasSuffix(strip, "/"):
			d.add(r.strip.at, fmt.Sprintf("%q has to begin with a slash and to end without", strip), "/"+strings.Trim(strip, "/"))
		case path != strip && !strings.HasPrefix(path, strip+"/"):
			d.fail(r.strip.at, "%q is not how the paths of %q begin", strip, out.Match)
		}
	}
	return out
}

// splitPattern takes a pattern's method off, and its host from its path.
func splitPattern(pattern string) (host, path string) {
	if _, rest, ok := strings.Cut(pattern, " "); ok {
		pattern = strings.TrimLeft(rest, " \t")
	}
	i := strings.IndexByte(pattern, '/')
	if i < 0 {
		return pattern, ""
	}
	return pattern[:i], pattern[i:]
}

// refer returns the policy that a reference means.
func (d *decoder) refer(doc *document, r *reference, used *uses) cors.Policy {
	switch {
	case r.inline != nil:
		d.policy(r.inline)
		return r.inline.Policy
	case r.name == none:
		return Closed()
	case r.name == "":
		return cors.Policy{} // reported already
	}
	p, ok := doc.policies[r.name]
	if !ok {
		d.unknown(r.at, "policy", r.name, append(sortedNames(doc.policies), none))
		return cors.Policy{}
	}
	used.policies[r.name] = true
	return p.Policy
}

// policy reports what package cors says of a policy, at the place it is about.
func (d *decoder) policy(p *policy) {
	if len(d.problemsIn(p.node)) > 0 {
		return // what did not decode would be reported again, as missing
	}
	if p.UnsafeNullOrigin && p.Credentials {
		d.fail(where(p.node, "unsafeNullOrigin"), `any site can take on the origin "null", so with credentials every site could act as the user; leave one of the two out`)
	}
	if len(p.Origins) == 0 && !p.UnsafeNullOrigin {
		d.add(where(p.node, "origins"), "the policy names no origin, so nobody would be allowed", "origins: [https://app.example.com], or policy: none in the route")
	} else if _, err := cors.New(p.Policy); err != nil {
		for _, e := range err.(cors.PolicyErrors) {
			suggestion := e.Suggestion
			if e.Field == "Origins" && strings.Contains(e.Value, ",") {
				suggestion = "one entry of the list for each"
			}
			d.add(p.find(e.Field, e.Value), sentence(e.Field, e.Value, e.Problem), suggestion)
		}
	}
	for _, a := range p.Advice() {
		d.advise(p.find(a.Field, a.Value), sentence(a.Field, a.Value, a.Text), a.Suggestion)
	}
}

// problemsIn returns the problems known inside of a mapping.
func (d *decoder) problemsIn(n *node) (in Problems) {
	for _, p := range d.problems {
		if n.contains(position{p.Line, p.Column}) {
			in = append(in, p)
		}
	}
	return in
}

func (n *node) contains(at position) bool {
	if n.at == at {
		return true
	}
	for _, e := range n.entries {
		if e.at == at || e.value.contains(at) {
			return true
		}
	}
	return slices.ContainsFunc(n.items, func(item *node) bool { return item.contains(at) })
}

// find is the position of a value of a field of Policy.
func (p *policy) find(field, value string) position {
	n := p.node.get(lowerFirst(field))
	if n == nil {
		return p.node.at
	}
	for _, item := range n.items {
		if item.text == value {
			return item.at
		}
	}
	for _, item := range n.items {
		if strings.EqualFold(item.text, value) {
			return item.at
		}
	}
	return n.at
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// goFields finds the fields of cors.Policy in a sentence of package cors. The
// file spells them with a small letter.
var goFields = regexp.MustCompile(`\b(?:Unsafe[A-Z][A-Za-z]+|Credentials|TimingAllowOrigin|Enforce|Debug)\b`)

func sentence(field, value, rest string) string {
	s := lowerFirst(field) + ": "
	if value != "" {
		s += strconv.Quote(value) + " "
	}
	return s + goFields.ReplaceAllStringFunc(rest, lowerFirst)
}

// patterns reports patterns that net/http does not read, and that it could not
// tell apart.
func (d *decoder) patterns(doc *document) {
	var routes []cors.Route
	first := map[string]position{}
	for _, r := range doc.routes {
		pattern := r.match.text
		if pattern == "" {
			continue
		}
		if at, twice := first[pattern]; twice {
			d.fail(r.match.at, "%q is matched twice; the first one is in line %d", pattern, at.line)
			continue
		}
		first[pattern] = r.match.at
		host, path := splitPattern(pattern)
		switch lower := strings.ToLower(host); {
		case path == "":
			d.add(r.match.at, fmt.Sprintf("%q has no path", pattern), pattern+"/")
			continue
		case strings.Contains(host, ":"):
			name, _, _ := strings.Cut(host, ":")
			d.add(r.match.at, fmt.Sprintf("%q names a port; patterns match any", pattern), strings.Replace(pattern, host, name, 1))
			continue
		case host != lower:
			d.add(r.match.at, fmt.Sprintf("%q matches nothing; hosts are compared in lower case", pattern), strings.Replace(pattern, host, lower, 1))
			continue
		}
		routes = append(routes, cors.Route{Pattern: pattern, Policy: Closed()})
	}
	_, err := cors.NewRoutes(routes...)
	if err == nil {
		return
	}
	for _, e := range err.(cors.PolicyErrors) {
		problem := strings.TrimPrefix(e.Problem, "is refused by net/http: ")
		d.fail(first[e.Value], "%q does not work as a pattern: %s", e.Value, problem)
	}
}

// unused advises about what nothing refers to.
func (d *decoder) unused(doc *document, used *uses) {
	for _, name := range doc.named {
		if !used.policies[name] {
			d.advise(doc.policies[name].node.at, fmt.Sprintf("no route uses the policy %q", name), "")
		}
	}
	for name, u := range doc.upstreams {
		if !used.upstreams[name] {
			d.advise(u.node.at, fmt.Sprintf("no route leads to the upstream %q, so nothing does", name), "")
		}
	}
	if doc.fallback == nil {
		return
	}
	for _, r := range doc.routes {
		if r.match.text == "/" {
			d.advise(doc.fallback.at, `default is never used, because the route "/" matches everything`, "")
		}
	}
}
