package spotify

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

const (
	scopePlaylists = "playlist-read-private"
	scopeTop       = "user-top-read"
	scopeLibrary   = "user-library-read"
)

// scopes are what hosts are asked for: their player, the room's playlist, and music for when the queue is empty.
var scopes = []string{
	"user-read-playback-state", "user-modify-playback-state", "user-read-currently-playing",
	"playlist-modify-private", scopePlaylists, scopeTop, scopeLibrary,
}

// oauthConfig says outright how the app identifies itself: where that has to be found out, what is refused is sent twice.
func oauthConfig(cfg Config) oauth2.Config {
	accounts := strings.TrimSuffix(cfg.AccountsURL, "/")
	endpoint := oauth2.Endpoint{
		AuthURL: accounts + "/authorize", TokenURL: accounts + "/api/token", AuthStyle: oauth2.AuthStyleInHeader,
	}
	if cfg.ClientSecret == "" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return oauth2.Config{
		ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret, Endpoint: endpoint, RedirectURL: cfg.RedirectURL, Scopes: scopes,
	}
}

// profile is what GET me tells of an account. The account_id never changes; it came in May 2026.
type profile struct {
	AccountID   string `json:"account_id"`
	ID          string
	DisplayName string `json:"display_name"`
}

// AuthorizationURL implements account.Authorizer. Spotify asks even hosts who agreed before: they may want another account.
func (c *Client) AuthorizationURL(state, verifier string) string {
	return c.tokens.oauth.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("show_dialog", "true"))
}

// Authorize implements account.Authorizer. What was learned of the host before is forgotten.
func (c *Client) Authorize(ctx context.Context, hostID, code, verifier string) (account.SpotifyCredentials, error) {
	if failed := c.limiter.paused(); failed != nil { // the code is good for a while, and only once
		return account.SpotifyCredentials{}, failed.unavailable()
	}
	g, failed := c.exchange(ctx, code, verifier)
	if failed != nil {
		return account.SpotifyCredentials{}, exchangeError(failed)
	}
	var me profile
	fresh := &signer{fresh: g.AccessToken, observer: c.observe("profile"), limiter: c.limiter, priority: control}
	failed = c.through(fresh, func(web *http.Client) error {
		return c.do(ctx, web, request{method: http.MethodGet, path: "me"}, &me)
	})
	if failed == nil && me.ID == "" {
		failed = &failure{kind: playback.Unreachable, message: "a profile without an id came"}
	}
	if failed != nil {
		return account.SpotifyCredentials{}, profileError(failed)
	}
	sealed, err := c.tokens.vault.seal(hostID, g)
	if err != nil {
		return account.SpotifyCredentials{}, err
	}
	c.Forget(hostID)
	return account.SpotifyCredentials{
		AccountID: cmp.Or(me.AccountID, me.ID), DisplayName: cmp.Or(me.DisplayName, me.ID), Sealed: sealed,
	}, nil
}

func (c *Client) exchange(ctx context.Context, code, verifier string) (grant, *failure) {
	token, failed := c.tokens.ask(ctx, func(ctx context.Context) (*oauth2.Token, error) {
		return c.tokens.oauth.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	})
	if failed != nil {
		return grant{}, failed
	}
	if token.RefreshToken == "" {
		return grant{}, &failure{kind: playback.Unreachable, message: "no refresh token came"}
	}
	return granted(token, ""), nil
}

// exchangeError tells a bad code from what the host cannot help.
func exchangeError(f *failure) error {
	if f.reason == "invalid_grant" {
		return &party.Error{
			Code: party.BadUserInput, Field: "code", Message: "code is not valid any more: connect Spotify again from the start", Err: f,
		}
	}
	if f.status == http.StatusBadRequest || f.status == http.StatusUnauthorized { // such as a wrong client secret
		return f
	}
	return f.unavailable()
}

// profileError says what an account needs that may not be used. Spotify lets it log in all the same.
func profileError(f *failure) error {
	forbidden := func(message string) error { return &party.Error{Code: party.Forbidden, Message: message, Err: f} }
	switch f.why {
	case party.ReasonNotListed:
		return forbidden("this Spotify account is not on the list of the server's app: the server's operator has to add it in " +
			"Spotify's developer dashboard, under User Management, where there is room for five; then connect again")
	case party.ReasonOwnerPremium:
		return forbidden("Spotify refuses the server's app: its owner needs Spotify Premium")
	}
	if f.kind == playback.ReconnectNeeded || f.kind == playback.NotAllowed {
		return forbidden("Spotify does not let this account use the server: connect again and agree to everything")
	}
	return f.unavailable()
}
