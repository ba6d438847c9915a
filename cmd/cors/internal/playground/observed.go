package playground

import (
	"net/http"
	"strings"

	"crossorigin.dev/browser"
)

// observed is what is known of a real call, as a trace that can be drawn beside
// the one that was predicted: what the servers saw, and what the script got. Why
// a browser decided as it did cannot be seen from outside, so it has no
// decisions and no reason.
func observed(predicted *browser.Trace, saw []browser.Exchange, said report) *browser.Trace {
	t := *predicted
	t.Profile = "your browser"
	t.Steps = nil
	t.Verdict = browser.Verdict{Type: said.Type, Status: said.Status}
	hop := 0
	for i := range saw {
		x := &saw[i]
		t.Steps = append(t.Steps, browser.Step{
			Hop: hop, Phase: browser.PhaseNetwork, Rule: "observed", Decision: browser.DecisionInfo, Exchange: x,
		})
		if x.Preflight {
			t.Verdict.Preflighted = true
			continue
		}
		t.Verdict.Sent = true
		if a := x.Answer; a != nil && a.Status >= 300 && a.Status < 400 && a.Status != http.StatusNotModified {
			hop++
		}
	}
	switch {
	case said.Type == browser.ResponseOpaque, said.Type == browser.ResponseOpaqueRedirect:
		t.Verdict.Outcome = browser.OutcomeOpaque
		t.Verdict.Message = "The script got a response that shows nothing."
	case said.Type != "":
		t.Verdict.Outcome = browser.OutcomeAllowed
		t.Verdict.Message = "The script read the answer."
	default:
		// That it failed is all a script can know; the word for it is the
		// prediction's, if that failed too.
		t.Verdict.Outcome = browser.OutcomeBlocked
		if o := predicted.Verdict.Outcome; o == browser.OutcomeNetwork || o == browser.OutcomeMisuse {
			t.Verdict.Outcome = o
		}
		t.Verdict.Message = "The script got " + strings.TrimSuffix(said.Error, ".") + "."
	}
	return &t
}

// withoutRun takes the run's id out of all that the trace shows: it is there
// for the servers only.
func withoutRun(t *browser.Trace, id string) {
	clean := func(s *string) { *s = strings.ReplaceAll(*s, "?run="+id, "") }
	fields := func(list []browser.Field) {
		for i := range list {
			clean(&list[i].Value)
		}
	}
	clean(&t.URL)
	clean(&t.Verdict.Message)
	for i := range t.Steps {
		s := &t.Steps[i]
		clean(&s.Note)
		fields(s.Inputs)
		if s.Exchange != nil {
			clean(&s.Exchange.URL)
			fields(s.Exchange.Header)
			if s.Exchange.Answer != nil {
				fields(s.Exchange.Answer.Header)
			}
		}
	}
}

// differences are the steps of a and of b, by their index, whose exchange has
// no counterpart in the other, in order; and whether the verdicts differ.
func differences(a, b *browser.Trace) (inA, inB map[int]bool, verdict bool) {
	as, bs := exchangedIn(a), exchangedIn(b)
	// The longest common subsequence; there are few exchanges.
	common := make([][]int, len(as)+1)
	for i := range common {
		common[i] = make([]int, len(bs)+1)
	}
	for i := len(as) - 1; i >= 0; i-- {
		for j := len(bs) - 1; j >= 0; j-- {
			if as[i].sameAs(bs[j]) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	inA, inB = map[int]bool{}, map[int]bool{}
	i, j := 0, 0
	for i < len(as) || j < len(bs) {
		switch {
		case i < len(as) && j < len(bs) && as[i].sameAs(bs[j]):
			i, j = i+1, j+1
		case j == len(bs) || i < len(as) && common[i+1][j] >= common[i][j+1]:
			inA[as[i].step] = true
			i++
		default:
			inB[bs[j].step] = true
			j++
		}
	}
	va, vb := a.Verdict, b.Verdict
	return inA, inB, va.Outcome != vb.Outcome || va.Status != vb.Status
}

// An exchanged is what two exchanges are compared by.
type exchanged struct {
	step      int
	preflight bool
	method    string
	url       string
	status    int
}

func (x exchanged) sameAs(y exchanged) bool {
	x.step = y.step
	return x == y
}

func exchangedIn(t *browser.Trace) []exchanged {
	var all []exchanged
	for i, s := range t.Steps {
		if x := s.Exchange; x != nil {
			e := exchanged{i, x.Preflight, x.Method, x.URL, 0}
			if x.Answer != nil {
				e.status = x.Answer.Status
			}
			all = append(all, e)
		}
	}
	return all
}
