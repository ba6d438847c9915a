package playground

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/cors"
	"crossorigin.dev/origin"
)

func (s *site) learnRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.index)
	mux.HandleFunc("GET /learn/{lesson}", s.lesson)
	mux.HandleFunc("POST /learn/{lesson}/runs", s.begin)
	mux.HandleFunc("POST /learn/{lesson}/runs/{run}/{step}", s.report)
	mux.Handle("GET /hello", s.playground.runs.record(http.HandlerFunc(hello)))
}

// hello is what the first lesson asks the site itself for.
func hello(w http.ResponseWriter, _ *http.Request) {
	w.Header().Del("Cross-Origin-Resource-Policy") // it would speak of other origins
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, struct {
		Hello string `json:"hello"`
	}{"from the site"})
}

// index serves the way in: what this is about, and the lessons.
func (s *site) index(w http.ResponseWriter, r *http.Request) {
	p := s.playground
	s.render(w, r, "index", struct {
		Site, API string
		Lessons   []lesson
	}{p.site.url(), p.api.url(), lessons})
}

// A lessonView is what a lesson's page shows. Everything is worked out from
// runs, traces and policies; nothing is decided anew.
type lessonView struct {
	*lesson
	Number, Count  int
	Part           string // that the lesson belongs to
	Site, Alias    string
	API, APIAlias  string
	Resources      []resourceView
	Before, After  template.HTML
	Options        []guess
	Results        []stepView
	Previous, Next *lesson
	Lessons        []lesson
	Pairs          []originPair // of the first lesson
}

// A resourceView is what the API does at some of a lesson's paths: the policy, or
// what it says by hand.
type resourceView struct {
	Paths []string
	Lines []string
}

// lesson serves a lesson's page. It is whole without any script, with what is
// predicted in place of what happens.
func (s *site) lesson(w http.ResponseWriter, r *http.Request) {
	l, index := lessonByID(r.PathValue("lesson"))
	if l == nil {
		s.missing(w, r)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), predictTimeout)
	defer cancel()
	predictions, err := s.playground.predict(ctx, l)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view, err := s.lessonView(l, index, predictions)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.render(w, r, "lesson", view)
}

func (s *site) lessonView(l *lesson, index int, predictions []prediction) (*lessonView, error) {
	p := s.playground
	v := &lessonView{
		lesson: l, Number: index + 1, Count: len(lessons), Lessons: lessons, Options: l.choices(),
		Site: p.site.url(), Alias: p.site.alias(), API: p.api.url(), APIAlias: p.api.alias(),
		Pairs: originPairs(p.site.url(), p.site.alias(), p.api.url()),
	}
	for i := range index + 1 {
		if lessons[i].Part != "" {
			v.Part = lessons[i].Part
		}
	}
	if index > 0 {
		v.Previous = &lessons[index-1]
	}
	if index+1 < len(lessons) {
		v.Next = &lessons[index+1]
	}
	v.Resources = p.resources(l)
	for i, predicted := range predictions {
		step, err := s.stepView(l, i, predicted, nil)
		if err != nil {
			return nil, err
		}
		v.Results = append(v.Results, step)
	}
	var err error
	if v.Before, err = s.prose("before-"+l.ID, v); err != nil {
		return nil, err
	}
	v.After, err = s.prose("after-"+l.ID, v)
	return v, err
}

// prose is a text of assets/prose.html.
func (s *site) prose(name string, v *lessonView) (template.HTML, error) {
	var text strings.Builder
	err := s.views["lesson"].ExecuteTemplate(&text, name, v)
	return template.HTML(text.String()), err
}

// resources are those that the lesson's steps use, in their order, alike ones
// together.
func (p *Playground) resources(l *lesson) []resourceView {
	var views []resourceView
	shown := map[string]bool{}
	for i := range l.Steps {
		s := &l.Steps[i]
		r := p.lessons.resource(s.Path)
		if r == nil || s.To != toAPI || shown[s.Path] {
			continue
		}
		shown[s.Path] = true
		lines := r.Says
		if r.Policy != nil {
			lines = strings.Split(policyCode(*r.Policy), "\n")
		}
		if last := len(views) - 1; last >= 0 && slices.Equal(views[last].Lines, lines) {
			views[last].Paths = append(views[last].Paths, s.Path)
			continue
		}
		views = append(views, resourceView{[]string{s.Path}, lines})
	}
	return views
}

// begin opens a run, and says which calls the page is to make.
func (s *site) begin(w http.ResponseWriter, r *http.Request) {
	l, _ := lessonByID(r.PathValue("lesson"))
	if l == nil {
		http.NotFound(w, r)
		return
	}
	p := s.playground
	id := p.runs.begin(run{Live: r.PostFormValue("live")})
	begun := struct {
		Run   string       `json:"run"`
		Calls []lessonCall `json:"calls"`
	}{Run: id}
	for i := range l.Steps {
		c, err := p.call(&l.Steps[i], id)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		begun.Calls = append(begun.Calls, c)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(begun)
}

// report takes what the page says of one call, and answers with what the
// servers saw of it, side by side with the prediction. After the last step the
// run is over.
func (s *site) report(w http.ResponseWriter, r *http.Request) {
	l, _ := lessonByID(r.PathValue("lesson"))
	index, err := strconv.Atoi(r.PathValue("step"))
	if l == nil || err != nil || index < 0 || index >= len(l.Steps) {
		http.NotFound(w, r)
		return
	}
	var said report
	if err := json.NewDecoder(r.Body).Decode(&said); err != nil {
		http.Error(w, "The report is not JSON.", http.StatusBadRequest)
		return
	}
	if err := said.check(); err != nil {
		http.Error(w, "The report cannot be true: "+err.Error()+".", http.StatusBadRequest)
		return
	}
	p := s.playground
	id := r.PathValue("run")
	arrivals, change, ok := p.runs.take(id)
	if !ok {
		http.Error(w, "No such run: it is over, or was begun more than ten minutes ago.", http.StatusNotFound)
		return
	}
	if index == len(l.Steps)-1 {
		p.runs.end(id)
	}
	ctx, cancel := context.WithTimeout(r.Context(), predictTimeout)
	defer cancel()
	predictions, err := p.predict(ctx, l)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view, err := s.stepView(l, index, predictions[index], &actual{id, arrivals, change, said})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.renderPart(w, r, "lesson", "step", view)
}

// An originPair is a URL and whether it is of the page's own origin.
type originPair struct {
	URL  string
	Same bool
	Why  string
}

// originPairs compares URLs with the page's origin, by package origin.
func originPairs(site, alias, api string) []originPair {
	pairs := []originPair{
		{URL: site + "/learn/origin", Why: "The path plays no part."},
		{URL: api + "/note", Why: "Another port."},
		{URL: alias + "/hello", Why: "Another host, though it is the same machine."},
		{URL: strings.Replace(site, "http:", "https:", 1) + "/", Why: "Another scheme."},
	}
	own, err := origin.OfURL(site)
	for i := range pairs {
		other, err2 := origin.OfURL(pairs[i].URL)
		pairs[i].Same = err == nil && err2 == nil && origin.SameOrigin(own, other)
	}
	return pairs
}

// policyCode is a policy as one writes it in Go.
func policyCode(p cors.Policy) string {
	var names, values []string
	widest := 0
	add := func(set bool, name string, value any) {
		if set {
			names, values = append(names, name+":"), append(values, fmt.Sprintf("%#v", value))
			widest = max(widest, len(name)+1)
		}
	}
	add(p.Origins != nil, "Origins", p.Origins)
	add(p.Credentials, "Credentials", p.Credentials)
	add(p.Methods != nil, "Methods", p.Methods)
	add(p.RequestHeaders != nil, "RequestHeaders", p.RequestHeaders)
	add(p.ResponseHeaders != nil, "ResponseHeaders", p.ResponseHeaders)
	if p.MaxAge > 0 {
		add(true, "MaxAge", goCode(fmt.Sprintf("%d * time.Second", p.MaxAge/time.Second)))
	}
	add(p.Debug, "Debug", p.Debug)
	var b strings.Builder
	b.WriteString("cors.Policy{\n")
	for i := range names {
		fmt.Fprintf(&b, "  %-*s %s,\n", widest, names[i], values[i])
	}
	b.WriteString("}")
	return b.String()
}

// goCode is Go as it stands.
type goCode string

func (c goCode) GoString() string { return string(c) }

// consoles are the browsers whose words are shown, by the names that people
// know.
var consoles = []struct {
	Name    string
	Profile browser.Profile
}{{"Chrome", browser.Chromium}, {"Firefox", browser.Firefox}, {"Safari", browser.WebKit}}
