package diagnose

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

// A proof shows a situation live, on loopback: the symptom, what the diagnosis
// says, and that the fetch succeeds once its fix is carried out.
//
// Each is a file of testdata/situations, CODE.txtar or CODE.VARIANT.txtar, in
// the format of golang.org/x/tools/txtar with these sections:
//
//	page       URL or null, then browser=, space=, local-network=;
//	           without it http://localhost:8000/ in the standard's browser
//	before     a fetch that is made first, in the same browser; repeatable
//	fetch      METHOD URL, then credentials=, mode=, redirect=, as=; header
//	           fields; an empty line; the body
//	network    "nothing listens" or "the certificate is not trusted"
//	server     for each path, or "OPTIONS " and a path for its preflight: the
//	           status, or websocket, and header fields, of which $ORIGIN is the
//	           request's, without which it is left out; an empty line between
//	diagnosis  cause: a part of what is said; fix: the first line of it; then:
//	           the code of a further problem that is told at once; repeatable
//
// "mended page", "mended fetch", "mended network" and "mended server" are what
// the fix makes of them. Without any, the server does what the lines of the
// diagnosis say.
type proof struct {
	code, variant string
	setting
	mended *setting // nil: by the lines of the diagnosis

	cause string
	line  string
	then  []string
}

// A setting is what a fetch is made in.
type setting struct {
	profile browser.Profile
	page    browser.PageOptions // zero: site
	before  []browser.Request
	request browser.Request
	network string
	answers answers
}

// answers are what a server answers, by path, "OPTIONS " before it for
// preflights: lines of which the first may be a status.
type answers map[string][]string

const (
	site = "http://localhost:8000"
	api  = "http://localhost:9000"
)

// What network may say.
const (
	nothingListens = "nothing listens"
	notTrusted     = "the certificate is not trusted"
)

// readProofs reads all of them, by situation, the variants last.
func readProofs(t *testing.T) []proof {
	t.Helper()
	names, err := filepath.Glob("testdata/situations/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no proofs: %v", err)
	}
	var all []proof
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p := proof{}
		p.code, p.variant, _ = strings.Cut(strings.TrimSuffix(filepath.Base(name), ".txtar"), ".")
		if err := p.read(string(text)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if situationByCode(p.code) == nil {
			t.Fatalf("%s: there is no situation %s", name, p.code)
		}
		all = append(all, p)
	}
	slices.SortStableFunc(all, func(a, b proof) int {
		return cmp.Or(cmp.Compare(situationByCode(a.code).number, situationByCode(b.code).number), cmp.Compare(a.variant, b.variant))
	})
	return all
}

// proofOf returns the proof of a situation that is no variant.
func proofOf(t *testing.T, code string) proof {
	all := readProofs(t)
	at := slices.IndexFunc(all, func(p proof) bool { return p.code == code && p.variant == "" })
	if at < 0 {
		t.Fatalf("there is no testdata/situations/%s.txtar", code)
	}
	return all[at]
}

func (p *proof) read(text string) error {
	var err error
	sections := sectionsOf(text)
	for _, s := range sections {
		name, of := s.name, &p.setting
		if rest, ok := strings.CutPrefix(name, "mended "); ok {
			if p.mended == nil {
				copied := p.setting
				p.mended = &copied
			}
			name, of = rest, p.mended
		}
		switch {
		case name == "diagnosis":
			err = p.readDiagnosis(s.text)
		default:
			err = of.read(name, s.text)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	if p.request.URL == "" || p.cause == "" || p.line == "" {
		return fmt.Errorf("there must be a fetch, a cause and a fix")
	}
	return nil
}

type section struct{ name, text string }

// sectionsOf divides a txtar file, without its comment.
func sectionsOf(text string) []section {
	var all []section
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(name, " --\n") {
			all = append(all, section{name: strings.TrimSuffix(name, " --\n")})
		} else if len(all) > 0 {
			all[len(all)-1].text += line
		}
	}
	return all
}

func (p *proof) readDiagnosis(text string) error {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch key {
		case "cause":
			p.cause = value
		case "fix":
			p.line = value
		case "then":
			p.then = append(p.then, value)
		default:
			return fmt.Errorf("%q is none of cause, fix and then", key)
		}
	}
	return nil
}

func (s *setting) read(name, text string) error {
	switch name {
	case "page":
		return s.readPage(text)
	case "before":
		r, err := readFetch(text)
		s.before = append(s.before, r)
		return err
	case "fetch":
		var err error
		s.request, err = readFetch(text)
		return err
	case "network":
		s.network = strings.TrimSpace(text)
		if s.network != "" && s.network != nothingListens && s.network != notTrusted {
			return fmt.Errorf("%q is not known", s.network)
		}
	case "server":
		s.answers = readAnswers(text)
	default:
		return fmt.Errorf("no such section")
	}
	return nil
}

func (s *setting) readPage(text string) error {
	words := strings.Fields(text)
	s.profile, s.page = browser.Spec, browser.PageOptions{URL: words[0]}
	if words[0] == "null" {
		s.page = browser.PageOptions{Opaque: true}
	}
	for _, word := range words[1:] {
		switch key, value, _ := strings.Cut(word, "="); {
		case key == "browser":
			var ok bool
			if s.profile, ok = browser.ParseProfile(value); !ok {
				return fmt.Errorf("browser %q", value)
			}
		case word == "space=public":
			s.page.AddressSpace = browser.AddressSpacePublic
		case word == "local-network=granted":
			s.page.LocalNetwork = browser.PermissionGranted
		default:
			return fmt.Errorf("%q is not known", word)
		}
	}
	return nil
}

func readFetch(text string) (browser.Request, error) {
	head, body, hasBody := strings.Cut(text, "\n\n")
	lines := strings.Split(strings.TrimSuffix(head, "\n"), "\n")
	words := strings.Fields(lines[0])
	if len(words) < 2 {
		return browser.Request{}, fmt.Errorf("%q is not METHOD URL", lines[0])
	}
	r := browser.Request{Method: words[0], URL: words[1], Header: http.Header{}}
	for _, word := range words[2:] {
		switch key, value, _ := strings.Cut(word, "="); {
		case word == "as=script":
			r = browser.Script(r.URL, browser.CrossOriginNone)
		case word == "as=websocket":
			r = browser.WebSocket(r.URL)
		case key == "credentials":
			r.Credentials = browser.CredentialsMode(value)
		case key == "mode":
			r.Mode = browser.Mode(value)
		case key == "redirect":
			r.Redirect = browser.RedirectMode(value)
		default:
			return r, fmt.Errorf("%q is not known", word)
		}
	}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			return r, fmt.Errorf("%q is no header field", line)
		}
		r.Header.Add(name, value)
	}
	if hasBody {
		r.Body = []byte(strings.TrimSuffix(body, "\n"))
	}
	return r, nil
}

func readAnswers(text string) answers {
	all := answers{}
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		lines := strings.Split(block, "\n")
		all[lines[0]] = lines[1:]
	}
	return all
}

// answerOf is the answer that lines describe.
func answerOf(lines []string) browser.Answer {
	a := browser.Answer{Status: 200}
	for i, line := range lines {
		if code, err := strconv.Atoi(line); err == nil && i == 0 {
			a.Status = code
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		a.Header = append(a.Header, browser.Field{Name: name, Value: strings.TrimSpace(value)})
	}
	return a
}
