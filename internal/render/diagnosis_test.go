package render

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"crossorigin.dev/internal/diagnose"
)

// goldenText compares text with a file of testdata, which -update writes.
func goldenText(t *testing.T, name, got string) {
	t.Helper()
	file := "testdata/" + name
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// TestDiagnosed holds the renderings of each story's diagnosis, mermaid diagram
// and curl commands to their golden files, and to what all of this package keeps:
// printable, no secrets, no overlong lines.
func TestDiagnosed(t *testing.T) {
	for name, trace := range stories {
		d := diagnose.Of(trace, diagnose.Options{})
		var text, drawing, commands bytes.Buffer
		if err := DiagnosisText(&text, &d, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := Mermaid(&drawing, trace); err != nil {
			t.Fatal(err)
		}
		if err := Curl(&commands, trace, SecretsHidden); err != nil {
			t.Fatal(err)
		}
		goldenText(t, name+".diagnosis.txt", text.String())
		goldenText(t, name+".mmd", drawing.String())
		goldenText(t, name+".curl.txt", commands.String())
		for _, out := range []string{text.String(), drawing.String(), commands.String()} {
			if strings.Contains(out, "s3cr3t") {
				t.Errorf("%s: a secret is shown:\n%s", name, out)
			}
			for _, r := range out {
				if r != '\n' && (r < ' ' || r > '~') && !strings.ContainsRune("✓✗·→", r) {
					t.Errorf("%s: the character %q:\n%s", name, r, out)
					break
				}
			}
		}
		for line := range strings.SplitSeq(text.String(), "\n") {
			if len([]rune(line)) > 80 && !strings.HasPrefix(line, "      ") { // these are to be copied
				t.Errorf("%s: a line of %d columns: %s", name, len([]rune(line)), line)
			}
		}
	}
}

// TestMatrix puts the fixes of like cells together.
func TestMatrix(t *testing.T) {
	blocked := func(lines ...string) MatrixCell {
		return MatrixCell{Reason: "preflight.method", Code: "method-not-allowed", Cause: "It is not listed.", Fix: "List it.", Lines: lines}
	}
	simple := MatrixCell{Reason: "acac.not-true", Code: "credentials-not-allowed", Cause: "It is not true.", Fix: "Make it so."}
	preflighted := simple
	preflighted.Reason = "preflight.acac.not-true"
	m := Matrix{Title: "Requests", Columns: []string{"without", "with"}, Rows: []MatrixRow{
		{Name: "GET plain", Cells: []MatrixCell{{}, {}}},
		{Name: "PUT plain", Cells: []MatrixCell{blocked("Access-Control-Allow-Methods: PUT"), blocked("Access-Control-Allow-Methods: PUT")}},
		{Name: "DELETE plain", Cells: []MatrixCell{blocked("Access-Control-Allow-Methods: DELETE"), {HeldBack: true, Preflighted: true}}},
		{Name: "POST plain", Cells: []MatrixCell{{HeldBack: true}, simple}},
		{Name: "POST JSON", Cells: []MatrixCell{{Reason: "network.failed", Code: "no-answer", Cause: "Nobody is there.", Fix: "Start it.", Network: true}, preflighted}},
	}}
	var out bytes.Buffer
	if err := m.Write(&out, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	goldenText(t, "matrix.txt", out.String())
}
