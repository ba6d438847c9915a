package playground

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
)

// An endpoint is one of the two servers' places: the name that browsers know
// it by, and the loopback sockets it listens on.
type endpoint struct {
	authority string   // "localhost:8000"; as the Host header has it
	aliases   []string // the other names of the same sockets
	sockets   []net.Listener
}

// url is the endpoint's origin, serialized.
func (e *endpoint) url() string { return "http://" + e.authority }

// alias is the origin of the same server by another name: that of
// "http://127.0.0.1:8000" for http://localhost:8000.
func (e *endpoint) alias() string { return "http://" + e.aliases[0] }

func (e *endpoint) close() {
	for _, socket := range e.sockets {
		socket.Close()
	}
}

// freePortAttempts bounds the search for a port that is free in both address
// families.
const freePortAttempts = 16

// listen opens the sockets that a flag names. Whatever the name, both loopback
// addresses are listened on, because browsers try either for "localhost"; and
// no other address ever is. Port 0 takes one free port for both.
func listen(flag, value string) (*endpoint, error) {
	host, port, err := parseAddress(value)
	if err != nil {
		return nil, fmt.Errorf("--%s %s: %w", flag, value, err)
	}
	addresses := []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	if hasIPv6() {
		addresses = append(addresses, netip.IPv6Loopback())
	}
	sockets, err := listenAll(addresses, port)
	for attempt := 1; err != nil && port == 0 && attempt < freePortAttempts; attempt++ {
		sockets, err = listenAll(addresses, port)
	}
	if err != nil {
		return nil, listenError(flag, value, host, port, err)
	}
	port = portOf(sockets[0])
	e := &endpoint{authority: authority(host, port), sockets: sockets}
	for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
		if a := authority(name, port); a != e.authority {
			e.aliases = append(e.aliases, a)
		}
	}
	return e, nil
}

// parseAddress splits host:port and accepts only names that mean this machine.
func parseAddress(value string) (host string, port uint16, err error) {
	host, digits, err := net.SplitHostPort(value)
	if err != nil {
		return "", 0, errors.New("not a host and a port; write for example localhost:8000")
	}
	host = strings.ToLower(host)
	number, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("%q is not a port; write a number from 1 to 65535, or 0 for any free one", digits)
	}
	if host == "::1" {
		// https://w3c.github.io/webappsec-csp/#grammardef-host-part
		return "", 0, errors.New("the pages' Content-Security-Policy cannot name an IPv6 address; write localhost before the port, which listens on [::1] too")
	}
	if !isLoopbackName(host) {
		return "", 0, errors.New("the playground is for this machine only; write localhost, a name ending in .localhost, or 127.0.0.1 before the port")
	}
	return host, uint16(number), nil
}

// isLoopbackName reports whether browsers resolve the name to this machine
// without asking DNS, https://w3c.github.io/webappsec-secure-contexts/#localhost.
func isLoopbackName(host string) bool {
	if host == "localhost" || host == "127.0.0.1" {
		return true
	}
	labels, ok := strings.CutSuffix(host, ".localhost")
	if !ok || len(host) > 253 {
		return false
	}
	for label := range strings.SplitSeq(labels, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}

// authority is host and port as a URL and a Host header have them: without the
// port if it is the scheme's own.
func authority(host string, port uint16) string {
	if port != 80 {
		return net.JoinHostPort(host, strconv.Itoa(int(port)))
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// hasIPv6 reports whether this machine has the IPv6 loopback address. How the
// lack of it is reported differs from one system to the next, so it is tried.
func hasIPv6() bool {
	socket, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		return false
	}
	socket.Close()
	return true
}

// listenAll listens on one port of every address, or on none.
func listenAll(addresses []netip.Addr, port uint16) ([]net.Listener, error) {
	var sockets []net.Listener
	for _, address := range addresses {
		socket, err := net.Listen("tcp", netip.AddrPortFrom(address, port).String())
		if err != nil {
			for _, open := range sockets {
				open.Close()
			}
			return nil, err
		}
		sockets = append(sockets, socket)
		port = portOf(socket)
	}
	return sockets, nil
}

func portOf(socket net.Listener) uint16 {
	return socket.Addr().(*net.TCPAddr).AddrPort().Port()
}

// listenError says in one line which flag to change.
func listenError(flag, value, host string, port uint16, err error) error {
	where := value
	var operation *net.OpError
	if errors.As(err, &operation) && operation.Addr != nil {
		where = operation.Addr.String()
	}
	next := uint16(8080)
	if port >= 1024 && port < 65535 {
		next = port + 1
	}
	advice := fmt.Sprintf("name another port, for example --%s %s", flag, authority(host, next))
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("--%s %s: %s is already in use; %s", flag, value, where, advice)
	}
	if operation != nil {
		err = operation.Err
	}
	return fmt.Errorf("--%s %s: cannot listen on %s (%v); %s", flag, value, where, err, advice)
}
