package playground

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"crossorigin.dev/browser"
	"crossorigin.dev/cors"
	"crossorigin.dev/internal/render"
)

// What the templates show. Everything here is worked out from runs, traces and
// policies; nothing is decided anew.

type pageView struct {
	Site, API string
	Policies  policies
	Scenes    []sceneView
}

// NoteCode and VotesCode are the lines of the API's policies as one writes them
// in Go.
func (v pageView) NoteCode() []string {
	return strings.Split(policyCode("note", v.Policies.Note), "\n")
}

func (v pageView) VotesCode() []string {
	return strings.Split(policyCode("votes", v.Policies.Votes), "\n")
}

type sceneView struct {
	Scene     *scene
	Number    int
	Site, API string
	Code      string
	Init      string
	Predicted prediction
	Prose     template.HTML
	Wide      template.HTML // the diagram of the prediction,
	Narrow    template.HTML // and the same for a narrow screen
	Actual    *actualView   // nil until the scene has been run
}

// An actualView is what came of a run.
type actualView struct {
	Seen     seen
	Report   report
	Arrivals []arrival
	Change   string
}

// The widths that diagrams are drawn for, in pixels.
const (
	wideDiagram   = 880
	narrowDiagram = 358
)

func (s *site) sceneView(index int, predicted prediction) (sceneView, error) {
	sc := &scenes[index]
	v := sceneView{
		Scene: sc, Number: index + 1, Predicted: predicted,
		Site: s.playground.SiteURL(), API: s.playground.APIURL(),
		Code: sc.Code(s.playground.APIURL()),
	}
	var err error
	var prose strings.Builder
	if err = s.views["index"].ExecuteTemplate(&prose, "prose-"+sc.ID, v); err != nil {
		return sceneView{}, err
	}
	v.Prose = template.HTML(prose.String())
	if v.Init, err = sc.Init(); err != nil {
		return sceneView{}, err
	}
	if v.Wide, err = diagram(predicted.Trace, render.SVGOptions{ID: "wide-" + sc.ID, Width: wideDiagram}); err != nil {
		return sceneView{}, err
	}
	v.Narrow, err = diagram(predicted.Trace, render.SVGOptions{ID: "narrow-" + sc.ID, Width: narrowDiagram})
	return v, err
}

// Agree reports whether the reader's browser and ours came to the same.
func (v sceneView) Agree() bool { return v.Actual != nil && v.Actual.Seen == v.Predicted.Seen }

// A row is one thing that the two browsers are compared by.
type row struct {
	Key       string // in the page's markup
	Question  string
	Actual    string // empty until the scene has been run
	Predicted string
}

// Agree reports whether the row says the same twice, or only once so far.
func (r row) Agree() bool { return r.Actual == "" || r.Actual == r.Predicted }

// Tone is the class of an answer that means allowed or blocked. The other
// questions have answers without a good side.
func (r row) Tone(answer string) string {
	switch {
	case r.Key != "readable" || answer == "":
		return ""
	case answer == "no":
		return "blocked"
	}
	return "allowed"
}

// Rows lists every field of seen.
func (v sceneView) Rows() []row {
	ask := []struct {
		key, question string
		answer        func(seen) string
	}{
		{"preflight", "Did the API see a preflight?", func(s seen) string { return yesNo(s.Preflight) }},
		{"request", "Did the API see the request?", func(s seen) string { return yesNo(s.Request) }},
		{"changed", "Did the API’s data change?", func(s seen) string { return yesNo(s.Changed) }},
		{"readable", "Could the page read the answer?", func(s seen) string {
			if s.Status == 0 {
				return "no"
			}
			return "yes, " + strconv.Itoa(s.Status)
		}},
		{"header", "Which of its headers?", func(s seen) string {
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
			r.Actual = a.answer(v.Actual.Seen)
		}
		rows = append(rows, r)
	}
	return rows
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// RequestFields are the fields of the request that play a part in CORS.
func (a arrival) RequestFields() []browser.Field { return telling(a.Header) }

// AnswerFields are those of the answer.
func (a arrival) AnswerFields() []browser.Field { return telling(a.Answer) }

// Others counts the request's fields that RequestFields leaves out.
func (a arrival) Others() int { return len(a.Header) - len(telling(a.Header)) }

func telling(fields []browser.Field) []browser.Field {
	return slices.DeleteFunc(slices.Clone(fields), func(f browser.Field) bool {
		switch f.Name {
		case "Origin", "Content-Type", "Vary", "Sec-Fetch-Mode", "Sec-Fetch-Site":
			return false
		}
		return !strings.HasPrefix(f.Name, "Access-Control-")
	})
}

// policyCode is a policy as one writes it in Go.
func policyCode(name string, p cors.Policy) string {
	var names, values []string
	widest := 0
	add := func(set bool, name string, value any) {
		if set {
			names, values = append(names, name+":"), append(values, fmt.Sprintf("%#v", value))
			widest = max(widest, len(name)+1)
		}
	}
	add(p.Origins != nil, "Origins", p.Origins)
	add(p.Methods != nil, "Methods", p.Methods)
	add(p.RequestHeaders != nil, "RequestHeaders", p.RequestHeaders)
	add(p.Debug, "Debug", p.Debug)
	var b strings.Builder
	fmt.Fprintf(&b, "%s := cors.Policy{\n", name)
	for i := range names {
		fmt.Fprintf(&b, "  %-*s %s,\n", widest, names[i], values[i])
	}
	b.WriteString("}")
	return b.String()
}
