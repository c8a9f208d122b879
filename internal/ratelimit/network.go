package ratelimit

import "net/netip"

// siteFactor is the ratio of a site's limit to the limit of one of its networks.
const siteFactor = 8

// NetworksOf returns the network and the site by which limits count an address. The network of an IPv4 address, also of
// one that is mapped into IPv6, is the address itself; it has no site (""). The network of an IPv6 address is its /64,
// in which a device can use any address; its site is its /48, which may belong to a single customer. A text that is no
// address is its own network, without a site.
func NetworksOf(address string) (network, site string) {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address, ""
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String(), ""
	}
	return netip.PrefixFrom(ip, 64).Masked().String(), netip.PrefixFrom(ip, 48).Masked().String()
}

// SiteLimit returns the limit of a site whose networks have the limit ofNetwork each.
func SiteLimit(ofNetwork int) int { return siteFactor * ofNetwork }

// ofSite returns the rate of a whole site.
func (r Rate) ofSite() Rate {
	r.Burst, r.PerSecond = SiteLimit(r.Burst), siteFactor*r.PerSecond
	return r
}
