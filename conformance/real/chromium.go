//go:build unix

package real

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

func init() { register("chromium", startChromium) }

// chromium speaks the DevTools protocol.
//
// A visit reuses the tab of the one before, after its cookies, its HTTP cache
// and with it its preflight cache are cleared: a browser context (an incognito
// profile) for each visit isolates as much and takes ten times as long. A visit
// that left a request unanswered may have left a prompt open, and may have
// answers under way: the next one has a browser context and a tab of its own.
// Connections are kept, and so is what only a page's Strict-Transport-Security
// or a password in its URL could bring in.
//
// The tab is an ordinary one. In a hidden one, which would be faster, Chromium
// shows no login prompt and hands the 401 to the script instead.
type chromium struct {
	process *process
	wire    *wire
	version string
	tab     *tab // nil until there is one fit for a visit

	mu    sync.Mutex
	visit *recording // of the tab's present visit, or nil
}

// A tab is a page in a browser context of its own.
type tab struct{ context, session string }

// A recording is what a tab told during a visit.
type recording struct {
	session string
	report  Report
	// The visit's requests by id, and whether each was answered. A preflight
	// belongs to its request.
	answered map[string]bool
}

func startChromium(ctx context.Context, o Options) (Browser, error) {
	path, err := program("CHROMIUM", "on Debian: apt-get install chromium; elsewhere: CHROMIUM=/path/to/chrome",
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
	if err != nil {
		return nil, err
	}
	return inWorkspace(func(dir string) (*chromium, error) { return newChromium(ctx, path, dir, o) })
}

func newChromium(ctx context.Context, path, dir string, o Options) (*chromium, error) {
	if o.CA != nil {
		// Chromium on Linux trusts what the user's NSS database trusts.
		if err := trust(ctx, filepath.Join(dir, ".pki", "nssdb"), o.CA); err != nil {
			return nil, err
		}
	}
	// A browser context is an incognito profile, which by itself blocks the
	// cookies of third parties; an ordinary profile does not.
	preferences := filepath.Join(dir, "profile", "Default", "Preferences")
	if err := os.MkdirAll(filepath.Dir(preferences), 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(preferences, []byte(`{"profile":{"cookie_controls_mode":0}}`), 0o600); err != nil {
		return nil, err
	}
	var rules []string
	for _, host := range o.Hosts {
		rules = append(rules, "MAP "+host+" 127.0.0.1")
	}
	process, url, err := start(ctx, dir, nil, "DevTools listening on ", path,
		"--headless",
		"--no-sandbox", // containers run as root
		"--user-data-dir="+filepath.Join(dir, "profile"),
		"--remote-debugging-port=0",
		"--host-resolver-rules="+strings.Join(rules, ","),
		"--no-proxy-server",
		// Without these it talks to the world.
		"--no-first-run", "--no-default-browser-check", "--disable-background-networking",
		"--disable-component-update", "--disable-domain-reliability", "--disable-sync", "--disable-quic",
		"--disable-breakpad", "--disable-gpu", "--disable-dev-shm-usage",
		// A page that is left ends, with all that it had under way. And
		// what a page asks for over HTTP is not tried over HTTPS first.
		"--disable-features=BackForwardCache,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
		"about:blank")
	if err != nil {
		return nil, err
	}
	b := &chromium{process: process}
	if b.wire, err = dial(ctx, url, b.hear, make(chan struct{})); err != nil {
		return nil, errors.Join(err, process.stop())
	}
	var version struct{ Product string } // Chrome/156.0.8078.79
	if err := b.wire.call(ctx, "", "Browser.getVersion", nil, &version); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	_, number, _ := strings.Cut(version.Product, "/")
	b.version = "Chromium " + number
	return b, nil
}

func (b *chromium) Name() string    { return "chromium" }
func (b *chromium) Version() string { return b.version }
func (b *chromium) Close() error    { return b.process.stop() }

func (b *chromium) Visit(ctx context.Context, page, script string) (Report, error) {
	if err := b.prepare(ctx); err != nil {
		return Report{}, b.process.explain(err)
	}
	b.record(&recording{session: b.tab.session, answered: make(map[string]bool)})
	resolved, err := b.run(ctx, page, asExpression(script))
	visit := b.record(nil)
	if err == nil {
		visit.report.Value, err = value(resolved)
	}
	unanswered := false
	for _, answered := range visit.answered {
		unanswered = unanswered || !answered
	}
	if err != nil || unanswered {
		if closing := b.closeTab(); err == nil {
			err = closing
		}
	}
	return visit.report, b.process.explain(err)
}

// run navigates the tab and evaluates an expression there. All that the page's
// process tells meanwhile is heard before run returns.
func (b *chromium) run(ctx context.Context, page, expression string) (string, error) {
	var navigated struct{ ErrorText string }
	if err := b.wire.call(ctx, b.tab.session, "Page.navigate", object{"url": page}, &navigated); err != nil {
		return "", err
	}
	if navigated.ErrorText != "" {
		return "", fmt.Errorf("open %s: %s", page, navigated.ErrorText)
	}
	var evaluated struct {
		Result           struct{ Value string }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	err := b.wire.call(ctx, b.tab.session, "Runtime.evaluate",
		object{"expression": expression, "awaitPromise": true, "returnByValue": true}, &evaluated)
	if e := evaluated.ExceptionDetails; e != nil {
		err = fmt.Errorf("the script does not run: %s %s", e.Text, e.Exception.Description)
	}
	return evaluated.Result.Value, err
}

// prepare makes b.tab a tab with nothing of an earlier visit.
func (b *chromium) prepare(ctx context.Context) error {
	if b.tab == nil {
		return b.openTab(ctx)
	}
	cookies := b.wire.send(ctx, b.tab.session, "Network.clearBrowserCookies", nil)
	caches := b.wire.send(ctx, b.tab.session, "Network.clearBrowserCache", nil)
	return errors.Join(cookies(nil), caches(nil))
}

func (b *chromium) openTab(ctx context.Context) error {
	var isolated struct{ BrowserContextID string }
	if err := b.wire.call(ctx, "", "Target.createBrowserContext", nil, &isolated); err != nil {
		return err
	}
	b.tab = &tab{context: isolated.BrowserContextID}
	err := b.attach(ctx)
	if err != nil {
		err = errors.Join(err, b.closeTab())
	}
	return err
}

// attach opens the page of b.tab and listens to it.
func (b *chromium) attach(ctx context.Context) error {
	var target struct{ TargetID string }
	if err := b.wire.call(ctx, "", "Target.createTarget",
		object{"url": "about:blank", "browserContextId": b.tab.context}, &target); err != nil {
		return err
	}
	var attached struct{ SessionID string }
	if err := b.wire.call(ctx, "", "Target.attachToTarget",
		object{"targetId": target.TargetID, "flatten": true}, &attached); err != nil {
		return err
	}
	b.tab.session = attached.SessionID
	for _, domain := range []string{"Network", "Log", "Runtime"} {
		if err := b.wire.call(ctx, b.tab.session, domain+".enable", nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// closeTab closes the tab with its browser context, also if the time for the
// visit is over.
func (b *chromium) closeTab() error {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	context := b.tab.context
	b.tab = nil
	return b.wire.call(ctx, "", "Target.disposeBrowserContext", object{"browserContextId": context}, nil)
}

// record makes next the recording that events go to, and returns the one before.
func (b *chromium) record(next *recording) *recording {
	b.mu.Lock()
	defer b.mu.Unlock()
	last := b.visit
	b.visit = next
	return last
}

func (b *chromium) hear(e event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.visit != nil && b.visit.session == e.Session {
		b.visit.hear(e)
	}
}

func (r *recording) hear(e event) {
	var p struct {
		RequestID        string
		Type             any    // of a request, a resource type
		ErrorText        string // net::ERR_FAILED
		BlockedReason    string
		CorsErrorStatus  struct{ CorsError, FailedParameter string }
		Entry            struct{ Text string }
		Args             []argument
		ExceptionDetails struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	if json.Unmarshal(e.Params, &p) != nil {
		return
	}
	switch e.Method {
	case "Network.requestWillBeSent":
		if p.Type != "Preflight" {
			r.answered[p.RequestID] = false
		}
	case "Network.responseReceived":
		if _, ours := r.answered[p.RequestID]; ours {
			r.answered[p.RequestID] = true
		}
	case "Network.loadingFailed":
		if _, ours := r.answered[p.RequestID]; ours {
			r.answered[p.RequestID] = true
			reason := cmp.Or(p.CorsErrorStatus.CorsError, p.BlockedReason, p.ErrorText)
			r.report.Reasons = append(r.report.Reasons,
				strings.TrimSpace(reason+" "+p.CorsErrorStatus.FailedParameter))
		}
	case "Log.entryAdded":
		r.report.Console = append(r.report.Console, p.Entry.Text)
	case "Runtime.consoleAPICalled":
		r.report.Console = append(r.report.Console, words(p.Args))
	case "Runtime.exceptionThrown":
		r.report.Console = append(r.report.Console,
			strings.TrimSpace(p.ExceptionDetails.Text+" "+p.ExceptionDetails.Exception.Description))
	}
}
