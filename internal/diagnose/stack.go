package diagnose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/fetchspec"
)

// A Stack is a server's software, by the name that --stack takes.
type Stack string

// A stack knows how its software is configured. Each has a file of its own.
type stack struct {
	order int // in lists
	name  Stack
	title string
	signs []sign
	where string // where its configuration goes
	// grant is configuration that lets a page do what it asked for.
	grant func(grant) string
	// once is configuration that leaves CORS to what is behind, or in front.
	once string
	// notes are what to look out for, by the code of a situation.
	notes map[string]string
}

// A sign is a field of a response by which software gives itself away.
type sign struct{ header, contains string }

// A grant is what the page needs.
type grant struct {
	origin      string
	credentials bool
	methods     []string // beyond GET, HEAD and POST
	headers     []string
	expose      []string
	// answered says that something allows an origin already, so that it must
	// not be added to.
	answered bool
}

var stacks []*stack

func registerStack(s stack) *stack {
	at, _ := slices.BinarySearchFunc(stacks, s.order, func(t *stack, n int) int { return cmp.Compare(t.order, n) })
	stacks = slices.Insert(stacks, at, &s)
	return &s
}

func stackNamed(name Stack) *stack {
	for _, s := range stacks {
		if s.name == name {
			return s
		}
	}
	return nil
}

// Stacks returns the names that ParseStack knows.
func Stacks() []Stack {
	names := make([]Stack, len(stacks))
	for i, s := range stacks {
		names[i] = s.name
	}
	return names
}

// ParseStack returns the stack of that name.
func ParseStack(name string) (s Stack, ok bool) {
	s = Stack(strings.ToLower(name))
	return s, stackNamed(s) != nil
}

// Title is how the software calls itself.
func (s Stack) Title() string {
	if known := stackNamed(s); known != nil {
		return known.title
	}
	return string(s)
}

// detect tells the software from the last answers' fields. What is nearest to
// the application tells most: a framework before a server, a server before a
// CDN.
func detect(t *browser.Trace) (name Stack, found string) {
	best := -1
	for _, s := range t.Steps {
		if s.Exchange == nil || s.Exchange.Answer == nil {
			continue
		}
		for _, k := range stacks {
			if sign, ok := k.shows(s.Exchange.Answer.Header); ok && (best < 0 || k.order < best) {
				best, name, found = k.order, k.name, sign
			}
		}
	}
	return name, found
}

// shows returns the field by which the software gives itself away.
func (s *stack) shows(header []browser.Field) (string, bool) {
	for _, sign := range s.signs {
		value, ok := find(header, sign.header)
		if ok && strings.Contains(strings.ToLower(value), sign.contains) {
			return sign.header + ": " + value, true
		}
	}
	return "", false
}

// grantFor collects what a fetch asked for, over all its hops.
func grantFor(t *browser.Trace) grant {
	g := grant{origin: t.Origin, credentials: t.Credentials == browser.CredentialsInclude}
	if !fetchspec.IsSafelistedMethod(t.Method) {
		g.methods = append(g.methods, strings.ToUpper(t.Method))
	}
	for _, s := range t.Steps {
		if s.Exchange == nil || !s.Exchange.Preflight {
			continue
		}
		line, _ := find(s.Exchange.Header, "Access-Control-Request-Headers")
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.TrimSpace(name); name != "" && !corsHeader(name) && !slices.Contains(g.headers, name) {
				g.headers = append(g.headers, name)
			}
		}
	}
	g.keep(t)
	_, g.answered = factsOf(t).answered("Access-Control-Allow-Origin")
	if f := factsOf(t); f.succeeded() {
		g.expose = slices.DeleteFunc(hiddenHeaders(f), func(name string) bool { return !isPlainName(name) })
	}
	return g
}

// keep adds what the server allows already, so that it is not lost.
func (g *grant) keep(t *browser.Trace) {
	for _, s := range t.Steps {
		if s.Exchange == nil || !s.Exchange.Preflight || s.Exchange.Answer == nil {
			continue
		}
		methods, _ := find(s.Exchange.Answer.Header, "Access-Control-Allow-Methods")
		for name := range strings.SplitSeq(methods, ",") {
			if name = strings.TrimSpace(name); isPlainName(name) && !fetchspec.IsSafelistedMethod(name) && !slices.Contains(g.methods, strings.ToUpper(name)) {
				g.methods = append(g.methods, strings.ToUpper(name))
			}
		}
		headers, _ := find(s.Exchange.Answer.Header, "Access-Control-Allow-Headers")
		for name := range strings.SplitSeq(headers, ",") {
			if name = strings.ToLower(strings.TrimSpace(name)); isPlainName(name) && !slices.Contains(g.headers, name) {
				g.headers = append(g.headers, name)
			}
		}
	}
}

// isPlainName reports whether a name that a server wrote means nothing to any
// configuration's language.
func isPlainName(name string) bool {
	return name != "" && len(name) <= 64 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

// preflighted reports whether a preflight asks for anything.
func (g grant) preflighted() bool { return len(g.methods)+len(g.headers) > 0 }

// allMethods are the methods with those that need no listing, which many
// frameworks want listed all the same.
func (g grant) allMethods() []string { return append([]string{"GET", "HEAD", "POST"}, g.methods...) }

// lines are the fields of an answer: to a preflight, or to a request.
func (g grant) lines(preflight bool) []browser.Field {
	lines := []browser.Field{{Name: "Access-Control-Allow-Origin", Value: g.origin}}
	if g.credentials {
		lines = append(lines, browser.Field{Name: "Access-Control-Allow-Credentials", Value: "true"})
	}
	if preflight && len(g.methods) > 0 {
		lines = append(lines, browser.Field{Name: "Access-Control-Allow-Methods", Value: strings.Join(g.methods, ", ")})
	}
	if preflight && len(g.headers) > 0 {
		lines = append(lines, browser.Field{Name: "Access-Control-Allow-Headers", Value: strings.Join(g.headers, ", ")})
	}
	if !preflight && len(g.expose) > 0 {
		lines = append(lines, browser.Field{Name: "Access-Control-Expose-Headers", Value: strings.Join(g.expose, ", ")})
	}
	return lines
}

// quotedList writes strings as Go, JavaScript, Python, Java, C# and JSON do.
func quotedList(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	return strings.Join(quoted, ", ")
}
