package account

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/spotifyaccount"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// SpotifyCredentials are what the server stores to act for a host at Spotify. Only the TokenCipher of the spotify
// package can encrypt and decrypt EncryptedTokens.
type SpotifyCredentials struct {
	AccountID       string // Spotify's account_id, or its id where that is absent
	DisplayName     string
	EncryptedTokens []byte
	NeedsReconnect  bool // Spotify no longer accepts the authorization: the host has to connect Spotify again
}

// Authorizer connects hosts' Spotify accounts by the authorization code flow of OAuth 2.0, with PKCE.
type Authorizer interface {
	// AuthorizationURL returns the page on which Spotify asks a host for permission. Spotify returns the state with its
	// answer; the verifier, of 43 to 128 characters, stays on the server until it is given to Authorize.
	AuthorizationURL(state, verifier string) string
	// Authorize exchanges the code that Spotify returned for tokens, encrypted for this host. The error is BadUserInput if
	// Spotify rejects the code, Forbidden if the account may not be used, and UpstreamUnavailable if Spotify does not
	// answer.
	Authorize(ctx context.Context, hostID, code, verifier string) (SpotifyCredentials, error)
	// Forget drops what is cached about a host's account.
	Forget(hostID string)
}

// CredentialStore stores the credentials of hosts' Spotify accounts. It is safe for concurrent use.
type CredentialStore struct{ db *database.DB }

// NewCredentialStore returns the CredentialStore of a database.
func NewCredentialStore(db *database.DB) *CredentialStore { return &CredentialStore{db} }

// SpotifyCredentials returns a host's credentials, or NotFound if the host has not connected Spotify.
func (c *CredentialStore) SpotifyCredentials(ctx context.Context, hostID string) (SpotifyCredentials, error) {
	row, err := c.db.Read.SpotifyAccount.Query().Where(spotifyaccount.UserID(hostID)).Only(ctx)
	if ent.IsNotFound(err) {
		return SpotifyCredentials{}, party.Errorf(party.NotFound, "This host has not connected Spotify.")
	}
	if err != nil {
		return SpotifyCredentials{}, fmt.Errorf("load Spotify credentials: %w", err)
	}
	return SpotifyCredentials{
		AccountID: row.AccountID, DisplayName: row.DisplayName,
		EncryptedTokens: row.EncryptedTokens, NeedsReconnect: row.NeedsReconnect,
	}, nil
}

// BeginSpotifyRefresh reserves the refresh of a host's tokens for this server, until EndSpotifyRefresh or
// SaveSpotifyTokens is called or the duration has passed. It returns false while another server has the reservation.
func (c *CredentialStore) BeginSpotifyRefresh(ctx context.Context, hostID string, most time.Duration) (bool, error) {
	now, err := c.db.Now(ctx)
	if err != nil {
		return false, err
	}
	reserved := 0
	err = c.db.InTx(ctx, func(tx *ent.Tx) (err error) {
		free := spotifyaccount.Or(spotifyaccount.RefreshingUntilIsNil(), spotifyaccount.RefreshingUntilLTE(now))
		reserved, err = tx.SpotifyAccount.Update().Where(spotifyaccount.UserID(hostID), free).
			SetRefreshingUntil(now.Add(most)).Save(ctx)
		return err
	})
	return reserved == 1, err
}

// EndSpotifyRefresh ends the reservation that BeginSpotifyRefresh made.
func (c *CredentialStore) EndSpotifyRefresh(ctx context.Context, hostID string) error {
	return c.db.InTx(ctx, func(tx *ent.Tx) error {
		return tx.SpotifyAccount.Update().Where(spotifyaccount.UserID(hostID)).ClearRefreshingUntil().Exec(ctx)
	})
}

// SaveSpotifyTokens replaces a host's encrypted tokens, and ends the reservation that BeginSpotifyRefresh made.
func (c *CredentialStore) SaveSpotifyTokens(ctx context.Context, hostID string, encrypted []byte) error {
	return c.db.InTx(ctx, func(tx *ent.Tx) error {
		return tx.SpotifyAccount.Update().Where(spotifyaccount.UserID(hostID)).SetEncryptedTokens(encrypted).
			ClearRefreshingUntil().Exec(ctx)
	})
}

// MarkSpotifyReconnect records that Spotify no longer accepts a host's authorization.
func (c *CredentialStore) MarkSpotifyReconnect(ctx context.Context, hostID string) error {
	return c.db.InTx(ctx, func(tx *ent.Tx) error {
		return tx.SpotifyAccount.Update().Where(spotifyaccount.UserID(hostID)).SetNeedsReconnect(true).Exec(ctx)
	})
}
