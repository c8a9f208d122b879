package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"antwon.dj/backend/ent"
)

const (
	TxTimeout   = 5 * time.Second // of one attempt of a transaction, from its beginning
	MaxAttempts = 5               // of a transaction that fails with a Retryable error
)

// Backoff sleeps for a random time that grows with the number of the attempt, which counts from 0: at most 10 ms, 20
// ms, 40 ms and so on.
func Backoff(attempt int) {
	time.Sleep(time.Duration(rand.Int64N(int64(10*time.Millisecond) << attempt)))
}

// TxError is the failure to begin or to commit a transaction, as opposed to the failure of a statement in it. After a
// failed commit it is unknown whether the transaction took place, so it is not retried.
type TxError struct {
	Commit bool // the commit failed; false: the transaction did not begin
	Err    error
}

func (e *TxError) Error() string {
	if e.Commit {
		return "commit: " + e.Err.Error()
	}
	return "begin: " + e.Err.Error()
}

func (e *TxError) Unwrap() error { return e.Err }

// ErrOvertaken says that a transaction cannot go on because a concurrent one has stored the same row first. Another
// attempt sees that row.
var ErrOvertaken = errors.New("a concurrent transaction was first")

// Retryable reports whether a transaction was rolled back because of a passing condition, such as a deadlock, a lost
// connection or ErrOvertaken, so that another attempt may succeed.
func Retryable(err error) bool {
	if failed, ok := errors.AsType[*TxError](err); ok && failed.Commit {
		return false
	}
	if errors.Is(err, ErrOvertaken) {
		return true
	}
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return e.Number == 1213 || e.Number == 1205 // deadlock, lock wait timeout
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	return errors.Is(err, driver.ErrBadConn)
}

// InTx runs fn in a transaction, and commits it unless fn returns an error. After a Retryable error it runs fn again,
// up to MaxAttempts times, so fn must not have effects outside of the transaction. It is for rows that are not part of
// a room's state; changes of rooms have a transaction of their own in package jukebox.
func (s *DB) InTx(ctx context.Context, fn func(*ent.Tx) error) (err error) {
	for attempt := range MaxAttempts {
		if err = s.tryTx(ctx, fn); err == nil || !Retryable(err) {
			return err
		}
		Backoff(attempt)
	}
	return err
}

func (s *DB) tryTx(ctx context.Context, fn func(*ent.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, TxTimeout)
	defer cancel()
	tx, err := s.Write.Tx(ctx)
	if err != nil {
		return &TxError{Err: err}
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return &TxError{Commit: true, Err: err}
	}
	return nil
}
