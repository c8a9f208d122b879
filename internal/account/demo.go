package account

import (
	"context"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// DemoLogin makes a new host, with a Spotify account where those are simulated here. Outside the demo it is Forbidden.
func (a *Accounts) DemoLogin(ctx context.Context, displayName string) (*Session, error) {
	if !a.cfg.DemoLogin {
		return nil, party.Errorf(party.Forbidden, "demoLogin is for the demo only")
	}
	name, err := party.ParseName("displayName", displayName)
	if err != nil {
		return nil, err
	}
	if err := a.AllowNewcomer(ctx); err != nil {
		return nil, err
	}
	id := database.NewID()
	var account SpotifyCredentials
	if a.cfg.Demo != nil {
		if account, err = a.cfg.Demo.NewAccount(ctx, id, name); err != nil {
			return nil, fmt.Errorf("make a simulated account: %w", err)
		}
	}
	err = a.db.InTx(ctx, func(tx *ent.Tx) error {
		now := database.Microseconds(time.Now())
		err := tx.User.Create().SetID(id).SetKind(string(party.HostUser)).SetDisplayName(name).SetCreatedAt(now).Exec(ctx)
		if err != nil || a.cfg.Demo == nil {
			return err
		}
		return tx.SpotifyAccount.Create().SetID(database.NewID()).SetUserID(id).SetAccountID(account.AccountID).
			SetDisplayName(account.DisplayName).SetSealedTokens(account.Sealed).SetAuthorizedAt(now).Exec(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("store a host of the demo: %w", err)
	}
	return a.SignIn(ctx, Viewer{UserID: id, Kind: party.HostUser})
}

// DemoAccounts makes simulated Spotify accounts for the demo's hosts.
type DemoAccounts interface {
	// NewAccount returns the credentials of a new account, sealed for this host.
	NewAccount(ctx context.Context, hostID, displayName string) (SpotifyCredentials, error)
}
