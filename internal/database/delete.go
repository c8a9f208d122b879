package database

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"antwon.dj/backend/ent"
)

const (
	// deletedAtOnce is how many rows one transaction of DeleteWhere and Sweep deletes: so few that other transactions
	// hardly wait.
	deletedAtOnce = 200
	// examinedAtOnce is how many rows one statement of Walk examines: so few that it takes milliseconds.
	examinedAtOnce = 1_000
)

// DeleteWhere deletes the rows of a table that meet a condition, and returns how many it deleted, also with an error.
// It deletes a few rows at a time, and pauses for as long in between, so that other transactions hardly wait. Several
// servers may do it at once. The table, which must have an id, and the condition are SQL: they must not contain user
// input. args are the condition's arguments. The condition must have an index; without one, use Sweep.
func (db *DB) DeleteWhere(ctx context.Context, table, condition string, args ...any) (n int, err error) {
	for ctx.Err() == nil {
		began := time.Now()
		ids, err := db.someIDs(ctx, "SELECT id FROM "+table+" WHERE "+condition+" LIMIT ?",
			append(slices.Clone(args), deletedAtOnce)...)
		if err != nil || len(ids) == 0 {
			return n, err
		}
		gone, err := db.deleteSome(ctx, table, condition, ids, args)
		n += gone
		if err != nil {
			return n, err
		}
		pause(ctx, time.Since(began))
	}
	return n, ctx.Err()
}

// Sweep is DeleteWhere for a condition that no index helps to find: it walks the whole table, as Walk does.
func (db *DB) Sweep(ctx context.Context, table, condition string, args ...any) (n int, err error) {
	err = db.Walk(ctx, table, condition, args, func(ids []any) error {
		gone, err := db.deleteSome(ctx, table, condition, ids, args)
		n += gone
		return err
	})
	return n, err
}

// Walk calls found with the ids of those rows of a table that meet a condition, deletedAtOnce at a time, until found
// returns an error. It walks the table in the order of the ids, so that each statement examines only examinedAtOnce
// rows, however large the table is, and pauses for as long in between. It may leave out rows that are added meanwhile.
// The table, whose ids must be texts, and the condition are SQL: they must not contain user input. args are the
// condition's arguments.
//
// A condition about rows of other tables has to be a subquery for a single value, which databases look up for each
// row. For EXISTS they may read the whole other table first.
func (db *DB) Walk(ctx context.Context, table, condition string, args []any, found func(ids []any) error) error {
	piece := "SELECT MAX(id) FROM (SELECT id FROM " + table + " WHERE id > ? ORDER BY id LIMIT ?) piece"
	matching := "SELECT id FROM " + table + " WHERE id > ? AND id <= ? AND " + condition
	for after := ""; ctx.Err() == nil; {
		began := time.Now()
		var last sql.NullString
		if err := db.SQL.QueryRowContext(ctx, piece, after, examinedAtOnce).Scan(&last); err != nil || !last.Valid {
			return err
		}
		ids, err := db.someIDs(ctx, matching, append([]any{after, last.String}, args...)...)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(ids, deletedAtOnce) {
			if err := found(some); err != nil {
				return err
			}
			pause(ctx, time.Since(began))
			began = time.Now()
		}
		after = last.String
		pause(ctx, time.Since(began))
	}
	return ctx.Err()
}

// pause waits for d, or until ctx is done.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// someIDs returns the results of a query for ids.
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

// deleteSome deletes the rows with these ids, at most deletedAtOnce, that still meet the condition. The text of the
// statement does not depend on the number of ids, so that it is prepared once.
func (db *DB) deleteSome(ctx context.Context, table, condition string, ids, arguments []any) (n int, err error) {
	args := slices.Clone(ids)
	for len(args) < deletedAtOnce {
		args = append(args, ids[0])
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", deletedAtOnce), ",")
	statement := "DELETE FROM " + table + " WHERE id IN (" + marks + ") AND " + condition
	err = db.InTx(ctx, func(tx *ent.Tx) error {
		result, err := tx.ExecContext(ctx, statement, append(args, arguments...)...)
		if err != nil {
			return err
		}
		gone, err := result.RowsAffected()
		n = int(gone)
		return err
	})
	return n, err
}
