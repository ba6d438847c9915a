package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"crossorigin.dev/origin"
)

// isWebSocket knows a handshake of HTTP/1.1, https://httpwg.org/specs/rfc6455.html#opening-handshake.
// No other protocol may be switched to: what follows would pass unseen.
func isWebSocket(r *http.Request) bool { return switchesToWebSocket(r.Header) }

// switchesToWebSocket is about the header of a request, or of its answer.
func switchesToWebSocket(header http.Header) bool {
	return len(header["Upgrade"]) == 1 && strings.EqualFold(header["Upgrade"][0], "websocket") &&
		hasToken(header["Connection"], "upgrade")
}

// mayOpenWebSocket applies the policy to a handshake, for which browsers ask no
// preflight and check no header: https://websockets.spec.whatwg.org/#feedback-from-the-protocol.
// It may be opened from an origin that the policy allows, from the gateway's
// own, and by what is no browser and sends no Origin.
func (x *exchange) mayOpenWebSocket(r *http.Request) bool {
	origins := r.Header["Origin"]
	return len(origins) == 0 || x.allowed() || len(origins) == 1 && isOwnOrigin(origins[0], r)
}

// mayUseCookies: a handshake brings the user's cookies along, whatever the page
// asked for. An origin that is allowed without credentials does not get to use
// them.
func (x *exchange) mayUseCookies(r *http.Request) bool {
	origins := r.Header["Origin"]
	return len(origins) == 0 || isOwnOrigin(origins[0], r) || len(x.Header()["Access-Control-Allow-Credentials"]) > 0
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

// switchProtocols passes on what client and upstream say once both speak
// WebSocket, until either has gone or the gateway ends.
func (x *exchange) switchProtocols(r *http.Request, response *http.Response) {
	upstream, ok := response.Body.(io.ReadWriteCloser)
	if !ok || !isWebSocket(r) || !switchesToWebSocket(response.Header) {
		response.Body.Close()
		x.upstreamFailed(r, errors.New("it switches to a protocol that was not asked for"))
		return
	}
	defer upstream.Close()
	stop := context.AfterFunc(r.Context(), func() { upstream.Close() })
	defer stop()
	client, buffered, err := http.NewResponseController(x).Hijack()
	if err != nil {
		x.upstreamFailed(r, err)
		return
	}
	defer client.Close()
	x.admit(response)
	x.answer(http.StatusSwitchingProtocols)
	response.Header, response.Body = x.Header(), nil
	response.Header["Connection"], response.Header["Upgrade"] = []string{"Upgrade"}, []string{"websocket"}
	if response.Write(buffered) != nil || buffered.Flush() != nil {
		return
	}
	early, _ := buffered.Peek(buffered.Reader.Buffered())
	ended := make(chan error, 2)
	go func() { ended <- relay(upstream, io.MultiReader(bytes.NewReader(early), client)) }()
	go func() { ended <- relay(client, upstream) }()
	if <-ended == nil { // the other direction may go on
		<-ended
	}
}

// relay copies one direction, and passes its end on.
func relay(to io.Writer, from io.Reader) error {
	if _, err := io.Copy(to, from); err != nil {
		return err
	}
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}
