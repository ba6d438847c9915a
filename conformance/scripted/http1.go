package scripted

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"time"

	"crossorigin.dev/conformance/vector"
)

// serveHTTP1 answers the requests of one connection. It reads and writes the
// bytes itself, because net/http would put them in order.
func (s *Server) serveHTTP1(conn net.Conn, scheme string) {
	in := bufio.NewReaderSize(conn, 16<<10)
	for {
		conn.SetReadDeadline(time.Now().Add(2 * time.Minute)) // of a connection that is kept
		q, err := readRequest(in, scheme)
		if err != nil {
			return
		}
		conn.SetDeadline(time.Now().Add(patience))
		if !s.answerHTTP1(conn, q) || strings.EqualFold(strings.Join(q.header("Connection"), ","), "close") {
			return
		}
	}
}

var errTooLarge = errors.New("the request is too large")

// readRequest reads a request, and reads over its body.
func readRequest(in *bufio.Reader, scheme string) (request, error) {
	q := request{scheme: scheme}
	head, size := []string(nil), 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return q, err
		}
		if size += len(line); size > maxHead {
			return q, errTooLarge
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			break
		}
		head = append(head, text)
	}
	if len(head) == 0 {
		return q, io.ErrUnexpectedEOF
	}
	words := strings.Split(head[0], " ")
	if len(words) != 3 {
		return q, fmt.Errorf("the request line is %q", head[0])
	}
	q.method, q.target = words[0], words[1]
	for _, line := range head[1:] {
		name, value, _ := strings.Cut(line, ":")
		q.fields = append(q.fields, vector.Field{Name: name, Value: strings.Trim(value, " \t")})
	}
	q.host = strings.Join(q.header("Host"), ",")
	return q, readBody(in, q)
}

func readBody(in *bufio.Reader, q request) error {
	if coding := q.header("Transfer-Encoding"); len(coding) > 0 {
		body := httputil.NewChunkedReader(in)
		if n, err := io.Copy(io.Discard, io.LimitReader(body, maxBody)); err != nil || n == maxBody {
			return errors.Join(err, errTooLarge)
		}
		_, err := in.ReadSlice('\n') // after the last chunk
		return err
	}
	length := q.header("Content-Length")
	if len(length) == 0 {
		return nil
	}
	n, err := strconv.ParseInt(length[0], 10, 64)
	if err != nil || n < 0 || n > maxBody {
		return errors.Join(err, errTooLarge)
	}
	_, err = io.CopyN(io.Discard, in, n)
	return err
}

const pageText = `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Conformance</title><body>`

// pageAnswer is the answer to the request for the page itself.
func (r *Run) pageAnswer() vector.Answer {
	a := vector.Answer{Status: 200, Cut: -1, Body: pageText,
		Fields: []string{"Content-Type: text/html;charset=utf-8", "Cache-Control: no-store"}}
	if r.vector.Page.Sandbox {
		a.Fields = append(a.Fields, "Content-Security-Policy: sandbox allow-scripts")
	}
	fields, _ := vector.ParseFields(r.vector.Page.Headers) // validated
	for _, f := range fields {
		a.Fields = append(a.Fields, f.Name+": "+f.Value)
	}
	return a
}

// answer finds the answer to a request.
func (s *Server) answer(q request) vector.Answer {
	run, target := s.find(q.target)
	switch {
	case run == nil:
		return vector.Answer{Status: 404, Cut: -1}
	case q.method == "GET" && run.isPage(q.scheme, q.host, target):
		return run.pageAnswer()
	}
	return run.script(q)
}

// answerHTTP1 answers one request, and reports whether the connection can
// serve another.
func (s *Server) answerHTTP1(conn net.Conn, q request) bool {
	a := s.answer(q)
	if a.Hang || a.Delay > 0 {
		if !s.wait(a) {
			return false
		}
	}
	if a.Drop {
		return false
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %d %s\r\n", a.Status, http.StatusText(a.Status))
	framed := false
	for _, line := range a.Fields {
		out.WriteString(line + "\r\n")
		name, _, _ := strings.Cut(strings.ToLower(line), ":")
		framed = framed || name == "content-length" || name == "transfer-encoding"
	}
	body := a.Body
	if a.NoBody() || q.method == "HEAD" {
		body = ""
	}
	switch {
	case a.NoBody() || framed:
	case a.Chunked:
		out.WriteString("Transfer-Encoding: chunked\r\n")
		body = chunks(body, !a.Stall)
	case a.Close:
		out.WriteString("Connection: close\r\n")
	case a.Stall:
		fmt.Fprintf(&out, "Content-Length: %d\r\n", len(a.Body)+1)
	default:
		fmt.Fprintf(&out, "Content-Length: %d\r\n", len(a.Body))
	}
	out.WriteString("\r\n")
	if a.Cut >= 0 {
		body = body[:min(a.Cut, len(body))]
	}
	out.WriteString(body)
	if _, err := conn.Write(out.Bytes()); err != nil {
		return false
	}
	if a.Stall {
		return s.wait(vector.Answer{Hang: true})
	}
	return !a.Close && a.Cut < 0 && a.Status >= 200
}

// chunks is a body in chunks, with the last one if it ends.
func chunks(body string, ends bool) string {
	var b strings.Builder
	if body != "" {
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(body), body)
	}
	if ends {
		b.WriteString("0\r\n\r\n")
	}
	return b.String()
}

// wait waits as an answer says, and reports whether to go on.
func (s *Server) wait(a vector.Answer) bool {
	d := time.Duration(a.Delay) * time.Millisecond
	if a.Hang {
		d = patience
	}
	select {
	case <-s.ctx.Done():
		return false
	case <-time.After(d):
		return !a.Hang
	}
}
