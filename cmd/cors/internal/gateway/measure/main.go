// Measure runs the built gateway under load, on loopback, with everything in
// processes of its own.
//
//	measure compare   beside httputil.ReverseProxy in three forms, Caddy and nginx
//	measure load      through what goes wrong in production
//
// It runs on Linux, and needs wrk, and for compare caddy and nginx too (on
// Debian: apt-get install wrk caddy nginx).
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"crossorigin.dev/cors"
)

const (
	site     = "https://app.example.com"
	upstream = "127.0.0.1:19000"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("measure: ")
	command := ""
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	var err error
	switch command {
	case "compare":
		err = withScratch(compare)
	case "load":
		err = withScratch(load)
	case "upstream": // the following are started by the two above
		err = serveUpstream(os.Args[2])
	case "bare":
		err = bare().listen(os.Args[2])
	case "pooled":
		err = pooled().listen(os.Args[2])
	case "same":
		err = sameJob().listen(os.Args[2])
	default:
		log.Fatal("write measure compare or measure load")
	}
	if err != nil {
		log.Fatal(err)
	}
}

// withScratch runs a measurement with a directory that has the built command in
// it, and ends what it started.
func withScratch(run func(dir string) error) error {
	dir, err := os.MkdirTemp("", "cors-measure")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "cors"), "crossorigin.dev/cmd/cors")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %v\n%s", err, out)
	}
	defer endAll()
	return run(dir)
}

// serveUpstream is a service that knows nothing of CORS.
func serveUpstream(address string) error {
	mux := http.NewServeMux()
	body := []byte(strings.Repeat("x", 1024))
	mux.HandleFunc("GET /small", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Write(body)
	})
	mux.HandleFunc("GET /name", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, address) })
	mux.HandleFunc("GET /large", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.ParseInt(r.URL.Query().Get("bytes"), 10, 64)
		w.Header().Set("Content-Length", strconv.FormatInt(n, 10))
		io.Copy(w, io.LimitReader(zeros{}, n))
	})
	mux.HandleFunc("POST /sink", func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n)
	})
	return http.ListenAndServe(address, mux)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// pool spares a proxy a new buffer for every response, as the gateway's does.
type pool struct{ pool sync.Pool }

func (p *pool) Get() []byte  { return p.pool.Get().(*[32 << 10]byte)[:] }
func (p *pool) Put(b []byte) { p.pool.Put((*[32 << 10]byte)(b)) }

// A proxy is httputil.ReverseProxy in a server, to compare with.
type proxy struct {
	server  http.Server
	reverse *httputil.ReverseProxy
}

// bare is ReverseProxy as it comes, but for the number of idle connections, which
// would otherwise decide the comparison.
func bare() *proxy {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 1024
	transport.MaxIdleConns = 0
	transport.DisableCompression = true
	reverse := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: upstream})
			r.SetXForwarded()
		},
	}
	return &proxy{http.Server{Handler: reverse}, reverse}
}

// pooled saves a buffer of 32 KiB per response.
func pooled() *proxy {
	p := bare()
	p.reverse.BufferPool = &pool{sync.Pool{New: func() any { return new([32 << 10]byte) }}}
	return p
}

// sameJob is what one would write who needs no more than the gateway's policy and
// its limits, by the same middleware: no routes, no reloads, no metrics, no
// decisions to look at.
func sameJob() *proxy {
	p := pooled()
	p.server.ReadHeaderTimeout = 2 * time.Second
	p.server.IdleTimeout = 2 * time.Minute
	p.server.MaxHeaderBytes = 64 << 10
	p.reverse.Transport.(*http.Transport).ResponseHeaderTimeout = time.Minute
	p.reverse.ModifyResponse = func(r *http.Response) error {
		for name := range r.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				delete(r.Header, name)
			}
		}
		return nil
	}
	guard, err := cors.New(cors.Policy{Origins: []string{site}, Credentials: true, Methods: []string{"PUT"}, MaxAge: 10 * time.Minute})
	if err != nil {
		log.Fatal(err)
	}
	p.server.Handler = guard.Handler(p.reverse)
	return p
}

func (p *proxy) listen(address string) error {
	p.server.Addr = address
	return p.server.ListenAndServe()
}

// processes are those to end.
var processes []*exec.Cmd

func endAll() {
	for _, p := range processes {
		end(p)
	}
}

// end lets a process end its children first; nginx's would stay.
func end(p *exec.Cmd) {
	if p.ProcessState != nil {
		return
	}
	p.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(2*time.Second, func() { p.Process.Kill() })
	p.Wait()
	kill.Stop()
}

// start runs a program that listens on an address, and waits until it does. Its
// messages go to a file.
func start(dir, address, name string, args ...string) (*exec.Cmd, error) {
	out, err := os.Create(filepath.Join(dir, filepath.Base(name)+".log"))
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p := exec.Command(name, args...)
	p.Dir, p.Stdout, p.Stderr = dir, out, out
	p.Env = append(os.Environ(), "HOME="+dir)
	if err := p.Start(); err != nil {
		return nil, err
	}
	processes = append(processes, p)
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return p, nil
		}
	}
	said, _ := os.ReadFile(out.Name())
	return nil, fmt.Errorf("%s does not listen on %s:\n%s", name, address, said)
}

// startSelf runs this program as a server.
func startSelf(dir, what, address string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(dir, address, self, what, address)
}

// memory returns a field of /proc/PID/status in KiB, over the process and its
// children: VmRSS is now, VmHWM the most there ever was.
func memory(p *exec.Cmd, field string) int {
	sum := 0
	for _, pid := range family(p.Process.Pid) {
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		for line := range strings.Lines(string(status)) {
			if rest, ok := strings.CutPrefix(line, field+":"); ok {
				n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
				sum += n
			}
		}
	}
	return sum
}

// cpu returns the time that the process and its children have computed, in ticks
// of 10 ms.
func cpu(p *exec.Cmd) (ticks float64) {
	for _, pid := range family(p.Process.Pid) {
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		_, rest, _ := strings.Cut(string(stat), ") ") // after the name, which may have spaces
		if fields := strings.Fields(rest); len(fields) > 12 {
			user, _ := strconv.ParseFloat(fields[11], 64)
			system, _ := strconv.ParseFloat(fields[12], 64)
			ticks += user + system
		}
	}
	return ticks
}

func family(pid int) []int {
	all := []int{pid}
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for child := range strings.FieldsSeq(string(children)) {
		if n, err := strconv.Atoi(child); err == nil {
			all = append(all, family(n)...)
		}
	}
	return all
}
