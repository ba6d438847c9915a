package gateway

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"crossorigin.dev/cmd/cors/internal/policyfile"
)

// FuzzLocation: what is rewritten stays with the gateway's own host, whatever an
// upstream sends; what is not is as it was.
func FuzzLocation(f *testing.F) {
	for _, seed := range []string{"http://up.example/v1/a?b#c", "/v1/login", "//up.example/v1", "http://up.example/v1//evil.example", "http://up.example/v1/\\evil.example", "\t//x", "http://up.example/v1?//x"} {
		f.Add(seed)
	}
	target, err := url.Parse("http://up.example/v1")
	if err != nil {
		f.Fatal(err)
	}
	base, err := url.Parse("https://gateway.example/here")
	if err != nil {
		f.Fatal(err)
	}
	x := &exchange{route: &route{upstream: &upstream{target: target}}}
	f.Fuzz(func(t *testing.T, location string) {
		got := x.location(location)
		if got == location {
			return
		}
		to, err := base.Parse(got)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme {
			t.Errorf("%q becomes %q, which leads to %v, %v", location, got, to, err)
		}
		// Browsers take a backslash for a slash.
		if strings.HasPrefix(strings.ReplaceAll(got, `\`, "/"), "//") {
			t.Errorf("%q becomes %q, which browsers take for another host", location, got)
		}
	})
}

// FuzzCookie: name, value and the attributes that stay are as they were, and no
// Domain is left.
func FuzzCookie(f *testing.F) {
	for _, seed := range []string{"a=1; Domain=x; Secure", "a=1;;; domain = x ;SameSite=None", "__Host-a=1; Secure; Path=/", "", ";", "a", "a=1; Path=/v1/x"} {
		f.Add(seed)
	}
	target, err := url.Parse("http://up.example/v1")
	if err != nil {
		f.Fatal(err)
	}
	x := &exchange{listener: &policyfile.Listener{}, route: &route{upstream: &upstream{target: target}}}
	f.Fuzz(func(t *testing.T, line string) {
		got := x.cookie(line)
		pair, _, _ := strings.Cut(line, ";")
		if !strings.HasPrefix(got, pair) {
			t.Fatalf("%q becomes %q", line, got)
		}
		before, beforeErr := http.ParseSetCookie(line)
		after, afterErr := http.ParseSetCookie(got)
		if beforeErr != nil {
			return
		}
		if afterErr != nil || after.Name != before.Name || after.Value != before.Value || after.HttpOnly != before.HttpOnly || after.Domain != "" {
			t.Errorf("%q becomes %q: %+v, %v", line, got, after, afterErr)
		}
	})
}

// FuzzDotSegment compares with what path.Clean does to a path.
func FuzzDotSegment(f *testing.F) {
	for _, seed := range []string{"/", "/a/../b", "/a/./b", "/..", "/a/...", "/.a/b.", `/a\..\b`, "//a//b", "/a/..", "/a/..;b/c", "/;../b", "/a/;/b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, p string) {
		p = "/" + p
		slashed := matrix.ReplaceAllString(strings.ReplaceAll(p, `\`, "/"), "")
		for strings.Contains(slashed, "//") {
			slashed = strings.ReplaceAll(slashed, "//", "/")
		}
		cleaned := path.Clean(slashed)
		if want := strings.TrimSuffix(slashed, "/") != strings.TrimSuffix(cleaned, "/"); hasDotSegment(p) != want {
			t.Errorf("%q: %v, want %v", p, !want, want)
		}
	})
}
