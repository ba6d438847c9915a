package fetchspec

import (
	"strconv"
	"strings"
)

// A Range is a single range of bytes, as the digits it was written with, which
// may be any number of them. Start or End is empty if it was left out; both
// never are.
type Range struct{ Start, End string }

// ParseRange parses the value of a Range header that asks for one range of
// bytes. Whitespace is accepted only with allowWhitespace.
// https://fetch.spec.whatwg.org/#simple-range-header-value
func ParseRange(value string, allowWhitespace bool) (Range, bool) {
	rest, ok := strings.CutPrefix(value, "bytes")
	if !ok {
		return Range{}, false
	}
	skip := func() {
		if allowWhitespace {
			rest = strings.TrimLeft(rest, "\t ")
		}
	}
	expect := func(delimiter string) bool {
		skip()
		rest, ok = strings.CutPrefix(rest, delimiter)
		skip()
		return ok
	}
	digits := func() (d string) {
		n := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		d, rest = rest[:n], rest[n:]
		return d
	}
	var r Range
	if !expect("=") {
		return Range{}, false
	}
	r.Start = digits()
	if !expect("-") {
		return Range{}, false
	}
	r.End = digits()
	switch {
	case rest != "", r.Start == "" && r.End == "":
		return Range{}, false
	case r.Start != "" && r.End != "" && lessNumber(r.End, r.Start):
		return Range{}, false
	}
	return r, true
}

// Of returns the first and the last byte that the range picks of so many; ok is
// false if it picks none.
func (r Range) Of(size int) (first, last int, ok bool) {
	first, last = 0, size-1
	number := func(digits string, otherwise int) int {
		if n, err := strconv.Atoi(digits); err == nil {
			return n
		}
		return otherwise // too many digits
	}
	switch {
	case r.Start == "":
		first = max(0, size-number(r.End, size))
	case r.End == "":
		first = number(r.Start, size)
	default:
		first, last = number(r.Start, size), min(last, number(r.End, size))
	}
	return first, last, first <= last
}

// lessNumber compares two runs of digits as numbers of any size.
func lessNumber(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}
