// Package scripted serves conformance vectors: pages, and answers as scripted,
// byte for byte, on fixed ports of this machine. It takes down every request.
package scripted

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"crossorigin.dev/conformance/vector"
)

// Hosts are the names that browsers must resolve to 127.0.0.1. A name below
// a.test or b.test is covered by the certificates too.
var Hosts = []string{"a.test", "b.test", "c.test", "d.test", "sub.a.test", "www.a.test", "sub.b.test"}

// The ports and what they speak.
var (
	plainPorts  = []int{7000, 7001, 7002, 7003}
	securePorts = []int{7443, 7444} // HTTP/2 and HTTP/1.1
	secureHTTP1 = 7445              // HTTP/1.1 only
)

const (
	maxHead     = 256 << 10 // bytes of a request line with its headers
	maxBody     = 4 << 20
	maxRequests = 200 // that are taken down of one run
	maxRuns     = 10_000
	patience    = 30 * time.Second // with a client that is slow or an answer that stalls
)

// A Server listens on the ports of the vectors. It is safe for concurrent use.
type Server struct {
	ca        []byte
	listeners []net.Listener
	ctx       context.Context
	stop      context.CancelFunc
	handlers  sync.WaitGroup

	mu   sync.Mutex
	next int
	runs map[int]*Run
}

// Start listens on all ports. If one is in use, such as by another server of
// vectors, it tries again until the context ends.
func Start(ctx context.Context) (*Server, error) {
	authority, err := newAuthority()
	if err != nil {
		return nil, err
	}
	for {
		s := &Server{ca: authority.certificate, runs: map[int]*Run{}}
		s.ctx, s.stop = context.WithCancel(context.Background())
		if err = s.listenAll(authority.server); err == nil {
			return s, nil
		}
		s.Close()
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the ports of the vectors (7000 to 7003, 7443 to 7445) are in use, by another run of them? %w", err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (s *Server) listenAll(certificate tls.Certificate) error {
	both := &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2", "http/1.1"}}
	http1 := &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}}
	var err error
	for _, port := range plainPorts {
		err = errors.Join(err, s.listen(port, nil))
	}
	for _, port := range securePorts {
		err = errors.Join(err, s.listen(port, both))
	}
	return errors.Join(err, s.listen(secureHTTP1, http1))
}

// CA returns the certificate of the authority that the browsers must trust, in
// PEM.
func (s *Server) CA() []byte { return s.ca }

// Close stops listening and ends what is being answered.
func (s *Server) Close() {
	s.stop()
	for _, l := range s.listeners {
		l.Close()
	}
	s.handlers.Wait()
}

// listen listens on a port of both loopback addresses; on ::1 if there is one.
func (s *Server) listen(port int, config *tls.Config) error {
	for _, host := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err != nil {
			if host == "::1" && !errors.Is(err, syscall.EADDRINUSE) {
				continue
			}
			return err
		}
		s.listeners = append(s.listeners, l)
		s.handlers.Go(func() { s.accept(l, config) })
	}
	return nil
}

func (s *Server) accept(l net.Listener, config *tls.Config) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return // closed
		}
		s.handlers.Go(func() {
			defer conn.Close()
			defer context.AfterFunc(s.ctx, func() { conn.Close() })()
			if config == nil {
				s.serveHTTP1(conn, "http")
				return
			}
			secure := tls.Server(conn, config)
			ctx, cancel := context.WithTimeout(s.ctx, patience)
			defer cancel()
			if secure.HandshakeContext(ctx) != nil {
				return
			}
			if secure.ConnectionState().NegotiatedProtocol == "h2" {
				closed := make(chan struct{})
				server := &http.Server{
					Handler: http.HandlerFunc(s.serveHTTP2), MaxHeaderBytes: maxHead, IdleTimeout: 2 * time.Minute,
					ConnState: func(_ net.Conn, state http.ConnState) {
						if state == http.StateClosed {
							close(closed)
						}
					},
				}
				server.Serve(&lone{conn: secure, closed: closed})
				return
			}
			s.serveHTTP1(secure, "https")
		})
	}
}

// A lone listener accepts the one connection it has, and ends with it.
type lone struct {
	conn   net.Conn
	closed chan struct{}
	taken  bool
}

func (l *lone) Accept() (net.Conn, error) {
	if l.taken {
		<-l.closed
		return nil, net.ErrClosed
	}
	l.taken = true
	return l.conn, nil
}

func (l *lone) Close() error   { return nil }
func (l *lone) Addr() net.Addr { return l.conn.LocalAddr() }

// Begin makes the server answer as a vector says, at URLs of this run's own.
func (s *Server) Begin(v *vector.Vector) (*Run, error) {
	r := &Run{server: s, vector: v, preflights: map[string]int{}, answers: map[string]int{}, extra: map[string][]string{}}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.runs) >= maxRuns {
		return nil, errors.New("too many runs at once; end them")
	}
	s.next++
	r.id = s.next
	r.prefix = "/~" + strconv.Itoa(r.id)
	s.runs[r.id] = r
	return r, nil
}

// find returns the run that a target is of, and the target in the vector.
func (s *Server) find(target string) (*Run, string) {
	rest, ok := strings.CutPrefix(target, "/~")
	if !ok {
		return nil, target
	}
	number, _, _ := strings.Cut(rest, "/")
	number, _, _ = strings.Cut(number, "?")
	id, err := strconv.Atoi(number)
	if err != nil {
		return nil, target
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs[id], strings.TrimPrefix(rest, number)
}
