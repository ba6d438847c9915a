package browser_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

// A situation is one row of verdicts.tsv: a request from a page on
// http://localhost:8000, and what a server on localhost:9000 answers.
type situation struct {
	request   browser.Request
	preflight []string // header lines; one of the form "301" sets the status
	answer    []string
	url       string // instead of the scripted one
}

const site = "http://localhost:8000"

func header(name, value string) http.Header { return http.Header{name: {value}} }

var situations = map[string]situation{
	"ok":             {answer: []string{"Access-Control-Allow-Origin: *"}},
	"no-acao":        {},
	"no-acao-500":    {answer: []string{"500"}},
	"trailing-slash": {answer: []string{"Access-Control-Allow-Origin: " + site + "/"}},
	"null-value":     {answer: []string{"Access-Control-Allow-Origin: null"}},
	"mismatch":       {answer: []string{"Access-Control-Allow-Origin: http://localhost:3000"}},
	"multi-comma":    {answer: []string{"Access-Control-Allow-Origin: http://localhost:8000,http://x"}},
	"multi-dup":      {answer: []string{"Access-Control-Allow-Origin: *", "Access-Control-Allow-Origin: *"}},
	"invalid":        {answer: []string{"Access-Control-Allow-Origin: localhost:8000"}},
	"wild-cred": {request: browser.Request{Credentials: browser.CredentialsInclude},
		answer: []string{"Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true"}},
	"no-acac": {request: browser.Request{Credentials: browser.CredentialsInclude},
		answer: []string{"Access-Control-Allow-Origin: " + site}},
	"acac-True": {request: browser.Request{Credentials: browser.CredentialsInclude},
		answer: []string{"Access-Control-Allow-Origin: " + site, "Access-Control-Allow-Credentials: True"}},

	"pf-404":        {request: put, preflight: []string{"404", "Access-Control-Allow-Origin: *"}, answer: all},
	"pf-noacao":     {request: put, preflight: []string{"204"}, answer: all},
	"pf-401-noacao": {request: bearer, preflight: []string{"401"}, answer: all},
	"pf-redirect":   {request: put, preflight: []string{"301", "Access-Control-Allow-Origin: *", "Location: http://localhost:9000/r"}, answer: all},
	"pf-method":     {request: put, preflight: []string{"204", "Access-Control-Allow-Origin: *"}, answer: all},
	"pf-header":     {request: xA, preflight: []string{"204", "Access-Control-Allow-Origin: *"}, answer: all},
	"pf-authwild":   {request: bearer, preflight: []string{"204", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Headers: *"}, answer: all},
	"pf-json": {request: browser.Request{Method: "POST", Body: []byte("{}"), Header: header("Content-Type", "application/json")},
		preflight: []string{"204", "Access-Control-Allow-Origin: *"}, answer: all},
	// The server that was measured left these two headers out.
	"pf-badmethods": {request: put, preflight: []string{"204", "Access-Control-Allow-Origin: *"}, answer: all},
	"pf-badheaders": {request: xA, preflight: []string{"204", "Access-Control-Allow-Origin: *"}, answer: all},
	"pf-wild-cred": {request: credentialed(put),
		preflight: []string{"204", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: PUT"}, answer: mine},
	"pf-no-acac": {request: credentialed(put),
		preflight: []string{"204", "Access-Control-Allow-Origin: " + site, "Access-Control-Allow-Methods: PUT"}, answer: mine},
	"pf-patch-lower": {request: browser.Request{Method: "patch"},
		preflight: []string{"204", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: PATCH"}, answer: all},

	"redir-noacao": {answer: []string{"302", "Location: " + scriptedURL("localhost:9000", "to", nil, lines(all))}},
	"redir-cross-ok": {answer: []string{"302", "Access-Control-Allow-Origin: *",
		"Location: " + scriptedURL("127.0.0.1:9000", "to", nil, lines(mine))}},
	"redir-creds-in-url": {answer: []string{"302", "Access-Control-Allow-Origin: *", "Location: http://u:p@localhost:9000/r"}},
	"no-cors":            {request: browser.Request{Mode: browser.ModeNoCORS}},
	"same-origin-mode":   {request: browser.Request{Mode: browser.ModeSameOrigin}},
	"connrefused":        {url: "http://localhost:9999/?case=connrefused"},
	"set-cookie-omit": {request: browser.Request{Credentials: browser.CredentialsOmit},
		answer: []string{"Access-Control-Allow-Origin: *", "Set-Cookie: a=b"}},
	"maxage-1": {request: put, preflight: allowPUT("Access-Control-Max-Age: 60"), answer: all},
	"maxage-2": {request: put, preflight: allowPUT("Access-Control-Max-Age: 60"), answer: all},

	"x-methods-lower-put": {request: put, preflight: []string{"204", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: put"}, answer: all},
	"x-methods-star-cred": {request: credentialed(put), preflight: append(mine, "204", "Access-Control-Allow-Methods: *"), answer: mine},
	"x-headers-star-cred": {request: credentialed(xA), preflight: append(mine, "204", "Access-Control-Allow-Headers: *"), answer: mine},
	"x-post-not-listed": {request: browser.Request{Method: "POST", Header: header("X-A", "1")},
		preflight: []string{"204", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: x-a"}, answer: all},
	"x-expose-star":      {answer: append(all, "Access-Control-Expose-Headers: *")},
	"x-expose-star-cred": {request: credentialed(browser.Request{}), answer: append(mine, "Access-Control-Expose-Headers: *")},
	"x-acao-upper":       {answer: []string{"Access-Control-Allow-Origin: http://LOCALHOST:8000"}},
	"x-acao-hostonly":    {answer: []string{"Access-Control-Allow-Origin: localhost"}},
	"x-acao-wildsub":     {answer: []string{"Access-Control-Allow-Origin: http://*.localhost:8000"}},
	"x-acao-empty":       {answer: []string{"Access-Control-Allow-Origin: "}},
	"x-ct-charset": {request: browser.Request{Method: "POST", Body: []byte("x"), Header: header("Content-Type", "text/plain;charset=utf-8")},
		answer: all},
	"x-range":         {request: browser.Request{Header: header("Range", "bytes=0-99")}, answer: all},
	"x-range-suffix":  {request: browser.Request{Header: header("Range", "bytes=-99")}, preflight: []string{"204"}, answer: all},
	"x-accept-128":    {request: browser.Request{Header: header("Accept", strings.Repeat("a", 129))}, preflight: []string{"204"}, answer: all},
	"x-pf-status-304": {request: put, preflight: append(allowPUT(), "304"), answer: all},
	"x-pf-status-299": {request: put, preflight: append(allowPUT(), "299"), answer: all},
	"x-maxage-neg":    {request: put, preflight: allowPUT("Access-Control-Max-Age: -1"), answer: all},
	"x-dupacam": {request: put, preflight: []string{"204", "Access-Control-Allow-Origin: *",
		"Access-Control-Allow-Methods: GET", "Access-Control-Allow-Methods: PUT"}, answer: all},
	"x-wildcred-same-origin-cookies": {request: browser.Request{Credentials: browser.CredentialsSameOrigin},
		answer: append(all, "Access-Control-Allow-Credentials: true")},
	"x-pf-no-cors-put":  {request: browser.Request{Method: "PUT", Mode: browser.ModeNoCORS}},
	"x-redirect-manual": {request: browser.Request{Redirect: browser.RedirectManual}, answer: append(all, "302", "Location: /r")},
	"x-put-redirect": {request: put, preflight: allowPUT(),
		answer: append(all, "307", "Location: "+scriptedURL("localhost:9000", "to", lines(allowPUT()), lines(all)))},
}

var (
	all    = []string{"Access-Control-Allow-Origin: *"}[:1:1]
	mine   = []string{"Access-Control-Allow-Origin: " + site, "Access-Control-Allow-Credentials: true"}[:2:2]
	put    = browser.Request{Method: "PUT"}
	xA     = browser.Request{Header: header("X-A", "1")}
	bearer = browser.Request{Header: header("Authorization", "Bearer x")}
)

func credentialed(r browser.Request) browser.Request {
	r.Credentials = browser.CredentialsInclude
	return r
}

func allowPUT(more ...string) []string {
	return append([]string{"204", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: PUT"}, more...)
}

// lines is the script of an answer from the server that was measured.
func lines(lines []string) *script {
	body := `{"ok": 123}` // eleven bytes, as measured
	s := &script{Body: &body, Cached: true, Headers: [][2]string{{"X-Extra", "1"}, {"Date", "Sun, 22 Nov 2026 12:00:00 GMT"}}}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			if err := json.Unmarshal([]byte(line), &s.Status); err != nil {
				panic(err)
			}
			continue
		}
		s.Headers = append(s.Headers, [2]string{name, value})
	}
	return s
}

// TestVerdicts compares 56 situations with what Chromium and Firefox made of
// them: what the script saw, Chromium's code and Firefox's words.
func TestVerdicts(t *testing.T) {
	text, err := os.ReadFile("testdata/recorded/verdicts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
	if len(rows) != len(situations) {
		t.Errorf("%d rows, %d situations", len(rows), len(situations))
	}
	for _, row := range rows {
		columns := append(strings.Split(row, "\t"), "", "")
		t.Run(columns[0], func(t *testing.T) {
			s, ok := situations[columns[0]]
			if !ok {
				t.Fatal("no such situation")
			}
			compareVerdict(t, browser.Chromium, columns[0], s, columns[1], columns[2])
			compareVerdict(t, browser.Firefox, columns[0], s, columns[3], columns[4])
		})
	}
}

var milliseconds = regexp.MustCompile(` \d+ms$`)

func compareVerdict(t *testing.T, profile browser.Profile, name string, s situation, wantSeen, wantReason string) {
	t.Helper()
	b := browser.New(browser.Options{Profile: profile, Transport: newScripted(t).transport})
	page, err := b.Open(site + "/")
	if err != nil {
		t.Fatal(err)
	}
	r := s.request
	r.URL = s.url
	if r.URL == "" {
		r.URL = scriptedURL("localhost:9000", name, lines(s.preflight), lines(s.answer))
	}
	response, err := page.Fetch(context.Background(), r)
	seen, reason := "", ""
	var e *browser.Error
	if errors.As(err, &e) {
		seen, reason = e.ScriptError(profile), explained(e, profile)
	} else {
		o := outcome{response: response}.seen(profile, name).(map[string]any)
		o["n"], o["h"] = o["len"], headerNames(response.Header)
		delete(o, "len")
		if !sameJSON(t, o, milliseconds.ReplaceAllString(wantSeen, "")) {
			t.Errorf("%v: the script sees %v, in the browser %s", profile, o, wantSeen)
		}
		return
	}
	if want := milliseconds.ReplaceAllString(wantSeen, ""); seen != want {
		t.Errorf("%v: the script sees %s, in the browser %s", profile, seen, want)
	}
	if reason != wantReason {
		t.Errorf("%v: the reason is %s, in the browser %s", profile, reason, wantReason)
	}
}

// explained is why a fetch failed as the table has it: Chromium's code, or
// Firefox's reasons.
func explained(e *browser.Error, profile browser.Profile) string {
	if profile == browser.Chromium {
		code, parameter := e.CORSError()
		if code == "" {
			return ""
		}
		return "cors=" + code + ` param="` + parameter + `"`
	}
	var reasons []string
	for line := range strings.SplitSeq(e.Console(profile), "\n") {
		if _, reason, ok := strings.Cut(line, "(Reason: "); ok {
			reasons = append(reasons, "(Reason: "+reason)
		}
	}
	return strings.Join(reasons, ";")
}

func sameJSON(t *testing.T, got map[string]any, want string) bool {
	t.Helper()
	var wanted, gotten any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		return false
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &gotten); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(gotten, wanted)
}
