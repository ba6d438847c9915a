package playground

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestAPI calls the API as no browser would, without CORS: it is a server like
// any other, and every refused scene is refused by a browser, not by it.
func TestAPI(t *testing.T) {
	p := start(t)
	c := apiClient(t, p)
	asJSON := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	for _, step := range []struct {
		method, path, body string
		header             http.Header
		status             int
		want               string
	}{
		{"GET", "/note", "", nil, 200, `{"text":"Buy milk","version":1}`},
		{"PUT", "/note", `{"text":"Buy oat milk"}`, asJSON, 200, `{"text":"Buy oat milk","version":2}`},
		{"PUT", "/note", `{"text":"Buy oat milk"}`, nil, 415, ""},
		{"PUT", "/note", `{"text":""}`, asJSON, 400, ""},
		{"PUT", "/note", `{`, asJSON, 400, ""},
		{"PUT", "/note", `{"text":"` + strings.Repeat("a", maxAPIBody) + `"}`, asJSON, 400, ""},
		{"PUT", "/note/2", `{"text":"a"}`, asJSON, 404, ""},
		{"POST", "/note", `{"text":"a"}`, asJSON, 405, ""},
		{"DELETE", "/note", "", nil, 204, ""},
		// Whoever comes without a run finds the first note, whatever he does.
		{"GET", "/note", "", nil, 200, `{"text":"Buy milk","version":1}`},
		{"GET", "/votes", "", nil, 200, `{"votes":0}`},
		{"POST", "/votes", "yes", nil, 200, `{"votes":1}`},
		{"GET", "/votes", "", nil, 200, `{"votes":0}`},
		{"DELETE", "/votes", "", nil, 405, ""},
		{"GET", "/session", "", nil, 200, `{"user":""}`},
		{"GET", "/session", "", http.Header{"Cookie": {"play-=Ada"}}, 200, `{"user":"Ada"}`},
		{"GET", "/weather", "", nil, 200, `{"sky":"clear"}`},
		{"GET", "/orders", "", nil, 200, `["A-1","A-2"]`},
		{"GET", "/draft", "", nil, 405, ""},
		{"GET", "/moved?run=a", "", nil, 302, ""},
		{"GET", "/none", "", nil, 404, ""},
	} {
		got := do(t, c, step.method, p.APIURL()+step.path, step.body, step.header)
		if got.Status != step.status || step.want != "" && strings.TrimSpace(got.Body) != step.want {
			t.Errorf("%s %s: %d %s, want %d %s", step.method, step.path, got.Status, got.Body, step.status, step.want)
		}
	}
}

// TestRunsAreApart changes the note in one run and reads it in others.
func TestRunsAreApart(t *testing.T) {
	p := start(t)
	c := apiClient(t, p)
	one, two := p.runs.begin(run{}), p.runs.begin(run{})
	note := func(id string) string {
		return strings.TrimSpace(do(t, c, "GET", p.APIURL()+"/note?run="+id, "", nil).Body)
	}
	do(t, c, "PUT", p.APIURL()+"/note?run="+one, `{"text":"Buy oat milk"}`, http.Header{"Content-Type": {"application/json"}})
	if got, want := note(one), `{"text":"Buy oat milk","version":2}`; got != want {
		t.Errorf("the run that changed the note reads %s, want %s", got, want)
	}
	do(t, c, "DELETE", p.APIURL()+"/note?run="+one, "", nil)
	if got := note(one); got != "There is no note." {
		t.Errorf("after DELETE the run reads %s", got)
	}
	for _, id := range []string{two, "", "none"} {
		if got, want := note(id), `{"text":"Buy milk","version":1}`; got != want {
			t.Errorf("run %q reads %s, want %s", id, got, want)
		}
	}
}

// TestVotesCount counts the votes of runs, and none of predictions and
// strangers.
func TestVotesCount(t *testing.T) {
	p := start(t)
	c := apiClient(t, p)
	l, _ := lessonByID("post")
	if _, err := p.predict(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	do(t, c, "POST", p.APIURL()+"/votes", "yes", nil)
	for i, want := range []string{"the votes went from 0 to 1", "the votes went from 1 to 2"} {
		id := p.runs.begin(run{})
		do(t, c, "POST", p.APIURL()+"/votes?run="+id, "yes", nil)
		if _, change, _ := p.runs.take(id); change != want {
			t.Errorf("vote %d: %q, want %q", i+1, change, want)
		}
	}
}

func TestShownCode(t *testing.T) {
	const api = "http://localhost:9000"
	for id, want := range map[string]string{
		"simple-request":     `fetch("http://localhost:9000/note")`,
		"same-origin-policy": `<img src="http://localhost:9000/picture">`,
		"preflight": `fetch("http://localhost:9000/note", {
  method: "PUT",
  headers: {
    "Content-Type": "application/json",
  },
  body: '{"text":"Buy oat milk"}',
})`,
		"credentials": `fetch("http://localhost:9000/session", {
  method: "POST",
  credentials: "include",
})`,
	} {
		l, _ := lessonByID(id)
		if got := l.Steps[0].code(api); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", id, got, want)
		}
	}
	const want = `cors.Policy{
  Origins: []string{"http://localhost:8000"},
  Methods: []string{"PUT"},
  MaxAge:  60 * time.Second,
}`
	a := newAPI(newRuns(time.Now), "http://localhost:8000", "http://127.0.0.1:9000")
	if got := policyCode(*a.resource("/draft").Policy); got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}
