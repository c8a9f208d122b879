package account

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// DemoAccounts makes simulated Spotify accounts for the demo's hosts.
type DemoAccounts interface {
	// NewAccount returns the credentials of a new account, encrypted for this host.
	NewAccount(ctx context.Context, hostID, displayName string) (SpotifyCredentials, error)
}

// DemoLogin signs in a new host, with a simulated Spotify account if Config.Demo makes one. It returns Forbidden unless
// Config.DemoLogin is set.
func (a *Accounts) DemoLogin(ctx context.Context, displayName string) (*Session, error) {
	if !a.cfg.DemoLogin {
		return nil, party.Errorf(party.Forbidden, "This server is not a demo: demoLogin is not available.")
	}
	name, err := party.ParseName("displayName", displayName)
	if err != nil {
		return nil, err
	}
	if err := a.allowLogin(ctx); err != nil {
		return nil, err
	}
	id := database.NewID()
	var credentials *SpotifyCredentials
	if a.cfg.Demo != nil {
		made, err := a.cfg.Demo.NewAccount(ctx, id, name)
		if err != nil {
			return nil, fmt.Errorf("make a simulated account: %w", err)
		}
		credentials = &made
	}
	err = a.db.InTx(ctx, func(tx *ent.Tx) error { return storeDemoHost(ctx, tx, id, name, credentials) })
	if err != nil {
		return nil, fmt.Errorf("store a host of the demo: %w", err)
	}
	return a.SignIn(ctx, Viewer{UserID: id, Kind: party.HostUser})
}

// storeDemoHost stores a new host and, unless credentials is nil, the host's Spotify account.
func storeDemoHost(ctx context.Context, tx *ent.Tx, id, name string, credentials *SpotifyCredentials) error {
	now := database.Microseconds(time.Now())
	err := tx.User.Create().SetID(id).SetKind(string(party.HostUser)).
		SetDisplayName(name).SetCreatedAt(now).Exec(ctx)
	if err != nil || credentials == nil {
		return err
	}
	return createSpotifyAccount(ctx, tx, id, *credentials)
}
