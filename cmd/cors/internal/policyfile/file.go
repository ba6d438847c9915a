// Package policyfile reads cors.yaml, the file that tells the gateway where it
// listens, what it stands in front of, and which origins may do what.
//
// The file is YAML or JSON. Everything that is wrong with it is reported at
// once, each problem with its line and column and with what to write instead.
package policyfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"crossorigin.dev/cors"
)

// A File is what a cors.yaml says. Its references are resolved and its policies
// are valid.
type File struct {
	Listeners []Listener
	Admin     string // host:port of the admin listener; empty: none
	Upstreams map[string]Upstream
	Routes    []Route
	Default   *cors.Policy // of requests that no route matches; nil: they get no CORS headers
	Limits    Limits
	Timeouts  Timeouts
	LogLevel  string // debug, info, warn or error

	// Hash tells two files apart, after environment variables were filled in.
	Hash string
}

// A Listener is an address where the gateway accepts connections.
type Listener struct {
	Address        string   // host:port
	Hosts          []string // the names in Host that it answers to; none: any, but on loopback this machine's own only
	TrustForwarded bool     // keep the X-Forwarded-* of the proxy in front
	Certificate    string   // file of the certificate chain, PEM; empty: no TLS
	Key            string   // file of its key, PEM
}

// An Upstream is a server that the gateway stands in front of.
type Upstream struct {
	URL                  string // http://, https://, or h2c:// for HTTP/2 without TLS; may have a path, which comes before the request's
	PreserveHost         bool   // send the Host that the client sent, not the one of URL
	HideOrigin           bool   // keep the Origin of requests that the policy allows from the upstream
	RewriteCookies       bool   // make the upstream's cookies fit the gateway: drop Domain, and Secure on plain HTTP
	CertificateAuthority string // file of the root certificates to trust, PEM; empty: the system's
	Concurrency          int    // requests at one time; 0: no limit
}

// A Route sends the requests that a pattern matches to an upstream.
type Route struct {
	Match       string // a pattern of net/http.ServeMux
	Upstream    string // the upstream's name
	Policy      cors.Policy
	Shadow      *cors.Policy // the candidate to compare Policy with; nil: none
	StripPrefix string       // taken off the path before it goes to the upstream
}

// Limits bound what one client can take. See Defaults.
type Limits struct {
	Header      int64 // bytes of a request's header
	Body        int64 // bytes of a request's body
	Connections int   // of clients, per listener
}

// Timeouts bound how long things may take. See Defaults.
type Timeouts struct {
	Header     time.Duration // for the client to send a request's header
	Idle       time.Duration // between two requests on one connection
	Stall      time.Duration // for a client that neither reads nor writes in the middle of a body
	Connect    time.Duration // to connect to the upstream
	Response   time.Duration // for the upstream to begin its response
	DrainDelay time.Duration // between SIGTERM, when /readyz begins to fail, and the end of listening
	Drain      time.Duration // for requests to finish after that
}

// Defaults returns a File with the limits, timeouts and log level of a file that
// names none, and nothing else.
func Defaults() *File {
	return &File{
		Upstreams: map[string]Upstream{},
		Limits:    Limits{Header: 64 << 10, Body: 100 << 20, Connections: 16384},
		Timeouts: Timeouts{
			Header: 10 * time.Second, Idle: 2 * time.Minute, Stall: time.Minute,
			Connect: 5 * time.Second, Response: time.Minute,
			Drain: 30 * time.Second,
		},
		LogLevel: "info",
	}
}

// MaxSize is the size of the largest file that is read, in bytes. The time that
// the YAML parser takes can grow with the square of it.
const MaxSize = 128 << 10

// A Problem is one thing to say about a file.
type Problem struct {
	Line       int    `json:"line"`   // from 1; 0: of the file as a whole
	Column     int    `json:"column"` // from 1, in characters
	Advice     bool   `json:"advice"` // it works, but could be better; otherwise it is an error
	Message    string `json:"message"`
	Suggestion string `json:"suggestion,omitempty"` // what to write instead
}

func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "%d:%d: ", p.Line, p.Column)
	}
	if p.Advice {
		b.WriteString("advice: ")
	}
	b.WriteString(p.Message)
	if p.Suggestion != "" {
		b.WriteString("; write " + p.Suggestion)
	}
	return b.String()
}

// Problems are in the order of their lines.
type Problems []Problem

// Errors returns those that are no advice.
func (ps Problems) Errors() Problems {
	return slices.DeleteFunc(slices.Clone(ps), func(p Problem) bool { return p.Advice })
}

// Read parses the file at path with the environment of this process. Files that
// it names are looked for beside it. The error says that it could not be read; if
// there is a Problem that is no advice, the File is nil.
func Read(path string) (*File, Problems, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, nil, err
	}
	file, problems := Parse(data, os.LookupEnv)
	if file != nil {
		file.lieBeside(path)
	}
	return file, problems, nil
}

// lieBeside makes the names of files relative to the directory of path.
func (f *File) lieBeside(path string) {
	beside := func(name *string) {
		if *name != "" && !filepath.IsAbs(*name) {
			*name = filepath.Join(filepath.Dir(path), *name)
		}
	}
	for i := range f.Listeners {
		beside(&f.Listeners[i].Certificate)
		beside(&f.Listeners[i].Key)
	}
	for name, u := range f.Upstreams {
		beside(&u.CertificateAuthority)
		f.Upstreams[name] = u
	}
}

// Parse reads the text of a file. Environment variables come from lookup. If
// there is a Problem that is no advice, the File is nil.
func Parse(data []byte, lookup func(name string) (string, bool)) (*File, Problems) {
	d := &decoder{lookup: lookup}
	if len(data) > MaxSize {
		d.add(position{}, "the file is larger than "+strconv.Itoa(MaxSize>>10)+" KiB", "")
		return nil, d.problems
	}
	root := d.parse(string(data))
	if root == nil {
		return nil, d.sorted()
	}
	var doc document
	doc.init()
	doc.keys().decode(d, root)
	file := d.resolve(&doc)
	problems := d.sorted()
	if len(problems.Errors()) > 0 {
		return nil, problems
	}
	return file, problems
}
