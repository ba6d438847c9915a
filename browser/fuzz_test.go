package browser

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The seeds are in testdata/fuzz.

func FuzzSetCookie(f *testing.F) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	from, err := parseLocation("https://www.example.co.uk/a/b", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, refusal := parseCookie(line, from, now, Spec)
		if refusal != "" {
			return
		}
		switch {
		case len(c.name)+len(c.value) > maxCookieSize:
			t.Errorf("%d bytes", len(c.name)+len(c.value))
		case c.domain != "www.example.co.uk" && c.domain != "example.co.uk":
			t.Errorf("domain %q", c.domain)
		case c.hostOnly && c.domain != "www.example.co.uk":
			t.Errorf("host only, and domain %q", c.domain)
		case !strings.HasPrefix(c.path, "/"):
			t.Errorf("path %q", c.path)
		case c.expires.After(now.Add(maxCookieAge)):
			t.Errorf("expires %v", c.expires)
		case strings.ContainsAny(c.name+c.value, "\r\n\x00;") || strings.Contains(c.name, "="):
			t.Errorf("name %q, value %q", c.name, c.value)
		}
		var jar cookieJar
		if refusal := jar.put(c, true, now, Spec); refusal != "" {
			t.Errorf("an empty jar refuses: %s", refusal)
		}
	})
}

func FuzzCookieDate(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		at, ok := parseCookieDate(text)
		if !ok {
			return
		}
		if at.Year() < 1601 || at.Year() > 9999 {
			t.Errorf("%q is %v", text, at)
		}
		if again, ok := parseCookieDate(at.Format(http.TimeFormat)); !ok || !again.Equal(at) {
			t.Errorf("%q is %v, and that written down %v", text, at, again)
		}
	})
}

func FuzzURL(f *testing.F) {
	base, err := parseLocation("https://app.example.com/a/b?c#d", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		l, err := parseLocation(raw, base)
		if err != nil {
			return
		}
		again, err := parseLocation(l.href, nil)
		if err != nil || again.href != l.href || !l.origin.IsOpaque() && again.origin != l.origin {
			t.Fatalf("%q is %q, and that is %+v, %v", raw, l.href, again, err)
		}
		if !l.isHTTP() {
			return
		}
		u := l.net
		if want := l.path + l.search; u.RequestURI() != want && u.RequestURI() != l.scheme+"://"+l.host+want {
			t.Errorf("%q is asked for as %q, want %q", raw, u.RequestURI(), want)
		}
		if u.Host != l.host || u.User != nil {
			t.Errorf("%q is asked of %v", raw, u)
		}
	})
}

// FuzzMaxAge: whatever a server says, each profile makes of it a number of
// seconds within its limits.
func FuzzMaxAge(f *testing.F) {
	f.Fuzz(func(t *testing.T, value string) {
		for p := range Profile(len(profileNames)) {
			page, err := New(Options{Profile: p}).Open("https://app.example.com/")
			if err != nil {
				t.Fatal(err)
			}
			fetch := newFetch(context.Background(), page, &Request{})
			got := fetch.maxAge(headerList{{"Access-Control-Max-Age", value}})
			if got < 0 || got > maxAgeCap[p] {
				t.Errorf("%v makes of %q %d seconds", p, value, got)
			}
		}
	})
}

// FuzzHostileServer: a server may answer with any bytes. Every fetch ends, with
// a verdict, and keeps no more than it may.
func FuzzHostileServer(f *testing.F) {
	f.Fuzz(func(t *testing.T, answer []byte, kind byte) {
		const maxBody = 1 << 16
		transport := &http.Transport{
			DisableCompression: true, DisableKeepAlives: true, MaxResponseHeaderBytes: 1 << 16,
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				browserEnd, serverEnd := net.Pipe()
				go serveBytes(serverEnd, answer)
				return browserEnd, nil
			},
		}
		b := New(Options{Profile: Profile(kind % 4), Transport: transport, MaxBody: maxBody, Timeout: 2 * time.Second})
		page, err := b.Open("http://app.example.com/")
		if err != nil {
			t.Fatal(err)
		}
		r := Request{URL: "http://api.example.com/", Credentials: CredentialsInclude}
		switch kind / 4 % 4 {
		case 1:
			r.Method, r.Header = "PUT", http.Header{"Authorization": {"x"}}
		case 2:
			r.Mode = ModeNoCORS
		case 3:
			r.URL = "/"
		}
		for range 2 { // the second time with what the first left in the caches
			response, err := page.Fetch(context.Background(), r)
			var e *Error
			if err != nil && !errors.As(err, &e) || err == nil && len(response.Body) > maxBody {
				t.Fatalf("response %+v, error %v", response, err)
			}
			trace := func() *Trace {
				if e != nil {
					return e.Trace
				}
				return response.Trace
			}()
			if len(trace.Steps) > 40*(maxRedirects+2)+len(answer) || trace.Verdict.Message == "" {
				t.Fatalf("%d steps, verdict %+v", len(trace.Steps), trace.Verdict)
			}
			for p := range Profile(len(profileNames)) {
				trace.Console(p)
			}
		}
	})
}

// serveBytes answers whatever request with these bytes.
func serveBytes(conn net.Conn, answer []byte) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Second))
	buffer := make([]byte, 4<<10)
	if _, err := io.ReadAtLeast(conn, buffer, 1); err != nil {
		return
	}
	go io.Copy(io.Discard, conn)
	conn.Write(answer)
}
