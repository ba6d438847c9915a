package scripted

import (
	"cmp"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"crossorigin.dev/conformance/vector"
)

// A Run is one run of a vector. Its URLs carry its number, so that no cache of
// another run knows them.
type Run struct {
	server *Server
	vector *vector.Vector
	id     int
	prefix string
	extra  map[string][]string // values that steps set, by the header's name in lower case

	mu                  sync.Mutex
	preflights, answers map[string]int // given so far, by resource
	received            []request
}

// A request is what a server received.
type request struct {
	method, scheme, host, target string // the target without the run's number
	fields                       []vector.Field
}

func (r *Run) prepare() error {
	for _, s := range r.vector.Steps {
		fields, err := vector.ParseFields(s.Headers)
		if err != nil {
			return err
		}
		for _, f := range fields {
			name := strings.ToLower(f.Name)
			r.extra[name] = append(r.extra[name], strings.Trim(f.Value, " \t"))
		}
	}
	return nil
}

// End forgets the run; what still asks gets a 404.
func (r *Run) End() {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	delete(r.server.runs, r.id)
}

var absolute = regexp.MustCompile(`^(?i:https?:)?//[^/?#\\]*`)

// URL returns a URL of the vector as it is in this run.
func (r *Run) URL(u string) string {
	if head := absolute.FindString(u); head != "" {
		rest := u[len(head):]
		if rest == "" || rest[0] == '?' || rest[0] == '#' {
			rest = "/" + rest
		}
		return head + r.prefix + rest
	}
	if strings.HasPrefix(u, "/") {
		return r.prefix + u
	}
	return u
}

var number = regexp.MustCompile(`/~[0-9]+\b`)

// Hide takes the numbers of runs out of a text.
func Hide(text string) string { return number.ReplaceAllString(text, "") }

// Page returns the URL of the run's page.
func (r *Run) Page() string { return r.URL(r.vector.Page.URL) }

// isPage reports whether a request is for the page itself.
func (r *Run) isPage(scheme, host, target string) bool {
	u, err := url.Parse(r.vector.Page.URL)
	return err == nil && u.Scheme == scheme && u.Host == host && u.RequestURI() == target
}

// script returns the answer to a request, and takes the request down.
func (r *Run) script(q request) vector.Answer {
	q.target = Hide(q.target)
	preflight := q.method == "OPTIONS" && q.header("Access-Control-Request-Method") != nil
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.received) < maxRequests {
		r.received = append(r.received, q)
	}
	resource := r.resource(q.scheme + "://" + q.host + q.target)
	if resource == nil {
		return vector.Answer{Status: 404, Cut: -1}
	}
	texts, given := resource.Answer, r.answers
	if preflight {
		texts, given = resource.Preflight, r.preflights
	}
	if len(texts) == 0 {
		return vector.Answer{Status: 404, Cut: -1}
	}
	text := texts[min(given[resource.URL], len(texts)-1)]
	given[resource.URL]++
	answer, err := vector.ParseAnswer(text)
	if err != nil {
		return vector.Answer{Drop: true} // vectors are validated when read
	}
	for i, line := range answer.Fields {
		answer.Fields[i] = r.field(line, q)
	}
	return answer
}

// resource finds what answers at a URL, with its query or without.
func (r *Run) resource(u string) *vector.Resource {
	bare, _, _ := strings.Cut(u, "?")
	for _, want := range []string{u, bare} {
		for i := range r.vector.Servers {
			have := r.vector.Servers[i].URL
			if have == want || absolute.FindString(have) == have && have+"/" == want {
				return &r.vector.Servers[i]
			}
		}
	}
	return nil
}

var (
	placeholder = regexp.MustCompile(`\{\{([A-Za-z-]+)\}\}`)
	cookiePath  = regexp.MustCompile(`(?i)(;\s*path=)(/[^;]+)`)
)

// field fills in a header line, and puts the run's number into what leads back
// to the run.
func (r *Run) field(line string, q request) string {
	line = placeholder.ReplaceAllStringFunc(line, func(p string) string {
		return strings.Join(q.header(strings.Trim(p, "{}")), ", ")
	})
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		return line
	}
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "location":
		trimmed := strings.TrimLeft(value, " \t")
		return name + ":" + value[:len(value)-len(trimmed)] + r.URL(trimmed)
	case "set-cookie":
		return name + ":" + cookiePath.ReplaceAllString(value, "${1}"+r.prefix+"${2}")
	}
	return line
}

func (q *request) header(name string) []string {
	var values []string
	for _, f := range q.fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// taken are the headers that are always taken down; a hyphen at the end stands
// for whatever begins so.
var taken = []string{
	"access-control-request-", "authorization", "content-type", "cookie", "origin", "range", "referer",
	"sec-fetch-", "cache-control", "pragma", "if-",
}

// takes reports whether a header is taken down: it is one of those, or a step
// sets it so; a User-Agent of the browser's own is not.
func (r *Run) takes(f vector.Field) bool {
	name := strings.ToLower(f.Name)
	return slices.ContainsFunc(taken, func(t string) bool {
		return name == t || strings.HasSuffix(t, "-") && strings.HasPrefix(name, t)
	}) || slices.Contains(r.extra[name], f.Value) || len(r.extra[name]) > 1 && f.Value == strings.Trim(strings.Join(r.extra[name], ", "), " ")
}

// Requests returns what the servers received, as vectors have it. If sorted the
// order of arrival is left out.
func (r *Run) Requests() string {
	r.mu.Lock()
	received := slices.Clone(r.received)
	r.mu.Unlock()
	var texts []string
	for _, q := range received {
		texts = append(texts, r.text(q))
	}
	if slices.ContainsFunc(r.vector.Steps, func(s vector.Step) bool { return s.Parallel }) {
		slices.Sort(texts)
	}
	return strings.Join(texts, "\n")
}

var boundary = regexp.MustCompile(`^(multipart/form-data; ?boundary=).*`)

func (r *Run) text(q request) string {
	var b strings.Builder
	b.WriteString(q.method + " " + q.scheme + "://" + q.host + q.target)
	fields := slices.Clone(q.fields)
	for i := range fields {
		fields[i].Name = textproto.CanonicalMIMEHeaderKey(fields[i].Name)
	}
	slices.SortStableFunc(fields, func(a, b vector.Field) int { return cmp.Compare(a.Name, b.Name) })
	for _, f := range fields {
		if r.takes(f) {
			value := vector.Escape(Hide(boundary.ReplaceAllString(f.Value, "${1}")))
			b.WriteString(strings.TrimRight("\n  "+f.Name+": "+value, " "))
		}
	}
	return b.String()
}
