package playground

import (
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestBothFamiliesAnswer(t *testing.T) {
	p := start(t)
	families := 1
	if hasIPv6() {
		families = 2
	}
	for _, e := range []*endpoint{p.site, p.api} {
		if len(e.sockets) != families {
			t.Fatalf("%d sockets, want %d", len(e.sockets), families)
		}
		for _, socket := range e.sockets {
			address := socket.Addr().(*net.TCPAddr)
			if !address.IP.IsLoopback() || portOf(socket) != portOf(e.sockets[0]) {
				t.Errorf("listening on %v", address)
			}
			got := do(t, client(t, address.String()), "GET", e.url()+"/", "", nil)
			if want := map[*endpoint]int{p.site: 200, p.api: 404}[e]; got.Status != want {
				t.Errorf("%v: status %d, want %d", address, got.Status, want)
			}
		}
	}
}

func TestBusyPort(t *testing.T) {
	addresses := []string{"127.0.0.1:0"}
	if hasIPv6() {
		addresses = append(addresses, "[::1]:0")
	}
	for _, busy := range addresses {
		t.Run(busy, func(t *testing.T) {
			taken, err := net.Listen("tcp", busy)
			if err != nil {
				t.Fatal(err)
			}
			defer taken.Close()
			_, port, err := net.SplitHostPort(taken.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			for flag, config := range map[string]Config{
				"--site": {Site: "localhost:" + port, API: "localhost:0"},
				"--api":  {Site: "localhost:0", API: "localhost:" + port},
			} {
				_, err := Listen(config)
				if err == nil {
					t.Fatalf("%s: no error", flag)
				}
				want := flag + " localhost:" + port + ": " + taken.Addr().String() + " is already in use; name another port, for example " + flag + " localhost:"
				if !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%s:\n got %q\nwant %q…", flag, err, want)
				}
			}
		})
	}
}

// TestFailedListenLeavesNothing needs the site's port again after the API's was
// busy.
func TestFailedListenLeavesNothing(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	site := strings.Replace(free.Addr().String(), "127.0.0.1", "localhost", 1)
	free.Close()
	if _, err := Listen(Config{Site: site, API: taken.Addr().String()}); err == nil {
		t.Fatal("no error")
	}
	p, err := Listen(Config{Site: site, API: "localhost:0"})
	if err != nil {
		t.Fatal(err)
	}
	p.site.close()
	p.api.close()
}

func TestAddresses(t *testing.T) {
	for value, want := range map[string]struct {
		host string
		port uint16
	}{
		"localhost:8000":      {"localhost", 8000},
		"LocalHost:0":         {"localhost", 0},
		"shop.localhost:8000": {"shop.localhost", 8000},
		"127.0.0.1:65535":     {"127.0.0.1", 65535},
		"127.0.0.1:80":        {"127.0.0.1", 80},
	} {
		host, port, err := parseAddress(value)
		if err != nil || host != want.host || port != want.port {
			t.Errorf("%s: %s %d %v, want %s %d", value, host, port, err, want.host, want.port)
		}
	}
	for value, want := range map[string]string{
		"":                      "not a host and a port",
		"8000":                  "not a host and a port",
		"localhost":             "not a host and a port",
		"::1:8000":              "not a host and a port",
		"[::1]:8000":            "cannot name an IPv6 address; write localhost",
		"localhost:":            "is not a port",
		"localhost:http":        "is not a port",
		"localhost:65536":       "is not a port",
		"localhost:-1":          "is not a port",
		"0.0.0.0:8000":          "this machine only",
		":8000":                 "this machine only",
		"example.com:8000":      "this machine only",
		"127.0.0.2:8000":        "this machine only",
		"localhost.:8000":       "this machine only",
		".localhost:8000":       "this machine only",
		"a..localhost:8000":     "this machine only",
		"a b.localhost:8000":    "this machine only",
		"evil.com/.localhost:1": "this machine only",
	} {
		if _, _, err := parseAddress(value); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", value, err, want)
		}
	}
}

func TestAuthorities(t *testing.T) {
	for _, c := range []struct {
		host string
		port uint16
		want string
	}{
		{"localhost", 8000, "localhost:8000"}, {"localhost", 80, "localhost"},
		{"::1", 8000, "[::1]:8000"}, {"::1", 80, "[::1]"}, {"127.0.0.1", 443, "127.0.0.1:443"},
	} {
		if got := authority(c.host, c.port); got != c.want {
			t.Errorf("%s %d: %s, want %s", c.host, c.port, got, c.want)
		}
	}
}

// TestHost plays a site that has pointed its own name at this machine.
func TestHost(t *testing.T) {
	p := start(t)
	_, sitePort, _ := strings.Cut(p.site.authority, ":")
	_, apiPort, _ := strings.Cut(p.api.authority, ":")
	for _, c := range []struct {
		e        *endpoint
		method   string // and a path, if it is not /
		host     string
		status   int
		location string
	}{
		{p.site, "GET", "localhost:" + sitePort, 200, ""},
		{p.site, "GET", "LOCALHOST:" + sitePort, 200, ""},
		{p.site, "GET", "127.0.0.1:" + sitePort, 307, p.SiteURL() + "/"},
		{p.site, "GET", "[::1]:" + sitePort, 307, p.SiteURL() + "/"},
		{p.site, "POST", "127.0.0.1:" + sitePort, 421, ""},
		{p.site, "POST /frame", "127.0.0.1:" + sitePort, 421, ""},
		{p.site, "GET /frame", "127.0.0.1:" + sitePort, 200, ""},
		{p.site, "GET /frame", "[::1]:" + sitePort, 200, ""},
		{p.site, "GET /hello", "127.0.0.1:" + sitePort, 200, ""},
		{p.site, "GET /assets/frame.js", "127.0.0.1:" + sitePort, 200, ""},
		{p.site, "GET /live", "127.0.0.1:" + sitePort, 307, p.SiteURL() + "/"},
		{p.site, "GET /learn/origin", "127.0.0.1:" + sitePort, 307, p.SiteURL() + "/"},
		{p.site, "GET /assets/learn.js", "127.0.0.1:" + sitePort, 307, p.SiteURL() + "/"},
		{p.site, "GET /frame", "evil.example:" + sitePort, 421, ""},
		{p.site, "GET", "localhost:" + apiPort, 421, ""},
		{p.site, "GET", "localhost", 421, ""},
		{p.site, "GET", "evil.example:" + sitePort, 421, ""},
		{p.site, "GET", "localhost." + ":" + sitePort, 421, ""},
		{p.site, "GET", "localhost:" + sitePort + ".evil.example", 421, ""},
		{p.api, "GET", "localhost:" + apiPort, 404, ""},
		{p.api, "GET", "127.0.0.1:" + apiPort, 404, ""},
		{p.api, "GET", "[::1]:" + apiPort, 404, ""},
		{p.api, "GET", "localhost:" + sitePort, 421, ""},
		{p.api, "GET", "evil.example:" + apiPort, 421, ""},
		{p.api, "OPTIONS", "evil.example:" + apiPort, 421, ""},
	} {
		method, path, _ := strings.Cut(c.method, " ")
		got := do(t, client(t, c.e.sockets[0].Addr().String()), method, c.e.url()+"/"+strings.TrimPrefix(path, "/"), "", http.Header{"Host": {c.host}})
		if got.Status != c.status || got.Header.Get("Location") != c.location {
			t.Errorf("%s %s with Host %s: status %d, Location %q; want %d, %q",
				c.method, c.e.url(), c.host, got.Status, got.Header.Get("Location"), c.status, c.location)
		}
		if got.Status == http.StatusMisdirectedRequest && got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("Host %s is granted something", c.host)
		}
	}
}
