//go:build unix

package real

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"time"
)

func init() { register("webkit", startWebKit) }

// webkit speaks the protocol of WebKit's inspector with MiniBrowser, the browser
// that WebKitGTK brings. It is not WebDriver, because nobody can read the console
// of its sessions, and only there WebKit says why a request was blocked.
//
// Each visit is a browser of its own, which takes a second: no command clears
// WebKit's cookies and caches. The next one is started during a visit.
type webkit struct {
	options Options
	path    string
	version string

	open context.Context // ends with Close
	end  context.CancelFunc
	now  atomic.Pointer[window] // the browser of the present visit
	next chan started           // that of the one to come
}

// started is how the start of a browser came out.
type started struct {
	window *window
	err    error
}

// A window is a MiniBrowser with one page.
type window struct {
	process *process
	browser *wire // carries messages of targets
	page    *wire // the page's, within those

	mu       sync.Mutex
	target   string // the page's present one: another site can come as another
	document string // the request for the page
	failed   string // why that failed
	console  []string
}

func startWebKit(ctx context.Context, o Options) (Browser, error) {
	names, _ := filepath.Glob("/usr/lib/*/webkit2gtk-4.1/MiniBrowser") // Debian has it in no PATH
	const advice = "on Debian: apt-get install libwebkit2gtk-4.1-0 xvfb xauth; on another Linux: xvfb-run and WEBKIT=/path/to/MiniBrowser of WebKitGTK"
	path, err := program("WEBKIT", advice, append(names, "MiniBrowser")...)
	if err != nil {
		return nil, err
	}
	b := &webkit{options: o, path: path, next: make(chan started, 1)}
	process, version, err := startOnStage(ctx, o, nil, "WebKitGTK ", path, "--version")
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, advice)
	}
	b.version = "WebKitGTK " + version
	if err := process.stop(); err != nil {
		return nil, err
	}
	b.open, b.end = context.WithCancel(context.Background())
	b.prepare()
	return b, nil
}

func (b *webkit) Name() string    { return "webkit" }
func (b *webkit) Version() string { return b.version }

func (b *webkit) Close() error {
	b.end()
	var err error
	for _, w := range []*window{b.now.Load(), (<-b.next).window} {
		if w != nil {
			err = errors.Join(err, w.process.stop())
		}
	}
	return err
}

func (b *webkit) Visit(ctx context.Context, page, script string) (Report, error) {
	var s started
	select {
	case s = <-b.next:
		b.prepare()
	case <-ctx.Done():
		return Report{}, fmt.Errorf("start the browser: %w", ctx.Err())
	}
	if s.err != nil {
		return Report{}, s.err
	}
	b.now.Store(s.window)
	report, err := s.window.visit(ctx, page, asExpression(script))
	err = s.window.process.explain(err)
	b.now.Store(nil)
	return report, errors.Join(err, s.window.process.stop())
}

// prepare begins to start the browser of the next visit.
func (b *webkit) prepare() {
	go func() {
		ctx, cancel := context.WithTimeout(b.open, 5*closing)
		defer cancel()
		window, err := b.launch(ctx)
		b.next <- started{window, err}
	}()
}

// launch starts a browser with an empty page, and inspects that.
func (b *webkit) launch(ctx context.Context) (*window, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := free.Addr().String()
	free.Close()
	process, _, err := startOnStage(ctx, b.options, []string{
		"WEBKIT_INSPECTOR_HTTP_SERVER=" + address,
		"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1", // containers run as root
	}, "", b.path, "--enable-itp", "about:blank") // as Safari prevents tracking unless told otherwise
	if err != nil {
		return nil, err
	}
	w := &window{process: process}
	if err := w.attach(ctx, address); err != nil {
		return nil, errors.Join(process.explain(err), process.stop())
	}
	return w, nil
}

// inspectable is the path of a page's websocket, in the list of pages.
var inspectable = regexp.MustCompile(`/socket/\d+/\d+/WebPage`)

// attach waits for the page and connects to it.
func (w *window) attach(ctx context.Context, address string) error {
	var path string
	err := w.process.until(ctx, func() (bool, error) {
		response, err := (&http.Client{Timeout: closing}).Get("http://" + address + "/")
		if err != nil {
			return false, nil // not listening yet
		}
		defer response.Body.Close()
		list, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
		path = inspectable.FindString(string(list))
		return path != "", err
	})
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	w.page = newWire(func(ctx context.Context, data []byte) error {
		w.mu.Lock()
		target := w.target
		w.mu.Unlock()
		return w.browser.call(ctx, "", "Target.sendMessageToTarget", object{"targetId": target, "message": string(data)}, nil)
	}, w.hearPage, ended)
	if w.browser, err = dial(ctx, "ws://"+address+path, w.hear, ended); err != nil {
		return err
	}
	return w.process.until(ctx, func() (bool, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.target != "", nil
	})
}

func (w *window) visit(ctx context.Context, page, expression string) (Report, error) {
	if err := w.navigate(ctx, page); err != nil {
		return Report{}, fmt.Errorf("open %s: %w", page, err)
	}
	// What the page has said by now is told then.
	if err := w.page.call(ctx, "", "Console.enable", nil, nil); err != nil {
		return Report{}, err
	}
	resolved, err := w.evaluate(ctx, expression)
	if err != nil {
		return Report{}, err
	}
	value, err := value(resolved)
	w.mu.Lock()
	defer w.mu.Unlock()
	return Report{Value: value, Console: w.console}, err
}

// navigate leaves the empty page.
func (w *window) navigate(ctx context.Context, page string) error {
	if err := w.page.call(ctx, "", "Network.enable", nil, nil); err != nil {
		return err
	}
	if err := w.page.call(ctx, "", "Page.navigate", object{"url": page}, nil); err != nil {
		return err
	}
	err := w.process.until(ctx, func() (bool, error) {
		w.mu.Lock()
		failed := w.failed
		w.mu.Unlock()
		if failed != "" {
			return false, errors.New(failed)
		}
		// A target that is replaced meanwhile answers nothing.
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		var at struct{ Result struct{ Value string } }
		err := w.page.call(short, "", "Runtime.evaluate", object{"expression": "document.URL"}, &at)
		if errors.Is(err, context.DeadlineExceeded) {
			err = nil
		}
		return at.Result.Value != "" && at.Result.Value != "about:blank", err
	})
	if err != nil {
		return err
	}
	return w.page.call(ctx, "", "Network.disable", nil, nil)
}

// evaluate evaluates an expression, a promise of a string.
func (w *window) evaluate(ctx context.Context, expression string) (string, error) {
	type remote struct {
		Result    struct{ ObjectID, Value, Description string }
		WasThrown bool
	}
	var promise, resolved remote
	if err := w.page.call(ctx, "", "Runtime.evaluate", object{"expression": expression}, &promise); err != nil {
		return "", err
	}
	if promise.WasThrown {
		return "", fmt.Errorf("the script does not run: %s", promise.Result.Description)
	}
	err := w.page.call(ctx, "", "Runtime.awaitPromise",
		object{"promiseObjectId": promise.Result.ObjectID, "returnByValue": true}, &resolved)
	return resolved.Result.Value, err
}

// hear hears of the page's targets, and what those say.
func (w *window) hear(e event) {
	var p struct {
		TargetInfo struct {
			TargetID      string
			IsProvisional bool
		}
		NewTargetID string
		Message     string
	}
	if json.Unmarshal(e.Params, &p) != nil {
		return
	}
	if e.Method == "Target.dispatchMessageFromTarget" {
		w.page.take([]byte(p.Message))
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case e.Method == "Target.targetCreated" && !p.TargetInfo.IsProvisional:
		w.target = p.TargetInfo.TargetID
	case e.Method == "Target.didCommitProvisionalTarget":
		w.target = p.NewTargetID
	}
}

func (w *window) hearPage(e event) {
	var p struct {
		RequestID, Type, ErrorText string
		Message                    struct {
			Text       string
			Parameters []argument
		}
	}
	if json.Unmarshal(e.Params, &p) != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case e.Method == "Network.requestWillBeSent" && p.Type == "Document" && w.document == "":
		w.document = p.RequestID
	case e.Method == "Network.loadingFailed" && p.RequestID == w.document:
		w.failed = p.ErrorText
	case e.Method == "Console.messageAdded":
		w.console = append(w.console, cmp.Or(words(p.Message.Parameters), p.Message.Text))
	case e.Method == "Console.messageRepeatCountUpdated" && len(w.console) > 0:
		w.console = append(w.console, w.console[len(w.console)-1])
	}
}
