package playground

import (
	"errors"
	"slices"

	"crossorigin.dev/browser"
)

// A trialReport is what the page's script says of its call; see
// assets/attempt.js.
type trialReport struct {
	Type       string      `json:"type"` // empty: fetch() failed
	Status     int         `json:"status"`
	Redirected bool        `json:"redirected"`
	Header     [][2]string `json:"header"`
	Body       string      `json:"body"`
	Error      string      `json:"error"`
}

// check refuses what no fetch could have come to.
func (t trialReport) check() error {
	switch {
	case t.Status < 0 || t.Status > 599:
		return errors.New("the status is none")
	case (t.Type == "") != (t.Error != ""):
		return errors.New("a fetch has either a response or an error")
	case len(t.Header) > 64:
		return errors.New("there are too many headers")
	}
	switch browser.ResponseType(t.Type) {
	case "", browser.ResponseBasic, browser.ResponseCORS, browser.ResponseOpaque, browser.ResponseOpaqueRedirect:
		return nil
	}
	return errors.New("there is no such type of response")
}

// observed joins what the API recorded with what the script reported.
func (t trialReport) observed(saw []browser.Exchange) observation {
	var names []string
	for _, f := range t.Header {
		names = append(names, f[0])
	}
	return observation{Reached: reached(saw), Type: t.Type, Status: t.Status, Redirected: t.Redirected, Header: readable(names)}
}

// actualTrace writes what happened as a trace, to be drawn beside the
// prediction. It holds what crossed the wire and how it ended, and no decision:
// those the reader's browser keeps to itself.
func actualTrace(predicted *browser.Trace, saw []browser.Exchange, said trialReport) *browser.Trace {
	t := *predicted
	t.Profile, t.Steps = "your browser", nil
	v := browser.Verdict{Outcome: browser.OutcomeAllowed, Type: browser.ResponseType(said.Type), Status: said.Status}
	for i := range saw {
		x := &saw[i]
		step := browser.Step{Hop: hopOf(x.URL), Phase: browser.PhaseNetwork, Rule: "network.exchange", Decision: browser.DecisionInfo, Exchange: x}
		if x.Preflight {
			step.Phase, step.Rule = browser.PhasePreflight, "preflight.request"
			v.Preflighted = true
		} else {
			v.Sent = true
		}
		t.Steps = append(t.Steps, step)
	}
	switch {
	case said.Error != "":
		// That it failed is all a script can know; the word for it is the
		// prediction's, if that failed too.
		if v.Outcome = predicted.Verdict.Outcome; v.Outcome == browser.OutcomeAllowed || v.Outcome == browser.OutcomeOpaque {
			v.Outcome = browser.OutcomeBlocked
		}
		v.Message = "fetch() failed: " + said.Error
	case said.Type == string(browser.ResponseOpaque), said.Type == string(browser.ResponseOpaqueRedirect):
		v.Outcome, v.Message = browser.OutcomeOpaque, "The script got a response that shows nothing."
	default:
		v.Message = "The script read the response."
	}
	t.Verdict = v
	return &t
}

// hopOf returns which of the redirects led to the URL.
func hopOf(url string) int { return max(0, slices.Index(hopPaths[:], pathOf(url))) }
