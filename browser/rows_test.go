package browser_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

// A rowCase shows what a row of the table in profile.go makes of one page's
// requests, in each profile.
type rowCase struct {
	row   string
	page  browser.PageOptions // at http://a.test:7000/page if it has no URL
	serve serving
	steps []browser.Request // the URL blob:x is an object URL
	pause time.Duration     // between steps
	show  []string          // names of headers that are looked at, of requests
	see   []string          // likewise, of what the script sees
	// want is, for each profile, how each step ends, with what reached a server:
	// "spec firefox: cors 200 [GET b.test/]".
	want []string
}

// A serving is what answers at a URL, or at a method and a URL: a status, lines
// of headers, and after an empty line the body. Between "--" stand answers that
// are given in order, the last one to all that follow. A server that is not here
// answers 200, and 204 to a preflight; all allow whatever is asked for, but those
// whose status says "unshared".
type serving map[string]string

// ask is a request with header fields.
func ask(method, url string, fields ...string) browser.Request {
	r := request(method, fields...)
	r.URL = url
	return r
}

func underMode(r browser.Request, m browser.CacheMode) browser.Request {
	r.Cache = m
	return r
}

// A stagehand serves a rowCase from memory, so that it needs no names and no
// certificates, and writes down what it receives.
type stagehand struct {
	c        *rowCase
	given    map[string]int
	received []string
}

func (s *stagehand) RoundTrip(r *http.Request) (*http.Response, error) {
	url := r.URL.String()
	line := r.Method + " " + r.URL.Host + r.URL.RequestURI()
	for _, name := range s.c.show {
		if values := r.Header.Values(name); values != nil {
			line += " " + name + ": " + strings.NewReplacer("\xff", `\xff`, "\xe9", `\xe9`).Replace(strings.Join(values, " | "))
		}
	}
	s.received = append(s.received, line)
	text, ok := s.c.serve[r.Method+" "+url]
	preflight := r.Header.Get("Access-Control-Request-Method") != ""
	if !ok && !preflight {
		text = s.c.serve[url]
	}
	answers := strings.Split(text, "\n--\n")
	n := min(s.given[r.Method+url], len(answers)-1)
	s.given[r.Method+url]++
	return s.answer(r, answers[n], preflight), nil
}

func (s *stagehand) answer(r *http.Request, text string, preflight bool) *http.Response {
	head, body, _ := strings.Cut(text, "\n\n")
	fields := strings.Split(head, "\n")
	status, unshared := strings.CutSuffix(fields[0], " unshared")
	a := &http.Response{StatusCode: 200, ProtoMajor: 1, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
	if preflight {
		a.StatusCode = 204
	}
	if r.URL.Scheme == "https" {
		a.ProtoMajor = 2
	}
	if status != "" {
		a.StatusCode, _ = strconv.Atoi(status)
	}
	if !unshared {
		a.Header.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		a.Header.Set("Access-Control-Allow-Credentials", "true")
	}
	if preflight && text == "" {
		a.Header.Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
		a.Header.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
	}
	for _, line := range fields[1:] {
		name, value, _ := strings.Cut(line, ":")
		a.Header.Add(name, strings.TrimSpace(value))
	}
	return a
}

// run makes the requests in a profile and says what came of them.
func (c *rowCase) run(t *testing.T, profile browser.Profile) string {
	s := &stagehand{c: c, given: map[string]int{}}
	clock := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	b := browser.New(browser.Options{Profile: profile, Transport: s, UserAgent: "engine", Now: func() time.Time { return clock }})
	page := open(t, b, c.page)
	var ends []string
	for _, r := range c.steps {
		s.received = nil
		if r.URL == "blob:x" {
			r.URL = page.CreateObjectURL("", []byte("x"))
		}
		response, err := page.Fetch(context.Background(), r)
		end := ended(response, err)
		if err == nil && len(response.Body) > 0 {
			end += fmt.Sprintf(" %q", response.Body)
		}
		for _, name := range c.see {
			if err == nil && response.Header.Values(name) != nil {
				end += fmt.Sprintf(" %s: %s", name, strings.Join(response.Header.Values(name), " | "))
			}
		}
		ends = append(ends, end+" "+counted(s.received))
		clock = clock.Add(c.pause)
	}
	return strings.Join(ends, "; ")
}

// counted writes lines as a list, in which those that are repeated are counted.
func counted(lines []string) string {
	var list []string
	for i := 0; i < len(lines); {
		n := 1
		for i+n < len(lines) && lines[i+n] == lines[i] {
			n++
		}
		line := lines[i]
		if n > 2 {
			line += fmt.Sprint(" ×", n)
		} else if n == 2 {
			list = append(list, line)
		}
		list = append(list, line)
		i += n
	}
	return "[" + strings.Join(list, ", ") + "]"
}

var allProfiles = []browser.Profile{browser.Spec, browser.Chromium, browser.Firefox, browser.WebKit}

// byProfile groups the profiles for which f returns the same.
func byProfile(f func(browser.Profile) string) []string {
	var names, texts []string
	for _, p := range allProfiles {
		text := f(p)
		if i := slices.Index(texts, text); i >= 0 {
			names[i] += " " + p.String()
			continue
		}
		names, texts = append(names, p.String()), append(texts, text)
	}
	for i := range texts {
		names[i] += ": " + texts[i]
	}
	return names
}

// TestRows: what each row of the table makes of the four profiles. That browsers
// do so is what conformance/vectors records.
func TestRows(t *testing.T) {
	for _, cases := range [][]rowCase{requestRows, preflightRows, redirectRows, cacheRows, storedRows, firefoxRows, validationRows} {
		for _, c := range cases {
			t.Run(c.row, func(t *testing.T) {
				got := byProfile(func(p browser.Profile) string { return c.run(t, p) })
				if !slices.Equal(got, c.want) {
					t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
				}
			})
		}
	}
}
