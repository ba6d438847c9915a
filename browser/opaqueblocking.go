package browser

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"crossorigin.dev/internal/fetchspec"
	"crossorigin.dev/origin"
)

// Opaque response blocking holds back what a no-cors request has no use for, so
// that it cannot leak. A script sees nothing of it, but neither is what is held
// back stored. https://fetch.spec.whatwg.org/#orb is the draft; what follows is
// what Chromium was measured to do with twelve types and eleven bodies.

// neverSniffed are types that are held back whatever the body.
var neverSniffed = []string{
	"application/gzip", "application/x-gzip", "application/zip", "application/pdf", "application/x-protobuf",
	"application/msexcel", "application/mspowerpoint", "application/msword", "application/vnd.ms-excel",
	"application/vnd.ms-powerpoint", "application/vnd.ms-word", "multipart/byteranges", "multipart/signed",
	"text/csv", "text/event-stream",
}

// heldBack reports whether the response to an element is held back. fetch() gets
// an opaque response instead, which shows no more.
func (f *fetch) heldBack(r *response) bool {
	if f.initiator != InitiatorElement || !f.blocksOpaque() {
		return false
	}
	beginning, _ := io.ReadAll(io.LimitReader(r.body, maxSniffed))
	return looksLikeData(r.header, beginning)
}

// blocksOpaque reports whether the response is one to hold back if it looks like
// data: not of the page's own origin, to which redirects may have led back.
func (f *fetch) blocksOpaque() bool {
	return f.tainting == taintingOpaque && opaqueDataUnstored[f.profile()] && !origin.SameOrigin(f.current().origin, f.page.origin)
}

// maxSniffed is how many bytes of a body show what it is.
const maxSniffed = 1024

// looksLikeData reports whether a response is held back.
func looksLikeData(h headerList, body []byte) bool {
	line, _ := h.get("Content-Type")
	m, ok := fetchspec.ParseMIMEType(line)
	if !ok {
		return false
	}
	essence := m.Essence()
	data := m.Subtype == "json" || strings.HasSuffix(m.Subtype, "+json") || essence == "text/html" ||
		m.Subtype == "xml" || strings.HasSuffix(m.Subtype, "+xml")
	switch {
	case slices.Contains(neverSniffed, essence):
		return true
	case essence == "text/css" || essence == "image/svg+xml" || strings.HasSuffix(m.Subtype, "javascript"):
		return false
	case forbidsSniffing(h) && (data || essence == "text/plain"):
		return true
	}
	return sniffsAsData(body)
}

// forbidsSniffing reports whether the body is not to be looked at for what it is.
// https://fetch.spec.whatwg.org/#x-content-type-options-header
func forbidsSniffing(h headerList) bool {
	options := fetchspec.GetDecodeSplit(h.lines("X-Content-Type-Options"))
	return len(options) > 0 && fetchspec.EqualFold(options[0], "nosniff")
}

// breakers are what servers put before JSON lest it be run as a script.
var breakers = [][]byte{[]byte(")]}'"), []byte("{}&&"), []byte("for(;;);"), []byte("while(1);")}

// sniffsAsData reports whether a body begins as markup, as a JSON object with a
// member, or as a breaker.
func sniffsAsData(body []byte) bool {
	const space = " \t\r\n"
	body = bytes.TrimLeft(body[:min(len(body), maxSniffed)], space)
	if beginsAsMarkup(body) || slices.ContainsFunc(breakers, func(prefix []byte) bool { return bytes.HasPrefix(body, prefix) }) {
		return true
	}
	rest, ok := bytes.CutPrefix(body, []byte("{"))
	if rest = bytes.TrimLeft(rest, space); !ok || !bytes.HasPrefix(rest, []byte(`"`)) {
		return false
	}
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case '"':
			return bytes.HasPrefix(bytes.TrimLeft(rest[i+1:], space), []byte(":"))
		}
	}
	return false
}
