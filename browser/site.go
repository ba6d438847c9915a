package browser

import (
	"net/netip"
	"strings"

	"crossorigin.dev/origin"

	"golang.org/x/net/publicsuffix"
)

// A partitionKey keeps apart what the pages of different sites have cached.
// https://fetch.spec.whatwg.org/#network-partition-key
type partitionKey struct {
	site   string
	opaque origin.Origin
}

func newPartitionKey(o origin.Origin) partitionKey {
	if o.IsOpaque() {
		return partitionKey{opaque: o}
	}
	return partitionKey{site: o.Scheme() + "://" + siteHost(o.Host())}
}

// siteHost returns the host's registrable domain, or the host itself if it has
// none: hosts of one site are those with the same.
// https://html.spec.whatwg.org/#schemelessly-same-site
func siteHost(host string) string {
	if domain, ok := registrableDomain(host); ok {
		return domain
	}
	return host
}

// registrableDomain is https://url.spec.whatwg.org/#host-registrable-domain.
func registrableDomain(host string) (domain string, ok bool) {
	if isAddress(host) {
		return "", false
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(strings.TrimSuffix(host, "."))
	return domain, err == nil
}

// isAddress reports whether a URL's host is an IP address, which has no domain.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}
