package har

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

// tree reads a value whole, as encoding/json would.
func (s *scanner) tree() (any, error) {
	c, err := s.peek()
	if err != nil {
		return nil, err
	}
	switch c {
	case '{':
		m := map[string]any{}
		err := s.object(func(name string) error {
			v, err := s.tree()
			m[name] = v
			return err
		})
		return m, err
	case '[':
		list := []any{}
		err := s.array(func() error {
			v, err := s.tree()
			list = append(list, v)
			return err
		})
		return list, err
	case '"':
		text, _, err := s.text(1 << 20)
		return string([]rune(text)), err
	}
	word, err := s.word()
	if err != nil {
		return nil, err
	}
	var v any
	return v, json.Unmarshal([]byte(word), &v)
}

// FuzzScan compares the scanner with encoding/json: the same texts are JSON,
// and they mean the same.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		`{"log":{"entries":[]}}`, `[1,-0.5e+3,0,true,false,null,"a\u00e9\ud83d\ude00\n"]`, `"\ud800x"`, `"\ud800\u0041"`,
		`01`, `1.`, `"` + "\x01" + `"`, `{"a":1,}`, `[1 2]`, `"\x"`, `nul`, `-`, ` [ ] x`, "\xef\xbb\xbf{}", `{"a":{"a":[[[]]]}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want any
		d := json.NewDecoder(strings.NewReader(strings.TrimPrefix(text, "\xef\xbb\xbf")))
		wantErr := d.Decode(&want)
		if wantErr == nil {
			if _, err := d.Token(); err != io.EOF {
				wantErr = errors.New("more follows")
			}
		}
		s := newScanner(strings.NewReader(text))
		got, err := s.tree()
		if err == nil {
			err = s.end()
		}
		var syntax *SyntaxError
		if errors.As(err, &syntax) && strings.Contains(syntax.Problem, "nested more than") || strings.Contains(text, `":`) && longName(want) {
			return
		}
		if _, outOfRange := wantErr.(*json.UnmarshalTypeError); outOfRange {
			return
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, encoding/json: %v", text, err, wantErr)
		}
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: %#v, encoding/json: %#v", text, got, want)
		}
		if errors.As(err, &syntax) && (syntax.Offset < 0 || syntax.Offset > int64(len(text))) {
			t.Fatalf("%q: the error is at byte %d of %d", text, syntax.Offset, len(text))
		}
	})
}

// longName reports whether an object has a name of which the scanner keeps a
// part only, or one that encoding/json writes otherwise.
func longName(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if len(name) > 256 || strings.Contains(name, "\uFFFD") || longName(value) {
				return true
			}
		}
	case []any:
		for _, value := range v {
			if longName(value) {
				return true
			}
		}
	}
	return false
}

func TestSyntaxErrors(t *testing.T) {
	for _, test := range []struct {
		text   string
		offset int64
		says   string
	}{
		{``, 0, "begins with {"},
		{`not a HAR`, 0, "begins with {"},
		{`[]`, 0, "begins with {"},
		{`{"log": {"entries": [{"request": {"method": "GE`, 47, "ends in the middle"},
		{`{"log": {"entries": [{"request": oops}]}}`, 33, `"oops" is no value`},
		{`{"log": {"entries": [] } } {`, 27, "after the end"},
		{`{"log" {}}`, 7, "a colon"},
		{`{"log": {"entries": [1 2]}}`, 23, "a comma"},
		{`{"log": {"entries": [` + strings.Repeat("[", 500), 218, "nested more than 200 deep"},
		{`{"log": {"entries": ["` + "\x02" + `"]}}`, 23, "control character"},
	} {
		_, err := Read(strings.NewReader(test.text), func(*Fetch) error { return nil })
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Offset != test.offset || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%.50s: %v, want byte %d and %q", test.text, err, test.offset, test.says)
		}
	}
	for _, text := range []string{`{}`, `{"log": {}}`, `{"log": 3}`} {
		if _, err := Read(strings.NewReader(text), func(*Fetch) error { return nil }); !errors.Is(err, errNoEntries) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestLenient holds that what exporters leave out or write otherwise is no
// error, and that what a file says of a fetch survives it.
func TestLenient(t *testing.T) {
	const text = `{"log": {"creator": {"name": "WebKit Web Inspector", "version": 1}, "pages": null, "entries": [
		null, 7, {}, {"request": null, "response": []},
		{"request": {"method": "GET", "url": "http://localhost:9000/x", "headers": {"Origin": "http://localhost:8000"}},
		 "response": {"status": 200.0, "headers": {"Access-Control-Allow-Origin": "*, *"}, "content": null}}
	]}}`
	var all []*Fetch
	header, err := Read(strings.NewReader(text), func(f *Fetch) error { all = append(all, f); return nil })
	if err != nil || len(all) != 1 || header.Profile != browser.WebKit || header.Entries != 5 {
		t.Fatalf("%+v, %v, %d fetches", header, err, len(all))
	}
	r, err := all[0].Replay("")
	if err != nil || r.Verdict != Blocked || r.Trace.Verdict.Reason != browser.ReasonACAOMultiple {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestRecordedErrors holds that what Chromium names is not taken for CORS. An
// ad blocker cannot be had on loopback, so this is from what it records.
func TestRecordedErrors(t *testing.T) {
	for name, says := range map[string]string{
		"net::ERR_BLOCKED_BY_CLIENT":                      "an extension stopped it, such as an ad blocker",
		"net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS": "has not permitted the page",
		"net::ERR_NAME_NOT_RESOLVED":                      "has no address (DNS)",
		"net::ERR_CERT_AUTHORITY_INVALID":                 "net::ERR_CERT_AUTHORITY_INVALID",
	} {
		text := fmt.Sprintf(`{"log": {"creator": {"name": "WebInspector"}, "pages": [{"id": "p", "title": "https://app.example/"}], "entries": [
			{"_resourceType": "fetch", "pageref": "p", "_fromCache": "disk", "request": {"method": "GET", "url": "https://api.example/x", "headers": []}, "response": {"status": 0, "_error": %q}}]}}`, name)
		found := 0
		_, err := Read(strings.NewReader(text), func(f *Fetch) error {
			found++
			r, err := f.Replay("")
			if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "came from the browser's cache") {
				t.Errorf("notes %q", r.Notes)
			}
			if r.Verdict != Network || !strings.Contains(r.Trace.Verdict.Message, says) {
				t.Errorf("%s: %s: %s", name, r.Verdict, r.Trace.Verdict.Message)
			}
			return err
		})
		if err != nil || found != 1 {
			t.Errorf("%s: %d fetches, %v", name, found, err)
		}
	}
}

// TestMisdirected: browsers send a request again that is answered 421, and record
// only the answer that stands.
func TestMisdirected(t *testing.T) {
	const text = `{"log": {"creator": {"name": "WebInspector"}, "pages": [{"id": "p", "title": "https://app.example/"}], "entries": [
		{"_resourceType": "fetch", "pageref": "p", "request": {"method": "GET", "url": "https://api.example/x", "headers": []},
		"response": {"status": 421, "headers": [{"name": "Access-Control-Allow-Origin", "value": "https://app.example"}, {"name": "Access-Control-Allow-Credentials", "value": "true"}]}}]}}`
	found := 0
	_, err := Read(strings.NewReader(text), func(f *Fetch) error {
		found++
		r, err := f.Replay("")
		if r.Trace.Verdict.Outcome != browser.OutcomeAllowed || r.Trace.Verdict.Status != 421 {
			t.Errorf("%s: %+v", r.Verdict, r.Trace.Verdict)
		}
		return err
	})
	if err != nil || found != 1 {
		t.Errorf("%d fetches, %v", found, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"log":{"creator":{"name":"Firefox"},"entries":[{"request":{"method":"PUT","url":"http://b/","headers":[{"name":"Origin","value":"http://a"}]},"response":{"status":0}},{"request":{"method":"OPTIONS","url":"http://b/","headers":[{"name":"Origin","value":"http://a"},{"name":"Access-Control-Request-Method","value":"PUT"}]},"response":{"status":204,"headers":[{"name":"Access-Control-Allow-Origin","value":"*"}]}}]}}`))
	f.Add([]byte(`{"log":{"pages":[{"id":"p","title":"http://a/"}],"entries":[{"pageref":"p","request":{"method":"GET","url":"http://b/"},"response":{"status":302,"headers":[{"name":"Location","value":"/"}]}}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := Read(bytes.NewReader(text), func(f *Fetch) error {
			r, err := f.Replay("")
			if err != nil {
				return nil // a page that no browser could open
			}
			if r.Trace == nil || r.Verdict == "" || r.Sure == "" {
				t.Errorf("%+v", r)
			}
			return nil
		})
		if err != nil && err.Error() == "" {
			t.Error("an empty error")
		}
	})
}

// A huge is an endless supply of entries with large bodies.
type huge struct {
	entries, at int
	rest        string
}

func (h *huge) Read(p []byte) (int, error) {
	if h.rest == "" {
		switch {
		case h.at == 0:
			h.rest = `{"log": {"entries": [null`
		case h.at <= h.entries:
			h.rest = fmt.Sprintf(`,{"request": {"method": "GET", "url": "http://localhost:9000/%d", "headers": [{"name": "Origin", "value": "http://localhost:8000"}, {"name": "X", "value": %q}]},
				"response": {"status": 200, "content": {"text": %q}}}`, h.at, strings.Repeat("x", 100_000), strings.Repeat("y", 100_000))
		case h.at == h.entries+1:
			h.rest = `]}}`
		default:
			return 0, io.EOF
		}
		h.at++
	}
	n := copy(p, h.rest)
	h.rest = h.rest[n:]
	return n, nil
}

// TestBoundedMemory reads 80 MB and holds that not a quarter of it is kept.
func TestBoundedMemory(t *testing.T) {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	found, most := 0, uint64(0)
	header, err := Read(&huge{entries: 400}, func(*Fetch) error {
		if found++; found%100 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
		}
		return nil
	})
	if err != nil || found != 400 || header.Entries != 401 {
		t.Fatalf("%d of %d entries, %v", found, header.Entries, err)
	}
	if most > 20<<20 {
		t.Errorf("%d bytes are kept", most)
	}
}
