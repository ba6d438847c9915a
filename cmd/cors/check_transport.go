package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"crossorigin.dev/browser"
)

// Bounds of what a server may send, and of how long connecting may take.
const (
	maxHeaderBytes = 256 << 10
	dialTimeout    = 10 * time.Second
)

// transport is the way to the network that the flags describe: no proxy, and
// no decompression that would hide header fields.
func (c *check) transport() (*http.Transport, error) {
	pool, err := c.authorities()
	if err != nil {
		return nil, err
	}
	resolved, err := c.addresses()
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: dialTimeout}
	return &http.Transport{
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxIdleConns:           32,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    dialTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		TLSClientConfig:        &tls.Config{RootCAs: pool, InsecureSkipVerify: c.insecure},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if to, ok := resolved[strings.ToLower(address)]; ok {
				address = to
			}
			return dialer.DialContext(ctx, network, address)
		},
	}, nil
}

// authorities are the system's and those of --cacert; nil for the system's
// alone.
func (c *check) authorities() (*x509.CertPool, error) {
	if c.cacert == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.cacert)
	if err != nil {
		return nil, usageError("--cacert: %v", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, usageError("--cacert %s holds no certificate; it must be PEM, which begins with -----BEGIN CERTIFICATE-----", c.cacert)
	}
	return pool, nil
}

// addresses maps host:port to the host:port that --resolve connects to.
func (c *check) addresses() (map[string]string, error) {
	to := map[string]string{}
	for _, entry := range c.resolve {
		host, rest, ok := strings.Cut(entry, ":")
		port, addr, ok2 := strings.Cut(rest, ":")
		ip, err := netip.ParseAddr(strings.Trim(addr, "[]"))
		if !ok || !ok2 || host == "" || port == "" || err != nil {
			return nil, usageError("--resolve %q is not host:port:addr; write --resolve api.example.com:443:127.0.0.1, say", entry)
		}
		to[strings.ToLower(net.JoinHostPort(host, port))] = net.JoinHostPort(ip.String(), port)
	}
	return to, nil
}

// seeding is a transport that can put cookies into a browser's jar, by
// answering one request itself.
type seeding struct {
	http.RoundTripper
	setCookie []string // while seeding
}

func (s *seeding) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.setCookie == nil {
		return s.RoundTripper.RoundTrip(r)
	}
	return &http.Response{
		StatusCode: http.StatusNoContent, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Set-Cookie": s.setCookie}, Body: io.NopCloser(strings.NewReader("")), Request: r,
	}, nil
}

// cookies lets the browser have cookies for a URL, as if a page of its own had
// been given them.
func (s *seeding) cookies(ctx context.Context, b *browser.Browser, url string, cookies []string) error {
	if len(cookies) == 0 {
		return nil
	}
	for _, cookie := range cookies {
		name, _, ok := strings.Cut(cookie, "=")
		if !ok || strings.TrimSpace(name) == "" {
			return usageError("-b %q is no cookie; write -b name=value", cookie)
		}
		if !strings.Contains(strings.ToLower(cookie), "path=") {
			cookie += "; Path=/"
		}
		s.setCookie = append(s.setCookie, cookie)
	}
	defer func() { s.setCookie = nil }()
	own, err := b.Open(url)
	if err != nil {
		return usageError("%v", err)
	}
	response, err := own.Fetch(ctx, browser.Request{URL: url})
	if err != nil {
		return usageError("the cookies cannot be set: %v", err)
	}
	for _, step := range response.Trace.Steps {
		if step.Rule == "network.cookie-store" && strings.Contains(step.Note, "not stored") {
			return usageError("%s", step.Note)
		}
	}
	return nil
}
