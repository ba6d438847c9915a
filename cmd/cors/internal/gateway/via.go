package gateway

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"
)

// A via is the name that the gateway goes by in Via headers, by which it knows
// its own requests again: an upstream may lead back to it.
// https://httpwg.org/specs/rfc9110.html#field.via
type via struct {
	name                  string
	http10, http11, http2 string // what is added to a request of that version
}

func newVia() via {
	var id [4]byte
	rand.Read(id[:]) // which never fails
	name := "cors-gateway-" + hex.EncodeToString(id[:])
	return via{name, "1.0 " + name, "1.1 " + name, "2 " + name}
}

func (v *via) line(r *http.Request) string {
	switch {
	case r.ProtoMajor == 2:
		return v.http2
	case r.ProtoMinor == 0:
		return v.http10
	}
	return v.http11
}

// isIn reports whether the request has been here already.
func (v *via) isIn(r *http.Request) bool {
	for _, line := range r.Header["Via"] {
		if strings.Contains(line, v.name) {
			return true
		}
	}
	return false
}
