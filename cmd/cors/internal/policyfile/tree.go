package policyfile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

type position struct{ line, column int }

// A node is a value in the file: a mapping, a list, or a scalar.
type node struct {
	at      position
	kind    kind
	text    string // of a scalar, without quotes, with variables filled in
	filled  bool   // a scalar in which a variable was filled in
	entries []entry
	items   []*node
}

// An entry is a key of a mapping, and its value.
type entry struct {
	at    position
	name  string
	value *node
}

type kind string

const (
	kindFailed  kind = "" // a problem that has been reported
	kindNull    kind = "nothing"
	kindText    kind = "text"
	kindNumber  kind = "a number"
	kindBoolean kind = "true or false"
	kindList    kind = "a list"
	kindMapping kind = "a mapping"
)

// get returns the value of a key of a mapping, or nil.
func (n *node) get(name string) *node {
	if n != nil {
		for _, e := range n.entries {
			if e.name == name {
				return e.value
			}
		}
	}
	return nil
}

// A decoder collects what is wrong with a file.
type decoder struct {
	lookup   func(string) (string, bool)
	problems Problems
	hashed   strings.Builder // the text of every key and value
}

func (d *decoder) add(at position, message, suggestion string) {
	d.problems = append(d.problems, Problem{Line: at.line, Column: at.column, Message: message, Suggestion: suggestion})
}

func (d *decoder) fail(at position, format string, args ...any) {
	d.add(at, fmt.Sprintf(format, args...), "")
}

func (d *decoder) sorted() Problems {
	slices.SortStableFunc(d.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(d.problems)
}

// parse returns nil if the text is no document of ours. What is wrong then, and
// keys that come twice, are among the problems.
func (d *decoder) parse(text string) (root *node) {
	defer func() {
		if r := recover(); r != nil { // the parser's own mistake
			d.add(position{}, fmt.Sprintf("the YAML parser cannot cope with this file: %v", r), "")
			root = nil
		}
	}()
	tokens := lexer.Tokenize(strings.TrimPrefix(text, "\ufeff"))
	if !d.plain(tokens) {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, message := position{}, err.Error()
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			at, message = positionOf(syntax.GetToken()), syntax.GetMessage()
		}
		d.add(at, "not YAML: "+message, "")
		return nil
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil && doc.Body.Type() != ast.CommentType {
			bodies = append(bodies, doc.Body)
		}
	}
	switch len(bodies) {
	case 0:
		d.add(position{}, "the file is empty", "version: 1, then upstreams and routes")
		return nil
	case 1:
		return d.node(bodies[0])
	}
	d.add(positionOf(bodies[1].GetToken()), "a second document begins here; the file has to be one", "")
	return nil
}

// maxDepth is how deep lists and mappings may lie in each other. The file needs
// five levels; the parser's time grows with the square of the depth, or worse.
const maxDepth = 16

// maxTokens is how many keys, values and signs such as : - , [ a file may have.
// A thousand routes have fewer. The parser's time grows with the square of it: a
// file of MaxSize that is nothing but keys would take it seconds.
const maxTokens = 20 << 10

// plain refuses what the file has no use for and what would take the parser too
// long: anchors, tags, great depth, and more than anybody writes.
func (d *decoder) plain(tokens token.Tokens) bool {
	if len(tokens) > maxTokens {
		d.fail(positionOf(tokens[maxTokens]), "the file is too long from here on: it has more than %d keys, values and signs such as : and -", maxTokens)
		return false
	}
	depth, dashes, dashLine := 0, 0, 0
	for _, t := range tokens {
		what := ""
		switch t.Type {
		case token.AnchorType, token.AliasType:
			what = "anchors and aliases are not read here; name a policy under policies, and use it by its name"
		case token.TagType:
			what = "tags are not read here; leave it out, or put the value in quotes"
		case token.MergeKeyType:
			what = "merge keys are not read here; name a policy under policies, and use it by its name"
		case token.MappingKeyType:
			what = `keys are written "key: value"`
		case token.DirectiveType:
			what = "directives are not read here"
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.SequenceEntryType:
			if t.Position.Line != dashLine {
				dashes, dashLine = 0, t.Position.Line
			}
			dashes++
		}
		if depth > maxDepth || dashes > maxDepth {
			what = "lists and mappings lie too deep in each other"
		}
		if depth < 0 {
			what = "this closes nothing that is open"
		}
		if what != "" {
			d.add(positionOf(t), what, "")
			return false
		}
	}
	return true
}

func positionOf(t *token.Token) position {
	if t == nil || t.Position == nil {
		return position{}
	}
	return position{t.Position.Line, t.Position.Column}
}

func (d *decoder) node(n ast.Node) *node {
	made := &node{at: positionOf(n.GetToken())}
	switch n := n.(type) {
	case *ast.MappingNode:
		made.kind = kindMapping
		for _, value := range n.Values {
			d.entry(made, value)
		}
		if !n.IsFlowStyle && len(made.entries) > 0 {
			made.at = made.entries[0].at
		}
	case *ast.MappingValueNode:
		made.kind = kindMapping
		d.entry(made, n)
		made.at = made.entries[0].at
	case *ast.SequenceNode:
		made.kind = kindList
		for _, item := range n.Values {
			made.items = append(made.items, d.node(item))
		}
	case *ast.NullNode:
		made.kind = kindNull
	case *ast.StringNode:
		made.kind, made.text = kindText, n.Value
		d.fill(made)
	case *ast.LiteralNode:
		made.kind, made.text = kindText, n.Value.Value
		d.fill(made)
	case *ast.BoolNode:
		made.kind, made.text = kindBoolean, n.Token.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		made.kind, made.text = kindNumber, n.GetToken().Value
	default:
		made.kind = kindFailed
		d.fail(made.at, "%s is not read here", n.Type())
	}
	fmt.Fprintf(&d.hashed, "%s %q %d\n", made.kind, made.text, len(made.items)+len(made.entries))
	return made
}

func (d *decoder) entry(mapping *node, value *ast.MappingValueNode) {
	key := value.Key.GetToken()
	e := entry{at: positionOf(key), name: key.Value}
	fmt.Fprintf(&d.hashed, "%q:\n", e.name)
	e.value = d.node(value.Value)
	mapping.entries = append(mapping.entries, e)
}
