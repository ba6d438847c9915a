package browser

import (
	"context"
	"strings"
	"testing"
)

// TestFetchMetadata holds what was measured of requests with credentials from a
// page at https://a.test:7443, or at port 7000 of the first URL's host, after the
// redirects that led to the last URL.
func TestFetchMetadata(t *testing.T) {
	const a, b, c = "https://a.test:7443/", "https://b.test:7443/", "https://c.test:7443/"
	tests := []struct {
		urls      []string
		preflight bool
		want      perProfile[string] // Sec-Fetch-Site, Sec-Fetch-Storage-Access
	}{
		{urls: []string{b}, want: perProfile[string]{"cross-site", "cross-site active", "cross-site none", ""}},
		{urls: []string{b}, preflight: true, want: perProfile[string]{"cross-site", "cross-site", "cross-site none", ""}},
		{urls: []string{a, b}, want: perProfile[string]{"cross-site", "cross-site active", "cross-site none", ""}},
		{urls: []string{b, b}, want: perProfile[string]{"cross-site", "cross-site active", "cross-site none", ""}},
		{urls: []string{b, c}, want: perProfile[string]{"cross-site", "cross-site active", "cross-site", ""}},
		{urls: []string{b, c}, preflight: true, want: perProfile[string]{"cross-site", "cross-site", "cross-site none", ""}},
		{urls: []string{b, a}, preflight: true, want: perProfile[string]{"cross-site", "same-origin", "same-origin", ""}},
		{urls: []string{"http://localhost:7001/", "http://localhost:7001/"}, want: perProfile[string]{"same-site", "same-site", "cross-site", ""}},
		{urls: []string{"http://localhost:7001/", "http://localhost:7001/"}, preflight: true, want: perProfile[string]{"same-site", "same-site", "same-site", ""}},
		{urls: []string{"http://[::1]:7001/"}, want: perProfile[string]{"same-site", "same-site", "cross-site", ""}},
	}
	for _, tt := range tests {
		for profile, want := range tt.want[:WebKit] { // which trusts other URLs
			home := a
			if strings.HasPrefix(tt.urls[0], "http:") {
				home = strings.Replace(tt.urls[0], "7001", "7000", 1)
			}
			page, err := New(Options{Profile: Profile(profile)}).Open(home)
			if err != nil {
				t.Fatal(err)
			}
			f := newFetch(context.Background(), page, &Request{})
			f.mode, f.credentials = ModeCORS, CredentialsInclude
			for _, url := range tt.urls {
				l, err := parseLocation(url, nil)
				if err != nil {
					t.Fatal(err)
				}
				f.urls = append(f.urls, l)
			}
			out := &outgoing{target: f.current(), preflight: tt.preflight}
			f.addFetchMetadata(out)
			got, _ := out.header.get("Sec-Fetch-Site")
			if access, ok := out.header.get("Sec-Fetch-Storage-Access"); ok {
				got += " " + access
			}
			if got != want {
				t.Errorf("%v preflight %v in %s: %q, want %q", tt.urls, tt.preflight, Profile(profile), got, want)
			}
		}
	}
}
