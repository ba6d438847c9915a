package conformance

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"crossorigin.dev/conformance/real"
)

// chromiumPath finds the browser: CHROMIUM names one, else it is in PATH. A
// test without its browser proves nothing, so it fails.
func chromiumPath(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("CHROMIUM"); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			t.Fatalf("CHROMIUM=%s: %v", named, err)
		}
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium found: install it (on Debian: apt-get install -y chromium), or name one with CHROMIUM=/path/to/chromium")
	return ""
}

// A tab is a page of a headless Chromium, and what it had to say.
type tab struct {
	ctx context.Context

	mu       sync.Mutex
	requests []string            // URLs
	received int                 // bytes, headers included
	corsErr  []network.CorsError // of failed requests, in order
	said     []string            // console messages that are no CORS errors
}

// A start of a browser takes seconds, so the tests have one of each, which the
// first to ask for it starts.
var (
	chromium     context.Context
	realBrowsers = map[string]real.Browser{}
	atEnd        []func() // of all tests
)

// openTab opens a tab in a context of its own: there are no cookies, no caches and
// no storage of another. With more flags, it is a Chromium of its own too.
func openTab(t *testing.T, more ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	if len(more) > 0 {
		ctx, stop := startChromium(t, more...)
		t.Cleanup(stop)
		return listenTo(t, ctx)
	}
	if chromium == nil {
		ctx, stop := startChromium(t)
		chromium, atEnd = ctx, append(atEnd, stop)
	}
	ctx, closeTab := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	return listenTo(t, ctx)
}

// startChromium starts a Chromium with an empty profile.
func startChromium(t *testing.T, more ...chromedp.ExecAllocatorOption) (_ context.Context, stop func()) {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromiumPath(t)),
		chromedp.NoSandbox, // containers run as root
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
	)
	options = append(options, more...)
	allocator, release := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	stop = func() { end(); release() }
	if err := chromedp.Do(ctx); err != nil {
		stop()
		t.Fatalf("start Chromium: %v", err)
	}
	return ctx, stop
}

func listenTo(t *testing.T, ctx context.Context) *tab {
	t.Helper()
	b := &tab{ctx: ctx}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, cdplog.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return b
}

// hear takes down what the tab asks for and says.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *network.EventLoadingFinished:
		b.received += int(e.EncodedDataLength)
	case *network.EventLoadingFailed:
		if e.CorsErrorStatus != nil {
			b.corsErr = append(b.corsErr, e.CorsErrorStatus.CorsError)
		}
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		b.said = append(b.said, "console."+string(e.Type))
	case *cdplog.EventEntryAdded:
		// A blocked fetch is logged twice: why it was blocked, and that it
		// failed. The test looks at its reason elsewhere.
		blocked := strings.Contains(e.Entry.Text, "blocked by CORS policy") ||
			strings.HasSuffix(e.Entry.Text, "net::ERR_FAILED")
		if !blocked {
			b.said = append(b.said, string(e.Entry.Source)+": "+e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// heard returns what was taken down so far.
func (b *tab) heard() (requests []string, corsErr []network.CorsError, said []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.requests, b.corsErr, b.said
}

// transferred is how many bytes came in so far.
func (b *tab) transferred() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.received
}

// navigate goes to a page, and waits for it.
func (b *tab) navigate(t *testing.T, url string) {
	t.Helper()
	b.do(t, chromedp.Navigate(url))
}

// do runs actions, and fails the test if they take longer than patience.
func (b *tab) do(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// evaluate returns the value of a JavaScript expression.
func evaluate[T any](t *testing.T, b *tab, expression string, options ...chromedp.EvaluateOption) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, options...))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// patience is how long a thing may take that ought to take milliseconds, on a
// machine that is busy with something else.
const patience = time.Minute
