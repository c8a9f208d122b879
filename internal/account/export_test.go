package account

import (
	"context"
	"strings"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/session"
	"antwon.dj/backend/internal/database"
)

// Age moves the times of all stored sessions, ended ones included, and logins into the past.
func Age(ctx context.Context, db *database.DB, by time.Duration) error {
	return db.InTx(ctx, func(tx *ent.Tx) error {
		sessions, err := tx.Session.Query().All(ctx)
		if err != nil {
			return err
		}
		for _, row := range sessions {
			update := tx.Session.UpdateOneID(row.ID).SetExpiresAt(row.ExpiresAt.Add(-by))
			if row.UsedAt != nil {
				update.SetUsedAt(row.UsedAt.Add(-by))
			}
			if err := update.Exec(ctx); err != nil {
				return err
			}
		}
		ended, err := tx.EndedSession.Query().All(ctx)
		if err != nil {
			return err
		}
		for _, row := range ended {
			const update = "UPDATE ended_sessions SET ended_at = ? WHERE id = ?"
			if _, err := tx.ExecContext(ctx, update, row.EndedAt.Add(-by).UTC(), row.ID); err != nil {
				return err
			}
		}
		logins, err := tx.Login.Query().All(ctx)
		if err != nil {
			return err
		}
		for _, row := range logins {
			expiresAt := row.ExpiresAt.Add(-by).UTC()
			if _, err := tx.ExecContext(ctx, "UPDATE logins SET expires_at = ? WHERE id = ?", expiresAt, row.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// StoredSessions counts the rows of sessions, and reports whether one contains this text.
func StoredSessions(ctx context.Context, db *database.DB, text string) (n int, found bool, err error) {
	rows, err := db.Read.Session.Query().All(ctx)
	for _, row := range rows {
		found = found || strings.Contains(row.String(), text)
	}
	return len(rows), found, err
}

// CountAuthorizations counts the authorizations that were begun and not completed.
func CountAuthorizations(ctx context.Context, db *database.DB) (int, error) {
	return db.Read.SpotifyAuthorization.Query().Count(ctx)
}

// IsUnused reports whether a refresh token is stored and was not exchanged.
func IsUnused(ctx context.Context, db *database.DB, refresh string) (bool, error) {
	return db.Read.Session.Query().
		Where(session.TokenHash(database.Hash([]byte(refresh))), session.UsedAtIsNil()).Exist(ctx)
}

// EndedCached is how many ended sessions are remembered one by one.
const EndedCached = endedCached

// RememberEnded has a server remember that a session has ended.
func (a *Accounts) RememberEnded(sessionID string, at time.Time) {
	a.ended.add([]string{sessionID}, at)
}

// CountEnded counts the ended sessions that a server remembers one by one.
func (a *Accounts) CountEnded() int { return len(a.ended.at) }
