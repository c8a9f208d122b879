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

// parts splits rows into the parts that one statement each writes or reads. On MySQL there is one part, because a round
// trip takes longer than anything else. SQLite has no round trips, but takes long to parse a statement. There the sizes
// of the parts are powers of two, so that only a few different texts have to be prepared, each once.
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
		if err := t.exec(ctx, text(len(part)), args); err != nil {
			return err
		}
	}
	return nil
}

func (t Tx) exec(ctx context.Context, text string, args []any) error {
	_, err := t.tx.ExecContext(t.uninterrupted(ctx), text, args...)
	return err
}

// uninterrupted returns the context for a statement. On SQLite it is never canceled, because the driver would start a
// goroutine to watch it, which costs as much as a short statement. These statements find a few rows by indexes and wait
// for no lock, so they end soon anyway. Beginning and committing the transaction keep their deadline.
func (t Tx) uninterrupted(ctx context.Context) context.Context {
	if t.sqlite {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// repeated returns a function that builds a text for a number of rows: before, then each once for each row, with
// separator in between, then after.
func repeated(before, each, separator, after string) func(rows int) string {
	return built(func(rows int) string {
		return before + strings.TrimSuffix(strings.Repeat(each+separator, rows), separator) + after
	})
}

// built returns a function with the results of build. For numbers of rows that are powers of two up to 128, as those of
// SQLite's statements are, it calls build only once each.
func built(build func(rows int) string) func(rows int) string {
	const most = 8 // up to 128 rows, the most likes of a group
	var texts [most]string
	for i := range texts {
		texts[i] = build(1 << i)
	}
	return func(rows int) string {
		if i := bits.TrailingZeros(uint(rows)); i < most && rows == 1<<i {
			return texts[i]
		}
		return build(rows)
	}
}
