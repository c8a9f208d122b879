package server

import (
	"iter"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// ProxyHeader says where trusted proxies write the address of the client that has connected to them.
type ProxyHeader string

const (
	XForwardedFor ProxyHeader = "x-forwarded-for" // the header X-Forwarded-For
	Forwarded     ProxyHeader = "forwarded"       // the header Forwarded, of RFC 7239
	ProxyProtocol ProxyHeader = "proxy-protocol"  // the PROXY protocol, 1 or 2: before the first request of a connection
)

// hops yields the client addresses that proxies wrote into the lines of a header, from the last proxy to the first.
// Each proxy appends to the header, or adds a line to it, so everything before the part of a trusted proxy may be
// forged: hops reads it only if the caller asks for more, and it cannot change how the part behind it is read. hops
// ends before the first entry that is no address. A port is 0 if it is not given.
func (h ProxyHeader) hops(lines []string) iter.Seq[netip.AddrPort] {
	return func(yield func(netip.AddrPort) bool) {
		for _, line := range slices.Backward(lines) {
			for entry, more := "", true; more; {
				line, entry, more = cutLast(line, ',')
				if entry = strings.Trim(entry, " \t"); entry == "" { // a list may have empty entries
					continue
				}
				if h == Forwarded {
					entry = forParameter(entry)
				}
				if hop, ok := parseNode(entry); !ok || !yield(hop) {
					return
				}
			}
		}
	}
}

// cutLast cuts a list at its last separator that is not within quotes. It reads from the end, so an unclosed quote in
// an earlier part, which may be forged, has no effect.
func cutLast(list string, separator byte) (before, last string, found bool) {
	quoted := false
	for i := len(list) - 1; i >= 0; i-- {
		switch {
		case list[i] == '"' && !isEscaped(list, i):
			quoted = !quoted
		case list[i] == separator && !quoted:
			return list[:i], list[i+1:], true
		}
	}
	return "", list, false
}

// isEscaped reports whether an odd number of backslashes stands before a byte.
func isEscaped(text string, at int) bool {
	return (at-len(strings.TrimRight(text[:at], `\`)))%2 == 1
}

// forParameter returns the value of the parameter "for" of an entry of Forwarded, without its quotes. It is empty if
// there is none, or more than one.
func forParameter(entry string) (value string) {
	for pair, more := "", true; more; {
		entry, pair, more = cutLast(entry, ';')
		name, quoted, _ := strings.Cut(strings.Trim(pair, " \t"), "=")
		if !strings.EqualFold(name, "for") {
			continue
		}
		if value != "" {
			return ""
		}
		value = strings.Trim(quoted, `"`)
	}
	return value
}

// parseNode parses an address, which may have brackets and a port. An obfuscated port becomes 0. For an obfuscated or
// unknown address it returns false.
func parseNode(text string) (node netip.AddrPort, ok bool) {
	bare := strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	address, err := netip.ParseAddr(bare)
	if err == nil {
		return netip.AddrPortFrom(plain(address), 0), true
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return netip.AddrPort{}, false
	}
	if address, err = netip.ParseAddr(host); err != nil {
		return netip.AddrPort{}, false
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		number = 0
	}
	return netip.AddrPortFrom(plain(address), uint16(number)), true
}

// plain returns an address in the form for comparisons: without a zone, and IPv4 not mapped into IPv6.
func plain(address netip.Addr) netip.Addr { return address.Unmap().WithZone("") }
