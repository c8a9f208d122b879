package jukebox

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/idempotencykey"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/party"
)

// keyLifetime is how long a mutation that is sent again with the same key is recognised.
const keyLifetime = 24 * time.Hour

// repeatable is a mutation that may be sent again. Without a key (nil) it is an ordinary one.
type idempotency struct {
	userID, key, mutation, argumentsHash string
}

// outcome is what a mutation answered: an object, which is looked up again when the mutation is repeated.
type result struct {
	objectID string
	flag     bool // addSong: the recording was queued already
	repeated bool // this is the answer to an earlier request
}

// newRepeatable checks the key, and returns nil when there is none.
func newIdempotency(ctx context.Context, key *string, mutation string, arguments any) (*idempotency, error) {
	if key == nil {
		return nil, nil
	}
	if n := utf8.RuneCountInString(*key); n < 1 || n > party.MaxIdempotencyKey || !utf8.ValidString(*key) {
		return nil, party.BadInput("idempotencyKey", "must have 1 to %d characters", party.MaxIdempotencyKey)
	}
	viewer, err := account.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(arguments)
	if err != nil {
		return nil, fmt.Errorf("hash the arguments: %w", err)
	}
	return &idempotency{viewer.UserID, database.Hash([]byte(*key)), mutation, database.Hash(text)}, nil
}

// done returns what the mutation answered the first time, or nil. Conflict if the key was used for something else.
func (r *idempotency) find(ctx context.Context, keys *ent.IdempotencyKeyClient) (*result, error) {
	if r == nil {
		return nil, nil
	}
	row, err := keys.Query().Where(idempotencykey.UserID(r.userID), idempotencykey.Key(r.key)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("look up the idempotency key: %w", err)
	case time.Since(row.CreatedAt) > keyLifetime:
		return nil, nil
	case row.Mutation != r.mutation || row.ArgumentsHash != r.argumentsHash:
		return nil, party.Errorf(party.Conflict, "this idempotency key was used for another request: choose a new one")
	}
	return &result{objectID: row.ObjectID, flag: row.Flag, repeated: true}, nil
}

func (r *idempotency) store(ctx context.Context, tx *ent.Tx, o result, now time.Time) error {
	if r == nil {
		return nil
	}
	_, err := tx.IdempotencyKey.Delete().Where(idempotencykey.UserID(r.userID), idempotencykey.Key(r.key)).Exec(ctx) // one that is too old
	if err != nil {
		return err
	}
	err = tx.IdempotencyKey.Create().SetUserID(r.userID).SetKey(r.key).SetMutation(r.mutation).SetArgumentsHash(r.argumentsHash).
		SetObjectID(o.objectID).SetFlag(o.flag).SetCreatedAt(now).Exec(ctx)
	if ent.IsConstraintError(err) {
		return party.Errorf(party.Conflict, "this idempotency key is in use by another request of this moment")
	}
	return err
}

// changeOnce is change for a mutation that may carry an idempotency key: sent again it does nothing and gives the outcome
// it had. The key is stored with the change, also when nothing changed; a refusal is not stored.
func (j *Jukebox) changeOnce(ctx context.Context, a access, key *string, mutation string, arguments any,
	fn func(context.Context, *roomTx) (result, error),
) (done result, err error) {
	repeatable, err := newIdempotency(ctx, key, mutation, arguments)
	if err != nil {
		return result{}, err
	}
	if a.status != party.Open {
		return j.repeatInClosedRoom(ctx, a, repeatable)
	}
	err = j.change(ctx, a, func(ctx context.Context, t *roomTx) (err error) {
		earlier, err := repeatable.find(ctx, t.tx.IdempotencyKey)
		if err != nil {
			return err
		}
		if earlier != nil {
			done = *earlier
			return nil
		}
		if done, err = fn(ctx, t); err != nil || repeatable == nil {
			return err
		}
		return repeatable.store(ctx, t.unversioned(), done, t.now)
	})
	return done, err
}

// answered says that a mutation with this key was carried out before, so that nothing need be prepared for it.
func (j *Jukebox) isRepeated(ctx context.Context, key *string, mutation string, arguments any) (bool, error) {
	r, err := newIdempotency(ctx, key, mutation, arguments)
	if err != nil {
		return false, err
	}
	done, err := r.find(ctx, j.db.Read.IdempotencyKey)
	return done != nil, err
}

// repeatClosed answers what was done before the room closed; anything new is refused.
func (j *Jukebox) repeatInClosedRoom(ctx context.Context, a access, r *idempotency) (result, error) {
	done, err := r.find(ctx, j.db.Read.IdempotencyKey)
	if err != nil || done == nil {
		return result{}, cmp.Or(err, a.checkOpen())
	}
	return *done, nil
}

// ForgetOldKeys deletes idempotency keys that are not recognised any more.
func (j *Jukebox) DeleteOldKeys(ctx context.Context) error {
	_, err := j.db.DeleteWhere(ctx, "idempotency_keys", "created_at < ?", database.Microseconds(time.Now().Add(-keyLifetime)))
	return err
}
