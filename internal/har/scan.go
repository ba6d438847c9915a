package har

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// A SyntaxError is where a file stops being JSON.
type SyntaxError struct {
	Offset  int64 // in bytes from the beginning
	Problem string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("byte %d: %s", e.Offset, e.Problem)
}

// maxDepth is how deep lists and objects may be nested. Exporters stay below 16.
const maxDepth = 200

// A scanner reads JSON value by value and keeps nothing that is not asked for,
// so that memory does not grow with the file: the bodies in it are skipped
// byte by byte. What is not of the expected type is skipped, since exporters
// differ; what is not JSON is an error.
type scanner struct {
	r      *bufio.Reader
	offset int64
	depth  int
}

func newScanner(r io.Reader) *scanner {
	s := &scanner{r: bufio.NewReaderSize(r, 64<<10)}
	if mark, err := s.r.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		s.r.Discard(3)
		s.offset = 3
	}
	return s
}

func (s *scanner) fail(format string, args ...any) error {
	return &SyntaxError{s.offset, fmt.Sprintf(format, args...)}
}

// read returns the next byte.
func (s *scanner) read() (byte, error) {
	c, err := s.r.ReadByte()
	if err == io.EOF {
		return 0, s.fail("the file ends in the middle of a value; it may have been cut short")
	}
	if err != nil {
		return 0, fmt.Errorf("byte %d: %w", s.offset, err)
	}
	s.offset++
	return c, nil
}

// peek returns the next byte that is no white space, without taking it.
func (s *scanner) peek() (byte, error) {
	for {
		c, err := s.read()
		if err != nil {
			return 0, err
		}
		switch c {
		case ' ', '\t', '\n', '\r':
			continue
		}
		s.offset--
		return c, s.r.UnreadByte()
	}
}

// take reads the next byte that is no white space and must be want.
func (s *scanner) take(want byte, what string) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != want {
		return s.fail("expected %s, found %q", what, c)
	}
	_, err = s.read()
	return err
}

// object calls member with each name, at its value, which member must read. A
// value that is no object is skipped.
func (s *scanner) object(member func(name string) error) error {
	return s.composite('{', '}', func() error {
		if c, err := s.peek(); err != nil {
			return err
		} else if c != '"' {
			return s.fail("expected a name in double quotes, found %q", c)
		}
		name, _, err := s.text(256)
		if err != nil {
			return err
		}
		if err := s.take(':', "a colon after a name"); err != nil {
			return err
		}
		return member(name)
	})
}

// array calls element at each value, which element must read. A value that is
// no array is skipped.
func (s *scanner) array(element func() error) error { return s.composite('[', ']', element) }

func (s *scanner) composite(open, end byte, element func() error) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != open {
		return s.skip()
	}
	if s.depth++; s.depth > maxDepth {
		return s.fail("lists and objects are nested more than %d deep", maxDepth)
	}
	defer func() { s.depth-- }()
	if err := s.take(open, "an opening bracket"); err != nil {
		return err
	}
	if c, err = s.peek(); err != nil {
		return err
	}
	if c == end {
		_, err := s.read()
		return err
	}
	for {
		if err := element(); err != nil {
			return err
		}
		switch c, err = s.peek(); {
		case err != nil:
			return err
		case c != ',' && c != end:
			return s.fail("expected a comma or %q, found %q", end, c)
		}
		if _, err := s.read(); err != nil {
			return err
		}
		if c == end {
			return nil
		}
	}
}

// skip reads a value of any type and keeps nothing.
func (s *scanner) skip() error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	switch c {
	case '{':
		return s.object(func(string) error { return s.skip() })
	case '[':
		return s.array(s.skip)
	case '"':
		_, _, err := s.text(0)
		return err
	}
	_, err = s.word()
	return err
}

// text reads a string of which it keeps at most limit bytes, and says whether
// there were more. A value of another type is skipped.
func (s *scanner) text(limit int) (value string, cut bool, err error) {
	c, err := s.peek()
	if err != nil {
		return "", false, err
	}
	if c != '"' {
		return "", false, s.skip()
	}
	if _, err := s.read(); err != nil {
		return "", false, err
	}
	var out []byte
	for {
		if run := s.run(); len(run) > 0 {
			if cut = cut || len(out)+len(run) > limit; !cut {
				out = append(out, run...)
			}
			s.r.Discard(len(run))
			s.offset += int64(len(run))
		}
		if c, err = s.read(); err != nil {
			return "", false, err
		}
		var piece []byte
		switch {
		case c == '"':
			return string(out), cut, nil
		case c < ' ':
			return "", false, s.fail("a control character (%#02x) in a string", c)
		case c == '\\':
			if piece, err = s.escape(); err != nil {
				return "", false, err
			}
		default:
			piece = []byte{c}
		}
		if cut = cut || len(out)+len(piece) > limit; !cut {
			out = append(out, piece...)
		}
	}
}

// run returns the bytes of a string that are in the buffer and stand for
// themselves.
func (s *scanner) run() []byte {
	buffer, _ := s.r.Peek(s.r.Buffered())
	for i, c := range buffer {
		if c == '"' || c == '\\' || c < ' ' {
			return buffer[:i]
		}
	}
	return buffer
}

// escape reads what follows a backslash.
func (s *scanner) escape() ([]byte, error) {
	c, err := s.read()
	if err != nil {
		return nil, err
	}
	switch c {
	case '"', '\\', '/':
		return []byte{c}, nil
	case 'b', 'f', 'n', 'r', 't':
		return []byte{map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}[c]}, nil
	case 'u':
		r, err := s.hex()
		if err != nil || !utf16.IsSurrogate(r) {
			return utf8.AppendRune(nil, r), err
		}
		next, err := s.r.Peek(2)
		if err != nil || string(next) != `\u` {
			return utf8.AppendRune(nil, utf8.RuneError), nil
		}
		s.r.Discard(2)
		s.offset += 2
		low, err := s.hex()
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError || !utf16.IsSurrogate(low) && err == nil {
			if pair == utf8.RuneError { // two characters, the first of them half a pair
				return utf8.AppendRune(utf8.AppendRune(nil, pair), low), nil
			}
			return utf8.AppendRune(nil, pair), err
		}
		return utf8.AppendRune(utf8.AppendRune(nil, utf8.RuneError), utf8.RuneError), err
	}
	return nil, s.fail("\\%c is no escape in a string", c)
}

func (s *scanner) hex() (rune, error) {
	var digits [4]byte
	for i := range digits {
		c, err := s.read()
		if err != nil {
			return 0, err
		}
		digits[i] = c
	}
	n, err := strconv.ParseUint(string(digits[:]), 16, 16)
	if err != nil {
		return 0, s.fail(`\u%s is no escape in a string`, digits)
	}
	return rune(n), nil
}

// integer reads a number, without its fraction. A value of another type, and
// a number that is out of range, is 0.
func (s *scanner) integer() (int64, error) {
	c, err := s.peek()
	if err != nil {
		return 0, err
	}
	if c != '-' && (c < '0' || c > '9') {
		return 0, s.skip()
	}
	word, err := s.word()
	if err != nil {
		return 0, err
	}
	f, err := strconv.ParseFloat(word, 64)
	if err != nil || f != f || f < -1e15 || f > 1e15 {
		return 0, nil
	}
	return int64(f), nil
}

// maxWord is the longest that a number may be written.
const maxWord = 400

// word reads a number, true, false or null.
func (s *scanner) word() (string, error) {
	start := s.offset
	var word []byte
	for {
		next, err := s.r.Peek(1)
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", fmt.Errorf("byte %d: %w", s.offset, err)
		}
		c := next[0]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '+' || c == '-' || c == '.') {
			break
		}
		if word = append(word, c); len(word) > maxWord {
			return "", s.fail("a number or word longer than %d bytes", maxWord)
		}
		if _, err := s.read(); err != nil {
			return "", err
		}
	}
	switch w := string(word); {
	case w == "true", w == "false", w == "null", isNumber(w):
		return w, nil
	case w == "":
		c, err := s.peek()
		if err != nil {
			return "", err
		}
		return "", s.fail("expected a value, found %q", c)
	default:
		return "", &SyntaxError{start, fmt.Sprintf("%.40q is no value; a text must be in double quotes", w)}
	}
}

// isNumber follows the grammar of RFC 8259, section 6.
func isNumber(w string) bool {
	digits := func() bool {
		n := 0
		for n < len(w) && w[n] >= '0' && w[n] <= '9' {
			n++
		}
		w = w[n:]
		return n > 0
	}
	if w != "" && w[0] == '-' {
		w = w[1:]
	}
	if len(w) > 1 && w[0] == '0' && w[1] >= '0' && w[1] <= '9' || !digits() {
		return false
	}
	if w != "" && w[0] == '.' {
		if w = w[1:]; !digits() {
			return false
		}
	}
	if w != "" && (w[0] == 'e' || w[0] == 'E') {
		if w = w[1:]; w != "" && (w[0] == '+' || w[0] == '-') {
			w = w[1:]
		}
		if !digits() {
			return false
		}
	}
	return w == ""
}

// end holds that nothing but white space follows.
func (s *scanner) end() error {
	for {
		c, err := s.r.ReadByte()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("byte %d: %w", s.offset, err)
		}
		switch c {
		case ' ', '\t', '\n', '\r':
			s.offset++
		default:
			return s.fail("%q after the end of the document", c)
		}
	}
}
