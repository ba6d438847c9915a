package run

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/conformance/real"
	"crossorigin.dev/conformance/scripted"
	"crossorigin.dev/conformance/vector"
)

//go:embed script.js
var script string

// scriptStep is a step as script.js takes it.
type scriptStep struct {
	Kind           vector.Kind    `json:"kind"`
	URL            string         `json:"url"`
	Pause          int            `json:"pause"`
	Headers        [][2]string    `json:"headers"`
	Body           *scriptBody    `json:"body,omitempty"`
	Init           map[string]any `json:"init"` // of fetch(), as it is
	UploadListener bool           `json:"uploadListener"`
	CrossOrigin    string         `json:"crossorigin"`
	Parallel       bool           `json:"parallel"`
	Timing         bool           `json:"timing"`
}

type scriptBody struct {
	Kind  vector.BodyKind `json:"kind"`
	Text  string          `json:"text"`
	Type  string          `json:"type"`
	Times int             `json:"times"`
}

func scriptSteps(v *vector.Vector, run *scripted.Run) ([]scriptStep, error) {
	steps := []scriptStep{}
	for i := range v.Steps {
		s := &v.Steps[i]
		step := scriptStep{
			Kind: s.Kind, URL: run.URL(s.URL), Pause: s.Pause, Headers: [][2]string{}, Init: map[string]any{},
			UploadListener: s.UploadListener, CrossOrigin: s.CrossOrigin, Parallel: s.Parallel, Timing: s.Timing,
		}
		fields, err := vector.ParseFields(s.Headers)
		if err != nil {
			return nil, err
		}
		for _, f := range fields {
			step.Headers = append(step.Headers, [2]string{latin1(f.Name), latin1(f.Value)})
		}
		if s.Body != nil {
			step.Body = &scriptBody{s.Body.Kind, s.Body.Text, s.Body.Type, s.Body.Times}
		}
		for name, value := range map[string]string{
			"method": s.Method, "mode": s.Mode, "credentials": s.Credentials, "cache": s.Cache, "redirect": s.Redirect,
			"referrerPolicy": s.ReferrerPolicy, "targetAddressSpace": s.TargetAddressSpace,
		} {
			if value != "" {
				step.Init[name] = value
			}
		}
		if s.Referrer == browser.NoReferrer {
			step.Init["referrer"] = ""
		} else if s.Referrer != "" {
			step.Init["referrer"] = run.URL(s.Referrer)
		}
		if s.Keepalive {
			step.Init["keepalive"] = true
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// latin1 is the JavaScript string that stands for bytes in a header.
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// Browser runs vectors of one page one after another in a real browser, in a
// single visit. Reasons of several vectors cannot be told apart: then the
// outcomes have none, and all are returned beside them.
func Browser(ctx context.Context, server *scripted.Server, b real.Browser, vectors []*vector.Vector) ([]vector.Outcome, []string, error) {
	var runs []*scripted.Run
	var steps [][]scriptStep
	budget := 30 * time.Second
	for _, v := range vectors {
		run, err := server.Begin(v)
		if err != nil {
			return nil, nil, err
		}
		defer run.End()
		s, err := scriptSteps(v, run)
		if err != nil {
			return nil, nil, err
		}
		for _, step := range s {
			budget += pending + time.Second + time.Duration(step.Pause)*time.Millisecond
		}
		runs, steps = append(runs, run), append(steps, s)
	}
	text, err := json.Marshal(steps)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	report, err := b.Visit(ctx, runs[0].Page(), "const STEPS = "+string(text)+";\n"+script)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %s: %w", b.Name(), vectors[0].Name, err)
	}
	return outcomes(b.Name(), report, runs)
}

func outcomes(name string, report real.Report, runs []*scripted.Run) ([]vector.Outcome, []string, error) {
	var all [][]seen
	if err := json.Unmarshal(report.Value, &all); err != nil || len(all) != len(runs) {
		return nil, nil, fmt.Errorf("%s: the script returned %.200s: %w", name, report.Value, err)
	}
	said := report.Console
	if name == "chromium" {
		said = report.Reasons
	}
	reasons := reduce(name, said)
	for i := range reasons {
		reasons[i] = scripted.Hide(reasons[i])
	}
	list := make([]vector.Outcome, len(runs))
	for i := range all {
		for j := range all[i] {
			list[i].Script = append(list[i].Script, scripted.Hide(all[i][j].line()))
		}
		list[i].Requests = runs[i].Requests()
	}
	if len(list) == 1 {
		list[0].Reasons = reasons
	}
	return list, reasons, nil
}
