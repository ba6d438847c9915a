package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	front   = "127.0.0.1:19002"
	admin   = "http://127.0.0.1:19102"
	second  = "127.0.0.1:19010"
	attempt = 10 * time.Second

	// How much memory the gateway may grow by, in KiB, from where it is after it
	// has served for a while: what the collector may leave lying about, twice over.
	// A body of 1 GB that is kept, or a few per cent of it, is more than that.
	growth        = 32 << 10
	perConnection = 32 // and for each that is held, likewise
)

// load puts a gateway through what goes wrong in production, and fails at the
// first thing that it does not survive.
func load(dir string) error {
	api, err := startSelf(dir, "upstream", upstream)
	if err != nil {
		return err
	}
	if _, err := startSelf(dir, "upstream", second); err != nil {
		return err
	}
	config := filepath.Join(dir, "cors.yaml")
	if err := os.WriteFile(config, []byte(gatewayYAML), 0o600); err != nil {
		return err
	}
	gateway, err := start(dir, front, filepath.Join(dir, "cors"), "gateway", "-c", "cors.yaml")
	if err != nil {
		return err
	}
	l := &loaded{dir: dir, config: config, gateway: gateway, api: api}
	if err := l.warmUp(); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		run  func() (string, error)
	}{
		{"100 reloads while serving", l.reloads},
		{"upstream killed and revived, 5 times", l.revivals},
		{"500 slow clients", l.slowClients},
		{"500 half-closed sockets", l.halfClosed},
		{"1 GB up and 1 GB down, streamed", l.large},
		{"10,000 idle connections", l.idle},
	} {
		began := time.Now()
		fmt.Fprintf(os.Stderr, "%s ...", part.name)
		result, err := part.run()
		fmt.Fprintf(os.Stderr, " %v\n", time.Since(began).Round(time.Second))
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		fmt.Printf("- %s: %s\n", part.name, result)
	}
	return nil
}

type loaded struct {
	dir, config  string
	gateway, api *exec.Cmd
	base         int // KiB of memory after warmUp
}

// warmUp serves until the collector has been round a few times.
func (l *loaded) warmUp() error {
	var clients sync.WaitGroup
	var failed atomic.Int64
	for range 16 {
		clients.Go(func() {
			client := newClient()
			defer client.CloseIdleConnections()
			for range 1000 {
				if _, _, status, err := ask(client, site); err != nil || status != 200 {
					failed.Add(1)
				}
			}
		})
	}
	clients.Wait()
	if n := failed.Load(); n > 0 {
		return fmt.Errorf("%d of 16,000 requests failed before anything was done to it", n)
	}
	l.base = memory(l.gateway, "VmRSS")
	return nil
}

// ask makes one request and checks what the gateway answers for.
func ask(client *http.Client, origin string) (body string, allowed bool, status int, err error) {
	r, err := http.NewRequest("GET", "http://"+front+"/name", nil)
	if err != nil {
		return "", false, 0, err
	}
	r.Header.Set("Origin", origin)
	response, err := client.Do(r)
	if err != nil {
		return "", false, 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), response.Header.Get("Access-Control-Allow-Origin") == origin, response.StatusCode, err
}

func newClient() *http.Client {
	return &http.Client{Timeout: attempt, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
}

// reloads changes the upstream and the allowed origin together, a hundred times:
// a response that has one of each is of two files.
func (l *loaded) reloads() (string, error) {
	origins := map[string]string{upstream: site, second: "https://second.example"}
	var served, lost, mixed atomic.Int64
	ctx, cancel := context.WithCancel(context.Background())
	var clients sync.WaitGroup
	client := newClient()
	defer client.CloseIdleConnections()
	for i := range 16 {
		clients.Go(func() {
			origin := []string{site, "https://second.example"}[i%2]
			for ctx.Err() == nil {
				body, allowed, status, err := ask(client, origin)
				served.Add(1)
				switch {
				case err != nil || status != 200:
					lost.Add(1)
				case allowed != (origins[body] == origin):
					mixed.Add(1)
				}
			}
		})
	}
	texts := []string{strings.NewReplacer(upstream, second, site, "https://second.example").Replace(gatewayYAML), gatewayYAML}
	for i := range 100 {
		temporary := l.config + ".new"
		if err := os.WriteFile(temporary, []byte(texts[i%2]), 0o600); err != nil {
			cancel()
			return "", err
		}
		if err := os.Rename(temporary, l.config); err != nil {
			cancel()
			return "", err
		}
		l.gateway.Process.Signal(syscall.SIGHUP)
		time.Sleep(50 * time.Millisecond)
	}
	cancel()
	clients.Wait()
	reloads, err := metric(`cors_gateway_reloads_total{result="ok"}`)
	if err != nil {
		return "", err
	}
	result := fmt.Sprintf("%d requests, %d lost, %d of two policies; the gateway counts %s loads", served.Load(), lost.Load(), mixed.Load(), reloads)
	if lost.Load() > 0 || mixed.Load() > 0 || len(reloads) < 3 {
		return "", fmt.Errorf("%s", result)
	}
	return result, nil
}

func metric(series string) (string, error) {
	response, err := http.Get(admin + "/metrics")
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), series+" "); ok {
			return value, nil
		}
	}
	return "", fmt.Errorf("there is no %s", series)
}

// revivals: while the upstream is away there is 502, with CORS headers; the first
// request after it has come back gets its answer.
func (l *loaded) revivals() (string, error) {
	client := newClient()
	defer client.CloseIdleConnections()
	for range 5 {
		end(l.api)
		for range 10 {
			if _, allowed, status, err := ask(client, site); err != nil || status != 502 || !allowed {
				return "", fmt.Errorf("with the upstream away: status %d, allowed %v, %v", status, allowed, err)
			}
		}
		var err error
		if l.api, err = startSelf(l.dir, "upstream", upstream); err != nil {
			return "", err
		}
		for range 10 {
			if _, allowed, status, err := ask(client, site); err != nil || status != 200 || !allowed {
				return "", fmt.Errorf("with the upstream back: status %d, allowed %v, %v", status, allowed, err)
			}
		}
	}
	return "always 502 with CORS headers while it is away, and 200 from the first request on when it is back", nil
}

// slowClients open requests and do not go on with them; others are served
// meanwhile, and the slow ones are cut off.
func (l *loaded) slowClients() (string, error) {
	var conns []net.Conn
	defer func() { closeAll(conns) }()
	for i := range 500 {
		conn, err := net.Dial("tcp", front)
		if err != nil {
			return "", err
		}
		conns = append(conns, conn)
		io.WriteString(conn, []string{
			"GET /small HTTP/1.1\r\nHost: localhost\r\nX-A",                             // no end of the header
			"POST /sink HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf", // no end of the body
			"GET /large?bytes=100000000 HTTP/1.1\r\nHost: localhost\r\n\r\n",            // and reads nothing
			"POST /nowhere HTTP/1.1\r\nHost: evil\r\nContent-Length: 100\r\n\r\n",       // refused, and sends nothing
		}[i%4])
	}
	client := newClient()
	defer client.CloseIdleConnections()
	for range 500 {
		if _, _, status, err := ask(client, site); err != nil || status != 200 {
			return "", fmt.Errorf("beside slow clients: status %d, %v", status, err)
		}
	}
	held := memory(l.gateway, "VmRSS")
	if err := l.connectionsGone(1); err != nil {
		return "", err
	}
	return fmt.Sprintf("other clients are served meanwhile (all 500 requests); every slow one is cut off; %d MiB, %d before it all", held>>10, l.base>>10), l.bounded(held)
}

// connectionsGone waits until no more connections are open than there may be.
func (l *loaded) connectionsGone(most int) error {
	var open string
	for end := time.Now().Add(attempt * 2); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var err error
		if open, err = metric(`cors_gateway_connections{listener="` + front + `"}`); err != nil {
			return err
		}
		if n := 0; len(open) < 3 {
			fmt.Sscan(open, &n)
			if n <= most {
				return nil
			}
		}
	}
	return fmt.Errorf("%s connections stay open", open)
}

func (l *loaded) bounded(kib int) error {
	if kib > l.base+growth {
		return fmt.Errorf("%d MiB is %d more than before it all, and may be %d more", kib>>10, (kib-l.base)>>10, growth>>10)
	}
	return nil
}

func closeAll(conns []net.Conn) {
	for _, conn := range conns {
		conn.Close()
	}
}

// halfClosed sockets say that nothing more will come, and still want their
// answer.
func (l *loaded) halfClosed() (string, error) {
	answered, ended := 0, 0
	for range 500 {
		conn, err := net.Dial("tcp", front)
		if err != nil {
			return "", err
		}
		io.WriteString(conn, "GET /name HTTP/1.1\r\nHost: localhost\r\nOrigin: "+site+"\r\nConnection: close\r\n\r\n")
		conn.(*net.TCPConn).CloseWrite()
		conn.SetReadDeadline(time.Now().Add(attempt))
		all, err := io.ReadAll(conn)
		conn.Close()
		if err != nil {
			return "", err
		}
		switch {
		case strings.HasPrefix(string(all), "HTTP/1.1 200"):
			answered++
		default:
			ended++
		}
	}
	if err := l.connectionsGone(1); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d were answered, %d were taken for gone; no connection stays behind", answered, ended), nil
}

// large bodies pass through without being kept.
func (l *loaded) large() (string, error) {
	const size = 1e9
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	response, err := client.Get(fmt.Sprintf("http://%s/large?bytes=%d", front, int64(size)))
	if err != nil {
		return "", err
	}
	down, err := io.Copy(io.Discard, response.Body)
	response.Body.Close()
	if err != nil || down != size {
		return "", fmt.Errorf("down: %d bytes, %v", down, err)
	}
	response, err = client.Post("http://"+front+"/sink", "application/octet-stream", io.LimitReader(zeros{}, size))
	if err != nil {
		return "", err
	}
	up, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil || string(up) != fmt.Sprint(int64(size)) {
		return "", fmt.Errorf("up: %s bytes, %v", up, err)
	}
	most := memory(l.gateway, "VmHWM")
	return fmt.Sprintf("the gateway's memory came to %d MiB at most, ever; %d before it all", most>>10, l.base>>10), l.bounded(most)
}

// idle holds connections that have had one response, for a while.
func (l *loaded) idle() (string, error) {
	const many = 10000
	before := memory(l.gateway, "VmRSS")
	conns := make([]net.Conn, 0, many)
	defer func() { closeAll(conns) }()
	for range many {
		conn, err := net.Dial("tcp", front)
		if err != nil {
			return "", fmt.Errorf("connection %d: %w (ulimit -n has to be above 10,100)", len(conns), err)
		}
		conns = append(conns, conn)
		io.WriteString(conn, "GET /name HTTP/1.1\r\nHost: localhost\r\nOrigin: "+site+"\r\n\r\n")
		conn.SetReadDeadline(time.Now().Add(attempt))
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || response.StatusCode != 200 {
			return "", fmt.Errorf("connection %d: %v", len(conns), err)
		}
		response.Body.Close()
	}
	held := memory(l.gateway, "VmRSS")
	client := newClient()
	defer client.CloseIdleConnections()
	if _, allowed, status, err := ask(client, site); err != nil || status != 200 || !allowed {
		return "", fmt.Errorf("one more: status %d, allowed %v, %v", status, allowed, err)
	}
	// Each of them still works.
	for i, conn := range conns {
		io.WriteString(conn, "GET /name HTTP/1.1\r\nHost: localhost\r\n\r\n")
		conn.SetReadDeadline(time.Now().Add(attempt))
		if response, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || response.StatusCode != 200 {
			return "", fmt.Errorf("connection %d does not work any more: %v", i, err)
		}
	}
	closeAll(conns)
	if err := l.connectionsGone(2); err != nil {
		return "", err
	}
	each := float64(held-before) / many
	result := fmt.Sprintf("%d MiB before, %d MiB with them, %.1f KiB each; one more is served, and so is each of them again; all are let go", before>>10, held>>10, each)
	if each > perConnection {
		return "", fmt.Errorf("%s; that is more than %d KiB", result, perConnection)
	}
	return result, nil
}
