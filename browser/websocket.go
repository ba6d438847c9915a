package browser

import (
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"strconv"
)

// addWebSocket appends what asks for the WebSocket protocol.
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func (f *fetch) addWebSocket(out *outgoing) {
	if f.mode != modeWebSocket {
		return
	}
	var key [16]byte
	rand.Read(key[:])
	f.webSocketKey = base64.StdEncoding.EncodeToString(key[:])
	out.header = append(out.header,
		Field{"Upgrade", "websocket"}, Field{"Connection", "Upgrade"},
		Field{"Sec-WebSocket-Key", f.webSocketKey}, Field{"Sec-WebSocket-Version", "13"})
}

// finishWebSocket ends the fetch of a WebSocket with its handshake: the script
// gets a connection if the server agreed, and sees nothing of the response.
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func (f *fetch) finishWebSocket(r *response) (*Response, *Error) {
	r.close()
	status := strconv.Itoa(r.status)
	in := Field{"status", status}
	if r.status != http.StatusSwitchingProtocols {
		return nil, f.fail(ruleWebSocket, ReasonWebSocketRefused,
			"The server answered the WebSocket's handshake with status "+status+", not 101: it does not accept it from "+f.page.origin.String()+".", in)
	}
	if accept, _ := r.header.get("Sec-WebSocket-Accept"); accept != webSocketAccept(f.webSocketKey) {
		return nil, f.fail(ruleWebSocket, ReasonWebSocketRefused,
			"The server answered the WebSocket's handshake without the Sec-WebSocket-Accept that fits.", in)
	}
	const message = "The server accepts the WebSocket; CORS has no part in it."
	f.pass(ruleWebSocket, message, in)
	f.trace.Verdict = Verdict{
		Outcome: OutcomeAllowed, Type: ResponseBasic, Status: r.status, Sent: f.sent, Message: message,
	}
	return &Response{
		Type: ResponseBasic, Status: r.status, URL: f.current().withoutFragment(), Header: http.Header{}, Trace: f.trace,
	}, nil
}

// webSocketAccept is the answer to a key that shows that a server knows the
// protocol. https://www.rfc-editor.org/rfc/rfc6455#section-1.3
func webSocketAccept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
