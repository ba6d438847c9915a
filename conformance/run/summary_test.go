package run

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crossorigin.dev/conformance/real"
	"crossorigin.dev/conformance/vector"
)

// named is a browser of which no more than its name and version is asked.
type named struct {
	real.Browser
	name, version string
}

func (b named) Name() string    { return b.name }
func (b named) Version() string { return b.version }

func saw(lines ...string) vector.Outcome { return vector.Outcome{Script: lines} }

// TestSummary sets a browser's outcome beside the engine's and the record's.
// Only a browser of another version than the recorded one may drift, and only
// where the engine still does what was recorded.
func TestSummary(t *testing.T) {
	a, b := saw("cors 200, 0 bytes"), saw("blocked")
	const same, newer = "Firefox 153", "Firefox 154"
	tests := []struct {
		name             string
		version          string // running; empty: none
		engine           vector.Outcome
		browser, records *vector.Outcome
		beyond, missing  string
		ok               bool
		says             string
	}{
		{name: "all agree", version: same, engine: a, browser: &a, records: &a, ok: true, says: "| firefox | Firefox 153 | 1 | 1 (100 %) | 0 |"},
		{name: "no browser", engine: a, records: &a, ok: true, says: "| firefox | the record | 1 | 1 (100 %) | 0 |"},
		{name: "no browser, and another record", engine: a, records: &b, says: "disagreement"},
		{name: "the recorded version differs", version: same, engine: a, browser: &b, records: &a, says: "disagreement"},
		{name: "a newer version drifts", version: newer, engine: a, browser: &b, records: &a, ok: true, says: "drift: the browser does otherwise than the recorded version"},
		{name: "the table tells of it", version: newer, engine: a, browser: &b, records: &a, ok: true, says: "| firefox | Firefox 154 (recorded with Firefox 153: drift) | 1 | 0 (0 %) | 1 |"},
		{name: "the engine differs from record and newer version", version: newer, engine: b, browser: &a, records: &a, says: "disagreement"},
		{name: "the engine follows the newer version", version: newer, engine: b, browser: &b, records: &a, ok: true, says: "the record differs"},
		{name: "the record is of neither", version: same, engine: a, browser: &a, records: &b, says: "the record differs"},
		{name: "nothing recorded", version: same, engine: a, browser: &a, says: "| 1 (100 %) | 1 |"},
		{name: "beyond the engine", version: same, browser: &a, records: &a, beyond: "why", ok: true, says: "1 more vectors are beyond the engine, for the reason that each gives: v."},
		{name: "beyond the engine, and unlike the record", version: same, browser: &a, records: &b, beyond: "why", says: "the record differs"},
		{name: "a known disagreement", engine: a, records: &b, missing: "what", ok: true, says: "1 known disagreements are open:\n\n- v in firefox: what"},
		{name: "counts as one", engine: a, records: &b, missing: "what", ok: true, says: "| firefox | the record | 1 | 0 (0 %) | 0 |"},
		{name: "a known disagreement that agrees", engine: a, records: &a, missing: "what", says: "take it out of the list"},
	}
	file := filepath.Join(t.TempDir(), "VERSIONS")
	if err := os.WriteFile(file, []byte("chromium Chromium 1\nfirefox "+same+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	recorded, err := ReadVersions(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var browsers []real.Browser
			if tt.version != "" {
				browsers = []real.Browser{named{name: "firefox", version: tt.version}}
			}
			s := Summarize([]Result{{
				Vector: &vector.Vector{Name: "v", Beyond: tt.beyond}, Profile: "firefox",
				Engine: tt.engine, Browser: tt.browser, Expected: tt.records,
			}}, browsers, recorded, Open{{"firefox", "v"}: tt.missing})
			text := s.Differences() + s.Table()
			if s.OK() != tt.ok || !strings.Contains(text, tt.says) {
				t.Errorf("OK is %t, want %t; it should say %q:\n%s", s.OK(), tt.ok, tt.says, text)
			}
		})
	}
}

func TestVersions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "VERSIONS")
	if v, err := ReadVersions(file); err != nil || len(v) > 0 {
		t.Errorf("without a file there are %v, %v", v, err)
	}
	for _, b := range []named{{name: "firefox", version: "Firefox 1"}, {name: "chromium", version: "Chromium 2"}, {name: "firefox", version: "Firefox 3"}} {
		if err := WriteVersions(file, []real.Browser{b}); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if want := "chromium Chromium 2\nfirefox Firefox 3\n"; err != nil || string(text) != want {
		t.Errorf("got %q, want %q (%v)", text, want, err)
	}
}
