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

// SpotifyCredentials are what the server keeps to act for a host at Spotify. The vault of the spotify package seals and
// opens Sealed; nothing else can read it.
type SpotifyCredentials struct {
	AccountID   string // Spotify's account_id, or id where that is absent
	DisplayName string
	Sealed      []byte // the encrypted tokens
	// NeedsReconnect: Spotify accepts the authorization no more, the host has to give it anew.
	NeedsReconnect bool
}

// Authorizer connects hosts' Spotify accounts by OAuth's authorization code flow, with PKCE.
type Authorizer interface {
	// AuthorizationURL is where a host is asked for permission. The state comes back with the answer; the verifier, of 43 to
	// 128 characters, does not leave the server before Authorize.
	AuthorizationURL(state, verifier string) string
	// Authorize exchanges the code that came back for tokens, sealed for this host. BadUserInput if Spotify does not take
	// the code, Forbidden if the account may not be used, UpstreamUnavailable while Spotify does not answer.
	Authorize(ctx context.Context, hostID, code, verifier string) (SpotifyCredentials, error)
	// Forget drops what was learned about a host's account.
	Forget(hostID string)
}

// CredentialStore keeps the credentials of hosts' Spotify accounts.
type CredentialStore struct{ db *database.DB }

// NewCredentialStore returns the credentials in a database.
func NewCredentialStore(db *database.DB) *CredentialStore { return &CredentialStore{db} }

// SpotifyCredentials returns what is needed to act for a host at Spotify; NotFound if the host has not connected it.
func (c *CredentialStore) SpotifyCredentials(ctx context.Context, hostID string) (SpotifyCredentials, error) {
	row, err := c.db.Read.SpotifyAccount.Query().Where(spotifyaccount.UserID(hostID)).Only(ctx)
	if ent.IsNotFound(err) {
		return SpotifyCredentials{}, party.Errorf(party.NotFound, "this host has not connected Spotify")
	}
	if err != nil {
		return SpotifyCredentials{}, fmt.Errorf("load Spotify credentials: %w", err)
	}
	return SpotifyCredentials{row.AccountID, row.DisplayName, row.SealedTokens, row.NeedsReconnect}, nil
}

// BeginSpotifyRefresh takes the right to refresh a host's tokens for so long; false while another server has it.
func (c *CredentialStore) BeginSpotifyRefresh(ctx context.Context, hostID string, most time.Duration) (bool, error) {
	now, err := c.db.Now(ctx)
	if err != nil {
		return false, err
	}
	taken := 0
	err = c.db.InTx(ctx, func(tx *ent.Tx) (err error) {
		free := spotifyaccount.Or(spotifyaccount.RefreshingUntilIsNil(), spotifyaccount.RefreshingUntilLTE(now))
		taken, err = tx.SpotifyAccount.Update().Where(spotifyaccount.UserID(hostID), free).SetRefreshingUntil(now.Add(most)).Save(ctx)
		return err
	})
	return taken == 1, err
}

// EndSpotifyRefresh gives it back. SaveSpotifyTokens does so too.
func (c *CredentialStore) EndSpotifyRefresh(ctx context.Context, hostID string) error {
	return c.db.InTx(ctx, func(tx *ent.Tx) error {
		return tx.SpotifyAccount.Update().Where(spotifyaccount.UserID(hostID)).ClearRefreshingUntil().Exec(ctx)
	})
}

// SaveSpotifyTokens replaces a host's sealed tokens.
func (c *CredentialStore) SaveSpotifyTokens(ctx context.Context, hostID string, sealed []byte) error {
	return c.db.InTx(ctx, func(tx *ent.Tx) error {
		return tx.SpotifyAccount.Update().Where(spotifyaccount.UserID(hostID)).SetSealedTokens(sealed).
			ClearRefreshingUntil().Exec(ctx)
	})
}

// MarkSpotifyReconnect remembers that Spotify accepts a host's authorization no more.
func (c *CredentialStore) MarkSpotifyReconnect(ctx context.Context, hostID string) error {
	return c.db.InTx(ctx, func(tx *ent.Tx) error {
		return tx.SpotifyAccount.Update().Where(spotifyaccount.UserID(hostID)).SetNeedsReconnect(true).Exec(ctx)
	})
}
