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
// the API saw and what the script could read. Two browsers agree on a fetch if
// these are equal.
type seen struct {
	Preflight bool   // the API saw a preflight
	Request   bool   // the API saw the request itself
	Changed   bool   // the API's data changed
	Status    int    // the script read this status; 0 if it could read nothing
	Header    string // the script could read the headers of these names
}

// A report is what the page's script says of its fetch.
type report struct {
	Status int      `json:"status"` // 0 if fetch() failed
	Header []string `json:"header"` // names
	Body   string   `json:"body"`
	Error  string   `json:"error"` // what fetch() failed with
}

const (
	maxReportHeaders  = 64
	maxReportText     = 4 << 10  // bytes of the body, and of the error
	maxPredictionBody = 64 << 10 // bytes; the API's answers are far smaller
)

// check refuses what no fetch of the story could have come to.
func (p report) check() error {
	switch {
	case p.Status < 0 || p.Status > 599:
		return errors.New("the status is none")
	case (p.Status == 0) == (p.Error == ""):
		return errors.New("a fetch either has a status or fails")
	case len(p.Header) > maxReportHeaders:
		return errors.New("too many headers")
	case len(p.Body) > maxReportText || len(p.Error) > maxReportText:
		return errors.New("too long")
	}
	return nil
}

// actual joins what the API recorded with what the script reported.
func actual(r run, p report) seen {
	s := recorded(r)
	s.Status = p.Status
	s.Header = headerNames(p.Header)
	return s
}

// recorded is the API's side alone.
func recorded(r run) seen {
	s := seen{Changed: r.change != ""}
	for _, a := range r.arrivals {
		if a.Preflight {
			s.Preflight = true
		} else {
			s.Request = true
		}
	}
	return s
}

func headerNames(names []string) string {
	var lower []string
	for _, name := range names {
		lower = append(lower, strings.ToLower(name))
	}
	slices.Sort(lower)
	return strings.Join(slices.Compact(lower), ", ")
}

// A prediction is what our browser made of a scene.
type prediction struct {
	Seen  seen
	Trace *browser.Trace
}

// predict runs the scene in our browser, as a page of the site would, against
// the API as it is. Every prediction is a new browser, as empty as a run's
// URL is new.
func (p *Playground) predict(ctx context.Context, sc *scene) (prediction, error) {
	id := p.runs.begin(sc, true)
	page, err := browser.New(browser.Options{Transport: p.transport, MaxBody: maxPredictionBody}).Open(p.site.url() + "/")
	if err != nil {
		return prediction{}, fmt.Errorf("open the page: %w", err)
	}
	response, err := page.Fetch(ctx, sc.request(sc.target(p.api.url(), id)))
	rehearsal, ok := p.runs.end(id)
	if !ok {
		return prediction{}, errors.New("too many runs at once")
	}
	var result prediction
	var failed *browser.Error
	switch {
	case err == nil:
		result.Trace = response.Trace
		result.Seen.Status = response.Status
		var names []string
		for name := range response.Header {
			names = append(names, name)
		}
		result.Seen.Header = headerNames(names)
	case errors.As(err, &failed) && failed.Kind == browser.KindBlocked:
		result.Trace = failed.Trace
	default:
		return prediction{}, err
	}
	result.Seen.Preflight = result.Trace.Verdict.Preflighted
	result.Seen.Request = result.Trace.Verdict.Sent
	// Whether a request changes data is the API's doing, not the browser's.
	result.Seen.Changed = rehearsal.change != ""
	return result, nil
}
