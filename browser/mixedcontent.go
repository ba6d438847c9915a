package browser

import (
	"net/netip"
	"strings"
)

// trustworthy reports whether nobody on the network can have tampered with
// what comes from a URL, as the profile sees it.
// https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy
func (f *fetch) trustworthy(target *location) bool {
	if loopbackUntrusted[f.profile()] && target.isHTTP() {
		return target.scheme == "https"
	}
	return target.scheme == "data" || target.origin.PotentiallyTrustworthy()
}

// restrictsMixedContent reports whether the page, being secure, may not load
// from what is not. https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object
func (p *Page) restrictsMixedContent() bool {
	return p.location != nil && p.location.scheme == "https"
}

// checkMixedContent blocks, or for pictures and sound upgrades, what a secure
// page would load over plain HTTP.
// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
func (f *fetch) checkMixedContent(target *location) *Error {
	switch {
	case !target.isHTTP() || f.unseen:
		return nil
	case !f.page.restrictsMixedContent():
		f.pass(ruleMixedContent, "The page is not of https, so it may load over plain HTTP.")
		return nil
	case f.trustworthy(target):
		f.pass(ruleMixedContent, "The URL is secure, as the page is.")
		return nil
	}
	if isPicture(f.destination) && target.origin.PotentiallyTrustworthy() {
		f.pass(ruleMixedContent, "The URL is on this machine, from where pictures may come over plain HTTP.")
		return nil
	}
	if f.exemptFromMixedContent(target) {
		f.pass(ruleMixedContent, "The URL is on the local network, so it is left to Local Network Access rather than blocked as mixed content.", Field{"url", target.href})
		return nil
	}
	return f.fail(ruleMixedContent, ReasonMixedContent,
		"A page of "+f.page.origin.String()+" may not load "+target.href+" over plain HTTP (mixed content); serve it over https.", Field{"url", target.href})
}

// upgradeMixedContent turns http to https for an image, audio or video.
// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
func (f *fetch) upgradeMixedContent(target *location) *location {
	if !isPicture(f.destination) {
		return target
	}
	if !f.page.restrictsMixedContent() || target.scheme != "http" || target.origin.PotentiallyTrustworthy() || isAddress(target.hostname) {
		return target
	}
	next, err := parseLocation("https"+strings.TrimPrefix(target.href, "http"), nil)
	if err != nil {
		return target
	}
	f.info(ruleMixedContent, "The page is secure, so the "+string(f.destination)+" is loaded over https instead.", Field{"url", next.href})
	return next
}

func isPicture(d Destination) bool {
	return d == DestinationImage || d == DestinationAudio || d == DestinationVideo
}

// exemptFromMixedContent reports whether Local Network Access asks the user
// about the URL instead: a .local name, a private address, or one declared.
// https://wicg.github.io/local-network-access/#mixed-content
func (f *fetch) exemptFromMixedContent(target *location) bool {
	if !localNetworkAccess[f.profile()] {
		return false
	}
	host := target.hostname
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.HasSuffix(host, ".local") ||
		err == nil && f.profile().spaceOf(address) == AddressSpaceLocal ||
		targetSpaceHonoured[f.profile()] && (f.targetSpace == AddressSpaceLocal || f.targetSpace == AddressSpaceLoopback)
}
