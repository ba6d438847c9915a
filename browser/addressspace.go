package browser

import (
	"net/netip"
	"strings"
)

// An AddressSpace says how private an address is.
// https://wicg.github.io/local-network-access/#ip-address-space
type AddressSpace string

const (
	AddressSpaceUnknown  AddressSpace = ""
	AddressSpaceLoopback AddressSpace = "loopback" // this machine
	AddressSpaceLocal    AddressSpace = "local"    // the network around it
	AddressSpacePublic   AddressSpace = "public"   // the rest
)

var allAddressSpaces = []AddressSpace{AddressSpaceUnknown, AddressSpaceLoopback, AddressSpaceLocal, AddressSpacePublic}

// A Permission is what the user said when asked.
type Permission uint8

const (
	PermissionPrompt  Permission = iota // not asked yet; nobody is there to answer, so it counts as denied
	PermissionGranted                   // yes
	PermissionDenied                    // no
)

// addressSpaces is the table of the draft but for 198.18.0.0/15, which both
// browsers that enforce it take for public. The reserved blocks of IPv6 are
// public in Firefox, says its source.
// https://wicg.github.io/local-network-access/#non-public-ip-address-blocks
var addressSpaces = []struct {
	prefix   netip.Prefix
	space    AddressSpace
	reserved bool
}{
	{netip.MustParsePrefix("127.0.0.0/8"), AddressSpaceLoopback, false},
	{netip.MustParsePrefix("::1/128"), AddressSpaceLoopback, false},
	{netip.MustParsePrefix("0.0.0.0/32"), AddressSpaceLoopback, false},
	{netip.MustParsePrefix("::/128"), AddressSpaceLoopback, false},
	{netip.MustParsePrefix("10.0.0.0/8"), AddressSpaceLocal, false},
	{netip.MustParsePrefix("172.16.0.0/12"), AddressSpaceLocal, false},
	{netip.MustParsePrefix("192.168.0.0/16"), AddressSpaceLocal, false},
	{netip.MustParsePrefix("100.64.0.0/10"), AddressSpaceLocal, false},
	{netip.MustParsePrefix("169.254.0.0/16"), AddressSpaceLocal, false},
	{netip.MustParsePrefix("0.0.0.0/8"), AddressSpaceLocal, false},
	{netip.MustParsePrefix("fc00::/7"), AddressSpaceLocal, false},
	{netip.MustParsePrefix("fe80::/10"), AddressSpaceLocal, false},
	{netip.MustParsePrefix("fec0::/10"), AddressSpaceLocal, true},
	{netip.MustParsePrefix("2001:db8::/32"), AddressSpaceLocal, true},
	{netip.MustParsePrefix("3fff::/20"), AddressSpaceLocal, true},
}

// spaceOf returns the space of an address; one mapped into IPv6 has that of
// the IPv4 address.
func (p Profile) spaceOf(a netip.Addr) AddressSpace {
	a = a.Unmap().WithZone("")
	for _, row := range addressSpaces {
		if row.prefix.Contains(a) && !(row.reserved && reservedIsPublic[p]) {
			return row.space
		}
	}
	return AddressSpacePublic
}

// spaceOfHost returns the space that a URL's host shows by itself, or
// AddressSpaceUnknown.
func (p Profile) spaceOfHost(host string) AddressSpace {
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return p.spaceOf(a)
	}
	name := strings.TrimSuffix(host, ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return AddressSpaceLoopback
	}
	return AddressSpaceUnknown
}
