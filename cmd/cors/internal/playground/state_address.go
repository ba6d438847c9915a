package playground

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"crossorigin.dev/internal/diagnose"
)

// stateVersion is the first parameter of a state's address. A change that
// would let an old address mean something else takes the next number.
const stateVersion = "1"

// An addressed field is one parameter of the address.
type addressed struct {
	name    string
	text    *string
	flag    *bool
	choices []choice // nil: any text
	most    int      // bytes
}

// fields lists the parameters of a state, in the order of the address. What the
// names mean is fixed by stateVersion.
func (s *state) fields() []addressed {
	var all []addressed
	text := func(name string, value *string, most int) {
		all = append(all, addressed{name: name, text: value, most: most})
	}
	choose := func(name string, value *string, choices []choice) {
		all = append(all, addressed{name: name, text: value, choices: choices, most: maxMethod})
	}
	flag := func(name string, value *bool) { all = append(all, addressed{name: name, flag: value, most: 1}) }
	choose("page", &s.Page, pageKinds)
	choose("to", &s.Target, targetKinds)
	text("method", &s.Method, maxMethod)
	text("headers", &s.Headers, maxText)
	choose("kind", &s.Kind, bodyKinds)
	text("body", &s.Body, maxText)
	choose("mode", &s.Mode, modeKinds)
	choose("credentials", &s.Credentials, credentialsKinds)
	choose("redirect", &s.Redirect, redirectKinds)
	choose("cache", &s.Cache, cacheKinds)
	choose("before", &s.Before, beforeKinds)
	choose("server", &s.Server, serverKinds)
	text("origins", &s.Policy.Origins, maxText)
	flag("grant", &s.Policy.Credentials)
	text("methods", &s.Policy.Methods, maxText)
	text("allow", &s.Policy.RequestHeaders, maxText)
	text("expose", &s.Policy.ResponseHeaders, maxText)
	text("maxage", &s.Policy.MaxAge, maxSeconds)
	flag("onorigin", &s.OnOrigin)
	for i := range s.Hops {
		h, n := &s.Hops[i], strconv.Itoa(i)
		text("p"+n+"s", &h.Preflight.Status, len(closes))
		text("p"+n+"h", &h.Preflight.Lines, maxText)
		text("r"+n+"s", &h.Response.Status, len(closes))
		text("r"+n+"h", &h.Response.Lines, maxText)
		choose("r"+n+"to", &h.Next, nextKinds)
	}
	choose("profile", &s.Profile, profileKinds)
	choose("stack", &s.Stack, stackChoices())
	return all
}

func stackChoices() []choice {
	all := []choice{{"", "as the answers show"}}
	for _, s := range diagnose.Stacks() {
		all = append(all, choice{string(s), s.Title()})
	}
	return all
}

// encode writes the state as the query of an address. What is as in newState
// is left out; so are the hops that no redirect leads to.
func (s state) encode() string {
	for i := s.hops(); i < maxHops; i++ {
		s.Hops[i] = newHop()
	}
	plain := newState()
	defaults := plain.fields()
	var b strings.Builder
	b.WriteString("v=" + stateVersion)
	for i, f := range s.fields() {
		switch {
		case f.flag != nil && *f.flag:
			b.WriteString("&" + f.name + "=1")
		case f.text != nil && *f.text != *defaults[i].text:
			b.WriteString("&" + f.name + "=" + url.QueryEscape(*f.text))
		}
	}
	return b.String()
}

// link is the state's address. What encode writes is safe in one.
func (s state) link() template.URL { return template.URL("/experiment?" + s.encode()) }

// decode reads a state from the query of an address. Its errors are sentences
// for the reader, who may have been given a broken link.
func decode(query string) (state, error) {
	s := newState()
	if query == "" {
		return s, nil
	}
	if len(query) > 2*maxStateLength {
		return s, fmt.Errorf("the address is %d bytes long, and no experiment needs more than %d", len(query), maxStateLength)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return s, fmt.Errorf("the address is broken: %s", strings.TrimPrefix(err.Error(), "invalid "))
	}
	if v := values["v"]; !slices.Equal(v, []string{stateVersion}) {
		return s, fmt.Errorf("the address is of another version of the lab: it says v=%s, and this one reads v=%s", clip(strings.Join(v, ",")), stateVersion)
	}
	delete(values, "v")
	for _, f := range s.fields() {
		given, ok := values[f.name]
		delete(values, f.name)
		if !ok {
			continue
		}
		if len(given) > 1 {
			return newState(), fmt.Errorf("the address has %s twice", f.name)
		}
		if err := f.set(strings.ReplaceAll(given[0], "\r\n", "\n")); err != nil {
			return newState(), err
		}
	}
	for name := range values {
		return newState(), fmt.Errorf("the address has the parameter %s, which means nothing here", clip(name))
	}
	for i := s.hops(); i < maxHops; i++ {
		s.Hops[i] = newHop()
	}
	if n := len(s.encode()); n > maxStateLength {
		return newState(), fmt.Errorf("the experiment takes an address of %d bytes, and may take %d", n, maxStateLength)
	}
	return s, nil
}

func (f addressed) set(value string) error {
	if f.flag != nil {
		if *f.flag = value == "1"; !*f.flag {
			return fmt.Errorf("%s in the address is %s, and can only be 1 or left out", f.name, clip(value))
		}
		return nil
	}
	if len(value) > f.most {
		return fmt.Errorf("%s in the address is %d bytes long, and may be %d", f.name, len(value), f.most)
	}
	if !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }) {
		return fmt.Errorf("%s in the address holds a character that no text has", f.name)
	}
	if strings.Count(value, "\n") >= maxLines {
		return fmt.Errorf("%s in the address has more than %d lines", f.name, maxLines)
	}
	if f.choices != nil && !slices.ContainsFunc(f.choices, func(c choice) bool { return c.Value == value }) {
		var all []string
		for _, c := range f.choices {
			if c.Value != "" {
				all = append(all, c.Value)
			}
		}
		return fmt.Errorf("%s in the address is %s; write %s", f.name, clip(value), strings.Join(all, ", "))
	}
	*f.text = value
	return nil
}

// clip quotes what a stranger wrote, and no more than is needed to find it.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strconv.Quote(s)
}
