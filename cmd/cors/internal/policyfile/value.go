package policyfile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A value is a place for one value of the file. It takes the value from a node,
// and describes in JSON Schema what it takes, so that the two cannot part.
type value interface {
	decode(d *decoder, n *node)
	schema() schema
}

// A schema is a JSON Schema.
type schema map[string]any

// A key is one that a mapping may have.
type key struct {
	name     string
	about    string // for the schema, whole sentences
	value    value
	required bool
}

// An object is a mapping with known keys. Others that people may expect are in
// absent, with why they are not there.
type object struct {
	keys   []key
	absent map[string]string
}

func (o object) decode(d *decoder, n *node) {
	if n.kind != kindMapping {
		d.wrongKind(n, kindMapping, "")
		return
	}
	seen := map[string]position{}
	for _, e := range n.entries {
		if first, twice := seen[e.name]; twice {
			d.fail(e.at, "the key %q comes twice; the first one is in line %d", e.name, first.line)
			continue
		}
		seen[e.name] = e.at
		i := slices.IndexFunc(o.keys, func(k key) bool { return k.name == e.name })
		switch {
		case i >= 0 && e.value.kind == kindNull:
			d.fail(e.at, "the key %q has no value; give it one, or leave it out", e.name)
		case i >= 0:
			o.keys[i].value.decode(d, e.value)
		case o.absent[e.name] != "":
			d.fail(e.at, "there is no key %q: %s", e.name, o.absent[e.name])
		default:
			d.unknown(e.at, "key", e.name, o.names())
		}
	}
	for _, k := range o.keys {
		if _, ok := seen[k.name]; k.required && !ok {
			d.fail(n.at, "the key %q is missing here", k.name)
		}
	}
}

func (o object) names() []string {
	var names []string
	for _, k := range o.keys {
		names = append(names, k.name)
	}
	return names
}

// unknown reports a name that is none of those known.
func (d *decoder) unknown(at position, what, given string, known []string) {
	message := fmt.Sprintf("unknown %s %q", what, given)
	if near := nearest(given, known); near != "" {
		d.add(at, message, near)
		return
	}
	if len(known) == 0 {
		d.fail(at, "%s; there is none yet", message)
		return
	}
	d.fail(at, "%s; known here: %s", message, strings.Join(known, ", "))
}

func (o object) schema() schema {
	properties := schema{}
	required := []string{}
	for _, k := range o.keys {
		s := k.value.schema()
		s["description"] = k.about
		properties[k.name] = s
		if k.required {
			required = append(required, k.name)
		}
	}
	s := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func (d *decoder) wrongKind(n *node, want kind, suggestion string) {
	is := string(n.kind)
	switch n.kind {
	case kindFailed:
		return
	case kindText, kindNumber, kindBoolean:
		is = n.text
		if n.kind == kindText {
			is = strconv.Quote(n.text)
		}
	}
	d.add(n.at, fmt.Sprintf("%s stands where %s is expected", is, want), suggestion)
}

// variable is what the schema lets stand for a value that is not text.
var variable = schema{"type": "string", "pattern": `^\$\{[A-Za-z_][A-Za-z0-9_]*\}$`}

// A text is any text but the empty one.
type text struct{ to *string }

func (v text) decode(d *decoder, n *node) {
	switch {
	case n.kind == kindText && n.text == "":
		d.fail(n.at, "the text is empty")
	case n.kind == kindText || n.filled:
		*v.to = n.text
	case n.kind == kindNumber || n.kind == kindBoolean:
		d.wrongKind(n, kindText, strconv.Quote(n.text))
	default:
		d.wrongKind(n, kindText, "")
	}
}

func (v text) schema() schema { return schema{"type": "string", "minLength": 1} }

// A choice is one of several words.
type choice struct {
	to    *string
	words []string
}

func (v choice) decode(d *decoder, n *node) {
	if n.kind != kindText {
		d.wrongKind(n, kindText, "one of "+strings.Join(v.words, ", "))
		return
	}
	if !slices.Contains(v.words, n.text) {
		d.unknown(n.at, "value", n.text, v.words)
		return
	}
	*v.to = n.text
}

func (v choice) schema() schema {
	return schema{"anyOf": []schema{{"enum": v.words}, variable}}
}

// A boolean is true or false, and not yes or on.
type boolean struct{ to *bool }

func (v boolean) decode(d *decoder, n *node) {
	if n.kind != kindBoolean {
		suggestion := "true or false"
		switch strings.ToLower(n.text) {
		case "yes", "on", "y", "1", "true":
			suggestion = "true"
		case "no", "off", "n", "0", "false":
			suggestion = "false"
		}
		d.wrongKind(n, kindBoolean, suggestion)
		return
	}
	*v.to = strings.EqualFold(n.text, "true")
}

func (v boolean) schema() schema {
	return schema{"anyOf": []schema{{"type": "boolean"}, variable}}
}

// A number is a whole one, between bounds.
type number struct {
	to       *int
	min, max int
}

func (v number) decode(d *decoder, n *node) {
	if n.kind != kindNumber {
		d.wrongKind(n, kindNumber, "")
		return
	}
	i, err := strconv.Atoi(n.text)
	if err != nil || i < v.min || i > v.max {
		if v.min == v.max {
			d.add(n.at, n.text+" is not known here", strconv.Itoa(v.min))
			return
		}
		d.fail(n.at, "%s is not a whole number from %d to %d", n.text, v.min, v.max)
		return
	}
	*v.to = i
}

func (v number) schema() schema {
	return schema{"anyOf": []schema{{"type": "integer", "minimum": v.min, "maximum": v.max}, variable}}
}

// A duration is written as in Go: "10m", "1h30m".
type duration struct {
	to   *time.Duration
	sign sign
}

// A sign says which durations have a meaning.
type sign int

const (
	positive sign = iota // a limit of nothing would be none, or let nothing through
	nonNegative
	anySign
)

func (v duration) decode(d *decoder, n *node) {
	switch n.kind {
	case kindNumber:
		d.add(n.at, n.text+" has no unit", n.text+"s, if it is seconds")
		return
	case kindText:
	default:
		d.wrongKind(n, "a duration", "10m, say")
		return
	}
	parsed, err := time.ParseDuration(n.text)
	switch {
	case err == nil && !durations.MatchString(n.text):
		d.add(n.at, fmt.Sprintf("%q is too much, or too many numbers", n.text), "at most 99999h")
	case err != nil:
		d.add(n.at, fmt.Sprintf("%q is not a duration", n.text), "one with units, such as 500ms, 10s, 5m or 1h30m")
	case n.text[0] == '-' && v.sign != anySign:
		d.fail(n.at, "%q is less than nothing", n.text)
	case parsed == 0 && v.sign == positive:
		d.fail(n.at, "%q is no time at all; leave it out for the default", n.text)
	default:
		*v.to = parsed
	}
}

// unsigned is a duration of at most six parts, none of them more than 32 years,
// so that all are less than the 292 years that a time.Duration can be.
const unsigned = `(0|(([0-9]{1,9}(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s)|([0-9]{1,7}(\.[0-9]*)?|\.[0-9]+)m|([0-9]{1,5}(\.[0-9]*)?|\.[0-9]+)h){1,6})`

var durations = regexp.MustCompile(`^[-+]?` + unsigned + `$`)

func (v duration) schema() schema {
	before := `\+?`
	if v.sign == anySign {
		before = `[-+]?`
	}
	s := schema{"type": "string", "pattern": `^` + before + unsigned + `$`}
	if v.sign == positive {
		s["not"] = schema{"pattern": `^[^1-9]*$`}
	}
	return schema{"anyOf": []schema{s, variable}}
}

// A size is a number of bytes with a unit.
type size struct {
	to *int64
	// How many digits it may have in B; in kB and KiB there may be three fewer, in
	// MB and MiB six, and so on.
	digits int
	most   string // that this allows
}

var units = []struct {
	name  string
	bytes int64
	fewer int // digits
}{{"KiB", 1 << 10, 3}, {"MiB", 1 << 20, 6}, {"GiB", 1 << 30, 9}, {"TiB", 1 << 40, 12},
	{"kB", 1e3, 3}, {"MB", 1e6, 6}, {"GB", 1e9, 9}, {"TB", 1e12, 12}, {"B", 1, 0}}

func (v size) decode(d *decoder, n *node) {
	switch n.kind {
	case kindNumber:
		d.add(n.at, n.text+" has no unit", n.text+"B, if it is bytes")
		return
	case kindText:
	default:
		d.wrongKind(n, "a size", "64KiB, say")
		return
	}
	for _, unit := range units {
		number, ok := strings.CutSuffix(n.text, unit.name)
		if !ok {
			continue
		}
		number = strings.TrimLeft(number, "0")
		if number == "" || strings.Trim(number, "0123456789") != "" {
			break
		}
		if len(number) > v.digits-unit.fewer {
			d.add(n.at, fmt.Sprintf("%q is too much", n.text), "at most "+v.most)
			return
		}
		i, _ := strconv.ParseInt(number, 10, 64) // which holds so many digits
		*v.to = i * unit.bytes
		return
	}
	d.add(n.at, fmt.Sprintf("%q is not a size", n.text), "a whole number with KiB, MiB, GiB, kB, MB, GB or B, such as 64KiB")
}

func (v size) schema() schema {
	var forms []string
	for _, unit := range units {
		if more := v.digits - unit.fewer - 1; more >= 0 {
			forms = append(forms, fmt.Sprintf("[0-9]{0,%d}%s", more, unit.name))
		}
	}
	return schema{"anyOf": []schema{{"type": "string", "pattern": `^0*[1-9](` + strings.Join(forms, "|") + `)$`}, variable}}
}

// A list has elements of one sort. The function makes the place for one more.
type list struct {
	of  func() value
	min int
}

// texts is a list of texts.
func texts(to *[]string, min int) value {
	return list{min: min, of: func() value { return appended{to} }}
}

type appended struct{ to *[]string }

func (v appended) decode(d *decoder, n *node) {
	var s string
	before := len(d.problems)
	text{&s}.decode(d, n)
	if len(d.problems) == before {
		*v.to = append(*v.to, s)
	}
}

func (v appended) schema() schema { return text{}.schema() }

func (v list) decode(d *decoder, n *node) {
	if n.kind != kindList {
		suggestion := ""
		if n.kind == kindText {
			suggestion = "[" + strconv.Quote(n.text) + "]"
		}
		d.wrongKind(n, kindList, suggestion)
		return
	}
	if len(n.items) < v.min {
		d.fail(n.at, "the list is empty")
	}
	for _, item := range n.items {
		v.of().decode(d, item)
	}
}

func (v list) schema() schema {
	s := schema{"type": "array", "items": v.of().schema()}
	if v.min > 0 {
		s["minItems"] = v.min
	}
	return s
}

// A dictionary is a mapping whose keys are names that the file's author chose.
type dictionary struct {
	of func(name string) value
}

// namePattern keeps names short enough for metrics and logs.
const namePattern = `^[A-Za-z0-9_.-]{1,64}$`

func (v dictionary) decode(d *decoder, n *node) {
	if n.kind != kindMapping {
		d.wrongKind(n, kindMapping, "")
		return
	}
	seen := map[string]position{}
	for _, e := range n.entries {
		first, twice := seen[e.name]
		seen[e.name] = e.at
		switch {
		case twice:
			d.fail(e.at, "the name %q comes twice; the first one is in line %d", e.name, first.line)
		case !isName(e.name):
			d.fail(e.at, "%q is not a name: up to 64 letters, digits, _, . and -", e.name)
		case e.name == none:
			d.fail(e.at, "the name %q stands for no policy at all", none)
		case e.value.kind == kindNull:
			d.fail(e.at, "%q has no value", e.name)
		default:
			v.of(e.name).decode(d, e.value)
		}
	}
}

func isName(s string) bool {
	const others = "_.-"
	for _, c := range []byte(s) {
		if (c < '0' || '9' < c) && (c < 'A' || 'Z' < c) && (c < 'a' || 'z' < c) && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

func (v dictionary) schema() schema {
	return schema{
		"type":                 "object",
		"propertyNames":        schema{"pattern": namePattern, "not": schema{"const": none}},
		"additionalProperties": v.of("").schema(),
	}
}
