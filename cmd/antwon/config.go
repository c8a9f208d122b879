package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/secrets"
	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/internal/session/openid"
	"antwon.dj/backend/internal/telemetry"
)

// prefix begins the names of all variables of this program.
const prefix = "ANTWON_"

// spotifyAPI is the address of the real Spotify's Web API.
const spotifyAPI = "https://api.spotify.com/v1"

// config is the whole configuration, after all checks.
type config struct {
	addr           string
	metricsAddr    string // "": metrics and health are shown at addr
	publicURL      string // without a slash at the end
	databaseURL    string
	databaseLogin  database.Credentials // nil: the URL has the user and password
	databaseWait   time.Duration        // how long a start waits for a database that is not available
	natsURL        string               // "": this is the only server
	sessionSecrets [][]byte             // sign access tokens, the present one first; nil: see keptSecret
	encryptionKeys [][]byte             // encrypt hosts' tokens, the present one first; nil: the session secrets
	spotify        spotifyApp
	oidc           openid.Config // without an issuer no identity provider is used
	allowedOrigins []string
	pushHosts      []string // of push services besides those that the program knows
	trustedProxies []netip.Prefix
	proxyHeader    server.ProxyHeader // where they write client addresses
	introspection  bool
	compress       bool
	limits         gqlserver.Limits
	connections    int // of all clients together
	playback       bool
	feedInterval   time.Duration
	stopDelay      time.Duration // from the signal to stop until clients are disconnected
	stopTimeout    time.Duration // until clients are disconnected; a supervisor may kill the server 10 s later
	keepRooms      time.Duration // for how long closed rooms are kept; 0: forever
	logLevel       slog.Level
	logFormat      string
	tracing        telemetry.Config
	metricsFormat  string // prometheus: at /metrics alone; emf: also on standard output
	songSeconds    int
	command        string // the command with which the program was started

	given      map[string]bool   // by variable: whether it has a value of its own, not the default
	values     map[string]string // by variable, to be printed: without secrets
	provenance map[string]string // by variable: where its value comes from, if that is not the variable itself
	source     *secrets.Source   // nil: secrets come from variables and files only
}

// consoleURL returns the address at which hosts open the console. Spotify sends browsers back to https and to loopback
// addresses only. So at a server without TLS that is open to the network, hosts use the server's own machine.
func (c config) consoleURL() string {
	if isSafe(c.publicURL) {
		return c.publicURL
	}
	return "http://" + reachableHere(c.addr)
}

// isDemo reports whether anybody can become a host.
func (c config) isDemo() bool { return c.command == "demo" }

// schemaIsPublic reports whether clients may read the schema, by introspection and as a file.
func (c config) schemaIsPublic() bool { return c.isDemo() || c.introspection }

// spotifyApp is the server's app at Spotify. Without a client id Spotify is simulated.
type spotifyApp struct {
	clientID, clientSecret string
	apiURL, accountsURL    string
	requestsPer30s         int
}

// configError lists everything that is wrong with a configuration.
type configError struct{ faults []string }

func (e *configError) Error() string {
	if len(e.faults) == 1 {
		return e.faults[0]
	}
	return "the configuration cannot be used:\n  - " + strings.Join(e.faults, "\n  - ")
}

// parseConfig reads the configuration of a command from the environment. Variables that the environment does not have
// come from the secrets. Its error is a *configError.
func parseConfig(command string, environ []string, stored secrets.Values) (config, error) {
	p := newParser(environ, stored)
	p.secrets()
	cfg := config{
		addr:           p.address("ADDR", "127.0.0.1:8080"),
		metricsAddr:    p.addressIfAny("METRICS_ADDR", "127.0.0.1:9090"),
		databaseURL:    p.database("DATABASE_URL", "sqlite:data/antwon.db"),
		databaseWait:   p.durationIn("DATABASE_WAIT", time.Minute, 0, time.Hour),
		natsURL:        p.nats("NATS_URL"),
		sessionSecrets: p.keys("SESSION_SECRET", "SESSION_SECRETS_OLD", "(not set: one is kept beside the database)"),
		encryptionKeys: p.keys("ENCRYPTION_KEY", "ENCRYPTION_KEYS_OLD", "(not set: derived from the session secret)"),
		spotify:        p.spotifyApp(),
		oidc:           p.oidc(),
		allowedOrigins: p.origins("ALLOWED_ORIGINS"),
		pushHosts:      p.pushHosts("PUSH_HOSTS"),
		trustedProxies: p.networks("TRUSTED_PROXIES"),
		proxyHeader: server.ProxyHeader(p.oneOf("PROXY_HEADER",
			string(server.XForwardedFor), string(server.Forwarded), string(server.ProxyProtocol))),
		introspection: p.oneOf("INTROSPECTION", "off", "on") == "on",
		compress:      p.oneOf("COMPRESS", "on", "off") == "on",
		limits:        p.limits(),
		connections:   p.count("CONNECTIONS", 10_000),
		playback:      p.oneOf("PLAYBACK", "on", "off") == "on",
		feedInterval:  p.duration("FEED_INTERVAL", 50*time.Millisecond),
		stopDelay:     p.durationIn("STOP_DELAY", 0, 0, 10*time.Minute),
		keepRooms:     p.age("KEEP_ROOMS", 30*24*time.Hour),
		logFormat:     p.oneOf("LOG_FORMAT", "text", "json"),
		tracing:       p.tracing(environ),
		metricsFormat: p.oneOf("METRICS", "prometheus", "emf"),
		songSeconds:   p.seconds("DEMO_SONG_SECONDS"),
		given:         p.given,
		values:        p.values,
		provenance:    p.provenance,
		command:       command,
	}
	cfg.publicURL = p.url("PUBLIC_URL", "http://"+reachableByOthers(cfg.addr))
	if err := cfg.logLevel.UnmarshalText([]byte(p.text("LOG_LEVEL", "info"))); err != nil {
		p.fault("LOG_LEVEL", "want debug, info, warn or error")
	}
	cfg.stopTimeout = p.stopTimeout(cfg.stopDelay + cfg.limits.DrainWindow)
	if cfg.proxyHeader != server.XForwardedFor && len(cfg.trustedProxies) == 0 {
		p.fault("PROXY_HEADER", "set ANTWON_TRUSTED_PROXIES, too: only trusted proxies are believed")
	}
	for _, name := range slices.Sorted(maps.Keys(p.unread)) {
		p.fault(name, "there is no such variable")
	}
	if command == "serve" {
		p.faults = append(p.faults, cfg.lacks()...)
	}
	if len(p.faults) > 0 {
		return config{}, &configError{p.faults}
	}
	return cfg, nil
}

// spotifyApp reads the app at Spotify.
func (p *parser) spotifyApp() spotifyApp {
	return spotifyApp{
		clientID:       p.text("SPOTIFY_CLIENT_ID", ""),
		clientSecret:   string(p.anySecret("SPOTIFY_CLIENT_SECRET", "(not set: the app proves itself by PKCE alone)")),
		apiURL:         p.url("SPOTIFY_API_URL", spotifyAPI),
		accountsURL:    p.url("SPOTIFY_ACCOUNTS_URL", "https://accounts.spotify.com"),
		requestsPer30s: p.count("SPOTIFY_REQUESTS", 60),
	}
}

// oidc reads the settings of the identity provider, except for the address to which it sends browsers back.
func (p *parser) oidc() openid.Config {
	return openid.Config{
		Issuer:       p.issuer("OIDC_ISSUER"),
		ClientID:     p.text("OIDC_CLIENT_ID", ""),
		ClientSecret: string(p.anySecret("OIDC_CLIENT_SECRET", "")),
	}
}

// limits reads the limits of GraphQL's clients.
func (p *parser) limits() gqlserver.Limits {
	return gqlserver.Limits{
		MessageBytes:          int64(p.count("MESSAGE_BYTES", 64<<10)),
		Operations:            p.count("OPERATIONS", 100),
		OperationsPerSecond:   p.count("OPERATIONS_PER_SECOND", 20),
		ConnectionsPerUser:    p.count("CONNECTIONS_PER_USER", 50),
		ConnectionsPerAddress: p.count("CONNECTIONS_PER_ADDRESS", 2000),
		AnonymousPerAddress:   p.count("ANONYMOUS_PER_ADDRESS", 200),
		AnonymousIdle:         p.duration("ANONYMOUS_IDLE", time.Minute),
		OperationCost:         p.count("OPERATION_COST", 50_000),
		CostPerUser:           p.count("COST_PER_USER", 5000),
		CostPerAddress:        p.count("COST_PER_ADDRESS", 50_000),
		AnswerBytes:           p.count("ANSWER_BYTES", 4<<20),
		InitTimeout:           p.duration("INIT_TIMEOUT", 10*time.Second),
		PingInterval:          p.duration("PING_INTERVAL", 25*time.Second),
		WriteTimeout:          p.duration("WRITE_TIMEOUT", 10*time.Second),
		DrainWindow:           p.duration("DRAIN_WINDOW", 2*time.Second),
	}
}

// stopTimeout reads how long it may take until clients are disconnected. planned is the part for the stop delay and the
// drain window; the rest is for requests that still run. The last steps, such as handing over rooms, take up to 10 s
// more: a supervisor should not kill the server earlier than that.
func (p *parser) stopTimeout(planned time.Duration) time.Duration {
	const least, usual, most = 5 * time.Second, 10 * time.Second, 20 * time.Minute
	value := p.durationIn("STOP_TIMEOUT", planned+usual, time.Second, most)
	if value < planned+least {
		p.fault("STOP_TIMEOUT", "%v is too short for the stop delay and the drain window, together %v: want at least %v. "+
			"Do not let the supervisor kill the server earlier than 10 s after that", value, planned, planned+least)
	}
	return value
}

// printConfig prints every variable with its effective value, without secrets. If the value does not come from the
// variable itself, it also prints where the value comes from.
func printConfig(_ context.Context, cfg config, stdout io.Writer, _ *slog.Logger) error {
	for _, name := range slices.Sorted(maps.Keys(cfg.values)) {
		line := shownName(name) + "=" + withoutSecrets(cfg.values[name])
		if origin := cfg.provenance[name]; origin != "" {
			line += " # " + origin
		}
		if _, err := fmt.Fprintln(stdout, line); err != nil {
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
	return slog.New(server.LogHandler(telemetry.LogHandler(handler, cfg.tracing.IDs)))
}
