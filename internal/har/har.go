// Package har reads what browsers' developer tools export: HAR files, in which
// [Read] finds the requests to other origins. A file records what was seen, not
// what was decided; [Fetch.Replay] makes each request again in a [browser.Browser]
// that gets the recorded answers, and takes its verdict.
//
// Chromium, Firefox and Safari fill the format differently, and none of them
// records all: not the credentials mode, not the preflight cache, not why a
// request was never sent. What is inferred is said to be.
package har

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"crossorigin.dev/browser"
)

// An Entry is one line of the network panel, as far as CORS has to do with it.
type Entry struct {
	Index     int   // from 0
	Offset    int64 // of the entry in the file, in bytes
	Page      string
	Started   time.Time
	Type      string // Chromium's resource type: "fetch", "preflight", "document"; else empty
	Error     string // Chromium's, such as "net::ERR_FAILED"; else empty
	FromCache bool
	Method    string
	URL       string
	Request   []browser.Field
	Status    int // 0: there was no response, or none that the file keeps
	Response  []browser.Field

	used bool // as a part of a Fetch
}

// A Header says what wrote a file and how much is in it.
type Header struct {
	Creator string            // "WebInspector 537.36"
	Profile browser.Profile   // of the browser that wrote it; Spec if that is not known
	Pages   map[string]string // titles, which mostly are URLs, by their id
	Entries int
}

// Bounds of what is kept of a file.
const (
	maxURL     = 64 << 10
	maxValue   = 8 << 10  // of a header field
	maxMessage = 32 << 10 // of all header fields of a message
	maxPages   = 1000
)

// errNoEntries is what a JSON file is that is no HAR.
var errNoEntries = errors.New("this is JSON, but no HAR: it has no log.entries; in the network panel choose \"Save all as HAR\"")

// readEntries calls entry with each entry of a file, in its order.
func readEntries(r io.Reader, header *Header, entry func(*Entry) error) error {
	s := newScanner(r)
	if c, err := s.peek(); err != nil || c != '{' {
		var syntax *SyntaxError
		if err != nil && !errors.As(err, &syntax) {
			return err
		}
		return &SyntaxError{s.offset, "a HAR file begins with {; in the network panel choose \"Save all as HAR\""}
	}
	found := false
	err := s.object(func(name string) error {
		if name != "log" {
			return s.skip()
		}
		return s.object(func(name string) error {
			switch name {
			case "creator", "browser":
				return s.software(header)
			case "pages":
				return s.pages(header)
			case "entries":
				found = true
				return s.array(func() error {
					if _, err := s.peek(); err != nil { // past the white space
						return err
					}
					e := &Entry{Index: header.Entries, Offset: s.offset}
					header.Entries++
					if err := s.entry(e); err != nil {
						return err
					}
					return entry(e)
				})
			}
			return s.skip()
		})
	})
	if err == nil {
		err = s.end()
	}
	if err == nil && !found {
		return errNoEntries
	}
	return err
}

// software reads who wrote the file.
func (s *scanner) software(h *Header) error {
	var name, version string
	err := s.object(func(member string) (err error) {
		switch member {
		case "name":
			name, _, err = s.text(200)
		case "version":
			version, _, err = s.text(200)
		default:
			err = s.skip()
		}
		return err
	})
	if name == "" {
		return err
	}
	if h.Creator == "" {
		h.Creator = strings.TrimSpace(name + " " + version)
	}
	switch lower := strings.ToLower(name); {
	case h.Profile != browser.Spec:
	case strings.Contains(lower, "firefox"):
		h.Profile = browser.Firefox
	case strings.Contains(lower, "webkit"), strings.Contains(lower, "safari"):
		h.Profile = browser.WebKit
	case strings.Contains(lower, "webinspector"), strings.Contains(lower, "chrom"), strings.Contains(lower, "edge"):
		h.Profile = browser.Chromium
	}
	return err
}

func (s *scanner) pages(h *Header) error {
	return s.array(func() error {
		var id, title string
		err := s.object(func(member string) (err error) {
			switch member {
			case "id":
				id, _, err = s.text(200)
			case "title":
				title, _, err = s.text(maxValue)
			default:
				err = s.skip()
			}
			return err
		})
		if h.Pages == nil {
			h.Pages = map[string]string{}
		}
		if len(h.Pages) < maxPages {
			h.Pages[id] = title
		}
		return err
	})
}

func (s *scanner) entry(e *Entry) error {
	return s.object(func(member string) (err error) {
		var text string
		switch member {
		case "pageref":
			e.Page, _, err = s.text(200)
		case "startedDateTime":
			text, _, err = s.text(100)
			e.Started, _ = time.Parse(time.RFC3339Nano, text)
		case "_resourceType":
			e.Type, _, err = s.text(100)
		case "_fromCache":
			text, _, err = s.text(100)
			e.FromCache = text != ""
		case "request":
			err = s.request(e)
		case "response":
			err = s.response(e)
		default:
			err = s.skip()
		}
		return err
	})
}

func (s *scanner) request(e *Entry) error {
	return s.object(func(member string) (err error) {
		switch member {
		case "method":
			e.Method, _, err = s.text(100)
		case "url":
			var cut bool
			if e.URL, cut, err = s.text(maxURL); cut {
				e.URL = "" // which none of ours is
			}
		case "headers":
			e.Request, err = s.headers()
		default:
			err = s.skip()
		}
		return err
	})
}

func (s *scanner) response(e *Entry) error {
	return s.object(func(member string) (err error) {
		switch member {
		case "status":
			var status int64
			status, err = s.integer()
			if e.Status = int(status); e.Status < 0 || e.Status > 999 {
				e.Status = 0
			}
		case "_error":
			e.Error, _, err = s.text(200)
		case "headers":
			e.Response, err = s.headers()
		default:
			err = s.skip()
		}
		return err
	})
}

// headers reads a list of names and values, or an object that maps the one to
// the other. Repeated fields stay apart.
func (s *scanner) headers() ([]browser.Field, error) {
	var fields []browser.Field
	size := 0
	add := func(f browser.Field) {
		// HTTP/2 names parts of the request line so.
		if f.Name == "" || strings.HasPrefix(f.Name, ":") {
			return
		}
		if size += len(f.Name) + len(f.Value); size <= maxMessage {
			fields = append(fields, f)
		}
	}
	c, err := s.peek()
	if err != nil {
		return nil, err
	}
	if c == '{' {
		err := s.object(func(name string) error {
			value, _, err := s.text(maxValue)
			add(browser.Field{Name: name, Value: value})
			return err
		})
		return fields, err
	}
	err = s.array(func() error {
		var f browser.Field
		err := s.object(func(member string) (err error) {
			switch member {
			case "name":
				f.Name, _, err = s.text(maxValue)
			case "value":
				f.Value, _, err = s.text(maxValue)
			default:
				err = s.skip()
			}
			return err
		})
		add(f)
		return err
	})
	return fields, err
}

// field returns the values of a header field.
func field(fields []browser.Field, name string) (string, bool) {
	var values []string
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return strings.Join(values, ", "), values != nil
}

func (e *Entry) sent(name string) string {
	value, _ := field(e.Request, name)
	return value
}

// preflight reports whether the entry is one.
func (e *Entry) preflight() bool {
	return e.Type == "preflight" || strings.EqualFold(e.Method, "OPTIONS") && e.sent("Access-Control-Request-Method") != ""
}

func (e *Entry) String() string {
	return fmt.Sprintf("entry %d (byte %d): %s %s", e.Index, e.Offset, e.Method, e.URL)
}
