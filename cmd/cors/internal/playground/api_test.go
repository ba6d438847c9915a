package playground

import (
	"net/http"
	"strings"
	"testing"
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
		{"GET", "/note", "", nil, 200, `{"text":"Buy oat milk","version":2}`},
		{"DELETE", "/note", "", nil, 204, ""},
		{"DELETE", "/note", "", nil, 404, ""},
		{"GET", "/note", "", nil, 404, ""},
		{"PUT", "/note", `{"text":"Buy milk"}`, asJSON, 200, `{"text":"Buy milk","version":3}`},
		{"GET", "/votes", "", nil, 200, `{"votes":0}`},
		{"POST", "/votes", "yes", nil, 200, `{"votes":1}`},
		{"GET", "/votes", "", nil, 200, `{"votes":1}`},
		{"DELETE", "/votes", "", nil, 405, ""},
	} {
		got := do(t, c, step.method, p.APIURL()+step.path, step.body, step.header)
		if got.Status != step.status || step.want != "" && strings.TrimSpace(got.Body) != step.want {
			t.Errorf("%s %s: %d %s, want %d %s", step.method, step.path, got.Status, got.Body, step.status, step.want)
		}
	}
}

// TestRehearsalsAreApart predicts the fifth scene and counts the votes.
func TestRehearsalsAreApart(t *testing.T) {
	p := start(t)
	if _, err := p.predict(t.Context(), sceneByID("unasked")); err != nil {
		t.Fatal(err)
	}
	got := do(t, apiClient(t, p), "GET", p.APIURL()+"/votes", "", nil)
	if want := `{"votes":0}`; strings.TrimSpace(got.Body) != want {
		t.Errorf("after a prediction: %s, want %s", got.Body, want)
	}
}

// TestRehearsalsFindWhatRunsWillFind deletes the note as curl can, and predicts
// the first scene.
func TestRehearsalsFindWhatRunsWillFind(t *testing.T) {
	p := start(t)
	do(t, apiClient(t, p), "DELETE", p.APIURL()+"/note", "", nil)
	got, err := p.predict(t.Context(), sceneByID("allowed"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Seen.Status != http.StatusNotFound {
		t.Errorf("predicted the status %d of a note that is gone, want 404", got.Seen.Status)
	}
}

func TestShownCode(t *testing.T) {
	const api = "http://localhost:9000"
	for id, want := range map[string]string{
		"allowed": `fetch("http://localhost:9000/note")`,
		"preflighted": `fetch("http://localhost:9000/note", {
  method: "PUT",
  headers: {
    "Content-Type": "application/json",
  },
  body: '{"text":"Buy oat milk"}',
})`,
	} {
		if got := sceneByID(id).Code(api); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", id, got, want)
		}
	}
	const want = `votes := cors.Policy{
  Origins: []string{"https://ballot.example"},
}`
	if got := policyCode("votes", policiesFor("http://localhost:8000").Votes); got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}
