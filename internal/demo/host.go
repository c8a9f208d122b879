package demo

import (
	"context"
	"crypto/subtle"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/user"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
)

const (
	hostName = "Demo host"
	// hostSubject is the subject of the demo's host. Other hosts have a hash of their identity provider's subject there,
	// which never looks like this.
	hostSubject = "demo"
)

// SignIn signs in the demo's own host. The error is Forbidden unless the key is that of Key.
func (d *Demo) SignIn(ctx context.Context, accounts *account.Accounts, key string) (*account.Session, error) {
	if subtle.ConstantTimeCompare([]byte(key), []byte(d.key)) != 1 {
		return nil, &party.Error{
			Code:    party.Forbidden,
			Message: "This link is from an earlier start of the demo. Use the one that the demo printed last.",
		}
	}
	return d.signInHost(ctx, accounts)
}

// signInHost signs in the demo's own host. It creates the user the first time, and later signs in the same one.
func (d *Demo) signInHost(ctx context.Context, accounts *account.Accounts) (*account.Session, error) {
	id, err := d.cfg.Database.Read.User.Query().Where(user.Subject(hostSubject)).OnlyID(ctx)
	if ent.IsNotFound(err) {
		return d.createHost(ctx, accounts)
	}
	if err != nil {
		return nil, fmt.Errorf("find the demo's host: %w", err)
	}
	return accounts.SignIn(ctx, account.Viewer{UserID: id, Kind: party.HostUser})
}

func (d *Demo) createHost(ctx context.Context, accounts *account.Accounts) (*account.Session, error) {
	session, err := accounts.DemoLogin(ctx, hostName)
	if err != nil {
		return nil, err
	}
	err = d.cfg.Database.InTx(ctx, func(tx *ent.Tx) error {
		return tx.User.Update().Where(user.ID(session.User.UserID)).SetSubject(hostSubject).Exec(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("name the demo's host: %w", err)
	}
	return session, nil
}
