// Package conformance compares the project with real browsers. It has nothing
// but tests, in a module of its own, so that what drives the browsers is no
// requirement of anybody's build.
package conformance
