package policyfile

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compiledSchema is the schema as an editor's validator reads it.
func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft4) // so that $schema decides
	if err := compiler.AddResource("cors.schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("cors.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// TestSchemaIsValid holds the schema against the schema of schemas of 2020-12.
func TestSchemaIsValid(t *testing.T) {
	meta, err := jsonschema.NewCompiler().Compile("https://json-schema.org/draft/2020-12/schema")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	if err := meta.Validate(document); err != nil {
		t.Error(err)
	}
}

// TestSchemaIsPublished: docs has the schema for editors, as the command prints it.
func TestSchemaIsPublished(t *testing.T) {
	published, err := os.ReadFile("../../../../docs/cors.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(published, Schema()) {
		t.Error("docs/cors.schema.json is not what cors schema prints; write it anew")
	}
}

// strays are values to put where they do not belong, or just do.
var strays = strings.Fields(`
"" "x" "info" "none" "true" "0" "0s" "0.0h" "10m" "-1s" "-0s" "+1h" "1.5h" "1h30m" "1h0" "00" "h" "10" "64KiB" "0B" "007B" "1.5MiB" "-1B" "9MiB" "10MiB" "1GiB" "999999TiB" "9999999TiB" "99999h" "9999999h" "1h1h1h1h1h1h1h" "99999999999999999999ns" "https://a.example" "${SITE}/a"
0 1 2 -1 200 299 300 1048576 1048577 1.5 true false null
[] ["x"] [""] [1] [null] {} {"x":1} {"url":"http://a"}`)

func stray(random *rand.Rand) (v any) {
	if err := json.Unmarshal([]byte(strays[random.IntN(len(strays))]), &v); err != nil {
		panic(err) // the list above is wrong
	}
	return v
}

// mutate changes one place of a document, and returns what stands there now.
func mutate(random *rand.Rand, v any, names []string) any {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		if len(keys) > 0 && random.IntN(8) > 0 {
			key := keys[random.IntN(len(keys))]
			v[key] = mutate(random, v[key], names)
			return v
		}
		switch name := names[random.IntN(len(names))]; {
		case len(keys) > 0 && random.IntN(3) == 0:
			delete(v, keys[random.IntN(len(keys))])
		case len(keys) > 0 && random.IntN(2) == 0:
			key := keys[random.IntN(len(keys))]
			v[name] = v[key]
			delete(v, key)
		default:
			v[name] = stray(random)
		}
		return v
	case []any:
		if len(v) > 0 && random.IntN(4) > 0 {
			i := random.IntN(len(v))
			v[i] = mutate(random, v[i], names)
			return v
		}
	}
	return stray(random)
}

// TestSchemaBoundsAlike: what is too much for the decoder is so for the schema.
func TestSchemaBoundsAlike(t *testing.T) {
	compiled := compiledSchema(t)
	for _, test := range []struct {
		key  string
		fits bool
	}{
		{"limits: {header: 9MiB}", true}, {"limits: {header: 9999KiB}", true}, {"limits: {header: 9999999B}", true},
		{"limits: {header: 10MiB}", false}, {"limits: {header: 1GiB}", false}, {"limits: {header: 10000kB}", false},
		{"limits: {body: 999999TiB}", true}, {"limits: {body: 1000000TB}", false}, {"limits: {body: 9999999999999999999B}", false},
		{"timeouts: {drain: 99999h}", true}, {"timeouts: {drain: 100000h}", false}, {"timeouts: {drain: 9999999999999s}", false},
		{"timeouts: {drain: 99999h99999h99999h99999h99999h99999h}", true}, {"timeouts: {drain: 1s1s1s1s1s1s1s}", false},
	} {
		text := minimal + test.key + "\n"
		var instance any
		if err := yaml.Unmarshal([]byte(text), &instance); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(instance)
		if err != nil {
			t.Fatal(err)
		}
		if instance, err = jsonschema.UnmarshalJSON(bytes.NewReader(asJSON)); err != nil {
			t.Fatal(err)
		}
		schemaErr := compiled.Validate(instance)
		if file, problems := Parse([]byte(text), lookup); (file != nil) != test.fits || (schemaErr == nil) != test.fits {
			t.Errorf("%s: fits %v, but the decoder says %v, and the schema %v", test.key, test.fits, problems, schemaErr)
		}
	}
}

// TestSchemaDecodesAlike holds the schema against the decoder on many
// documents, each a few steps away from one that has every key: both take it, or
// both do not. What takes more than one value to see, such as whether a name is
// known, is no concern of the schema.
func TestSchemaDecodesAlike(t *testing.T) {
	compiled := compiledSchema(t)
	var names []string
	var collect func(v any)
	collect = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, inner := range v {
				names = append(names, key)
				collect(inner)
			}
		case []any:
			for _, inner := range v {
				collect(inner)
			}
		}
	}
	original := asJSON(t, full(t))
	parse := func() (v any) {
		if err := yaml.Unmarshal(original, &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	collect(parse())
	slices.Sort(names)
	names = append(slices.Compact(names), "x", "a b", "")
	random := rand.New(rand.NewPCG(8, 8))
	taken := 0
	const documents = 1500
	for range documents {
		tree := parse()
		for range 1 + random.IntN(3) {
			tree = mutate(random, tree, names)
		}
		text, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		schemaErr := compiled.Validate(instance)
		d := &decoder{lookup: lookup}
		var doc document
		doc.init()
		if root := d.parse(string(text)); root != nil {
			doc.keys().decode(d, root)
		}
		if (schemaErr == nil) != (len(d.problems) == 0) {
			t.Errorf("%s\nthe schema says %v, and the decoder %v", text, schemaErr, said(d.problems))
		}
		if schemaErr == nil {
			taken++
		}
	}
	if taken < documents/10 || taken > documents*9/10 {
		t.Errorf("%d of %d documents are taken; that tests little", taken, documents)
	}
}
