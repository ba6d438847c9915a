package origin

import (
	"math/bits"
	"strings"
)

// A Set is many patterns, compiled so that looking an origin up costs about the
// same however many they are. It never changes and may be used by several
// goroutines at once. The zero value contains nothing.
type Set struct {
	shortest, longest int  // of what can be in the set, in bytes
	families          bool // whether there is a pattern with an asterisk

	exact   map[string]struct{} // https://example.com:8443
	anyPort map[string]struct{} // https://example.com for https://example.com:*
	anyHost map[string]struct{} // moz-extension for moz-extension://*

	under        suffixes // https, example.com:8443 for https://*.example.com:8443
	underAnyPort suffixes // https, example.com for https://*.example.com:*
}

// NewSet compiles patterns. Zero patterns are left out.
func NewSet(patterns ...Pattern) *Set {
	s := &Set{shortest: maxTuple + 1}
	for _, p := range patterns {
		if p == (Pattern{}) {
			continue
		}
		s.add(p)
	}
	s.under.build()
	s.underAnyPort.build()
	return s
}

func (s *Set) add(p Pattern) {
	tuple := p.scheme + "://" + p.host
	shortest, longest := len(tuple), len(tuple)
	s.families = s.families || p.host == "*" || p.subdomains || p.port == "*"
	switch {
	case p.host == "*":
		longest = maxTuple
		insert(&s.anyHost, p.scheme)
	case p.subdomains && p.port == "*":
		shortest, longest = shortest+len("a."), maxTuple
		s.underAnyPort.add(p.scheme, p.host)
	case p.subdomains:
		suffix := strings.TrimPrefix(p.String(), p.scheme+"://*.")
		shortest, longest = len(p.String()), maxTuple // an asterisk stands for a byte at least
		s.under.add(p.scheme, suffix)
	case p.port == "*":
		longest += len(":65535")
		insert(&s.anyPort, tuple)
	default:
		tuple = p.String()
		shortest, longest = len(tuple), len(tuple)
		insert(&s.exact, tuple)
	}
	s.shortest = min(s.shortest, shortest)
	s.longest = max(s.longest, longest)
}

func insert(set *map[string]struct{}, key string) {
	if *set == nil {
		*set = make(map[string]struct{})
	}
	(*set)[key] = struct{}{}
}

// Contains reports whether serialized is the serialization of a tuple origin
// that one of the patterns matches. Whatever [Parse] refuses is in no set, and
// neither is "null". Contains allocates nothing, and takes time proportional to
// the argument's length at most; an argument that is too short or too long to be
// in the set costs next to nothing.
func (s *Set) Contains(serialized string) bool {
	if len(serialized) < s.shortest || len(serialized) > s.longest {
		return false
	}
	if _, ok := s.exact[serialized]; ok {
		return true
	}
	return s.families && s.inFamily(serialized)
}

// inFamily reports whether serialized is in the set by a pattern with an
// asterisk. What the pattern spells out is known to be right, so only what stands
// for the asterisk is looked into.
func (s *Set) inFamily(serialized string) bool {
	scheme, host, port := split(serialized)
	if host == "" || len(host) > maxHost {
		return false
	}
	withoutPort := serialized[:len(scheme)+len("://")+len(host)]
	hasPort := len(withoutPort) != len(serialized)
	if _, ok := s.anyHost[scheme]; ok && !hasPort {
		return checkTuple(serialized) == ""
	}
	if s.under.match(scheme, serialized) {
		return true
	}
	if _, ok := s.anyPort[withoutPort]; ok || s.underAnyPort.match(scheme, withoutPort) {
		return !hasPort || checkPort(scheme, port) == ""
	}
	return false
}

// suffixes is what follows "*." in patterns, each with its scheme: a list, if they
// are so few that comparing is faster, else a hash table, open and at most half
// full. The hash is taken from the last byte backwards, so that one pass over an
// origin gives the hashes of all its suffixes.
type suffixes struct {
	list              []suffix
	table             []suffix // a power of two of them; those without a scheme are free
	shift             int      // 64 less the exponent of that power
	shortest, longest int
}

type suffix struct {
	scheme, text string
	hash         uint64
}

// hashByte mixes one byte into a hash. It is weak, and fast, since each byte has to
// wait for the one before. The keys are the configuration's own, so that nobody
// outside can choose ones that collide.
func hashByte(hash uint64, c byte) uint64 {
	return bits.RotateLeft64(hash, 7) + uint64(c)
}

func hashBackwards(s string, hash uint64) uint64 {
	for i := len(s) - 1; i >= 0; i-- {
		hash = hashByte(hash, s[i])
	}
	return hash
}

func (t *suffixes) add(scheme, text string) {
	if t.list == nil {
		t.shortest = len(text)
	}
	t.shortest = min(t.shortest, len(text))
	t.longest = max(t.longest, len(text))
	hash := hashBackwards(text, hashBackwards(scheme, 0))
	t.list = append(t.list, suffix{scheme, text, hash})
}

const fewSuffixes = 4

func (t *suffixes) build() {
	if len(t.list) <= fewSuffixes {
		return
	}
	exponent := bits.Len(uint(2*len(t.list) - 1))
	t.table, t.shift = make([]suffix, 1<<exponent), 64-exponent
	for _, s := range t.list {
		if !t.has(s.hash, s.scheme, s.text) {
			i := t.slot(s.hash)
			for t.table[i].scheme != "" {
				i = (i + 1) & (len(t.table) - 1)
			}
			t.table[i] = s
		}
	}
	t.list = nil
}

// slot spreads a hash over the table.
func (t *suffixes) slot(hash uint64) int {
	const odd = 0x9e3779b97f4a7c15 // 2 to the 64th by the golden ratio
	return int(hash * odd >> t.shift)
}

func (t *suffixes) has(hash uint64, scheme, text string) bool {
	for i := t.slot(hash); t.table[i].scheme != ""; i = (i + 1) & (len(t.table) - 1) {
		if s := &t.table[i]; s.hash == hash && s.text == text && s.scheme == scheme {
			return true
		}
	}
	return false
}

// validLabels reports whether s can stand before a dot in a host.
func validLabels(s string) bool {
	dot := true // whether the byte before is a dot, as the one before s counts as
	for i := range len(s) {
		if !hostBytes[s[i]] || dot && s[i] == '.' {
			return false
		}
		dot = s[i] == '.'
	}
	return !dot
}

// match reports whether what follows one of serialized's dots is one of the
// suffixes, with a host's labels, all non-empty, before it.
func (t *suffixes) match(scheme, serialized string) bool {
	hostStart := len(scheme) + len("://")
	for i := range t.list {
		s := &t.list[i]
		dot := len(serialized) - len(s.text) - 1
		if dot > hostStart && serialized[dot] == '.' && serialized[dot+1:] == s.text && s.scheme == scheme {
			return validLabels(serialized[hostStart:dot])
		}
	}
	if t.table == nil {
		return false
	}
	last := max(hostStart+1, len(serialized)-t.longest-1) // where the leftmost dot of use can be
	hash := hashBackwards(scheme, 0)
	for i := len(serialized) - 1; i >= last; i-- {
		c := serialized[i]
		if c == '.' && len(serialized)-i > t.shortest && t.has(hash, scheme, serialized[i+1:]) {
			return validLabels(serialized[hostStart:i])
		}
		hash = hashByte(hash, c)
	}
	return false
}
