package ratelimit_test

import (
	"testing"

	"antwon.dj/backend/internal/ratelimit"
)

func TestAddressesAreCountedByNetwork(t *testing.T) {
	for address, want := range map[string][2]string{
		"203.0.113.9":               {"203.0.113.9", ""},
		"::ffff:203.0.113.9":        {"203.0.113.9", ""},
		"2001:db8:1:2:3:4:5:6":      {"2001:db8:1:2::/64", "2001:db8:1::/48"},
		"2001:db8:1:2::":            {"2001:db8:1:2::/64", "2001:db8:1::/48"},
		"2001:db8:1:3::1":           {"2001:db8:1:3::/64", "2001:db8:1::/48"},
		"fe80::1%eth0":              {"fe80::/64", "fe80::/48"},
		"::1":                       {"::/64", "::/48"},
		"a name that is no address": {"a name that is no address", ""},
	} {
		if network, site := ratelimit.NetworksOf(address); network != want[0] || site != want[1] {
			t.Errorf("%s is in %s and %s, want %v", address, network, site, want)
		}
	}
}
