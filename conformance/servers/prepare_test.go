package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func nginx(t *testing.T, dir, port, upstream, config string) *exec.Cmd {
	path := program(t, "nginx", "nginx-light")
	file := write(t, dir, "nginx.conf", `
daemon off;
master_process off;
pid %[1]s/pid;
error_log stderr;
events {}
http {
	access_log off;
	client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi; uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi;
	server {
		listen 127.0.0.1:%[2]s;
		location / {
%[4]s
			proxy_pass http://%[3]s;
		}
	}
}
`, dir, port, upstream, config)
	return command(t, dir, path, "-e", "stderr", "-p", dir, "-c", file)
}

func apache(t *testing.T, dir, port, upstream, config string) *exec.Cmd {
	path := program(t, "apache2", "apache2")
	file := write(t, dir, "apache.conf", `
ServerName localhost
PidFile %[1]s/pid
ErrorLog /dev/stderr
Mutex pthread
Listen 127.0.0.1:%[2]s
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule rewrite_module /usr/lib/apache2/modules/mod_rewrite.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
<VirtualHost *:%[2]s>
%[4]s
ProxyPass / http://%[3]s/
</VirtualHost>
`, dir, port, upstream, config)
	return command(t, dir, path, "-f", file, "-DFOREGROUND")
}

func haproxy(t *testing.T, dir, port, upstream, config string) *exec.Cmd {
	path := program(t, "haproxy", "haproxy")
	file := write(t, dir, "haproxy.cfg", `
defaults
	mode http
	timeout connect 5s
	timeout client 5s
	timeout server 5s
frontend site
	bind 127.0.0.1:%[1]s
%[3]s
	default_backend application
backend application
	server one %[2]s
`, port, upstream, config)
	return command(t, dir, path, "-db", "-f", file)
}

func caddy(t *testing.T, dir, port, upstream, config string) *exec.Cmd {
	path := program(t, "caddy", "caddy")
	file := write(t, dir, "Caddyfile", `
{
	admin off
	auto_https off
}
http://:%[1]s {
	bind 127.0.0.1
%[3]s
	reverse_proxy %[2]s
}
`, port, upstream, config)
	c := command(t, dir, path, "run", "--config", file, "--adapter", "caddyfile")
	c.Env = append(os.Environ(), "HOME="+dir)
	return c
}

func express(t *testing.T, dir, port, _, config string) *exec.Cmd {
	npm := exec.Command("npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", dir, "express@4", "cors@2")
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", npm, err, out)
	}
	file := write(t, dir, "app.js", `
const app = require("express")();
%s
app.get("/items", (request, response) => response.json([]));
app.put("/items", (request, response) => response.json({}));
app.listen(%s, "127.0.0.1");
`, config, port)
	return command(t, dir, "node", file)
}

func fastapi(t *testing.T, dir, port, _, config string) *exec.Cmd {
	program(t, "python3", "python3-fastapi", "python3-uvicorn")
	write(t, dir, "app.py", `
from fastapi import FastAPI

app = FastAPI()
%s

@app.get("/items")
def read():
    return []

@app.put("/items")
def change():
    return {}
`, config)
	// Debian's packages are of Debian's own Python.
	return command(t, dir, "/usr/bin/python3", "-m", "uvicorn", "app:app", "--host", "127.0.0.1", "--port", port)
}

// goProgram builds a program of which CORS is a part.
func goProgram(t *testing.T, dir, source string) *exec.Cmd {
	file := write(t, dir, "main.go", "%s", source)
	binary := filepath.Join(dir, "application")
	if out, err := exec.Command("go", "build", "-o", binary, file).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s\n%s", err, out, source)
	}
	return command(t, dir, binary)
}

const goApplication = `
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("PUT /items", func(w http.ResponseWriter, r *http.Request) {})
	var handler http.Handler = mux
`

func goCORS(t *testing.T, dir, port, _, config string) *exec.Cmd {
	imports := `"log"; "net/http"`
	if config != "" {
		imports += `; "crossorigin.dev/cors"`
	}
	return goProgram(t, dir, "package main\n\nimport ("+imports+")\n\nfunc main() {\n"+goApplication+config+
		"\n\tlog.Fatal(http.ListenAndServe(\"127.0.0.1:"+port+"\", handler))\n}\n")
}

func goNetHTTP(t *testing.T, dir, port, _, config string) *exec.Cmd {
	handler := "handler"
	if strings.Contains(config, "func allowOrigin(") {
		handler = "allowOrigin(handler)"
	}
	return goProgram(t, dir, "package main\n\nimport (\"log\"; \"net/http\")\n\n"+config+"\n\nfunc main() {\n"+goApplication+
		"\n\tlog.Fatal(http.ListenAndServe(\"127.0.0.1:"+port+"\", "+handler+"))\n}\n")
}
