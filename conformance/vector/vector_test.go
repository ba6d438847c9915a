package vector_test

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"crossorigin.dev/conformance/vector"
)

// readme returns the example of the README, which specifies the format.
func readme(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../vectors/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the README has no example")
	}
	return example
}

func TestReadmeIsCanonical(t *testing.T) {
	example := readme(t)
	f, err := vector.Parse([]byte(example))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(f.Text()); got != example {
		t.Errorf("the README's example, written:\n%s", got)
	}
	recorded, err := vector.Read("../vectors/readme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range f.Vectors {
		if !slices.ContainsFunc(recorded.Vectors, func(r vector.Vector) bool { return reflect.DeepEqual(r, v) }) {
			t.Errorf("the README's example %s is not recorded so in readme.yaml", v.Name)
		}
	}
}

// TestRoundTrip writes what is hard to write, and reads it back.
func TestRoundTrip(t *testing.T) {
	hard := []string{"a: b", "- a", "'", `"`, "#", "a #b", " a", "a ", "a:", "true", "12", "é", "\u00a0", "a\nb", "a\n\nb\n", "\nb",
		"a\n  b\n", "a\r\nb", "*", "&a", "[a]", "{", "|", ">", "%", "@", "`", "~", "null", `\`, "\x00", "a\tb", "http://[::1]:7000/", "? a", "!a"}
	for _, text := range hard {
		f := &vector.File{About: text, Vectors: []vector.Vector{{
			Name: "a", About: text, Beyond: text, Page: vector.Page{URL: "http://a.test:7000/"},
			Servers: []vector.Resource{{URL: "http://a.test:7000/" + strings.ReplaceAll(text, "\n", ""), Answer: []string{"200\n\n" + strings.ReplaceAll(text, `\`, "")}}},
			Steps:   []vector.Step{{Kind: vector.KindFetch, URL: text, Body: &vector.Body{Kind: vector.BodyString, Text: text}}},
			Expect:  vector.Expect{"spec": {Script: []string{text}, Requests: strings.TrimSuffix(text, "\n")}},
		}}}
		got, err := vector.Parse(f.Text())
		if err != nil {
			t.Errorf("%q: %v\n%s", text, err, f.Text())
		} else if !reflect.DeepEqual(got, f) {
			t.Errorf("%q: got %+v\nfrom %s", text, got, f.Text())
		}
	}
}
