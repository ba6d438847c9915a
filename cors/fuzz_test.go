package cors

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// FuzzRequestHeaders compares the one pass over Access-Control-Request-Headers
// with the plain way: join, split, trim, look up.
func FuzzRequestHeaders(f *testing.F) {
	f.Add("x-a\nx-b", "x-a,x-b")
	f.Add("Content-Type\nAuthorization", "authorization\ncontent-type")
	f.Add("x-a", " , ,\tX-A ,,")
	f.Add("x-a", "x-a x-a")
	f.Add("*", "x-a,authorization")
	f.Add("*\nAuthorization", "x-a,authorization")
	f.Add("", ",")
	f.Add("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl", "l,k,j,i,h,g,f,e,d,c,b,a")
	f.Fuzz(func(t *testing.T, list, sent string) {
		names, lines := strings.Split(list, "\n"), strings.Split(sent, "\n")
		compiled, errs := compile("/", &Policy{Origins: []string{"https://a.example"}, RequestHeaders: names})
		if len(errs) > 0 {
			return
		}
		got := compiled.headers.problem(compiled.headers.allows(lines), lines)
		if want := allowsPlainly(names, lines); got != want && got != ReasonHeadersTooLong {
			t.Fatalf("%q allows %q: %q, want %q", names, lines, got, want)
		}
		if got == ReasonHeadersTooLong {
			size := len(lines)
			for _, line := range lines {
				size += len(line)
			}
			needed := 0
			for _, name := range names {
				needed += len(name) + 1
			}
			empty := 0
			for _, line := range lines {
				empty += strings.Count(line, ",") + 1
			}
			if len(lines) <= len(names) && size <= needed && empty <= len(names) {
				t.Fatalf("%q finds %q too long", names, lines)
			}
		}
	})
}

func allowsPlainly(names, lines []string) Reason {
	all := slices.Contains(names, "*")
	reason := Reason("")
	for _, name := range strings.Split(strings.Join(lines, ","), ",") {
		name = strings.Trim(name, " \t")
		listed := slices.ContainsFunc(names, func(n string) bool { return fetchspec.EqualFold(n, name) })
		switch {
		case name == "":
		case !fetchspec.IsToken(name):
			return ReasonHeaderMalformed
		case all && (listed || !fetchspec.EqualFold(name, "authorization")):
		case !listed || name == "*":
			reason = ReasonHeaderNotAllowed
		}
	}
	return reason
}

// FuzzMiddleware: no policy and no request make it panic, and whatever it grants
// it grants to the origin that asked, and to no other.
func FuzzMiddleware(f *testing.F) {
	f.Add("https://a.example", "PUT", "X-A", "ETag", int64(600), uint16(0), "GET", "https://a.example", "PUT", "x-a", "Sec-Fetch-Site: cross-site")
	f.Add("*", "*", "*", "*", int64(0), uint16(0), "OPTIONS", "null", "PUT", "authorization", "")
	f.Add("https://*.a.example\nhttp://localhost:*", "", "", "", int64(-1), uint16(0x1FF), "OPTIONS", "http://localhost:1\nhttps://b.a.example", "GET\nPUT", "a\nb", "Upgrade: websocket")
	f.Add("http://example.com:443\nWSS://Example.com\nftp://h:443\nhttp://*.github.io\nlocalhost:0", "track \nput,\n*,", "cookie:\n'x-a'", "set-cookie:", int64(-7), uint16(1), "GET", "", "", "", "")
	f.Add("null\n", "put\n \nTRACE", "cookie\n\x00", "Set-Cookie", int64(1), uint16(0x0F), "*", "", "", "", "")
	f.Fuzz(func(t *testing.T, origins, methods, requestHeaders, responseHeaders string, age int64, flags uint16, method, from, asks, asksHeaders, more string) {
		flag := func(i int) bool { return flags>>i&1 == 1 }
		p := Policy{
			Origins: split(origins), Methods: split(methods), RequestHeaders: split(requestHeaders), ResponseHeaders: split(responseHeaders),
			MaxAge: time.Duration(age) * time.Second, Credentials: flag(0), Enforce: flag(1), Debug: flag(2), TimingAllowOrigin: flag(3),
			PassPreflights: flag(4), UnsafeInsecureOrigins: flag(5), UnsafeBroadOrigins: flag(6), UnsafeNullOrigin: flag(7),
		}
		if flag(8) {
			p.AllowOrigin = func(r *http.Request, o origin.Origin) bool { return o.IsSubdomainOf(r.Host) }
			p.VaryOn = split(more)
		}
		p.Advice()
		m, err := New(p)
		if err != nil {
			for _, e := range err.(PolicyErrors) {
				if e.Field == "" || e.Problem == "" || e.Error() == "" {
					t.Fatalf("an error that says nothing: %+v", e)
				}
				if e.Suggestion != "" {
					checkSuggestion(t, p, e)
				}
			}
			return
		}
		r := httptest.NewRequest("GET", "http://a.example/", nil)
		r.Method = method
		r.Header = http.Header{}
		for name, values := range map[string]string{"Origin": from, "Access-Control-Request-Method": asks, "Access-Control-Request-Headers": asksHeaders} {
			if values != "" {
				r.Header[name] = strings.Split(values, "\n")
			}
		}
		if name, value, ok := strings.Cut(more, ": "); ok {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		m.Observe(func(*http.Request, Decision) {})
		m.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)

		sent := r.Header["Origin"]
		granted := w.Header()["Access-Control-Allow-Origin"]
		anyone := len(p.Origins) == 1 && p.Origins[0] == "*"
		switch {
		case len(granted) == 0:
		case len(granted) > 1:
			t.Fatalf("granted to %q", granted)
		case anyone:
			if granted[0] != "*" || w.Header()["Access-Control-Allow-Credentials"] != nil {
				t.Fatalf("every origin is allowed, and the answer is %v", w.Header())
			}
		case len(sent) != 1 || sent[0] != granted[0]:
			t.Fatalf("asked by %q, granted to %q", sent, granted)
		}
		if !anyone && !strings.HasPrefix(w.Header().Get("Vary"), "Origin") && !(method == "OPTIONS" && r.URL.Path == "*") {
			t.Fatalf("Vary is %q", w.Header()["Vary"])
		}
		for name, values := range w.Header() {
			for _, v := range values {
				if strings.ContainsAny(v, "\r\n\x00") {
					t.Fatalf("%s: %q", name, v)
				}
			}
		}
	})
}

// checkSuggestion pastes what e suggests into its field of p, alone, and expects
// nothing to be wrong with it.
func checkSuggestion(t *testing.T, p Policy, e *PolicyError) {
	switch pasted := []string{e.Suggestion}; e.Field {
	case "Origins":
		p.Origins, p.AllowOrigin = pasted, nil
	case "Methods":
		p.Methods = pasted
	case "RequestHeaders":
		p.RequestHeaders = pasted
	case "ResponseHeaders":
		p.ResponseHeaders = pasted
	case "MaxAge":
		age, err := time.ParseDuration(e.Suggestion)
		if err != nil {
			t.Fatalf("%+v: %v", e, err)
		}
		p.MaxAge = age
	case "PreflightStatus":
		p.PreflightStatus, _ = strconv.Atoi(e.Suggestion)
	case "CrossOriginResourcePolicy":
		p.CrossOriginResourcePolicy = e.Suggestion
	default:
		t.Fatalf("a suggestion for %s: %+v", e.Field, e)
	}
	var again PolicyErrors
	if _, err := New(p); errors.As(err, &again) {
		for _, problem := range again {
			if problem.Field == e.Field {
				t.Fatalf("%v\npasted, there is still %v", e, problem)
			}
		}
	}
}

// FuzzRoutes compares which route a request gets with what ServeMux, given the
// same patterns, says.
func FuzzRoutes(f *testing.F) {
	f.Add("/\nGET /api/{id}\n/api/", "GET", "api.example.com", "/api/1")
	f.Add("/tree/\nGET api.example.com/tree/", "HEAD", "api.example.com:8080", "/tree")
	f.Add("/a%2Fb/\n/a", "PUT", "", "/a%2fb/c")
	f.Add("/a/{$}\n/b/{rest...}", "CONNECT", "h", "/x/../b")
	f.Add("POST /x\n/%78/y", "OPTIONS", "h", "//x")
	f.Add("/a b/\n/./c", "GET", "h", "/a%20b/./d")
	f.Add("/{x}/a\n/b", "GET", "h", "http://h")
	f.Add("/a/\n/b", "GET", "h", "/a/..%2Fb")
	f.Fuzz(func(t *testing.T, patterns, method, host, target string) {
		u, err := url.Parse(target)
		if err != nil {
			return
		}
		mux := http.NewServeMux()
		var routes []Route
		for _, pattern := range split(patterns) {
			if register(mux, pattern) == nil {
				routes = append(routes, Route{pattern, Policy{Origins: []string{"*"}}})
			}
		}
		s, errs := newSettings(routes)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		if method == "CONNECT" && !strings.HasPrefix(u.Path, "/") {
			return
		}
		_, want := mux.Handler(&http.Request{Method: method, URL: u, Host: host})
		got := ""
		if p := s.policyFor(&http.Request{Method: "OPTIONS", URL: u, Host: host}, method); p != nil {
			got = p.route
		}
		if u.Path != "*" && !hidesDots(u) && got != want {
			t.Fatalf("%q: %s %s %s gets the route %q; ServeMux says %q", patterns, method, host, u, got, want)
		}
	})
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
