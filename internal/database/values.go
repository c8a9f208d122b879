package database

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"entgo.io/ent/dialect"
	"github.com/google/uuid"
)

// Microseconds returns t in UTC, truncated to microseconds, because MySQL stores nothing smaller.
func Microseconds(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Now returns the time of the database's clock, because the clocks of several servers may differ. With SQLite it is the
// clock of this machine.
func (s *DB) Now(ctx context.Context) (time.Time, error) {
	if s.Dialect == dialect.SQLite {
		return Microseconds(time.Now()), nil
	}
	var now time.Time
	if err := s.SQL.QueryRowContext(ctx, "SELECT UTC_TIMESTAMP(6)").Scan(&now); err != nil {
		return now, fmt.Errorf("ask the database for its time: %w", err)
	}
	return now.UTC(), nil
}

// NewID returns a new id. Ids sort by the time at which they were made.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// Hash returns the SHA-256 of a text in hexadecimal digits: a key that all databases compare alike, whereas MySQL
// ignores spaces at the end of a text.
func Hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
