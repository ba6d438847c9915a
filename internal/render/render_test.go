package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"crossorigin.dev/browser"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file under testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test -update writes it anew); got:\n%s", path, got)
	}
}

func TestText(t *testing.T) {
	for name, trace := range stories {
		t.Run(name, func(t *testing.T) {
			golden(t, name+".txt", text(t, trace, TextOptions{}))
		})
	}
	t.Run("narrow", func(t *testing.T) {
		golden(t, "narrow.txt", text(t, preflightRefused(), TextOptions{Width: 40}))
	})
	t.Run("colour", func(t *testing.T) {
		golden(t, "colour.txt", text(t, preflightRefused(), TextOptions{Color: true}))
	})
}

func TestTextKeepsToItsWidth(t *testing.T) {
	for name, trace := range stories {
		for _, width := range []int{40, 61, 80, 132} {
			for line := range strings.Lines(string(text(t, trace, TextOptions{Width: width}))) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width {
					t.Errorf("%s: %d columns, want at most %d: %s", name, n, width, line)
				}
			}
		}
	}
}

func TestJSON(t *testing.T) {
	for _, name := range []string{"preflight-allowed", "network-failed", "hostile"} {
		t.Run(name, func(t *testing.T) {
			golden(t, name+".json", jsonDocument(t, stories[name]))
		})
	}
}

// A program that reads the document gets the Trace that was written.
func TestJSONReadsBack(t *testing.T) {
	want := simpleAllowed()
	var got browser.Trace
	if err := json.Unmarshal(jsonDocument(t, want), &got); err != nil {
		t.Fatal(err)
	}
	want.Header = []browser.Field{}
	if !reflect.DeepEqual(&got, want) {
		t.Errorf("got %+v\nwant %+v", &got, want)
	}
}

func TestSVG(t *testing.T) {
	for name, trace := range stories {
		t.Run(name, func(t *testing.T) {
			golden(t, name+".svg", svg(t, trace, SVGOptions{ID: name}))
		})
	}
	t.Run("narrow", func(t *testing.T) {
		golden(t, "narrow.svg", svg(t, preflightRefused(), SVGOptions{Width: 360}))
	})
	t.Run("differs", func(t *testing.T) {
		golden(t, "differs.svg", svg(t, preflightRefused(), SVGOptions{Differs: sentIn(preflightRefused()), VerdictDiffers: true}))
	})
	t.Run("unstyled", func(t *testing.T) {
		golden(t, "unstyled.svg", svg(t, preflightRefused(), SVGOptions{Unstyled: true}))
	})
}

// A response from the HTTP cache, and why a request is sent again, is seen in no
// exchange, so the diagram says it.
func TestSVGShowsTheUnseen(t *testing.T) {
	for rule, want := range map[string]bool{"network.http-cache": true, "network.new-connection": true, "network.cookie-send": false} {
		trace := simpleBlocked()
		const note = "It comes from the cache."
		trace.Steps = append([]browser.Step{{Phase: browser.PhaseNetwork, Rule: rule, Decision: browser.DecisionInfo, Note: note}}, trace.Steps...)
		if doc := string(svg(t, trace, SVGOptions{})); strings.Contains(doc, note) != want {
			t.Errorf("%s: that the diagram says %q is %t:\n%s", rule, note, !want, doc)
		}
	}
}

// sentIn are the steps of t in which something was sent.
func sentIn(t *browser.Trace) map[int]bool {
	sent := map[int]bool{}
	for i, s := range t.Steps {
		if s.Exchange != nil {
			sent[i] = true
		}
	}
	return sent
}

func TestSVGIDs(t *testing.T) {
	for id, want := range map[string]string{"": "cors", "run-7": "run-7", `a"><script>`: "ascript"} {
		doc := string(svg(t, simpleAllowed(), SVGOptions{ID: id}))
		if !strings.Contains(doc, `aria-labelledby="`+want+`-title `+want+`-desc"`) ||
			!strings.Contains(doc, `<title id="`+want+`-title">`) || !strings.Contains(doc, `<desc id="`+want+`-desc">`) {
			t.Errorf("ID %q: the title and description are not of %q", id, want)
		}
	}
}

// Whoever is shown a rendering is not shown what identifies the user.
func TestNoSecrets(t *testing.T) {
	for name, trace := range stories {
		for form, doc := range map[string][]byte{
			"text": text(t, trace, TextOptions{}), "JSON": jsonDocument(t, trace), "SVG": svg(t, trace, SVGOptions{}),
		} {
			if bytes.Contains(doc, []byte("s3cr3t")) {
				t.Errorf("%s as %s shows a secret", name, form)
			}
		}
	}
}

func TestDiscreet(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"Cookie", "a=1; b=2", "a=...; b=..."},
		{"cookie", "1", "..."},
		{"Set-Cookie", "a=1; Path=/; HttpOnly", "a=...; Path=/; HttpOnly"},
		{"Set-Cookie", "a=1", "a=..."},
		{"Set-Cookie", "", "..."},
		{"Authorization", "Bearer abc", "Bearer ..."},
		{"Authorization", "abc", "..."},
		{"Proxy-Authorization", "Basic abc", "Basic ..."},
		{"X-API-Key", "abc", "..."},
		{"X-CSRF-Token", "abc", "..."},
		{"Origin", site, site},
	} {
		if got := discreet(browser.Field{Name: test.name, Value: test.value}); got != test.want {
			t.Errorf("%s: %s shows as %q, want %q", test.name, test.value, got, test.want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for s, want := range map[string]string{
		"plain ~":         "plain ~",
		"\x1b[31m\t\x7f":  `\x1b[31m\x09\x7f`,
		"caf\u00e9\u202e": `caf\u00e9\u202e`,
		"\xff\xc3":        `\xff\xc3`,
		"\U0001f600":      `\U0001f600`,
		"\ufffd":          `\ufffd`,
	} {
		if got := printable(s); got != want {
			t.Errorf("printable(%q) is %s, want %s", s, got, want)
		}
	}
}

// FuzzHostile puts hostile strings wherever a server or a page can, and checks
// what must hold for every rendering.
func FuzzHostile(f *testing.F) {
	f.Add("http://localhost:9000/", "Access-Control-Allow-Origin", "*", "note", 200, 0)
	f.Add("http://[::1", "\x00", "]]></style><script>\x1b[2J", "\xff\u2028", -1, 360)
	f.Fuzz(func(t *testing.T, url, name, value, note string, status, width int) {
		trace := toPreflight(value)
		trace.URL, trace.Origin = url, value
		trace.Header = append(trace.Header, browser.Field{Name: name, Value: value})
		trace.Steps = append(trace.Steps,
			sent(false, name, url, fields(name, value), fields(name, value, value, name), status),
			fail(browser.Phase(name), value, browser.Reason(name), note, name, value))
		trace.Verdict = browser.Verdict{Outcome: browser.Outcome(name), Reason: browser.Reason(value), Message: note}

		width %= 2000
		mustBePlain(t, text(t, trace, TextOptions{Width: width}))
		doc := svg(t, trace, SVGOptions{ID: value, Width: width})
		mustBePlain(t, doc)
		mustBeStatic(t, doc)
		document := jsonDocument(t, trace)
		mustBePlain(t, document)
		var back browser.Trace
		if err := json.Unmarshal(document, &back); err != nil {
			t.Errorf("JSON does not read back: %v", err)
		}
		if utf8.ValidString(note) && back.Verdict.Message != note {
			t.Errorf("JSON reads back %q as %q", note, back.Verdict.Message)
		}
	})
}

// mustBePlain allows printable ASCII, line ends, and the text's own marks.
func mustBePlain(t *testing.T, doc []byte) {
	t.Helper()
	for _, r := range string(doc) {
		if (r < ' ' || r > '~') && !strings.ContainsRune("\n✓✗·", r) {
			t.Fatalf("unescaped %U", r)
		}
	}
}

// mustBeStatic checks that doc is well-formed XML with the elements of a
// drawing only and nothing that runs or loads.
func mustBeStatic(t *testing.T, doc []byte) {
	t.Helper()
	allowed := map[string]bool{"svg": true, "title": true, "desc": true, "style": true, "rect": true, "path": true, "circle": true, "text": true, "g": true}
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !allowed[start.Name.Local] {
			t.Fatalf("element %s", start.Name.Local)
		}
		for _, a := range start.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" || a.Name.Local == "style" {
				t.Fatalf("attribute %s", a.Name.Local)
			}
		}
	}
}

func text(t *testing.T, trace *browser.Trace, o TextOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, trace, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jsonDocument(t *testing.T, trace *browser.Trace) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, trace, nil, SecretsHidden); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func svg(t *testing.T, trace *browser.Trace, o SVGOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := SVG(&b, trace, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFoldKeepsWordsWhole: a value that fits into a line of its own is not cut.
func TestFoldKeepsWordsWhole(t *testing.T) {
	for text, want := range map[string][]string{
		"Origin: http://localhost:43897": {"Origin:", "http://localhost:43897"},
		"Origin: http://localhost:8000":  {"Origin: http://localhost:8000"},
		"GET " + strings.Repeat("a", 40): {"GET " + strings.Repeat("a", 25), strings.Repeat("a", 15)},
	} {
		if got := monoSmall.fold(text, 198, 14, 3); !slices.Equal(got, want) {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
