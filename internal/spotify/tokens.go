package spotify

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/playback"
)

// Accounts is where the hosts' Spotify accounts are kept.
type Accounts interface {
	// SpotifyCredentials returns a host's credentials; NotFound if the host has not connected Spotify.
	SpotifyCredentials(ctx context.Context, hostID string) (jukebox.SpotifyCredentials, error)
	// SaveSpotifyTokens replaces a host's sealed tokens.
	SaveSpotifyTokens(ctx context.Context, hostID string, sealed []byte) error
	// MarkSpotifyReconnect remembers that Spotify accepts the host's authorization no more.
	MarkSpotifyReconnect(ctx context.Context, hostID string) error
}

const (
	// renewBefore is how long before its end an access token is not used any more.
	renewBefore = 30 * time.Second
	// renewTimeout bounds a renewal, which goes on when those who wait for it leave: the answer may be the only copy of a
	// new refresh token. For that reason too Spotify has to answer so early that time remains to store it.
	renewTimeout   = 15 * time.Second
	refreshTimeout = 10 * time.Second
)

// tokens gives out the hosts' access tokens.
type tokens struct {
	oauth    oauth2.Config
	vault    *Vault
	accounts Accounts
	log      *slog.Logger
	observe  func(call string) *observer
	renewals singleflight.Group // by host
}

// access returns an access token that should be valid.
func (t *tokens) access(ctx context.Context, hostID string) (string, error) {
	token, err := t.load(ctx, hostID)
	if err != nil {
		return "", err
	}
	if usable(token) {
		return token.AccessToken, nil
	}
	return t.renew(ctx, hostID, token.AccessToken)
}

// renew returns a new access token instead of one that is too old, or that Spotify refused. All who ask for a host's at
// the same time get the same.
func (t *tokens) renew(ctx context.Context, hostID, instead string) (string, error) {
	renewal := t.renewals.DoChan(hostID, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewTimeout)
		defer cancel()
		token, err := t.load(ctx, hostID)
		if err != nil {
			return "", err
		}
		if usable(token) && token.AccessToken != instead { // renewed meanwhile
			return token.AccessToken, nil
		}
		return t.refresh(ctx, hostID, token.RefreshToken)
	})
	select {
	case done := <-renewal:
		return done.Val.(string), done.Err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func usable(token *oauth2.Token) bool {
	return token.AccessToken != "" && time.Until(token.Expiry) > renewBefore
}

func (t *tokens) load(ctx context.Context, hostID string) (*oauth2.Token, error) {
	credentials, err := t.accounts.SpotifyCredentials(ctx, hostID)
	if jukebox.CodeOf(err) == jukebox.NotFound {
		return nil, &failure{kind: playback.ReconnectNeeded, message: "the host has not connected Spotify"}
	}
	if err != nil {
		return nil, &failure{ours: true, kind: playback.Unreachable, message: "read the host's tokens", err: err}
	}
	if credentials.NeedsReconnect {
		return nil, &failure{kind: playback.ReconnectNeeded, message: "the host has to connect Spotify again"}
	}
	token, err := t.vault.open(hostID, credentials.Sealed)
	if err != nil {
		return nil, &failure{ours: true, kind: playback.ReconnectNeeded, message: "read the host's tokens", err: err}
	}
	return token, nil
}

// refresh gets an access token and stores it. As a rule Spotify sends no new refresh token with it, and the old one is
// kept ("Refreshing tokens", developer.spotify.com); where one comes, it replaces the old one.
func (t *tokens) refresh(ctx context.Context, hostID, refreshToken string) (string, error) {
	observed := t.observe("token")
	sending := context.WithValue(ctx, oauth2.HTTPClient, webClient(observed, refreshTimeout)) // how oauth2 takes its client
	token, err := t.oauth.TokenSource(sending, &oauth2.Token{RefreshToken: refreshToken}).Token()
	if err != nil {
		return "", t.refused(ctx, hostID, refreshToken, classifyRefresh(observed.answer, err))
	}
	if err := t.unchanged(ctx, hostID, refreshToken); err != nil {
		return "", err
	}
	sealed, err := t.vault.seal(hostID, token)
	if err == nil {
		err = t.accounts.SaveSpotifyTokens(ctx, hostID, sealed)
	}
	if err != nil {
		return "", &failure{ours: true, kind: playback.Unreachable, message: "store the host's tokens", err: err}
	}
	return token.AccessToken, nil
}

// refused marks the host if the authorization is gone.
func (t *tokens) refused(ctx context.Context, hostID, refreshToken string, f *failure) error {
	if f.kind != playback.ReconnectNeeded {
		return f
	}
	if err := t.unchanged(ctx, hostID, refreshToken); err != nil {
		return err
	}
	t.log.Warn("a host has to connect Spotify again", "host_id", hostID, "error", f)
	if err := t.accounts.MarkSpotifyReconnect(ctx, hostID); err != nil {
		t.log.Error("remembering that a host has to connect Spotify again failed", "host_id", hostID, "error", err)
	}
	return f
}

// unchanged fails if the host's tokens were replaced while Spotify was asked: another server refreshed them, or the host
// connected anew, perhaps with another account. Then the answer is about an authorization of the past.
func (t *tokens) unchanged(ctx context.Context, hostID, refreshToken string) error {
	token, err := t.load(ctx, hostID)
	if err != nil {
		return err
	}
	if token.RefreshToken != refreshToken {
		return &failure{kind: playback.Unreachable, message: "the host's tokens have just been replaced"}
	}
	return nil
}
