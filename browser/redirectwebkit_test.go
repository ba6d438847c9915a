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
		}
		console, _, _ := strings.Cut(e.Console(browser.WebKit), "\n")
		if want := refused + "Origin " + pageA + " is not allowed by Access-Control-Allow-Origin. Status code: 302"; console != want {
			t.Errorf("of a redirect to %s the console says\n  %s\nwant\n  %s", location, console, want)
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
