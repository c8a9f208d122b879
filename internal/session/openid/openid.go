// Package openid authenticates users with an OpenID Connect provider. It works with any provider that publishes a
// discovery document (OpenID Connect Discovery 1.0) and signs with a public key. Amazon Cognito is recognised by its
// issuer, because it signs users out in its own way.
//
// The discovery document is fetched when it is first needed, and again after a failure, so that a server starts even
// while the provider is unavailable.
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

// Config describes the provider, and this program as its client.
type Config struct {
	Issuer       string // as in the provider's tokens
	ClientID     string
	ClientSecret string
	RedirectURL  string // where the provider sends browsers back to
}

const (
	requestTimeout = 10 * time.Second // of one request; a person waits for it
	// retryInterval is how long a failure to fetch the discovery document is remembered. Callers in the meantime get the
	// same failure.
	retryInterval = 2 * time.Second
)

// Provider implements account.IdentityProvider. It is safe for concurrent use.
type Provider struct {
	cfg  Config
	http *http.Client

	mu           sync.Mutex
	discovery    *discovery // guarded by mu; nil: not fetched yet
	discoveryErr error      // guarded by mu: why the last attempt failed
	failedAt     time.Time  // guarded by mu: when it failed
}

// discovery is the content of the provider's discovery document.
type discovery struct {
	oauth      oauth2.Config
	verifier   *oidc.IDTokenVerifier
	provider   *oidc.Provider
	endSession string // the end_session_endpoint; empty: the provider has none
}

// New returns a Provider. It sends no request yet.
func New(cfg Config) *Provider {
	return &Provider{cfg: cfg, http: &http.Client{Timeout: requestTimeout}}
}

// discover returns the discovery document, and fetches it if needed. Concurrent callers wait for one request.
func (p *Provider) discover(ctx context.Context) (*discovery, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.discovery == nil && time.Since(p.failedAt) > retryInterval {
		// A caller who gives up must not make the others fail, so the request does not end with the caller's context.
		p.discovery, p.discoveryErr = p.fetchDiscovery(context.WithoutCancel(ctx))
		p.failedAt = time.Now()
	}
	if p.discovery == nil {
		return nil, providerUnavailable("fetch the identity provider's discovery document", p.discoveryErr)
	}
	return p.discovery, nil
}

func (p *Provider) fetchDiscovery(ctx context.Context) (*discovery, error) {
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
	return &discovery{
		oauth: oauth2.Config{
			ClientID: p.cfg.ClientID, ClientSecret: p.cfg.ClientSecret, RedirectURL: p.cfg.RedirectURL,
			Endpoint: provider.Endpoint(),
			Scopes:   []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail},
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
		return account.Identity{}, loginRejected(fmt.Errorf("check the identity: %w", err))
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return account.Identity{}, loginRejected(errors.New("the identity has the nonce of another login"))
	}
	var c claims
	if err := token.Claims(&c); err != nil {
		return account.Identity{}, loginRejected(fmt.Errorf("read the identity: %w", err))
	}
	if err := c.checkToken(token, p.cfg.ClientID); err != nil {
		return account.Identity{}, loginRejected(err)
	}
	if c.hasNoName() {
		c = found.fetchProfile(ctx, granted, token.Subject, c)
	}
	if err := c.checkEmail(); err != nil {
		return account.Identity{}, loginRejected(err)
	}
	return c.identity(token.Issuer, token.Subject), nil
}

// fetchProfile returns the claims of the userinfo endpoint, where some providers keep the names that their ID tokens
// lack. If the request fails it returns the claims that are known already: a missing name must not prevent a login.
func (d *discovery) fetchProfile(ctx context.Context, granted *oauth2.Token, subject string, bare claims) claims {
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

// LogoutURL implements account.IdentityProvider. Cognito's logout endpoint is beside its login page and has its own
// parameters (Amazon Cognito Developer Guide, "Logout endpoint"). For other providers the URL follows OpenID Connect
// RP-Initiated Logout 1.0; the page has to be registered with the provider. The URL is empty if the provider has no
// logout endpoint.
func (p *Provider) LogoutURL(ctx context.Context, page string) (string, error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	if p.isCognito() {
		return withParameters(strings.TrimSuffix(found.oauth.Endpoint.AuthURL, "/oauth2/authorize")+"/logout",
			url.Values{"client_id": {p.cfg.ClientID}, "logout_uri": {page}})
	}
	if found.endSession == "" {
		return "", nil
	}
	return withParameters(found.endSession, url.Values{"client_id": {p.cfg.ClientID}, "post_logout_redirect_uri": {page}})
}

func (p *Provider) isCognito() bool {
	issuer, err := url.Parse(p.cfg.Issuer)
	return err == nil && strings.HasPrefix(issuer.Host, "cognito-idp.")
}

// withParameters adds parameters to the query of a URL.
func withParameters(page string, parameters url.Values) (string, error) {
	u, err := url.Parse(page)
	if err != nil {
		return "", fmt.Errorf("the identity provider's logout endpoint: %w", err)
	}
	query := u.Query()
	for name, values := range parameters {
		query[name] = values
	}
	u.RawQuery = query.Encode()
	return u.String(), nil
}

// exchangeError distinguishes a provider that rejected the code from one that did not answer usefully, and from a wrong
// client secret of ours.
func exchangeError(err error) error {
	failed, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok || failed.Response == nil {
		return providerUnavailable("exchange the code", err)
	}
	if status := failed.Response.StatusCode; status < 500 && status != http.StatusTooManyRequests {
		if failed.ErrorCode == "invalid_client" || failed.ErrorCode == "unauthorized_client" {
			return fmt.Errorf("the identity provider rejects our client ID or secret: %w", err)
		}
		return loginRejected(err)
	}
	return providerUnavailable("exchange the code", err)
}

func loginRejected(err error) error {
	return &party.Error{
		Code: party.BadUserInput, Field: "code", Err: err,
		Message: "The identity provider did not confirm this login. Sign in again.",
	}
}

func providerUnavailable(what string, err error) error {
	return &party.Error{
		Code: party.UpstreamUnavailable, Message: "The identity provider does not answer. Try again in a moment.",
		RetryAfter: requestTimeout, Err: fmt.Errorf("%s: %w", what, err),
	}
}
