package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/session"
	"antwon.dj/backend/internal/session/openid"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/telemetry"
)

// site is what a server stands on, and then the server itself. openSite and start make one.
type site struct {
	cfg     config
	log     *slog.Logger
	metrics *prometheus.Registry
	tracing *telemetry.Tracing
	store   *database.DB
	bus     *hintBus
	tokens  *session.Tokens
	vault   *spotify.Vault
	spotify *spotify.Client

	accounts *account.Accounts
	jukebox  *jukebox.Jukebox
	program  *program
}

// openSite opens the database, the bus and the way to Spotify. There is a session secret.
func openSite(ctx context.Context, cfg config, log *slog.Logger) (s *site, err error) {
	s = &site{cfg: cfg, log: log, metrics: newMetrics()}
	if s.tokens, err = session.New(cfg.sessionSecrets[0], cfg.sessionSecrets[1:]...); err != nil {
		return nil, err
	}
	keys := cfg.encryptionKeys
	if keys == nil {
		keys = cfg.sessionSecrets
	}
	if s.vault, err = spotify.NewVault(keys[0], keys[1:]...); err != nil {
		return nil, err
	}
	if s.tracing, err = startTracing(ctx, cfg, log, s.metrics); err != nil {
		return nil, err
	}
	if s.store, err = database.OpenAs(ctx, cfg.databaseURL, cfg.databaseLogin); err != nil {
		s.tracing.Close()
		return nil, err
	}
	if s.bus, err = openBus(cfg, log, s.metrics, s.tracing.Provider()); err != nil {
		s.tracing.Close()
		return nil, errors.Join(err, s.store.Close())
	}
	s.spotify = spotify.New(spotify.Config{
		APIURL: cfg.spotify.apiURL, AccountsURL: cfg.spotify.accountsURL, RedirectURL: cfg.publicURL + "/spotify/callback",
		ClientID: cfg.spotify.clientID, ClientSecret: cfg.spotify.clientSecret, RequestsPer30s: cfg.spotify.requestsPer30s,
		Vault: s.vault, Accounts: account.NewCredentialStore(s.store), Log: log, Metrics: s.metrics,
	})
	return s, nil
}

// freedoms are what only a demo with a simulated Spotify has.
type freedoms struct {
	accounts account.DemoAccounts
	covers   http.Handler
	host     func(ctx context.Context, key string) (*account.Session, error)
}

// start puts the jukebox and the wire on it; nothing runs before program.serve.
func (s *site) start(demo freedoms) {
	s.accounts = account.New(account.Config{
		Database: s.store, Tokens: s.tokens, Authorizer: s.spotify, Identity: identityOf(s.cfg), DemoLogin: s.cfg.isDemo(),
		Demo: demo.accounts, PublicURL: s.cfg.publicURL, AllowedOrigins: s.cfg.allowedOrigins, Log: s.log, Metrics: s.metrics,
	})
	s.jukebox = jukebox.New(jukebox.Config{
		Database: s.store, Bus: s.bus, Accounts: s.accounts, Catalog: s.spotify, Library: s.spotify, PublicURL: s.cfg.publicURL,
		Free: func(v account.Viewer) bool { return isFree(s.cfg, v) }, FeedInterval: s.cfg.feedInterval, Log: s.log, Metrics: s.metrics,
		Tracing: s.tracing.Provider(),
	})
	s.bus.serves(s.jukebox)
	s.program = assemble(s, demo)
}

// identityOf is the provider that hosts sign in by, or nil.
func identityOf(cfg config) account.IdentityProvider {
	if cfg.oidc.Issuer == "" {
		return nil
	}
	provider := cfg.oidc
	provider.RedirectURL = cfg.publicURL + "/auth/callback"
	return openid.New(provider)
}

// isFree says who may do as much as they like: the hosts of a demo, who try things out.
func isFree(cfg config, v account.Viewer) bool { return cfg.isDemo() && v.Kind == party.HostUser }

func (s *site) close() error {
	s.spotify.Close()
	s.bus.close()
	s.tracing.Close()
	return s.store.Close()
}
