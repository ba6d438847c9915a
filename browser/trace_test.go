package browser_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file, or writes it.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; if that is meant, run go test -update and look at the difference.\ngot:\n%s", path, got)
	}
}

// goldenTraces returns one trace of each outcome, which together have every
// field.
func goldenTraces(t *testing.T) map[string]*browser.Trace {
	clock := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	transport := inMemory(func(r *http.Request) *http.Response {
		clock = clock.Add(20 * time.Millisecond)
		switch {
		case r.URL.Path == "/moved":
			return answer(302, "Access-Control-Allow-Origin", "*", "Location", "https://cdn.example.net/items")
		case r.Method == "OPTIONS":
			return answer(204, "Access-Control-Allow-Origin", "*", "Access-Control-Allow-Methods", "PUT", "Access-Control-Allow-Headers", "*")
		}
		return answer(200, "Access-Control-Allow-Origin", "*", "Content-Type", "text/plain", "X-Extra", "1", "X-Extra", "2")
	})
	b := browser.New(browser.Options{Transport: transport, Now: func() time.Time { return clock }, UserAgent: "golden"})
	page := open(t, b, browser.PageOptions{URL: "https://app.example.com/"})
	requests := map[string]browser.Request{
		"allowed":  {Method: "put", URL: "https://api.example.com/items/1#x", Header: http.Header{"X-A": {"1"}}, Body: []byte("x"), BodyType: browser.TextBodyType},
		"blocked":  {Method: "DELETE", URL: "https://api.example.com/items/1"},
		"redirect": {URL: "https://api.example.com/moved"},
		"opaque":   {URL: "https://api.example.com/items", Mode: browser.ModeNoCORS},
		"misuse":   {Method: "TRACE", URL: "/"},
	}
	traces := map[string]*browser.Trace{}
	for name, r := range requests {
		b := browser.New(browser.Options{Transport: transport, Now: func() time.Time { return clock }, UserAgent: "golden"})
		clock = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		response, err := open(t, b, browser.PageOptions{URL: page.URL()}).Fetch(context.Background(), r)
		traces[name] = traceOf(outcome{response: response, err: err})
	}
	return traces
}

// TestTraceJSON pins the JSON form of a trace. What changes here changes for
// everyone who reads one; see TraceVersion.
func TestTraceJSON(t *testing.T) {
	t.Run("schema", testTraceSchema)
	for name, trace := range goldenTraces(t) {
		text, err := json.MarshalIndent(trace, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "testdata/trace/"+name+".json", append(text, '\n'))
		var again browser.Trace
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(&again, trace) {
			t.Errorf("%s: the trace read back is another", name)
		}
		var document any
		if err := json.Unmarshal(text, &document); err != nil {
			t.Fatal(err)
		}
		var schema map[string]any
		if text, err := os.ReadFile("trace.schema.json"); err != nil {
			t.Fatal(err)
		} else if err := json.Unmarshal(text, &schema); err != nil {
			t.Fatal(err)
		}
		if err := validate(schema, schema, document); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// testTraceSchema derives the JSON Schema from the Go types.
func testTraceSchema(t *testing.T) {
	definitions := map[string]any{}
	ref := schemaOf(reflect.TypeFor[browser.Trace](), definitions)
	schema := map[string]any{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "A trace of a fetch, as package crossorigin.dev/browser records it",
		"description": "Version " + fmt.Sprint(browser.TraceVersion) + ". Fields may be added without a new version; readers pass over those they do not know.",
		"$ref":        ref["$ref"],
		"$defs":       definitions,
	}
	text, err := json.MarshalIndent(schema, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "trace.schema.json", append(text, '\n'))
}

// enums are the values of the string types that have few.
var enums = map[reflect.Type][]string{
	reflect.TypeFor[browser.Mode]():            {"cors", "no-cors", "same-origin", "websocket", ""},
	reflect.TypeFor[browser.CredentialsMode](): {"same-origin", "include", "omit", ""},
	reflect.TypeFor[browser.RedirectMode]():    {"follow", "error", "manual", ""},
	reflect.TypeFor[browser.ResponseType]():    {"basic", "cors", "opaque", "opaqueredirect"},
	reflect.TypeFor[browser.Outcome]():         {"allowed", "opaque", "blocked", "network", "misuse"},
	reflect.TypeFor[browser.Decision]():        {"pass", "fail", "info"},
	reflect.TypeFor[browser.Phase]():           {"construct", "main", "cache", "preflight", "network", "cors-check", "redirect", "filter"},
}

func schemaOf(t reflect.Type, definitions map[string]any) map[string]any {
	switch {
	case enums[t] != nil:
		return map[string]any{"type": "string", "enum": enums[t]}
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), definitions)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), definitions)}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	}
	if _, done := definitions[t.Name()]; !done {
		properties, required := map[string]any{}, []string{}
		definitions[t.Name()] = nil
		for f := range t.Fields() {
			name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
			properties[name] = schemaOf(f.Type, definitions)
			if option == "" {
				required = append(required, name)
			}
		}
		definitions[t.Name()] = map[string]any{"type": "object", "properties": properties, "required": required}
	}
	return map[string]any{"$ref": "#/$defs/" + t.Name()}
}

// validate checks a document against the parts of JSON Schema that schemaOf
// uses, and that it has no member besides.
func validate(root, schema map[string]any, v any) error {
	if ref, ok := schema["$ref"].(string); ok {
		return validate(root, root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), v)
	}
	if values, ok := schema["enum"].([]any); ok && !slices.Contains(values, v) {
		return fmt.Errorf("%v is none of %v", v, values)
	}
	switch v := v.(type) {
	case map[string]any:
		properties, ok := schema["properties"].(map[string]any)
		if !ok {
			return fmt.Errorf("an object, want %v", schema["type"])
		}
		for _, name := range schema["required"].([]any) {
			if _, ok := v[name.(string)]; !ok {
				return fmt.Errorf("no member %q", name)
			}
		}
		for name, member := range v {
			s, ok := properties[name].(map[string]any)
			if !ok {
				return fmt.Errorf("unknown member %q", name)
			}
			if err := validate(root, s, member); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	case []any:
		items, ok := schema["items"].(map[string]any)
		if !ok {
			return fmt.Errorf("an array, want %v", schema["type"])
		}
		for i, item := range v {
			if err := validate(root, items, item); err != nil {
				return fmt.Errorf("%d: %w", i, err)
			}
		}
		return nil
	case string:
		return typed(schema, "string")
	case bool:
		return typed(schema, "boolean")
	case float64:
		return typed(schema, "integer")
	}
	return errors.New("a null")
}

func typed(schema map[string]any, want string) error {
	if schema["type"] != want {
		return fmt.Errorf("a %s, want %v", want, schema["type"])
	}
	return nil
}
