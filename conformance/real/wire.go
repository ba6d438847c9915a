//go:build unix

package real

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/coder/websocket"
)

// A wire carries commands to a browser and its events back. The DevTools
// protocol, WebDriver BiDi and WebKit's inspector have the same frame: JSON
// messages, a command and its answer with the same id, an event without one.
type wire struct {
	write func(context.Context, []byte) error
	hear  func(event)
	ended chan struct{} // closed once no answer can come any more

	mu      sync.Mutex
	last    int
	waiting map[int]chan message // by id of the command
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

// dial connects to a browser's websocket. Events are passed to hear one after the
// other, and all events that came before the answer to a command are heard
// before call returns. The connection ends with the browser, and ended is closed.
func dial(ctx context.Context, url string, hear func(event), ended chan struct{}) (*wire, error) {
	conn, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(maxMessage)
	w := newWire(func(ctx context.Context, data []byte) error {
		return conn.Write(ctx, websocket.MessageText, data)
	}, hear, ended)
	go func() {
		defer close(ended)
		defer conn.CloseNow()
		for {
			_, data, err := conn.Read(context.Background())
			if err != nil || w.take(data) != nil {
				return
			}
		}
	}()
	return w, nil
}

// newWire returns a wire whose messages to the browser write takes; those from
// it are to be handed to take, until ended is closed.
func newWire(write func(context.Context, []byte) error, hear func(event), ended chan struct{}) *wire {
	return &wire{write: write, hear: hear, ended: ended, waiting: make(map[int]chan message)}
}

// take passes a message on to who waits for it.
func (w *wire) take(data []byte) error {
	var m message
	if err := json.Unmarshal(data, &m); err != nil {
		return err
	}
	if m.ID == nil {
		w.hear(event{m.Session, m.Method, m.Params})
		return nil
	}
	w.mu.Lock()
	answer := w.waiting[*m.ID]
	delete(w.waiting, *m.ID)
	w.mu.Unlock()
	if answer != nil {
		answer <- m
	}
	return nil
}

// send sends a command, in a DevTools session unless that is empty. The
// function it returns waits for the answer, decodes it into result unless that
// is nil, and has to be called.
func (w *wire) send(ctx context.Context, session, method string, params any) func(result any) error {
	answer := make(chan message, 1)
	w.mu.Lock()
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
		err = w.write(writing, data)
		cancel()
	}
	if err != nil {
		return func(any) error { return fmt.Errorf("%s: %w: %w", method, errDisconnected, err) }
	}
	return func(result any) error {
		select {
		case m := <-answer:
			if m.Error != nil {
				return fmt.Errorf("%s: %w", method, refusal(m))
			}
			if result == nil {
				return nil
			}
			return json.Unmarshal(m.Result, result)
		case <-w.ended:
			return fmt.Errorf("%s: %w", method, errDisconnected)
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

// An argument is a value that a script gave to console.log, as the DevTools
// protocol and WebKit's inspector tell it.
type argument struct {
	Value       any
	Description string
}

// words are arguments as one line.
func words(args []argument) string {
	var list []string
	for _, a := range args {
		if a.Value != nil {
			list = append(list, fmt.Sprint(a.Value))
		} else {
			list = append(list, a.Description)
		}
	}
	return strings.Join(list, " ")
}
