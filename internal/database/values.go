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

func Microseconds(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// now is the database's clock: the clocks of several servers may differ. A SQLite file has this machine's.
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

// newID makes an id that sorts by the time it was made.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// hash makes a key that every database compares alike: MySQL takes no notice of spaces at the end of a text.
func Hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
