package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"crossorigin.dev/conformance/real"
)

// experimentBrowsers are those that run every preset.
var experimentBrowsers = []string{"chromium", "firefox"}

// startReal returns a browser of which every visit is a first one.
func startReal(t *testing.T, name string) real.Browser {
	t.Helper()
	if b := realBrowsers[name]; b != nil {
		return b
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	b, err := real.Start(ctx, name, real.Options{})
	if err != nil {
		t.Fatal(err)
	}
	realBrowsers[name] = b
	atEnd = append(atEnd, func() { _ = b.Close() }) // whose own tests are in package real
	return b
}

// visit opens a page, and reads what the script returns there.
func visit[T any](t *testing.T, b real.Browser, page, script string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*patience)
	defer cancel()
	report, err := b.Visit(ctx, page, waiting+script)
	if err != nil {
		t.Fatal(err)
	}
	var value T
	if err := json.Unmarshal(report.Value, &value); err != nil {
		t.Fatalf("%s: %v", report.Value, err)
	}
	return value
}

// waiting is what scripts wait with: until something is so, however long that
// takes on a busy machine.
const waiting = `
	const until = async (so, what) => {
		for (let i = 0; i < 6000; i++) {
			const value = so();
			if (value) return value;
			await new Promise((done) => setTimeout(done, 10));
		}
		throw new Error("waited in vain for " + what);
	};
	const at = (selector) => document.querySelector(selector);
	const text = (selector) => (at(selector)?.textContent ?? "").trim().replace(/\s+/g, " ");
	const shown = () => at("#outcome")?.dataset.query;
	const follow = async (link) => {
		const want = link.getAttribute("href").split("?")[1];
		link.click();
		await until(() => location.search === "?" + want && shown() === want, want);
	};
	const runs = async () => {
		at("#run").click();
		return until(() => at("#pair .verdict") ?? at("#outcome .problem"), "the run");
	};
	await until(() => document.readyState === "complete", "the page");
`

// A presetRun is what a preset came to in a browser.
type presetRun struct {
	ID       string `json:"id"`
	Live     bool   `json:"live"`
	Said     string `json:"said"`
	Agree    string `json:"agree"`
	Differs  string `json:"differs"` // rows of the table in which run and prediction differ
	Measured string `json:"measured"`
	Fixed    string `json:"fixed"` // what the run with its fix said; empty if there is no fix
	Outcome  string `json:"outcome"`
	Code     string `json:"code"`
}

// TestPresets runs every preset with one click, and again with its fix.
func TestPresets(t *testing.T) {
	for _, browser := range experimentBrowsers {
		t.Run(browser, func(t *testing.T) {
			site, _ := startPlay(t)
			results := visit[[]presetRun](t, startReal(t, browser), site+"/experiment", `
				const results = [];
				for (const link of document.querySelectorAll("[data-preset]")) {
					await follow(link);
					const result = { id: link.dataset.preset, live: !!at("#run"), said: "", agree: "", fixed: "", outcome: "",
						code: at(".diagnosis").dataset.code ?? "", measured: text(".measured"),
						current: link.getAttribute("aria-current") };
					if (result.live) {
						await runs();
						result.said = text("#pair .verdict") || text("#outcome .problem");
						result.agree = at("#pair .verdict")?.dataset.agree ?? "";
						result.differs = text("#pair tr.differs");
					}
					const fix = at("#fix");
					if (fix) {
						await follow(fix);
						result.outcome = at("#outcome").dataset.outcome;
						await runs();
						result.fixed = text("#pair .verdict") + " " + text("#pair tr.differs");
					}
					results.push(result);
				}
				return results;`)
			if len(results) < 29 {
				t.Errorf("%d presets, want 29 at least", len(results))
			}
			for _, r := range results {
				t.Run(r.ID, func(t *testing.T) { r.check(t) })
			}
		})
	}
}

// recordedOnly are the presets that no page of http://localhost can run.
var recordedOnly = map[string]bool{
	"null-origin/file": true, "mixed-content": true, "local-network": true, "no-answer/blocker": true, "login-awaited": true,
}

func (r presetRun) check(t *testing.T) {
	if r.Live == recordedOnly[r.ID] {
		t.Errorf("live: %v", r.Live)
	}
	switch {
	case r.Live:
		if r.Agree != "true" {
			t.Errorf("%s %s", r.Said, r.Differs)
		}
	case !strings.Contains(r.Measured, "not live"):
		t.Error("no measurement stands in for the run")
	}
	if r.Fixed == "" {
		return
	}
	if r.Outcome != "allowed" {
		t.Errorf("with the fix it is %s", r.Outcome)
	}
	if want := "Your browser did as predicted. "; r.Fixed != want {
		t.Errorf("with the fix: %s", r.Fixed)
	}
}

// TestExperimentHistory types, goes back and forth, and opens the link anew.
func TestExperimentHistory(t *testing.T) {
	for _, browser := range experimentBrowsers {
		t.Run(browser, func(t *testing.T) {
			site, _ := startPlay(t)
			b := startReal(t, browser)
			got := visit[map[string]string](t, b, site+"/experiment", `
				const seen = {};
				const look = () => JSON.stringify([shown(), at("#method").value, at("#credentials").value, at("#r0h").value, at("#outcome").dataset.outcome]);
				const type = (name, value) => {
					at("#" + name).value = value;
					at("#" + name).dispatchEvent(new Event("input", { bubbles: true }));
					at("#" + name).dispatchEvent(new Event("change", { bubbles: true }));
				};
				const back = async (way, want) => {
					history.go(way);
					await until(() => look() === want, "the history: " + want + " from " + look());
				};
				seen.first = look();
				await follow(at("[data-preset='wildcard-with-credentials']"));
				seen.preset = look();
				type("credentials", "omit");
				await until(() => location.search.includes("credentials=omit"), "the address");
				type("method", "HEAD");
				await until(() => location.search.includes("method=HEAD"), "the address");
				seen.typed = look();
				seen.url = location.href;
				await back(-1, seen.preset);
				await back(-1, seen.first);
				await back(2, seen.typed);
				seen.end = look();
				return seen;`)
			if got["end"] != got["typed"] || got["preset"] == got["first"] {
				t.Errorf("%v", got)
			}
			if want := `credentials=omit`; !strings.Contains(got["url"], want) {
				t.Errorf("the address is %s", got["url"])
			}
			// In a browser that knows nothing of it the link shows the same.
			again := visit[string](t, b, got["url"], `
				return JSON.stringify([shown(), at("#method").value, at("#credentials").value, at("#r0h").value, at("#outcome").dataset.outcome]);`)
			if again != got["typed"] {
				t.Errorf("the link shows %s, want %s", again, got["typed"])
			}
		})
	}
}

// TestExperimentHostileLink opens links that nobody made with the lab.
func TestExperimentHostileLink(t *testing.T) {
	site, api := startPlay(t)
	b := startReal(t, "chromium")
	for query, want := range map[string]string{
		"v=9":                                    "another version of the lab",
		"v=1&evil=1":                             "means nothing here",
		"v=1&r0h=%00":                            "no text has",
		"v=1&body=" + strings.Repeat("x", 13000): "no experiment needs more",
		"v=1&method=%3Cscript%3Ealert(1)%3C%2Fscript%3E":                                         "",
		"v=1&r0h=Location%3A+https%3A%2F%2Fevil.example%2F":                                      "leads to the lab’s own servers only",
		"v=1&body=%3C%2Ftextarea%3E%3Cimg+src%3Dx%3E&headers=%3C%2Ftextarea%3E%3Cimg+src%3Dx%3E": "has no colon",
	} {
		t.Run(fmt.Sprintf("%.40s", query), func(t *testing.T) {
			type page struct {
				Problem string   `json:"problem"`
				Images  int      `json:"images"`
				Asked   []string `json:"asked"`
			}
			got := visit[page](t, b, site+"/experiment?"+query, `
				return { problem: text("main"), images: document.images.length,
					asked: performance.getEntriesByType("resource").map((entry) => entry.name) };`)
			if !strings.Contains(got.Problem, want) || got.Images != 0 {
				t.Errorf("%d images, and it says %.300s", got.Images, got.Problem)
			}
			for _, url := range got.Asked {
				if !strings.HasPrefix(url, site+"/") && !strings.HasPrefix(url, api+"/") {
					t.Errorf("the page asked for %s", url)
				}
			}
		})
	}
}

// TestExperimentSpeed prints, with -v, how long it is from a keystroke to the
// verdict being in the page, to the end of the frame in which it is painted, and to
// all that follows from it being in the page too: docs/play.md has the figures.
// Times decide nothing here.
func TestExperimentSpeed(t *testing.T) {
	site, _ := startPlay(t)
	for _, browser := range experimentBrowsers {
		t.Run(browser, func(t *testing.T) {
			type speed struct {
				Placed  []float64 `json:"placed"`
				Painted []float64 `json:"painted"`
				Whole   []float64 `json:"whole"`
				Verdict string    `json:"verdict"`
			}
			// Every keystroke leaves a header that can be read, so that every answer is
			// a whole prediction; and comes when the page is at rest, as a reader's does.
			got := visit[speed](t, startReal(t, browser), site+"/experiment", `
				const placed = [], painted = [], whole = [];
				const field = at("#r0h");
				const name = "Access-Control-Allow-Origin:";
				const full = name + " " + location.origin;
				const frameEnds = () => new Promise((done) => requestAnimationFrame(() => {
					const after = new MessageChannel();
					after.port1.onmessage = done;
					after.port2.postMessage("");
				}));
				const changes = (of) => new Promise((done) => {
					const before = of();
					const look = new MutationObserver(() => of() !== before && (look.disconnect(), done()));
					look.observe(at("#foreseen"), { childList: true, attributes: true, subtree: true });
				});
				for (let n = 0; n < 4 * (full.length - name.length); n++) {
					await new Promise((done) => setTimeout(done, 20 + (7 * n) % 30));
					const verdict = changes(shown);
					const rest = changes(() => at("#about-it")); // which every prediction brings anew
					const begun = performance.now();
					field.value = full.slice(0, name.length + 1 + n % (full.length - name.length));
					field.dispatchEvent(new Event("input", { bubbles: true }));
					const follows = rest.then(() => whole.push(performance.now() - begun));
					await verdict;
					placed.push(performance.now() - begun);
					await frameEnds();
					painted.push(performance.now() - begun);
					await follows;
				}
				return { placed, painted, whole, verdict: at("#outcome").dataset.outcome };`)
			if got.Verdict != "allowed" {
				t.Errorf("at the end it is %s", got.Verdict)
			}
			for _, until := range []struct {
				what  string
				times []float64
			}{{"the verdict is in the page", got.Placed}, {"it is painted", got.Painted}, {"all is in the page", got.Whole}} {
				slices.Sort(until.times)
				n := len(until.times)
				t.Logf("from a keystroke until %s: 1 of 10 within %.1f ms, half within %.1f ms, 9 of 10 within %.1f ms (of %d)",
					until.what, until.times[n/10], until.times[n/2], until.times[n*9/10], n)
			}
		})
	}
}

// TestExperimentByKeyboard writes, runs with the Enter key, and looks at what a
// screen reader is told; then once more on a telephone, after cors play has
// ended.
func TestExperimentByKeyboard(t *testing.T) {
	play := launch(t)
	b := openTab(t)
	b.navigate(t, play.site+"/experiment")
	b.do(t, chromedp.Focus(chromedp.CSS("#r0h")), chromedp.KeyEvent("Access-Control-Allow-Origin: *"))
	const told = `document.getElementById("status").textContent`
	wait(t, b, told+`.startsWith("Allowed The script may read the response")`)
	wait(t, b, `location.search === "?v=1&r0h=Access-Control-Allow-Origin%3A+%2A"`)
	b.do(t, chromedp.Focus(chromedp.CSS("#method")), chromedp.KeyEvent("\r"))
	wait(t, b, told+` === "Your browser did as predicted."`)
	if id := evaluate[string](t, b, `document.activeElement.id`); id != "method" {
		t.Errorf("the focus went to %q", id)
	}
	if n := evaluate[int](t, b, `document.querySelectorAll("#live li").length`); n != 1 {
		t.Errorf("%d lines in the live log, want 1", n)
	}
	// The link to the content is no step of the experiment, and leaves the run be.
	b.do(t, chromedp.Focus(chromedp.CSS(".skip")), chromedp.KeyEvent("\r"))
	wait(t, b, `location.hash === "#main" && document.activeElement.id === "main"`)
	evaluate[int](t, b, `setTimeout(() => history.back())`)
	wait(t, b, `location.hash === ""`)
	if said := evaluate[string](t, b, `document.querySelector("#pair .verdict")?.textContent ?? "nothing"`); said != "Your browser did as predicted." {
		t.Errorf("after the link to the content the run says %q", said)
	}
	if _, _, said := b.heard(); len(said) != 0 {
		t.Errorf("the console says: %s", said)
	}
	b.do(t, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	if width := evaluate[int](t, b, `document.documentElement.scrollWidth`); width > 390 {
		t.Errorf("the page is %d pixels wide on a screen of 390", width)
	}
	play.interrupt(t)
	b.do(t, chromedp.Click(chromedp.CSS("#run")))
	wait(t, b, told+` === "The site does not answer. Is “cors play” still running?"`)
}
