package browser

import (
	"slices"
	"strings"

	"crossorigin.dev/origin"
)

// addFetchMetadata appends the Sec-Fetch headers, which only URLs that nobody
// on the network can read get.
// https://w3c.github.io/webappsec-fetch-metadata/#append-the-fetch-metadata-headers-for-a-request
func (f *fetch) addFetchMetadata(out *outgoing) {
	if f.cleaned && !out.preflight {
		return
	}
	if out.preflight && f.hop > 0 && headersCleaned[f.profile()] && !f.urls[f.hop-1].origin.PotentiallyTrustworthy() {
		return // it has those of the request before the redirect; measured: random-701-0-5
	}
	if !out.target.origin.PotentiallyTrustworthy() || loopbackUntrusted[f.profile()] && strings.HasSuffix(out.target.hostname, ".") {
		if out.preflight && preflightSecFetchMode[f.profile()] {
			out.header.append("Sec-Fetch-Mode", "cors")
		}
		return
	}
	mode, destination := string(f.mode), or(string(f.destination), "empty")
	if out.preflight {
		mode = "cors" // https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
	}
	if f.mode == modeWebSocket {
		destination = "websocket"
	}
	urls := f.urls
	if out.preflight && preflightSiteOfURL[f.profile()] {
		urls = urls[len(urls)-1:]
	}
	site := f.fetchSite(urls)
	if out.preflight && taintedPreflightCrossSite[f.profile()] && f.serializedOrigin() == "null" {
		site = "cross-site"
	}
	out.header.append("Sec-Fetch-Site", site)
	out.header.append("Sec-Fetch-Mode", mode)
	out.header.append("Sec-Fetch-Dest", destination)
	// https://privacycg.github.io/storage-access-headers/#sec-fetch-storage-access-header
	if access := storageAccessSent[f.profile()]; access != "" && f.tellsStorageAccess(out) {
		out.header.append("Sec-Fetch-Storage-Access", access)
	}
}

// tellsStorageAccess reports whether a request is for cookies of another site,
// though they may be withheld for the page's embedder policy.
func (f *fetch) tellsStorageAccess(out *outgoing) bool {
	if storageAccessOfPreflights[f.profile()] {
		if f.keepalive || !out.preflight && f.redirectTaint() != taintSameOrigin {
			return false
		}
	} else if out.preflight {
		return false
	}
	return f.credentialed() && !f.sameSite(out.target.origin)
}

// fetchSite tells how far the URLs of the request lie from the page.
// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site
func (f *fetch) fetchSite(urls []*location) string {
	site := "same-origin"
	plain := httpRedirectLeavesSite[f.profile()] && len(urls) > 1 &&
		slices.ContainsFunc(urls, func(u *location) bool { return u.scheme == "http" })
	for _, u := range urls {
		switch {
		case origin.SameOrigin(f.page.origin, u.origin):
		case origin.SameSite(f.page.origin, u.origin) && !plain && !(ipv6Siteless[f.profile()] && strings.HasPrefix(u.host, "[")):
			site = "same-site"
		default:
			return "cross-site"
		}
	}
	return site
}
