// Package real drives real browsers from outside: it opens a page, runs a
// script there, and says what came of it. It is for tests that ask whether the
// project's engine does what browsers do.
//
// A browser is one file that registers itself. Its driver speaks the browser's
// own protocol, so only the browser itself has to be there: for what the Debian
// packages are called, see browsers.sh beside this package. How a driver keeps
// visits apart is said at its type; how long a visit takes, by
//
//	go test -run NONE -bench Visit
package real

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// A Browser is a real browser, running. One visit follows the other; several
// browsers, also of one name, can be visited at once.
type Browser interface {
	// Name is "chromium", "firefox" or "webkit", the name Start took.
	Name() string

	// Version is the browser's product and version, such as
	// "Firefox 153.7.0esr".
	Version() string

	// Visit opens page in a fresh context, with nothing of an earlier visit: no
	// cookies, no HTTP cache, no preflight cache, no permission. It runs script
	// there, the body of an async function, and returns the value as JSON,
	// with what the browser said of blocked requests meanwhile.
	//
	// A script that throws, a page that does not load and a browser that died
	// are errors; that only the page's process died shows when ctx ends, as
	// with a script without end. After an error the browser can be visited
	// again, unless it died.
	//
	// A prompt that the browser shows (a login, a permission) is left open: what
	// waits for it stays pending, which the script has to bound with a timer of
	// its own. The prompt goes away with the visit, as does all that is still
	// under way when the script ends.
	Visit(ctx context.Context, page, script string) (Report, error)

	// Close ends the browser and all of its processes, and removes its profile.
	// A visit under way fails.
	Close() error
}

// A Report is what came of a visit.
type Report struct {
	Value   json.RawMessage // what the script returned; null if nothing
	Console []string        // console messages in order, as the browser words them

	// Reasons are why requests failed, in order, in the words of Chromium's
	// protocol: a CORS error and its parameter
	// ("MethodDisallowedByPreflightResponse PUT"), else why it was blocked or
	// which network error it met. Other browsers have only the console.
	Reasons []string
}

// Options say what world the browser finds.
type Options struct {
	Hosts []string // names that resolve to 127.0.0.1, such as "a.test"
	CA    []byte   // certificate authority to trust, PEM; nil for none
}

// starters are the browsers there are, in the order of their files' names.
var starters []starter

type starter struct {
	name  string
	start func(context.Context, Options) (Browser, error)
}

// register is for the init function of a browser's file.
func register(name string, start func(context.Context, Options) (Browser, error)) {
	starters = append(starters, starter{name, start})
}

// Names returns the names that Start takes.
func Names() []string {
	var names []string
	for _, s := range starters {
		names = append(names, s.name)
	}
	return names
}

// Start starts the browser of that name, headless, with an empty profile. The
// context bounds the start only. An error for a browser that is not there says
// what to install.
func Start(ctx context.Context, name string, o Options) (Browser, error) {
	for _, s := range starters {
		if s.name == name {
			b, err := s.start(ctx, o)
			if err != nil {
				return nil, fmt.Errorf("start %s: %w", name, err)
			}
			return b, nil
		}
	}
	return nil, fmt.Errorf("no browser %q: there are %s", name, strings.Join(Names(), ", "))
}

// asExpression is script as the expression of a promise. It waits for the page
// to have loaded, and resolves to JSON that value takes apart, so that all
// browsers say the same of what a script did.
func asExpression(script string) string {
	return `(async () => {
if (document.readyState !== "complete") await new Promise(loaded => addEventListener("load", loaded, {once: true}));
try {
	const value = await (async () => {` + script + "\n" + `})();
	return JSON.stringify({value: value === undefined ? null : value});
} catch (e) {
	return JSON.stringify({thrown: String(e)});
}
})()`
}

// value returns what the script of an expression returned.
func value(resolved string) (json.RawMessage, error) {
	var outcome struct {
		Value  json.RawMessage
		Thrown *string
	}
	if err := json.Unmarshal([]byte(resolved), &outcome); err != nil {
		return nil, fmt.Errorf("the script's value is no JSON: %w", err)
	}
	if outcome.Thrown != nil {
		return nil, fmt.Errorf("the script threw %s", *outcome.Thrown)
	}
	return outcome.Value, nil
}
