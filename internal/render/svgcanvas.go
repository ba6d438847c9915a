package render

import (
	"bytes"
	"fmt"
	"strings"
)

// A canvas collects the elements of a drawing: those of back lie behind those
// of front.
type canvas struct {
	back, front bytes.Buffer
}

// A face is a type face as it is set: its class and how wide it runs.
type face struct {
	class  string
	height int // from one line to the next
	width  func(s string) float64
}

var (
	mono       = face{"cors-mono", 16, func(s string) float64 { return 7.4 * float64(len(s)) }}
	monoStrong = face{"cors-mono cors-strong", 16, mono.width}
	monoSmall  = face{"cors-mono cors-small", 15, func(s string) float64 { return 6.8 * float64(len(s)) }}
	sans       = face{"cors-sans", 18, func(s string) float64 { return sansWidth(s, 13) }}
	sansStrong = face{"cors-strong", 18, func(s string) float64 { return 1.06 * sansWidth(s, 13) }}
)

// sansWidth is how wide s runs at most in the usual sans-serif faces.
func sansWidth(s string, size float64) float64 {
	w := 0.0
	for i := range len(s) {
		switch c := s[i]; {
		case strings.IndexByte(" iljtfr.,:;'|!()[]/-", c) >= 0:
			w += .38
		case c >= 'A' && c <= 'Z', c == 'm', c == 'w', c == '@', c == '%':
			w += .8
		default:
			w += .61
		}
	}
	return w * size
}

// fold breaks s into at most limit lines that fit into width, those after the
// first into indent less. What does not fit ends in "...".
func (f face) fold(s string, width, indent, limit int) []string {
	s = printable(shorten(s, svgBytes))
	var lines []string
	for room := width; s != ""; room = width - indent {
		end := 1
		for end < len(s) && f.width(s[:end+1]) <= float64(room) {
			end++
		}
		next := end
		if end < len(s) {
			end, next = breakLine(s, end)
		}
		if len(lines) == limit-1 && next < len(s) {
			return append(lines, s[:max(end-3, 0)]+"...")
		}
		lines = append(lines, s[:end])
		s = s[next:]
	}
	return lines
}

func (c *canvas) text(x, y int, class, s string) {
	fmt.Fprintf(&c.front, `<text class="%s" x="%d" y="%d">%s</text>`+"\n", class, x, y, escapeXML(s))
}

func (c *canvas) textMiddle(x, y int, class, s string) {
	fmt.Fprintf(&c.front, `<text class="%s" x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", class, x, y, escapeXML(s))
}

// A tone is the class that gives an element its meaning; "" is none.
const (
	toneAllowed = "cors-allowed"
	toneBlocked = "cors-blocked"
	toneFailed  = "cors-failed" // went wrong, but not for CORS: no colour
)

// classDiffers marks what is not in the diagram beside this one.
const classDiffers = "cors-differs"

// arrow draws a line from x1 to x2 with its head at x2.
func (c *canvas) arrow(x1, x2, y int, dashed bool, tone string) {
	class := "cors-arrow"
	if dashed {
		class += " cors-dashed"
	}
	back := -9
	if x2 < x1 {
		back = 9
	}
	fmt.Fprintf(&c.front, `<path class="%s" d="M%d %d.5H%d"/>`, joinClass(class, tone), x1, y, x2+back)
	fmt.Fprintf(&c.front, `<path class="%s" d="M%d %d.5l%d -4.5v9z"/>`+"\n", joinClass("cors-head", tone), x2, y, back)
}

// stub draws a dashed line that ends in a cross: something that did not get
// through.
func (c *canvas) stub(x1, x2, y int, tone string) {
	fmt.Fprintf(&c.front, `<path class="%s" d="M%d %d.5H%d"/>`, joinClass("cors-arrow cors-dashed", tone), x1, y, x2-8)
	fmt.Fprintf(&c.front, `<path class="%s" d="M%d %d.5l10 10m0 -10l-10 10"/>`+"\n", joinClass("cors-cross", tone), x2-5, y-5)
}

// glyph draws a disc with a tick or a cross, or a plain dot if tone is empty.
func (c *canvas) glyph(x, y int, tick bool, tone string) {
	radius, mark := 8, ""
	switch {
	case tone == "":
		radius = 4
	case tick:
		mark = fmt.Sprintf(`<path class="cors-mark" d="M%d.5 %d.3l2.4 2.6l4.6 -5.2"/>`, x-4, y)
	default:
		mark = fmt.Sprintf(`<path class="cors-mark" d="M%d %dl6 6m0 -6l-6 6"/>`, x-3, y-3)
	}
	fmt.Fprintf(&c.front, `<circle class="%s" cx="%d" cy="%d" r="%d"/>%s`+"\n", joinClass("cors-dot", tone), x, y, radius, mark)
}

func (c *canvas) rect(to *bytes.Buffer, class string, x, y, width, height int) {
	fmt.Fprintf(to, `<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="6"/>`+"\n", class, x, y, width, height)
}

func joinClass(class, tone string) string {
	if tone == "" {
		return class
	}
	return class + " " + tone
}
