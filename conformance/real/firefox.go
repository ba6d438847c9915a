//go:build unix

package real

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

func init() { register("firefox", startFirefox) }

// firefox speaks WebDriver BiDi.
//
// A visit reuses the tab of the one before, after cookies, the caches of
// responses and of preflights, passwords, permissions and
// Strict-Transport-Security are cleared: a user context (a container) for each
// visit takes seven times as long. A visit that failed or left a dialog open is
// followed by one in a tab of its own. Connections are kept.
//
// Nothing is intercepted, because a request that BiDi intercepts is not the
// request that Firefox would have made.
type firefox struct {
	process *process
	wire    *wire
	version string
	window  string // context of the browser's own window
	tab     string // context of the page
	spoiled bool   // whether the next visit needs another tab

	mu      sync.Mutex
	entries []logEntry
	marked  chan struct{} // closed when the marker is heard
}

// A logEntry is a message of the console.
type logEntry struct {
	Source struct{ Realm, Context string }
	Text   string
}

// marker is a message that the driver makes to know that it heard the others.
const marker = "crossorigin: the visit is over"

// firefoxPrefs are what Firefox itself does not set under remote control, to be
// silent: each line turns off something that talks to the world.
const firefoxPrefs = `user_pref("network.proxy.type", 0);
user_pref("network.prefetch-next", false);
user_pref("network.dns.disablePrefetch", true);
user_pref("network.http.speculative-parallel-limit", 0);
user_pref("network.http.http3.enable", false);
user_pref("network.trr.mode", 5);
user_pref("security.OCSP.enabled", 0);
user_pref("browser.safebrowsing.provider.mozilla.updateURL", "");
user_pref("browser.safebrowsing.provider.google4.updateURL", "");
user_pref("browser.safebrowsing.update.enabled", false);
user_pref("media.gmp-manager.updateEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("toolkit.telemetry.unified", false);
user_pref("app.update.auto", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.newtab.preload", false);
user_pref("browser.startup.page", 0);
user_pref("browser.sessionhistory.max_total_viewers", 0);
user_pref("dom.security.https_first", false);
user_pref("dom.security.https_first_schemeless", false);
user_pref("network.dns.localDomains", %q);
`

func startFirefox(ctx context.Context, o Options) (Browser, error) {
	path, err := program("FIREFOX", "on Debian: apt-get install firefox-esr; elsewhere: FIREFOX=/path/to/firefox",
		"firefox-esr", "firefox")
	if err != nil {
		return nil, err
	}
	return inWorkspace(func(dir string) (*firefox, error) { return newFirefox(ctx, path, dir, o) })
}

func newFirefox(ctx context.Context, path, dir string, o Options) (*firefox, error) {
	profile := filepath.Join(dir, "profile")
	if err := os.Mkdir(profile, 0o700); err != nil {
		return nil, err
	}
	prefs := fmt.Sprintf(firefoxPrefs, strings.Join(o.Hosts, ","))
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(prefs), 0o600); err != nil {
		return nil, err
	}
	if o.CA != nil {
		if err := trust(ctx, profile, o.CA); err != nil {
			return nil, err
		}
	}
	process, url, err := start(ctx, dir, []string{"MOZ_CRASHREPORTER_DISABLE=1"},
		"WebDriver BiDi listening on ", path,
		"--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0",
		// For clearing what no command of BiDi clears. Pages notice nothing of it.
		"--remote-allow-system-access",
		"about:blank")
	if err != nil {
		return nil, err
	}
	b := &firefox{process: process}
	if b.wire, err = dial(ctx, url+"/session", b.hear, make(chan struct{})); err != nil {
		return nil, errors.Join(err, process.stop())
	}
	if err := b.session(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// session begins a session and finds the window and its first tab.
func (b *firefox) session(ctx context.Context) error {
	// A dialog of a page (alert) stays open, as for a user who looks away.
	capabilities := object{"alwaysMatch": object{"unhandledPromptBehavior": object{"default": "ignore"}}}
	if err := b.wire.call(ctx, "", "session.new", object{"capabilities": capabilities}, nil); err != nil {
		return err
	}
	if err := b.wire.call(ctx, "", "session.subscribe", object{"events": []string{"log.entryAdded"}}, nil); err != nil {
		return err
	}
	for _, of := range []struct {
		params  object
		context *string
	}{{object{"moz:scope": "chrome"}, &b.window}, {object{}, &b.tab}} {
		var tree struct{ Contexts []struct{ Context string } }
		if err := b.wire.call(ctx, "", "browsingContext.getTree", of.params, &tree); err != nil {
			return err
		}
		if len(tree.Contexts) == 0 {
			return errors.New("there is no window")
		}
		*of.context = tree.Contexts[0].Context
	}
	var err error
	b.version, err = b.evaluate(ctx, b.window, beginning, nil)
	return err
}

// beginning resolves to the browser's name and version. A page whose request
// opens a login prompt gets no timer events until that is answered; with the
// listener its timers go on.
const beginning = `(async () => {
	addEventListener("DOMWillOpenModalDialog", event => {
		if (!event.detail?.tabPrompt) event.target.leaveModalState(); // an alert of a page has detail
	}, true);
	return Services.appinfo.name + " " + AppConstants.MOZ_APP_VERSION_DISPLAY;
})()`

func (b *firefox) Name() string    { return "firefox" }
func (b *firefox) Version() string { return b.version }
func (b *firefox) Close() error    { return b.process.stop() }

func (b *firefox) Visit(ctx context.Context, page, script string) (Report, error) {
	report, err := b.visit(ctx, page, script)
	if err != nil {
		b.spoiled = true
	}
	return report, b.process.explain(err)
}

func (b *firefox) visit(ctx context.Context, page, script string) (Report, error) {
	if err := b.prepare(ctx); err != nil {
		return Report{}, err
	}
	marked := make(chan struct{})
	b.mu.Lock()
	b.entries, b.marked = nil, marked
	b.mu.Unlock()

	if err := b.wire.call(ctx, "", "browsingContext.navigate",
		object{"context": b.tab, "url": page, "wait": "interactive"}, nil); err != nil {
		return Report{}, err
	}
	var realm string
	resolved, err := b.evaluate(ctx, b.tab, asExpression(script), &realm)
	if err != nil {
		return Report{}, err
	}
	// Why a request was blocked is sent to the page's process on the way that
	// commands take, before its script learns that it was. There, messages are
	// told in order, errors that a script reports among them.
	if _, err := b.evaluate(ctx, b.tab, fmt.Sprintf("Promise.resolve(String(reportError(%q)))", marker), nil); err != nil {
		return Report{}, err
	}
	select {
	case <-marked:
	case <-b.process.ended:
		return Report{}, b.process.died()
	case <-ctx.Done():
		return Report{}, fmt.Errorf("the console: %w", ctx.Err())
	}
	var report Report
	b.mu.Lock()
	for _, e := range b.entries {
		if e.Source.Realm == realm { // and not of the page before
			report.Console = append(report.Console, e.Text)
		}
	}
	b.mu.Unlock()
	report.Value, err = value(resolved)
	return report, err
}

// clearing forgets what a visit leaves, and resolves to whether the tab has a
// dialog open.
const clearing = `new Promise((resolve, reject) => {
	const {CLEAR_COOKIES, CLEAR_NETWORK_CACHE, CLEAR_PREFLIGHT_CACHE, CLEAR_AUTH_CACHE, CLEAR_PERMISSIONS, CLEAR_HSTS} = Ci.nsIClearDataService;
	const all = CLEAR_COOKIES | CLEAR_NETWORK_CACHE | CLEAR_PREFLIGHT_CACHE | CLEAR_AUTH_CACHE | CLEAR_PERMISSIONS | CLEAR_HSTS;
	const box = gBrowser.getTabDialogBox(gBrowser.selectedBrowser);
	const dialog = box.getTabDialogManager().hasDialogs || box.getContentDialogManager().hasDialogs;
	Services.clearData.deleteData(all, {
		onDataDeleted(failed) { failed ? reject(new Error("cannot clear " + failed)) : resolve(dialog ? "dialog" : "clear") },
	});
})`

// prepare makes b.tab a tab with nothing of an earlier visit.
func (b *firefox) prepare(ctx context.Context) error {
	if b.spoiled {
		if err := b.changeTab(ctx); err != nil {
			return err
		}
	}
	found, err := b.evaluate(ctx, b.window, clearing, nil)
	if err == nil && found == "dialog" {
		err = b.changeTab(ctx)
	}
	b.spoiled = err != nil
	return err
}

// changeTab opens a tab and then closes the one before, because a window ends
// with its last tab. It is not opened in front, which would wait for a page that
// runs without end.
func (b *firefox) changeTab(ctx context.Context) error {
	var created struct{ Context string }
	if err := b.wire.call(ctx, "", "browsingContext.create", object{"type": "tab", "background": true}, &created); err != nil {
		return err
	}
	last := b.tab
	b.tab = created.Context
	return b.wire.call(ctx, "", "browsingContext.close", object{"context": last}, nil)
}

// evaluate evaluates an expression, a promise of a string. It sets realm, unless
// nil, to the global object it was evaluated in.
func (b *firefox) evaluate(ctx context.Context, at, expression string, realm *string) (string, error) {
	var evaluated struct {
		Realm            string
		Result           struct{ Value string }
		ExceptionDetails *struct{ Text string }
	}
	if err := b.wire.call(ctx, "", "script.evaluate",
		object{"expression": expression, "target": object{"context": at}, "awaitPromise": true}, &evaluated); err != nil {
		return "", err
	}
	if e := evaluated.ExceptionDetails; e != nil {
		return "", fmt.Errorf("the script does not run: %s", e.Text)
	}
	if realm != nil {
		*realm = evaluated.Realm
	}
	return evaluated.Result.Value, nil
}

func (b *firefox) hear(e event) {
	var entry logEntry
	if e.Method != "log.entryAdded" || json.Unmarshal(e.Params, &entry) != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if entry.Source.Context != b.tab || b.marked == nil {
		return
	}
	if strings.Contains(entry.Text, marker) {
		close(b.marked)
		b.marked = nil
		return
	}
	b.entries = append(b.entries, entry)
}
