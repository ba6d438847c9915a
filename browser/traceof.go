package browser

import "errors"

// TraceOf returns the trace of a fetch, given what [Page.Fetch] returned,
// however the fetch ended. It returns nil if err is neither nil nor an [*Error],
// which Page.Fetch does not return.
func TraceOf(response *Response, err error) *Trace {
	var failed *Error
	switch {
	case err == nil:
		return response.Trace
	case errors.As(err, &failed):
		return failed.Trace
	}
	return nil
}
