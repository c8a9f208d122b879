package database

import (
	"context"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/ent"
)

// deletedAtOnce is how many rows one transaction of DeleteWhere deletes: so few that nobody notices.
const deletedAtOnce = 200

// DeleteWhere deletes the rows of a table for which a condition holds, and returns how many there were. It deletes a few at a
// time and rests as long in between, so that nobody waits for it; several servers may do it at once. The table and the condition
// are SQL and must not come from outside; arg is the condition's one argument.
func (db *DB) DeleteWhere(ctx context.Context, table, condition string, arg any) (n int, err error) {
	for ctx.Err() == nil {
		began := time.Now()
		ids, err := db.someIDs(ctx, "SELECT id FROM "+table+" WHERE "+condition+" LIMIT ?", arg, deletedAtOnce)
		if err != nil || len(ids) == 0 {
			return n, err
		}
		gone, err := db.deleteSome(ctx, table, condition, ids, arg)
		n += gone
		if err != nil {
			return n, err
		}
		rest(ctx, time.Since(began))
	}
	return n, ctx.Err()
}

func rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// someIDs returns what a query for ids finds.
func (db *DB) someIDs(ctx context.Context, query string, args ...any) (ids []any, err error) {
	rows, err := db.SQL.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// deleteSome deletes those of the ids, at most deletedAtOnce, that the condition is still true for. The statement is always the
// same text, and so prepared once.
func (db *DB) deleteSome(ctx context.Context, table, condition string, ids []any, arg any) (n int, err error) {
	args := slices.Clone(ids)
	for len(args) < deletedAtOnce {
		args = append(args, ids[0])
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", deletedAtOnce), ",")
	err = db.InTx(ctx, func(tx *ent.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE id IN ("+marks+") AND "+condition, append(args, arg)...)
		if err != nil {
			return err
		}
		gone, err := result.RowsAffected()
		n = int(gone)
		return err
	})
	return n, err
}
