package render

import (
	"fmt"
	"strings"
	"time"

	"crossorigin.dev/browser"
)

// A scene is a run of steps that are told together: what the browser decides
// before it sends anything, a preflight, or a request with what becomes of its
// response.
type scene struct {
	kind  sceneKind
	hop   int
	steps []browser.Step
}

type sceneKind int

const (
	sceneDecision sceneKind = iota
	scenePreflight
	sceneRequest
)

// scenes divides the steps of t, in their order.
func scenes(t *browser.Trace) []scene {
	var all []scene
	for i, s := range t.Steps {
		kind := sceneDecision
		if n := len(all); n > 0 && all[n-1].hop == s.Hop {
			kind = all[n-1].kind
		}
		switch next := nextExchange(t.Steps[i:], s.Hop); {
		case next != nil && (s.Exchange != nil || s.Phase == browser.PhaseNetwork):
			kind = sceneRequest
			if next.Preflight {
				kind = scenePreflight
			}
		case s.Phase == browser.PhasePreflight:
			kind = scenePreflight
		}
		if n := len(all); n == 0 || all[n-1].kind != kind || all[n-1].hop != s.Hop {
			all = append(all, scene{kind: kind, hop: s.Hop})
		}
		last := &all[len(all)-1]
		last.steps = append(last.steps, s)
	}
	return all
}

// nextExchange returns the first exchange of the hop in steps, nil if there is
// none.
func nextExchange(steps []browser.Step, hop int) *browser.Exchange {
	for _, s := range steps {
		if s.Hop != hop {
			return nil
		}
		if s.Exchange != nil {
			return s.Exchange
		}
	}
	return nil
}

// An unsent is a request that the browser held back.
type unsent struct{ method, url string }

// heldBack returns the request that should have come after the last thing that
// was sent, if the fetch ended before it.
func heldBack(t *browser.Trace) (unsent, bool) {
	if t.Verdict.Outcome == browser.OutcomeAllowed || t.Verdict.Outcome == browser.OutcomeOpaque {
		return unsent{}, false
	}
	var last *browser.Exchange
	for _, s := range t.Steps {
		if s.Exchange != nil {
			last = s.Exchange
		}
	}
	switch {
	case last == nil:
		return unsent{t.Method, t.URL}, true
	case last.Preflight:
		method := t.Method
		for _, f := range last.Header {
			if strings.EqualFold(f.Name, "Access-Control-Request-Method") {
				method = f.Value
			}
		}
		return unsent{method, last.URL}, true
	}
	return unsent{}, false
}

// weighed returns how the checks told after step i of the scene judged each
// header field of its answer that they looked at, by lower-case name. A failure
// outweighs.
func (sc scene) weighed(i int) map[string]browser.Decision {
	judged := map[string]browser.Decision{}
	for _, s := range sc.steps[i+1:] {
		if s.Exchange != nil {
			break
		}
		if s.Decision == browser.DecisionInfo || !told(s) {
			continue
		}
		for _, f := range s.Inputs {
			name := strings.ToLower(f.Name)
			if judged[name] != browser.DecisionFail {
				judged[name] = s.Decision
			}
		}
	}
	return judged
}

// facts says what was sent and what the script gets.
func facts(t *browser.Trace) string {
	v := t.Verdict
	nothing := "; the script gets a TypeError that tells it no more."
	if ofWebSocket(t) && v.Outcome != browser.OutcomeMisuse {
		nothing = fmt.Sprintf("; the script gets an error event and a close event of code %d, which tell it no more.", webSocketFailed)
	}
	switch {
	case v.Outcome == browser.OutcomeAllowed && !v.Sent:
		return "Nothing was sent."
	case v.Outcome == browser.OutcomeAllowed && v.Preflighted, v.Outcome == browser.OutcomeOpaque && v.Preflighted:
		return "A preflight went out first, then the request."
	case v.Outcome == browser.OutcomeAllowed, v.Outcome == browser.OutcomeOpaque:
		return "The request went out without a preflight."
	case v.Outcome == browser.OutcomeNetwork:
		return "This is not a matter of CORS" + nothing
	case v.Sent:
		return "The request was sent, so the server may have acted on it" + nothing
	case v.Preflighted:
		return "Only the preflight was sent" + nothing
	}
	return "Nothing was sent" + nothing
}

// ofWebSocket reports whether the call is no fetch but a WebSocket.
func ofWebSocket(t *browser.Trace) bool { return t.Mode == "websocket" }

// webSocketFailed is the code of the close event of a WebSocket that never opened,
// https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1; an error event comes first,
// https://websockets.spec.whatwg.org/#feedback-from-the-protocol
const webSocketFailed = 1006

// lastAnswered reports whether the last request had an answer.
func lastAnswered(t *browser.Trace) bool {
	answered := false
	for _, s := range t.Steps {
		if s.Exchange != nil {
			answered = s.Exchange.Answer != nil
		}
	}
	return answered
}

// silent are the rules whose steps say what the exchange shows better, or what
// is so of nearly every request, unless they fail.
var silent = map[string]bool{
	"construct.url":         true,
	"main.origins":          true,
	"main.port":             true,
	"preflight.parse":       true,
	"network.origin-header": true,
	"network.referer":       true,
	"network.exchange":      true,
	"preflight.request":     true,
}

// told reports whether a step's note belongs in the story.
func told(s browser.Step) bool {
	if s.Decision == browser.DecisionFail {
		return true
	}
	switch { // Without inputs these say that it was as usual.
	case len(s.Inputs) > 0:
	case s.Rule == "cache.lookup" && s.Decision == browser.DecisionInfo,
		s.Rule == "main.mixed-content" && s.Decision == browser.DecisionPass:
		return false
	}
	return !silent[s.Rule]
}

// duration is d to about two digits: "0.4 ms", "31 ms", "1.2 s".
func duration(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// shorten cuts s to at most limit bytes and says so.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return fmt.Sprintf("%s... (%d bytes)", s[:limit], len(s))
}

// wrap breaks printable ASCII into lines of at most first columns, then rest
// columns each.
func wrap(s string, first, rest int) []string {
	var lines []string
	for width := first; len(s) > width; width = rest {
		cut, next := breakLine(s, width)
		lines = append(lines, s[:cut])
		s = s[next:]
	}
	return append(lines, s)
}

// breakLine says where to end a line of at most width bytes of s, which is
// longer, and where the next begins: at a space, which is all that may be lost,
// unless the line is short then; else behind a character that joins parts of a name
// or URL; else at the space, if the word after it fits into a line; else where the
// line is full.
func breakLine(s string, width int) (cut, next int) {
	space := strings.LastIndexByte(s[:width+1], ' ')
	if space > width/4 {
		return space, space + 1
	}
	if at := strings.LastIndexAny(s[:width], "-./,;&?"); at > width/2 {
		return at + 1, at + 1
	}
	if word, _, _ := strings.Cut(s[space+1:], " "); space > 0 && len(word) < width {
		return space, space + 1
	}
	return width, width
}
