package account

import (
	"context"
	"fmt"
	"slices"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/session"
	"antwon.dj/backend/internal/party"
)

// SignOut ends the session to which a refresh token belongs, in all tabs of that browser, and the viewer's session.
// Their access tokens are no longer accepted, and what is open with them is closed. The error is Unauthenticated if
// there is neither a valid refresh token nor a viewer.
func (a *Accounts) SignOut(ctx context.Context, refresh string) error {
	return a.signOut(ctx, refresh, func(tx *ent.Tx, users, families []string) ([]string, error) {
		return families, nil
	})
}

// SignOutEverywhere ends all sessions of the viewer, and all sessions of the user of the refresh token.
// The error is Unauthenticated if there is neither.
func (a *Accounts) SignOutEverywhere(ctx context.Context, refresh string) error {
	return a.signOut(ctx, refresh, func(tx *ent.Tx, users, families []string) ([]string, error) {
		all, err := familiesOf(ctx, tx, users...)
		return append(all, families...), err
	})
}

// signOut identifies the session of the refresh token and that of the viewer, one of which may be absent, locks their
// users, and ends the sessions that choose returns for them.
func (a *Accounts) signOut(
	ctx context.Context, refresh string, choose func(tx *ent.Tx, users, families []string) ([]string, error),
) error {
	viewer, err := OptionalViewer(ctx)
	if err != nil {
		return err
	}
	now, err := a.db.Now(ctx)
	if err != nil {
		return err
	}
	var users []string
	err = a.endingTx(ctx, now, func(tx *ent.Tx, end endFunc) (err error) {
		var families []string
		users, families, err = lockSignedIn(ctx, tx, refresh, viewer, now)
		if err != nil {
			return err
		}
		chosen, err := choose(tx, users, families)
		if err != nil {
			return err
		}
		return end(chosen...)
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	a.sessions.WithLabelValues(sessionEnded).Inc()
	return a.announceSignedOut(ctx, users)
}

// OnSignedOut has fn told which users have signed out and have no other session. Call it before the first request.
func (a *Accounts) OnSignedOut(fn func(ctx context.Context, userIDs []string)) { a.onSignedOut = fn }

func (a *Accounts) announceSignedOut(ctx context.Context, users []string) error {
	if a.onSignedOut == nil {
		return nil
	}
	still, err := a.db.Read.Session.Query().Where(session.UserIDIn(users...)).Select(session.FieldUserID).Strings(ctx)
	if err != nil {
		return fmt.Errorf("look for other sessions: %w", err)
	}
	gone := slices.DeleteFunc(users, func(id string) bool { return slices.Contains(still, id) })
	a.onSignedOut(ctx, slices.Compact(gone))
	return nil
}

// lockSignedIn returns the sessions of a refresh token and of the viewer, with their users, whom it locks. The error is
// Unauthenticated if there is none.
func lockSignedIn(
	ctx context.Context, tx *ent.Tx, refresh string, viewer *Viewer, now time.Time,
) (users, families []string, err error) {
	found, err := lockSession(ctx, tx, refresh, now)
	if err != nil {
		return nil, nil, err
	}
	if found == nil && viewer == nil {
		return nil, nil, party.Errorf(party.Unauthenticated, "Nobody is signed in.")
	}
	if found != nil {
		users, families = append(users, found.UserID), append(families, found.Family)
	}
	if viewer != nil {
		users, families = append(users, viewer.UserID), append(families, viewer.SessionID)
		err = lockUser(ctx, tx, viewer.UserID)
	}
	return users, families, err
}
