package bulk

import (
	"context"
	"math/bits"
	"strings"

	"entgo.io/ent/dialect"

	"antwon.dj/backend/ent"
)

// Tx runs statements for many rows in a transaction.
type Tx struct {
	tx     *ent.Tx
	sqlite bool
}

// In returns a Tx for a transaction of a database of this dialect.
func In(tx *ent.Tx, dialectName string) Tx { return Tx{tx, dialectName == dialect.SQLite} }

// parts splits rows into those of one statement each. With MySQL that is all of them, because a round trip takes longer
// than anything else. SQLite has no round trips, but takes long to parse a statement. So there the sizes of the parts
// are powers of two, and a few different texts are prepared once.
func parts[T any](t Tx, rows []T) [][]T {
	if !t.sqlite && len(rows) > 0 {
		return [][]T{rows}
	}
	var all [][]T
	for len(rows) > 0 {
		n := 1 << (bits.Len(uint(len(rows))) - 1)
		all, rows = append(all, rows[:n]), rows[n:]
	}
	return all
}

// execEach runs a statement for each part of the rows. text returns its text for a number of rows, and values appends
// the arguments of one row.
func execEach[T any](
	ctx context.Context, t Tx, rows []T, text func(rows int) string, values func(args []any, row T) []any,
) error {
	for _, part := range parts(t, rows) {
		var args []any
		for _, row := range part {
			args = values(args, row)
		}
		if _, err := t.tx.ExecContext(ctx, text(len(part)), args...); err != nil {
			return err
		}
	}
	return nil
}

// repeated returns a function that puts a text between others, as often as there are rows.
func repeated(before, each, separator, after string) func(rows int) string {
	return func(rows int) string {
		return before + strings.TrimSuffix(strings.Repeat(each+separator, rows), separator) + after
	}
}
