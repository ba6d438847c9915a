package browser

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
)

// The causes of a network failure, which stand in the trace as the input
// "cause".
const (
	causeCancelled            = "cancelled"
	causeTimeout              = "timeout"
	causeDNS                  = "dns"
	causeRefused              = "refused"
	causeUnreachable          = "unreachable"
	causeClosed               = "closed"
	causeNoTLS                = "no-tls"
	causeCertificate          = "certificate"
	causeCertificateAuthority = "certificate-authority"
	causeCertificateName      = "certificate-name"
	causeProxyStatus          = "proxy-status"
	causeContent              = "content" // a data: URL that cannot be decoded
	causeObject               = "object"  // a blob: URL of no object
	causeHeldBack             = "opaque-response-blocking"
	causeRange                = "range" // one that an object does not have
)

// explain says in a word and in a sentence why there is no response.
func explain(err error, target *location) (cause, message string) {
	host := target.host
	var (
		lookup       *net.DNSError
		authority    x509.UnknownAuthorityError
		wrongName    x509.HostnameError
		invalid      x509.CertificateInvalidError
		noTLS        tls.RecordHeaderError
		verification *tls.CertificateVerificationError
		operation    *net.OpError
		timeout      net.Error
	)
	switch {
	case errors.Is(err, context.Canceled):
		return causeCancelled, "The fetch was cancelled."
	case errors.Is(err, context.DeadlineExceeded):
		return causeTimeout, "There was no complete answer from " + host + " before the deadline."
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return causeDNS, "The name " + lookup.Name + " has no address (DNS)."
	case errors.As(err, &lookup):
		return causeDNS, "The name " + lookup.Name + " could not be looked up (DNS): " + lookup.Err + "."
	case errors.Is(err, syscall.ECONNREFUSED):
		return causeRefused, "Nothing listens at " + host + ": the connection was refused."
	case errors.As(err, &authority):
		return causeCertificateAuthority, "The certificate of " + host + " is signed by an authority that is not trusted (TLS)."
	case errors.As(err, &wrongName):
		return causeCertificateName, "The certificate of " + host + " is for another name (TLS): " + wrongName.Error() + "."
	case errors.As(err, &invalid):
		return causeCertificate, "The certificate of " + host + " is not valid (TLS): " + invalid.Error() + "."
	case errors.As(err, &verification):
		return causeCertificate, "The certificate of " + host + " could not be verified (TLS): " + verification.Err.Error() + "."
	case errors.As(err, &noTLS), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return causeNoTLS, "The server at " + host + " does not speak TLS; write http:// if that is meant."
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.EPIPE):
		return causeClosed, "The server at " + host + " closed the connection without a complete answer."
	case errors.As(err, &timeout) && timeout.Timeout():
		return causeTimeout, "There was no answer from " + host + " in time."
	case errors.As(err, &operation) && operation.Op == "dial":
		return causeUnreachable, "No connection to " + host + " could be made: " + operation.Err.Error() + "."
	}
	return "", "There was no response from " + host + ": " + err.Error() + "."
}
