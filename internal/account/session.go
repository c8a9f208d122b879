package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/session"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

const (
	// SessionLife is how long a session lasts without a refresh. Each refresh starts it again.
	SessionLife = 30 * 24 * time.Hour
	// refreshGrace is how long a refresh token still works after its first use. The tabs of one browser share the token
	// and often wake up together: the second tab still sends the token that the first one has just exchanged.
	refreshGrace = 10 * time.Second
)

// Session is a signed-in user with new tokens.
type Session struct {
	AccessToken string
	ExpiresAt   time.Time // when AccessToken expires
	User        Viewer    // who signed in; its times are not set
	// Refresh is the refresh token, which RefreshSession exchanges, once, for the next session. Anybody who has it can act
	// as this user, so it belongs into a cookie that scripts cannot read. Empty: there is none.
	Refresh string
}

// SignIn begins a session of a stored user, in a new family. There is no other way to begin one; RefreshSession, which
// requires a valid refresh token, only continues a session.
//
// If the user is the viewer of ctx, the request has shown no more than an access token. Then the new session is no
// better than that token: it has no refresh token, ends when the viewer's session ends, and expires when the viewer's
// token does. Otherwise a stolen access token could be made to last.
func (a *Accounts) SignIn(ctx context.Context, v Viewer) (*Session, error) {
	signedIn, err := OptionalViewer(ctx)
	if err != nil {
		return nil, err
	}
	if signedIn != nil && signedIn.UserID == v.UserID {
		return a.newSession(*signedIn, "")
	}
	refresh := newRefreshToken()
	v = Viewer{UserID: v.UserID, Kind: v.Kind, SessionID: familyOf(refresh)}
	now, err := a.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	err = a.db.InTx(ctx, func(tx *ent.Tx) error {
		return storeSession(ctx, tx, v.UserID, v.SessionID, refresh, now)
	})
	if err != nil {
		return nil, fmt.Errorf("begin a session: %w", err)
	}
	a.sessions.WithLabelValues(sessionStarted).Inc()
	return a.newSession(v, refresh)
}

// newSession returns a Session with a new access token and this refresh token.
func (a *Accounts) newSession(v Viewer, refresh string) (*Session, error) {
	token, expiresAt, err := a.cfg.Tokens.Mint(v)
	if err != nil {
		return nil, fmt.Errorf("sign an access token: %w", err)
	}
	v.IssuedAt, v.ExpiresAt = time.Time{}, time.Time{}
	return &Session{AccessToken: token, ExpiresAt: expiresAt, User: v, Refresh: refresh}, nil
}

// storeSession stores a refresh token of a family: its hash only.
func storeSession(ctx context.Context, tx *ent.Tx, userID, family, refresh string, now time.Time) error {
	return tx.Session.Create().SetID(database.NewID()).SetUserID(userID).SetFamily(family).
		SetTokenHash(database.Hash([]byte(refresh))).SetCreatedAt(now).SetExpiresAt(now.Add(SessionLife)).Exec(ctx)
}

// RefreshSession exchanges a refresh token for a new session of the same user. For refreshGrace after that, the token
// is exchanged for the same successor again. A token that was exchanged longer ago means that it or its successor was
// stolen. Nobody can tell which, so all sessions of its family end, with their access tokens. The error is
// Unauthenticated if the token is no longer valid, and RateLimited, without an exchange, if the user refreshes too
// often.
func (a *Accounts) RefreshSession(ctx context.Context, refresh string) (*Session, error) {
	now, err := a.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	var viewer Viewer
	next := ""
	err = a.endingTx(ctx, now, func(tx *ent.Tx, end endFunc) (err error) {
		viewer, next, err = a.exchange(ctx, tx, refresh, now, end)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("refresh the session: %w", err)
	}
	if next == "" {
		a.sessions.WithLabelValues(sessionRefused).Inc()
		return nil, party.Errorf(party.Unauthenticated, "This session has ended: sign in or join again.")
	}
	a.sessions.WithLabelValues(sessionRefreshed).Inc()
	return a.newSession(viewer, next)
}

// exchange returns the next refresh token and its user, or an empty token if the old one is no longer valid.
func (a *Accounts) exchange(
	ctx context.Context, tx *ent.Tx, refresh string, now time.Time, end endFunc,
) (v Viewer, next string, err error) {
	used, err := lockSession(ctx, tx, refresh, now)
	if err != nil {
		return v, "", err
	}
	if used == nil {
		return v, "", endReused(ctx, tx, refresh, end)
	}
	if err := a.Allow(ctx, used.UserID, "refresh session"); err != nil {
		return v, "", err
	}
	if used.UsedAt != nil && now.Sub(*used.UsedAt) > refreshGrace {
		return v, "", end(used.Family)
	}
	if next, err = newestToken(ctx, tx, used, refresh, now); err != nil {
		return v, "", err
	}
	return Viewer{UserID: used.UserID, Kind: party.UserKind(used.Edges.User.Kind), SessionID: used.Family}, next, nil
}

// lockSession returns the row of a refresh token, exchanged or not, with its user, or nil if the token is unknown or
// has expired. Until the transaction ends, no other transaction changes this user's sessions.
func lockSession(ctx context.Context, tx *ent.Tx, refresh string, now time.Time) (*ent.Session, error) {
	query := tx.Session.Query().
		Where(session.TokenHash(database.Hash([]byte(refresh))), session.ExpiresAtGT(now)).WithUser()
	found, err := query.Clone().Only(ctx)
	if err == nil {
		if err = lockUser(ctx, tx, found.UserID); err == nil {
			found, err = query.Only(ctx) // it may have changed before the lock was held
		}
	}
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

// lockUser serialises the changes of one user's sessions: it locks the user's row until the transaction ends.
func lockUser(ctx context.Context, tx *ent.Tx, userID string) error {
	_, err := tx.ExecContext(ctx, "UPDATE users SET kind = kind WHERE id = ?", userID)
	return err
}

// sessionUser returns the user of a refresh token that has not been exchanged yet, or nil.
func (a *Accounts) sessionUser(ctx context.Context, refresh string) (*Viewer, error) {
	now, err := a.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	row, err := a.db.Read.Session.Query().
		Where(session.TokenHash(database.Hash([]byte(refresh))), session.ExpiresAtGT(now), session.UsedAtIsNil()).
		WithUser().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up a session: %w", err)
	}
	return &Viewer{UserID: row.UserID, Kind: party.UserKind(row.Edges.User.Kind)}, nil
}

// DeleteOldSessions deletes sessions that have expired, refresh tokens that were exchanged and whose grace period is
// over, the records of sessions that ended so long ago that their access tokens have expired, too, and logins that were
// begun and not completed in time. A failure does not keep it from deleting the others.
func (a *Accounts) DeleteOldSessions(ctx context.Context) error {
	now, err := a.db.Now(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, old := range []struct {
		table, condition string
		before           time.Time
	}{
		{"logins", "expires_at < ?", now},
		{"ended_sessions", "ended_at < ?", now.Add(-EndedKept)},
		{"sessions", usedLongAgo, now.Add(-refreshGrace)},
		{"sessions", "expires_at < ?", now},
	} {
		_, err := a.db.DeleteWhere(ctx, old.table, old.condition, old.before)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}
