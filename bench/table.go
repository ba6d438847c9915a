package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A cell is a contestant in a row, after it was measured.
type cell struct {
	contestant contestant
	result     result
	remarks    []remark
	absent     bool // it cannot do the row
}

func (c cell) ranked() bool {
	return !c.absent && !slices.ContainsFunc(c.remarks, func(r remark) bool { return r.Unranked })
}

// A line is a row of results: cells for each platform, in the order of its
// contestants, and the floor.
type line struct {
	row        row
	cells      [][]cell
	floor      result
	besideOurs result // of the row beside, if there is one
	besideRS   result
}

func (l line) none() cell { return l.cells[0][0] }
func (l line) ours() cell { return l.cells[0][1] }
func (l line) rs() cell   { return l.cells[0][2] }

// against is a contestant's time by ours, round by round: above 1 we are faster.
// On net/http whole times are compared. A framework's middleware is compared by
// what it adds to the framework without any, with what ours adds to net/http
// without any: the frameworks' own cost is nobody's merit.
func (l line) against(p int, c cell) estimate {
	if p == 0 {
		return c.result.ns.over(l.ours().result.ns).estimate()
	}
	return l.added(p, c).over(l.added(0, l.ours())).estimate()
}

// added is what a contestant adds to its platform.
func (l line) added(p int, c cell) series { return c.result.ns.minus(l.cells[p][0].result.ns) }

// tie reports whether an estimated ratio may be 1.
func tie(e estimate) bool { return e.low <= 1 && e.high >= 1 }

func ratio(e estimate) string {
	s := times(e.median)
	if tie(e) {
		s += "~"
	}
	return s
}

func times(ratio float64) string {
	if ratio >= 99.5 {
		return fmt.Sprintf("×%.0f", ratio)
	}
	return fmt.Sprintf("×%.2f", ratio)
}

// jub0bs is what jub0bs/cors would take by our time, if it stood to rs/cors with
// one origin as it did elsewhere.
func (l line) jub0bs() (float64, bool) {
	if l.row.jub0bs.ratio == 0 {
		return 0, false
	}
	rs := l.rs().result.ns
	if l.row.beside != nil && len(l.row.config.origins) > len(l.row.beside.config.origins) {
		rs = l.besideRS.ns
	}
	return rs.over(l.ours().result.ns).estimate().median * l.row.jub0bs.ratio, true
}

// jub0bsMark is the mark of preflights, whose answers jub0bs/cors sends without
// Vary by design.
func (l line) jub0bsMark() string {
	if l.row.request.Method == "OPTIONS" {
		return noVary.Mark
	}
	return ""
}

func duration(ns float64) string {
	switch {
	case math.Abs(ns) >= 1e6:
		return fmt.Sprintf("%.3g ms", ns/1e6)
	case math.Abs(ns) >= 1e4:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	case math.Abs(ns) < 99.95:
		return fmt.Sprintf("%.1f ns", ns)
	}
	return fmt.Sprintf("%.0f ns", ns)
}

func measured(r result) string {
	e := r.ns.estimate()
	return fmt.Sprintf("%s ±%.0f%% %.0fa", duration(e.median), 100*e.spread(), r.allocs)
}

// peer is a peer's cell: in parentheses and with its marks if it is not ranked.
func (l line) peer(p int, c cell) string {
	if c.absent {
		return "–"
	}
	s := measured(c.result) + " " + ratio(l.against(p, c))
	if !c.ranked() {
		s = "(" + s + ")"
	}
	for _, r := range c.remarks {
		s += " " + r.Mark
	}
	return s
}

// httpTable is the table of net/http, with the floor and the figures computed
// for jub0bs/cors.
func httpTable(lines []line) string {
	rows := [][]string{{"", "none", "floor", ours}}
	for _, c := range platforms[0].contestants[2:] {
		rows[0] = append(rows[0], c.name)
	}
	rows[0] = append(rows[0], "jub0bs, computed")
	for _, l := range lines {
		r := []string{l.row.name, duration(l.none().result.ns.estimate().median), measured(l.floor), "**" + measured(l.ours().result) + "**"}
		for _, c := range l.cells[0][2:] {
			r = append(r, l.peer(0, c))
		}
		computed := "–"
		if by, ok := l.jub0bs(); ok {
			computed = fmt.Sprintf("%.0fa %s", l.row.jub0bs.allocs, times(by))
			if mark := l.jub0bsMark(); mark != "" {
				computed = "(" + computed + ") " + mark
			}
		}
		rows = append(rows, append(r, computed))
	}
	return markdown(rows)
}

// frameworkTable is the table of a framework.
func frameworkTable(lines []line, p int) string {
	peer := platforms[p].contestants[2].name
	rows := [][]string{{"", "none", ours + " in it", peer, peer + " adds", ours + " adds to net/http", "ratio"}}
	for _, l := range lines {
		none, around, c := l.cells[p][0], l.cells[p][1], l.cells[p][2]
		r := []string{l.row.name, measured(none.result), measured(around.result)}
		if c.absent {
			rows = append(rows, append(r, "–", "–", "–", "–"))
			continue
		}
		text := measured(c.result)
		by := ratio(l.against(p, c))
		if !c.ranked() {
			text, by = "("+text+")", "("+by+")"
		}
		for _, m := range c.remarks {
			text += " " + m.Mark
		}
		added, own := l.added(p, c).estimate(), l.added(0, l.ours()).estimate()
		rows = append(rows, append(r, text, duration(added.median), duration(own.median), by))
	}
	return markdown(rows)
}

// markdown sets a table whose columns are as wide as what is in them, to be
// read in a terminal as well as rendered.
func markdown(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, s := range r {
			widths[i] = max(widths[i], len([]rune(s)))
		}
	}
	var b strings.Builder
	for n, r := range rows {
		for i, s := range r {
			fmt.Fprintf(&b, "| %s%s ", s, strings.Repeat(" ", widths[i]-len([]rune(s))))
		}
		b.WriteString("|\n")
		if n == 0 {
			for _, w := range widths {
				b.WriteString("|" + strings.Repeat("-", w+2))
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}

// A shortfall is a contestant that beat us in a row.
type shortfall struct {
	row, by, why string
	ratio        float64
}

// shortfalls lists who is faster than we are: ranked, and not ranked because it
// does less; and the rows in which jub0bs/cors would be.
func shortfalls(lines []line) (ranked, unranked, computed []shortfall) {
	for _, l := range lines {
		for p, cells := range l.cells {
			for _, c := range cells[2:] {
				if c.absent {
					continue
				}
				against := l.against(p, c)
				if against.high >= 1 {
					continue
				}
				s := shortfall{row: l.row.name, by: c.contestant.name, ratio: against.median}
				if c.ranked() {
					ranked = append(ranked, s)
					continue
				}
				for _, r := range c.remarks {
					if r.Unranked {
						s.why += r.Mark
					}
				}
				unranked = append(unranked, s)
			}
		}
		if by, ok := l.jub0bs(); ok && by < 1 {
			computed = append(computed, shortfall{row: l.row.name, by: "jub0bs", ratio: by, why: l.jub0bsMark()})
		}
	}
	for _, list := range [][]shortfall{ranked, unranked, computed} {
		slices.SortStableFunc(list, func(a, b shortfall) int { return cmp.Compare(a.ratio, b.ratio) })
	}
	return ranked, unranked, computed
}

func (s shortfall) String() string {
	text := fmt.Sprintf("%s: %s, %s", s.row, s.by, times(s.ratio))
	if s.why != "" {
		text += " (" + s.why + ")"
	}
	return text
}
