package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/google/uuid"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/session"
	"antwon.dj/backend/internal/database"
)

// A refresh token begins with a secret that all tokens of its family share, and whose hash is the family's id. So a
// token that was exchanged long ago still shows which family it belongs to, although its row has been deleted.
const familySecret = 26 // characters of rand.Text, 130 bits

// newRefreshToken returns the first refresh token of a new family.
func newRefreshToken() string { return rand.Text() + rand.Text() + rand.Text() }

// familyOf returns the id of the family to which a refresh token belongs. Families that are older than these secrets
// have ids of another UUID version.
func familyOf(refresh string) string {
	secret := refresh[:min(familySecret, len(refresh))]
	return uuid.NewHash(sha256.New(), uuid.Nil, []byte(secret), 8).String()
}

// successor returns the refresh token for which refresh is exchanged. It is always the same one, so that tabs that send
// the same token get the same successor. It cannot be computed from the token alone, because the row's id is secret,
// nor from the row alone, which has only the token's hash.
func successor(refresh, rowID string) string {
	mac := hmac.New(sha256.New, []byte(refresh))
	mac.Write([]byte(rowID))
	return refresh[:min(familySecret, len(refresh))] + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// newestToken returns the newest refresh token of a family: it goes on from successor to successor, beginning with the
// token of this row. If a token on the way has no stored successor yet, it stores one and returns it.
func newestToken(
	ctx context.Context, tx *ent.Tx, row *ent.Session, refresh string, now time.Time,
) (next string, err error) {
	next = successor(refresh, row.ID)
	for row.UsedAt != nil {
		following, err := tx.Session.Query().Where(session.TokenHash(database.Hash([]byte(next)))).Only(ctx)
		if ent.IsNotFound(err) { // a server of an older version has made another one
			break
		}
		if err != nil || following.UsedAt == nil {
			return next, err
		}
		next, row = successor(next, following.ID), following
	}
	if err := tx.Session.Update().Where(session.ID(row.ID)).SetUsedAt(now).Exec(ctx); err != nil {
		return "", err
	}
	if err := deleteUsed(ctx, tx, row.Family, now); err != nil {
		return "", err
	}
	return next, storeSession(ctx, tx, row.UserID, row.Family, next, now)
}

// usedLongAgo selects the rows of tokens whose grace period has ended and whose family is found without the row.
const usedLongAgo = "used_at < ? AND SUBSTR(family, 15, 1) = '8'"

// deleteUsed deletes the rows of a family that are no longer needed.
func deleteUsed(ctx context.Context, tx *ent.Tx, family string, now time.Time) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE family = ? AND "+usedLongAgo, family, now.Add(-refreshGrace))
	return err
}

// endReused ends the family of a refresh token that is not stored: if the family exists, the token was exchanged longer
// ago than the grace period. Nobody can guess such a token, because the family's secret is part of it.
func endReused(ctx context.Context, tx *ent.Tx, refresh string, end endFunc) error {
	family := familyOf(refresh)
	row, err := tx.Session.Query().Where(session.Family(family)).First(ctx)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := lockUser(ctx, tx, row.UserID); err != nil {
		return err
	}
	return end(family)
}
