package browser

import (
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestParseCookie(t *testing.T) {
	from, err := parseLocation("https://www.example.co.uk/a/b", nil)
	if err != nil {
		t.Fatal(err)
	}
	plain := cookie{name: "k", value: "v", domain: "www.example.co.uk", path: "/a", hostOnly: true, created: noon}
	with := func(change func(*cookie)) cookie {
		c := plain
		change(&c)
		return c
	}
	tests := []struct {
		line string
		want cookie // the zero value if it is refused
	}{
		{"k=v", plain},
		{" k\t= v ", plain},
		{"k=v=w", with(func(c *cookie) { c.value = "v=w" })},
		{"v", with(func(c *cookie) { c.name = "" })},
		{"=v", with(func(c *cookie) { c.name = "" })},
		{"=", cookie{}},
		{"", cookie{}},
		{"k=v\x01", cookie{}},
		{"k=" + strings.Repeat("v", 4095), with(func(c *cookie) { c.value = strings.Repeat("v", 4095) })},
		{"k=" + strings.Repeat("v", 4096), cookie{}},
		{"k=v; SECURE; httponly; SameSite=strict", with(func(c *cookie) { c.secure, c.httpOnly, c.sameSite = true, true, sameSiteStrict })},
		{"k=v; SameSite=none; SameSite=Lax", with(func(c *cookie) { c.sameSite = sameSiteLax })},
		{"k=v; SameSite=bogus", plain},
		{"k=v; Path=/x", with(func(c *cookie) { c.path = "/x" })},
		{"k=v; Path=x", plain},
		{"k=v; Path=/" + strings.Repeat("x", 1024), plain}, // too long an attribute is passed over
		{"k=v; Domain=EXAMPLE.co.uk", with(func(c *cookie) { c.domain, c.hostOnly = "example.co.uk", false })},
		{"k=v; Domain=.www.example.co.uk", with(func(c *cookie) { c.hostOnly = false })},
		{"k=v; Domain=", plain},
		{"k=v; Domain=co.uk", cookie{}},
		{"k=v; Domain=uk", cookie{}},
		{"k=v; Domain=x.www.example.co.uk", cookie{}},
		{"k=v; Domain=xample.co.uk", cookie{}},
		{"k=v; Max-Age=60", with(func(c *cookie) { c.expires = noon.Add(time.Minute) })},
		{"k=v; Max-Age=99999999999999999999", with(func(c *cookie) { c.expires = noon.Add(maxCookieAge) })},
		{"k=v; Max-Age=0", with(func(c *cookie) { c.expires = time.Unix(0, 0) })},
		{"k=v; Max-Age=-9", with(func(c *cookie) { c.expires = time.Unix(0, 0) })},
		{"k=v; Max-Age=+9", plain},
		{"k=v; Expires=Mon, 23 Nov 2026 12:00:00 GMT", with(func(c *cookie) { c.expires = noon.AddDate(0, 0, 1) })},
		{"k=v; Expires=never", plain},
	}
	for _, tt := range tests {
		got, refusal := parseCookie(tt.line, from, noon, Spec)
		if refused := tt.want == (cookie{}); refused != (refusal != "") || !refused && got != tt.want {
			t.Errorf("parseCookie(%.60q) = %+v, %q", tt.line, got, refusal)
		}
	}
}

// TestCookiesOfBrowsers holds what vectors cookie-syntax and cookie-beyond-ascii
// show.
func TestCookiesOfBrowsers(t *testing.T) {
	from, err := parseLocation("https://a.test/", nil)
	if err != nil {
		t.Fatal(err)
	}
	const refused = "refused"
	for line, want := range map[string]perProfile[string]{
		"alone":     {Spec: "=alone", Chromium: "=alone", Firefox: "alone=", WebKit: refused},
		"=nameless": {Spec: "=nameless", Chromium: "=nameless", Firefox: refused, WebKit: refused},
		"k=\xe9":    {Spec: "k=\xe9", Chromium: "k=\xe9", Firefox: "k=\uFFFD", WebKit: "k=\xe9"},
	} {
		for profile, want := range want {
			c, refusal := parseCookie(line, from, noon, Profile(profile))
			got := c.name + "=" + c.value
			if refusal != "" {
				got = refused
			}
			if got != want {
				t.Errorf("%s takes %q for %q, want %q", Profile(profile), line, got, want)
			}
		}
	}
}

func TestCookieDates(t *testing.T) {
	want := time.Date(2026, 11, 6, 8, 49, 37, 0, time.UTC)
	for _, s := range []string{
		"Fri, 06 Nov 2026 08:49:37 GMT", "Friday, 06-Nov-26 08:49:37 GMT", "Nov  6 08:49:37 2026",
		"08:49:37 6 november 2026", "6/Nov/2026 8:49:37x",
	} {
		if got, ok := parseCookieDate(s); !ok || !got.Equal(want) {
			t.Errorf("%q is %v, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "06 Nov 2026", "08:49:37", "31 Nov 2026 08:49:37", "06 Nov 1600 08:49:37", "06 Nov 2026 24:00:00", "06 Nov 2026 08:60:00", "0 Nov 2026 08:49:37", "06 xyz 2026 08:49:37", "006 Nov 2026 08:49:37"} {
		if got, ok := parseCookieDate(s); ok {
			t.Errorf("%q is %v", s, got)
		}
	}
	for s, year := range map[string]int{"1 Jan 69 0:0:0": 2069, "1 Jan 70 0:0:0": 1970} {
		if got, ok := parseCookieDate(s); !ok || got.Year() != year {
			t.Errorf("%q is %v, %v", s, got, ok)
		}
	}
}

func TestCookieJar(t *testing.T) {
	var jar cookieJar
	put := func(url, line string, secure bool) string {
		t.Helper()
		l, err := parseLocation(url, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, refusal := parseCookie(line, l, noon, Spec)
		if refusal == "" {
			refusal = jar.put(c, secure, noon, Spec)
		}
		return refusal
	}
	get := func(url string, secure bool) string {
		l, err := parseLocation(url, nil)
		if err != nil {
			t.Fatal(err)
		}
		var pairs []string
		for _, c := range jar.matching(l, secure, func(cookie) bool { return true }, noon) {
			pairs = append(pairs, c.name+"="+c.value)
		}
		return strings.Join(pairs, " ")
	}
	put("https://a.example.com/x/y", "old=1; Path=/", true)
	put("https://a.example.com/x/y", "deep=1", true)
	put("https://a.example.com/", "wide=1; Domain=example.com", true)
	put("https://a.example.com/", "safe=1; Secure", true)
	put("https://a.example.com/", "old=2", true) // replaced in its place
	if got := get("https://a.example.com/x/", true); got != "deep=1 old=2 wide=1 safe=1" {
		t.Errorf("the cookies are %s", got)
	}
	for url, want := range map[string]string{
		"http://a.example.com/":      "old=2 wide=1",
		"https://a.example.com/xy":   "old=2 wide=1 safe=1",
		"https://b.example.com/x":    "wide=1",
		"https://example.com/":       "wide=1",
		"https://aexample.com/":      "",
		"https://evil.a.example.net": "",
	} {
		if got := get(url, strings.HasPrefix(url, "https")); got != want {
			t.Errorf("for %s the cookies are %s, want %s", url, got, want)
		}
	}
	if refusal := put("http://a.example.com/", "safe=2", false); refusal == "" {
		t.Error("plain HTTP overwrites a secure cookie")
	}
	brief := cookie{name: "brief", domain: "a.example.com", path: "/", hostOnly: true, expires: noon.Add(time.Second)}
	jar.put(brief, true, noon, Spec)
	insecure := cookie{name: "safe", domain: "a.example.com", path: "/", hostOnly: true}
	if refusal := jar.put(insecure, false, noon.Add(time.Minute), Spec); refusal == "" {
		t.Error("a cookie from plain HTTP shadows a secure one")
	}
	for _, c := range jar.sites["example.com"] {
		if c.name == "" {
			t.Error("a refused cookie leaves an empty one in place of an expired one")
		}
	}
	if refusal := put("https://a.example.com/", "old=; Max-Age=0", true); refusal != "" || strings.Contains(get("https://a.example.com/", true), "old") {
		t.Errorf("an expired cookie stays: %s", refusal)
	}
	for i := range maxCookiesPerSite + 10 {
		put("https://full.test/", "k"+string(rune('a'+i%26))+strings.Repeat("x", i)+"=1", true)
	}
	if n := len(jar.sites["full.test"]); n != maxCookiesPerSite {
		t.Errorf("%d cookies of one site", n)
	}
}
