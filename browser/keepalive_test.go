package browser_test

import (
	"context"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

// TestKeepaliveRedirects holds what becomes of redirects that a keepalive request
// without CORS is to be shown, which one browser follows all the same.
func TestKeepaliveRedirects(t *testing.T) {
	const shown = "opaqueredirect 0"
	to := func(location string) *script { return lines([]string{"302", "Location: " + location}) }
	chain := "http://" + hostA + "/chain?id=case&n=" + strings.Repeat("x", 30)
	for _, tt := range []struct {
		name, url string
		profile   browser.Profile
		keepalive bool
		mode      browser.Mode
		want      string
		asked     int // requests that reach the server
	}{
		{name: "the standard", url: scriptedURL(hostA, "case", nil, to("/chain?id=case")), profile: browser.Spec, keepalive: true, want: shown, asked: 1},
		{name: "followed", url: scriptedURL(hostA, "case", nil, to("/chain?id=case")), profile: browser.Chromium, keepalive: true, want: shown, asked: 2},
		{name: "to another origin", url: scriptedURL(hostA, "case", nil, to("http://"+hostB+"/chain?id=case")), profile: browser.Chromium, keepalive: true, want: shown, asked: 2},
		{name: "without keepalive", url: scriptedURL(hostA, "case", nil, to("/chain?id=case")), profile: browser.Chromium, want: shown, asked: 1},
		{name: "in mode cors", url: scriptedURL(hostA, "case", nil, to("/chain?id=case")), profile: browser.Chromium, keepalive: true, mode: browser.ModeCORS, want: shown, asked: 1},
		{name: "Firefox", url: scriptedURL(hostA, "case", nil, to("/chain?id=case")), profile: browser.Firefox, keepalive: true, want: shown, asked: 1},
		{name: "WebKit", url: scriptedURL(hostA, "case", nil, to("/chain?id=case")), profile: browser.WebKit, keepalive: true, want: shown, asked: 1},
		{name: "to a URL with a user name", url: scriptedURL(hostA, "case", nil, to("http://u:p@"+hostB+"/chain?id=case")), profile: browser.Chromium, keepalive: true, want: shown, asked: 2},
		{name: "to what is no URL", url: scriptedURL(hostA, "case", nil, to("http://[")), profile: browser.Chromium, keepalive: true, want: "redirect.location", asked: 1},
		{name: "too many, one fewer than elsewhere", url: chain, profile: browser.Chromium, keepalive: true, want: shown, asked: 20},
		{name: "to a login", url: scriptedURL(hostA, "case", nil, to(scriptedURL(hostA, "case", nil, lines([]string{"401", "WWW-Authenticate: Basic realm=x"})))), profile: browser.Chromium, keepalive: true, want: "login.awaited", asked: 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := newScripted(t)
			page := open(t, browser.New(browser.Options{Profile: tt.profile, Transport: server.transport}), browser.PageOptions{})
			mode := tt.mode
			if mode == "" {
				mode = browser.ModeNoCORS
			}
			response, err := page.Fetch(context.Background(), browser.Request{URL: tt.url, Mode: mode, Redirect: browser.RedirectManual, Keepalive: tt.keepalive})
			if got := ended(response, err); got != tt.want {
				t.Errorf("it ends with %s, want %s", got, tt.want)
			}
			asked := len(server.received("case"))
			if asked != tt.asked {
				t.Errorf("the server was asked %d times, want %d", asked, tt.asked)
			}
			checkTrace(t, response, err, asked)
		})
	}
}
