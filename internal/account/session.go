package account

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/session"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

const (
	// SessionLife is how long somebody stays signed in who does not come back; each refresh begins it anew.
	SessionLife = 30 * 24 * time.Hour
	// refreshGrace is for the tabs of one browser, which share their refresh token and wake up together: the second one still
	// comes with the token that the first has just exchanged.
	refreshGrace = 10 * time.Second
)

// Session is a signed-in user with the token to send along from now on.
type Session struct {
	AccessToken string
	ExpiresAt   time.Time
	User        Viewer // who signed in
	// Refresh is exchanged for the next session, once. Whoever has it is this user, so it is for a cookie that no script can
	// read. Empty: there is none.
	Refresh string
}

// SignIn begins a session of a user that is stored: the first of its family.
func (a *Accounts) SignIn(ctx context.Context, v Viewer) (*Session, error) {
	now, err := a.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	refresh := ""
	err = a.db.InTx(ctx, func(tx *ent.Tx) (err error) {
		refresh, err = keepSession(ctx, tx, v.UserID, database.NewID(), now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("begin a session: %w", err)
	}
	a.sessions.WithLabelValues(sessionStarted).Inc()
	return a.mint(v, refresh)
}

// mint makes the session that an access token and a refresh token are.
func (a *Accounts) mint(v Viewer, refresh string) (*Session, error) {
	token, expiresAt, err := a.cfg.Tokens.Mint(v)
	if err != nil {
		return nil, fmt.Errorf("sign an access token: %w", err)
	}
	return &Session{token, expiresAt, v, refresh}, nil
}

// keepSession stores a new refresh token of a family, of which the database gets only the hash.
func keepSession(ctx context.Context, tx *ent.Tx, userID, family string, now time.Time) (refresh string, err error) {
	refresh = rand.Text() + rand.Text() // 260 bits
	return refresh, tx.Session.Create().SetID(database.NewID()).SetUserID(userID).SetFamily(family).SetTokenHash(database.Hash([]byte(refresh))).
		SetCreatedAt(now).SetExpiresAt(now.Add(SessionLife)).Exec(ctx)
}

// RefreshSession exchanges a refresh token for a new session of the same user. A token that was exchanged before is a stolen
// one, or its successor is: nobody can tell, so the whole family ends, unless that was only a moment ago. Unauthenticated if
// the token is good no more.
func (a *Accounts) RefreshSession(ctx context.Context, refresh string) (*Session, error) {
	now, err := a.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	var viewer Viewer
	next := ""
	err = a.db.InTx(ctx, func(tx *ent.Tx) (err error) {
		viewer, next, err = exchange(ctx, tx, refresh, now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("refresh the session: %w", err)
	}
	if next == "" {
		a.sessions.WithLabelValues(sessionRefused).Inc()
		return nil, errEnded()
	}
	a.sessions.WithLabelValues(sessionRefreshed).Inc()
	return a.mint(viewer, next)
}

func errEnded() error {
	return party.Errorf(party.Unauthenticated, "this session has ended: sign in or join again")
}

// exchange gives no token where the old one is good no more.
func exchange(ctx context.Context, tx *ent.Tx, refresh string, now time.Time) (v Viewer, next string, err error) {
	used, err := lockSession(ctx, tx, refresh, now)
	if err != nil || used == nil {
		return v, "", err
	}
	switch {
	case used.UsedAt == nil:
		err = tx.Session.Update().Where(session.ID(used.ID)).SetUsedAt(now).Exec(ctx)
	case now.Sub(*used.UsedAt) > refreshGrace:
		_, err = tx.Session.Delete().Where(session.Family(used.Family)).Exec(ctx)
		return v, "", err
	}
	if err != nil {
		return v, "", err
	}
	next, err = keepSession(ctx, tx, used.UserID, used.Family, now)
	return Viewer{UserID: used.UserID, Kind: party.UserKind(used.Edges.User.Kind)}, next, err
}

// lockSession returns what is kept of a refresh token, exchanged or not, with its user; nil if nothing is. Nobody else
// changes this user's sessions until the transaction ends.
func lockSession(ctx context.Context, tx *ent.Tx, refresh string, now time.Time) (*ent.Session, error) {
	here := tx.Session.Query().Where(session.TokenHash(database.Hash([]byte(refresh))), session.ExpiresAtGT(now)).WithUser()
	found, err := here.Clone().Only(ctx)
	if err == nil {
		if err = lockUser(ctx, tx, found.UserID); err == nil {
			found, err = here.Only(ctx) // as it is now that it is locked
		}
	}
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

// lockUser makes changes of one user's sessions wait for each other.
func lockUser(ctx context.Context, tx *ent.Tx, userID string) error {
	_, err := tx.ExecContext(ctx, "UPDATE users SET kind = kind WHERE id = ?", userID)
	return err
}

// SignOut ends the session that a refresh token belongs to, on all tabs of that browser. What was let in before stays so
// until its access token ends. Unauthenticated if nobody is signed in.
func (a *Accounts) SignOut(ctx context.Context, refresh string) error {
	return a.signOut(ctx, refresh, func(tx *ent.Tx, ended *ent.Session, _ *Viewer) error {
		if ended == nil {
			return nil
		}
		_, err := tx.Session.Delete().Where(session.Family(ended.Family)).Exec(ctx)
		return err
	})
}

// SignOutEverywhere ends all sessions of the viewer or, without one, of the user whom a refresh token belongs to; the token's
// own in any case.
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

// signOut finds who signs out: by what they sent along, a refresh token or an access token.
func (a *Accounts) signOut(ctx context.Context, refresh string, end func(*ent.Tx, *ent.Session, *Viewer) error) error {
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
			return party.Errorf(party.Unauthenticated, "nobody is signed in here")
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

// sessionUser returns whom a refresh token that is not exchanged yet belongs to, or nil.
func (a *Accounts) sessionUser(ctx context.Context, refresh string) (*Viewer, error) {
	now, err := a.db.Now(ctx)
	if err != nil {
		return nil, err
	}
	row, err := a.db.Read.Session.Query().
		Where(session.TokenHash(database.Hash([]byte(refresh))), session.ExpiresAtGT(now), session.UsedAtIsNil()).WithUser().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up a session: %w", err)
	}
	return &Viewer{UserID: row.UserID, Kind: party.UserKind(row.Edges.User.Kind)}, nil
}

// ForgetOldSessions deletes those that have ended, and logins that nobody came back for.
func (a *Accounts) DeleteOldSessions(ctx context.Context) error {
	now, err := a.db.Now(ctx)
	if err != nil {
		return err
	}
	if _, err := a.db.DeleteWhere(ctx, "logins", "expires_at < ?", now); err != nil {
		return err
	}
	_, err = a.db.DeleteWhere(ctx, "sessions", "expires_at < ?", now)
	return err
}
