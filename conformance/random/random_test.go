package random

import (
	"strings"
	"testing"

	"crossorigin.dev/conformance/vector"
)

// TestScenarios makes scenarios: the same seed makes the same ones, another
// makes others, and all are vectors that can be written down.
func TestScenarios(t *testing.T) {
	text := func(seed uint64) string {
		f := vector.File{}
		for batch := range 20 {
			for _, v := range Scenarios(seed, batch, batchSize) {
				if err := v.Validate(); err != nil {
					t.Errorf("%v\n%s", err, v.Text())
				}
				f.Vectors = append(f.Vectors, *v)
			}
		}
		again, err := vector.Parse(f.Text())
		if err != nil {
			t.Fatal(err)
		}
		if string(again.Text()) != string(f.Text()) {
			t.Error("written and read, the scenarios are others")
		}
		return string(f.Text())
	}
	if first, second := text(1), text(1); first != second {
		t.Error("one seed makes different scenarios")
	}
	if text(1) == text(2) {
		t.Error("two seeds make the same scenarios")
	}
}

// TestShrink shrinks to what alone makes the difference.
func TestShrink(t *testing.T) {
	shrunk := 0
	for batch := range 4 {
		for _, v := range Scenarios(3, batch, batchSize) {
			odd := func(v *vector.Vector) bool { return strings.Contains(v.Text(), "Set-Cookie: k=v") }
			if !odd(v) {
				continue
			}
			shrunk++
			small := Shrink(v, 10_000, odd)
			lines := strings.Count(small.Text(), "\n")
			if !odd(small) || len(small.Steps) != 1 || len(small.Servers) != 1 || lines > 10 {
				t.Errorf("shrunk to\n%s", small.Text())
			}
		}
	}
	if shrunk == 0 {
		t.Error("no scenario has a cookie")
	}
}
