// Package conformance holds the tests in real browsers: of the vectors, of the
// lab and of the gateway. It is a module of its own, so that what drives the
// browsers is no requirement of anybody's build.
package conformance
