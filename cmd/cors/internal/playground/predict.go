package playground

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"crossorigin.dev/browser"
)

// seen is what can be known of a fetch without looking into the browser: what
// the servers saw and what the script got. Two browsers agree on a fetch if
// these are equal.
type seen struct {
	Preflight bool                 // a server saw a preflight
	Request   bool                 // a server saw the request itself
	Cookie    bool                 // with a cookie of the playground's
	Changed   bool                 // the server's data changed
	Type      browser.ResponseType // of what the script got; empty if fetch() failed
	Status    int                  // the script read this status; 0 if it could read nothing
	Header    string               // the script could read the headers of these names
}

// ending is one of the ways a fetch ends.
func (s seen) ending() string {
	read := s.Status != 0
	switch {
	case s.Request && s.Preflight && read:
		return endsAskedRead
	case s.Request && read:
		return endsRead
	case s.Request && s.Preflight:
		return endsAskedHid
	case s.Request:
		return endsHidden
	case s.Preflight:
		return endsRefused
	case read:
		return endsCached
	}
	return endsUnsent
}

// reads reports whether the script could read a header, given in lower case.
func (s seen) reads(name string) bool {
	return slices.Contains(strings.Split(s.Header, ", "), name)
}

// A report is what a page's script says of its fetch: see attempt.js.
type report struct {
	Type       browser.ResponseType `json:"type"`   // empty if fetch() failed
	Status     int                  `json:"status"` // 0 if fetch() failed, and if the response is opaque
	Redirected bool                 `json:"redirected"`
	Header     [][2]string          `json:"header"`
	Body       string               `json:"body"`
	Error      string               `json:"error"` // what fetch() failed with
}

const (
	maxReportHeaders  = 64
	maxReportText     = 12 << 10 // bytes of the body, and of the error
	maxPredictionBody = 64 << 10 // bytes; the API's answers are far smaller
)

// check refuses what no fetch could have come to.
func (p report) check() error {
	types := []browser.ResponseType{"", browser.ResponseBasic, browser.ResponseCORS, browser.ResponseOpaque, browser.ResponseOpaqueRedirect}
	switch {
	case !slices.Contains(types, p.Type):
		return errors.New("there is no such type of response")
	case p.Status < 0 || p.Status > 599:
		return errors.New("the status is none")
	case (p.Type == "") == (p.Error == ""):
		return errors.New("a fetch either has a response or fails")
	case p.Type == "" && p.Status != 0:
		return errors.New("a fetch that fails has no status")
	case len(p.Header) > maxReportHeaders:
		return errors.New("too many headers")
	case len(p.Body) > maxReportText || len(p.Error) > maxReportText:
		return errors.New("too long")
	}
	return nil
}

// seenBy joins what the servers recorded with what the script reported.
func seenBy(arrivals []arrival, change string, p report) seen {
	s := recorded(arrivals, change)
	s.Type, s.Status, s.Header = p.Type, p.Status, p.headerNames()
	return s
}

// recorded is the servers' side alone.
func recorded(arrivals []arrival, change string) seen {
	s := seen{Changed: change != ""}
	for _, a := range arrivals {
		if a.Preflight {
			s.Preflight = true
			continue
		}
		s.Request = true
		s.Cookie = s.Cookie || slices.ContainsFunc(a.Header, func(f browser.Field) bool { return f.Name == "Cookie" })
	}
	return s
}

// headerNames lists the header fields that the script could read.
func (p report) headerNames() string {
	var names []string
	for _, field := range p.Header {
		names = append(names, field[0])
	}
	return headerNames(names)
}

// headerNames lists names of header fields, in lower case and in order.
func headerNames(names []string) string {
	var lower []string
	for _, name := range names {
		lower = append(lower, strings.ToLower(name))
	}
	slices.Sort(lower)
	return strings.Join(slices.Compact(lower), ", ")
}

// A prediction is what our browser made of a step.
type prediction struct {
	Seen  seen
	Trace *browser.Trace
}

// predict returns what our browser makes of a lesson's steps. Every run of a
// lesson finds the same, so it is worked out once.
func (p *Playground) predict(ctx context.Context, l *lesson) ([]prediction, error) {
	p.predicting.Lock()
	defer p.predicting.Unlock()
	if known := p.predicted[l.ID]; known != nil {
		return known, nil
	}
	predictions, err := p.rehearseLesson(ctx, l)
	if err != nil {
		return nil, fmt.Errorf("predict lesson %s: %w", l.ID, err)
	}
	p.predicted[l.ID] = predictions
	return predictions, nil
}

// rehearseLesson runs a lesson's steps in a browser of our own that is new, as the
// page's would, against the servers as they are.
func (p *Playground) rehearseLesson(ctx context.Context, l *lesson) ([]prediction, error) {
	id := p.runs.begin(run{Rehearsal: true})
	defer p.runs.end(id)
	b := browser.New(browser.Options{Transport: p.transport, MaxBody: maxPredictionBody})
	var predictions []prediction
	for i := range l.Steps {
		s := &l.Steps[i]
		page, err := p.lessonPage(b, s.From)
		if err != nil {
			return nil, err
		}
		response, err := page.Fetch(ctx, s.request(p.target(s, id)))
		trace := browser.TraceOf(response, err)
		var failed *browser.Error
		if errors.As(err, &failed) && failed.Kind != browser.KindBlocked {
			return nil, err
		}
		arrivals, change, ok := p.runs.take(id)
		if !ok {
			return nil, errors.New("too many runs at once")
		}
		predicted := prediction{Trace: trace, Seen: recorded(arrivals, change)}
		// What the servers saw is known here; but it is the trace's word that
		// the page's run is compared with.
		predicted.Seen.Preflight = trace.Verdict.Preflighted
		predicted.Seen.Request = trace.Verdict.Sent
		if response != nil {
			predicted.Seen.Type, predicted.Seen.Status = response.Type, response.Status
			var names []string
			for name := range response.Header {
				names = append(names, name)
			}
			predicted.Seen.Header = headerNames(names)
		}
		withoutRun(trace, id)
		predictions = append(predictions, predicted)
	}
	return predictions, nil
}
