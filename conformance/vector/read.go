package vector

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// maxFile is how many bytes a file of vectors may have.
const maxFile = 4 << 20

// ReadDir reads all files of vectors in a folder, by name of file.
func ReadDir(dir string) (map[string]*File, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	files, owner := map[string]*File{}, map[string]string{}
	for _, name := range names {
		f, err := Read(name)
		if err != nil {
			return nil, err
		}
		for _, v := range f.Vectors {
			if other, ok := owner[v.Name]; ok {
				return nil, fmt.Errorf("%s: vector %s: %s has one of that name; choose another", name, v.Name, other)
			}
			owner[v.Name] = name
		}
		files[name] = f
	}
	return files, nil
}

// Read reads one file of vectors.
func Read(name string) (*File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s: %d bytes are more than a file of vectors may have; split it by topic", name, info.Size())
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// The shapes of the YAML.
type (
	fileShape struct {
		About   string        `yaml:"about"`
		Vectors []vectorShape `yaml:"vectors"`
	}
	vectorShape struct {
		Name    string        `yaml:"name"`
		About   string        `yaml:"about"`
		Rules   []string      `yaml:"rules"`
		Beyond  string        `yaml:"beyond"`
		Page    any           `yaml:"page"`
		Servers yaml.MapSlice `yaml:"servers"`
		Steps   []stepShape   `yaml:"steps"`
		Expect  expectShape   `yaml:"expect"`
	}
	stepShape struct {
		Fetch              string `yaml:"fetch"`
		XHR                string `yaml:"xhr"`
		Image              string `yaml:"image"`
		Script             string `yaml:"script"`
		Style              string `yaml:"style"`
		Font               string `yaml:"font"`
		EventSource        string `yaml:"eventsource"`
		Pause              int    `yaml:"pause"`
		Method             string `yaml:"method"`
		Headers            string `yaml:"headers"`
		Body               any    `yaml:"body"`
		Mode               string `yaml:"mode"`
		Credentials        string `yaml:"credentials"`
		Cache              string `yaml:"cache"`
		Redirect           string `yaml:"redirect"`
		Referrer           string `yaml:"referrer"`
		ReferrerPolicy     string `yaml:"referrerPolicy"`
		Keepalive          bool   `yaml:"keepalive"`
		TargetAddressSpace string `yaml:"targetAddressSpace"`
		UploadListener     bool   `yaml:"uploadListener"`
		CrossOrigin        string `yaml:"crossorigin"`
		Parallel           bool   `yaml:"parallel"`
		Timing             bool   `yaml:"timing"`
	}
	expectShape struct {
		Script   map[string][]string `yaml:"script"`
		Reasons  map[string][]string `yaml:"reasons"`
		Requests map[string]string   `yaml:"requests"`
	}
)

// Parse reads a file of vectors from its text.
func Parse(text []byte) (*File, error) {
	var shape fileShape
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&shape); err != nil {
		return nil, errors.New(yaml.FormatError(err, false, true))
	}
	f := &File{About: shape.About}
	for i, s := range shape.Vectors {
		v, err := s.vector()
		if err == nil {
			err = v.Validate()
		}
		if err != nil {
			return nil, fmt.Errorf("vector %d (%s): %w", i+1, s.Name, err)
		}
		f.Vectors = append(f.Vectors, v)
	}
	return f, nil
}

func (s *vectorShape) vector() (Vector, error) {
	v := Vector{Name: s.Name, About: s.About, Rules: s.Rules, Beyond: s.Beyond}
	var err error
	if v.Page, err = readPage(s.Page); err != nil {
		return v, err
	}
	for _, item := range s.Servers {
		r, err := readResource(item)
		if err != nil {
			return v, err
		}
		v.Servers = append(v.Servers, r)
	}
	for i := range s.Steps {
		step, err := s.Steps[i].step()
		if err != nil {
			return v, fmt.Errorf("step %d: %w", i+1, err)
		}
		v.Steps = append(v.Steps, step)
	}
	v.Expect, err = s.Expect.expect()
	return v, err
}

func readPage(shape any) (Page, error) {
	switch shape := shape.(type) {
	case string:
		return Page{URL: shape}, nil
	case map[string]any:
		var p Page
		for key, value := range shape {
			ok := true
			switch key {
			case "url":
				p.URL, ok = value.(string)
			case "sandbox":
				p.Sandbox, ok = value.(bool)
			case "headers":
				p.Headers, ok = value.(string)
			default:
				return p, fmt.Errorf("page: there is no key %q; write url, sandbox or headers", key)
			}
			if !ok {
				return p, fmt.Errorf("page: %s: %v is of the wrong type", key, value)
			}
		}
		return p, nil
	}
	return Page{}, errors.New(`page: write a URL such as "http://a.test:7000/page"`)
}

func readResource(item yaml.MapItem) (Resource, error) {
	r := Resource{URL: fmt.Sprint(item.Key)}
	answers, ok := item.Value.(map[string]any)
	if !ok {
		return r, fmt.Errorf("servers: %s: write a mapping of preflight and answer", r.URL)
	}
	for key, value := range answers {
		var list []string
		switch value := value.(type) {
		case []any:
			for _, v := range value {
				list = append(list, fmt.Sprint(v))
			}
		default:
			list = []string{fmt.Sprint(value)}
		}
		switch key {
		case "preflight":
			r.Preflight = list
		case "answer":
			r.Answer = list
		default:
			return r, fmt.Errorf("servers: %s: there is no key %q; write preflight or answer", r.URL, key)
		}
	}
	return r, nil
}

func (s *stepShape) step() (Step, error) {
	step := Step{
		Pause: s.Pause, Method: s.Method, Headers: s.Headers, Mode: s.Mode, Credentials: s.Credentials,
		Cache: s.Cache, Redirect: s.Redirect, Referrer: s.Referrer, ReferrerPolicy: s.ReferrerPolicy,
		Keepalive: s.Keepalive, TargetAddressSpace: s.TargetAddressSpace,
		UploadListener: s.UploadListener, CrossOrigin: s.CrossOrigin, Parallel: s.Parallel, Timing: s.Timing,
	}
	kinds := 0
	for kind, url := range map[Kind]string{
		KindFetch: s.Fetch, KindXHR: s.XHR, KindImage: s.Image, KindScript: s.Script,
		KindStyle: s.Style, KindFont: s.Font, KindEventSource: s.EventSource,
	} {
		if url != "" {
			step.Kind, step.URL = kind, url
			kinds++
		}
	}
	if s.Pause > 0 {
		step.Kind = KindPause
		kinds++
	}
	if kinds != 1 {
		return step, errors.New("a step has exactly one of fetch, xhr, image, script, style, font, eventsource and pause")
	}
	var err error
	step.Body, err = readBody(s.Body)
	return step, err
}

var bodyKinds = []BodyKind{BodyString, BodyBuffer, BodyBlob, BodyParams, BodyForm, BodyStream}

func readBody(shape any) (*Body, error) {
	switch shape := shape.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		b := &Body{}
		for key, value := range shape {
			switch {
			case key == "type":
				b.Type = fmt.Sprint(value)
			case key == "times":
				n, ok := value.(uint64)
				if !ok || n > 1<<20 {
					return nil, fmt.Errorf("body: times: %v is not a number up to 1048576", value)
				}
				b.Times = int(n)
			case slices.Contains(bodyKinds, BodyKind(key)) && b.Kind == "":
				b.Kind, b.Text = BodyKind(key), fmt.Sprint(value)
			default:
				return nil, fmt.Errorf("body: there is no key %q; write one kind of %v, with type and times", key, bodyKinds)
			}
		}
		if b.Kind == "" {
			return nil, fmt.Errorf("body: write a string, or one kind of %v", bodyKinds)
		}
		return b, nil
	default:
		return &Body{Kind: BodyString, Text: fmt.Sprint(shape)}, nil
	}
}

// expect turns the sections, each keyed by profiles, into outcomes.
func (s *expectShape) expect() (Expect, error) {
	if s.Script == nil {
		return nil, nil
	}
	e := Expect{}
	set := func(keys string, change func(*Outcome)) error {
		names := strings.Fields(keys)
		if keys == "all" {
			names = Profiles
		}
		for _, name := range names {
			if !slices.Contains(Profiles, name) {
				return fmt.Errorf("expect: there is no profile %q; write all, or some of %v", name, Profiles)
			}
			o := e[name]
			change(&o)
			e[name] = o
		}
		return nil
	}
	for keys, lines := range s.Script {
		if err := set(keys, func(o *Outcome) { o.Script = lines }); err != nil {
			return nil, err
		}
	}
	for keys, lines := range s.Reasons {
		if err := set(keys, func(o *Outcome) { o.Reasons = lines }); err != nil {
			return nil, err
		}
	}
	for keys, text := range s.Requests {
		if err := set(keys, func(o *Outcome) { o.Requests = strings.TrimSuffix(text, "\n") }); err != nil {
			return nil, err
		}
	}
	return e, nil
}

var (
	validName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	validRule = regexp.MustCompile(`^(R-\d+|[A-Za-z][A-Za-z -]*)$`)
)

// Validate says what is wrong with a vector.
func (v *Vector) Validate() error {
	if !validName.MatchString(v.Name) {
		return fmt.Errorf("name: %q is not lower-case words joined by hyphens", v.Name)
	}
	for _, r := range v.Rules {
		if !validRule.MatchString(r) {
			return fmt.Errorf("rules: %q is not one of docs/browser.md, such as R-90", r)
		}
	}
	if !strings.HasPrefix(v.Page.URL, "http://") && !strings.HasPrefix(v.Page.URL, "https://") {
		return fmt.Errorf(`page: %q is not a URL such as "http://a.test:7000/page"`, v.Page.URL)
	}
	for _, r := range v.Servers {
		if r.URL == v.Page.URL {
			return fmt.Errorf("servers: %s is the page itself; give the page another path", r.URL)
		}
		for _, text := range slices.Concat(r.Preflight, r.Answer) {
			if _, err := ParseAnswer(text); err != nil {
				return fmt.Errorf("servers: %s: %w", r.URL, err)
			}
		}
	}
	for i := range v.Steps {
		if _, err := ParseFields(v.Steps[i].Headers); err != nil {
			return fmt.Errorf("step %d: headers: %w", i+1, err)
		}
	}
	if _, err := ParseFields(v.Page.Headers); err != nil {
		return fmt.Errorf("page: headers: %w", err)
	}
	return nil
}
