package gateway

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

// A via is the name that the gateway goes by in Via headers, by which it knows
// its own requests again: an upstream may lead back to it.
// https://httpwg.org/specs/rfc9110.html#field.via
type via struct {
	name                  string
	http10, http11, http2 []string // what is added to a request of that version
}

func newVia() via {
	var id [4]byte
	rand.Read(id[:]) // which never fails
	name := "cors-gateway-" + hex.EncodeToString(id[:])
	return via{name, []string{"1.0 " + name}, []string{"1.1 " + name}, []string{"2 " + name}}
}

// after returns the request's Via with the gateway at its end. It is not to be
// changed.
func (v *via) after(r *http.Request) []string {
	own := v.http11
	switch {
	case r.ProtoMajor == 2:
		own = v.http2
	case r.ProtoMinor == 0:
		own = v.http10
	}
	if before := r.Header["Via"]; len(before) > 0 {
		return slices.Concat(before, own)
	}
	return own
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
