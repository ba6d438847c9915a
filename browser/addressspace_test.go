package browser

import "testing"

func TestAddressSpaces(t *testing.T) {
	for _, tt := range []struct {
		url           string
		spec, firefox AddressSpace // of the page that is opened there; the others are as spec
	}{
		{"http://127.0.0.1/", "loopback", "loopback"},
		{"http://128.0.0.1/", "public", "public"},
		{"http://[::1]/", "loopback", "loopback"},
		{"http://[::ffff:127.0.0.1]/", "loopback", "loopback"},
		{"http://10.1.2.3/", "local", "local"},
		{"http://172.15.255.255/", "public", "public"},
		{"http://172.16.0.0/", "local", "local"},
		{"http://172.32.0.0/", "public", "public"},
		{"http://192.168.0.1/", "local", "local"},
		{"http://100.64.0.1/", "local", "local"},
		{"http://169.254.0.1/", "local", "local"},
		{"http://198.18.0.1/", "public", "public"},
		{"http://[fd00::1]/", "local", "local"},
		{"http://[2001:db8::1]/", "local", "public"},
		{"http://[2001:db7::1]/", "public", "public"},
		{"http://localhost/", "loopback", "loopback"},
		{"http://x.localhost./", "loopback", "loopback"},
		{"http://example.com/", "", ""},
	} {
		for profile, want := range map[Profile]AddressSpace{Spec: tt.spec, Chromium: tt.spec, Firefox: tt.firefox, WebKit: tt.spec} {
			page, err := New(Options{Profile: profile}).Open(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			if got := page.addressSpace; got != want {
				t.Errorf("%v: %s is %q, want %q", profile, tt.url, got, want)
			}
		}
	}
}
