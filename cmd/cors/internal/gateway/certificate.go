package gateway

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
)

// A certificate is what a listener with TLS shows.
type certificate struct{ pair tls.Certificate }

func loadCertificate(chain, key string) (*certificate, error) {
	chainPEM, err := readSmall(chain)
	if err != nil {
		return nil, err
	}
	keyPEM, err := readSmall(key)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(chainPEM, keyPEM)
	if err != nil {
		return nil, fmt.Errorf("the certificate %s with the key %s: %w", chain, key, err)
	}
	return &certificate{pair}, nil
}

// loadAuthorities returns nil, for the system's, if there is no path.
func loadAuthorities(path string) (*x509.CertPool, []byte, error) {
	if path == "" {
		return nil, nil, nil
	}
	data, err := readSmall(path)
	if err != nil {
		return nil, nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, nil, fmt.Errorf("%s has no certificate in it", path)
	}
	return pool, bytes.Clone(data), nil
}

// readSmall reads a file of certificates or keys.
func readSmall(path string) ([]byte, error) {
	const most = 1 << 20
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && len(data) > most {
		err = errors.New("larger than 1 MiB")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}
