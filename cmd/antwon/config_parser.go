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
	"antwon.dj/backend/internal/push"
	"antwon.dj/backend/internal/secrets"
	"antwon.dj/backend/internal/session"
)

// parser reads variables and collects faults. Names are without the prefix.
type parser struct {
	unread     map[string]string // the variables of the environment that were not read yet
	given      map[string]bool   // each variable that was read, and whether it has a value of its own
	stored     secrets.Values    // values for variables that the environment does not have
	values     map[string]string // what to print
	provenance map[string]string // where values come from, if not from their variables
	faults     []string
}

func newParser(environ []string, stored secrets.Values) *parser {
	p := &parser{
		unread:     map[string]string{},
		given:      map[string]bool{},
		stored:     stored,
		values:     map[string]string{},
		provenance: map[string]string{},
	}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, prefix+"TEST_") {
			p.unread[strings.TrimPrefix(name, prefix)] = value
		}
	}
	return p
}

// fault records what is wrong with a variable. It hides secrets in the args. Each value among these has to be complete,
// because a part of a value may end in the middle of a password, which cannot be recognized then.
func (p *parser) fault(name, format string, args ...any) {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = withoutSecrets(text)
		}
	}
	if origin := p.provenance[name]; origin != "" {
		name += " (" + origin + ")"
	}
	p.faults = append(p.faults, prefix+name+": "+fmt.Sprintf(format, args...))
}

// read returns a variable's value, or "". A variable of the environment that is never read is reported as an error: the
// program does not know it.
func (p *parser) read(name string) string {
	value := strings.TrimSpace(p.unread[name])
	delete(p.unread, name)
	p.given[name] = value != ""
	return value
}

func (p *parser) text(name, fallback string) string {
	value := p.read(name)
	if value == "" {
		value = cmp.Or(p.readStored(name), fallback)
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

// addressIfAny reads an address that may be missing.
func (p *parser) addressIfAny(name, example string) string {
	value := p.text(name, "")
	if _, port, err := net.SplitHostPort(value); value != "" && (err != nil || port == "") {
		p.fault(name, "%q: want HOST:PORT, such as %s", value, example)
	}
	return value
}

// reachableByOthers returns the address at which other machines reach a server. If the server listens on all addresses,
// it returns this machine's own address in its network.
func reachableByOthers(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || host != "" && (ip == nil || !ip.IsUnspecified()) {
		return addr
	}
	// Dialing UDP sends nothing and does not wait, but chooses the address that it would send from.
	route, err := net.Dial("udp4", "192.0.2.1:9") //nolint:noctx // see above
	if err != nil {
		return reachableHere(addr) // there is no network
	}
	defer route.Close()
	return net.JoinHostPort(route.LocalAddr().(*net.UDPAddr).IP.String(), port)
}

// reachableHere returns the address at which this machine itself reaches a server.
func reachableHere(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}

func (p *parser) url(name, fallback string) string {
	value := strings.TrimSuffix(p.text(name, fallback), "/")
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
		p.fault(name, "%q: want a URL without user and password, such as https://party.example.org", value)
	}
	return value
}

// issuer reads the URL of an identity provider without changing it: a slash at its end makes it another issuer.
func (p *parser) issuer(name string) string {
	value := p.text(name, "")
	if value != "" && !isSafe(value) {
		p.fault(name, "%q: want an https URL, such as https://login.example.org", value)
	}
	return value
}

// isSafe reports whether data sent to a URL cannot be read in transit: it is https, or this machine itself.
func isSafe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLocal(address)
}

// isLocal reports whether only this machine reaches an address.
func isLocal(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

func (p *parser) database(name, fallback string) string {
	given, caFile := p.orFile(name), p.text("DATABASE_CA_FILE", "")
	p.given[name] = given != ""
	value := p.withStoredUser(name, cmp.Or(given, fallback))
	if caFile != "" {
		value = p.withCA(value, caFile)
	}
	shown, err := database.CheckURL(value)
	if err != nil {
		p.fault(name, "%v", err)
	}
	p.values[name] = shown
	return value
}

// withCA returns the URL of a database that is verified with the certificates of a file.
func (p *parser) withCA(databaseURL, file string) string {
	if err := database.CheckCA(file); err != nil {
		p.fault("DATABASE_CA_FILE", "%v", err)
		return databaseURL
	}
	withCA, ok := database.WithCA(databaseURL, file)
	if !ok {
		p.fault("DATABASE_CA_FILE", "is only for a MySQL database whose URL has no ca, and whose tls, if any, is verify or "+
			"preferred")
	}
	return withCA
}

// withStoredUser returns the URL of a database with the user and the password of the database's secret. It returns the
// URL unchanged if there is no secret, or if the URL has a password of its own. If the secret has only a user and a
// password, the variable has to have the rest of the URL.
func (p *parser) withStoredUser(name, databaseURL string) string {
	stored := p.stored[name]
	if stored.Text == "" || !database.LacksPassword(databaseURL) && databaseURL != stored.Text {
		return databaseURL
	}
	if strings.HasSuffix(stored.Text, "@/") && databaseURL == stored.Text {
		p.fault(name, "the secret has a user and a password only; set %s%s to the rest, such as mysql://HOST:3306/NAME",
			prefix, name)
		return "mysql://host/name" // so that nothing else is reported
	}
	if databaseURL != stored.Text {
		p.provenance[name] = "with the user of the secret " + stored.Secret
	}
	return database.WithUser(databaseURL, stored.Text)
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
	value, file := p.read(name), p.read(name+"_FILE")
	if value != "" && file != "" {
		p.fault(name, "give either it or %s%s_FILE", prefix, name)
	}
	if value == "" && file == "" {
		return p.readStored(name)
	}
	if file == "" {
		return value
	}
	p.provenance[name], p.given[name] = "from "+file, true
	content, err := os.ReadFile(file)
	if err != nil {
		p.fault(name+"_FILE", "%v", err)
	}
	return strings.TrimSpace(string(content))
}

// secret reads a secret of at least session.MinSecret characters. If there is none, it returns nil, and antwon config
// prints the text of the parameter without.
func (p *parser) secret(name, without string) []byte {
	value := p.anySecret(name, without)
	if value != nil && len(value) < session.MinSecret {
		p.fault(name, "has %d characters, want at least %d", len(value), session.MinSecret)
	}
	return value
}

// anySecret reads a secret of any length.
func (p *parser) anySecret(name, without string) []byte {
	value := p.orFile(name)
	if value == "" {
		p.values[name] = without
		return nil
	}
	p.values[name] = "(secret)"
	return []byte(value)
}

// keys reads the present key, followed by the older keys that it replaced.
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
			p.fault(oldName, "needs %s%s, the present key", prefix, name)
		case len(key) < session.MinSecret:
			p.fault(oldName, "has a key of %d characters, want at least %d", len(key), session.MinSecret)
		}
		keys = append(keys, []byte(key))
	}
	return keys
}

func (p *parser) origins(name string) []string {
	var origins []string
	value := p.text(name, "")
	for origin := range strings.SplitSeq(value, ",") {
		origin = strings.TrimSpace(origin)
		if origin == "" {
			continue
		}
		if u, err := url.Parse(origin); err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin {
			p.fault(name, "%q: want origins such as https://party.example.org, separated by commas", value)
		}
		origins = append(origins, origin)
	}
	return origins
}

// pushHosts reads the hosts of push services.
func (p *parser) pushHosts(name string) (hosts []string) {
	value := p.text(name, "")
	for host := range strings.SplitSeq(value, ",") {
		host = strings.ToLower(strings.TrimSpace(host))
		if host == "" {
			continue
		}
		if !push.IsHost(host) {
			p.fault(name, "%q: want hosts such as push.example.org or *.example.org, separated by commas", value)
			return nil
		}
		hosts = append(hosts, host)
	}
	return hosts
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

// age reads how long something is kept: 0, which means forever, or at least a day, which the API promises to clients.
func (p *parser) age(name string, fallback time.Duration) time.Duration {
	value := p.text(name, fallback.String())
	d, err := time.ParseDuration(value)
	if err != nil || d != 0 && d < 24*time.Hour {
		p.fault(name, "%q: want a time from 24h, such as %v, or 0 for forever", value, fallback)
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

// networks reads addresses and networks, separated by commas or spaces.
func (p *parser) networks(name string) (networks []netip.Prefix) {
	value := p.text(name, "")
	for _, text := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }) {
		network, err := netip.ParsePrefix(text)
		if address, single := netip.ParseAddr(text); err != nil && single == nil {
			network, err = address.Prefix(address.BitLen())
		}
		if err != nil {
			p.fault(name, "%q: want addresses such as 10.0.0.7 or 10.0.0.0/8, separated by commas", value)
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
