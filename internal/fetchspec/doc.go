// Package fetchspec holds words of the Fetch standard: what a token is, which
// methods and headers are safelisted or forbidden, and how the lists in a
// header's value are read. Each definition carries the address of its section
// of https://fetch.spec.whatwg.org/.
//
// Values are strings of bytes, as they are on the wire, and lengths are in
// bytes. Names compare without regard to the case of ASCII letters, and of no
// others. Except where it is said otherwise a value is expected normalized
// (see [NormalizeValue]), as every value that came through HTTP parsing is.
package fetchspec
