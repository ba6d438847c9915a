package render

import (
	"fmt"

	"crossorigin.dev/browser"
)

// How a diagram ends: with what was not sent, what the script gets, and the
// verdict.

func (d *diagram) heldBack() {
	held, ok := heldBack(d.trace)
	if !ok {
		return
	}
	d.band("REQUEST", false, func() {
		x, width := d.column()
		d.y += 20
		for _, line := range monoStrong.fold(held.method+" "+target(held.url), width, 0, 3) {
			d.text(x, d.y, monoStrong.class+" cors-muted cors-struck", line)
			d.y += mono.height
		}
		d.y -= 5
		end := d.browser + (d.lane(held.url)-d.browser)/3
		d.stub(d.browser, end, d.y, d.failed())
		d.text(end+14, d.y+5, joinClass("cors-strong", d.failed()), "never sent")
		d.y += 8
	})
}

// answered draws what the script gets.
func (d *diagram) answered() {
	v := d.trace.Verdict
	x, width := d.call()
	title, below := gets(d.trace)
	d.y += 26
	d.text(x, d.y, monoStrong.class, title)
	d.y += 8
	d.arrow(d.browser, d.page, d.y, tone(v.Outcome) == toneBlocked, tone(v.Outcome))
	d.y += 17
	for _, line := range monoSmall.fold(below, width, 0, 2) {
		d.text(x, d.y, monoSmall.class+" cors-muted", line)
		d.y += monoSmall.height
	}
}

// gets names what the script gets, and what it can tell from it.
func gets(t *browser.Trace) (what, below string) {
	v := t.Verdict
	switch {
	case ofWebSocket(t) && v.Outcome == browser.OutcomeAllowed:
		return "open", "the WebSocket is connected"
	case ofWebSocket(t) && v.Outcome != browser.OutcomeMisuse:
		return "error, close", fmt.Sprintf("code %d, no reason", webSocketFailed)
	case v.Outcome == browser.OutcomeAllowed:
		return "Response", fmt.Sprintf("status %d, type %s", v.Status, v.Type)
	case v.Outcome == browser.OutcomeOpaque:
		return "Response", fmt.Sprintf("status 0, type %s", v.Type)
	}
	return "TypeError", "no status, no body"
}

// tone is that of an outcome.
func tone(o browser.Outcome) string {
	switch o {
	case browser.OutcomeAllowed:
		return toneAllowed
	case browser.OutcomeBlocked:
		return toneBlocked
	case browser.OutcomeOpaque:
		return ""
	}
	return toneFailed
}

// verdict draws how it ended: the outcome, its reason, and what was sent.
func (d *diagram) verdict() {
	v := d.trace.Verdict
	d.y += 6
	top := d.y
	const x = 52
	width := d.width - 12 - x - 12
	name := outcomeName(d.trace)
	box := joinClass("cors-verdict", tone(v.Outcome))
	if d.options.VerdictDiffers {
		box, name = joinClass(box, classDiffers), name+" (differs)"
	}
	reasonX, textY := x+int(sansStrong.width(name))+8, top+25
	reasonY := textY
	if reasonX+int(mono.width(string(v.Reason))) > x+width { // no room beside the name
		reasonX, textY = x, textY+sans.height
		reasonY = textY
	}
	lines := append(sans.fold(v.Message, width, 0, 8), sans.fold(facts(d.trace), width, 0, 8)...)
	height := textY - top + 15 + sans.height*len(lines)
	d.rect(&d.front, box, 12, top, d.width-24, height)
	d.front.WriteString("<g class=\"cors-bare\">\n")
	d.glyph(34, top+20, v.Outcome == browser.OutcomeAllowed, tone(v.Outcome))
	d.text(x, top+25, joinClass("cors-strong", tone(v.Outcome)), name)
	for _, line := range mono.fold(string(v.Reason), width, 0, 1) {
		d.text(reasonX, reasonY, mono.class, line)
	}
	for i, line := range lines {
		d.text(x, textY+sans.height*(i+1), sans.class, line)
	}
	d.front.WriteString("</g>\n")
	d.y = top + height + 12
}

func outcomeName(t *browser.Trace) string {
	if ofWebSocket(t) && t.Verdict.Outcome == browser.OutcomeNetwork && lastAnswered(t) {
		return "Refused"
	}
	return outcomeNames[t.Verdict.Outcome]
}

var outcomeNames = map[browser.Outcome]string{
	browser.OutcomeAllowed: "Allowed",
	browser.OutcomeOpaque:  "Opaque",
	browser.OutcomeBlocked: "Blocked",
	browser.OutcomeNetwork: "No response",
	browser.OutcomeMisuse:  "Not a request",
}
