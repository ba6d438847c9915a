package main

import (
	"net/http"
	"net/url"

	"github.com/valyala/fasthttp"
)

// An answer is what a contestant sent, for a look at it between timings.
type answer struct {
	status  int
	header  http.Header
	reached bool // the request reached the handler behind the middleware
}

// A lane serves one request over and over, with a request and a response of its
// own that are reused: what is measured is the middleware, not a server.
type lane interface {
	serve()
	answer() answer
}

// A server makes lanes for a request, as many as there are cores to keep busy.
type server func(*http.Request) lane

// A build makes the server of a contestant. Behind the middleware is a handler
// that does nothing, but set *reached if reached is not nil.
type build func(c config, reached *bool) server

// httpLane is a lane of net/http.
type httpLane struct {
	handler http.Handler
	request *http.Request
	writer  writer
	reached *bool
}

func (l *httpLane) serve() {
	clear(l.writer.header)
	l.writer.status = 0
	l.handler.ServeHTTP(&l.writer, l.request)
}

func (l *httpLane) answer() answer {
	status := l.writer.status
	if status == 0 {
		status = http.StatusOK
	}
	return answer{status, l.writer.header, l.reached != nil && *l.reached}
}

// A writer is the least that an http.ResponseWriter can be.
type writer struct {
	header http.Header
	status int
}

func (w *writer) Header() http.Header         { return w.header }
func (w *writer) WriteHeader(status int)      { w.status = status }
func (w *writer) Write(p []byte) (int, error) { return len(p), nil }

// serveHTTP is the server of a net/http handler.
func serveHTTP(handler http.Handler, reached *bool) server {
	return func(r *http.Request) lane {
		own := r.Clone(r.Context())
		own.URL = &url.URL{Path: path}
		return &httpLane{handler: handler, request: own, writer: writer{header: http.Header{}}, reached: reached}
	}
}

// fastLane is a lane of fasthttp, on which fiber runs.
type fastLane struct {
	handler fasthttp.RequestHandler
	context fasthttp.RequestCtx
	reached *bool
}

func (l *fastLane) serve() {
	l.context.Response.Reset()
	l.handler(&l.context)
}

func (l *fastLane) answer() answer {
	header := http.Header{}
	for name, value := range l.context.Response.Header.All() {
		header.Add(string(name), string(value))
	}
	return answer{l.context.Response.StatusCode(), header, l.reached != nil && *l.reached}
}

// serveFast is the server of a fasthttp handler.
func serveFast(handler fasthttp.RequestHandler, reached *bool) server {
	return func(r *http.Request) lane {
		var request fasthttp.Request
		request.Header.SetMethod(r.Method)
		request.SetRequestURI(path)
		request.SetHost(r.Host)
		for name, values := range r.Header {
			for _, value := range values {
				request.Header.Add(name, value)
			}
		}
		l := &fastLane{handler: handler, reached: reached}
		l.context.Init(&request, nil, nil)
		return l
	}
}
