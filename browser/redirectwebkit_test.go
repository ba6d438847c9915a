package browser_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

// TestReferrerOfWebKit: another site is told the origin only, which the next URL
// is not made to bear; and a preflight after a redirect tells what the first request
// was to tell.
func TestReferrerOfWebKit(t *testing.T) {
	const whole, bare = pageA + "/page", pageA + "/"
	home := func(more ...string) string { return asked(hostA, allowPUT(), append(all, more...)...) }
	tests := map[string]struct {
		request browser.Request
		answer  []string
		want    []string
	}{
		"back from another site":    {withReferrer(get(), browser.ReferrerUnsafeURL), to("307", home()), []string{bare, whole}},
		"and with keepalive":        {browser.Request{Keepalive: true, ReferrerPolicy: browser.ReferrerNoReferrerWhenDowngrade}, to("307", home()), []string{bare, whole}},
		"what the policy withholds": {withReferrer(get(), browser.ReferrerOriginWhenCrossOrigin), to("307", home()), []string{bare, bare}},
		"with preflights":           {withReferrer(put, browser.ReferrerUnsafeURL), to("307", home()), []string{bare, bare, whole, whole}},
		"whose policy is the first": {withReferrer(put, browser.ReferrerUnsafeURL), append(to("307", home()), "Referrer-Policy: no-referrer"), []string{bare, bare, whole, ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server := newScripted(t)
			page := open(t, browser.New(browser.Options{Profile: browser.WebKit, Transport: server.transport}), browser.PageOptions{})
			tt.request.URL = scriptedURL(hostB, "case", lines(allowPUT()), lines(tt.answer))
			if _, err := page.Fetch(context.Background(), tt.request); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range server.received("case") {
				got = append(got, r.Header["referer"])
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("the servers are told %q, want %q", got, tt.want)
			}
		})
	}
}

// TestLocationInWebKitsConsole: how a refused redirect's Location is written.
func TestLocationInWebKitsConsole(t *testing.T) {
	for location, want := range map[string]string{
		"http://[":       "http://[/",
		"//a b/c d":      "//a b/c d",
		"HTTPS://[?x#y":  "HTTPS://[/?x#y",
		"http://b.t:x/é": "http://b.t:x/Ã©",
		"ftp://[":        "ftp://[",
		"ftp://b.test/":  "nothing",
		"http:///":       "",
		"/next":          "http://b.test:7001/next",
	} {
		server := newScripted(t)
		page := open(t, browser.New(browser.Options{Profile: browser.WebKit, Transport: server.transport}), browser.PageOptions{})
		_, err := page.Fetch(context.Background(), browser.Request{URL: scriptedURL(hostB, "case", nil, lines([]string{"302", "Location: " + location}))})
		var e *browser.Error
		if !errors.As(err, &e) {
			t.Fatalf("%s: %v", location, err)
		}
		refused := "Cross-origin redirection to " + want + " denied by Cross-Origin Resource Sharing policy: "
		if want == "" {
			refused = ""
		} else if want == "nothing" {
			if console := e.Console(browser.WebKit); console != "" {
				t.Errorf("of a redirect to %s the console says %s", location, console)
			}
			continue
		}
		console, _, _ := strings.Cut(e.Console(browser.WebKit), "\n")
		if want := refused + "Origin " + pageA + " is not allowed by Access-Control-Allow-Origin. Status code: 302"; console != want {
			t.Errorf("of a redirect to %s the console says\n  %s\nwant\n  %s", location, console, want)
		}
	}
}

// TestRedirectToNowhereInWebKitsConsole: of a redirect that cannot be followed, WebKit
// speaks only if another origin shared it.
func TestRedirectToNowhereInWebKitsConsole(t *testing.T) {
	for _, tt := range []struct {
		host, location string
		mode           browser.Mode
		says           bool
	}{
		{hostA, "http://[", browser.ModeCORS, false},
		{hostB, "http://[", browser.ModeCORS, true},
		{hostB, "http://[", browser.ModeNoCORS, false},
		{hostB, "", browser.ModeCORS, false},
		{hostA, "blob:x", browser.ModeCORS, false},
		{hostB, "blob:x", browser.ModeCORS, true},
		{hostB, "blob:x", browser.ModeNoCORS, false},
		{hostA, "FILE:///x", browser.ModeCORS, false},
		{hostB, "file:///x", browser.ModeCORS, true},
		{hostB, "ftp://b.test/", browser.ModeCORS, false},
		{hostA, "about:blank", browser.ModeCORS, true},
	} {
		server := newScripted(t)
		page := open(t, browser.New(browser.Options{Profile: browser.WebKit, Transport: server.transport}), browser.PageOptions{})
		_, err := page.Fetch(context.Background(), browser.Request{
			Mode: tt.mode,
			URL:  scriptedURL(tt.host, "case", nil, lines([]string{"302", "Location: " + tt.location, "Access-Control-Allow-Origin: *"})),
		})
		var e *browser.Error
		if !errors.As(err, &e) {
			t.Fatalf("%s: %v", tt.location, err)
		}
		console := e.Console(browser.WebKit)
		if says := strings.Contains(console, "denied by Cross-Origin Resource Sharing policy: not allowed to follow a cross-origin CORS redirection with non CORS scheme"); says != tt.says || says != (console != "") {
			t.Errorf("of a redirect of %s to %q in mode %s the console says %q", tt.host, tt.location, tt.mode, console)
		}
	}
}

// TestRecheckOfWebKit: of a fetch that began with the page's own origin, a redirect
// is checked as if credentials were included only after the next preflight.
func TestRecheckOfWebKit(t *testing.T) {
	server := newScripted(t)
	page := open(t, browser.New(browser.Options{Profile: browser.WebKit, Transport: server.transport}), browser.PageOptions{})
	back := asked(hostA, allowPUT(), all...)
	away := asked(hostB, allowPUT(), to("307", back)...)
	_, err := page.Fetch(context.Background(), browser.Request{Method: "PUT", URL: scriptedURL(hostA, "case", nil, lines([]string{"307", "Location: " + away}))})
	if got := ended(nil, err); got != "acao.wildcard-with-credentials" {
		t.Errorf("it ends with %s", got)
	}
	want := []string{
		"PUT a.test:7000 O=" + pageA,
		"OPTIONS b.test:7001 O=" + pageA + " M=PUT", "PUT b.test:7001 O=" + pageA,
		"OPTIONS a.test:7000 O=null M=PUT",
	}
	if got := short(server.received("case")); !slices.Equal(got, want) {
		t.Errorf("the servers receive\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	var e *browser.Error
	if !errors.As(err, &e) || !strings.HasPrefix(e.Console(browser.WebKit), "Cross-origin redirection to "+back+" denied") {
		t.Errorf("the console does not name where the redirect leads: %v", err)
	}
}

// TestRedirectsOfWebKit: what WebKit sends and says after redirects that others do not.
func TestRedirectsOfWebKit(t *testing.T) {
	const o = " O=" + pageA
	typed := withBody(browser.Request{Method: "POST", Header: header("Content-Type", "text/plain")}, "x")
	tests := map[string]struct {
		page    string
		host    string
		request browser.Request
		answer  []string
		want    string
		console string
		wire    []string
	}{
		"DELETE to another origin": {
			request: request("DELETE"), host: hostB, answer: to("307", asked(hostA, allow(), all...)), want: "cors 200",
			wire: []string{"OPTIONS b.test:7001" + o + " M=DELETE", "DELETE b.test:7001" + o, "OPTIONS a.test:7000 O=null M=GET", "GET a.test:7000 O=null"},
		},
		"DELETE within an origin": {
			request: request("DELETE"), host: hostA, answer: []string{"307", "Location: " + at(hostA)}, want: "basic 200",
			wire: []string{"DELETE a.test:7000" + o, "DELETE a.test:7000" + o},
		},
		"what went with the body returns": {
			request: typed, host: hostB, answer: to("303", at(hostB, to("307", at(hostB, all...))...)), want: "cors 200",
			wire: []string{"POST b.test:7001" + o + " T=text/plain", "GET b.test:7001" + o, "GET b.test:7001" + o + " T=text/plain"},
		},
		"also without CORS": {
			request: typed, host: hostA, answer: []string{"303", "Location: " + at(hostA, "307", "Location: "+at(hostA))}, want: "basic 200",
			wire: []string{"POST a.test:7000" + o + " T=text/plain", "GET a.test:7000" + o, "GET a.test:7000" + o + " T=text/plain"},
		},
		"a refused redirect with the fragment of the one before": {
			host: hostB, answer: to("302", at(hostB, "302", "Location: /x")+"#y"), want: "acao.missing",
			console: "Cross-origin redirection to http://b.test:7001/x#y denied",
		},
		"but without CORS not by a second 302": {
			request: typed, host: hostA, answer: []string{"303", "Location: " + at(hostA, "302", "Location: "+at(hostA))}, want: "basic 200",
			wire: []string{"POST a.test:7000" + o + " T=text/plain", "GET a.test:7000" + o, "GET a.test:7000" + o},
		},
		"a preflight before a user name": {
			request: put, host: hostA, answer: []string{"307", "Location: " + strings.Replace(asked(hostB, allowPUT(), all...), "//", "//u:p@", 1)}, want: "redirect.userinfo",
			console: "Cross-origin redirection to http://b.test:7001/",
			wire:    []string{"PUT a.test:7000" + o, "OPTIONS b.test:7001" + o + " M=PUT"},
		},
		"a scheme that the mode forbids": {
			request: withMode(get(), browser.ModeSameOrigin), host: hostA, answer: []string{"307", "Location: data:,x"}, want: "redirect.scheme",
			console: "Unsafe attempt to load URL data:,x from",
		},
		"a user name of what the mode forbids": {
			request: withMode(get(), browser.ModeSameOrigin), host: hostA, answer: []string{"307", "Location: http://u:p@b.test:7001/x"}, want: "mode.same-origin",
			console: "Unsafe attempt to load URL http://b.test:7001/x from",
		},
		"mixed content with its fragment": {
			page: "https://a.test:7000/page", want: "mixed-content", request: browser.Request{URL: "http://b.test:7001/x#y"},
			console: "requested insecure content from http://b.test:7001/x#y.",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server := newScripted(t)
			page := open(t, browser.New(browser.Options{Profile: browser.WebKit, Transport: server.transport}), browser.PageOptions{URL: tt.page})
			if tt.request.URL == "" {
				tt.request.URL = scriptedURL(tt.host, "case", lines(methods("DELETE")), lines(tt.answer))
			}
			response, err := page.Fetch(context.Background(), tt.request)
			if got := ended(response, err); got != tt.want {
				t.Errorf("it ends with %s, want %s", got, tt.want)
			}
			if got := short(server.received("case")); tt.wire != nil && !slices.Equal(got, tt.wire) {
				t.Errorf("the servers receive\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tt.wire, "\n  "))
			}
			var e *browser.Error
			if errors.As(err, &e) && !strings.Contains(e.Console(browser.WebKit), tt.console) {
				t.Errorf("the console says\n  %s\nwant\n  %s", e.Console(browser.WebKit), tt.console)
			}
		})
	}
}
