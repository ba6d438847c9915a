package browser

import "crossorigin.dev/internal/fetchspec"

// storedHeader is what is stored of a response's header.
func (f *fetch) storedHeader(h headerList) headerList {
	return f.withoutEmpty(h).withoutNamed(func(name string) bool { return transientsUnstored[f.profile()] && isTransient(name) })
}

// withoutEmpty is what emptyHeadersUnstored leaves of a list.
func (f *fetch) withoutEmpty(h headerList) headerList {
	return h.without(func(field Field) bool {
		return emptyHeadersUnstored[f.profile()] && field.Value == "" && len(h.lines(field.Name)) == 1
	})
}

// isTransient reports whether a header is of one connection or one login.
func isTransient(name string) bool {
	switch fetchspec.Lower(name) {
	case "connection", "keep-alive", "proxy-authenticate", "proxy-connection", "trailer", "upgrade", "www-authenticate":
		return true
	}
	return false
}

// isFixedInStore reports whether a 304 does not change a stored header of that
// name.
func isFixedInStore(name string) bool {
	switch fetchspec.Lower(name) {
	case "content-encoding", "content-location", "content-md5", "content-range", "content-type", "etag", "te":
		return true
	}
	return isTransient(name) && !fetchspec.EqualFold(name, "www-authenticate") // that of the 304 is seen once
}
