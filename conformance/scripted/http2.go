package scripted

import (
	"net/http"
	"strconv"
	"strings"

	"crossorigin.dev/conformance/vector"
)

// serveHTTP2 answers one request over HTTP/2.
func (s *Server) serveHTTP2(w http.ResponseWriter, r *http.Request) {
	q := request{method: r.Method, scheme: "https", host: r.Host, target: r.RequestURI}
	for name, values := range r.Header {
		for _, value := range values {
			q.fields = append(q.fields, vector.Field{Name: name, Value: strings.Trim(value, " \t")})
		}
	}
	buffer := make([]byte, 16<<10)
	for size := 0; ; {
		n, err := r.Body.Read(buffer)
		if size += n; size > maxBody {
			panic(http.ErrAbortHandler)
		}
		if err != nil {
			break
		}
	}
	a := s.answer(q)
	if a.Hang || a.Delay > 0 {
		if !s.wait(a) {
			panic(http.ErrAbortHandler)
		}
	}
	if a.Drop {
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	h["Date"], h["Content-Type"] = nil, nil // unless scripted
	for _, line := range a.Fields {
		name, value, _ := strings.Cut(line, ":")
		h.Add(name, strings.Trim(value, " \t"))
	}
	if !a.NoBody() && !a.Chunked && !a.Close && !a.Stall && h.Get("Content-Length") == "" {
		h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	body := a.Body
	if a.NoBody() || r.Method == "HEAD" {
		body = ""
	}
	if a.Cut >= 0 {
		body = body[:min(a.Cut, len(body))]
	}
	w.Write([]byte(body))
	http.NewResponseController(w).Flush()
	if a.Cut >= 0 {
		panic(http.ErrAbortHandler)
	}
	if a.Stall {
		s.wait(vector.Answer{Hang: true})
	}
}
