package main

import (
	"reflect"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

func TestParseCopied(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       copied
	}{
		{"bash", `curl 'https://api.example/items?a=1&b=2' \
  -X 'PUT' \
  -H 'accept: */*' \
  -H 'origin: https://app.example' \
  -b 'session=1; theme=dark' \
  --data-raw $'{"name":"d\'or\u00e9\\n"}' \
  --compressed --insecure`,
			copied{url: "https://api.example/items?a=1&b=2", method: "PUT", cookies: "session=1; theme=dark", insecure: true,
				body: `{"name":"d'oré\n"}`, hasBody: true,
				header: []browser.Field{{Name: "accept", Value: "*/*"}, {Name: "origin", Value: "https://app.example"}, {Name: "Content-Type", Value: "application/x-www-form-urlencoded"}}}},
		{"short options", `curl -XDELETE -H"X-A: 1" -u me:pw http://localhost:9000/x`,
			copied{url: "http://localhost:9000/x", method: "DELETE",
				header: []browser.Field{{Name: "X-A", Value: "1"}, {Name: "Authorization", Value: "Basic bWU6cHc="}}}},
		{"get with data", `curl -G --data=a=1 http://localhost:9000/x`, copied{url: "http://localhost:9000/x?a=1"}},
		{"fetch of Chromium", `fetch("https://api.example/items", {
  "headers": {"content-type": "application/json"},
  "referrer": "https://app.example/",
  "body": "{}",
  "method": "POST",
  "mode": "cors",
  "credentials": "include"
});`, copied{url: "https://api.example/items", method: "POST", mode: "cors", credentials: "include", referrer: "https://app.example/",
			body: "{}", hasBody: true, header: []browser.Field{{Name: "content-type", Value: "application/json"}}}},
		{"fetch of Firefox", `await fetch("https://api.example/items", {"credentials": "omit", "headers": {}, "method": "GET", "mode": "cors"});`,
			copied{url: "https://api.example/items", method: "GET", mode: "cors", credentials: "omit"}},
		{"fetch alone", `fetch("https://api.example/items")`, copied{url: "https://api.example/items"}},
	} {
		got, err := parseCopied(test.text)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, %v\nwant %+v", test.name, got, err, test.want)
		}
	}
	for text, problem := range map[string]string{
		"wget x":                           "neither a curl command",
		"curl":                             "no URL",
		"curl 'http://x":                   "not closed",
		`curl "http://x`:                   "not closed",
		"curl http://x -H":                 "nothing follows -H",
		`curl ^"http://x^"`:                "(bash)",
		"fetch(url)":                       "URL in double quotes",
		`fetch("http://x", {method: 1})`:   "as JSON",
		"curl " + strings.Repeat("x", 2e6): "longer than",
	} {
		if _, err := parseCopied(text); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%.40q: %v, want %q", text, err, problem)
		}
	}
}

func FuzzParseCopied(f *testing.F) {
	for _, seed := range []string{`curl 'http://x' -H 'a: b'`, `curl $'\u00e9\x41\'' "a\"b\\"`, `fetch("http://x", {"body": "x"})`, `curl -X`, `curl \`, `curl $'\u`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := parseCopied(text)
		if err == nil && r.url == "" && !strings.Contains(text, `fetch(""`) && !strings.Contains(text, "fetch(") {
			t.Errorf("no URL and no error: %q", text)
		}
		if len(r.body) > 3*len(text) {
			t.Errorf("a body of %d bytes out of %d", len(r.body), len(text))
		}
	})
}
