package run

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/conformance/scripted"
	"crossorigin.dev/conformance/vector"
)

// pending is after how long a step counts as pending.
const pending = 5 * time.Second

// An Engine runs vectors in the project's engine.
type Engine struct {
	server *scripted.Server
	roots  *x509.CertPool
}

// NewEngine returns an engine that finds the vectors' hosts at the server.
func NewEngine(s *scripted.Server) *Engine {
	e := &Engine{server: s, roots: x509.NewCertPool()}
	e.roots.AppendCertsFromPEM(s.CA())
	return e
}

// transport speaks to the server under any name.
func (e *Engine) transport() *http.Transport {
	return &http.Transport{
		DisableCompression: true, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: e.roots},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			if host != "::1" {
				host = "127.0.0.1"
			}
			return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort(host, port))
		},
	}
}

// surplus reports whether a server sends more than the bytes that a
// Content-Length announces. net/http, which does not use the connection again,
// would log them, were the connection to be kept at all.
func surplus(v *vector.Vector) bool {
	for _, r := range v.Servers {
		for _, text := range slices.Concat(r.Preflight, r.Answer) {
			a, _ := vector.ParseAnswer(text) // validated
			for _, field := range a.Fields {
				name, value, _ := strings.Cut(field, ":")
				n, err := strconv.Atoi(strings.TrimSpace(value))
				if strings.EqualFold(name, "Content-Length") && err == nil && n < len(a.Body) {
					return true
				}
			}
		}
	}
	return false
}

// A try is one vector in one profile.
type try struct {
	profile browser.Profile
	run     *scripted.Run
	page    *browser.Page
	ahead   atomic.Int64 // nanoseconds by which pauses put the clock forward
}

// Run runs a vector in a profile of the engine.
func (e *Engine) Run(ctx context.Context, v *vector.Vector, profile browser.Profile) (vector.Outcome, error) {
	run, err := e.server.Begin(v)
	if err != nil {
		return vector.Outcome{}, err
	}
	defer run.End()
	transport := e.transport()
	transport.DisableKeepAlives = surplus(v)
	defer transport.CloseIdleConnections()
	t := &try{profile: profile, run: run}
	b := browser.New(browser.Options{
		Profile: profile, Transport: transport, Timeout: -1,
		Now: func() time.Time { return time.Now().Add(time.Duration(t.ahead.Load())) },
	})
	if t.page, err = b.OpenPage(pageOptions(v, run, profile)); err != nil {
		return vector.Outcome{}, err
	}
	return t.steps(ctx, v)
}

func pageOptions(v *vector.Vector, run *scripted.Run, profile browser.Profile) browser.PageOptions {
	o := browser.PageOptions{URL: run.Page(), Opaque: v.Page.Sandbox, AddressSpace: browser.AddressSpaceLoopback}
	fields, _ := vector.ParseFields(v.Page.Headers) // validated
	for _, f := range fields {
		switch strings.ToLower(f.Name) {
		case "referrer-policy":
			o.ReferrerPolicy = browser.ReferrerPolicy(f.Value)
		case "cross-origin-embedder-policy":
			o.EmbedderPolicy = browser.EmbedderPolicy(f.Value)
		case "content-security-policy":
			if profile == browser.Chromium && f.Value == "treat-as-public-address" { // which only it knows
				o.AddressSpace = browser.AddressSpacePublic
			}
		}
	}
	return o
}

func (t *try) steps(ctx context.Context, v *vector.Vector) (vector.Outcome, error) {
	var results []*result
	var parallel sync.WaitGroup
	begun := false // anything in parallel
	for i := range v.Steps {
		s := &v.Steps[i]
		if s.Kind == vector.KindPause && begun {
			time.Sleep(time.Duration(s.Pause) * time.Millisecond) // what was begun goes on meanwhile
			continue
		}
		if s.Kind == vector.KindPause {
			t.ahead.Add(int64(s.Pause) * int64(time.Millisecond))
			continue
		}
		r := &result{}
		results = append(results, r)
		if s.Parallel {
			begun = true
			parallel.Go(func() { t.step(ctx, s, r) })
		} else {
			t.step(ctx, s, r)
		}
	}
	parallel.Wait()
	var o vector.Outcome
	for _, r := range results {
		if r.err != nil {
			return o, r.err
		}
		o.Script = append(o.Script, scripted.Hide(r.seen.line()))
		for _, reason := range r.reasons {
			o.Reasons = append(o.Reasons, scripted.Hide(reason))
		}
	}
	o.Requests = t.run.Requests()
	return o, nil
}

// A result is what came of one step.
type result struct {
	seen    seen
	reasons []string
	err     error // of the vector, not of the fetch
}

func (t *try) step(ctx context.Context, s *vector.Step, r *result) {
	request, err := t.request(s)
	if err != nil {
		r.err = err
		return
	}
	ctx, cancel := context.WithTimeout(ctx, pending)
	defer cancel()
	response, err := t.page.Fetch(ctx, request)
	var e *browser.Error
	if errors.As(err, &e) {
		t.failed(s, e, r)
	} else {
		succeeded(s, response, t.profile, r)
		r.reasons = bodyReasons(response, t.profile)
	}
	if s.Timing && !r.seen.Pending {
		allowed := e == nil && response.TimingAllowed
		r.seen.Timing = &allowed
	}
}

func (t *try) failed(s *vector.Step, e *browser.Error, r *result) {
	// An XMLHttpRequest of Firefox hears nothing of a redirect to a forbidden port.
	unheard := t.profile == browser.Firefox && s.Kind == vector.KindXHR && e.Reason == browser.ReasonPortBlocked && e.Sent
	if errors.Is(e.Err, context.DeadlineExceeded) || e.Reason == browser.ReasonLoginAwaited || unheard {
		r.seen.Pending = true
		return
	}
	if !s.Keepalive || t.profile != browser.Firefox { // which makes such requests outside of the page, and says nothing of them
		r.reasons = reasons(e, t.profile)
	}
	switch s.Kind {
	case vector.KindFetch:
		r.seen.Error = e.ScriptError(t.profile)
		if e.Kind != browser.KindMisuse { // also for Spec
			r.seen.Error = failures[0]
		}
	case vector.KindXHR:
		r.seen.Error = failures[0]
		if name, ok := thrown[e.Reason]; ok {
			r.seen.Error = name // https://xhr.spec.whatwg.org/#the-open()-method
		}
	default:
		r.seen.Element = "fails"
	}
}

// thrown is what an XMLHttpRequest throws for a call that is wrong.
var thrown = map[browser.Reason]string{
	browser.ReasonMethodForbidden: "SecurityError", browser.ReasonMethodInvalid: "SyntaxError",
	browser.ReasonURLInvalid: "SyntaxError", browser.ReasonHeaderInvalid: "SyntaxError",
}

func succeeded(s *vector.Step, response *browser.Response, p browser.Profile, r *result) {
	switch s.Kind {
	case vector.KindFetch, vector.KindXHR:
	default:
		r.seen.Element = "loads"
		if !loads(s.Kind, response, p) {
			r.seen.Element = "fails"
		}
		return
	}
	r.seen = seen{
		Type: string(response.Type), Status: response.Status, Length: len(response.Body),
		Redirected: response.Redirected, URL: response.URL,
	}
	for name := range response.Header {
		r.seen.Headers = append(r.seen.Headers, strings.ToLower(name))
	}
	slices.Sort(r.seen.Headers)
	switch {
	case errors.Is(response.BodyError, context.DeadlineExceeded):
		r.seen.Body = "pending"
	case response.BodyError != nil:
		r.seen.Body = "fails"
	}
	if s.Kind == vector.KindXHR {
		r.seen.Type, r.seen.Redirected = "xhr", false
		if r.seen.Body == "fails" {
			r.seen = seen{Error: failures[0]}
		} else if r.seen.Body == "pending" {
			r.seen = seen{Pending: true}
		}
	}
}

// loads reports whether what was fetched does for an element: a picture of any
// status, else what came with an ok status, and of events only those that are.
func loads(kind vector.Kind, response *browser.Response, p browser.Profile) bool {
	a, sent := lastAnswer(response.Trace)
	if !sent && response.Type == browser.ResponseOpaque { // about:blank, which is empty
		return kind != vector.KindImage
	}
	ok := a.Status >= 200 && a.Status <= 299
	switch kind {
	case vector.KindStyle:
		// Chromium says that a sheet of another type loads, and applies nothing of it.
		if (p == browser.Firefox || p == browser.WebKit) && !declared(a, "text/css") {
			return false
		}
	case vector.KindImage:
		return ok || p != browser.Firefox || !declared(a, "image/svg+xml") // of which it draws no other
	case vector.KindEventSource:
		return a.Status == 200 && declared(a, "text/event-stream")
	}
	return ok
}

// declared reports whether an answer is declared to be of a type.
func declared(a browser.Answer, mimeType string) bool {
	return slices.ContainsFunc(a.Header, func(f browser.Field) bool {
		return strings.EqualFold(f.Name, "content-type") && strings.HasPrefix(strings.ToLower(f.Value), mimeType)
	})
}

// lastAnswer is the last answer as it was on the wire, if there was one.
func lastAnswer(t *browser.Trace) (last browser.Answer, ok bool) {
	for _, s := range t.Steps {
		if s.Exchange != nil && s.Exchange.Answer != nil {
			last, ok = *s.Exchange.Answer, true
		}
	}
	return last, ok
}

// request is a step as the engine makes it.
func (t *try) request(s *vector.Step) (browser.Request, error) {
	target := t.run.URL(s.URL)
	if text, ok := strings.CutPrefix(s.URL, "blob:"); ok {
		target = t.page.CreateObjectURL("", []byte(text))
	}
	cross := map[string]browser.CrossOrigin{"anonymous": browser.CrossOriginAnonymous, "use-credentials": browser.CrossOriginUseCredentials}[s.CrossOrigin]
	var r browser.Request
	switch s.Kind {
	case vector.KindFetch:
		r = browser.Request{
			Method: s.Method, URL: target, Mode: browser.Mode(s.Mode), Credentials: browser.CredentialsMode(s.Credentials),
			Redirect: browser.RedirectMode(s.Redirect), Cache: browser.CacheMode(s.Cache), Keepalive: s.Keepalive,
			TargetAddressSpace: browser.AddressSpace(s.TargetAddressSpace), Referrer: t.run.URL(s.Referrer),
		}
	case vector.KindXHR:
		r = browser.XHR(s.Method, target, s.Credentials == "include")
		r.UploadListener = s.UploadListener
	case vector.KindImage:
		r = browser.Image(target, cross)
	case vector.KindScript:
		r = browser.Script(target, cross)
	case vector.KindStyle:
		r = browser.Style(target, cross)
	case vector.KindFont:
		r = browser.Font(target)
	case vector.KindEventSource:
		r = browser.EventSource(target, s.Credentials == "include")
	default:
		return r, fmt.Errorf("the engine has no %q", s.Kind)
	}
	r.ReferrerPolicy = browser.ReferrerPolicy(s.ReferrerPolicy)
	fields, err := vector.ParseFields(s.Headers)
	if err != nil {
		return r, err
	}
	if len(fields) > 0 && r.Header == nil {
		r.Header = http.Header{}
	}
	for _, f := range fields {
		name := f.Name
		for other := range r.Header {
			if strings.EqualFold(other, name) {
				name = other // the first spelling, so that the values keep their order
			}
		}
		r.Header[name] = append(r.Header[name], f.Value)
	}
	return r, addBody(&r, s.Body)
}

func addBody(r *browser.Request, b *vector.Body) error {
	if b == nil {
		return nil
	}
	text := strings.Repeat(b.Text, max(1, b.Times))
	r.Body = []byte(text)
	switch b.Kind {
	case vector.BodyString:
		r.BodyType = browser.TextBodyType
	case vector.BodyBlob:
		r.BodyType = strings.ToLower(b.Type) // https://w3c.github.io/FileAPI/#constructorBlob
	case vector.BodyParams:
		r.BodyType = "application/x-www-form-urlencoded;charset=UTF-8"
	case vector.BodyStream:
		r.Body, r.Stream = nil, strings.NewReader(text)
	case vector.BodyForm:
		values, err := url.ParseQuery(text)
		if err != nil {
			return err
		}
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		for name, list := range values {
			for _, value := range list {
				w.WriteField(name, value)
			}
		}
		w.Close()
		r.Body, r.BodyType = form.Bytes(), w.FormDataContentType()
	}
	return nil
}
