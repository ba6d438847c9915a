package playground

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"crossorigin.dev/browser"
)

// A scene is one call of fetch() in the story. The page's script and our own
// browser both make it from these fields, and the code shown is written from
// them too.
type scene struct {
	ID          string // in the page's markup: "allowed"
	Title       string
	Method      string // GET needs no mention in the code
	Path        string // on the API
	ContentType string // the one header of the story's own; empty if none
	Body        string
}

// scenes is the story, in its order. Its prose is in assets/story.html.
var scenes = []scene{
	{ID: "allowed", Title: "A simple request, allowed", Method: "GET", Path: "/note"},
	{ID: "blocked", Title: "A simple request, blocked", Method: "GET", Path: "/votes"},
	{ID: "preflighted", Title: "Asked first, then sent", Method: "PUT", Path: "/note",
		ContentType: "application/json", Body: `{"text":"Buy oat milk"}`},
	{ID: "refused", Title: "Asked first, never sent", Method: "DELETE", Path: "/note"},
	{ID: "unasked", Title: "Never asked at all", Method: "POST", Path: "/votes",
		ContentType: "text/plain", Body: "yes"},
}

func sceneByID(id string) *scene {
	for i := range scenes {
		if scenes[i].ID == id {
			return &scenes[i]
		}
	}
	return nil
}

// target is the scene's URL on the API, for one run.
func (s *scene) target(api, run string) string { return api + s.Path + "?run=" + run }

// request is the scene as our own browser makes it.
func (s *scene) request(url string) browser.Request {
	r := browser.Request{Method: s.Method, URL: url}
	if s.ContentType != "" {
		r.Header = http.Header{"Content-Type": {s.ContentType}}
	}
	if s.Body != "" {
		r.Body = []byte(s.Body)
	}
	return r
}

// Init is the scene as the page's script makes it: the second argument of
// fetch(), in JSON.
func (s *scene) Init() (string, error) {
	init := struct {
		Method  string            `json:"method"`
		Headers map[string]string `json:"headers,omitempty"`
		Body    string            `json:"body,omitempty"`
	}{Method: s.Method, Body: s.Body}
	if s.ContentType != "" {
		init.Headers = map[string]string{"Content-Type": s.ContentType}
	}
	text, err := json.Marshal(init)
	return string(text), err
}

// Code is the call as one would write it by hand.
func (s *scene) Code(api string) string {
	var lines []string
	if s.Method != "GET" {
		lines = append(lines, fmt.Sprintf("  method: %q,", s.Method))
	}
	if s.ContentType != "" {
		lines = append(lines, fmt.Sprintf("  headers: {\n    \"Content-Type\": %q,\n  },", s.ContentType))
	}
	if s.Body != "" {
		quote := `"`
		if strings.Contains(s.Body, quote) {
			quote = "'"
		}
		lines = append(lines, "  body: "+quote+s.Body+quote+",")
	}
	call := fmt.Sprintf("fetch(%q", api+s.Path)
	if len(lines) == 0 {
		return call + ")"
	}
	return call + ", {\n" + strings.Join(lines, "\n") + "\n})"
}
