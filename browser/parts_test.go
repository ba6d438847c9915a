package browser_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"crossorigin.dev/browser"
)

func TestDataURLs(t *testing.T) {
	page := open(t, browser.New(browser.Options{}), browser.PageOptions{})
	tests := []struct{ url, contentType, body string }{
		{"data:,", "text/plain;charset=US-ASCII", ""},
		{"data:,a%20b%2", "text/plain;charset=US-ASCII", "a b%2"},
		{"data:text/html;charset=utf-8,<p>", "text/html;charset=utf-8", "<p>"},
		{"data:;charset=utf-8,x", "text/plain;charset=utf-8", "x"},
		{"data:bogus,x", "text/plain;charset=US-ASCII", "x"},
		{"data:text/plain;base64,aGVsbG8=", "text/plain", "hello"},
		{"data:text/plain; BASE64 ,aGVsbG8", "text/plain", "hello"},
		{"data:text/plain;base64x,aGVsbG8", "text/plain", "aGVsbG8"},
		{"data:text/plain;base64,aGVs%0AbG8", "text/plain", "hello"},
		{"data:;base64,", "text/plain;charset=US-ASCII", ""},
		{"data:text/plain,a#b", "text/plain", "a"},
		{"data:text/plain;base64,====", "", ""},
		{"data:text/plain;base64,a", "", ""},
	}
	for _, tt := range tests {
		response, err := page.Fetch(context.Background(), browser.Request{URL: tt.url})
		if tt.contentType == "" {
			if got := ended(response, err); got != "network.failed" {
				t.Errorf("%s ends with %s", tt.url, got)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.url, err)
			continue
		}
		if got := response.Header.Get("Content-Type"); got != tt.contentType || string(response.Body) != tt.body {
			t.Errorf("%s is %q of type %q, want %q of type %q", tt.url, response.Body, got, tt.body, tt.contentType)
		}
	}
}

func TestBlobURLs(t *testing.T) {
	b := browser.New(browser.Options{})
	for _, o := range []browser.PageOptions{{}, {Opaque: true}} {
		page := open(t, b, o)
		url := page.CreateObjectURL("text/plain", []byte("hello"))
		response, err := page.Fetch(context.Background(), browser.Request{URL: url + "#x"})
		if err != nil {
			t.Fatal(err)
		}
		if string(response.Body) != "hello" || response.Header.Get("Content-Type") != "text/plain" || response.Type != browser.ResponseBasic {
			t.Errorf("%s is %+v", url, response)
		}
		if _, err := page.Fetch(context.Background(), browser.Request{Method: "POST", URL: url}); ended(nil, err) != "scheme.blob-method" {
			t.Errorf("POST to %s: %v", url, err)
		}
		if _, err := open(t, b, o).Fetch(context.Background(), browser.Request{URL: url}); err == nil {
			t.Errorf("another page fetches %s", url)
		}
	}
}

func TestContentLength(t *testing.T) {
	lengths := map[string]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		lengths[r.Method] = r.Header.Get("Content-Length")
		if r.ContentLength >= 0 && r.Header["Content-Length"] == nil && r.TransferEncoding == nil {
			lengths[r.Method] = map[bool]string{true: "none"}[r.ContentLength == 0]
		}
	}))
	defer server.Close()
	b := browser.New(browser.Options{})
	defer b.Close()
	page := open(t, b, browser.PageOptions{})
	for _, r := range []browser.Request{get(), request("POST"), {Method: "HEAD"}} {
		r.URL = server.URL
		if _, err := page.Fetch(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	if lengths["POST"] != "0" || lengths["GET"] != "none" || lengths["HEAD"] != "none" {
		t.Errorf("Content-Length by method: %v", lengths)
	}
}

// TestReferrerPolicies tests each policy from a secure page to its own origin,
// to another, and to one that is not secure.
func TestReferrerPolicies(t *testing.T) {
	const full, bare = "https://app.example.com/a?b", "https://app.example.com/"
	tests := []struct {
		policy               browser.ReferrerPolicy
		own, other, insecure string
	}{
		{"", full, bare, ""},
		{browser.ReferrerNoReferrer, "", "", ""},
		{browser.ReferrerNoReferrerWhenDowngrade, full, full, ""},
		{browser.ReferrerSameOrigin, full, "", ""},
		{browser.ReferrerOrigin, bare, bare, bare},
		{browser.ReferrerStrictOrigin, bare, bare, ""},
		{browser.ReferrerOriginWhenCrossOrigin, full, bare, bare},
		{browser.ReferrerStrictOriginWhenCrossOrigin, full, bare, ""},
		{browser.ReferrerUnsafeURL, full, full, full},
	}
	var referer string
	// From an https page plain HTTP is mixed content, so the third column is
	// asked of a page on localhost, which is secure all the same.
	transport := inMemory(func(r *http.Request) *http.Response {
		referer = r.Header.Get("Referer")
		return answer(200, "Access-Control-Allow-Origin", "*")
	})
	b := browser.New(browser.Options{Transport: transport})
	for _, tt := range tests {
		secure := open(t, b, browser.PageOptions{URL: full + "#c", ReferrerPolicy: tt.policy})
		local := open(t, b, browser.PageOptions{URL: "http://localhost/a?b", ReferrerPolicy: tt.policy})
		for _, c := range []struct {
			page      *browser.Page
			url, want string
		}{
			{secure, "https://app.example.com/x", tt.own},
			{secure, "https://api.example.com/x", tt.other},
			{local, "http://api.example.com/x", strings.Replace(tt.insecure, "https://app.example.com", "http://localhost", 1)},
		} {
			if _, err := c.page.Fetch(context.Background(), browser.Request{URL: c.url}); err != nil {
				t.Fatal(err)
			}
			if referer != c.want {
				t.Errorf("policy %q, to %s: Referer %q, want %q", tt.policy, c.url, referer, c.want)
			}
		}
	}
	if _, err := b.OpenPage(browser.PageOptions{URL: full, ReferrerPolicy: "never"}); err == nil {
		t.Error("an unknown policy is taken")
	}
	long := open(t, b, browser.PageOptions{URL: full + strings.Repeat("x", 4096)})
	if _, err := long.Fetch(context.Background(), browser.Request{URL: "/"}); err != nil || referer != bare {
		t.Errorf("a long URL gives the Referer %.80q, error %v", referer, err)
	}
}

// TestRevalidation: a stale response is asked about, and one that is still good
// is used, with the headers that came anew.
func TestRevalidation(t *testing.T) {
	clock := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	requests := 0
	transport := inMemory(func(r *http.Request) *http.Response {
		requests++
		if r.Header.Get("If-None-Match") == `"1"` {
			return answer(304, "Access-Control-Allow-Origin", "*", "X-N", "2", "Cache-Control", "max-age=60", "Content-Length", "0")
		}
		a := answer(200, "Access-Control-Allow-Origin", "*", "Etag", `"1"`, "X-N", "1", "Access-Control-Expose-Headers", "x-n")
		a.Body = http.NoBody
		return a
	})
	page := open(t, browser.New(browser.Options{Transport: transport, Now: func() time.Time { return clock }}), browser.PageOptions{})
	for i, want := range []struct {
		after    time.Duration
		n        string
		requests int
	}{{0, "1", 1}, {0, "2", 2}, {59 * time.Second, "2", 2}, {time.Second, "2", 3}} {
		clock = clock.Add(want.after)
		response, err := page.Fetch(context.Background(), browser.Request{URL: "http://api.test/"})
		if err != nil {
			t.Fatal(err)
		}
		if got := response.Header.Get("X-N"); response.Status != 200 || got != want.n || requests != want.requests {
			t.Errorf("fetch %d: status %d, X-N %s after %d requests; want %+v", i, response.Status, got, requests, want)
		}
	}
	// A request that changes something makes the stored response void.
	post := browser.Request{Method: "POST", URL: "http://api.test/"}
	for _, r := range []browser.Request{post, {URL: "http://api.test/"}} {
		if _, err := page.Fetch(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	if requests != 5 {
		t.Errorf("%d requests, want 5", requests)
	}
}

// TestCachePartitions: pages of one site share the HTTP cache, of two sites
// they do not.
// TestTraceIsTheCallers: what is done to a trace or to a blob's bytes reaches
// neither the cache nor the page.
func TestTraceIsTheCallers(t *testing.T) {
	transport := inMemory(func(*http.Request) *http.Response {
		return answer(200, "Access-Control-Allow-Origin", "*", "Cache-Control", "max-age=60")
	})
	page := open(t, browser.New(browser.Options{Transport: transport}), browser.PageOptions{})
	for range 2 {
		response, err := page.Fetch(context.Background(), browser.Request{URL: "https://api.example.com/"})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range response.Trace.Steps {
			if s.Exchange != nil {
				clear(s.Exchange.Answer.Header)
			}
		}
	}
	data := []byte("hello")
	url := page.CreateObjectURL("text/plain", data)
	clear(data)
	response, err := page.Fetch(context.Background(), browser.Request{URL: url})
	if err != nil || string(response.Body) != "hello" {
		t.Errorf("the blob is %q, error %v", response.Body, err)
	}
}

// TestLongAnswers: what a server sends in bulk takes no more room than its size
// once the fetch is over, and the trace does not tell of all of it.
func TestLongAnswers(t *testing.T) {
	requests := 0
	transport := inMemory(func(r *http.Request) *http.Response {
		requests++
		h := http.Header{
			"Access-Control-Allow-Origin":      {"https://app.example.com"},
			"Access-Control-Allow-Credentials": {"true"},
			"Access-Control-Allow-Methods":     {"PUT, DELETE, " + strings.Repeat("X", 300)},
			"Access-Control-Max-Age":           {"600"},
		}
		if r.Method != "OPTIONS" {
			for i := range 10_000 {
				h.Add("Set-Cookie", "k"+strconv.Itoa(i)+"=v")
			}
		}
		return &http.Response{StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, Header: h, Body: http.NoBody}
	})
	page := open(t, browser.New(browser.Options{Transport: transport}), browser.PageOptions{URL: "https://app.example.com/"})
	for _, tt := range []struct {
		method   string
		requests int
	}{{"PUT", 2}, {"DELETE", 3}, {strings.Repeat("X", 300), 5}, {strings.Repeat("X", 300), 7}} {
		response, err := page.Fetch(context.Background(), browser.Request{Method: tt.method, URL: "https://api.example.com/", Credentials: browser.CredentialsInclude})
		if err != nil {
			t.Fatal(err)
		}
		if requests != tt.requests {
			t.Errorf("after %.10s: %d requests, want %d", tt.method, requests, tt.requests)
		}
		if n := len(response.Trace.Steps); n > 300 {
			t.Errorf("%d steps", n)
		}
	}
}

func TestCachePartitions(t *testing.T) {
	requests := 0
	transport := inMemory(func(*http.Request) *http.Response {
		requests++
		return answer(200, "Access-Control-Allow-Origin", "*", "Cache-Control", "max-age=60")
	})
	b := browser.New(browser.Options{Transport: transport})
	for _, c := range []struct {
		page     browser.PageOptions
		requests int
	}{
		{browser.PageOptions{URL: "https://a.example.co.uk/"}, 1},
		{browser.PageOptions{URL: "https://b.example.co.uk:8443/"}, 1},
		{browser.PageOptions{URL: "https://other.co.uk/"}, 2},
		{browser.PageOptions{Opaque: true}, 3},
		{browser.PageOptions{Opaque: true}, 4},
	} {
		if _, err := open(t, b, c.page).Fetch(context.Background(), browser.Request{URL: "https://api.example.com/"}); err != nil {
			t.Fatal(err)
		}
		if requests != c.requests {
			t.Errorf("after a page %+v: %d requests, want %d", c.page, requests, c.requests)
		}
	}
}

func TestOpen(t *testing.T) {
	b := browser.New(browser.Options{})
	for url, want := range map[string]string{
		"https://EXAMPLE.com:443": "https://example.com/ https://example.com",
		"tauri://localhost":       "tauri://localhost tauri://localhost",
		"file:///x":               "file:///x null",
		"about:blank":             "about:blank null",
	} {
		page, err := b.Open(url)
		if err != nil {
			t.Fatal(err)
		}
		if got := page.URL() + " " + page.Origin().String(); got != want {
			t.Errorf("Open(%q) is %s, want %s", url, got, want)
		}
	}
	for _, url := range []string{"", "/", "example.com", "http://", "https://a b/"} {
		if page, err := b.Open(url); err == nil {
			t.Errorf("Open(%q) is %s", url, page.URL())
		} else if !strings.Contains(err.Error(), "write an absolute URL such as") {
			t.Errorf("Open(%q): %v", url, err)
		}
	}
}

// TestCostlyURLs: a server cannot keep the engine busy with a URL.
func TestCostlyURLs(t *testing.T) {
	many := func(s string) string { return strings.Repeat(s, 200_000/len(s)) }
	for _, url := range []string{
		"http://" + many("@") + "b.test/", "http://" + many("u:") + "@b.test/", "http://b.test" + many("/a"), many("/a"),
		"/x" + many("\\"), "//" + many("@") + "b.test", "http:" + many("@"), "http:/\t/" + many("a.") + "/", "/" + many("a"),
	} {
		page := open(t, browser.New(browser.Options{Transport: inMemory(func(*http.Request) *http.Response {
			return answer(302, "Access-Control-Allow-Origin", "*", "Location", url)
		})}), browser.PageOptions{})
		if _, err := page.Fetch(context.Background(), browser.Request{URL: "http://b.test/"}); ended(nil, err) != "redirect.location" {
			t.Errorf("a redirect to %.40s… ends with %v", url, err)
		}
		page = open(t, browser.New(browser.Options{Transport: inMemory(func(*http.Request) *http.Response {
			return answer(200, "Access-Control-Allow-Origin", url)
		})}), browser.PageOptions{})
		if _, err := page.Fetch(context.Background(), browser.Request{URL: "http://b.test/"}); ended(nil, err) != "acao.invalid" {
			t.Errorf("an Access-Control-Allow-Origin of %.40s… ends with %v", url, err)
		}
	}
	page := open(t, browser.New(browser.Options{Transport: inMemory(func(*http.Request) *http.Response {
		return answer(200, "Access-Control-Allow-Origin", "*")
	})}), browser.PageOptions{})
	for _, url := range []string{"http://b.test/?" + strings.Repeat("a:@/", 256) + strings.Repeat("a", 60_000), "/?a:" + strings.Repeat("a", 60_000), "data:," + many("/")} {
		if _, err := page.Fetch(context.Background(), browser.Request{URL: url}); err != nil {
			t.Errorf("a long URL of the page's: %v", err)
		}
	}
}

func TestPageOptions(t *testing.T) {
	b := browser.New(browser.Options{})
	for _, o := range []browser.PageOptions{
		{URL: pageA, ReferrerPolicy: "never"}, {URL: pageA, EmbedderPolicy: "x"}, {URL: pageA, AddressSpace: "x"}, {},
	} {
		if _, err := b.OpenPage(o); err == nil || !strings.Contains(err.Error(), "write") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestProfiles(t *testing.T) {
	for p, name := range map[browser.Profile]string{browser.Spec: "spec", browser.Chromium: "chromium", browser.Firefox: "firefox", browser.WebKit: "webkit"} {
		if got, ok := browser.ParseProfile(name); got != p || !ok || p.String() != name {
			t.Errorf("%s: %v %v", name, got, ok)
		}
	}
	if _, ok := browser.ParseProfile("netscape"); ok {
		t.Error("netscape is a profile")
	}
	if got := browser.Profile(200).String(); got != "spec" {
		t.Errorf("a profile that there is not is %s", got)
	}
	if _, err := open(t, browser.New(browser.Options{Profile: 200}), browser.PageOptions{}).Fetch(context.Background(), browser.Request{URL: "data:,"}); err != nil {
		t.Error(err)
	}
}
