package random

import (
	"slices"
	"strings"

	"crossorigin.dev/conformance/vector"
)

// Shrink makes a scenario smaller for as long as it differs. It asks differs
// no more than most times.
func Shrink(v *vector.Vector, most int, differs func(*vector.Vector) bool) *vector.Vector {
	for again := true; again; {
		again = false
		for _, smaller := range smaller(v) {
			if most--; most < 0 {
				return v
			}
			if smaller.Validate() == nil && differs(smaller) {
				v, again = smaller, true
				break
			}
		}
	}
	return v
}

// smaller returns every vector that has one thing less, the largest things
// first.
func smaller(v *vector.Vector) []*vector.Vector {
	var all []*vector.Vector
	try := func(change func(*vector.Vector)) {
		c := clone(v)
		change(c)
		if c.Text() != v.Text() {
			all = append(all, c)
		}
	}
	if len(v.Steps) > 1 {
		for i := range v.Steps {
			try(func(c *vector.Vector) { c.Steps = slices.Delete(c.Steps, i, i+1) })
		}
	}
	for i := range v.Servers {
		try(func(c *vector.Vector) { c.Servers = slices.Delete(c.Servers, i, i+1) })
		try(func(c *vector.Vector) { c.Servers[i].Preflight = nil })
		if answers := v.Servers[i].Answer; len(answers) > 1 {
			for j := range answers {
				try(func(c *vector.Vector) { c.Servers[i].Answer = slices.Delete(c.Servers[i].Answer, j, j+1) })
			}
		}
		try(func(c *vector.Vector) { c.Servers[i].Answer = []string{"200\nAccess-Control-Allow-Origin: *"} })
	}
	for i := range v.Steps {
		smallerStep(i, try)
	}
	for i, r := range v.Servers {
		for j, text := range r.Preflight {
			for _, shorter := range shorterAnswers(text) {
				try(func(c *vector.Vector) { c.Servers[i].Preflight[j] = shorter })
			}
		}
		for j, text := range r.Answer {
			for _, shorter := range shorterAnswers(text) {
				try(func(c *vector.Vector) { c.Servers[i].Answer[j] = shorter })
			}
		}
	}
	try(func(c *vector.Vector) { c.Page.Headers = "" })
	try(func(c *vector.Vector) { c.Page.Sandbox = false })
	return all
}

func clone(v *vector.Vector) *vector.Vector {
	c := *v
	c.Steps = slices.Clone(v.Steps)
	c.Servers = slices.Clone(v.Servers)
	for i := range c.Servers {
		c.Servers[i].Preflight = slices.Clone(c.Servers[i].Preflight)
		c.Servers[i].Answer = slices.Clone(c.Servers[i].Answer)
	}
	return &c
}

func smallerStep(i int, try func(func(*vector.Vector))) {
	for _, change := range []func(*vector.Step){
		func(s *vector.Step) { s.Body = nil },
		func(s *vector.Step) { s.Headers = "" },
		func(s *vector.Step) { _, s.Headers, _ = strings.Cut(s.Headers, "\n") },
		func(s *vector.Step) { s.Headers = s.Headers[:max(0, strings.LastIndex(s.Headers, "\n"))] },
		func(s *vector.Step) { s.Method = "" },
		func(s *vector.Step) { s.Mode = "" },
		func(s *vector.Step) { s.Credentials = "" },
		func(s *vector.Step) { s.Redirect = "" },
		func(s *vector.Step) { s.Cache = "" },
		func(s *vector.Step) { s.ReferrerPolicy = "" },
		func(s *vector.Step) { s.Keepalive = false },
		func(s *vector.Step) { s.UploadListener = false },
		func(s *vector.Step) {
			if s.Body != nil {
				s.Body = &vector.Body{Kind: vector.BodyString, Text: s.Body.Text}
			}
		},
		func(s *vector.Step) {
			if s.Kind == vector.KindXHR && !s.UploadListener {
				s.Kind = vector.KindFetch
			}
		},
	} {
		try(func(c *vector.Vector) { change(&c.Steps[i]) })
	}
}

// shorterAnswers returns an answer without its body, with a plain status, and
// without each of its headers.
func shorterAnswers(text string) []string {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	var all []string
	if body != "" {
		all = append(all, head)
	}
	if lines[0] != "200" {
		all = append(all, "200"+text[len(lines[0]):])
	}
	for i := 1; i < len(lines); i++ {
		shorter := strings.Join(slices.Delete(slices.Clone(lines), i, i+1), "\n")
		if body != "" {
			shorter += "\n\n" + body
		}
		all = append(all, shorter)
	}
	return all
}
