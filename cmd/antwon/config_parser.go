package main

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/live/natsbus"
	"antwon.dj/backend/internal/secrets"
	"antwon.dj/backend/internal/session"
)

// parser reads variables and gathers faults.
type parser struct {
	given  map[string]string // what nobody has asked for yet
	asked  map[string]bool   // what somebody has asked for, and was there
	kept   secrets.Values    // what a variable is that was not given
	values map[string]string
	whence map[string]string
	faults []string
}

func newParser(environ []string, kept secrets.Values) *parser {
	p := &parser{
		given: map[string]string{}, asked: map[string]bool{}, kept: kept, values: map[string]string{}, whence: map[string]string{},
	}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, prefix+"TEST_") {
			p.given[strings.TrimPrefix(name, prefix)] = value
		}
	}
	return p
}

func (p *parser) fault(name, format string, args ...any) {
	if origin := p.whence[name]; origin != "" {
		name += " (" + origin + ")"
	}
	p.faults = append(p.faults, prefix+name+": "+fmt.Sprintf(format, args...))
}

// take returns a variable's value, and strikes it off those that nobody has asked for.
func (p *parser) take(name string) string {
	value := strings.TrimSpace(p.given[name])
	delete(p.given, name)
	p.asked[name] = value != ""
	return value
}

func (p *parser) text(name, fallback string) string {
	value := p.take(name)
	if value == "" {
		value = cmp.Or(p.keep(name), fallback)
	}
	p.values[name] = value
	return value
}

func (p *parser) address(name, fallback string) string {
	value := p.text(name, fallback)
	if _, port, err := net.SplitHostPort(value); err != nil || port == "" {
		p.fault(name, "%q: want HOST:PORT, such as %s", value, fallback)
	}
	return value
}

// shared is where others reach a server: of one that listens on all addresses, at this machine's own in its network.
func shared(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || host != "" && (ip == nil || !ip.IsUnspecified()) {
		return addr
	}
	route, err := net.Dial("udp4", "192.0.2.1:9") // sends nothing, but says from which address it would
	if err != nil {
		return reachable(addr) // there is no network
	}
	defer route.Close()
	return net.JoinHostPort(route.LocalAddr().(*net.UDPAddr).IP.String(), port)
}

// reachable is where this machine itself reaches a server that listens on all its addresses.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}

func (p *parser) url(name, fallback string) string {
	value := strings.TrimSuffix(p.text(name, fallback), "/")
	if u, err := url.Parse(value); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		p.fault(name, "%q: want a URL, such as https://party.example.org", value)
	}
	return value
}

// issuer reads an identity provider's name, which is taken as it is: one with a slash at its end is another one.
func (p *parser) issuer(name string) string {
	value := p.text(name, "")
	if value != "" && !isSafe(value) {
		p.fault(name, "%q: want an https URL, such as https://login.example.org", value)
	}
	return value
}

// isSafe says that what goes to a URL can be read on the way by nobody: https, or this machine itself.
func isSafe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

func (p *parser) database(name, fallback string) string {
	given := p.orFile(name)
	p.asked[name] = given != ""
	value := cmp.Or(given, fallback)
	shown, err := database.CheckURL(value)
	if err != nil {
		p.fault(name, "%v", err)
	}
	p.values[name] = shown
	return value
}

func (p *parser) nats(name string) string {
	value := p.orFile(name)
	p.values[name] = ""
	if value == "" {
		return ""
	}
	shown, err := natsbus.CheckURL(value)
	if err != nil {
		p.fault(name, "%v", err)
	}
	p.values[name] = shown
	return value
}

// orFile reads a variable, or the file that NAME_FILE names.
func (p *parser) orFile(name string) string {
	value, file := p.take(name), p.take(name+"_FILE")
	if value != "" && file != "" {
		p.fault(name, "give either it or %s%s_FILE", prefix, name)
	}
	if value == "" && file == "" {
		return p.keep(name)
	}
	if file == "" {
		return value
	}
	p.whence[name], p.asked[name] = "from "+file, true
	content, err := os.ReadFile(file)
	if err != nil {
		p.fault(name+"_FILE", "%v", err)
	}
	return strings.TrimSpace(string(content))
}

// secret reads one that nobody must guess; without it shows what happens then.
func (p *parser) secret(name, without string) []byte {
	value := p.anySecret(name, without)
	if value != nil && len(value) < session.MinSecret {
		p.fault(name, "has %d characters, want at least %d", len(value), session.MinSecret)
	}
	return value
}

func (p *parser) anySecret(name, without string) []byte {
	value := p.orFile(name)
	if value == "" {
		p.values[name] = without
		return nil
	}
	p.values[name] = "(secret)"
	return []byte(value)
}

// keys reads a key and those that it replaced, of which there may be things left: the present one first.
func (p *parser) keys(name, oldName, without string) (keys [][]byte) {
	present := p.secret(name, without)
	old := p.anySecret(oldName, "")
	if present != nil {
		keys = append(keys, present)
	}
	for key := range strings.SplitSeq(string(old), ",") {
		switch key = strings.TrimSpace(key); {
		case key == "":
			continue
		case present == nil:
			p.fault(oldName, "needs %s%s, the present one", prefix, name)
		case len(key) < session.MinSecret:
			p.fault(oldName, "has a key of %d characters, want at least %d", len(key), session.MinSecret)
		}
		keys = append(keys, []byte(key))
	}
	return keys
}

func (p *parser) origins(name string) []string {
	var origins []string
	for origin := range strings.SplitSeq(p.text(name, ""), ",") {
		origin = strings.TrimSpace(origin)
		if origin == "" {
			continue
		}
		if u, err := url.Parse(origin); err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin {
			p.fault(name, "%q: want origins such as https://party.example.org, separated by commas", origin)
		}
		origins = append(origins, origin)
	}
	return origins
}

// oneOf reads a choice; the first one is the default.
func (p *parser) oneOf(name string, choices ...string) string {
	value := p.text(name, choices[0])
	if !slices.Contains(choices, value) {
		p.fault(name, "%q: want %s", value, strings.Join(choices, " or "))
	}
	return value
}

func (p *parser) duration(name string, fallback time.Duration) time.Duration {
	return p.durationIn(name, fallback, 0, time.Minute)
}

func (p *parser) durationIn(name string, fallback, least, most time.Duration) time.Duration {
	value := p.text(name, fallback.String())
	d, err := time.ParseDuration(value)
	if err != nil || d < least || d > most {
		p.fault(name, "%q: want a time from %v to %v, such as %v", value, least, most, fallback)
	}
	return d
}

// age is how long something is kept: a day at least, which clients are promised; 0: for ever.
func (p *parser) age(name string, fallback time.Duration) time.Duration {
	value := p.text(name, fallback.String())
	d, err := time.ParseDuration(value)
	if err != nil || d != 0 && d < 24*time.Hour {
		p.fault(name, "%q: want a time from 24h, such as %v, or 0 for ever", value, fallback)
	}
	return d
}

func (p *parser) count(name string, fallback int) int {
	value := p.text(name, strconv.Itoa(fallback))
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > 1e9 {
		p.fault(name, "%q: want a number from 1, such as %d", value, fallback)
	}
	return n
}

// networks reads addresses, single ones or with the length of a prefix.
func (p *parser) networks(name string) (networks []netip.Prefix) {
	for _, text := range strings.FieldsFunc(p.text(name, ""), func(r rune) bool { return r == ',' || r == ' ' }) {
		network, err := netip.ParsePrefix(text)
		if address, single := netip.ParseAddr(text); err != nil && single == nil {
			network, err = address.Prefix(address.BitLen())
		}
		if err != nil {
			p.fault(name, "%q: want addresses such as 10.0.0.7 or 10.0.0.0/8, separated by commas", text)
		}
		networks = append(networks, network)
	}
	return networks
}

func (p *parser) seconds(name string) int {
	value := p.text(name, "0")
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > 3600 {
		p.fault(name, "%q: want a number of seconds up to 3600, 0 for the songs' own length", value)
	}
	return n
}
