package policyfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"crossorigin.dev/cors"
	"crossorigin.dev/origin"
)

func full(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// asJSON is the same file in the other notation.
func asJSON(t *testing.T, data []byte) []byte {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(out, []byte("/"), []byte(`\/`)) // JSON may, and some writers do
}

func TestFull(t *testing.T) {
	site := cors.Policy{
		Origins:                   []string{"https://app.example.com", "https://*.example.org"},
		Credentials:               true,
		Methods:                   []string{"PUT", "DELETE"},
		RequestHeaders:            []string{"Content-Type", "Authorization"},
		ResponseHeaders:           []string{"X-Request-Id"},
		MaxAge:                    2 * time.Hour,
		PreflightStatus:           200,
		CrossOriginResourcePolicy: "same-site",
		TimingAllowOrigin:         true,
		Enforce:                   true,
		Debug:                     true,
	}
	public := cors.Policy{Origins: []string{"*"}, UnsafeNullOrigin: true}
	want := &File{
		Listeners: []Listener{{
			Address: ":8443", Hosts: []string{"api.example.com", "*.shop.example.com"},
			TrustForwarded: true, Certificate: "tls/cert.pem", Key: "/etc/key.pem",
		}},
		Admin: "localhost:9100",
		Upstreams: map[string]Upstream{
			"api": {URL: "http://localhost:9000"},
			"shop": {
				URL: "https://shop.internal/base", PreserveHost: true, HideOrigin: true,
				RewriteCookies: true, CertificateAuthority: "ca.pem", Concurrency: 100,
			},
		},
		Default: &public,
		Routes: []Route{
			{Match: "/api/", Upstream: "api", Policy: site, StripPrefix: "/api",
				Shadow: &cors.Policy{Origins: []string{"https://app.example.com"}, MaxAge: 2 * time.Hour}},
			{Match: "GET shop.example.com/", Upstream: "shop", Policy: cors.Policy{
				Origins: []string{"http://a.example", "https://*.github.io"}, Credentials: true,
				UnsafeInsecureOrigins: true, UnsafeBroadOrigins: true, MaxAge: -time.Second,
			}},
			{Match: "/internal/", Upstream: "api"}, // its policy is a function, see below
		},
		Limits: Limits{Header: 32 << 10, Body: 1e9, Connections: 500},
		Timeouts: Timeouts{
			Header: time.Second, Idle: 2 * time.Second, Stall: 3 * time.Second, Connect: 4 * time.Second,
			Response: 5 * time.Second, DrainDelay: 6 * time.Second, Drain: 7 * time.Second,
		},
		LogLevel: "debug",
	}
	for notation, data := range map[string][]byte{"YAML": full(t), "JSON": asJSON(t, full(t))} {
		t.Run(notation, func(t *testing.T) {
			got, problems := Parse(data, lookup)
			if got == nil {
				t.Fatal(problems)
			}
			closed := got.Routes[2].Policy
			if closed.AllowOrigin == nil || closed.AllowOrigin(new(http.Request), origin.Origin{}) {
				t.Error("policy: none allows an origin")
			}
			got.Routes[2].Policy = cors.Policy{}
			if len(got.Hash) != 12 {
				t.Errorf("hash %q", got.Hash)
			}
			got.Hash = ""
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%+v\nwant\n%+v", got, want)
			}
		})
	}
}

// TestEveryKey holds the full file against the schema, so that a new key gets
// into both, and into TestFull.
func TestEveryKey(t *testing.T) {
	root := new(decoder)
	root.lookup = lookup
	used := map[string]bool{}
	var walk func(n *node)
	walk = func(n *node) {
		for _, e := range n.entries {
			used[e.name] = true
			walk(e.value)
		}
		for _, item := range n.items {
			walk(item)
		}
	}
	walk(root.parse(string(full(t))))
	var look func(v any)
	look = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if properties, ok := v["properties"].(map[string]any); ok {
				for name := range properties {
					if !used[name] {
						t.Errorf("testdata/full.yaml has no key %q", name)
					}
				}
			}
			for _, inner := range v {
				look(inner)
			}
		case []any:
			for _, inner := range v {
				look(inner)
			}
		}
	}
	var s any
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	look(s)
}

// TestSchemaAgrees holds the schema against Parse: what Parse takes is valid,
// and what has a wrong key or a wrong type is not.
func TestSchemaAgrees(t *testing.T) {
	compiled := compiledSchema(t)
	valid := func(data []byte) error {
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON(t, data)))
		if err != nil {
			t.Fatal(err)
		}
		return compiled.Validate(instance)
	}
	if err := valid(full(t)); err != nil {
		t.Errorf("full.yaml: %v", err)
	}
	// What of broken a schema can see.
	structural := []string{
		"list", "missing keys", "version", "version text", "unknown key", "unknown key, nothing near",
		"key without value", "name reserved", "name with a space", "kebab case", "Go field", "yes",
		"boolean as text", "text for list", "number for text", "duration without unit", "duration",
		"negative timeout", "no timeout", "size without unit", "size", "number range", "choice", "empty list", "empty text",
		"tls without key", "route without policy",
	}
	seen := 0
	for _, test := range broken {
		if slices.Contains(structural, test.name) {
			seen++
			if valid([]byte(test.file)) == nil {
				t.Errorf("%s: the schema takes\n%s", test.name, test.file)
			}
			continue
		}
		if file, _ := Parse([]byte(test.file), lookup); file != nil {
			if err := valid([]byte(test.file)); err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
		}
	}
	if seen != len(structural) {
		t.Errorf("%d of %d names found in the table", seen, len(structural))
	}
}

func TestVariables(t *testing.T) {
	for _, test := range []struct {
		written string
		text    string
		kind    kind
	}{
		{"${SITE}", "https://app.example.com", kindText},
		{"a ${SITE}/${YES} b", "a https://app.example.com/true b", kindText},
		{"$${SITE}", "${SITE}", kindText},
		{"$SITE", "$SITE", kindText},
		{"$$ and $", "$$ and $", kindText},
		{"${YES}$", "true$", kindText},
		{"${YES}", "true", kindBoolean},
		{`"${YES}"`, "true", kindBoolean},
		{"${AGE}", "300", kindNumber},
		{"${AGE}s", "300s", kindText},
	} {
		d := &decoder{lookup: lookup}
		n := d.parse("a: " + test.written).get("a")
		if len(d.problems) > 0 || n.text != test.text || n.kind != test.kind {
			t.Errorf("%s: %q, %s, %v; want %q, %s", test.written, n.text, n.kind, d.problems, test.text, test.kind)
		}
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cors.yaml")
	if err := os.WriteFile(path, full(t), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SITE", "https://app.example.com")
	t.Setenv("YES", "true")
	file, problems, err := Read(path)
	if err != nil || file == nil {
		t.Fatal(err, problems)
	}
	if got, want := file.Listeners[0].Certificate, filepath.Join(filepath.Dir(path), "tls/cert.pem"); got != want {
		t.Errorf("the certificate is looked for at %s, want %s", got, want)
	}
	if got := file.Listeners[0].Key; got != "/etc/key.pem" {
		t.Errorf("the key is looked for at %s", got)
	}
	if _, _, err := Read(path + "x"); err == nil {
		t.Error("a file that is not there was read")
	}
	large := strings.Repeat("#", MaxSize+1)
	if err := os.WriteFile(path, []byte(large), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, problems, _ := Read(path); len(problems) != 1 || problems[0].Message != "the file is larger than 128 KiB" {
		t.Errorf("a large file: %v", problems)
	}
}

// TestLongFiles: the parser's time grows with the square of what these have much
// of, and a thousand routes are not too many.
func TestLongFiles(t *testing.T) {
	fill := func(head, one, tail string) string {
		return head + strings.Repeat(one, (MaxSize-len(head)-len(tail))/len(one)) + tail
	}
	for _, text := range []string{
		fill("", "a:\n", ""), fill("", "a: 1\n", ""), fill("", "- a: 1\n", ""), fill("a: [", "1,", "1]"),
		fill("a: [", "{},", "{}]"), fill("a: [", ",", "]"), fill("", ": ", ""), fill("", "--- 1\n", ""),
	} {
		file, problems := Parse([]byte(text), lookup)
		if file != nil || len(problems) != 1 || problems[0].Line == 0 || !strings.HasPrefix(problems[0].Message, "the file is too long from here on") {
			t.Errorf("%.20q: %.5v", text, problems)
		}
	}
	var b strings.Builder
	b.WriteString("version: 1\nupstreams: {api: 'http://localhost'}\nroutes:\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "  - {match: /api/items/%d/, upstream: api, policy: none, stripPrefix: /api}\n", i)
	}
	if file, problems := Parse([]byte(b.String()), lookup); file == nil || len(file.Routes) != 1000 {
		t.Errorf("a thousand routes: %.5v", problems)
	}
}

// TestHash tells files apart by what they say and not by how.
func TestHash(t *testing.T) {
	hash := func(text string) string {
		file, problems := Parse([]byte(text), lookup)
		if file == nil {
			t.Fatal(problems)
		}
		return file.Hash
	}
	base := hash(minimal)
	if got := hash("# a comment\n" + strings.ReplaceAll(minimal, "none}", `"none" }`)); got != base {
		t.Error("a comment and quotes change the hash")
	}
	if got := hash(strings.Replace(minimal, "/api/", "/apis/", 1)); got == base {
		t.Error("another pattern does not change the hash")
	}
}

func TestNearest(t *testing.T) {
	known := []string{"origins", "maxAge", "requestHeaders", "url"}
	for given, want := range map[string]string{
		"orgins": "origins", "Origins": "origins", "max_age": "maxAge", "request-header": "requestHeaders",
		"ulr": "url", "uri": "url", "x": "", "": "", "credentials": "", strings.Repeat("a", 1<<16): "",
	} {
		if got := nearest(given, known); got != want {
			t.Errorf("nearest(%.20q) = %q, want %q", given, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, test := range broken {
		f.Add(test.file)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return // the parser's time can grow with the square of it
		}
		file, problems := Parse([]byte(text), lookup)
		if (file == nil) != (len(problems.Errors()) > 0) {
			t.Fatalf("file %v with the problems %v", file, problems)
		}
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 2
		for _, p := range problems {
			if p.Line < 0 || p.Line > lines || p.Message == "" {
				t.Errorf("%+v in a text of %d lines", p, lines)
			}
		}
		if file == nil {
			return
		}
		for _, r := range file.Routes {
			if _, err := cors.New(r.Policy); err != nil {
				t.Errorf("a file without errors has a policy that package cors refuses: %v", err)
			}
			if _, ok := file.Upstreams[r.Upstream]; !ok {
				t.Errorf("route %q leads to no upstream", r.Match)
			}
		}
	})
}

// TestDocumented lints the files of docs/deploy.md: they have no errors, and no
// advice but the one that the text speaks of.
func TestDocumented(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/deploy.md")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for block := range strings.SplitSeq(string(text), "\n```") {
		block, isYAML := strings.CutPrefix(block, "yaml\n")
		switch {
		case !isYAML:
		case strings.Contains(block, "kind: ConfigMap"):
			var object struct{ Data map[string]string }
			if err := yaml.Unmarshal([]byte(block), &object); err != nil {
				t.Fatal(err)
			}
			files = append(files, object.Data["cors.yaml"])
		case strings.Contains(block, "version: 1"):
			files = append(files, block)
		}
	}
	if len(files) != 2 {
		t.Fatalf("%d files found, want 2", len(files))
	}
	for _, file := range files {
		parsed, problems := Parse([]byte(file), func(string) (string, bool) { return "https://app.example.com", true })
		problems = slices.DeleteFunc(problems, func(p Problem) bool { return strings.HasPrefix(p.Message, `":9100" can be reached`) })
		if parsed == nil || len(problems) > 0 {
			t.Errorf("%s\n%s", file, strings.Join(said(problems), "\n"))
		}
	}
}
