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
// Their access tokens are no longer accepted, and connections that were opened with them are closed. The error is
// Unauthenticated if there is neither a valid refresh token nor a viewer.
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
	var gone []string
	err = a.endingTx(ctx, now, func(tx *ent.Tx, end endFunc) (err error) {
		users, families, err := lockSignedIn(ctx, tx, refresh, viewer, now)
		if err != nil {
			return err
		}
		chosen, err := choose(tx, users, families)
		if err != nil {
			return err
		}
		if err := end(chosen...); err != nil {
			return err
		}
		gone, err = withoutSession(ctx, tx, users)
		return err
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	a.sessions.WithLabelValues(sessionEnded).Inc()
	if a.onSignedOut != nil { // the user has signed out, even if this fails
		a.onSignedOut(context.WithoutCancel(ctx), gone)
	}
	return nil
}

// OnSignedOut arranges for fn to be called with the users who have signed out and have no other session. fn has to
// return within a few seconds, because its context does not end with the request. Call OnSignedOut before the first
// request.
func (a *Accounts) OnSignedOut(fn func(ctx context.Context, userIDs []string)) { a.onSignedOut = fn }

// withoutSession returns those of the users who have no session.
func withoutSession(ctx context.Context, tx *ent.Tx, users []string) ([]string, error) {
	still, err := tx.Session.Query().Where(session.UserIDIn(users...)).Select(session.FieldUserID).Strings(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for other sessions: %w", err)
	}
	slices.Sort(users)
	gone := slices.DeleteFunc(users, func(id string) bool { return slices.Contains(still, id) })
	return slices.Compact(gone), nil
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
