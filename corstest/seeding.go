package corstest

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"crossorigin.dev/browser"
)

// seeding is a transport that can put cookies into a browser's jar, by
// answering one request itself.
type seeding struct {
	http.RoundTripper
	mu     sync.Mutex
	answer map[string]string // the Set-Cookie with which a URL is answered once
}

func (s *seeding) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	cookie, ours := s.answer[r.Header.Get(seedHeader)]
	delete(s.answer, r.Header.Get(seedHeader))
	s.mu.Unlock()
	if !ours {
		return s.RoundTripper.RoundTrip(r)
	}
	return &http.Response{
		StatusCode: http.StatusNoContent, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Set-Cookie": {cookie}}, Body: io.NopCloser(strings.NewReader("")), Request: r,
	}, nil
}

// seedHeader marks the request that is never sent.
const seedHeader = "Corstest-Cookie"

// seed lets the browser of a page have a cookie as if the server had set it on
// a visit.
func (s *seeding) seed(p *Page, cookie string) error {
	s.mu.Lock()
	if s.answer == nil {
		s.answer = map[string]string{}
	}
	s.answer[cookie] = cookie
	s.mu.Unlock()
	own, err := p.browser.Open(p.setup.base + "/")
	if err != nil {
		return err
	}
	response, err := own.Fetch(p.t.Context(), browser.Request{URL: p.setup.base + "/", Header: http.Header{seedHeader: {cookie}}})
	if err != nil {
		return err
	}
	for _, step := range response.Trace.Steps {
		if step.Rule == "network.cookie-store" && strings.Contains(step.Note, "not stored") {
			return errors.New(step.Note)
		}
	}
	return nil
}
