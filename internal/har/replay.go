package har

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"

	"crossorigin.dev/browser"
)

// A Verdict is what a recorded fetch came to.
type Verdict string

const (
	Allowed Verdict = "allowed" // the script could read the response, or at least had one
	Blocked Verdict = "blocked" // the browser refused to send, or hid the response
	Network Verdict = "network" // there was no response, for other reasons than CORS
	// Unclear is that it depends on what the file does not hold.
	Unclear Verdict = "unclear"
)

// A Confidence is how much of a Verdict is in the file.
type Confidence string

const (
	Certain Confidence = "certain" // what was recorded decides it
	Likely  Confidence = "likely"  // it follows from what was recorded, with one thing inferred
	Guess   Confidence = "guess"   // several causes look the same in the file
)

// A Replay is a recorded fetch made again.
type Replay struct {
	Verdict Verdict
	Sure    Confidence
	Trace   *browser.Trace
	// IfIncluded is why it would have been blocked if the credentials mode was
	// include, where that is all that the Verdict depends on and the file does
	// not tell; else empty.
	IfIncluded browser.Reason
	// Notes say what was inferred, and what the file does not show.
	Notes []string
}

// Replay makes the fetch again, as its page, with the recorded answers as the
// network. What the file says of its end serves to infer what it leaves out,
// and never as the verdict. told is the credentials mode, if the user knows it;
// a cookie in the file outweighs it. If it is empty, it is inferred.
func (f *Fetch) Replay(told browser.CredentialsMode) (Replay, error) {
	r, err := f.replay(told)
	if f.last().FromCache {
		r.Notes = append(r.Notes, "The answer came from the browser's cache, where an earlier request left it; if that was one without CORS or from another origin, see cors explain cached-for-another.")
	}
	return r, err
}

func (f *Fetch) replay(told browser.CredentialsMode) (Replay, error) {
	r := Replay{Sure: Certain}
	request, unseen := f.request()
	switch {
	case f.neverSent():
		return f.replayUnsent(request)
	case unseen:
		t, err := f.run(request)
		return Replay{Verdict: Unclear, Sure: Guess, Trace: t, Notes: []string{"The file keeps too little of this request to tell its mode: it may have been no-cors, which needs no permission."}}, err
	}
	request.Credentials = told
	if f.sent("Cookie") != "" {
		request.Credentials = browser.CredentialsInclude
		r.Notes = append(r.Notes, "A cookie was sent, so the credentials mode was include.")
	}
	var err error
	if r.Trace, err = f.run(request); err != nil {
		return r, err
	}
	r.Verdict = verdictOf(r.Trace)
	switch {
	case f.sent("Cookie") != "", r.Verdict == Network && !f.unexplained(), request.Mode != browser.ModeCORS:
		return r, nil
	case r.Verdict == Blocked:
		return f.checkBlocked(r), nil
	case told != "":
		return r, nil
	}
	request.Credentials = browser.CredentialsInclude
	included, err := f.run(request)
	if err != nil {
		return r, err
	}
	if r.Verdict == Network && verdictOf(included) != Blocked {
		return r, nil
	}
	return f.weigh(r, included), nil
}

// unexplained reports whether there was no answer though a preflight had one,
// and the file does not say why.
func (f *Fetch) unexplained() bool {
	e := f.last()
	return f.Hops[len(f.Hops)-1].Preflight != nil && e.Status == 0 && (e.Error == "" || e.Error == "net::ERR_FAILED")
}

// weigh decides between the fetch without credentials, which is allowed, and
// the one with them.
func (f *Fetch) weigh(without Replay, with *browser.Trace) Replay {
	failed := f.recordedFailure()
	switch {
	case verdictOf(with) == Allowed && failed:
		return Replay{Verdict: Unclear, Sure: Guess, Trace: without.Trace, Notes: []string{"The browser recorded a failure that the answers do not explain: an extension, a policy of the page (CSP), or what was remembered of earlier requests."}}
	case verdictOf(with) == Allowed:
		return without
	case failed:
		return Replay{Verdict: Blocked, Sure: Likely, Trace: with, Notes: []string{"The browser recorded a failure, which the answers explain only for credentials mode include."}}
	case f.recordsFailure():
		return without
	}
	const note = "It was blocked if the script asked with credentials: \"include\", and allowed if not; the file does not tell, --credentials does."
	if !f.meansCredentials() {
		without.Sure, without.IfIncluded = Likely, with.Verdict.Reason
		without.Notes = append(without.Notes, note)
		return without
	}
	return Replay{
		Verdict: Unclear, Sure: Guess, Trace: with, IfIncluded: with.Verdict.Reason,
		Notes: []string{note + " The answer speaks of credentials, so it was probably blocked."},
	}
}

// checkBlocked doubts a verdict that the file contradicts.
func (f *Fetch) checkBlocked(r Replay) Replay {
	if f.recordsFailure() && !f.recordedFailure() && f.last().Status != 0 {
		r.Verdict, r.Sure = Unclear, Guess
		r.Notes = append(r.Notes, "By the answers it would be blocked, but the browser recorded a success: it may have been made with another mode, or have been answered by a service worker.")
	}
	return r
}

// recordsFailure reports whether the browser that wrote the file writes down
// that a response was hidden. Firefox does not.
func (f *Fetch) recordsFailure() bool { return f.Profile == browser.Chromium }

// recordedFailure reports whether it did.
func (f *Fetch) recordedFailure() bool {
	e := f.last()
	return e.Error == "net::ERR_FAILED" || e.Status == 0 && f.Hops[len(f.Hops)-1].Preflight != nil
}

// meansCredentials reports whether the server seems to expect credentials.
func (f *Fetch) meansCredentials() bool {
	_, ok := field(f.last().Response, "Access-Control-Allow-Credentials")
	return ok
}

// last is the entry in which the fetch ended.
func (f *Fetch) last() *Entry {
	h := f.Hops[len(f.Hops)-1]
	if h.Request != nil {
		return h.Request
	}
	return h.Preflight
}

func verdictOf(t *browser.Trace) Verdict {
	switch t.Verdict.Outcome {
	case browser.OutcomeAllowed, browser.OutcomeOpaque:
		return Allowed
	case browser.OutcomeNetwork:
		return Network
	}
	return Blocked
}

// sent returns a header of the first request.
func (f *Fetch) sent(name string) string {
	if e := f.Hops[0].Request; e != nil {
		return e.sent(name)
	}
	return ""
}

// neverSent reports whether nothing went out: Firefox lists such requests
// without the headers of its network layer.
func (f *Fetch) neverSent() bool {
	h := f.Hops[0]
	return h.Preflight == nil && h.Request.Status == 0 && h.Request.Error == "" && h.Request.sent("Origin") == "" && h.Request.sent("Connection") == ""
}

// replayUnsent tells what may have stopped a request that was never sent.
func (f *Fetch) replayUnsent(request browser.Request) (Replay, error) {
	t, err := f.run(request)
	if err != nil || verdictOf(t) == Blocked {
		return Replay{Verdict: Blocked, Sure: Certain, Trace: t}, err
	}
	request.Mode = browser.ModeSameOrigin
	t, err = f.run(request)
	return Replay{Verdict: Blocked, Sure: Guess, Trace: t, Notes: []string{"It was never sent. Mode same-origin does that; so do a policy of the page (CSP) and extensions, which the file does not show."}}, err
}

// request rebuilds what the script asked for. unseen says that the mode cannot
// be told.
func (f *Fetch) request() (r browser.Request, unseen bool) {
	h := f.Hops[0]
	r = browser.Request{Method: h.Method(), URL: h.URL(), Header: http.Header{}, Mode: browser.ModeCORS}
	for _, name := range f.askedHeaders() {
		value := f.sent(name)
		if value == "" && name == "content-type" {
			value = "application/json" // not shown, but what causes a preflight
		}
		if value == "" {
			value = "..."
		}
		r.Header.Set(name, value)
	}
	if t := f.sent("Content-Type"); t != "" {
		r.Header.Set("Content-Type", t)
	}
	switch f.sent("Sec-Fetch-Mode") {
	case "no-cors":
		r.Mode, r.Initiator = browser.ModeNoCORS, browser.InitiatorElement
	case "":
		e := h.Request
		unseen = e != nil && h.Preflight == nil && e.sent("Origin") == "" && e.Status != 0
	}
	return r, unseen
}

func (f *Fetch) askedHeaders() []string {
	if f.Hops[0].Preflight == nil {
		return nil
	}
	var names []string
	for name := range strings.SplitSeq(f.Hops[0].Preflight.sent("Access-Control-Request-Headers"), ",") {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// run makes the fetch once.
func (f *Fetch) run(request browser.Request) (*browser.Trace, error) {
	b := browser.New(browser.Options{Profile: f.Profile, Transport: &record{hops: f.Hops}})
	options := browser.PageOptions{URL: f.Page}
	switch {
	case f.Origin == "null":
		options.Opaque = true
	case f.Page == "":
		options.URL = f.Origin + "/"
	}
	page, err := b.OpenPage(options)
	if err != nil {
		return nil, err
	}
	return browser.TraceOf(page.Fetch(context.Background(), request)), nil
}

// A record is the network as it was recorded.
type record struct{ hops []Hop }

var errUnanswered = errors.New("the file has no answer, and does not say why")

func (r *record) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body != nil {
		request.Body.Close()
	}
	preflight := request.Method == http.MethodOptions && request.Header.Get("Access-Control-Request-Method") != ""
	url := request.URL.Scheme + "://" + request.URL.Host + request.URL.RequestURI()
	at := slices.IndexFunc(r.hops, func(h Hop) bool { return sameTarget(h.URL(), url) })
	if at < 0 {
		return nil, errors.New("the file has no such request")
	}
	h := r.hops[at]
	if preflight {
		if h.Preflight == nil {
			return answer(request, remembered(request)), nil
		}
		return recorded(request, h.Preflight)
	}
	if h.Request == nil {
		r.hops = r.hops[at+1:]
		return nil, errUnanswered
	}
	if h.Request.Status != http.StatusMisdirectedRequest { // which is asked again
		r.hops = r.hops[at+1:]
	}
	return recorded(request, h.Request)
}

// sameTarget compares without the fragment, which is not sent.
func sameTarget(a, b string) bool {
	a, _, _ = strings.Cut(a, "#")
	return a == b || a+"/" == b
}

func recorded(request *http.Request, e *Entry) (*http.Response, error) {
	if e.Status == 0 {
		return nil, netError(e)
	}
	return answer(request, browser.Answer{Status: e.Status, Header: e.Response}), nil
}

// remembered answers a preflight that was not sent, as one before it did.
func remembered(r *http.Request) browser.Answer {
	return browser.Answer{Status: http.StatusNoContent, Header: []browser.Field{
		{Name: "Access-Control-Allow-Origin", Value: r.Header.Get("Origin")},
		{Name: "Access-Control-Allow-Credentials", Value: "true"},
		{Name: "Access-Control-Allow-Methods", Value: r.Header.Get("Access-Control-Request-Method")},
		{Name: "Access-Control-Allow-Headers", Value: r.Header.Get("Access-Control-Request-Headers")},
	}}
}

func answer(request *http.Request, a browser.Answer) *http.Response {
	header := make(http.Header)
	for _, f := range a.Header {
		header.Add(f.Name, f.Value)
	}
	return &http.Response{
		StatusCode: a.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(strings.NewReader("")), Request: request,
	}
}

// netError is the error that Chromium names, as the network would give it.
func netError(e *Entry) error {
	host := strings.TrimPrefix(strings.TrimPrefix(e.URL, "http://"), "https://")
	host, _, _ = strings.Cut(host, "/")
	name, _, _ := strings.Cut(host, ":")
	switch e.Error {
	case "net::ERR_CONNECTION_REFUSED":
		return &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	case "net::ERR_NAME_NOT_RESOLVED":
		return &net.DNSError{Name: name, Err: "no such host", IsNotFound: true}
	case "net::ERR_CONNECTION_RESET", "net::ERR_EMPTY_RESPONSE", "net::ERR_CONNECTION_CLOSED":
		return io.ErrUnexpectedEOF
	case "net::ERR_TIMED_OUT", "net::ERR_CONNECTION_TIMED_OUT":
		return context.DeadlineExceeded
	case "net::ERR_BLOCKED_BY_CLIENT":
		return errors.New("an extension stopped it, such as an ad blocker (net::ERR_BLOCKED_BY_CLIENT)")
	case "net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS", "net::ERR_BLOCKED_BY_PRIVATE_NETWORK_ACCESS_CHECKS":
		return errors.New("the user has not permitted the page to reach into the local network (" + e.Error + ")")
	case "", "net::ERR_FAILED":
		return errUnanswered
	}
	return errors.New("the browser recorded " + e.Error)
}
