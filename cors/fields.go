package cors

import "net/http"

// fields sets header fields whose values lie in one array, made for this one
// response, so that a response costs one allocation and shares nothing with
// another. Each value slice is clipped to its length: whoever appends to it gets
// memory of their own.
type fields struct {
	header    http.Header
	outerVary []string
	values    []string
}

// newFields makes room for n values besides those that are in Vary already.
func newFields(header http.Header, n int) fields {
	outerVary := header[headerVary]
	return fields{header, outerVary, make([]string, 0, n+len(outerVary))}
}

func (f *fields) set(name, value string) {
	n := len(f.values)
	f.values = append(f.values, value)
	f.header[name] = f.values[n : n+1 : n+1]
}

func (f *fields) setUnlessEmpty(name, value string) {
	if value != "" {
		f.set(name, value)
	}
}

// setLines sets a field of several lines, or none.
func (f *fields) setLines(name string, lines []string) {
	if len(lines) == 0 {
		return
	}
	n := len(f.values)
	f.values = append(f.values, lines...)
	f.header[name] = f.values[n:len(f.values):len(f.values)]
}

// vary adds a line to Vary, after those that outer handlers put there.
func (f *fields) vary(value string) {
	n := len(f.values)
	if len(f.outerVary) > 0 {
		f.values = append(f.values, f.outerVary...)
	}
	f.values = append(f.values, value)
	f.header[headerVary] = f.values[n:len(f.values):len(f.values)]
}

// addVary adds a line to Vary where that is all there is to say.
func addVary(header http.Header, value string) {
	if len(header[headerVary]) > 0 {
		f := newFields(header, 1)
		f.vary(value)
		return
	}
	header[headerVary] = []string{value}
}
