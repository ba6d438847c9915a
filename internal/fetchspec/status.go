package fetchspec

// IsOKStatus reports whether status is an ok status: 200 to 299.
// https://fetch.spec.whatwg.org/#ok-status
func IsOKStatus(status int) bool { return 200 <= status && status <= 299 }

// IsNullBodyStatus reports whether a response of this status has no body,
// whatever followed its headers.
// https://fetch.spec.whatwg.org/#null-body-status
func IsNullBodyStatus(status int) bool {
	switch status {
	case 101, 103, 204, 205, 304:
		return true
	}
	return false
}

// IsRedirectStatus reports whether a response of this status is a redirect if
// it has a Location. 300 and 304 are none.
// https://fetch.spec.whatwg.org/#redirect-status
func IsRedirectStatus(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// IsRangeStatus reports whether status answers a request for a range.
// https://fetch.spec.whatwg.org/#range-status
func IsRangeStatus(status int) bool { return status == 206 || status == 416 }
