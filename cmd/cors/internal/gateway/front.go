package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"crossorigin.dev/cmd/cors/internal/policyfile"
)

// A front is an address where the gateway listens: one socket, or two for
// localhost, which browsers look for at either loopback address.
type front struct {
	address  string // as it was written
	loopback bool   // only this machine reaches it
	sockets  []net.Listener
	server   *http.Server
	tls      bool
}

func newFront(address string, file *policyfile.File, r *records) (*front, error) {
	sockets, err := listen(address)
	if err != nil {
		return nil, err
	}
	f := &front{address: address, loopback: true}
	open := new(atomic.Int64)
	for _, socket := range sockets {
		f.loopback = f.loopback && socket.Addr().(*net.TCPAddr).IP.IsLoopback()
		f.sockets = append(f.sockets, &limited{
			Listener: socket, open: open, limit: int64(file.Limits.Connections),
			stall: file.Timeouts.Stall, refused: r.connectionsRefused,
		})
	}
	r.connections(sockets[0].Addr().String(), open)
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	f.server = &http.Server{
		ReadHeaderTimeout: file.Timeouts.Header,
		IdleTimeout:       file.Timeouts.Idle,
		MaxHeaderBytes:    int(file.Limits.Header),
		Protocols:         protocols,
		ErrorLog:          log.New(nowhere{}, "", 0), // bad handshakes and the like; anyone can make them
	}
	return f, nil
}

// nowhere takes what is not worth keeping.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

func (f *front) useTLS(current func() *certificate) {
	f.tls = true
	f.server.TLSConfig = &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return &current().pair, nil
		},
	}
}

// url names the front as a client of this machine may. An address without a
// host is every address of the machine.
func (f *front) url() string {
	scheme, usual := "http", 80
	if f.tls {
		scheme, usual = "https", 443
	}
	host, _, _ := net.SplitHostPort(f.address)
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "localhost"
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := portOf(f.sockets[0]); port != usual {
		host += ":" + strconv.Itoa(port)
	}
	return scheme + "://" + host
}

func portOf(socket net.Listener) int { return socket.Addr().(*net.TCPAddr).Port }

func (f *front) serve(requests context.Context, failed chan<- error) {
	f.server.BaseContext = func(net.Listener) context.Context { return requests }
	for _, socket := range f.sockets {
		go func() {
			var err error
			if f.tls {
				err = f.server.ServeTLS(socket, "", "")
			} else {
				err = f.server.Serve(socket)
			}
			if !errors.Is(err, http.ErrServerClosed) {
				select {
				case failed <- fmt.Errorf("%s: %w", f.address, err):
				default: // one reason to end is enough
				}
			}
		}()
	}
}

// shutdown waits for requests until ctx is done. What is left then is cut off by
// close.
func (f *front) shutdown(ctx context.Context) { _ = f.server.Shutdown(ctx) }

func (f *front) close() {
	f.server.Close()
	for _, socket := range f.sockets {
		socket.Close() // if it has not been served yet
	}
}

// listen opens the sockets of an address. localhost is both loopback addresses
// where the machine has both, on the same port.
func listen(address string) ([]net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if host != "localhost" && !strings.HasSuffix(host, ".localhost") {
		socket, err := net.Listen("tcp", address)
		if err != nil {
			return nil, listenError(address, err)
		}
		return []net.Listener{socket}, nil
	}
	const attempts = 16 // to find a port that is free at both addresses
	for range attempts {
		var sockets []net.Listener
		if sockets, err = listenLoopback(port); err == nil {
			return sockets, nil
		}
		if port != "0" {
			break
		}
	}
	return nil, listenError(address, err)
}

func listenLoopback(port string) ([]net.Listener, error) {
	four, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return nil, err
	}
	six, err := net.Listen("tcp", netip.AddrPortFrom(netip.IPv6Loopback(), uint16(portOf(four))).String())
	switch {
	case err == nil:
		return []net.Listener{four, six}, nil
	case errors.Is(err, syscall.EADDRINUSE):
		four.Close()
		return nil, err
	}
	return []net.Listener{four}, nil // there is no IPv6 here
}

func listenError(address string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is already in use; listen on another port", address)
	}
	return fmt.Errorf("cannot listen on %s: %w", address, err)
}

// limited accepts no more than so many connections, over all listeners that
// share open. One more is closed at once: the client learns it now, where a full
// queue would let it wait for nothing.
type limited struct {
	net.Listener
	open    *atomic.Int64
	limit   int64
	stall   time.Duration
	refused interface{ Inc() }
}

func (l *limited) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.open.Add(1) > l.limit {
			l.open.Add(-1)
			l.refused.Inc()
			conn.Close()
			continue
		}
		return &stalling{Conn: conn, patience: l.stall, closed: sync.OnceFunc(func() { l.open.Add(-1) })}, nil
	}
}

// stalling is a connection whose writes fail if the other end takes nothing for
// as long as patience. A limit for the whole response would end long downloads
// and event streams.
type stalling struct {
	net.Conn
	patience time.Duration
	until    atomic.Int64 // the write deadline, Unix nanoseconds; 0: none
	closed   func()
}

func (c *stalling) Write(p []byte) (int, error) {
	// Moving the deadline takes longer than looking at the clock, so it is moved
	// only when a good part of it is gone.
	if now := time.Now(); c.until.Load()-now.UnixNano() < int64(c.patience)*3/4 {
		until := now.Add(c.patience)
		if err := c.Conn.SetWriteDeadline(until); err != nil {
			return 0, err
		}
		c.until.Store(until.UnixNano())
	}
	return c.Conn.Write(p)
}

func (c *stalling) SetWriteDeadline(t time.Time) error {
	c.until.Store(0)
	return c.Conn.SetWriteDeadline(t)
}

func (c *stalling) SetDeadline(t time.Time) error {
	c.until.Store(0)
	return c.Conn.SetDeadline(t)
}

func (c *stalling) Close() error {
	c.closed()
	return c.Conn.Close()
}

// CloseWrite ends one direction of a WebSocket's connection.
func (c *stalling) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// answersTo reports whether the gateway goes by the name in a Host header. On a
// loopback address it goes by this machine's own names; elsewhere, unless names
// are listed, by any.
func answersTo(host string, names []string, loopback bool) bool {
	if len(names) == 0 && !loopback {
		return true
	}
	name := strings.ToLower(withoutPort(host))
	if loopback && isThisMachine(name) {
		return true
	}
	return slices.ContainsFunc(names, func(known string) bool {
		if suffix, ok := strings.CutPrefix(known, "*"); ok {
			return len(name) > len(suffix) && strings.HasSuffix(name, suffix)
		}
		return name == known
	})
}

// isThisMachine knows the names that browsers resolve to this machine without
// asking DNS, https://w3c.github.io/webappsec-secure-contexts/#localhost.
func isThisMachine(name string) bool {
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil && address.IsLoopback()
}

// withoutPort takes the port off a Host header.
func withoutPort(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.IndexByte(host[i:], ']') < 0 {
		return host[:i]
	}
	return host
}
