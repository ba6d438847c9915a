package browser_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"crossorigin.dev/browser"
)

// TestLocalNetworkAccess holds the engine against what Chromium 156 did on
// pages that were forced to be public or local, with a server on loopback.
func TestLocalNetworkAccess(t *testing.T) {
	const (
		insecure = "http://a.test:7000/page"
		secure   = "http://localhost:8000/page"
		blocked  = "The request client is not a secure context and the resource is in more-private address space `loopback`."
		denied   = "Permission was denied for this request to access the `loopback` address space."
		mismatch = "Request had a target IP address space of `local` yet the resource is in address space `loopback`."
	)
	reasons := map[string]browser.Reason{
		blocked: browser.ReasonLNAInsecureClient, denied: browser.ReasonLNAPermissionDenied, mismatch: browser.ReasonLNATargetSpaceMismatch,
		"": browser.ReasonNetworkFailed,
	}
	target := func(s browser.AddressSpace) browser.Request { return browser.Request{TargetAddressSpace: s} }
	tests := []struct {
		name    string
		profile browser.Profile
		page    browser.PageOptions
		request browser.Request
		host    string
		want    string // of Chromium's console, or the response
	}{
		{"GET", browser.Chromium, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpacePublic}, get(), hostB, blocked},
		{"no-cors", browser.Chromium, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpacePublic}, withMode(get(), browser.ModeNoCORS), hostB, blocked},
		{"PUT", browser.Chromium, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpacePublic}, put, hostB, blocked},
		{"the page's origin", browser.Chromium, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpacePublic}, get(), hostA, "basic 200"},
		{"declared loopback", browser.Chromium, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpacePublic}, target(browser.AddressSpaceLoopback), hostB, blocked},
		{"declared local", browser.Chromium, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpacePublic}, target(browser.AddressSpaceLocal), hostB, mismatch},
		{"declared by the older name of local", browser.Chromium, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpacePublic}, target("private"), hostB, mismatch},
		{"declared unknown", browser.Chromium, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpaceLoopback}, target("unknown"), hostB, "cors 200"},
		{"the page's origin, declared public", browser.Chromium, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpaceLoopback}, target(browser.AddressSpacePublic), hostA, "basic 200"},
		{"an address", browser.Chromium, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpacePublic}, get(), "127.0.0.1:7001", blocked},

		{"secure GET", browser.Chromium, browser.PageOptions{URL: secure, AddressSpace: browser.AddressSpacePublic}, get(), hostB, denied},
		{"secure PUT", browser.Chromium, browser.PageOptions{URL: secure, AddressSpace: browser.AddressSpacePublic}, put, hostB, denied},
		{"secure, denied", browser.Chromium, browser.PageOptions{URL: secure, AddressSpace: browser.AddressSpacePublic, LocalNetwork: browser.PermissionDenied}, get(), hostB, denied},
		{"secure, granted", browser.Chromium, browser.PageOptions{URL: secure, AddressSpace: browser.AddressSpacePublic, LocalNetwork: browser.PermissionGranted}, get(), hostB, "cors 200"},

		{"local GET", browser.Chromium, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpaceLocal}, get(), hostB, "cors 200"},
		{"local PUT", browser.Chromium, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpaceLocal}, put, hostB, "cors 200"},
		{"local, declared local", browser.Chromium, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpaceLocal}, target(browser.AddressSpaceLocal), hostB, mismatch},
		{"loopback by its name", browser.Chromium, browser.PageOptions{URL: secure}, get(), hostB, "cors 200"},
		{"unknown", browser.Chromium, browser.PageOptions{URL: insecure}, get(), hostB, "cors 200"},

		{"Firefox asks on insecure pages too", browser.Firefox, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpacePublic}, get(), hostB, denied},
		{"and on those of the local network", browser.Firefox, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpaceLocal}, get(), hostB, denied},
		{"Firefox never connects to 0.0.0.0", browser.Firefox, browser.PageOptions{URL: insecure}, get(), "0.0.0.0:7001", ""},
		{"Chromium does", browser.Chromium, browser.PageOptions{URL: insecure}, get(), "0.0.0.0:7001", "cors 200"},
		{"Firefox ignores the declaration", browser.Firefox, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpaceLoopback}, target(browser.AddressSpaceLocal), hostB, "cors 200"},
		{"WebKit has none", browser.WebKit, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpacePublic}, get(), hostB, "cors 200"},
		{"Fetch has none", browser.Spec, browser.PageOptions{URL: insecure, AddressSpace: browser.AddressSpacePublic}, get(), hostB, "cors 200"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := newScripted(t)
			page := open(t, browser.New(browser.Options{Profile: tt.profile, Transport: server.transport}), tt.page)
			tt.request.URL = scriptedURL(tt.host, "case", lines(allowPUT()), lines(all))
			response, err := page.Fetch(context.Background(), tt.request)
			var e *browser.Error
			if !errors.As(err, &e) {
				if got := ended(response, nil); got != tt.want {
					t.Errorf("it ends with %s, want %s", got, tt.want)
				}
				return
			}
			if tt.want == "cors 200" || tt.want == "basic 200" {
				t.Fatal(err)
			}
			if got := e.Console(browser.Chromium); !strings.Contains(got, tt.want) {
				t.Errorf("the console says %q, want %q", got, tt.want)
			}
			if e.Reason != reasons[tt.want] {
				t.Errorf("the reason is %s, want %s", e.Reason, reasons[tt.want])
			}
			if log := server.received("case"); len(log) > 0 || e.Sent {
				t.Errorf("something was sent: %v", log)
			}
		})
	}
}
