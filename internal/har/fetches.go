package har

import (
	"cmp"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/origin"
)

// A Fetch is a request of a page to another origin, put together from the
// entries that belong to it.
type Fetch struct {
	Origin string // the page's; empty if the file does not show it
	Page   string // its URL, as far as the file shows it
	Hops   []Hop  // at least one
	// Profile is the browser that wrote the file.
	Profile browser.Profile
}

// A Hop is the part of a Fetch between two redirects.
type Hop struct {
	Request   *Entry // nil if only the preflight was recorded
	Preflight *Entry // nil if there was none
}

// window is how many entries are looked at for those that belong together:
// that many before and after. It bounds the memory that a file takes.
const window = 256

// farApart is when two entries do not belong together.
const farApart = 2 * time.Minute

// Read calls each with every request to another origin in a HAR file. It
// reads the file once and keeps a bounded part of it. A file that is not JSON
// is a [*SyntaxError]; what was found before it has been given to each.
func Read(r io.Reader, each func(*Fetch) error) (Header, error) {
	var header Header
	g := &grouping{header: &header, each: each}
	err := readEntries(r, &header, g.add)
	var syntax *SyntaxError
	if err == nil || errors.As(err, &syntax) {
		err = cmp.Or(g.flush(0), err)
	}
	return header, err
}

// A grouping puts entries together as they come.
type grouping struct {
	header  *Header
	each    func(*Fetch) error
	entries []*Entry // those before done are kept to be paired
	done    int
}

func (g *grouping) add(e *Entry) error {
	g.entries = append(g.entries, e)
	return g.flush(window)
}

// flush tells of all entries but the last, which may have company to come.
func (g *grouping) flush(keep int) error {
	for ; g.done < len(g.entries)-keep; g.done++ {
		if err := g.tell(g.entries[g.done]); err != nil {
			return err
		}
	}
	if g.done > 2*window {
		n := copy(g.entries, g.entries[g.done-window:])
		clear(g.entries[n:])
		g.entries, g.done = g.entries[:n], window
	}
	return nil
}

// tell makes a Fetch that begins with an entry, unless that is a part of
// another or of no interest.
func (g *grouping) tell(e *Entry) error {
	if e.used || !isHTTP(e.URL) || notAFetch(e) {
		return nil
	}
	first := Hop{Request: e}
	if e.preflight() {
		first = Hop{Preflight: e, Request: g.nearest(e, func(o *Entry) bool {
			return !o.preflight() && o.Method == e.sent("Access-Control-Request-Method")
		})}
	} else {
		first.Preflight = g.preflightOf(e)
	}
	f := &Fetch{Hops: []Hop{first}, Profile: g.header.Profile}
	first.use()
	for next := g.redirected(first); next != nil && len(f.Hops) <= 20; {
		hop := Hop{Request: next, Preflight: g.preflightOf(next)}
		hop.use()
		f.Hops = append(f.Hops, hop)
		next = g.redirected(hop)
	}
	g.origin(f)
	if f.Origin == "" || !f.crossOrigin() {
		return nil
	}
	return g.each(f)
}

func (h Hop) use() {
	for _, e := range []*Entry{h.Request, h.Preflight} {
		if e != nil {
			e.used = true
		}
	}
}

// URL is the one that is requested in the hop.
func (h Hop) URL() string {
	if h.Request != nil {
		return h.Request.URL
	}
	return h.Preflight.URL
}

// Method is the one of the request.
func (h Hop) Method() string {
	if h.Request != nil {
		return h.Request.Method
	}
	return h.Preflight.sent("Access-Control-Request-Method")
}

func (g *grouping) preflightOf(e *Entry) *Entry {
	return g.nearest(e, func(o *Entry) bool { return o.preflight() && o.sent("Access-Control-Request-Method") == e.Method })
}

// nearest returns the unused entry for the same URL that fits and is nearest
// in time, since the order in the file says nothing.
func (g *grouping) nearest(e *Entry, fits func(*Entry) bool) *Entry {
	var best *Entry
	for _, o := range g.entries {
		if o == e || o.used || o.URL != e.URL || !fits(o) || apart(o, e) > farApart {
			continue
		}
		if best == nil || apart(o, e) < apart(best, e) {
			best = o
		}
	}
	return best
}

func apart(a, b *Entry) time.Duration { return a.Started.Sub(b.Started).Abs() }

// redirected returns the entry to which a hop was redirected.
func (g *grouping) redirected(h Hop) *Entry {
	if h.Request == nil || h.Request.Status/100 != 3 {
		return nil
	}
	location, ok := field(h.Request.Response, "Location")
	if !ok {
		return nil
	}
	base, err := url.Parse(h.Request.URL)
	if err != nil {
		return nil
	}
	to, err := base.Parse(location)
	if err != nil {
		return nil
	}
	for _, o := range g.entries {
		if !o.used && o.Index > h.Request.Index && o.URL == to.String() && !o.preflight() && apart(o, h.Request) <= farApart {
			return o
		}
	}
	return nil
}

// origin finds out which page made a request: its Origin tells, or that of its
// preflight, its Referer, or the page that the entry belongs to.
func (g *grouping) origin(f *Fetch) {
	h := f.Hops[0]
	for _, e := range []*Entry{h.Request, h.Preflight} {
		if e == nil {
			continue
		}
		if value := e.sent("Origin"); f.Origin == "" && value != "" {
			f.Origin = value
		}
		if value := e.sent("Referer"); f.Page == "" && isHTTP(value) {
			f.Page = value
		}
		if title := g.header.Pages[e.Page]; f.Page == "" && isHTTP(title) {
			f.Page = title
		}
	}
	pageOrigin := ""
	if o, err := origin.OfURL(f.Page); err == nil && f.Page != "" {
		pageOrigin = o.String()
	}
	if f.Origin == "" {
		f.Origin = pageOrigin
	}
	if f.Origin != pageOrigin {
		f.Page = ""
	}
}

// crossOrigin reports whether any URL of the chain is of another origin.
func (f *Fetch) crossOrigin() bool {
	for _, h := range f.Hops {
		o, err := origin.OfURL(h.URL())
		if err == nil && o.String() != f.Origin {
			return true
		}
	}
	return false
}

func isHTTP(rawURL string) bool {
	return strings.HasPrefix(rawURL, "http://") || strings.HasPrefix(rawURL, "https://")
}

// notAFetch reports whether an entry is a page, a frame or a WebSocket, which
// know no CORS.
func notAFetch(e *Entry) bool {
	switch e.Type {
	case "document", "websocket", "csp-violation-report":
		return true
	}
	mode := e.sent("Sec-Fetch-Mode")
	return mode == "navigate" || mode == "websocket" || strings.EqualFold(e.sent("Upgrade"), "websocket")
}
