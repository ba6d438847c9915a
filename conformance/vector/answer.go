package vector

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// An Answer is what a scripted server answers.
type Answer struct {
	Status  int
	Fields  []string // header lines as they go out, unescaped but for {{Name}}
	Body    string
	Chunked bool
	Close   bool // the body ends with the connection
	Stall   bool // the body never ends
	Cut     int  // -1, or after how many bytes of the body the connection closes
	Delay   int  // milliseconds
	Hang    bool // no answer ever
	Drop    bool // no answer, and the connection closes
}

// NoBody reports whether the status has no body, and so no Content-Length.
func (a *Answer) NoBody() bool { return a.Status < 200 || a.Status == 204 || a.Status == 304 }

// ParseAnswer reads an answer's text.
func ParseAnswer(text string) (Answer, error) {
	a := Answer{Cut: -1}
	switch text {
	case "hang":
		a.Hang = true
		return a, nil
	case "drop":
		a.Drop = true
		return a, nil
	}
	head, body, _ := strings.Cut(text, "\n\n")
	first, lines, _ := strings.Cut(strings.TrimSuffix(head, "\n"), "\n")
	words := strings.Fields(first)
	if len(words) == 0 {
		return a, errors.New("an answer begins with its status, such as 200")
	}
	var err error
	if a.Status, err = strconv.Atoi(words[0]); err != nil || a.Status < 100 || a.Status > 999 {
		return a, fmt.Errorf("%q is not a status; an answer begins with one, such as 200", words[0])
	}
	for _, word := range words[1:] {
		if err := a.word(word); err != nil {
			return a, err
		}
	}
	if lines != "" {
		for line := range strings.SplitSeq(lines, "\n") {
			field, err := Unescape(line)
			if err != nil {
				return a, err
			}
			a.Fields = append(a.Fields, field)
		}
	}
	a.Body, err = Unescape(body)
	return a, err
}

func (a *Answer) word(word string) error {
	name, value, valued := strings.Cut(word, "=")
	number := 0
	if valued {
		var err error
		if number, err = strconv.Atoi(value); err != nil || number < 0 || number > 60_000 {
			return fmt.Errorf("%s: %q is not a number up to 60000", name, value)
		}
	}
	switch {
	case word == "chunked":
		a.Chunked = true
	case word == "close":
		a.Close = true
	case word == "stall":
		a.Stall = true
	case name == "delay" && valued:
		a.Delay = number
	case name == "cut" && valued:
		a.Cut = number
	default:
		return fmt.Errorf("%q is none of chunked, close, stall, delay=… and cut=…", word)
	}
	return nil
}

// A Field is a header's name and value.
type Field struct{ Name, Value string }

// ParseFields reads lines of headers.
func ParseFields(text string) ([]Field, error) {
	var fields []Field
	if text == "" {
		return nil, nil
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("%q has no colon; write Name: value", line)
		}
		name, err := Unescape(name)
		if err != nil {
			return nil, err
		}
		if value, err = Unescape(strings.TrimPrefix(value, " ")); err != nil {
			return nil, err
		}
		fields = append(fields, Field{name, value})
	}
	return fields, nil
}

// Unescape replaces \t, \r, \n, \\ and \x20.
func Unescape(s string) (string, error) {
	if !strings.Contains(s, `\`) {
		return s, nil
	}
	var b bytes.Buffer
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		i++
		rest := s[min(i, len(s)):]
		switch {
		case strings.HasPrefix(rest, "t"):
			b.WriteByte('\t')
		case strings.HasPrefix(rest, "r"):
			b.WriteByte('\r')
		case strings.HasPrefix(rest, "n"):
			b.WriteByte('\n')
		case strings.HasPrefix(rest, `\`):
			b.WriteByte('\\')
		case strings.HasPrefix(rest, "x") && len(rest) >= 3:
			c, err := strconv.ParseUint(rest[1:3], 16, 8)
			if err != nil {
				return "", fmt.Errorf(`"\%s" is not an escape; write \x and two hexadecimal digits`, rest[:3])
			}
			b.WriteByte(byte(c))
			i += 2
		default:
			return "", fmt.Errorf(`%q ends in no escape; write \t, \r, \n, \\ or \x20`, s[:i])
		}
	}
	return b.String(), nil
}

// Escape is the inverse of Unescape. It also escapes white space at either end,
// which nobody would see.
func Escape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\':
			b.WriteString(`\\`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\n':
			b.WriteString(`\n`)
		case c == ' ' && (i == 0 || i == len(s)-1), c < ' ', c >= 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
