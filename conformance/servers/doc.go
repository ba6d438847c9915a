// Package servers holds tests in which the configuration that a diagnosis gives
// is tried in the server that it is for: nginx, Apache, HAProxy, Caddy, Express,
// FastAPI, and Go. They are installed from Debian and npm if they are missing.
package servers
