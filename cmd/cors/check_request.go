package main

import (
	"cmp"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"crossorigin.dev/browser"
	"crossorigin.dev/origin"
)

func (c *check) dataGiven() bool { return c.data != "" || c.given("data") }

// openPage opens the page that makes the request.
func (c *check) openPage(b *browser.Browser) (*browser.Page, error) {
	options := browser.PageOptions{URL: c.origin + "/"}
	switch {
	case c.pageURL != "" && c.origin != "":
		return nil, usageError("--page and --origin exclude each other; the page's URL tells its origin")
	case c.pageURL != "":
		if err := absoluteFlag("--page", c.pageURL); err != nil {
			return nil, err
		}
		options.URL = c.pageURL
	case c.origin == "":
		return nil, usageError("--origin is missing: a browser decides by the page that asks; write --origin http://localhost:8000, say")
	case c.origin == "null":
		options = browser.PageOptions{Opaque: true}
	default:
		if _, err := origin.Parse(c.origin); err != nil {
			return nil, badOrigin(c.origin, err)
		}
	}
	page, err := b.OpenPage(options)
	if err != nil {
		return nil, &failure{exitUsage, err}
	}
	return page, nil
}

// badOrigin says what to write instead.
func badOrigin(given string, problem error) error {
	what := problem.Error()
	var e *origin.Error
	if errors.As(problem, &e) {
		what = e.Problem
	}
	instead := "http://localhost:8000"
	candidate := given
	if !strings.Contains(given, "://") {
		candidate = schemeFor(given) + given
	}
	if o, err := origin.OfURL(candidate); err == nil && o.String() != "null" && !strings.Contains(given, "*") {
		instead = o.String()
	}
	return usageError("--origin %q %s; write --origin %s", given, what, instead)
}

// request is what the script passes to fetch().
func (c *check) request() (browser.Request, error) {
	if err := c.takeCopied(); err != nil {
		return browser.Request{}, err
	}
	r := browser.Request{
		Method:      c.method,
		URL:         c.url,
		Header:      http.Header{},
		Mode:        browser.Mode(c.mode),
		Credentials: browser.CredentialsMode(c.credentials),
		Redirect:    browser.RedirectMode(c.redirect),
	}
	if err := absolute(c.url); err != nil {
		return r, err
	}
	if c.timeout <= 0 {
		return r, usageError("--timeout %v leaves no time; write --timeout 30s", c.timeout)
	}
	if c.maxBody <= 0 {
		return r, usageError("--max-body %d leaves no room; write --max-body 1000000", c.maxBody)
	}
	for _, h := range c.headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return r, usageError("-H %q has no colon; write -H %q", h, cmp.Or(strings.TrimSpace(h), "Name")+": value")
		}
		r.Header.Add(name, strings.Trim(value, " \t"))
	}
	if c.dataGiven() {
		r.Body = []byte(c.data)
		if r.Method == "" {
			r.Method = "POST"
		}
		// What fetch() sets for a body that is a string,
		// https://fetch.spec.whatwg.org/#concept-bodyinit-extract
		if r.Header.Get("Content-Type") == "" {
			r.Header.Set("Content-Type", "text/plain;charset=UTF-8")
		}
	}
	return r, nil
}

// absolute refuses a URL that a browser would take for something else than was
// meant: "localhost:9000/note" has the scheme localhost.
func absolute(raw string) error { return absoluteFlag("the URL", raw) }

func absoluteFlag(what, raw string) error {
	u, err := url.Parse(raw)
	if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Opaque != "" {
		return usageError("%s %q has no // behind its scheme; write %s://%s", what, raw, u.Scheme, u.Opaque)
	}
	if rest, ok := strings.CutPrefix(raw, "//"); ok && strings.Trim(rest, "/") != "" {
		return usageError("%s %q has no scheme; write %s%s", what, raw, schemeFor(rest), rest)
	}
	if strings.Contains(raw, "://") || err == nil && u.Scheme != "" && !strings.Contains(u.Scheme, ".") && !startsWithDigit(u.Opaque) {
		return nil
	}
	if strings.HasPrefix(raw, "/") || raw == "" {
		return usageError("%s %q has no host; write it whole, such as http://localhost:9000%s", what, raw, raw)
	}
	instead := schemeFor(raw) + raw
	if ip, err := netip.ParseAddr(raw); err == nil && ip.Is6() {
		instead = "http://[" + raw + "]/"
	}
	if o, err := origin.OfURL(instead); err != nil || o.String() == "null" {
		return usageError("%s %q is no URL; write it whole, such as http://localhost:9000/note", what, raw)
	}
	return usageError("%s %q has no scheme; write %s", what, raw, instead)
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// schemeFor guesses the scheme that a host without one was meant to have.
func schemeFor(hostAndMore string) string {
	host, _, _ := strings.Cut(hostAndMore, "/")
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsPrivate()) {
		return "http://"
	}
	return "https://"
}
