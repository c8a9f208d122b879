package jukebox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/ent/idempotencykey"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/bulk"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/likes"
	"antwon.dj/backend/internal/party"
)

// idempotency identifies a mutation that may be repeated. A mutation without a key has a nil one, for which find
// returns nothing and store stores nothing.
type idempotency likes.Key

// result is what a mutation returns. It refers to an object, which is loaded again when the mutation is repeated.
type result struct {
	objectID string
	flag     bool // addSong: the recording was queued already
	repeated bool // the mutation was done by an earlier request
}

// newIdempotency returns the idempotency of a mutation of the viewer, and nil if key is nil. BadUserInput if the key is
// empty or too long, Unauthenticated without a viewer.
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
	return &idempotency{
		UserID: viewer.UserID, Hash: database.Hash([]byte(*key)), Mutation: mutation, ArgumentsHash: database.Hash(text),
	}, nil
}

// find returns the result of the earlier request with this key, or nil if there was none within likes.KeyLifetime.
// Conflict if the key was used for another mutation, or with other arguments.
func (i *idempotency) find(ctx context.Context, keys *ent.IdempotencyKeyClient) (*result, error) {
	if i == nil {
		return nil, nil
	}
	row, err := keys.Query().Where(idempotencykey.UserID(i.UserID), idempotencykey.Key(i.Hash)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("look up the idempotency key: %w", err)
	case time.Since(row.CreatedAt) > likes.KeyLifetime:
		return nil, nil
	}
	if err := (*likes.Key)(i).CheckSame(row.Mutation, row.ArgumentsHash); err != nil {
		return nil, err
	}
	return &result{objectID: row.ObjectID, flag: row.Flag, repeated: true}, nil
}

// store saves the result for repetitions. It never refuses, because the change has been written by now: if another
// request has just stored a result with the same key, the error is database.ErrOvertaken, and find decides in the next
// attempt.
func (i *idempotency) store(ctx context.Context, tx *ent.Tx, done result, now time.Time) error {
	if i == nil {
		return nil
	}
	expired := tx.IdempotencyKey.Delete().Where(
		idempotencykey.UserID(i.UserID), idempotencykey.Key(i.Hash), idempotencykey.CreatedAtLT(now.Add(-likes.KeyLifetime)),
	)
	if _, err := expired.Exec(ctx); err != nil {
		return err
	}
	err := tx.IdempotencyKey.Create().
		SetUserID(i.UserID).SetKey(i.Hash).SetMutation(i.Mutation).SetArgumentsHash(i.ArgumentsHash).
		SetObjectID(done.objectID).SetFlag(done.flag).SetCreatedAt(now).Exec(ctx)
	if ent.IsConstraintError(err) {
		return errors.Join(database.ErrOvertaken, err)
	}
	return err
}

// changeOnce is change for a mutation that may have an idempotency key: a repetition does not run fn and returns the
// first result, even after the room was closed. The key is stored in the same transaction, unless the change is
// refused. It is stored even if fn wrote nothing, because a request that is delivered late must not undo what the user
// has done since; of those keys, the oldest for the same object are deleted. A new mutation of a closed room is a
// Conflict.
func (j *Jukebox) changeOnce(ctx context.Context, a access, key *string, mutation string, arguments any,
	fn func(context.Context, *roomTx) (result, error),
) (done result, err error) {
	once, err := newIdempotency(ctx, key, mutation, arguments)
	if err != nil {
		return result{}, err
	}
	if a.status != party.Open {
		return j.repeatInClosedRoom(ctx, once)
	}
	err = j.change(ctx, a, func(ctx context.Context, t *roomTx) (err error) {
		earlier, err := once.find(ctx, t.tx.IdempotencyKey)
		if err != nil {
			return err
		}
		if earlier != nil {
			done = *earlier
			return nil
		}
		if done, err = fn(ctx, t); err != nil || once == nil {
			return err
		}
		if !t.wrote() {
			of := bulk.Like{ItemID: done.objectID, UserID: once.UserID}
			if err := t.rows.ForgetKeys(ctx, of, likes.KeysPerObject-1); err != nil {
				return err
			}
		}
		return once.store(ctx, t.unversioned(), done, t.now)
	})
	return done, err
}

// isRepeated reports whether a mutation with this key was done before, so that a use case can skip its preparations
// outside the transaction. Conflict if the key was used for another request.
func (j *Jukebox) isRepeated(ctx context.Context, key *string, mutation string, arguments any) (bool, error) {
	once, err := newIdempotency(ctx, key, mutation, arguments)
	if err != nil {
		return false, err
	}
	done, err := once.find(ctx, j.db.Read.IdempotencyKey)
	return done != nil, err
}

// repeatInClosedRoom returns the result of a mutation that was done before the room was closed, and a Conflict for a
// new one.
func (j *Jukebox) repeatInClosedRoom(ctx context.Context, once *idempotency) (result, error) {
	done, err := once.find(ctx, j.db.Read.IdempotencyKey)
	if err != nil {
		return result{}, err
	}
	if done == nil {
		return result{}, errRoomClosed
	}
	return *done, nil
}
