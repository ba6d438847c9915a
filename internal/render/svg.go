package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"crossorigin.dev/browser"
)

// SVGOptions says how SVG draws.
type SVGOptions struct {
	// ID begins every id in the document: give each diagram of a page its own.
	// It is made of ASCII letters, digits, - and _; others are dropped. Empty: "cors".
	ID string
	// Width is the drawing's width in pixels; it scales down to its container.
	// 0: 760, and 176 more for each further server; never less than 320. Where
	// it is 60 or more below that, the columns close up, as a telephone needs.
	Width int
	// Unstyled leaves SVGStyle out, for a page that has it in a style sheet of
	// its own.
	Unstyled bool
	// Differs marks steps, by their index, whose exchange is not in another
	// diagram that stands beside this one.
	Differs map[int]bool
	// VerdictDiffers marks the verdict likewise.
	VerdictDiffers bool
}

// SVG draws t as a sequence diagram: page, browser and server are lifelines,
// each preflight and request an arrow. The document is static: no scripts, no
// references to elsewhere. Its colours follow prefers-color-scheme; a page that
// embeds it inline can set them with the CSS variables --cors-ink,
// --cors-muted, --cors-line, --cors-surface, --cors-band, --cors-allowed and
// --cors-blocked.
func SVG(w io.Writer, t *browser.Trace, o SVGOptions) error {
	d := newDiagram(t, o)
	d.draw()
	id := idPrefix(o.ID)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="cors-diagram" role="img" `+
		`aria-labelledby="%s-title %s-desc" width="%d" height="%d" viewBox="0 0 %d %d">`+"\n",
		id, id, d.width, d.y, d.width, d.y)
	fmt.Fprintf(&b, "<title id=\"%s-title\">%s</title>\n", id, escapeXML(headline(t)))
	fmt.Fprintf(&b, "<desc id=\"%s-desc\">%s</desc>\n", id, escapeXML(description(t)))
	if !o.Unstyled {
		fmt.Fprintf(&b, "<style>%s</style>\n", SVGStyle)
	}
	fmt.Fprintf(&b, `<rect class="cors-surface" x="0.5" y="0.5" width="%d" height="%d" rx="10"/>`+"\n", d.width-1, d.y-1)
	b.Write(d.back.Bytes())
	b.Write(d.front.Bytes())
	b.WriteString("</svg>\n")
	_, err := w.Write(b.Bytes())
	return err
}

// SVGStyle is the style sheet within every diagram that is not Unstyled. A page
// with a strict Content-Security-Policy serves it as a file.
const SVGStyle = `
.cors-diagram{--i:var(--cors-ink,#1d2433);--m:var(--cors-muted,#5a6377);--l:var(--cors-line,#c3cad7);` +
	`--s:var(--cors-surface,#fff);--b:var(--cors-band,#f4f6f9);--a:var(--cors-allowed,#0b7a4b);--x:var(--cors-blocked,#c62339);` +
	`max-width:100%;height:auto;font:13px/1.4 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
@media(prefers-color-scheme:dark){.cors-diagram{--i:var(--cors-ink,#e5e9f1);--m:var(--cors-muted,#9aa4b8);` +
	`--l:var(--cors-line,#465064);--s:var(--cors-surface,#11151d);--b:var(--cors-band,#191f2a);` +
	`--a:var(--cors-allowed,#43cb8c);--x:var(--cors-blocked,#ff7381)}}
.cors-diagram text{fill:var(--i);white-space:pre;paint-order:stroke;stroke:var(--s);stroke-width:4px;stroke-linejoin:round}
.cors-diagram .cors-in text{stroke:var(--b)}
.cors-diagram .cors-bare text{stroke:none}
.cors-diagram .cors-surface{fill:var(--s);stroke:var(--l)}
.cors-diagram .cors-band{fill:var(--b)}
.cors-diagram .cors-differs{stroke:var(--i);stroke-width:2}
.cors-diagram text.cors-differs{stroke:none;fill:var(--i);text-decoration:underline}
.cors-diagram .cors-actor{fill:var(--s);stroke:var(--l)}
.cors-diagram .cors-life{stroke:var(--l);stroke-dasharray:3 4}
.cors-diagram .cors-strong{font-weight:600}
.cors-diagram .cors-label{font-size:11px;font-weight:600;letter-spacing:.06em;fill:var(--m)}
.cors-diagram .cors-mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px}
.cors-diagram .cors-small{font-size:11px}
.cors-diagram .cors-muted{fill:var(--m)}
.cors-diagram .cors-in text.cors-struck{text-decoration:line-through;stroke:none}
.cors-diagram .cors-arrow{stroke:var(--i);stroke-width:1.5;fill:none}
.cors-diagram .cors-head{fill:var(--i)}
.cors-diagram .cors-dashed{stroke-dasharray:6 4}
.cors-diagram .cors-dot{fill:var(--m)}
.cors-diagram .cors-mark{stroke:var(--s);stroke-width:1.8;fill:none;stroke-linecap:round;stroke-linejoin:round}
.cors-diagram .cors-cross{stroke:var(--i);stroke-width:2.2;stroke-linecap:round}
.cors-diagram .cors-cross.cors-blocked{stroke:var(--x)}
.cors-diagram text.cors-allowed,.cors-diagram .cors-head.cors-allowed,.cors-diagram .cors-dot.cors-allowed{fill:var(--a)}
.cors-diagram text.cors-blocked,.cors-diagram .cors-head.cors-blocked,.cors-diagram .cors-dot.cors-blocked{fill:var(--x)}
.cors-diagram .cors-arrow.cors-allowed{stroke:var(--a)}
.cors-diagram .cors-arrow.cors-blocked{stroke:var(--x)}
.cors-diagram .cors-verdict{fill:var(--m);fill-opacity:.1;stroke:var(--m)}
.cors-diagram .cors-verdict.cors-allowed{fill:var(--a);stroke:var(--a)}
.cors-diagram .cors-verdict.cors-blocked{fill:var(--x);stroke:var(--x)}
`

// headline is the diagram's title: "PUT https://… from https://…: blocked".
func headline(t *browser.Trace) string {
	return fmt.Sprintf("%s %s from %s: %s", t.Method, shorten(t.URL, svgBytes), t.Origin, t.Verdict.Outcome)
}

// description tells in words what the diagram shows.
func description(t *browser.Trace) string {
	var b strings.Builder
	for _, s := range t.Steps {
		x := s.Exchange
		if x == nil {
			continue
		}
		kind := "request"
		if x.Preflight {
			kind = "preflight"
		}
		fmt.Fprintf(&b, "The browser sends the %s %s %s. ", kind, x.Method, shorten(x.URL, svgBytes))
		if x.Answer != nil {
			fmt.Fprintf(&b, "The server answers %s. ", statusLine(x.Answer.Status))
		} else {
			b.WriteString("No answer comes. ")
		}
	}
	if held, ok := heldBack(t); ok {
		fmt.Fprintf(&b, "The request %s %s is never sent. ", held.method, shorten(held.url, svgBytes))
	}
	fmt.Fprintf(&b, "Verdict: %s. %s %s", t.Verdict.Outcome, shorten(t.Verdict.Message, svgBytes), facts(t))
	return b.String()
}

// escapeXML returns s as character data or an attribute's value. As it is
// printable ASCII first, XML allows every character.
func escapeXML(s string) string {
	var b strings.Builder
	// A strings.Builder returns no error.
	_ = xml.EscapeText(&b, []byte(printable(s)))
	return b.String()
}

func idPrefix(id string) string {
	id = strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, id)
	if id == "" {
		return "cors"
	}
	return id
}
