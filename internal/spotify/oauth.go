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

// scopes are what the server asks hosts for: control of their player, the room's playlist, and sources of fallback
// songs.
var scopes = []string{
	"user-read-playback-state", "user-modify-playback-state", "user-read-currently-playing",
	"playlist-modify-private", scopePlaylists, scopeTop, scopeLibrary,
}

// oauthConfig states explicitly how the app authenticates. With automatic detection, oauth2 would repeat a request that
// was refused.
func oauthConfig(cfg Config) oauth2.Config {
	accounts := strings.TrimSuffix(cfg.AccountsURL, "/")
	endpoint := oauth2.Endpoint{
		AuthURL: accounts + "/authorize", TokenURL: accounts + "/api/token", AuthStyle: oauth2.AuthStyleInHeader,
	}
	if cfg.ClientSecret == "" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return oauth2.Config{
		ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret, Endpoint: endpoint, RedirectURL: cfg.RedirectURL,
		Scopes: scopes,
	}
}

// maxAccountID bounds the ids of accounts, in bytes. A cut one could be that of another account.
const maxAccountID = 255

// profile is the response of GET me. The account_id, which exists since May 2026, never changes.
type profile struct {
	AccountID   string `json:"account_id"`
	ID          string
	DisplayName string `json:"display_name"`
}

// AuthorizationURL implements account.Authorizer. Spotify shows its dialogue even to hosts who agreed before, because
// they may want to connect another account.
func (c *Client) AuthorizationURL(state, verifier string) string {
	showDialog := oauth2.SetAuthURLParam("show_dialog", "true")
	return c.tokens.oauth.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier), showDialog)
}

// Authorize implements account.Authorizer. It discards what was cached for the host.
func (c *Client) Authorize(ctx context.Context, hostID, code, verifier string) (account.SpotifyCredentials, error) {
	if failed := c.limiter.checkPause(); failed != nil { // the code stays valid for a while, but only for one use
		return account.SpotifyCredentials{}, failed.catalogError()
	}
	g, failed := c.exchange(ctx, code, verifier)
	if failed != nil {
		return account.SpotifyCredentials{}, exchangeError(failed)
	}
	var me profile
	transport := &authTransport{
		newToken: g.AccessToken, recorder: c.newRecorder("profile"), limiter: c.limiter, priority: control,
	}
	failed = c.runCall(transport, func(web *http.Client) error {
		return c.doJSON(ctx, web, get("me", nil), &me)
	})
	if failed == nil && (me.ID == "" || len(cmp.Or(me.AccountID, me.ID)) > maxAccountID) {
		failed = &failure{kind: playback.Unreachable, message: "the profile has no usable id"}
	}
	if failed != nil {
		return account.SpotifyCredentials{}, profileError(failed)
	}
	encrypted, err := c.tokens.cipher.encrypt(hostID, g)
	if err != nil {
		return account.SpotifyCredentials{}, err
	}
	c.Forget(hostID)
	return account.SpotifyCredentials{
		AccountID: cmp.Or(me.AccountID, me.ID), DisplayName: cmp.Or(me.DisplayName, me.ID), EncryptedTokens: encrypted,
	}, nil
}

// exchange redeems an authorization code.
func (c *Client) exchange(ctx context.Context, code, verifier string) (grant, *failure) {
	token, failed := c.tokens.requestToken(ctx, func(ctx context.Context) (*oauth2.Token, error) {
		return c.tokens.oauth.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	})
	if failed != nil {
		return grant{}, failed
	}
	if token.RefreshToken == "" {
		return grant{}, &failure{kind: playback.Unreachable, message: "the response has no refresh token"}
	}
	return newGrant(token, ""), nil
}

// exchangeError returns BadUserInput for an invalid code, and other errors for what the host cannot change.
func exchangeError(f *failure) error {
	if f.spotifyReason == "invalid_grant" {
		return &party.Error{
			Code: party.BadUserInput, Field: "code", Message: "The code is no longer valid. Connect Spotify again.", Err: f,
		}
	}
	if f.status == http.StatusBadRequest || f.status == http.StatusUnauthorized { // such as a wrong client secret
		return f
	}
	return f.catalogError()
}

// profileError says why an account may not be used, and what to do about it. Spotify lets such an account sign in, and
// refuses its first request.
func profileError(f *failure) error {
	forbidden := func(message string) error { return &party.Error{Code: party.Forbidden, Message: message, Err: f} }
	switch f.healthReason {
	case party.ReasonNotListed:
		return forbidden("This Spotify account is not on the list of the server's app. The server's operator has to add it " +
			"in Spotify's developer dashboard, under User Management, which has room for five accounts. Then connect again.")
	case party.ReasonOwnerPremium:
		return forbidden("Spotify refuses the server's app because its owner has no Spotify Premium.")
	}
	if f.kind == playback.ReconnectNeeded || f.kind == playback.NotAllowed {
		return forbidden("Spotify does not let the server use this account. Connect again and grant all permissions.")
	}
	return f.catalogError()
}
