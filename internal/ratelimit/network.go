package ratelimit

import "net/netip"

// siteFactor is how many times as much a whole site may do as one of its networks.
const siteFactor = 8

// NetworksOf returns the networks under which limits count an address. An IPv4 address is a network of its own, also if
// it is mapped into IPv6. Of an IPv6 address it is the /64, within which a device chooses addresses as it likes, and
// the site is the /48, of which one customer may have all networks. The site is "" if there is none. A text that is no
// address is its own network.
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

// SiteLimit returns how much a site may do of what each of its networks may do this much.
func SiteLimit(ofNetwork int) int { return siteFactor * ofNetwork }

// ofSite returns the rate of a whole site.
func (r Rate) ofSite() Rate {
	r.Burst, r.PerSecond = SiteLimit(r.Burst), siteFactor*r.PerSecond
	return r
}
