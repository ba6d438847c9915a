//go:build unix

package real

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/coder/websocket"
)

// A wire carries commands to a browser and its events back. The DevTools
// protocol and WebDriver BiDi have the same frame: JSON messages over a
// websocket, a command and its answer with the same id, an event without one.
type wire struct {
	conn *websocket.Conn
	hear func(event)

	mu      sync.Mutex
	last    int
	waiting map[int]chan message // by id of the command
	closed  error                // why, once no answer can come any more
}

// object is a JSON object.
type object = map[string]any

// An event is what a browser tells without being asked.
type event struct {
	Session string // DevTools: the session it belongs to
	Method  string
	Params  json.RawMessage
}

type message struct {
	ID      *int            `json:"id"`
	Session string          `json:"sessionId"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
	Result  json.RawMessage `json:"result"`
	Error   json.RawMessage `json:"error"`   // DevTools: an object; BiDi: a code
	Message string          `json:"message"` // BiDi: to Error
}

// errDisconnected is an error of every command once a browser has hung up.
var errDisconnected = errors.New("the connection to the browser ended")

// maxMessage bounds a message of a browser, in bytes.
const maxMessage = 64 << 20

// dial connects to a browser. Events are passed to hear one after the other,
// and all events that came before the answer to a command are heard before call
// returns.
func dial(ctx context.Context, url string, hear func(event)) (*wire, error) {
	conn, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(maxMessage)
	w := &wire{conn: conn, hear: hear, waiting: make(map[int]chan message)}
	go w.read()
	return w, nil
}

// read takes what comes until the connection ends.
func (w *wire) read() {
	for {
		_, data, err := w.conn.Read(context.Background())
		var m message
		if err == nil {
			err = json.Unmarshal(data, &m)
		}
		if err != nil {
			w.conn.CloseNow()
			w.mu.Lock()
			w.closed = fmt.Errorf("%w: %w", errDisconnected, err)
			for _, answer := range w.waiting {
				close(answer)
			}
			w.waiting = nil
			w.mu.Unlock()
			return
		}
		if m.ID == nil {
			w.hear(event{m.Session, m.Method, m.Params})
			continue
		}
		w.mu.Lock()
		answer := w.waiting[*m.ID]
		delete(w.waiting, *m.ID)
		w.mu.Unlock()
		if answer != nil {
			answer <- m
		}
	}
}

// send sends a command, in a DevTools session unless that is empty. The
// function it returns waits for the answer, decodes it into result unless that
// is nil, and has to be called.
func (w *wire) send(ctx context.Context, session, method string, params any) func(result any) error {
	fail := func(err error) func(any) error {
		return func(any) error { return fmt.Errorf("%s: %w", method, err) }
	}
	answer := make(chan message, 1)
	w.mu.Lock()
	if w.closed != nil {
		w.mu.Unlock()
		return fail(w.closed)
	}
	w.last++
	id := w.last
	w.waiting[id] = answer
	w.mu.Unlock()

	if params == nil {
		params = object{}
	}
	command := object{"id": id, "method": method, "params": params}
	if session != "" {
		command["sessionId"] = session
	}
	data, err := json.Marshal(command)
	if err == nil {
		// A context that ends during a write ends the connection, so this is
		// not the visit's.
		writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
		err = w.conn.Write(writing, websocket.MessageText, data)
		cancel()
	}
	if err != nil {
		return fail(err)
	}
	return func(result any) error {
		select {
		case m, ok := <-answer:
			if !ok {
				return fmt.Errorf("%s: %w", method, w.closed)
			}
			if m.Error != nil {
				return fmt.Errorf("%s: %w", method, refusal(m))
			}
			if result == nil {
				return nil
			}
			return json.Unmarshal(m.Result, result)
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", method, ctx.Err())
		}
	}
}

// call sends a command and waits for its answer.
func (w *wire) call(ctx context.Context, session, method string, params, result any) error {
	return w.send(ctx, session, method, params)(result)
}

// refusal is the error that a browser answered.
func refusal(m message) error {
	var devtools struct{ Message string }
	if json.Unmarshal(m.Error, &devtools) == nil {
		return errors.New(devtools.Message)
	}
	var code string
	if err := json.Unmarshal(m.Error, &code); err != nil {
		return err
	}
	return fmt.Errorf("%s: %s", code, m.Message)
}
