package playground

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// experimentRoutes adds what Experiment serves on the site.
func (s *site) experimentRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /experiment", s.experiment)
	mux.HandleFunc("GET /experiment/prediction", s.experimentPrediction)
	mux.HandleFunc("POST /experiment/runs", s.experimentBegin)
	mux.HandleFunc("POST /experiment/runs/{id}/earlier", s.experimentEarlier)
	mux.HandleFunc("POST /experiment/runs/{id}", s.experimentEnd)
	// The API's paths on the site itself, for calls of a page's own origin.
	mux.Handle(trialPath, http.MaxBytesHandler(s.playground.trials, maxAPIBody))
}

// experiment serves the view. It is whole without any script, but for running:
// the form's GET is what its address is.
func (s *site) experiment(w http.ResponseWriter, r *http.Request) {
	s.allowForm(w.Header())
	v := s.experimentView(r)
	v.Presets = s.playground.presets()
	if !s.foresee(w, r, v) {
		return
	}
	s.render(w, r, "experiment", v)
}

// allowForm lets the page's form be sent, and its script try a WebSocket and a
// port that browsers refuse: what refuses them is not to be the page's own policy.
func (s *site) allowForm(h http.Header) {
	policy := h.Get("Content-Security-Policy")
	policy = strings.Replace(policy, "form-action 'none'", "form-action 'self'", 1)
	policy = strings.Replace(policy, "connect-src 'self'", "connect-src 'self' http://localhost:1 "+s.playground.sockets(), 1)
	h.Set("Content-Security-Policy", policy)
}

// sockets are the sources by which a policy lets a WebSocket to the two servers be
// tried: those of http do not stand for ws,
// https://w3c.github.io/webappsec-csp/#match-schemes
func (p *Playground) sockets() string {
	return socketURL(p.site.url()) + " " + socketURL(p.api.url()) + " " + socketURL(p.api.alias())
}

// experimentPrediction serves what changes as one types: the verdict once it is
// known, so that it can be painted, then all that follows from it.
func (s *site) experimentPrediction(w http.ResponseWriter, r *http.Request) {
	v := s.experimentView(r)
	if v.Broken != "" {
		http.Error(w, v.Broken, http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), predictTimeout)
	defer cancel()
	if err := v.judge(ctx, s.playground); err != nil {
		s.unforeseen(w, r, err)
		return
	}
	var page bytes.Buffer
	if err := s.views["experiment"].ExecuteTemplate(&page, "outcome", v); err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = page.WriteTo(w)
	if http.NewResponseController(w).Flush() != nil {
		return // whose reader has gone
	}
	err := v.follow(ctx, s.playground)
	if err == nil {
		err = s.views["experiment"].ExecuteTemplate(&page, "follows", v)
	}
	if err != nil {
		if r.Context().Err() == nil {
			s.logger.Print(err)
		}
		panic(http.ErrAbortHandler) // half an answer is none
	}
	_, _ = page.WriteTo(w)
}

// foresee fills in what is predicted. It answers itself if it cannot.
func (s *site) foresee(w http.ResponseWriter, r *http.Request, v *experimentView) bool {
	ctx, cancel := context.WithTimeout(r.Context(), predictTimeout)
	defer cancel()
	err := v.foresee(ctx, s.playground)
	if err != nil {
		s.unforeseen(w, r, err)
	}
	return err == nil
}

// unforeseen answers that there is no prediction.
func (s *site) unforeseen(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errBusy) {
		http.Error(w, "The lab is busy: try again.", http.StatusServiceUnavailable)
		return
	}
	s.fail(w, r, err)
}

// A call is what the page's script passes to fetch().
type call struct {
	Method      string      `json:"method,omitempty"`
	Header      [][2]string `json:"headers"`
	Body        *string     `json:"body,omitempty"`
	Mode        string      `json:"mode"`
	Credentials string      `json:"credentials"`
	Redirect    string      `json:"redirect"`
	Cache       string      `json:"cache"`
}

// script is the call as the page makes it.
func (s *state) script() call {
	c := call{s.Method, s.header(), nil, s.Mode, s.Credentials, s.Redirect, s.Cache}
	if s.Kind != "none" {
		c.Body = &s.Body
	}
	return c
}

// experimentBegin opens a trial and says what to call, and from where.
func (s *site) experimentBegin(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "The experiment cannot be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	st, err := decode(r.PostForm.Encode())
	if err != nil {
		http.Error(w, sentence(err.Error()), http.StatusBadRequest)
		return
	}
	if faults := st.faults(); len(faults) > 0 {
		http.Error(w, faults[0].Say, http.StatusBadRequest)
		return
	}
	if held := st.held(); held != "" {
		http.Error(w, held, http.StatusBadRequest)
		return
	}
	p := s.playground
	id, _, err := p.trials.begin(st, p, false, r.URL.Query().Get("live"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	answer := struct {
		Run     string `json:"run"`
		From    string `json:"from"`
		URL     string `json:"url"`
		Bytes   bool   `json:"bytes"` // the body is not a string but its bytes
		Init    call   `json:"init"`
		Earlier *call  `json:"earlier,omitempty"`
	}{Run: id, From: st.Page, URL: p.targetOrigin(st.Target) + trialPath + id + hopPaths[0], Bytes: st.Kind == "bytes", Init: st.script()}
	if e := st.earlier(); e != nil {
		earlier := e.script()
		answer.Earlier = &earlier
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(answer)
}

// experimentEarlier is told that the earlier call is done.
func (s *site) experimentEarlier(w http.ResponseWriter, r *http.Request) {
	one := s.playground.trials.get(r.PathValue("id"))
	if one == nil {
		http.Error(w, noTrial, http.StatusNotFound)
		return
	}
	one.earlierDone()
	w.WriteHeader(http.StatusNoContent)
}

const noTrial = "No such experiment: it is over, or was begun more than ten minutes ago."

// experimentEnd takes the script's report, and answers with what happened
// beside what was predicted.
func (s *site) experimentEnd(w http.ResponseWriter, r *http.Request) {
	var said report
	if err := json.NewDecoder(r.Body).Decode(&said); err != nil {
		http.Error(w, "The report is not JSON.", http.StatusBadRequest)
		return
	}
	if err := said.check(); err != nil {
		http.Error(w, "The report cannot be true: "+err.Error()+".", http.StatusBadRequest)
		return
	}
	id := r.PathValue("id")
	one := s.playground.trials.get(id)
	if one == nil || one.rehearsal {
		http.Error(w, noTrial, http.StatusNotFound)
		return
	}
	s.playground.trials.end(id)
	v := s.viewOf(one.state, r)
	if !s.foresee(w, r, v) {
		return
	}
	if err := v.happened(one, said); err != nil {
		s.fail(w, r, err)
		return
	}
	s.renderPart(w, r, "experiment", "pair", v)
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
