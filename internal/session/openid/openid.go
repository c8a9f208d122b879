// Package openid asks an OpenID Connect provider who somebody is. Any provider will do that publishes a discovery document
// (OpenID Connect Discovery 1.0) and signs with a public key; Amazon Cognito is known by its issuer, as it has ways of its own.
//
// The provider is looked up when it is first needed, and again after a failure, so that a server starts without it.
package openid

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

// Config is what a provider knows of us, and we of it.
type Config struct {
	Issuer       string // as it stands in the provider's tokens
	ClientID     string
	ClientSecret string
	RedirectURL  string // where the provider sends browsers back to
}

const (
	timeout = 10 * time.Second // for one conversation with the provider; somebody waits for it
	// pause is how long a provider that could not be looked up is left alone; who waited for the same is told the same.
	pause = 2 * time.Second
)

// Provider implements account.IdentityProvider. It is safe for concurrent use.
type Provider struct {
	cfg  Config
	http *http.Client

	mu       sync.Mutex
	found    *discovered // guarded by mu; nil: not found yet
	failed   error       // guarded by mu: why not
	failedAt time.Time   // guarded by mu
}

// discovered is what the provider says of itself.
type discovered struct {
	oauth      oauth2.Config
	verifier   *oidc.IDTokenVerifier
	provider   *oidc.Provider
	endSession string // where it signs out; empty: nowhere
}

// New returns a provider that is not looked up yet.
func New(cfg Config) *Provider {
	return &Provider{cfg: cfg, http: &http.Client{Timeout: timeout}}
}

// discover returns what the provider says of itself. Those who want it at the same time wait for one answer.
func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil && time.Since(p.failedAt) > pause {
		p.found, p.failed = p.lookUp(context.WithoutCancel(ctx)) // the first one's leaving is no failure for the others
		p.failedAt = time.Now()
	}
	if p.found == nil {
		return nil, unavailable("look up the identity provider", p.failed)
	}
	return p.found, nil
}

func (p *Provider) lookUp(ctx context.Context) (*discovered, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, p.http), p.cfg.Issuer)
	if err != nil {
		return nil, err
	}
	var also struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := provider.Claims(&also); err != nil {
		return nil, err
	}
	return &discovered{
		oauth: oauth2.Config{
			ClientID: p.cfg.ClientID, ClientSecret: p.cfg.ClientSecret, RedirectURL: p.cfg.RedirectURL, Endpoint: provider.Endpoint(),
			Scopes: []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail},
		},
		verifier: provider.Verifier(&oidc.Config{ClientID: p.cfg.ClientID}), provider: provider, endSession: also.EndSession,
	}, nil
}

// LoginURL implements account.IdentityProvider.
func (p *Provider) LoginURL(ctx context.Context, state, nonce, verifier string) (string, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	return found.oauth.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Identify implements account.IdentityProvider.
func (p *Provider) Identify(ctx context.Context, code, nonce, verifier string) (account.Identity, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return account.Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.http)
	granted, err := found.oauth.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return account.Identity{}, exchangeError(err)
	}
	raw, _ := granted.Extra("id_token").(string)
	token, err := found.verifier.Verify(ctx, raw)
	if err != nil {
		return account.Identity{}, refused(fmt.Errorf("check the identity: %w", err))
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return account.Identity{}, refused(errors.New("the identity has another login's nonce"))
	}
	var c claims
	if err := token.Claims(&c); err != nil {
		return account.Identity{}, refused(fmt.Errorf("read the identity: %w", err))
	}
	if c.isBare() {
		c = found.ask(ctx, granted, token.Subject, c)
	}
	return c.identity(token.Issuer, token.Subject), nil
}

// ask gets the profile that some providers keep out of their ID tokens. Nobody is kept out for the lack of one.
func (d *discovered) ask(ctx context.Context, granted *oauth2.Token, subject string, bare claims) claims {
	if d.provider.UserInfoEndpoint() == "" {
		return bare
	}
	info, err := d.provider.UserInfo(ctx, oauth2.StaticTokenSource(granted))
	if err != nil || info.Subject != subject {
		return bare
	}
	full := bare
	if info.Claims(&full) != nil {
		return bare
	}
	return full
}

// LogoutURL implements account.IdentityProvider. Cognito's page is beside its page for logging in, and has parameters of its
// own (Amazon Cognito Developer Guide, "Logout endpoint"); others are as OpenID Connect RP-Initiated Logout 1.0 has it. There
// the page has to be one that the provider was told of.
func (p *Provider) LogoutURL(ctx context.Context, page string) (string, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	if p.isCognito() {
		return addressOf(strings.TrimSuffix(found.oauth.Endpoint.AuthURL, "/oauth2/authorize")+"/logout",
			url.Values{"client_id": {p.cfg.ClientID}, "logout_uri": {page}})
	}
	if found.endSession == "" {
		return "", nil
	}
	return addressOf(found.endSession, url.Values{"client_id": {p.cfg.ClientID}, "post_logout_redirect_uri": {page}})
}

func (p *Provider) isCognito() bool {
	issuer, err := url.Parse(p.cfg.Issuer)
	return err == nil && strings.HasPrefix(issuer.Host, "cognito-idp.")
}

// addressOf adds parameters to an address that may have some.
func addressOf(page string, parameters url.Values) (string, error) {
	u, err := url.Parse(page)
	if err != nil {
		return "", fmt.Errorf("the identity provider's page for signing out: %w", err)
	}
	query := u.Query()
	for name, values := range parameters {
		query[name] = values
	}
	u.RawQuery = query.Encode()
	return u.String(), nil
}

// exchangeError tells a provider that said no to a code from one that said nothing of use.
func exchangeError(err error) error {
	said, ok := errors.AsType[*oauth2.RetrieveError](err)
	if ok && said.Response != nil && said.Response.StatusCode < 500 && said.Response.StatusCode != http.StatusTooManyRequests {
		if said.ErrorCode == "invalid_client" || said.ErrorCode == "unauthorized_client" {
			return fmt.Errorf("the identity provider does not take our client ID and secret: %w", err)
		}
		return refused(err)
	}
	return unavailable("exchange the code", err)
}

func refused(err error) error {
	return &party.Error{
		Code: party.BadUserInput, Field: "code", Message: "The identity provider did not confirm this login: begin again.", Err: err,
	}
}

func unavailable(what string, err error) error {
	return &party.Error{
		Code: party.UpstreamUnavailable, Message: "The identity provider does not answer: try again in a moment.",
		RetryAfter: timeout, Err: fmt.Errorf("%s: %w", what, err),
	}
}
