package origin_test

import (
	"fmt"
	"strings"
	"testing"

	"crossorigin.dev/origin"
)

func newSet(t testing.TB, patterns ...string) *origin.Set {
	t.Helper()
	var parsed []origin.Pattern
	for _, s := range patterns {
		p, err := origin.ParsePattern(s)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, p)
	}
	return origin.NewSet(parsed...)
}

func TestSetContains(t *testing.T) {
	for _, test := range []struct {
		patterns string
		in, out  string // space-separated; a ~ stands for a space
	}{
		{
			patterns: "https://example.com",
			in:       "https://example.com",
			out: "http://example.com https://example.com. https://www.example.com https://example.com:8443 https://example.com/ " +
				"https://example.com:443 https://EXAMPLE.com https://example.co https://example.comm null ~https://example.com",
		},
		{
			patterns: "https://*.example.com",
			in:       "https://a.example.com https://a.b.c.example.com https://com.example.com https://example.com.example.com",
			out: "https://example.com https://.example.com https://evilexample.com https://evil.comexample.com http://a.example.com " +
				"https://a.example.com:8443 https://a.example.com. https://a.example.org https://evil.com/.example.com " +
				"https://foo..example.com https://..example.com https://evil.com:any.example.com https://evil.com:80.example.com " +
				"https://evil.com#.example.com https://evil.com?.example.com https://evil.com@.example.com https://evil.com\\.example.com " +
				"https:evil.example.com https:///a.example.com https:/a.example.com https:..a.example.com https:xyza.example.com " +
				"https://ev%69l.example.com https://evil.com~.example.com https://*.example.com?x https://A.example.com",
		},
		{
			patterns: "http://localhost:*",
			in:       "http://localhost http://localhost:1 http://localhost:65535",
			out: "https://localhost http://localhost:65536 http://localhost:80 http://localhost: http://localhost:080 http://localhost:x " +
				"http://localhost:123456 http://localhost.evil.com http:xyzlocalhost http:xyzlocalhost:1 http://localhost:1/ http://localhost:1@evil.com http://a.localhost",
		},
		{
			patterns: "https://*.example.com:* https://*.example.com:8443 https://*.b.example.com",
			in:       "https://a.example.com https://a.example.com:1 https://a.example.com:8443 https://a.b.example.com https://a.b.example.com:99",
			out:      "https://example.com:8443 https://a.example.com:443 https://a.example.com:x https://a.example.com:",
		},
		{
			patterns: "https://*.example.com:8443",
			in:       "https://a.example.com:8443 https://a.b.example.com:8443",
			out:      "https://a.example.com https://a.example.com:443 https://a.example.com:84433 https://example.com:8443 https://a.example.com:8443:8443",
		},
		{
			patterns: "https://foo.com https://bar.com",
			in:       "https://foo.com https://bar.com",
			out:      "https://barfoo.com https://foobar.com https://foo.com.bar.com",
		},
		{
			patterns: "http://[::1]:* http://127.0.0.1:9000",
			in:       "http://[::1] http://[::1]:8000 http://127.0.0.1:9000",
			out:      "http://[::1]:80 http://[::2]:8000 http://[0:0:0:0:0:0:0:1] http://127.0.0.1 http://127.0.0.1:900",
		},
		{
			patterns: "tauri://localhost moz-extension://*",
			in:       "tauri://localhost moz-extension://1b1cbd90-3d86-4a3b-9d0b-2f6f1c0c7a11",
			out:      "tauri://localhost:1 tauri://a.localhost moz-extension:// moz-extension://a:1 moz-extension://a/ moz-extensions://a",
		},
		{
			patterns: "tauri://* tauri://localhost:* tauri://*.example:1",
			in:       "tauri://a tauri://localhost tauri://localhost:1 tauri://a.example tauri://a.example:1",
			out:      "tauri://a:1 tauri://example:1 tauri://localhost: tauri://localhost:01",
		},
	} {
		set := newSet(t, strings.Fields(test.patterns)...)
		for _, in := range strings.Fields(test.in) {
			if !set.Contains(in) {
				t.Errorf("{%s} does not contain %q", test.patterns, in)
			}
		}
		for _, out := range strings.Fields(test.out) {
			if out = strings.ReplaceAll(out, "~", " "); set.Contains(out) {
				t.Errorf("{%s} contains %q", test.patterns, out)
			}
		}
	}
}

// Thousands of patterns of every kind, and for each the origins around it.
func TestSetAgainstALoop(t *testing.T) {
	var patterns, probes []string
	for i := range 2000 {
		host := fmt.Sprintf("tenant%d.example.com", i)
		switch i % 5 {
		case 0:
			patterns = append(patterns, "https://"+host)
		case 1:
			patterns = append(patterns, "https://*."+host)
		case 2:
			patterns = append(patterns, "http://"+host+":*")
		case 3:
			patterns = append(patterns, "https://*."+host+":*")
		case 4:
			patterns = append(patterns, fmt.Sprintf("https://*.%s:%d", host, 1000+i))
		}
		for _, scheme := range []string{"https", "http"} {
			for _, sub := range []string{"", "a.", "a.b.", ".", "a..", "a-"} {
				for _, port := range []string{"", ":8443", ":443", fmt.Sprint(":", 1000+i)} {
					probes = append(probes, scheme+"://"+sub+host+port)
				}
			}
		}
	}
	set := newSet(t, patterns...)
	for i, probe := range probes {
		// A probe is near one pattern; the loop over all of them is for every
		// hundredth.
		near := patterns[i/48 : i/48+1]
		if i%100 == 0 {
			near = patterns
		}
		if got, want := set.Contains(probe), anyMatches(near, probe); got != want {
			t.Fatalf("Contains(%q) = %v, the loop says %v", probe, got, want)
		}
	}
}

// anyMatches is the plain oracle: the documentation of Pattern, done with the
// simplest means, on patterns known to be valid.
func anyMatches(patterns []string, serialized string) bool {
	o, err := origin.Parse(serialized)
	if err != nil || o.IsOpaque() {
		return false
	}
	for _, pattern := range patterns {
		scheme, rest, _ := strings.Cut(pattern, "://")
		if o.Scheme() != scheme {
			continue
		}
		if rest == "*" {
			if o.Port() == "" {
				return true
			}
			continue
		}
		if host, ok := strings.CutSuffix(rest, ":*"); ok {
			rest = host
			if o.Port() != "" {
				rest += ":" + o.Port()
			}
		}
		whole := strings.TrimPrefix(serialized, scheme+"://")
		base, ok := strings.CutPrefix(rest, "*.")
		if !ok && whole == rest {
			return true
		}
		if sub, found := strings.CutSuffix(whole, "."+base); ok && found {
			empty := false
			for _, label := range strings.Split(sub, ".") {
				empty = empty || label == ""
			}
			if !empty {
				return true
			}
		}
	}
	return false
}

// FuzzSet compares the compiled set with the loop, on any patterns and origins.
func FuzzSet(f *testing.F) {
	f.Add("https://example.com\nhttps://*.example.com:*\nhttp://localhost:*", "https://a.example.com:8443")
	f.Add("https://foo.com\nhttps://bar.com", "https://barfoo.com")
	f.Add("https://*.example.com", "https://evil.com/.example.com")
	f.Add("https://*.example.com\nhttps://*.b.example.com:1", "https://foo..b.example.com:1")
	f.Add("https://*.example.com", "https://evil.com:any.example.com")
	f.Add("https://*.example.com", "https://evil.comexample.com")
	f.Add("moz-extension://*\nhttp://[::1]:*\nhttp://127.0.0.1", "http://[::1]:8000")
	f.Add("tauri://*\ntauri://localhost:*\ntauri://*.example:1", "tauri://localhost:1")
	f.Add("https://*.a\nhttps://*.a.a\nhttps://*.a.a.a:*\nhttp://*.a.a", "https://a.a.a.a.a.a")
	f.Fuzz(func(t *testing.T, list, serialized string) {
		var patterns []string
		var parsed []origin.Pattern
		for _, s := range strings.Split(list, "\n") {
			p, err := origin.ParsePattern(s)
			if err != nil {
				var e = err.(*origin.Error)
				if e.Suggestion == "" {
					continue
				}
				if p, err = origin.ParsePattern(e.Suggestion); err != nil {
					t.Fatalf("the suggestion for %q is wrong itself: %v", s, err)
				}
			}
			if again, err := origin.ParsePattern(p.String()); err != nil || again != p {
				t.Fatalf("%q is not the pattern it says: %v", p, err)
			}
			patterns = append(patterns, p.String())
			parsed = append(parsed, p)
		}
		probes := []string{serialized}
		for _, p := range patterns { // an origin near each pattern
			probes = append(probes, strings.ReplaceAll(p, "*", "1"), strings.Replace(p, "*", serialized, 1),
				strings.ReplaceAll(p, ":*", ""), strings.Replace(p, "*.", "", 1), p+serialized)
		}
		checkSet(t, patterns, parsed, probes)
		// The same patterns among so many that they are looked up otherwise.
		for i := range 5 {
			for _, port := range []string{"", ":*"} {
				p, err := origin.ParsePattern(fmt.Sprintf("https://*.x%d.example%s", i, port))
				if err != nil {
					t.Fatal(err)
				}
				patterns, parsed = append(patterns, p.String()), append(parsed, p)
			}
		}
		checkSet(t, patterns, parsed, probes)
	})
}

func checkSet(t *testing.T, patterns []string, parsed []origin.Pattern, probes []string) {
	set := origin.NewSet(parsed...)
	for _, probe := range probes {
		got, want := set.Contains(probe), anyMatches(patterns, probe)
		if got != want {
			t.Fatalf("{%s} contains %q: %v, the loop says %v", strings.Join(patterns, " "), probe, got, want)
		}
		if o, err := origin.Parse(probe); err == nil {
			matched := false
			for _, p := range parsed {
				matched = matched || p.Matches(o)
			}
			if matched != want {
				t.Fatalf("{%s} match %q: %v, the loop says %v", strings.Join(patterns, " "), probe, matched, want)
			}
		}
	}
}

func TestSetDoesNotAllocate(t *testing.T) {
	set := newSet(t, "https://example.com", "https://*.example.com:*", "http://localhost:*", "moz-extension://*")
	for _, in := range []string{"https://example.com", "https://a.b.example.com:8443", "http://localhost:1", "https://evil.com/.example.com",
		"null", strings.Repeat("a.", 1<<16), "https://" + strings.Repeat("a.", 100) + "example.com", "moz-extension://abc"} {
		if n := testing.AllocsPerRun(100, func() { set.Contains(in) }); n != 0 {
			t.Errorf("Contains(%.40q) allocates %v times", in, n)
		}
	}
}

func BenchmarkSet(b *testing.B) {
	for _, n := range []int{1, 10, 1000} {
		var exact, subdomains []string
		for i := range n {
			exact = append(exact, fmt.Sprintf("https://tenant%d.example.com", i))
			subdomains = append(subdomains, fmt.Sprintf("https://*.tenant%d.example.com", i))
		}
		last := fmt.Sprintf("tenant%d.example.com", n-1)
		for _, bench := range []struct {
			name     string
			patterns []string
			in       string
		}{
			{"exact", exact, "https://" + last},
			{"exact-near-miss", exact, "https://" + strings.Replace(last, "t", "T", 1)},
			{"subdomain", subdomains, "https://www." + last},
			{"subdomain-near-miss", subdomains, "https://www.x" + last},
			{"subdomain-long-miss", subdomains, "https://" + strings.Repeat("a.", 115) + "x" + last},
			{"too-long", exact, "https://" + strings.Repeat("a.", 1000) + last},
		} {
			set := newSet(b, bench.patterns...)
			b.Run(fmt.Sprintf("%s/%d", bench.name, n), func(b *testing.B) {
				for b.Loop() {
					set.Contains(bench.in)
				}
			})
		}
	}
}
