package diagnose

import (
	"cmp"
	"slices"

	"crossorigin.dev/browser"
)

// A situation is one way in which things go wrong. All have this shape, and a
// file each that registers it; nothing else names them.
type situation struct {
	number int    // of the list in docs/errors.md
	code   string // stable
	title  string
	about  string // for a reader who has nothing but the code
	side   Side
	config configKind
	// reasons are those of the engine that can lead here, for documentation.
	reasons []browser.Reason
	// match reports whether this is what a fetch ended in. No fetch matches two.
	match func(*facts) bool
	// advise reports whether it is worth telling though the fetch succeeded.
	advise func(*facts) bool
	// explain fills in what is particular to the fetch.
	explain func(*facts, *Problem)
}

// A configKind is what configuration of the server's software mends it.
type configKind uint8

const (
	configNone  configKind = iota
	configGrant            // let the software send the CORS header fields
	configOnce             // let one layer alone send them
)

// situations are all of them, by number.
var situations []*situation

// register adds a situation to the list; a file's "var _ = register(…)" is all
// that it takes.
func register(s situation) *situation {
	at, taken := slices.BinarySearchFunc(situations, s.number, func(t *situation, n int) int { return cmp.Compare(t.number, n) })
	if taken || situationByCode(s.code) != nil {
		panic("diagnose: two situations with the number or the code of " + s.code)
	}
	situations = slices.Insert(situations, at, &s)
	return &s
}

func situationByCode(code string) *situation {
	for _, s := range situations {
		if s.code == code {
			return s
		}
	}
	return nil
}

func (s *situation) describe(f *facts) Problem {
	p := Problem{
		Number: s.number, Code: s.code, Title: s.title, Docs: "docs/errors.md#" + s.code,
		Evidence: []Evidence{}, Warnings: []string{}, Fix: Fix{Side: s.side, Lines: []string{}},
	}
	if f.failed != nil {
		p.Reason = f.failed.Reason
	}
	s.explain(f, &p)
	p.neverNull()
	return p
}

// neverNull takes out of a fix what would allow null, and warns of it.
func (p *Problem) neverNull() {
	at := slices.Index(p.Fix.Lines, "Access-Control-Allow-Origin: null")
	if at < 0 {
		return
	}
	p.Fix.Lines = slices.Delete(p.Fix.Lines, at, at+1)
	p.Warnings = append(p.Warnings, neverAllowNull+" Call from a page with an origin, and let the server allow that.")
}

// A Topic is what is known of a situation without a fetch at hand.
type Topic struct {
	Number  int              `json:"number"`
	Code    string           `json:"code"`
	Title   string           `json:"title"`
	About   string           `json:"about"`
	Side    Side             `json:"side"`
	Reasons []browser.Reason `json:"reasons"`
}

// Topics returns all situations, by number.
func Topics() []Topic {
	all := make([]Topic, len(situations))
	for i, s := range situations {
		all[i] = Topic{s.number, s.code, s.title, s.about, s.side, slices.Clone(s.reasons)}
	}
	return all
}
