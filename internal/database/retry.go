package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"
	_ "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"antwon.dj/backend/ent"
)

const TxTimeout = 5 * time.Second // for one transaction, from its beginning

const MaxAttempts = 5 // after deadlocks and lock timeouts

// backOff waits for a random time that grows with each attempt: 10 ms at most, then 20, 40, …
func Backoff(attempt int) {
	time.Sleep(time.Duration(rand.Int64N(int64(10*time.Millisecond) << attempt)))
}

// txError is a transaction that did not begin, or whose commit failed: no single change is to blame. Whether a failed
// commit took place is not known, so it is not repeated.
type TxError struct {
	Commit bool
	Err    error
}

func (e *TxError) Error() string {
	if e.Commit {
		return "commit: " + e.Err.Error()
	}
	return "begin: " + e.Err.Error()
}

func (e *TxError) Unwrap() error { return e.Err }

// retryable tells a transaction that lost against another one, and was rolled back, from one that fails again.
func Retryable(err error) bool {
	if failed, ok := errors.AsType[*TxError](err); ok && failed.Commit {
		return false
	}
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return e.Number == 1213 || e.Number == 1205 // deadlock, lock wait timeout
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	return errors.Is(err, driver.ErrBadConn)
}

// inTx runs fn in a transaction of its own, for rows that are no part of a room's state; again after a deadlock or a lock
// timeout.
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
