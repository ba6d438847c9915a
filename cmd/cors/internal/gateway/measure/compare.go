package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// A contestant does the same job as the others: it allows one origin, sets its
// own CORS headers in the place of the upstream's, and answers preflights. But
// for the first two, which do nothing about CORS.
type contestant struct {
	name    string
	address string
	process *exec.Cmd
	rates   []float64 // requests per second, of each round
	p99s    []float64 // milliseconds
	costs   []float64 // ticks of CPU per request
	memory  int       // KiB, the most of all rounds
}

const (
	rounds    = 20
	perRound  = 2 * time.Second
	clients   = 32
	nginxConf = `
worker_processes auto;
daemon off;
pid nginx.pid;
error_log nginx-error.log;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
  upstream api { server 127.0.0.1:19000; keepalive 256; }
  map $http_origin $allowed { default ""; "https://app.example.com" $http_origin; }
  map $allowed $credentials { default "true"; "" ""; }
  map "$request_method:$http_access_control_request_method:$http_origin" $preflight { default ""; "~^OPTIONS:.+:.+" 1; }
  server {
    listen 127.0.0.1:19004;
    location / {
      if ($preflight) { return 204; }
      proxy_pass http://api;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Host $host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_hide_header Access-Control-Allow-Origin;
      proxy_hide_header Access-Control-Allow-Credentials;
      add_header Vary Origin always;
      add_header Access-Control-Allow-Origin $allowed always;
      add_header Access-Control-Allow-Credentials $credentials always;
    }
  }
}
`
	caddyfile = `
{
	admin off
	auto_https off
}
http://127.0.0.1:19003 {
	@allowed header Origin https://app.example.com
	@preflight {
		method OPTIONS
		header Access-Control-Request-Method *
	}
	header +Vary Origin
	header {
		-Access-Control-Allow-Credentials
		-Access-Control-Allow-Origin
		defer
	}
	header @allowed {
		Access-Control-Allow-Origin https://app.example.com
		Access-Control-Allow-Credentials true
		defer
	}
	handle @preflight {
		respond 204
	}
	handle {
		reverse_proxy 127.0.0.1:19000
	}
}
`
	gatewayYAML = `
version: 1
listeners: [{address: "127.0.0.1:19002"}]
admin: 127.0.0.1:19102
upstreams: {api: "http://127.0.0.1:19000"}
policies:
  site: {origins: [https://app.example.com], credentials: true, methods: [PUT], maxAge: 10m}
routes: [{match: /, upstream: api, policy: site}]
limits: {body: 4GiB}
timeouts: {header: 2s, stall: 2s}
log: {level: warn}
`
)

func compare(dir string) error {
	for _, needed := range []string{"wrk", "caddy", "nginx"} {
		if _, err := exec.LookPath(needed); err != nil {
			return fmt.Errorf("%w; on Debian: apt-get install wrk caddy nginx", err)
		}
	}
	if _, err := startSelf(dir, "upstream", upstream); err != nil {
		return err
	}
	all, err := contestants(dir)
	if err != nil {
		return err
	}
	for _, c := range all {
		if err := c.check(); err != nil {
			return err
		}
	}
	for round := range rounds {
		fmt.Fprintf(os.Stderr, "\rround %d of %d", round+1, rounds)
		for i := range all {
			// Everyone comes first, second … as often as the others.
			if err := all[(i+round)%len(all)].run(); err != nil {
				return err
			}
		}
	}
	fmt.Fprintln(os.Stderr)
	report(all)
	return nil
}

func contestants(dir string) ([]*contestant, error) {
	for name, text := range map[string]string{"cors.yaml": gatewayYAML, "Caddyfile": caddyfile, "nginx.conf": nginxConf} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	all := []*contestant{
		{name: "ReverseProxy", address: "127.0.0.1:19001"},
		{name: "ReverseProxy with a BufferPool", address: "127.0.0.1:19005"},
		{name: "ReverseProxy doing the same job", address: "127.0.0.1:19006"},
		{name: "cors gateway", address: "127.0.0.1:19002"},
		{name: "Caddy", address: "127.0.0.1:19003"},
		{name: "nginx", address: "127.0.0.1:19004"},
	}
	for _, c := range all {
		var err error
		switch c.name {
		case "ReverseProxy with a BufferPool":
			c.process, err = startSelf(dir, "pooled", c.address)
		case "ReverseProxy":
			c.process, err = startSelf(dir, "bare", c.address)
		case "ReverseProxy doing the same job":
			c.process, err = startSelf(dir, "same", c.address)
		case "cors gateway":
			c.process, err = start(dir, c.address, filepath.Join(dir, "cors"), "gateway", "-c", "cors.yaml")
		case "Caddy":
			c.process, err = start(dir, c.address, "caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile")
		case "nginx":
			c.process, err = start(dir, c.address, "nginx", "-p", dir, "-c", "nginx.conf")
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// check looks whether it does the job, before its speed is of interest.
func (c *contestant) check() error {
	r, err := http.NewRequest("GET", "http://"+c.address+"/small", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Origin", site)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	response.Body.Close()
	want := []string{site}
	if c.name == "ReverseProxy" || c.name == "ReverseProxy with a BufferPool" {
		want = []string{"*"} // the upstream's own
	}
	if got := response.Header["Access-Control-Allow-Origin"]; response.StatusCode != 200 || !slices.Equal(got, want) {
		return fmt.Errorf("%s: status %d, Access-Control-Allow-Origin %q", c.name, response.StatusCode, got)
	}
	return nil
}

var (
	total  = regexp.MustCompile(`(\d+) requests in`)
	rate   = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	p99    = regexp.MustCompile(`99%\s+([\d.]+)(us|ms|s)`)
	failed = regexp.MustCompile(`Non-2xx|Socket errors`)
)

func (c *contestant) run() error {
	before := cpu(c.process)
	out, err := exec.Command("wrk", "-t1", "-c", strconv.Itoa(clients), "-d", perRound.String(), "--latency", "--timeout", "10s",
		"-H", "Origin: "+site, "http://"+c.address+"/small").CombinedOutput()
	if err != nil {
		return fmt.Errorf("wrk: %v\n%s", err, out)
	}
	r, p, n := rate.FindSubmatch(out), p99.FindSubmatch(out), total.FindSubmatch(out)
	if failed.Match(out) || r == nil || p == nil || n == nil {
		return fmt.Errorf("%s:\n%s", c.name, out)
	}
	perSecond, err := strconv.ParseFloat(string(r[1]), 64)
	if err != nil {
		return err
	}
	requests, err := strconv.ParseFloat(string(n[1]), 64)
	if err != nil {
		return err
	}
	c.costs = append(c.costs, (cpu(c.process)-before)/requests)
	latency, err := time.ParseDuration(string(p[1]) + string(p[2]))
	if err != nil {
		return err
	}
	c.rates = append(c.rates, perSecond)
	c.p99s = append(c.p99s, float64(latency)/float64(time.Millisecond))
	c.memory = max(c.memory, memory(c.process, "VmRSS"))
	return nil
}

// report prints ratios within rounds, so that what else the machine did cancels
// out; it does so best for the CPU time that a request takes. The interval is that
// of the median, with 95 percent (order statistics).
func report(all []*contestant) {
	ours := all[3]
	fmt.Printf("%d rounds of %v, %d connections, GET of 1 KiB\n\n", rounds, perRound, clients)
	fmt.Printf("| cors gateway as a multiple of | requests/s | 95 %% interval | CPU per request | 95 %% interval | p99 | memory of it, MiB |\n|---|---|---|---|---|---|---|\n")
	for _, c := range all {
		low, middle, high := median(ratios(ours.rates, c.rates))
		least, cost, most := median(ratios(ours.costs, c.costs))
		_, p, _ := median(ratios(ours.p99s, c.p99s))
		fmt.Printf("| %s | %.2f | %.2f to %.2f | %.2f | %.2f to %.2f | %.2f | %d |\n",
			c.name, middle, low, high, cost, least, most, p, c.memory>>10)
	}
	fmt.Println("\nMedians:")
	for _, c := range all {
		_, middle, _ := median(c.rates)
		_, p, _ := median(c.p99s)
		_, cost, _ := median(c.costs)
		fmt.Printf("- %s: %.0f requests/s, p99 %.1f ms, %.0f µs of CPU per request\n", c.name, middle, p, cost*10000)
	}
}

func ratios(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] / b[i]
	}
	return out
}

// median returns it with the bounds of its 95 percent interval, which for 20
// values are the 6th and the 15th.
func median(values []float64) (low, middle, high float64) {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	return v[n*6/20-1], (v[(n-1)/2] + v[n/2]) / 2, v[n*15/20-1]
}
