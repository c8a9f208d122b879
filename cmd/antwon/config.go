package main

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/live/natsbus"
	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/internal/session"
)

// prefix is what all variables of ours begin with.
const prefix = "ANTWON_"

// config is the whole configuration, checked.
type config struct {
	addr           string
	publicURL      string // without a slash at the end
	databaseURL    string
	natsURL        string   // "": this is the only server
	sessionSecret  []byte   // nil: one is kept beside the database
	encryptionKeys [][]byte // for hosts' tokens, the present one first; nil: the session secret
	spotify        spotifyApp
	allowedOrigins []string
	trustedProxies []netip.Prefix
	introspection  bool
	compress       bool
	limits         gqlserver.Limits
	playback       bool
	feedInterval   time.Duration
	logLevel       slog.Level
	logFormat      string
	songSeconds    int

	values map[string]string // as they were given or defaulted, secrets left out
}

// spotifyApp is the server's app at Spotify. Without a client id Spotify is simulated.
type spotifyApp struct {
	clientID, clientSecret string
	apiURL, accountsURL    string
	requestsPer30s         int
}

// configError is a configuration that cannot be used, with everything that is wrong with it.
type configError struct{ faults []string }

func (e *configError) Error() string {
	if len(e.faults) == 1 {
		return e.faults[0]
	}
	return "the configuration cannot be used:\n  - " + strings.Join(e.faults, "\n  - ")
}

// parser reads variables and gathers faults.
type parser struct {
	given  map[string]string
	values map[string]string
	faults []string
}

// parseConfig reads the configuration from the environment. Its error is a *configError.
func parseConfig(environ []string) (config, error) {
	p := &parser{given: map[string]string{}, values: map[string]string{}}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, prefix+"TEST_") {
			p.given[strings.TrimPrefix(name, prefix)] = value
		}
	}
	cfg := config{
		addr:           p.address("ADDR", "127.0.0.1:8080"),
		databaseURL:    p.database("DATABASE_URL", "sqlite:data/antwon.db"),
		natsURL:        p.nats("NATS_URL"),
		sessionSecret:  p.secret("SESSION_SECRET", "(not set: one is kept beside the database)"),
		encryptionKeys: p.keys(),
		spotify: spotifyApp{
			clientID:       p.text("SPOTIFY_CLIENT_ID", ""),
			clientSecret:   string(p.anySecret("SPOTIFY_CLIENT_SECRET", "(not set: the app proves itself by PKCE alone)")),
			apiURL:         p.url("SPOTIFY_API_URL", "https://api.spotify.com/v1"),
			accountsURL:    p.url("SPOTIFY_ACCOUNTS_URL", "https://accounts.spotify.com"),
			requestsPer30s: p.count("SPOTIFY_REQUESTS", 60),
		},
		allowedOrigins: p.origins("ALLOWED_ORIGINS"),
		trustedProxies: p.networks("TRUSTED_PROXIES"),
		introspection:  p.oneOf("INTROSPECTION", "off", "on") == "on",
		compress:       p.oneOf("COMPRESS", "on", "off") == "on",
		limits: gqlserver.Limits{
			MessageBytes:          int64(p.count("MESSAGE_BYTES", 64<<10)),
			Operations:            p.count("OPERATIONS", 100),
			OperationsPerSecond:   p.count("OPERATIONS_PER_SECOND", 20),
			ConnectionsPerUser:    p.count("CONNECTIONS_PER_USER", 50),
			ConnectionsPerAddress: p.count("CONNECTIONS_PER_ADDRESS", 2000),
			InitTimeout:           p.duration("INIT_TIMEOUT", 10*time.Second),
			PingInterval:          p.duration("PING_INTERVAL", 25*time.Second),
			WriteTimeout:          p.duration("WRITE_TIMEOUT", 10*time.Second),
			DrainWindow:           p.duration("DRAIN_WINDOW", 2*time.Second),
		},
		playback:     p.oneOf("PLAYBACK", "on", "off") == "on",
		feedInterval: p.duration("FEED_INTERVAL", 50*time.Millisecond),
		logFormat:    p.oneOf("LOG_FORMAT", "text", "json"),
		songSeconds:  p.seconds("DEMO_SONG_SECONDS"),
		values:       p.values,
	}
	cfg.publicURL = p.url("PUBLIC_URL", "http://"+reachable(cfg.addr))
	if err := cfg.logLevel.UnmarshalText([]byte(p.text("LOG_LEVEL", "info"))); err != nil {
		p.fault("LOG_LEVEL", "want debug, info, warn or error")
	}
	for _, name := range slices.Sorted(maps.Keys(p.given)) {
		p.fault(name, "there is no such variable")
	}
	if len(p.faults) > 0 {
		return config{}, &configError{p.faults}
	}
	return cfg, nil
}

func (p *parser) fault(name, format string, args ...any) {
	p.faults = append(p.faults, prefix+name+": "+fmt.Sprintf(format, args...))
}

// take returns a variable's value, and strikes it off those that nobody has asked for.
func (p *parser) take(name string) string {
	value := strings.TrimSpace(p.given[name])
	delete(p.given, name)
	return value
}

func (p *parser) text(name, fallback string) string {
	value := p.take(name)
	if value == "" {
		value = fallback
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

func (p *parser) database(name, fallback string) string {
	value := cmp.Or(p.orFile(name), fallback)
	shown, err := jukebox.CheckDatabaseURL(value)
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
	if file == "" {
		return value
	}
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

// keys reads what hosts' tokens are sealed with: the present key, and those that older ones may be sealed with.
func (p *parser) keys() (keys [][]byte) {
	present := p.secret("ENCRYPTION_KEY", "(not set: derived from the session secret)")
	old := p.anySecret("ENCRYPTION_KEYS_OLD", "")
	if present != nil {
		keys = append(keys, present)
	}
	for key := range strings.SplitSeq(string(old), ",") {
		switch key = strings.TrimSpace(key); {
		case key == "":
			continue
		case present == nil:
			p.fault("ENCRYPTION_KEYS_OLD", "needs ENCRYPTION_KEY, the present one")
		case len(key) < session.MinSecret:
			p.fault("ENCRYPTION_KEYS_OLD", "has a key of %d characters, want at least %d", len(key), session.MinSecret)
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
	value := p.text(name, fallback.String())
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 || d > time.Minute {
		p.fault(name, "%q: want a time from 0s to 1m, such as %v", value, fallback)
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

func (c config) print(w io.Writer) error {
	for _, name := range slices.Sorted(maps.Keys(c.values)) {
		if _, err := fmt.Fprintf(w, "%s%s=%s\n", prefix, name, c.values[name]); err != nil {
			return err
		}
	}
	return nil
}

func newLogger(cfg config, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.logLevel}
	var handler slog.Handler = slog.NewTextHandler(w, options)
	if cfg.logFormat == "json" {
		handler = slog.NewJSONHandler(w, options)
	}
	return slog.New(server.LogHandler(handler))
}
