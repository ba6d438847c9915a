package playground

import (
	"html/template"
	"strconv"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/render"
)

// A stepView is one step of a lesson: what was predicted, and once it has run,
// what happened.
type stepView struct {
	Lesson    *lesson
	Step      *step
	Number    int // from 1
	Several   bool
	Asked     bool
	Code      string
	Predicted prediction
	Actual    *actual // nil until the step has been run
	Seen      seen    // by the actual run
	Drawings  []drawing
	Verdict   string
}

// An actual is what came of a step in the reader's browser.
type actual struct {
	run      string
	Arrivals []arrival
	Change   string
	Report   report
}

// A drawing is a diagram in two widths.
type drawing struct {
	Title        string
	Wide, Narrow template.HTML
}

// The widths that diagrams are drawn for, in pixels: half of a wide screen, and
// a telephone.
const (
	wideDiagram   = 592
	narrowDiagram = 358
)

func (s *site) stepView(l *lesson, index int, predicted prediction, a *actual) (stepView, error) {
	st := &l.Steps[index]
	v := stepView{
		Lesson: l, Step: st, Number: index + 1, Several: len(l.Steps) > 1, Asked: index == l.Asked,
		Code: st.code(s.playground.server(st.To)), Predicted: predicted, Actual: a,
	}
	name := l.ID + "-" + strconv.Itoa(index)
	if a == nil {
		return v, v.draw("Predicted", "p-"+name, predicted.Trace, render.SVGOptions{})
	}
	v.Seen = seenBy(a.Arrivals, a.Change, a.Report)
	real := observed(predicted.Trace, exchanges(a.Arrivals), a.Report)
	withoutRun(real, a.run)
	inPredicted, inReal, verdict := differences(predicted.Trace, real)
	err := v.draw("Predicted", "p-"+name, predicted.Trace, render.SVGOptions{Differs: inPredicted, VerdictDiffers: verdict})
	if err != nil {
		return v, err
	}
	return v, v.draw("What happened", "a-"+name, real, render.SVGOptions{Differs: inReal, VerdictDiffers: verdict})
}

// draw adds the diagram of a trace.
func (v *stepView) draw(title, id string, t *browser.Trace, o render.SVGOptions) error {
	d := drawing{Title: title}
	var err error
	o.ID, o.Width = "wide-"+id, wideDiagram
	if d.Wide, err = diagram(t, o); err != nil {
		return err
	}
	o.ID, o.Width = "narrow-"+id, narrowDiagram
	d.Narrow, err = diagram(t, o)
	v.Drawings = append(v.Drawings, d)
	return err
}

// Agree reports whether the reader's browser and ours came to the same.
func (v stepView) Agree() bool { return v.Actual != nil && v.Seen == v.Predicted.Seen }

// Answer is the key of the choice that the run shows to be right, or before the
// run the one that is predicted.
func (v stepView) Answer() string {
	if v.Actual == nil {
		return v.Lesson.answer(v.Predicted.Seen)
	}
	return v.Lesson.answer(v.Seen)
}

// Ending is how the step ended, or is predicted to end.
func (v stepView) Ending() string {
	if v.Actual == nil {
		return v.Predicted.Seen.ending()
	}
	return v.Seen.ending()
}

// Opaque reports whether the page got something that shows nothing.
func (v stepView) Opaque() bool {
	s := v.Predicted.Seen
	if v.Actual != nil {
		s = v.Seen
	}
	return s.Type != "" && s.Status == 0
}

// A row is one thing that the two browsers are compared by.
type row struct {
	Key       string // in the page's markup
	Question  string
	Actual    string // empty until the step has been run
	Predicted string
}

// Agree reports whether the row says the same twice, or only once so far.
func (r row) Agree() bool { return r.Actual == "" || r.Actual == r.Predicted }

// Rows lists every field of seen that says something.
func (v stepView) Rows() []row {
	ask := []struct {
		key, question string
		answer        func(seen) string
	}{
		{"preflight", "Preflight sent?", func(s seen) string { return yesNo(s.Preflight) }},
		{"request", "Request sent?", func(s seen) string { return yesNo(s.Request) }},
		{"cookie", "With the cookie?", func(s seen) string { return yesNo(s.Cookie) }},
		{"changed", "Data on the server changed?", func(s seen) string { return yesNo(s.Changed) }},
		{"got", "What did the script get?", got},
		{"header", "Headers it can read?", func(s seen) string {
			if s.Header == "" {
				return "none"
			}
			return s.Header
		}},
	}
	var rows []row
	for _, a := range ask {
		r := row{Key: a.key, Question: a.question, Predicted: a.answer(v.Predicted.Seen)}
		if v.Actual != nil {
			r.Actual = a.answer(v.Seen)
		}
		if a.key == "cookie" && r.Predicted == "no" && r.Actual != "yes" && v.Lesson.ID != "credentials" {
			continue
		}
		rows = append(rows, r)
	}
	return rows
}

func got(s seen) string {
	switch {
	case s.Type == "":
		return "an error"
	case s.Status == 0:
		return "an opaque response"
	}
	return "the answer, status " + strconv.Itoa(s.Status)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// A consoleView is what a browser's console says of a failure.
type consoleView struct{ Name, Text string }

// Consoles are the words of the browsers for what was predicted, if it fails.
func (v stepView) Consoles() []consoleView {
	var views []consoleView
	if t := v.Predicted.Trace; t.Verdict.Outcome == browser.OutcomeBlocked {
		for _, c := range consoles {
			views = append(views, consoleView{c.Name, t.Console(c.Profile)})
		}
	}
	return views
}

// Decisions are the steps of the prediction, each with the standard's section.
func (v stepView) Decisions() []browser.Step { return v.Predicted.Trace.Steps }
