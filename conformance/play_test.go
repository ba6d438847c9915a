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
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// story is what the five scenes are to show. The page compares what happened
// with what was predicted; this compares what happened with what is so.
var story = []struct {
	scene                       string
	preflight, request, changed string
	readable, header            string
	reason                      network.CorsError // Chromium's own; empty if it allows
}{
	{"allowed", "no", "yes", "no", "yes, 200", "content-length, content-type", ""},
	{"blocked", "no", "yes", "no", "no", "none", network.CorsErrorMissingAllowOriginHeader},
	{"preflighted", "yes", "yes", "yes", "yes, 200", "content-length, content-type", ""},
	{"refused", "yes", "no", "no", "no", "none", network.CorsErrorMethodDisallowedByPreflightResponse},
	{"unasked", "no", "yes", "yes", "no", "none", network.CorsErrorMissingAllowOriginHeader},
}

// rows are the questions of a scene's table, in their order.
var rows = []string{"preflight", "request", "changed", "readable", "header"}

// A shown scene is what the page says of it.
type shown struct {
	State     string            `json:"state"`
	Problem   string            `json:"problem"`
	Agree     string            `json:"agree"`
	Verdict   string            `json:"verdict"`
	Actual    map[string]string `json:"actual"`
	Predicted map[string]string `json:"predicted"`
	Diagrams  int               `json:"diagrams"` // to be seen
}

func read(t *testing.T, b *tab, scene string) shown {
	t.Helper()
	return evaluate[shown](t, b, fmt.Sprintf(`(() => {
		const scene = document.querySelector('[data-scene=%q]');
		const cells = (name) => Object.fromEntries([...scene.querySelectorAll("tr[data-row]")]
			.map((row) => [row.dataset.row, row.querySelector("td." + name).textContent]));
		return {
			state: scene.dataset.state ?? "",
			problem: scene.querySelector(".problem").textContent,
			agree: scene.querySelector(".verdict").dataset.agree ?? "",
			verdict: scene.querySelector(".verdict").textContent,
			actual: cells("actual"),
			predicted: cells("predicted"),
			diagrams: [...scene.querySelectorAll("svg")].filter((svg) => svg.getBoundingClientRect().height > 0).length,
		};
	})()`, scene))
}

// TestStory runs the five scenes one after another, as a reader would.
func TestStory(t *testing.T) {
	site, api := startPlay(t)
	b := openTab(t)
	b.do(t, chromedp.Navigate(site+"/"))

	for _, want := range story {
		t.Run(want.scene, func(t *testing.T) {
			before := read(t, b, want.scene)
			if before.State != "" || before.Diagrams != 1 {
				t.Errorf("before the run: state %q and %d diagrams in sight, want none and 1", before.State, before.Diagrams)
			}
			_, earlier, _ := b.heard()
			b.do(t, chromedp.Click(chromedp.CSS(fmt.Sprintf("[data-scene=%q] .run", want.scene))))
			wait(t, b, fmt.Sprintf(`["done", "failed"].includes(document.querySelector('[data-scene=%q]').dataset.state)`, want.scene))
			got := read(t, b, want.scene)
			if got.State != "done" {
				t.Fatalf("state %q: %s", got.State, got.Problem)
			}
			for i, answer := range []string{want.preflight, want.request, want.changed, want.readable, want.header} {
				row := rows[i]
				if got.Actual[row] != answer {
					t.Errorf("%s: the browser says %q, the story %q", row, got.Actual[row], answer)
				}
				if got.Predicted[row] != answer {
					t.Errorf("%s: the prediction says %q, the story %q", row, got.Predicted[row], answer)
				}
				if before.Predicted[row] != answer {
					t.Errorf("%s: the prediction said %q before the run, the story %q", row, before.Predicted[row], answer)
				}
			}
			if len(got.Actual) != len(rows) {
				t.Errorf("%d rows, want %d: %v", len(got.Actual), len(rows), got.Actual)
			}
			if got.Agree != "true" {
				t.Errorf("agree=%q: %s", got.Agree, got.Verdict)
			}
			if got.Diagrams != 1 {
				t.Errorf("%d diagrams in sight after the run, want 1", got.Diagrams)
			}
			_, now, _ := b.heard()
			if reasons := fmt.Sprint(now[len(earlier):]); reasons != reasonsOf(want.reason) {
				t.Errorf("Chromium's reasons are %s, want %s", reasons, reasonsOf(want.reason))
			}
		})
	}

	requests, _, said := b.heard()
	for _, url := range requests {
		if !strings.HasPrefix(url, site+"/") && !strings.HasPrefix(url, api+"/") {
			t.Errorf("the page asked for %s, which is neither the site nor the API", url)
		}
	}
	for _, message := range said {
		t.Errorf("the console says: %s", message)
	}
}

func reasonsOf(reason network.CorsError) string {
	if reason == "" {
		return "[]"
	}
	return fmt.Sprint([]network.CorsError{reason})
}

// TestRunAllByKeyboard runs the scenes twice with the Enter key, and looks at
// what a screen reader is told.
func TestRunAllByKeyboard(t *testing.T) {
	site, _ := startPlay(t)
	b := openTab(t)
	b.do(t, chromedp.Navigate(site+"/"))
	for range 2 {
		b.do(t, chromedp.Focus(chromedp.CSS("#run-all")), chromedp.KeyEvent("\r"))
		wait(t, b, `document.getElementById("status").textContent !== "" && !document.querySelector("[aria-disabled]")`)
		const want = "All scenes: 5 of 5 run, 5 as predicted."
		if got := evaluate[string](t, b, `document.getElementById("status").textContent`); got != want {
			t.Errorf("the live region says %q, want %q", got, want)
		}
		if id := evaluate[string](t, b, `document.activeElement.id`); id != "run-all" {
			t.Errorf("the focus went to %q", id)
		}
		evaluate[string](t, b, `document.getElementById("status").textContent = ""`)
	}
	const want = "On the server, the votes went from 1 to 2."
	if got := read(t, b, "unasked").Verdict; !strings.HasSuffix(got, want) {
		t.Errorf("after two votes the page says %q, want it to end in %q", got, want)
	}
	if _, _, said := b.heard(); len(said) != 0 {
		t.Errorf("the console says: %s", said)
	}
}

// TestPhone looks for a page that fits the width of a telephone.
func TestPhone(t *testing.T) {
	site, _ := startPlay(t)
	b := openTab(t)
	b.do(t, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile), chromedp.Navigate(site+"/"))
	b.do(t, chromedp.Click(chromedp.CSS("#run-all")))
	wait(t, b, `document.getElementById("status").textContent !== ""`)
	if width := evaluate[int](t, b, `document.documentElement.scrollWidth`); width > 390 {
		t.Errorf("the page is %d pixels wide on a screen of 390", width)
	}
	const cut = `[...document.querySelectorAll(".grants pre")].filter((pre) => pre.scrollWidth > pre.clientWidth).length`
	if n := evaluate[int](t, b, cut); n != 0 {
		t.Errorf("%d policies are cut off", n)
	}
	for _, want := range story {
		if got := read(t, b, want.scene); got.Diagrams != 1 {
			t.Errorf("scene %s: %d diagrams in sight, want 1", want.scene, got.Diagrams)
		}
	}
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

// TestPlayHasEnded runs a scene after Ctrl-C: the page says what is the matter,
// and takes it for nothing that CORS did.
func TestPlayHasEnded(t *testing.T) {
	play := launch(t)
	b := openTab(t)
	b.do(t, chromedp.Navigate(play.site+"/"))
	play.interrupt(t)
	b.do(t, chromedp.Click(chromedp.CSS(`[data-scene="blocked"] .run`)))
	wait(t, b, `document.getElementById("status").textContent !== ""`)
	const want = "The site does not answer. Is “cors play” still running?"
	got := read(t, b, "blocked")
	if got.State != "failed" || got.Problem != want || got.Agree != "" {
		t.Errorf("state %q, problem %q, agree %q; want failed, %q and nothing", got.State, got.Problem, got.Agree, want)
	}
	if live := evaluate[string](t, b, `document.getElementById("status").textContent`); live != want {
		t.Errorf("the live region says %q", live)
	}
}

func wait(t *testing.T, b *tab, expression string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, ignore(chromedp.Poll[bool](expression))); err != nil {
		t.Fatalf("waiting for %s: %v", expression, err)
	}
}

func ignore[T any](a chromedp.Action[T]) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := a(ctx, target)
		return chromedp.Void{}, err
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
	return m.Run()
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
