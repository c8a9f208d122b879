package likes

import (
	"context"
	"database/sql"
	"errors"

	"github.com/go-sql-driver/mysql"

	"antwon.dj/backend/cmd/antwon-bench/fixture"
)

// bareSQL has the statements that a like needs, prepared, and nothing else.
type bareSQL struct {
	db *sql.DB

	raiseVersion, selectVersion, selectItem, selectLike *sql.Stmt
	insertLike, deleteLike, countUp, countDown          *sql.Stmt

	prepared []*sql.Stmt // all of them
}

func prepareBareSQL(ctx context.Context, databaseURL string) (*bareSQL, error) {
	db, err := fixture.OpenSQL(databaseURL)
	if err != nil {
		return nil, err
	}
	b := &bareSQL{db: db}
	for text, stmt := range map[string]**sql.Stmt{
		"UPDATE rooms SET version = version + 1 WHERE id = ? AND status = 'OPEN'":      &b.raiseVersion,
		"SELECT version FROM rooms WHERE id = ?":                                       &b.selectVersion,
		"SELECT state, like_count FROM queue_items WHERE id = ?":                       &b.selectItem,
		"SELECT COUNT(*) FROM likes WHERE item_id = ? AND user_id = ?":                 &b.selectLike,
		"INSERT INTO likes (item_id, user_id) VALUES (?, ?)":                           &b.insertLike,
		"DELETE FROM likes WHERE item_id = ? AND user_id = ?":                          &b.deleteLike,
		"UPDATE queue_items SET like_count = like_count + 1, version = ? WHERE id = ?": &b.countUp,
		"UPDATE queue_items SET like_count = like_count - 1, version = ? WHERE id = ?": &b.countDown,
	} {
		//nolint:sqlclosecheck // close closes it
		if *stmt, err = db.PrepareContext(ctx, text); err != nil {
			b.close()
			return nil, err
		}
		b.prepared = append(b.prepared, *stmt)
	}
	return b, nil
}

func (b *bareSQL) close() {
	for _, stmt := range b.prepared {
		_ = stmt.Close()
	}
	_ = b.db.Close()
}

const deadlock = 1213 // MySQL's error number

// toggle runs the statements of a like or, with an odd n, of an unlike. It retries after a deadlock, as the program
// does.
func (b *bareSQL) toggle(ctx context.Context, roomID, itemID, userID string, n int) error {
	for {
		err := b.attempt(ctx, roomID, itemID, userID, n)
		if e, ok := errors.AsType[*mysql.MySQLError](err); !ok || e.Number != deadlock {
			return err
		}
	}
}

func (b *bareSQL) attempt(ctx context.Context, roomID, itemID, userID string, n int) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()              // no effect after the commit
	ctx = context.WithoutCancel(ctx) // or SQLite's driver would start a goroutine for each, to watch it
	if err := run(ctx, tx, b.raiseVersion, roomID); err != nil {
		return err
	}
	var version, likes int64
	var state string
	if err := row(ctx, tx, b.selectVersion, roomID).Scan(&version); err != nil {
		return err
	}
	if err := row(ctx, tx, b.selectItem, itemID).Scan(&state, &likes); err != nil {
		return err
	}
	write, count := b.insertLike, b.countUp
	if n%2 != 0 {
		write, count = b.deleteLike, b.countDown
	} else if err := row(ctx, tx, b.selectLike, itemID, userID).Scan(&likes); err != nil {
		return err
	}
	if err := run(ctx, tx, write, itemID, userID); err != nil {
		return err
	}
	if err := run(ctx, tx, count, version, itemID); err != nil {
		return err
	}
	return tx.Commit()
}

func run(ctx context.Context, tx *sql.Tx, stmt *sql.Stmt, args ...any) error {
	//nolint:sqlclosecheck // the transaction closes its copy of the statement
	_, err := tx.StmtContext(ctx, stmt).ExecContext(ctx, args...)
	return err
}

func row(ctx context.Context, tx *sql.Tx, stmt *sql.Stmt, args ...any) *sql.Row {
	//nolint:sqlclosecheck // the transaction closes its copy of the statement
	return tx.StmtContext(ctx, stmt).QueryRowContext(ctx, args...)
}
