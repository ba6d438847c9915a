package gateway

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"

	"crossorigin.dev/origin"
)

// isWebSocket knows a handshake of HTTP/1.1, https://httpwg.org/specs/rfc6455.html#opening-handshake.
// No other protocol may be switched to: what follows would pass unseen.
func isWebSocket(r *http.Request) bool {
	return len(r.Header["Upgrade"]) == 1 && strings.EqualFold(r.Header["Upgrade"][0], "websocket")
}

// mayOpenWebSocket applies the policy to a handshake, for which browsers ask no
// preflight and check no header: https://websockets.spec.whatwg.org/#feedback-from-the-protocol.
// It may be opened from an origin that the policy allows, from the gateway's
// own, and by what is no browser and sends no Origin.
func (x *exchange) mayOpenWebSocket(r *http.Request) bool {
	origins := r.Header["Origin"]
	return len(origins) == 0 || x.allowed() || len(origins) == 1 && isOwnOrigin(origins[0], r)
}

// isOwnOrigin compares host and port. Whether the browser spoke TLS cannot be
// told behind a balancer, so schemes are not compared.
func isOwnOrigin(serialized string, r *http.Request) bool {
	o, err := origin.Parse(serialized)
	if err != nil || o.IsOpaque() {
		return false
	}
	own := o.Host()
	if o.Port() != "" {
		own += ":" + o.Port()
	}
	return own == r.Host
}

// Hijack is what ReverseProxy calls when both sides speak WebSocket.
func (x *exchange) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(x.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	x.answer(http.StatusSwitchingProtocols)
	early, _ := buffered.Peek(buffered.Reader.Buffered())
	return &conversation{conn, io.MultiReader(bytes.NewReader(early), conn)}, buffered, nil
}

// A conversation is the connection of a WebSocket, from what the client said
// together with the handshake on, which ReverseProxy would not look for.
type conversation struct {
	net.Conn
	from io.Reader
}

func (c *conversation) Read(p []byte) (int, error) { return c.from.Read(p) }

// CloseWrite ends one direction.
func (c *conversation) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
