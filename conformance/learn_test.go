package conformance

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// learnBrowsers are those that take every lesson.
var learnBrowsers = []string{"chromium", "firefox"}

// learnt is what the lessons are to show: how each of their steps ends, and
// which choice is the right one. The page compares what happened with what was
// predicted; this compares both with what is so.
var learnt = []struct {
	lesson  string
	endings string
	answer  string
	tells   string // something that the run's steps say
}{
	{"origin", "read hidden", "hidden", `{"hello":"from the site"}`},
	{"same-origin-policy", "hidden hidden", "hidden", "an opaque response"},
	{"simple-request", "read", "read", `{"text":"Buy milk","version":1}`},
	{"blocked", "hidden", "hidden", "TypeError"},
	{"preflight", "askedread", "askedread", "On the server, the note went from version 1 to 2."},
	{"refused", "refused", "refused", "TypeError"},
	{"post", "hidden", "hidden", "On the server, the votes went from 0 to 1."},
	{"credentials", "read read read", "none", `{"user":"Ada"}`},
	{"wildcard", "read hidden", "hidden", `{"sky":"clear"}`},
	{"exposed-headers", "read", "listed", "x-total-count"},
	{"preflight-cache", "askedread read askedread", "read", "access-control-max-age: 60"},
	{"redirects", "read hidden", "hidden", "origin: null"},
	{"null", "hidden read", "hidden", "origin: null"},
	{"no-cors", "hidden", "opaque", "an opaque response"},
	{"vary", "hidden unsent hidden read", "unsent", "vary: origin"},
}

// takeLesson predicts, runs, and reads what the page then says.
const takeLesson = `
	document.querySelector('[name="guess"][value="%s"]').click();
	document.getElementById("run").click();
	const lesson = document.querySelector(".lesson");
	await until(() => ["done", "failed"].includes(lesson.dataset.state), "the lesson");
	const words = (element) => element?.textContent.trim().replace(/\s+/g, " ") ?? "";
	const steps = [...document.querySelectorAll(".step")];
	if (%t) await until(() => at("#live li"), "the live log");
	return {
		state: lesson.dataset.state,
		problem: words(document.getElementById("problem")),
		verdict: words(document.getElementById("verdict")),
		right: document.querySelector('label[data-right="true"] input')?.value ?? "",
		endings: steps.map((step) => step.dataset.ending).join(" "),
		agree: steps.every((step) => step.dataset.agree === "true"),
		differs: steps.map((step) => [...step.querySelectorAll("tr.differs")].map(words).join("; ")).join(" | "),
		says: steps.map((step) => [...step.querySelectorAll(".change, .got, .fields div, td")]
			.map((part) => part.matches("div") ? [...part.children].map(words).join(": ") : words(part)).join("\n")).join("\n").toLowerCase(),
		marks: (steps.map(words).join().match(/DIFFERS|\(differs\)/g) ?? []).length,
		actual: steps.every((step) => step.querySelectorAll(".pair .diagram").length === 2),
		arrived: document.querySelectorAll("#live li").length,
		kept: JSON.parse(localStorage.getItem("crossorigin.lessons"))?.[lesson.dataset.lesson] === true,
	};
`

type taken struct {
	State, Problem, Verdict, Right, Endings, Differs, Says string
	Agree, Actual, Kept                                    bool
	Marks, Arrived                                         int
}

// TestLessons takes every lesson in every browser: what really happened, what
// was predicted and what the lesson says are the same.
func TestLessons(t *testing.T) {
	site, _ := startPlay(t)
	pages := lessonsOf(t, site)
	for i, want := range learnt {
		if i >= len(pages) || pages[i] != "/learn/"+want.lesson {
			t.Fatalf("the page lists the lessons %v; lesson %d ought to be %s", pages, i+1, want.lesson)
		}
	}
	if len(pages) != len(learnt) {
		t.Fatalf("there are %d lessons, and %d are tested", len(pages), len(learnt))
	}
	for _, name := range learnBrowsers {
		t.Run(name, func(t *testing.T) {
			play, _ := startPlay(t) // whose votes nobody has counted
			b := startReal(t, name)
			for _, want := range learnt {
				t.Run(want.lesson, func(t *testing.T) {
					got := visit[taken](t, b, play+"/learn/"+want.lesson, fmt.Sprintf(takeLesson, want.answer, want.endings != "unsent"))
					if got.State != "done" || got.Problem != "" {
						t.Fatalf("state %q: %s", got.State, got.Problem)
					}
					if got.Endings != want.endings {
						t.Errorf("the steps end in %q, the lesson says %q", got.Endings, want.endings)
					}
					if got.Right != want.answer || !strings.HasPrefix(got.Verdict, "You predicted it.") {
						t.Errorf("the right choice is %q, want %q; the page says: %s", got.Right, want.answer, got.Verdict)
					}
					if !got.Agree || got.Marks != 0 {
						t.Errorf("%s did not do what was predicted: %s (%d marks)", name, got.Differs, got.Marks)
					}
					if !got.Actual {
						t.Error("a step lacks the diagram of what happened")
					}
					if !strings.Contains(got.Says, strings.ToLower(want.tells)) {
						t.Errorf("the steps do not say %q:\n%s", want.tells, got.Says)
					}
					if got.Arrived == 0 {
						t.Error("the live log shows nothing")
					}
					if !got.Kept {
						t.Error("the progress is not kept")
					}
				})
			}
		})
	}
}

var lessonLink = regexp.MustCompile(`<li><a href="(/learn/[^"]*)"`)

// lessonsOf are the paths of the lessons, as the front page lists them.
func lessonsOf(t *testing.T, site string) []string {
	t.Helper()
	response, err := http.Get(site + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	for _, link := range lessonLink.FindAllSubmatch(text, -1) {
		pages = append(pages, string(link[1]))
	}
	if len(pages) == 0 {
		t.Fatalf("the front page lists no lessons:\n%s", text)
	}
	return pages
}
