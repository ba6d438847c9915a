package conformance

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestLessonByKeyboard takes a lesson twice without a mouse, and looks at what a
// screen reader is told.
func TestLessonByKeyboard(t *testing.T) {
	site, _ := startPlay(t)
	b := openTab(t)
	b.navigate(t, site+"/learn/post")
	b.do(t, chromedp.Focus(chromedp.CSS(`[name="guess"]`)), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown))
	if guess := evaluate[string](t, b, `document.querySelector("[name=guess]:checked").value`); guess != "hidden" {
		t.Fatalf("two steps down from the first choice is %q", guess)
	}
	for i, key := range []string{"\r", "\t"} {
		b.do(t, chromedp.KeyEvent(key)) // Enter sends the form; Tab goes on to the button
		if i == 1 {
			b.do(t, chromedp.KeyEvent("\r"))
		}
		wait(t, b, `document.getElementById("status").textContent !== "" && !document.querySelector("[aria-disabled]")`)
		const want = "You predicted it. It sends the request, but keeps the answer from the page."
		if got := evaluate[string](t, b, `document.getElementById("status").textContent`); got != want {
			t.Errorf("the live region says %q, want %q", got, want)
		}
		evaluate[string](t, b, `document.getElementById("status").textContent = ""`)
	}
	if id := evaluate[string](t, b, `document.activeElement.id`); id != "run" {
		t.Errorf("the focus went to %q", id)
	}
	const want = "On the server, the votes went from 1 to 2."
	if got := evaluate[string](t, b, `document.querySelector(".change").textContent`); got != want {
		t.Errorf("after two votes the page says %q, want %q", got, want)
	}
	if _, _, said := b.heard(); len(said) != 0 {
		t.Errorf("the console says: %s", said)
	}
}

// TestBackAndForward goes through pages, back and forth, and finds each as it
// was left, and on the front page what has been done.
func TestBackAndForward(t *testing.T) {
	site, _ := startPlay(t)
	b := openTab(t)
	b.navigate(t, site+"/")
	follow := func(link, path string) {
		t.Helper()
		b.do(t, chromedp.Click(chromedp.CSS(link)))
		wait(t, b, fmt.Sprintf(`location.pathname === %q && document.readyState === "complete"`, path))
	}
	follow("#start", "/learn/origin")
	b.do(t, chromedp.Click(chromedp.CSS("#run")))
	wait(t, b, `document.querySelector(".lesson").dataset.state === "done"`)
	follow(`[rel="next"]`, "/learn/same-origin-policy")
	back := func(path string) {
		t.Helper()
		evaluate[int](t, b, `setTimeout(() => history.back())`)
		wait(t, b, fmt.Sprintf(`location.pathname === %q`, path))
	}
	back("/learn/origin")
	if n := evaluate[int](t, b, `document.querySelectorAll('.path [data-done="true"]').length`); n != 1 {
		t.Errorf("the path shows %d lessons as done, want 1", n)
	}
	back("/")
	wait(t, b, `document.getElementById("tally").textContent === "1 of 15 done"`)
	const want = "Go on: The same-origin policy"
	if got := evaluate[string](t, b, `document.getElementById("start").textContent`); got != want {
		t.Errorf("the button says %q, want %q", got, want)
	}
	evaluate[int](t, b, `setTimeout(() => history.forward())`)
	wait(t, b, `location.pathname === "/learn/origin"`)
}

// TestPhone looks for pages that fit the width of a telephone, before a run and
// after it.
func TestPhone(t *testing.T) {
	site, _ := startPlay(t)
	pages := lessonsOf(t, site)
	b := openTab(t)
	b.do(t, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	for _, page := range append([]string{"/", "/experiment"}, pages...) {
		b.navigate(t, site+page)
		if strings.HasPrefix(page, "/learn/") {
			b.do(t, chromedp.Click(chromedp.CSS("#run")))
			wait(t, b, `document.querySelector(".lesson").dataset.state === "done"`)
			const shown = `[...document.querySelectorAll(".step[open] svg.cors-diagram")].filter((svg) => svg.getBoundingClientRect().height > 0).length`
			if n, open := evaluate[int](t, b, shown), evaluate[int](t, b, `document.querySelectorAll(".step[open]").length`); n != 2*open {
				t.Errorf("%s: %d diagrams in sight, want %d", page, n, 2*open)
			}
		}
		if width := evaluate[int](t, b, `document.documentElement.scrollWidth`); width > 390 {
			t.Errorf("%s is %d pixels wide on a screen of 390", page, width)
		}
	}
}

// TestKeepsToItself takes every lesson in a browser that can resolve no name
// but this machine's, and looks at what it asked for, and that no page has
// anything to complain of, such as what its policy forbids.
func TestKeepsToItself(t *testing.T) {
	site, api := startPlay(t)
	pages := lessonsOf(t, site)
	b := openTab(t, chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"))
	for _, page := range pages {
		b.navigate(t, site+page)
		b.do(t, chromedp.Click(chromedp.CSS("#run")))
		wait(t, b, `["done", "failed"].includes(document.querySelector(".lesson").dataset.state)`)
		if problem := evaluate[string](t, b, `document.getElementById("problem").textContent`); problem != "" {
			t.Errorf("%s: %s", page, problem)
		}
	}
	numeric := strings.NewReplacer("localhost", "127.0.0.1")
	requests, _, said := b.heard()
	for _, url := range requests {
		if !slices.ContainsFunc([]string{site, api, numeric.Replace(site), numeric.Replace(api)}, func(own string) bool {
			return strings.HasPrefix(url, own+"/")
		}) {
			t.Errorf("a page asked for %s, which is neither the site nor the API", url)
		}
	}
	for _, message := range said {
		t.Errorf("the console says: %s", message)
	}
}

// TestLogsAreApart opens two pages and runs a lesson in one: the other's log
// stays empty.
func TestLogsAreApart(t *testing.T) {
	site, _ := startPlay(t)
	one, other := openTab(t), openTab(t)
	for _, b := range []*tab{one, other} {
		b.navigate(t, site+"/learn/preflight")
	}
	one.do(t, chromedp.Click(chromedp.CSS("#run")))
	wait(t, one, `document.querySelectorAll("#live li").length === 2`)
	if n := evaluate[int](t, other, `document.querySelectorAll("#live li").length`); n != 0 {
		t.Errorf("another page's log shows %d requests", n)
	}
	const lines = `[...document.querySelectorAll("#live summary")].map((line) => line.children[1].textContent + " " + line.children[2].textContent).join(", ")`
	if got, want := evaluate[string](t, one, lines), "OPTIONS /note preflight, PUT /note 200"; got != want {
		t.Errorf("the log shows %q, want %q", got, want)
	}
}

// A viewed page is what its first view cost.
type viewed struct {
	page      string
	bytes     int     // transferred, headers included
	scripting float64 // milliseconds
}

// TestFirstView measures what the first view of a page takes, of lessons those
// with the fewest and the most diagrams: bytes, which are bounded, and time in
// scripts, which is told.
func TestFirstView(t *testing.T) {
	site, _ := startPlay(t)
	for _, page := range []string{"/", "/learn/origin", "/learn/preflight-cache", "/experiment"} {
		b := openTab(t) // with nothing in its cache
		if _, err := chromedp.Call(b.ctx, performance.Enable, performance.EnableParams{}); err != nil {
			t.Fatal(err)
		}
		b.navigate(t, site+page)
		wait(t, b, `document.readyState === "complete"`)
		metrics, err := chromedp.Call(b.ctx, performance.GetMetrics, cdp.Empty{})
		if err != nil {
			t.Fatal(err)
		}
		v := viewed{page: page, bytes: b.transferred()}
		for _, m := range metrics.Metrics {
			if m.Name == "ScriptDuration" {
				v.scripting = 1000 * m.Value
			}
		}
		t.Logf("%-28s %6.1f KB transferred, %5.1f ms of scripting", v.page, float64(v.bytes)/1000, v.scripting)
		const most = 150_000
		if v.bytes == 0 || v.bytes > most {
			t.Errorf("%s: %d bytes were transferred, want at most %d", page, v.bytes, most)
		}
	}
}

// TestAccessible lets axe-core look at every view, before a run and after it, at
// Experiment during one and on a telephone too; and at the colours once more in the
// dark.
func TestAccessible(t *testing.T) {
	axe := axeCore(t)
	site, _ := startPlay(t)
	pages := lessonsOf(t, site)
	b := openTab(t)
	look := func(view, scheme, options string) {
		t.Helper()
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"}, // a colour is what it is at once
		}}
		if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
			t.Fatal(err)
		}
		violations := fmt.Sprintf(`axe.run({resultTypes: ["violations"], %s}).then(({violations}) =>
			violations.flatMap((v) => v.nodes.map((n) => v.id + " at " + n.target.join(" ") + ": " + n.failureSummary)).join("\n"))`, options)
		if found := evaluate[string](t, b, violations, chromedp.EvalAwaitPromise); found != "" {
			t.Errorf("%s, %s:\n%s", view, scheme, found)
		}
	}
	check := func(view string) {
		t.Helper()
		evaluate[bool](t, b, axe+"; true")
		look(view, "light", "")
		look(view, "dark", `runOnly: ["color-contrast"]`)
	}
	for _, page := range append([]string{"/", "/learn/none"}, pages...) {
		b.navigate(t, site+page)
		check(page)
		if !slices.Contains(pages, page) {
			continue
		}
		b.do(t, chromedp.Click(chromedp.CSS(".choices label")), chromedp.Click(chromedp.CSS("#run")))
		wait(t, b, `document.querySelector(".lesson").dataset.state === "done"`)
		evaluate[bool](t, b, unfold)
		check(page + " after the run")
	}
	experiment := func(screen string) {
		t.Helper()
		b.navigate(t, site+"/experiment")
		check("/experiment" + screen)
		// A run that waits for the site until it is let go.
		evaluate[bool](t, b, `window.fetch = ((fetch) => (...call) => new Promise((go) => (window.letGo = () => go(fetch(...call)))))(window.fetch), true`)
		b.do(t, chromedp.Click(chromedp.CSS("#run")))
		wait(t, b, `document.querySelector("#run[aria-disabled]") !== null && window.letGo !== undefined`)
		check("/experiment during the run" + screen)
		for range 3 { // begun, called, reported
			wait(t, b, `window.letGo !== undefined`)
			evaluate[bool](t, b, `letGo(), window.letGo = undefined, true`)
		}
		wait(t, b, `document.querySelector("#pair .verdict") !== null`)
		evaluate[bool](t, b, unfold)
		check("/experiment after the run" + screen)
	}
	experiment("")
	b.do(t, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	experiment(", on a telephone")
}

// unfold opens all that can be.
const unfold = `document.querySelectorAll("details").forEach((details) => details.open = true), true`

// axeCore is the script of axe-core, which axe.sh installs if it is missing.
func axeCore(t *testing.T) string {
	t.Helper()
	install := exec.Command("sh", "axe.sh")
	install.Stderr = os.Stderr
	path, err := install.Output()
	if err != nil {
		t.Fatalf("axe.sh: %v", err)
	}
	script, err := os.ReadFile(strings.TrimSpace(string(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// TestStopsOnInterrupt presses Ctrl-C while a browser holds connections open.
func TestStopsOnInterrupt(t *testing.T) {
	play := launch(t)
	response, err := http.Get(play.site)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	play.interrupt(t)
	if _, err := http.Get(play.site); err == nil {
		t.Error("the site still answers after cors play has ended")
	}
}

// TestPlayHasEnded runs a lesson after Ctrl-C: the page says what is the matter,
// and takes it for nothing that CORS did.
func TestPlayHasEnded(t *testing.T) {
	play := launch(t)
	b := openTab(t)
	b.navigate(t, play.site+"/learn/blocked")
	play.interrupt(t)
	b.do(t, chromedp.Click(chromedp.CSS("#run")))
	wait(t, b, `document.getElementById("status").textContent !== ""`)
	const want = "The site does not answer. Is “cors play” still running?"
	for _, place := range []string{"problem", "status"} {
		if got := evaluate[string](t, b, fmt.Sprintf(`document.getElementById(%q).textContent`, place)); got != want {
			t.Errorf("#%s says %q, want %q", place, got, want)
		}
	}
	if state := evaluate[string](t, b, `document.querySelector(".lesson").dataset.state`); state != "failed" {
		t.Errorf("state %q, want failed", state)
	}
}

// wait waits until a JavaScript expression is true, whatever page that is on by
// then. (chromedp.Poll waits forever on a page that one has gone back to.)
func wait(t *testing.T, b *tab, expression string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		// A page that is being left may not answer, or with an error.
		once, stop := context.WithTimeout(ctx, time.Second)
		so, err := chromedp.Run(once, chromedp.Evaluate[bool](expression))
		stop()
		switch {
		case err == nil && so:
			return
		case ctx.Err() != nil:
			t.Fatalf("waiting in vain for %s: %v", expression, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// A play is a running `cors play`.
type play struct {
	site, api string
	command   *exec.Cmd
	said      *strings.Builder // standard error
	ended     bool
}

// startPlay starts `cors play` and stops it with the test.
func startPlay(t *testing.T) (site, api string) {
	t.Helper()
	p := launch(t)
	t.Cleanup(func() { p.interrupt(t) })
	return p.site, p.api
}

// binary is the built command.
var binary string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "cors")
	build := exec.Command("go", "build", "-C", "../cmd/cors", "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	code := m.Run()
	for _, end := range atEnd {
		end()
	}
	return code
}

// launch runs the command as a new user would, but on free ports and without
// opening a browser.
func launch(t *testing.T) *play {
	t.Helper()
	p := &play{said: &strings.Builder{}}
	p.command = exec.Command(binary, "play", "--no-open", "--site", "localhost:0", "--api", "localhost:0")
	p.command.Stderr = p.said
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !p.ended {
			p.command.Process.Kill()
			p.command.Wait()
		}
	})
	lines := bufio.NewScanner(stdout)
	for (p.site == "" || p.api == "") && lines.Scan() {
		name, url, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		switch url, _, _ = strings.Cut(strings.TrimSpace(url), " "); strings.ToLower(name) {
		case "site":
			p.site = url
		case "api":
			p.api = url
		}
	}
	if p.site == "" || p.api == "" {
		p.command.Wait()
		p.ended = true
		t.Fatalf("cors play ended without naming its addresses: %s", p.said)
	}
	return p
}

// interrupt presses Ctrl-C and looks for a clean end.
func (p *play) interrupt(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.command.Wait() }()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	select {
	case err := <-ended:
		p.ended = true
		if err != nil || p.said.String() != "" {
			t.Errorf("after Ctrl-C: %v, standard error %q; want exit 0 and silence", err, p.said)
		}
	case <-ctx.Done():
		t.Error("cors play did not end after Ctrl-C")
	}
}
