package policyfile

import (
	"fmt"
	"strings"
)

// fill puts the values of environment variables where the file says ${NAME};
// $${NAME} is ${NAME} itself, and a $ of any other kind is a $. What comes from
// the environment can add no keys. What it makes is a number or a boolean where
// one is expected and it reads like one, in quotes too, for JSON has no other way.
func (d *decoder) fill(n *node) {
	if !strings.Contains(n.text, "${") {
		return
	}
	filled, ok := d.filled(n)
	if !ok {
		n.kind, n.text = kindFailed, ""
		return
	}
	n.text, n.filled = filled, true
	switch {
	case n.text == "true" || n.text == "false":
		n.kind = kindBoolean
	case n.text != "" && strings.Trim(n.text, "0123456789") == "":
		n.kind = kindNumber
	}
}

func (d *decoder) filled(n *node) (text string, ok bool) {
	var b strings.Builder
	rest := n.text
	for {
		before, after, found := strings.Cut(rest, "${")
		b.WriteString(strings.TrimSuffix(before, "$"))
		if !found {
			if strings.HasSuffix(before, "$") {
				b.WriteByte('$')
			}
			return b.String(), true
		}
		name, tail, closed := strings.Cut(after, "}")
		rest = tail
		if strings.HasSuffix(before, "$") && closed {
			b.WriteString("${" + name + "}")
			continue
		}
		if !closed || !isVariable(name) {
			d.add(n.at, fmt.Sprintf("%q has a ${ that names no variable", n.text), "${NAME}, or $${ for the characters themselves")
			return "", false
		}
		value, ok := d.lookup(name)
		if !ok {
			d.fail(n.at, "the environment variable %s is not set", name)
			return "", false
		}
		if strings.ContainsAny(value, "\x00\r\n") {
			d.fail(n.at, "the environment variable %s has more than one line", name)
			return "", false
		}
		b.WriteString(value)
	}
}

func isVariable(name string) bool {
	if name == "" || '0' <= name[0] && name[0] <= '9' {
		return false
	}
	for _, c := range []byte(name) {
		if c != '_' && (c < '0' || '9' < c) && (c < 'A' || 'Z' < c) && (c < 'a' || 'z' < c) {
			return false
		}
	}
	return true
}
