package account

import (
	"context"
	"fmt"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/session"
	"antwon.dj/backend/internal/party"
)

// SignOut ends the session to which a refresh token belongs, in all tabs of that browser. Subscriptions that are open
// stay open until their access token expires. Without a valid refresh token it does nothing for a signed-in viewer, and
// returns Unauthenticated if there is no viewer either.
func (a *Accounts) SignOut(ctx context.Context, refresh string) error {
	return a.signOut(ctx, refresh, func(tx *ent.Tx, ended *ent.Session, _ *Viewer) error {
		if ended == nil {
			return nil
		}
		_, err := tx.Session.Delete().Where(session.Family(ended.Family)).Exec(ctx)
		return err
	})
}

// SignOutEverywhere ends all sessions of the viewer, and all sessions of the user of the refresh token.
// The error is Unauthenticated if there is neither.
func (a *Accounts) SignOutEverywhere(ctx context.Context, refresh string) error {
	return a.signOut(ctx, refresh, func(tx *ent.Tx, ended *ent.Session, viewer *Viewer) error {
		var users []string
		if ended != nil {
			users = append(users, ended.UserID)
		}
		if viewer != nil {
			users = append(users, viewer.UserID)
		}
		_, err := tx.Session.Delete().Where(session.UserIDIn(users...)).Exec(ctx)
		return err
	})
}

// signOut identifies the user by the refresh token and by the viewer, one of which may be absent, locks both, and calls
// end.
func (a *Accounts) signOut(
	ctx context.Context, refresh string, end func(tx *ent.Tx, ended *ent.Session, viewer *Viewer) error,
) error {
	viewer, err := OptionalViewer(ctx)
	if err != nil {
		return err
	}
	now, err := a.db.Now(ctx)
	if err != nil {
		return err
	}
	err = a.db.InTx(ctx, func(tx *ent.Tx) error {
		ended, err := lockSession(ctx, tx, refresh, now)
		if err != nil {
			return err
		}
		if ended == nil && viewer == nil {
			return party.Errorf(party.Unauthenticated, "Nobody is signed in.")
		}
		if viewer != nil {
			if err := lockUser(ctx, tx, viewer.UserID); err != nil {
				return err
			}
		}
		return end(tx, ended, viewer)
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	a.sessions.WithLabelValues(sessionEnded).Inc()
	return nil
}
