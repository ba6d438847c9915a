package playground

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/diagnose"
	"crossorigin.dev/internal/render"
)

// An experimentView is what the templates of Experiment show.
type experimentView struct {
	State   state
	Query   string // the state's address
	Broken  string // what is wrong with the address; the state is then a new one
	Presets []presetGroup
	Preset  *preset // that the state is, nil if it is none
	Faults  []fault
	Held    string // why it cannot be run here
	Profile browser.Profile

	Forecasts []forecast // the one for Profile first; none if there are faults
	Diagnosis diagnose.Diagnosis
	Fixed     template.URL // the address with the fix applied; empty if there is none
	Copies    []copied
	Drawings  []drawing // of the prediction, and of the run if there was one
	Actual    *experimentRun

	playground *Playground
}

// drawn is the diagram of a trace.
func drawn(title, id string, t *browser.Trace, o render.SVGOptions) (d drawing, err error) {
	d.Title = title
	o.ID, o.Width = id+"-wide", wideDiagram
	if d.Wide, err = diagram(t, o); err != nil {
		return d, err
	}
	o.ID, o.Width = id+"-narrow", narrowDiagram
	d.Narrow, err = diagram(t, o)
	return d, err
}

// experimentView reads the state from the address.
func (s *site) experimentView(r *http.Request) *experimentView {
	st, err := decode(r.URL.RawQuery)
	v := s.viewOf(st, r)
	if err != nil {
		v.Broken = sentence(err.Error())
	}
	return v
}

func (s *site) viewOf(st state, r *http.Request) *experimentView {
	v := &experimentView{State: st, Query: st.encode(), Faults: st.faults(), Held: st.held(), playground: s.playground}
	v.Profile = profileOf(r.UserAgent())
	if named, ok := browser.ParseProfile(st.Profile); ok && st.Profile != "" {
		v.Profile = named
	}
	for _, group := range s.playground.presets() {
		if at := slices.IndexFunc(group.Presets, func(p preset) bool { return p.State == st }); at >= 0 {
			v.Preset = &group.Presets[at]
		}
	}
	return v
}

// foresee makes the predictions and all that follows from them.
func (v *experimentView) foresee(ctx context.Context, p *Playground) error {
	if err := v.judge(ctx, p); err != nil {
		return err
	}
	return v.follow(ctx, p)
}

// judge predicts what the reader's browser does.
func (v *experimentView) judge(ctx context.Context, p *Playground) error {
	if len(v.Faults) > 0 {
		return nil
	}
	f, err := p.forecast(ctx, &v.State, v.Profile)
	v.Forecasts = []forecast{f}
	return err
}

// follow makes, at once, all else: the other predictions, the diagnosis and its
// fix, the drawing, and the copies.
func (v *experimentView) follow(ctx context.Context, p *Playground) error {
	if len(v.Forecasts) == 0 {
		return nil
	}
	f := v.Forecasts[0]
	var following sync.WaitGroup
	var others []forecast
	var foreseeing, copying error
	following.Go(func() { others, foreseeing = p.forecasts(ctx, &v.State, allProfiles(v.Profile)[1:]...) })
	following.Go(func() {
		if mended, ok := p.fixed(ctx, v.State, f); ok {
			v.Fixed = mended.link()
		}
	})
	following.Go(func() { v.Copies, copying = p.copies(ctx, &v.State, f) })
	v.Diagnosis = diagnose.Of(f.Trace, diagnose.Options{Stack: diagnose.Stack(v.State.Stack)})
	d, err := drawn(v.predictedTitle(), "predicted", f.Trace, render.SVGOptions{})
	v.Drawings = []drawing{d}
	following.Wait()
	v.Forecasts = append(v.Forecasts, others...)
	return errors.Join(foreseeing, copying, err)
}

// PresetCount counts the presets.
func (v *experimentView) PresetCount() int {
	n := 0
	for _, group := range v.Presets {
		n += len(group.Presets)
	}
	return n
}

// Is reports whether the state is that preset.
func (v *experimentView) Is(p preset) bool { return p.State == v.State }

// Measurements are those of the preset that the state is.
func (v *experimentView) Measurements() []measurement {
	if v.Preset == nil {
		return nil
	}
	return v.Preset.Measured
}

// MoreOpen reports whether there is something to see in the fold of the call.
func (v *experimentView) MoreOpen() bool {
	plain := newState()
	return v.State.Redirect != plain.Redirect || v.State.Cache != plain.Cache || v.State.Before != plain.Before
}

// Verdict is the prediction's.
func (v *experimentView) Verdict() browser.Verdict {
	if len(v.Forecasts) == 0 {
		return browser.Verdict{}
	}
	return v.Forecasts[0].Trace.Verdict
}

// Tone is the class of an outcome.
func (f forecast) Tone() string {
	switch f.Trace.Verdict.Outcome {
	case browser.OutcomeAllowed:
		return "allowed"
	case browser.OutcomeOpaque:
		return ""
	}
	return "blocked"
}

// Outcome is the verdict in a word or two.
func (f forecast) Outcome() string {
	switch f.Trace.Verdict.Outcome {
	case browser.OutcomeAllowed:
		return "Allowed"
	case browser.OutcomeOpaque:
		return "Opaque"
	case browser.OutcomeNetwork:
		if f.Trace.Verdict.Reason == browser.ReasonWebSocketRefused {
			return "Refused"
		}
		return "No answer"
	case browser.OutcomeMisuse:
		return "Not a call"
	}
	return "Blocked"
}

// Name is the browser's.
func (f forecast) Name() string { return profileTitle(f.Profile) }

func profileTitle(p browser.Profile) string {
	switch p {
	case browser.Chromium:
		return "Chromium"
	case browser.Firefox:
		return "Firefox"
	case browser.WebKit:
		return "WebKit"
	}
	return "The standard"
}

// predictedTitle says of which browser the prediction is.
func (v *experimentView) predictedTitle() string {
	if v.Profile == browser.Spec {
		return "Predicted by the standard"
	}
	return "Predicted for " + profileTitle(v.Profile)
}

// Differ says in what the browsers differ; empty if in nothing.
func (v *experimentView) Differ() string {
	var in []string
	differs := func(what string, of func(forecast) any) {
		for _, f := range v.Forecasts[1:] {
			if of(f) != of(v.Forecasts[0]) {
				in = append(in, what)
				return
			}
		}
	}
	differs("whether the script gets the response", func(f forecast) any { return f.Trace.Verdict.Outcome })
	differs("what is sent", func(f forecast) any { return f.Observed.Reached })
	differs("the headers that the script can read", func(f forecast) any { return f.Observed.Header })
	differs("the reason", func(f forecast) any { return f.Trace.Verdict.Reason })
	return strings.Join(in, ", ")
}

// First is the problem that stops the call, or what is worth knowing of it.
func (v *experimentView) First() *diagnose.Problem {
	switch {
	case len(v.Diagnosis.Problems) > 0:
		return &v.Diagnosis.Problems[0]
	case len(v.Diagnosis.Advice) > 0:
		return &v.Diagnosis.Advice[0]
	}
	return nil
}

// Further are the problems that come next, once the first is mended.
func (v *experimentView) Further() []diagnose.Problem {
	if len(v.Diagnosis.Problems) < 2 {
		return nil
	}
	return v.Diagnosis.Problems[1:]
}

// Mender says who has to change something.
func (v *experimentView) Mender() string {
	return map[diagnose.Side]string{
		diagnose.SideServer: "The server can mend it.", diagnose.SidePage: "The page can mend it.",
		diagnose.SideUser: "The user can mend it.", diagnose.SideNetwork: "No header mends it.",
	}[v.First().Fix.Side]
}

// ServerMends reports whether there is something for a server to change, and
// so to configure.
func (v *experimentView) ServerMends() bool {
	return slices.ContainsFunc(append(slices.Clone(v.Diagnosis.Problems), v.Diagnosis.Advice...), func(p diagnose.Problem) bool {
		return p.Fix.Side == diagnose.SideServer
	})
}

// StackTitle is the software that Config is for.
func (v *experimentView) StackTitle() string { return v.Diagnosis.Stack.Title() }

// An experimentRun is what came of a run.
type experimentRun struct {
	Said  report
	Rows  []observedRow
	Agree bool
}

// An observedRow is one thing that the run and the prediction are compared by.
type observedRow struct{ Question, Actual, Predicted string }

// Agree reports whether both say the same.
func (r observedRow) Agree() bool { return r.Actual == r.Predicted }

// happened fills in what a run came to.
func (v *experimentView) happened(one *trial, said report) error {
	saw := one.seen()
	predicted, actual := v.Forecasts[0].Observed, observation{reached(saw), said.Type, said.Status, said.Redirected, said.headerNames()}
	a := &experimentRun{Said: said, Agree: actual == predicted}
	for _, ask := range []struct {
		question string
		answer   func(observation) string
	}{
		{"What reached the server?", func(o observation) string { return orElse(o.Reached, "nothing") }},
		{"What did the script get?", func(o observation) string {
			switch {
			case o.Type == "":
				return "an error"
			case o.Redirected:
				return string(o.Type) + " response, status " + strconv.Itoa(o.Status) + ", redirected"
			}
			return string(o.Type) + " response, status " + strconv.Itoa(o.Status)
		}},
		{"Which headers could it read?", func(o observation) string { return orElse(o.Header, "none") }},
	} {
		a.Rows = append(a.Rows, observedRow{ask.question, ask.answer(actual), ask.answer(predicted)})
	}
	v.Actual = a
	f := v.Forecasts[0].Trace
	real := observed(f, saw, said)
	inPredicted, inReal, verdict := differences(f, real)
	both := []struct {
		title, id string
		trace     *browser.Trace
		marks     map[int]bool
	}{{v.predictedTitle(), "predicted", f, inPredicted}, {"Your browser: what reached the server, and what the script got", "actual", real, inReal}}
	v.Drawings = nil
	for _, d := range both {
		one, err := drawn(d.title, d.id, d.trace, render.SVGOptions{Differs: d.marks, VerdictDiffers: verdict})
		if err != nil {
			return err
		}
		v.Drawings = append(v.Drawings, one)
	}
	return nil
}

func orElse(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

// Field returns a field of the form with its value; the template asks by the
// name that it has in the address.
func (v *experimentView) Field(name string) formField {
	for _, f := range v.State.fields() {
		if f.name != name {
			continue
		}
		out := formField{Name: name, Most: f.most}
		if f.flag != nil {
			out.Checked = *f.flag
			return out
		}
		out.Value = *f.text
		for _, c := range f.choices {
			out.Choices = append(out.Choices, formChoice{c.Value, v.label(name, c), c.Value == out.Value})
		}
		for _, fault := range v.Faults {
			if fault.Field == name {
				out.Fault = fault.Say
			}
		}
		return out
	}
	return formField{Name: name}
}

// Ask is Field with its label.
func (v *experimentView) Ask(name, label string) formField {
	f := v.Field(name)
	f.Label = label
	return f
}

// A formField is one input of the editor.
type formField struct {
	Name, Value, Fault string
	Label              string
	Most               int
	Checked            bool
	Choices            []formChoice
}

// Rows is how tall a text is.
func (f formField) Rows() int { return max(2, min(8, strings.Count(f.Value, "\n")+1)) }

type formChoice struct {
	Value, Label string
	Chosen       bool
}

// label says a choice with this playground's own origins.
func (v *experimentView) label(field string, c choice) string {
	p := v.playground
	switch {
	case field == "page" && (c.Value == "site" || c.Value == "alias"):
		return p.pageOrigin(c.Value)
	case field == "to":
		return p.targetOrigin(c.Value) + hopPaths[0]
	case strings.HasSuffix(field, "to") && c.Value != "":
		hop, _ := strconv.Atoi(field[1:2])
		return p.nextOrigin(c.Value) + hopPaths[min(hop+1, maxHops-1)]
	}
	return c.Label
}

// Hops numbers the hops of the editor.
func (v *experimentView) Hops() []hopField {
	var all []hopField
	for i := range maxHops {
		n := strconv.Itoa(i)
		h := hopField{Number: i, Path: hopPaths[i], View: v, Last: i == maxHops-1,
			PreflightStatus: "p" + n + "s", PreflightLines: "p" + n + "h", Status: "r" + n + "s", Lines: "r" + n + "h", Next: "r" + n + "to"}
		all = append(all, h)
	}
	return all
}

// A hopField is a hop in the editor: the names of its fields.
type hopField struct {
	Number                                               int
	Path                                                 string
	PreflightStatus, PreflightLines, Status, Lines, Next string
	Last                                                 bool
	View                                                 *experimentView
}
