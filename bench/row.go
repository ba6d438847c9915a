package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
)

// A config is what every contestant of a row is told to grant. Methods, request
// headers and the age of a preflight are the same in all rows.
type config struct {
	origins     []string
	patterns    bool // origins are subdomain patterns, "https://*.example.com"
	credentials bool // with credentials, and with exposed headers
}

var (
	methods        = []string{"GET", "HEAD", "POST", "PUT", "DELETE"}
	requestHeaders = []string{"Authorization", "Content-Type", "X-Request-Id"}
	exposedHeaders = []string{"X-Request-Id", "X-Total-Count"}
)

const (
	maxAge = 600 // seconds, the most that gorilla/handlers can be set to
	path   = "/items"
)

// An outcome is what an answer must come to for a browser.
type outcome int

const (
	ordinary outcome = iota // not a matter of CORS
	granted                 // the script reads the response
	withheld                // the handler runs, and the script reads nothing
	preflightPassed
	preflightFailed
	preflightEither // what no browser sends: an answer of either kind, but an answer
)

// A row is one request to servers configured alike.
type row struct {
	name     string
	config   config
	request  *http.Request
	want     outcome
	parallel bool
	jub0bs   figure // zero if there is none
	// beside is a row to compare this one with. It is measured once more, in
	// the same rounds, as times in different rounds are not to be compared.
	beside *row
}

// A figure is what jub0bs/cors took in another benchmark, which had rs/cors too:
// its time by that of rs/cors, and its allocations.
//
// rs/cors has one origin throughout. With a thousand, what it takes depends on
// which of them is asked for, and which that benchmark asked for is not known;
// jub0bs/cors does not search a list.
type figure struct{ ratio, allocs float64 }

// A reference has the nanoseconds of rs/cors v1.11.1 with one exact origin, and
// those of jub0bs/cors v1.0.2 with one and with a thousand and its allocations,
// in a harness-free run of both.
type reference struct{ rs, one, thousand, allocs float64 }

// figure is that of a row with n exact origins.
func (f reference) figure(n int) figure {
	ns := map[int]float64{1: f.one, 1000: f.thousand}[n]
	if ns == 0 {
		return figure{}
	}
	return figure{ns / f.rs, f.allocs}
}

// cases are the requests that are measured with every number and kind of
// origins.
var cases = []struct {
	name        string
	method      string
	header      func(allowed, denied string) http.Header
	want        outcome
	credentials bool
	jub0bs      reference
}{
	{
		name: "GET without Origin", method: "GET", want: ordinary,
		header: func(_, _ string) http.Header { return http.Header{} },
		jub0bs: reference{57, 90, 83, 1},
	}, {
		name: "GET, allowed", method: "GET", want: granted,
		header: func(allowed, _ string) http.Header { return http.Header{"Origin": {allowed}} },
		jub0bs: reference{207, 281, 289, 2},
	}, {
		name: "GET, refused", method: "GET", want: withheld,
		header: func(_, denied string) http.Header { return http.Header{"Origin": {denied}} },
		jub0bs: reference{151, 120, 120, 1},
	}, {
		name: "GET, allowed, credentials and exposed headers", method: "GET", want: granted, credentials: true,
		header: func(allowed, _ string) http.Header { return http.Header{"Origin": {allowed}} },
		jub0bs: reference{148, 323, 0, 3},
	}, {
		name: "preflight, allowed, three headers", method: "OPTIONS", want: preflightPassed,
		header: func(allowed, _ string) http.Header {
			return preflight(allowed, "PUT", "authorization,content-type,x-request-id")
		},
		jub0bs: reference{529, 658, 471, 1},
	}, {
		name: "preflight, origin refused", method: "OPTIONS", want: preflightFailed,
		header: func(_, denied string) http.Header {
			return preflight(denied, "PUT", "authorization,content-type,x-request-id")
		},
		jub0bs: reference{179, 92, 76, 0},
	}, {
		name: "preflight, method refused", method: "OPTIONS", want: preflightFailed,
		header: func(allowed, _ string) http.Header {
			return preflight(allowed, "PATCH", "authorization,content-type,x-request-id")
		},
	}, {
		name: "preflight, header refused", method: "OPTIONS", want: preflightFailed,
		header: func(allowed, _ string) http.Header {
			return preflight(allowed, "PUT", "authorization,content-type,x-trace-id")
		},
		jub0bs: reference{298, 119, 206, 0},
	},
}

// hostile are Access-Control-Request-Headers that no browser sends.
var hostile = []struct {
	name   string
	lines  []string
	jub0bs [2]float64 // nanoseconds by those of rs/cors; neither depends on the origins
}{
	{"hostile preflight, 1 KiB of commas", []string{strings.Repeat(",", 1<<10)}, [2]float64{169, 388}},
	{"hostile preflight, 1 MiB of commas", []string{strings.Repeat(",", 1<<20)}, [2]float64{165, 345}},
	{"hostile preflight, 1024 lines of 1 KiB of commas", repeat(strings.Repeat(",", 1<<10), 1<<10), [2]float64{166, 354}},
}

// rows lists everything that is measured, in the order of the tables.
func rows() []row {
	var all []row
	var refused *row // a header, by ten origins
	for _, c := range cases {
		for _, patterns := range []bool{false, true} {
			var one row
			for _, n := range []int{1, 10, 1000} {
				origins, allowed, denied := origins(n, patterns)
				r := row{
					name:    fmt.Sprintf("%s, %s", c.name, describe(n, patterns)),
					config:  config{origins, patterns, c.credentials},
					request: request(c.method, c.header(allowed, denied)),
					want:    c.want,
				}
				if !patterns {
					r.jub0bs = c.jub0bs.figure(n)
				}
				switch {
				case n == 1:
					one = r
				case n == 1000:
					r.beside = &one
				case c.want == preflightFailed && !patterns:
					refused = &r
				}
				all = append(all, r)
			}
		}
	}
	origins, allowed, denied := origins(10, false)
	for _, h := range hostile {
		header := preflight(allowed, "PUT", "")
		header["Access-Control-Request-Headers"] = h.lines
		all = append(all, row{
			name:    h.name,
			config:  config{origins: origins},
			request: request("OPTIONS", header),
			want:    preflightEither,
			jub0bs:  figure{ratio: h.jub0bs[0] / h.jub0bs[1]},
			beside:  refused,
		})
	}
	for _, c := range cases {
		all = append(all, row{
			name:     "on all cores: " + c.name + ", " + describe(10, false),
			config:   config{origins, false, c.credentials},
			request:  request(c.method, c.header(allowed, denied)),
			want:     c.want,
			parallel: true,
		})
	}
	return all
}

// origins returns n origins or subdomain patterns of one length, an origin that
// the middle one of them allows, and one of the same length that none allows:
// comparing lengths is not enough to refuse it, and a list that is searched
// from its start is searched by half for the allowed one.
func origins(n int, patterns bool) (origins []string, allowed, denied string) {
	prefix, wild := "https://app-", ""
	if patterns {
		prefix, wild = "https://", "*."
	}
	for i := range n {
		origins = append(origins, fmt.Sprintf("%s%stenant-%04d.example.com", prefix, wild, i))
	}
	if patterns {
		wild = "app."
	}
	middle := fmt.Sprintf("%s%stenant-%04d.example.", prefix, wild, n/2)
	return origins, middle + "com", middle + "org"
}

func describe(n int, patterns bool) string {
	kind := "origin"
	if patterns {
		kind = "pattern"
	}
	if n > 1 {
		kind += "s"
	}
	return fmt.Sprintf("%d %s", n, kind)
}

// request has, besides the header given, what a browser sends with each request.
// An empty header would be none that servers get to see, and looking something
// up in it costs nothing.
func request(method string, header http.Header) *http.Request {
	r := httptest.NewRequest(method, "http://api.example.com"+path, nil)
	r.Header = http.Header{
		"Accept":          {"*/*"},
		"Accept-Encoding": {"gzip, deflate, br"},
		"Accept-Language": {"en-GB,en;q=0.9"},
		"Referer":         {"https://app.example.com/"},
		"Sec-Fetch-Dest":  {"empty"},
		"Sec-Fetch-Mode":  {"cors"},
		"Sec-Fetch-Site":  {"cross-site"},
		"User-Agent":      {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"},
	}
	maps.Copy(r.Header, header)
	return r
}

func preflight(origin, method, headers string) http.Header {
	return http.Header{
		"Origin":                         {origin},
		"Access-Control-Request-Method":  {method},
		"Access-Control-Request-Headers": {headers},
	}
}

func repeat(s string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = s
	}
	return all
}
