package render

import (
	"fmt"
	"io"
	"strings"

	"crossorigin.dev/internal/diagnose"
)

// TopicText writes what a code stands for, for a terminal.
func TopicText(w io.Writer, t diagnose.Topic, o TextOptions) error {
	p := newTextPrinter(o)
	p.heading(fmt.Sprintf("%d. %s: %s", t.Number, t.Code, t.Title))
	p.glyph(" ", plain, plain, t.About)
	p.glyph("→", plain, plain, "To be mended by "+sides[t.Side]+".")
	if len(t.Reasons) > 0 {
		var names []string
		for _, r := range t.Reasons {
			names = append(names, string(r))
		}
		p.glyph(" ", plain, dim, "cors check says: "+strings.Join(names, ", "))
	}
	p.glyph(" ", plain, dim, "docs/errors.md#"+t.Code+" shows an example, and what each browser writes.")
	_, err := w.Write(p.out.Bytes())
	return err
}
