package gateway

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"time"

	"crossorigin.dev/cmd/cors/internal/policyfile"
)

// newTransport makes the connections to one upstream. It goes through no proxy
// that the environment names: upstreams are the configured ones.
func newTransport(timeouts policyfile.Timeouts, authorities *x509.CertPool) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: timeouts.Connect}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: authorities},
		TLSHandshakeTimeout:    timeouts.Connect,
		ResponseHeaderTimeout:  timeouts.Response,
		ExpectContinueTimeout:  time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConnsPerHost:    1024, // the default of 2 would dial anew for every third client
		MaxResponseHeaderBytes: 256 << 10,
		DisableCompression:     true, // what is compressed stays so
		Protocols:              protocols,
	}
}
