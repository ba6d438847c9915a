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
type via struct{ name string }

func newVia() via {
	var id [4]byte
	rand.Read(id[:]) // which never fails
	return via{"cors-gateway-" + hex.EncodeToString(id[:])}
}

// line is what the gateway adds to a request.
func (v via) line(r *http.Request) string {
	switch {
	case r.ProtoMajor == 2:
		return "2 " + v.name
	case r.ProtoMinor == 0:
		return "1.0 " + v.name
	}
	return "1.1 " + v.name
}

// isIn reports whether the request has been here already.
func (v via) isIn(r *http.Request) bool {
	for _, line := range r.Header["Via"] {
		if strings.Contains(line, v.name) {
			return true
		}
	}
	return false
}
