package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/demo"
	"antwon.dj/backend/internal/gqlserver"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/purge"
	"antwon.dj/backend/internal/push"
	"antwon.dj/backend/internal/server"
	"antwon.dj/backend/internal/session"
	"antwon.dj/backend/internal/session/openid"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/telemetry"
)

// program is a server: its parts, in the order in which they depend on each other. openProgram opens the outside
// connections, assemble adds the rest, run serves, and close closes what openProgram opened.
type program struct {
	cfg     config
	log     *slog.Logger
	metrics *prometheus.Registry
	// draining is closed when the server is about to stop.
	draining chan struct{}

	// What openProgram opens.
	tokens   *session.Tokens
	cipher   *spotify.TokenCipher
	pushKeys push.Keys
	tracing  *telemetry.Tracing
	unlock   func() error // lets another server use the database, if it is a file
	database *database.DB
	// databaseReady returns an error if the database cannot be used. Its answer is up to databaseReadyKept old.
	databaseReady func(context.Context) error

	bus     *hintBus
	spotify *spotify.Client

	// What assemble adds.
	demo       *demo.Demo // nil unless this is a demo with a simulated Spotify
	accounts   *account.Accounts
	jukebox    *jukebox.Jukebox
	purger     *purge.Purger
	graphql    *gqlserver.Handler
	supervisor *playback.Supervisor // nil: this server drives no player
	http       *http.Server
	monitoring *http.Server // nil: monitoring has no address of its own
	// connections are those of http.
	connections *server.Connections
}

// openProgram opens the keys, the exporter of traces, the database, the bus and the client of Spotify. The
// configuration must have a session secret.
func openProgram(ctx context.Context, cfg config, log *slog.Logger) (_ *program, err error) {
	p := &program{cfg: cfg, log: log, metrics: newMetrics(buildOf()), draining: make(chan struct{})}
	if err := p.openKeys(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	if p.tracing, err = telemetry.Start(ctx, p.tracingConfig()); err != nil {
		return nil, err
	}
	if p.unlock, err = database.LockServer(cfg.databaseURL); err != nil {
		return nil, err
	}
	if p.database, err = openDatabase(ctx, cfg, log); err != nil {
		return nil, err
	}
	p.databaseReady = server.Shared(p.database.Ready, databaseReadyKept)
	if p.bus, err = p.openBus(); err != nil {
		return nil, err
	}
	p.spotify = p.newSpotify()
	return p, nil
}

// close closes what openProgram opened, in reverse order. Call it after run has returned.
func (p *program) close() error {
	if p.spotify != nil {
		p.spotify.Close()
	}
	if p.bus != nil {
		p.bus.close()
	}
	if p.tracing != nil {
		p.tracing.Close()
	}
	var err error
	if p.database != nil {
		err = p.database.Close()
	}
	if p.unlock != nil {
		err = errors.Join(err, p.unlock())
	}
	return err
}

// openDatabase opens the database, and waits for it as long as the configuration says.
func openDatabase(ctx context.Context, cfg config, log *slog.Logger) (*database.DB, error) {
	return database.OpenWith(ctx, cfg.databaseURL, database.Options{
		Credentials: cfg.databaseLogin, Wait: cfg.databaseWait, Log: log,
	})
}

func newMetrics(b build) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewBuildInfoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), b.metric())
	return registry
}

// openKeys creates the signer of access tokens, the token cipher and the keys for push services from their secrets.
// Without encryption keys, the cipher uses the session secrets.
func (p *program) openKeys() (err error) {
	sessionSecrets, encryptionKeys := p.cfg.sessionSecrets, p.cfg.encryptionKeys
	if encryptionKeys == nil {
		encryptionKeys = sessionSecrets
	}
	if p.tokens, err = session.New(sessionSecrets[0], sessionSecrets[1:]...); err != nil {
		return err
	}
	if p.pushKeys, err = push.DeriveKeys(sessionSecrets); err != nil {
		return err
	}
	p.cipher, err = spotify.NewTokenCipher(encryptionKeys[0], encryptionKeys[1:]...)
	return err
}

func (p *program) tracingConfig() telemetry.Config {
	cfg := p.cfg.tracing
	cfg.Log, cfg.Metrics = p.log, p.metrics
	return cfg
}

func (p *program) newSpotify() *spotify.Client {
	app := p.cfg.spotify
	return spotify.New(spotify.Config{
		APIURL:         app.apiURL,
		AccountsURL:    app.accountsURL,
		RedirectURL:    p.cfg.consoleURL() + "/spotify/callback",
		ClientID:       app.clientID,
		ClientSecret:   app.clientSecret,
		RequestsPer30s: app.requestsPer30s,
		Cipher:         p.cipher,
		Accounts:       account.NewCredentialStore(p.database),
		Log:            p.log,
		Metrics:        p.metrics,
	})
}

// assemble adds the use cases, GraphQL, the players' supervisor and the HTTP server. None of them runs before run. d is
// nil unless this is a demo with a simulated Spotify.
func (p *program) assemble(d *demo.Demo) {
	p.demo = d
	p.accounts = p.newAccounts()
	p.jukebox = p.newJukebox()
	p.purger = purge.New(p.database, p.jukebox.ForgetRoom, p.metrics)
	p.bus.serves(p.jukebox.Reconcile, p.accounts.ReconcileEnded)
	p.graphql = p.newGraphQL()
	p.accounts.OnEnded(p.graphql.CloseEnded)
	if p.cfg.playback {
		p.supervisor = p.newSupervisor()
	}
	p.connections = server.NewConnections(p.cfg.connections, p.cfg.trustedProxies, p.log, p.metrics)
	p.http, p.monitoring = p.newHTTP()
}

func (p *program) newAccounts() *account.Accounts {
	cfg := account.Config{
		Database:       p.database,
		Tokens:         p.tokens,
		Bus:            p.bus,
		Authorizer:     p.spotify,
		Identity:       identityOf(p.cfg),
		DemoLogin:      p.cfg.isDemo(),
		PublicURL:      p.cfg.publicURL,
		AllowedOrigins: p.cfg.allowedOrigins,
		Log:            p.log,
		Metrics:        p.metrics,
	}
	if p.demo != nil {
		cfg.Demo = p.demo
	}
	return account.New(cfg)
}

// identityOf returns the provider that hosts sign in with, or nil.
func identityOf(cfg config) account.IdentityProvider {
	if cfg.oidc.Issuer == "" {
		return nil
	}
	provider := cfg.oidc
	provider.RedirectURL = cfg.publicURL + "/auth/callback"
	return openid.New(provider)
}

func (p *program) newJukebox() *jukebox.Jukebox {
	return jukebox.New(jukebox.Config{
		Database:     p.database,
		Bus:          p.bus,
		Moments:      p.bus,
		Accounts:     p.accounts,
		Catalog:      p.spotify,
		Library:      p.spotify,
		Push:         push.Config{Keys: p.pushKeys, Subject: pushSubject(p.cfg.publicURL), Hosts: p.cfg.pushHosts},
		PublicURL:    p.cfg.publicURL,
		Free:         p.isUnlimited,
		FeedInterval: p.cfg.feedInterval,
		Log:          p.log,
		Metrics:      p.metrics,
		Tracing:      p.tracing.Provider(),
	})
}

// pushSubject returns the URL that tells push services who sends these messages: the public URL. Push services accept
// only https URLs, so the scheme of an http URL, as of a demo, becomes https.
func pushSubject(publicURL string) string {
	_, address, _ := strings.Cut(publicURL, "://")
	return "https://" + address
}

// isUnlimited reports whether no limits apply to a user. They do not apply to the hosts of a demo, who try things out.
func (p *program) isUnlimited(v account.Viewer) bool {
	return p.cfg.isDemo() && v.Kind == party.HostUser
}

func (p *program) newSupervisor() *playback.Supervisor {
	return playback.New(p.jukebox.Driver(), p.spotify, playback.Options{
		OnNodes: p.spotify.SetShare, Log: p.log, Metrics: p.metrics, Tracing: p.tracing.Provider(),
	})
}
