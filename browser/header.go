package browser

import (
	"iter"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"crossorigin.dev/internal/fetchspec"
)

// A headerList is the standard's header list: pairs in order, of which several
// may have one name. https://fetch.spec.whatwg.org/#concept-header-list
type headerList []Field

// headerListOf returns h as pairs, sorted by name, since http.Header keeps no
// order between names.
func headerListOf(h http.Header) headerList {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	list := make(headerList, 0, len(h))
	for _, name := range names {
		for _, value := range h[name] {
			list = append(list, Field{name, fetchspec.NormalizeValue(value)})
		}
	}
	return list
}

// header returns the list as an http.Header.
func (l headerList) header() http.Header {
	h := make(http.Header, len(l))
	values := make([]string, len(l)) // one allocation for all names that occur once
	for i, f := range l {
		name := textproto.CanonicalMIMEHeaderKey(f.Name)
		if old, ok := h[name]; ok {
			h[name] = append(old, f.Value)
			continue
		}
		values[i] = f.Value
		h[name] = values[i : i+1 : i+1]
	}
	return h
}

// all yields the pairs in order.
func (l headerList) all() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, f := range l {
			if !yield(f.Name, f.Value) {
				return
			}
		}
	}
}

// lines returns the values of one name, in order.
func (l headerList) lines(name string) []string {
	var lines []string
	for _, f := range l {
		if fetchspec.EqualFold(f.Name, name) {
			lines = append(lines, f.Value)
		}
	}
	return lines
}

// get returns the values of one name, joined.
// https://fetch.spec.whatwg.org/#concept-header-list-get
func (l headerList) get(name string) (value string, ok bool) {
	for i, f := range l {
		if fetchspec.EqualFold(f.Name, name) {
			if rest := l[i+1:].lines(name); rest != nil {
				return strings.Join(append([]string{f.Value}, rest...), ", "), true
			}
			return f.Value, true
		}
	}
	return "", false
}

func (l headerList) has(name string) bool {
	return slices.ContainsFunc(l, func(f Field) bool { return fetchspec.EqualFold(f.Name, name) })
}

// without returns the list without the pairs that drop picks.
func (l headerList) without(drop func(Field) bool) headerList {
	return slices.DeleteFunc(slices.Clone(l), drop)
}

// withoutNamed returns the list without the pairs whose name drop picks.
func (l headerList) withoutNamed(drop func(name string) bool) headerList {
	return l.without(func(f Field) bool { return drop(f.Name) })
}

func (l *headerList) append(name, value string) { *l = append(*l, Field{name, value}) }

// names returns the names in lower case, each once, sorted.
// https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set
func (l headerList) names() []string {
	return slices.Compact(l.eachName())
}

// eachName returns the names in lower case, sorted, as often as they are there.
func (l headerList) eachName() []string {
	var names []string
	for _, f := range l {
		names = append(names, fetchspec.Lower(f.Name))
	}
	slices.Sort(names)
	return names
}

// usualHeaders is how many headers the browser adds to a request.
const usualHeaders = 8

// A nameSet holds names of headers, in lower case. It is for lists that a server
// may have made long.
type nameSet map[string]bool

func newNameSet(names []string) nameSet {
	set := make(nameSet, len(names))
	for _, name := range names {
		set[fetchspec.Lower(name)] = true
	}
	return set
}

func (s nameSet) has(name string) bool { return s[fetchspec.Lower(name)] }

// combined returns the list with the pairs of each name joined into one.
func (l headerList) combined() headerList {
	joined := make(headerList, 0, len(l)+usualHeaders)
	for _, f := range l {
		if !joined.has(f.Name) {
			f.Value, _ = l.get(f.Name)
			joined = append(joined, f)
		}
	}
	return joined
}

// merged is what headersMerged makes of a list.
func (l headerList) merged(hasBody bool) headerList {
	merged := make(headerList, 0, len(l)+usualHeaders)
	for _, f := range l {
		i := slices.IndexFunc(merged, func(old Field) bool { return fetchspec.EqualFold(old.Name, f.Name) })
		switch {
		case i < 0:
			merged = append(merged, f)
		case hasBody && fetchspec.EqualFold(f.Name, "content-type"):
		case f.Value == "" || merged[i].Value == "" || isSingular(f.Name):
			merged[i].Value = f.Value
		default:
			merged[i].Value += ", " + f.Value
		}
	}
	return merged
}

// arrived is what headersJoinedOnArrival makes of a response's list.
func (l headerList) arrived(http1 bool) headerList {
	const allowOrigin = "Access-Control-Allow-Origin"
	valued := make(nameSet)
	for _, f := range l {
		if f.Value != "" {
			valued[fetchspec.Lower(f.Name)] = true
		}
	}
	kept := l.without(func(f Field) bool {
		counted := http1 && fetchspec.EqualFold(f.Name, allowOrigin)
		return f.Value == "" && valued.has(f.Name) && !counted
	})
	if i := slices.IndexFunc(kept, func(f Field) bool { return fetchspec.EqualFold(f.Name, allowOrigin) }); i >= 0 && !http1 {
		kept[i].Value = strings.Join(slices.DeleteFunc(kept.lines(allowOrigin), func(value string) bool { return value == "" }), ", ")
		kept = append(kept[:i+1:i+1], kept[i+1:].withoutNamed(func(name string) bool { return fetchspec.EqualFold(name, allowOrigin) })...)
	}
	return kept
}

// isSingular reports whether Firefox sends but one header of that name. Of those
// that a script may set, these were measured or are from its source.
func isSingular(name string) bool {
	switch fetchspec.Lower(name) {
	case "authorization", "content-disposition", "content-type", "from", "if-modified-since", "if-unmodified-since", "max-forwards", "user-agent":
		return true
	}
	return false
}

// list renders names for a sentence: "x-a and x-b".
func list(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}
