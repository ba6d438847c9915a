package playground

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/cors"
)

// How many trials there may be, how much one records, and how long it lasts.
const (
	maxTrials     = 128
	maxRehearsals = 64
	maxRecord     = 128 << 10 // bytes of one trial
	maxReply      = 4 << 10   // bytes that an answer is taken for
	trialLifetime = 10 * time.Minute
)

// A trial is one experiment under way: what the API answers under
// /x/ID/, and what reached it there. Only who has the id, which cannot be
// guessed, gets these answers, so no page can make another's browser meet
// headers of its choice.
type trial struct {
	state   state
	handler http.Handler
	begun   time.Time
	// rehearsal is that of our own browser, which calls the bare paths and
	// needs no record: its trace is one.
	rehearsal bool

	// What arrives is shown in the live log of this id too.
	hub  *hub
	live string

	mu   sync.Mutex
	saw  []browser.Exchange
	size int // of the record, in bytes
	mark int // how much of it belongs to the earlier call
}

// trials are all that are under way, by their ids.
type trials struct {
	now        func() time.Time
	transport  *http.Transport // of our own browser
	mu         sync.Mutex
	byID       map[string]*trial
	ids        []string // of the reader's own, the oldest first
	rehearsals int
}

func newTrials(now func() time.Time, servers ...*endpoint) *trials {
	return &trials{now: now, transport: newRehearsals(servers), byID: map[string]*trial{}}
}

var errBusy = errors.New("too many predictions at once; try again")

// begin opens a trial of a state that has no faults.
func (t *trials) begin(s state, p *Playground, rehearsal bool, live string) (id string, _ *trial, _ error) {
	one := &trial{state: s, begun: t.now(), rehearsal: rehearsal, hub: p.runs.live, live: live}
	id = rand.Text()
	prefix := trialPath + id
	if rehearsal {
		prefix = ""
	}
	handler, err := s.handler(p, prefix)
	if err != nil {
		return "", nil, err
	}
	one.handler = one.record(handler, prefix)
	t.mu.Lock()
	defer t.mu.Unlock()
	if rehearsal {
		if t.rehearsals >= maxRehearsals {
			return "", nil, errBusy
		}
		t.rehearsals++
	} else {
		t.expire()
		t.ids = append(t.ids, id)
	}
	t.byID[id] = one
	return id, one, nil
}

// expire makes room for one more.
func (t *trials) expire() {
	oldest := t.now().Add(-trialLifetime)
	t.ids = slices.DeleteFunc(t.ids, func(id string) bool {
		one := t.byID[id]
		if one != nil && one.begun.Before(oldest) {
			delete(t.byID, id)
			one = nil
		}
		return one == nil
	})
	if len(t.ids) >= maxTrials {
		delete(t.byID, t.ids[0])
		t.ids = slices.Delete(t.ids, 0, 1)
	}
}

// get returns the trial of that id, nil if there is none.
func (t *trials) get(id string) *trial {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.byID[id]
	if one == nil || t.now().Sub(one.begun) > trialLifetime {
		return nil
	}
	return one
}

// end closes a trial.
func (t *trials) end(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one := t.byID[id]; one != nil {
		delete(t.byID, id)
		if one.rehearsal {
			t.rehearsals--
		}
	}
}

// trialPath begins the path of every trial's URLs.
const trialPath = "/x/"

// beside serves the trials, and next all other paths.
func (t *trials) beside(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, trialPath) {
			http.MaxBytesHandler(t, maxAPIBody).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ServeHTTP answers for the trials. Whatever has no id is not here.
func (t *trials) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, trialPath), "/")
	one := t.get(id)
	if one == nil {
		http.Error(w, noTrial, http.StatusNotFound)
		return
	}
	r.URL.Path, r.URL.RawPath = "/"+rest, ""
	one.handler.ServeHTTP(w, r)
}

// handler answers as the state says. prefix is what stands before the paths.
func (s *state) handler(p *Playground, prefix string) (http.Handler, error) {
	mux := http.NewServeMux()
	for i := range s.hops() {
		h := s.Hops[i]
		next := ""
		if i+1 < maxHops && h.Next != "" {
			next = p.nextOrigin(h.Next) + prefix + hopPaths[i+1]
		}
		mux.HandleFunc(hopPaths[i], func(w http.ResponseWriter, r *http.Request) {
			a := h.Response
			if isPreflight(r.Method, r.Header) {
				a = h.Preflight
			}
			a.write(w, r, next, prefix, s.OnOrigin)
		})
	}
	if s.Server != "policy" {
		return mux, nil
	}
	policy, faults := s.policy()
	if faults != nil {
		return nil, errors.New(faults[0].Say)
	}
	guard, err := cors.New(policy)
	if err != nil {
		return nil, err
	}
	return guard.Handler(mux), nil
}

// note is what the API has to say, whatever the experiment.
const note = `{"items":["Buy milk"]}` + "\n"

// write answers a request.
func (a *reply) write(w http.ResponseWriter, r *http.Request, next, prefix string, onOrigin bool) {
	code, ok := a.status()
	if !ok {
		panic(http.ErrAbortHandler) // which hangs up
	}
	h := w.Header()
	for _, line := range textLines(a.Lines) {
		name, value, _ := headerLine(line)
		switch {
		case onOrigin && r.Header["Origin"] == nil && len(name) > 15 && strings.EqualFold(name[:15], "access-control-"):
			continue
		case strings.EqualFold(name, "Set-Cookie"):
			// For this experiment only, and gone soon: a browser keeps only so
			// many for all that is on localhost. The last of two attributes counts.
			value += "; Path=" + prefix + "/; Max-Age=120"
		}
		h.Add(name, oneByteEach(value))
	}
	if next != "" && code/100 == 3 {
		h.Set("Location", next)
	}
	// Here rather than by net/http, so that they are in the record.
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	body := note
	if code == http.StatusNoContent || code == http.StatusNotModified || isPreflight(r.Method, r.Header) {
		body = ""
	} else if h["Content-Type"] == nil {
		h.Set("Content-Type", "application/json")
	}
	if code != http.StatusNoContent && code != http.StatusNotModified {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(body)) // who is gone needs no note
	}
}

// record writes down what reaches the trial before it is answered, so that
// whoever has the answer finds it written.
func (one *trial) record(next http.Handler, prefix string) http.Handler {
	if one.rehearsal {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := one.arrive(browser.Exchange{
			Preflight: isPreflight(r.Method, r.Header), Method: r.Method, URL: "http://" + r.Host + r.URL.Path,
			Header: append(one.state.ownCookies(r.Header), fields(withoutCookies(r.Header))...), BodySize: max(r.ContentLength, 0), Started: time.Now(),
			Error: "the server hung up",
		})
		next.ServeHTTP(&trialWriter{ResponseWriter: w, trial: one, number: n, prefix: prefix}, r)
	})
}

// ownCookies returns those of a request's cookies that an answer of the
// experiment sets. A browser sends those of everything on localhost, and they
// are none of the lab's business.
func (s *state) ownCookies(header http.Header) []browser.Field {
	var own []string
	for i := range s.hops() {
		for _, text := range []string{s.Hops[i].Preflight.Lines, s.Hops[i].Response.Lines} {
			for _, line := range textLines(text) {
				name, value, _ := headerLine(line)
				if cookie, _, found := strings.Cut(value, "="); found && strings.EqualFold(name, "Set-Cookie") {
					own = append(own, strings.TrimSpace(cookie))
				}
			}
		}
	}
	var kept []string
	for pair := range strings.SplitSeq(strings.Join(header["Cookie"], ";"), ";") {
		pair = strings.TrimSpace(pair)
		if name, _, _ := strings.Cut(pair, "="); slices.Contains(own, name) {
			kept = append(kept, pair)
		}
	}
	if kept == nil {
		return nil
	}
	return []browser.Field{{Name: "Cookie", Value: strings.Join(kept, "; ")}}
}

func withoutCookies(header http.Header) http.Header {
	header = header.Clone()
	delete(header, "Cookie")
	return header
}

// arrive adds to the record, and returns where; -1 if it is full.
func (one *trial) arrive(x browser.Exchange) int {
	one.mu.Lock()
	defer one.mu.Unlock()
	one.size += maxReply
	for _, f := range x.Header {
		one.size += len(f.Name) + len(f.Value)
	}
	if one.size > maxRecord {
		return -1
	}
	one.saw = append(one.saw, x)
	return len(one.saw) - 1
}

// answered completes the record of what arrived there, and shows it.
func (one *trial) answered(n int, a browser.Answer) {
	if n < 0 {
		return
	}
	one.mu.Lock()
	x := &one.saw[n]
	x.Answer, x.Error, x.Duration = &a, "", time.Since(x.Started)
	shown := arrived{At: time.Since(one.begun).Milliseconds(), arrival: arrival{
		Method: x.Method, URL: x.URL, Preflight: x.Preflight, Header: x.Header, Status: a.Status, Answer: a.Header,
	}}
	one.mu.Unlock()
	if one.live != "" {
		one.hub.show(one.live, shown)
	}
}

// seen returns what reached the trial since the earlier call, if there was one.
func (one *trial) seen() []browser.Exchange {
	one.mu.Lock()
	defer one.mu.Unlock()
	return slices.Clone(one.saw[one.mark:])
}

// earlierDone says that what has come so far was the earlier call's.
func (one *trial) earlierDone() {
	one.mu.Lock()
	defer one.mu.Unlock()
	one.mark = len(one.saw)
}

// A trialWriter completes the record when the answer's header is written.
type trialWriter struct {
	http.ResponseWriter
	trial  *trial
	number int
	prefix string // of the paths, which the record goes without
	wrote  bool
}

func (w *trialWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *trialWriter) WriteHeader(status int) {
	w.wrote = true
	answer := fields(w.Header())
	for i := range answer {
		answer[i].Value = strings.ReplaceAll(answer[i].Value, w.prefix+"/", "/")
	}
	w.trial.answered(w.number, browser.Answer{Status: status, Header: answer})
	w.ResponseWriter.WriteHeader(status)
}

func (w *trialWriter) Write(b []byte) (int, error) {
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}
