package run

import (
	"context"
	"slices"
	"testing"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/conformance/scripted"
	"crossorigin.dev/conformance/vector"
)

func TestLine(t *testing.T) {
	yes, no := true, false
	for want, s := range map[string]seen{
		"cors 200, 4 bytes, headers a b":                        {Type: "cors", Status: 200, Length: 4, Headers: []string{"a", "b"}},
		"basic 204, 0 bytes":                                    {Type: "basic", Status: 204},
		"cors 200, 0 bytes, redirected to http://b.test:7001/x": {Type: "cors", Status: 200, Redirected: true, URL: "http://b.test:7001/x"},
		"cors 200, body fails":                                  {Type: "cors", Status: 200, Body: "fails"},
		"cors 200, body pending, no timing":                     {Type: "cors", Status: 200, Body: "pending", Timing: &no},
		"opaque":                                                {Type: "opaque"},
		"opaqueredirect":                                        {Type: "opaqueredirect"},
		"loads, timing":                                         {Element: "loads", Timing: &yes},
		"blocked":                                               {Error: "TypeError: Load failed"},
		"throws TypeError":                                      {Error: "TypeError: what else"},
		"throws SyntaxError":                                    {Error: "SyntaxError: x", Thrown: true},
		"pending":                                               {Pending: true, Element: "loads"},
	} {
		if got := s.line(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestReduce(t *testing.T) {
	for _, tt := range []struct {
		name          string
		console, want []string
	}{
		{"chromium", []string{"MissingAllowOriginHeader", "net::ERR_ABORTED"}, []string{"MissingAllowOriginHeader"}},
		{"chromium", []string{"HeaderDisallowedByPreflightResponse x-b"}, []string{"HeaderDisallowedByPreflightResponse"}},
		{"chromium", []string{"net::ERR_INVALID_REDIRECT", "PreflightDisallowedRedirect"}, []string{"PreflightDisallowedRedirect"}},
		{"chromium", []string{"PreflightDisallowedRedirect", "net::ERR_INVALID_REDIRECT"}, []string{"PreflightDisallowedRedirect"}},
		{"chromium", []string{"net::ERR_INVALID_REDIRECT"}, []string{"net::ERR_INVALID_REDIRECT"}},
		{"firefox", []string{"Cross-Origin Request Blocked: … (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200."},
			[]string{"CORS header ‘Access-Control-Allow-Origin’ missing. Status code: 200"}},
		{"firefox", []string{"… (Reason: CORS request did not succeed). Status code: (null).", "… (Reason: CORS request not http).", "hello"}, nil},
		{"webkit", []string{"Origin http://a.test is not allowed by Access-Control-Allow-Origin.\nFetch API cannot load http://b.test/ due to access control checks."},
			[]string{"Origin http://a.test is not allowed by Access-Control-Allow-Origin."}},
	} {
		if got := reduce(tt.name, tt.console); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q becomes %q, want %q", tt.name, tt.console, got, tt.want)
		}
	}
	if !SameReasons([]string{"net::ERR_FAILED", "net::ERR_FAILED"}, []string{"net::ERR_FAILED"}) {
		t.Error("a net error told twice is another")
	}
	if SameReasons([]string{"MissingAllowOriginHeader", "MissingAllowOriginHeader"}, []string{"MissingAllowOriginHeader"}) {
		t.Error("two requests without the header are as one")
	}
}

// TestSettled holds that a browser that differs once is asked again, and that one
// that differs twice alike is believed.
func TestSettled(t *testing.T) {
	outcome := func(word string) vector.Outcome { return vector.Outcome{Script: []string{word}} }
	recorded := outcome("recorded")
	for _, tt := range []struct {
		recorded *vector.Outcome
		runs     []string // what the browser does, in order
		want     string
	}{
		{&recorded, []string{"recorded"}, "recorded"},
		{&recorded, []string{"late", "recorded"}, "recorded"},
		{&recorded, []string{"other", "other"}, "other"},
		{&recorded, []string{"late", "other", "other"}, "other"},
		{&recorded, []string{"a", "b", "c", "d"}, "d"},
		{nil, []string{"new", "new"}, "new"},
		{nil, []string{"late", "new", "new"}, "new"},
	} {
		runs := 0
		got, err := settled(tt.recorded, func() (vector.Outcome, error) {
			runs++
			return outcome(tt.runs[runs-1]), nil
		})
		if err != nil || got.Script[0] != tt.want || runs != len(tt.runs) {
			t.Errorf("%q settle on %q after %d runs, %v", tt.runs, got.Script, runs, err)
		}
	}
}

// TestLoads: what does for a picture, of which Firefox draws no SVG of an error.
func TestLoads(t *testing.T) {
	answered := func(status int, contentType string) *browser.Response {
		a := &browser.Answer{Status: status, Header: []browser.Field{{Name: "Content-Type", Value: contentType}}}
		return &browser.Response{Type: browser.ResponseOpaque, Trace: &browser.Trace{Steps: []browser.Step{{Exchange: &browser.Exchange{Answer: a}}}}}
	}
	blank := &browser.Response{Type: browser.ResponseOpaque, Trace: &browser.Trace{}} // of about:blank
	for _, tt := range []struct {
		kind     vector.Kind
		response *browser.Response
		profile  browser.Profile
		want     bool
	}{
		{vector.KindImage, answered(404, "image/png"), browser.Firefox, true},
		{vector.KindImage, answered(404, "image/svg+xml"), browser.Firefox, false},
		{vector.KindImage, answered(201, "image/svg+xml;charset=utf-8"), browser.Firefox, true},
		{vector.KindImage, answered(404, "image/svg+xml"), browser.Spec, true},
		{vector.KindScript, answered(404, "text/javascript"), browser.Spec, false},
		{vector.KindScript, blank, browser.Firefox, true},
		{vector.KindImage, blank, browser.Firefox, false},
	} {
		if got := loads(tt.kind, tt.response, tt.profile); got != tt.want {
			t.Errorf("%v of %+v in %v: %v", tt.kind, tt.response.Trace, tt.profile, got)
		}
	}
}

// TestBatches parts vectors: those that leave nothing to others share a visit,
// if they have the same page.
func TestBatches(t *testing.T) {
	at := func(page, answer string) *vector.Vector {
		return &vector.Vector{
			Page: vector.Page{URL: page}, Steps: []vector.Step{{Kind: vector.KindFetch, URL: "http://b.test:7001/"}},
			Servers: []vector.Resource{{URL: "http://b.test:7001/", Answer: []string{answer}}},
		}
	}
	const page, other = "http://a.test:7000/page", "https://a.test:7443/page"
	vectors := []*vector.Vector{at(page, "200"), at(page, "200\nSet-Cookie: a=b"), at(other, "200"), at(page, "404"), at(page, "200 delay=5"), at(page, "hang")}
	sizes := func(c Checker) (sizes []int) {
		for _, batch := range c.batches(vectors) {
			sizes = append(sizes, len(batch))
		}
		return sizes
	}
	if got := sizes(Checker{}); !slices.Equal(got, []int{2, 1, 1, 1, 1}) {
		t.Errorf("batches of %v", got)
	}
	if got := sizes(Checker{Alone: true}); !slices.Equal(got, []int{1, 1, 1, 1, 1, 1}) {
		t.Errorf("alone in batches of %v", got)
	}
}

// TestCheck runs a vector in the engine, against real servers.
func TestCheck(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute) // of others on the ports
	defer cancel()
	server, err := scripted.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	v := vector.Vector{
		Name: "v", Page: vector.Page{URL: "http://a.test:7000/page"},
		Servers: []vector.Resource{{URL: "https://b.test:7443/x", Preflight: []string{"204\nAccess-Control-Allow-Origin: *\nAccess-Control-Allow-Methods: PUT"},
			Answer: []string{"200\nAccess-Control-Allow-Origin: *\n\nhello", "200"}}},
		Steps: []vector.Step{{Kind: vector.KindFetch, URL: "https://b.test:7443/x", Method: "PUT"}, {Kind: vector.KindPause, Pause: 60_000}, {Kind: vector.KindFetch, URL: "https://b.test:7443/x"}},
	}
	checker := Checker{Server: server, Profiles: []string{browser.Spec.String()}}
	results := checker.Check(ctx, []*vector.Vector{&v})
	if len(results) != 1 || results[0].Err != nil {
		t.Fatalf("%+v", results)
	}
	got := results[0].Engine
	if want := []string{"cors 200, 5 bytes, headers content-length", "blocked"}; !slices.Equal(got.Script, want) {
		t.Errorf("the script saw %q, want %q", got.Script, want)
	}
	if want := []string{"acao.missing"}; !slices.Equal(got.Reasons, want) {
		t.Errorf("the reasons are %q, want %q", got.Reasons, want)
	}
	if results[0].Agrees() || results[0].Recorded() {
		t.Error("nothing is recorded, and yet it agrees")
	}
}

// TestSurplus: which servers send more than they announce.
func TestSurplus(t *testing.T) {
	for answer, want := range map[string]bool{
		"200\nContent-Length: 2\n\ndone":   true,
		"200\ncontent-length:2\n\ndone":    true,
		"200\nContent-Length: 4\n\ndone":   false,
		"200\nContent-Length: 5\n\ndone":   false,
		"200\nContent-Length: two\n\ndone": false,
		"200\n\ndone":                      false,
		"drop":                             false,
	} {
		v := &vector.Vector{Servers: []vector.Resource{{Answer: []string{"200", answer}}}}
		if got := surplus(v); got != want {
			t.Errorf("%q: got %v, want %v", answer, got, want)
		}
	}
}
