package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// maxWAL is the size in bytes above which Checkpoint empties SQLite's write-ahead log.
const maxWAL = 16 << 20

// Checkpoint empties SQLite's write-ahead log if it is large. SQLite does so by itself in a moment without readers, but
// a long read, such as a backup, lets the log grow, and at a busy party no such moment comes. It does nothing to MySQL.
// Call it about once a minute.
func (s *DB) Checkpoint(ctx context.Context) error {
	if s.checkpoint == nil {
		return nil
	}
	return s.checkpoint(ctx)
}

// checkpointSQLite uses a connection of its own, which waits for readers only briefly, because writers wait meanwhile.
func checkpointSQLite(ctx context.Context, path string) error {
	if log, err := os.Stat(path + "-wal"); err != nil || log.Size() <= maxWAL {
		return nil
	}
	db, err := sql.Open("sqlite", fileURI(path)+"?_synchronous=FULL&_busy_timeout=200")
	if err != nil {
		return err
	}
	var busy, frames, moved int // a busy log is tried again by the next call
	err = db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("empty the write-ahead log of %s: %w", path, err)
	}
	return nil
}
