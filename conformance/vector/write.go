package vector

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Write writes a file of vectors in its canonical form.
func (f *File) Write(name string) error { return os.WriteFile(name, f.Text(), 0o644) }

// Text returns the canonical form: keys in the order of the README, one form
// for each value, profiles of equal expectations together.
func (f *File) Text() []byte {
	var w writer
	w.value("", "about", f.About)
	if len(f.Vectors) == 0 {
		w.WriteString("vectors: []\n")
		return []byte(w.String())
	}
	w.WriteString("vectors:\n")
	for i := range f.Vectors {
		w.vector(&f.Vectors[i])
	}
	return []byte(w.String())
}

// Text returns a vector as an item of a file's list.
func (v *Vector) Text() string {
	var w writer
	w.vector(v)
	return w.String()
}

type writer struct{ strings.Builder }

// value writes a key and a scalar, unless that is empty.
func (w *writer) value(indent, key, text string) {
	if text != "" {
		fmt.Fprintf(w, "%s%s: %s\n", indent, key, scalar(text, strings.ReplaceAll(indent, "-", " ")+"  "))
	}
}

func (w *writer) vector(v *Vector) {
	w.value("- ", "name", v.Name)
	w.value("  ", "about", v.About)
	if len(v.Rules) > 0 {
		fmt.Fprintf(w, "  rules: [%s]\n", strings.Join(v.Rules, ", "))
	}
	w.value("  ", "beyond", v.Beyond)
	if v.Page == (Page{URL: v.Page.URL}) {
		w.value("  ", "page", v.Page.URL)
	} else {
		w.WriteString("  page:\n")
		w.value("    ", "url", v.Page.URL)
		w.flag("    ", "sandbox", v.Page.Sandbox)
		w.value("    ", "headers", v.Page.Headers)
	}
	if len(v.Servers) > 0 {
		w.WriteString("  servers:\n")
	}
	for _, r := range v.Servers {
		if len(r.Preflight)+len(r.Answer) == 0 {
			continue
		}
		fmt.Fprintf(w, "    %s:\n", scalar(r.URL, ""))
		w.answers("preflight", r.Preflight)
		w.answers("answer", r.Answer)
	}
	w.WriteString("  steps:\n")
	for i := range v.Steps {
		w.step(&v.Steps[i])
	}
	w.expect(v.Expect)
}

func (w *writer) flag(indent, key string, set bool) {
	if set {
		fmt.Fprintf(w, "%s%s: true\n", indent, key)
	}
}

func (w *writer) answers(key string, texts []string) {
	if len(texts) == 1 {
		w.value("      ", key, texts[0])
		return
	}
	w.list("      ", key, texts)
}

func (w *writer) list(indent, key string, texts []string) {
	if len(texts) == 0 {
		return
	}
	fmt.Fprintf(w, "%s%s:\n", indent, key)
	for _, text := range texts {
		fmt.Fprintf(w, "%s- %s\n", indent, scalar(text, indent+"  "))
	}
}

func (w *writer) step(s *Step) {
	if s.Kind == KindPause {
		fmt.Fprintf(w, "  - pause: %d\n", s.Pause)
		return
	}
	const indent = "    "
	w.value("  - ", string(s.Kind), s.URL)
	w.value(indent, "method", s.Method)
	w.value(indent, "headers", s.Headers)
	if b := s.Body; b != nil {
		if *b == (Body{Kind: BodyString, Text: b.Text}) {
			fmt.Fprintf(w, "    body: %s\n", scalar(b.Text, "      "))
		} else {
			fmt.Fprintf(w, "    body:\n      %s: %s\n", b.Kind, scalar(b.Text, "        "))
			w.value("      ", "type", b.Type)
			if b.Times > 0 {
				fmt.Fprintf(w, "      times: %d\n", b.Times)
			}
		}
	}
	w.value(indent, "mode", s.Mode)
	w.value(indent, "credentials", s.Credentials)
	w.value(indent, "cache", s.Cache)
	w.value(indent, "redirect", s.Redirect)
	w.value(indent, "referrer", s.Referrer)
	w.value(indent, "referrerPolicy", s.ReferrerPolicy)
	w.flag(indent, "keepalive", s.Keepalive)
	w.value(indent, "targetAddressSpace", s.TargetAddressSpace)
	w.flag(indent, "uploadListener", s.UploadListener)
	w.value(indent, "crossorigin", s.CrossOrigin)
	w.flag(indent, "parallel", s.Parallel)
	w.flag(indent, "timing", s.Timing)
}

func (w *writer) expect(e Expect) {
	if len(e) == 0 {
		return
	}
	w.WriteString("  expect:\n    script:\n")
	for _, g := range e.groups(func(o Outcome) string { return strings.Join(o.Script, "\n") }) {
		w.list("      ", g.key, g.outcome.Script)
	}
	head := "    reasons:\n"
	for _, g := range e.groups(func(o Outcome) string { return strings.Join(o.Reasons, "\n") }) {
		if len(g.outcome.Reasons) > 0 {
			w.WriteString(head)
			head = ""
			w.list("      ", g.key, g.outcome.Reasons)
		}
	}
	head = "    requests:\n"
	for _, g := range e.groups(func(o Outcome) string { return o.Requests }) {
		if g.outcome.Requests != "" {
			w.WriteString(head)
			head = ""
			w.value("      ", g.key, g.outcome.Requests)
		}
	}
}

// A group is profiles whose outcomes are equal in one section.
type group struct {
	key     string
	outcome Outcome
}

func (e Expect) groups(section func(Outcome) string) []group {
	var groups []group
	for _, p := range Profiles {
		o, ok := e[p]
		if !ok {
			continue
		}
		found := false
		for i := range groups {
			if section(groups[i].outcome) == section(o) {
				groups[i].key += " " + p
				found = true
				break
			}
		}
		if !found {
			groups = append(groups, group{p, o})
		}
	}
	if len(groups) == 1 && len(e) == len(Profiles) {
		groups[0].key = "all"
	}
	return groups
}

var (
	plain = regexp.MustCompile(`^[A-Za-z/][^\x00-\x1f\x7f"'&*|>%@\x60{}\[\]\\]*$`)
	words = regexp.MustCompile(`(?i)^(true|false|null|yes|no|on|off|y|n|nan|inf)$`)
	block = regexp.MustCompile(`^[^\x00-\x09\x0b-\x1f\x7f-\x{a0}\x{2028}\x{2029}\x{feff}]*$`)
)

// scalar writes a string as YAML: plain if nothing in it could be taken for
// anything else, as a block if it has lines, else in quotes.
func scalar(text, indent string) string {
	lines := strings.Split(text, "\n")
	switch {
	case len(lines) > 1 && block.MatchString(text) && lines[0] != "" && lines[len(lines)-1] != "" && !strings.HasPrefix(text, " ") && !strings.Contains(text+"\n", " \n"):
		for i, line := range lines {
			if line != "" {
				lines[i] = indent + line
			}
		}
		return "|-\n" + strings.Join(lines, "\n")
	case plain.MatchString(text) && !strings.Contains(text, ": ") && !strings.Contains(text, " #") &&
		!strings.HasSuffix(text, ":") && !strings.HasSuffix(text, " ") && !words.MatchString(text):
		return text
	case len(lines) == 1 && block.MatchString(text) && text != "":
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return strconv.Quote(text)
}
