package database

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
)

// maxStatements bounds the cache; the program writes a few dozen different statements.
const maxStatements = 256

// preparedDriver is ent's SQL driver with statements that are parsed once: on SQLite parsing one each time costs more than
// running it. It is made for a database with a single connection.
type preparedDriver struct {
	*entsql.Driver
	db     *sql.DB
	mu     sync.Mutex
	stmts  map[string]*sql.Stmt // by their text, which never holds a value
	wanted []string             // seen in a transaction: prepared before the next one takes the connection
}

func newPreparedDriver(dialectName string, db *sql.DB) *preparedDriver {
	return &preparedDriver{Driver: entsql.OpenDB(dialectName, db), db: db, stmts: map[string]*sql.Stmt{}}
}

func (d *preparedDriver) Tx(ctx context.Context) (dialect.Tx, error) { return d.BeginTx(ctx, nil) }

func (d *preparedDriver) BeginTx(ctx context.Context, opts *sql.TxOptions) (dialect.Tx, error) {
	d.prepareWanted(ctx)
	tx, err := d.db.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return &entsql.Tx{Conn: entsql.Conn{ExecQuerier: &preparedTx{tx, d}}, Tx: tx}, nil
}

func (d *preparedDriver) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for _, stmt := range d.stmts {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(append(errs, d.db.Close())...)
}

func (d *preparedDriver) prepareWanted(ctx context.Context) {
	d.mu.Lock()
	wanted := d.wanted
	d.wanted = nil
	d.mu.Unlock()
	for _, query := range wanted {
		if stmt, err := d.db.PrepareContext(ctx, query); err == nil { // otherwise it is run unprepared, and says what is wrong
			d.keep(query, stmt)
		}
	}
}

func (d *preparedDriver) keep(query string, stmt *sql.Stmt) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stmts[query] != nil || len(d.stmts) >= maxStatements {
		_ = stmt.Close() // a second one for the same text, or one too many
		return
	}
	d.stmts[query] = stmt
}

func (d *preparedDriver) prepared(query string) *sql.Stmt {
	d.mu.Lock()
	defer d.mu.Unlock()
	stmt := d.stmts[query]
	if stmt == nil && len(d.stmts)+len(d.wanted) < maxStatements && !slices.Contains(d.wanted, query) {
		d.wanted = append(d.wanted, query)
	}
	return stmt
}

// preparedTx is a transaction that runs prepared statements where there are any.
type preparedTx struct {
	tx     *sql.Tx
	driver *preparedDriver
}

func (t *preparedTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt := t.driver.prepared(query); stmt != nil {
		return t.tx.StmtContext(ctx, stmt).ExecContext(ctx, args...)
	}
	return t.tx.ExecContext(ctx, query, args...)
}

func (t *preparedTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := t.driver.prepared(query); stmt != nil {
		return t.tx.StmtContext(ctx, stmt).QueryContext(ctx, args...)
	}
	return t.tx.QueryContext(ctx, query, args...)
}
