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

// maxStatements bounds the cache. The program uses a few dozen different statements to write.
const maxStatements = 256

// preparedDriver is ent's SQL driver with a cache of prepared statements, because SQLite spends more time on parsing a
// statement than on running it. It is made for a pool with a single connection. It is safe for concurrent use.
type preparedDriver struct {
	*entsql.Driver
	db     *sql.DB
	mu     sync.Mutex
	stmts  map[string]*sql.Stmt // by text, which never contains values; guarded by mu
	wanted []string             // to be prepared before the next transaction takes the connection; guarded by mu
}

func newPreparedDriver(dialectName string, db *sql.DB) *preparedDriver {
	return &preparedDriver{Driver: entsql.OpenDB(dialectName, db), db: db, stmts: map[string]*sql.Stmt{}}
}

// Tx begins a transaction.
func (d *preparedDriver) Tx(ctx context.Context) (dialect.Tx, error) { return d.BeginTx(ctx, nil) }

// BeginTx first prepares the statements that earlier transactions ran unprepared, and then begins a transaction.
func (d *preparedDriver) BeginTx(ctx context.Context, opts *sql.TxOptions) (dialect.Tx, error) {
	d.prepareWanted(ctx)
	tx, err := d.db.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return &entsql.Tx{Conn: entsql.Conn{ExecQuerier: &preparedTx{tx, d}}, Tx: tx}, nil
}

// Close closes the statements and the pool.
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
		// A statement that cannot be prepared is run unprepared, and then reports what is wrong.
		if stmt, err := d.db.PrepareContext(ctx, query); err == nil {
			d.store(query, stmt)
		}
	}
}

// store caches a statement, or closes it if it is cached already or the cache is full.
func (d *preparedDriver) store(query string, stmt *sql.Stmt) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stmts[query] != nil || len(d.stmts) >= maxStatements {
		_ = stmt.Close()
		return
	}
	d.stmts[query] = stmt
}

// prepared returns the prepared statement for a text. If there is none it returns nil, and has it prepared for later.
func (d *preparedDriver) prepared(query string) *sql.Stmt {
	d.mu.Lock()
	defer d.mu.Unlock()
	stmt := d.stmts[query]
	if stmt == nil && len(d.stmts)+len(d.wanted) < maxStatements && !slices.Contains(d.wanted, query) {
		d.wanted = append(d.wanted, query)
	}
	return stmt
}

// preparedTx is a transaction that uses the driver's prepared statements where there are any.
type preparedTx struct {
	tx     *sql.Tx
	driver *preparedDriver
}

func (t *preparedTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt := t.driver.prepared(query); stmt != nil {
		//nolint:sqlclosecheck // the transaction closes its copy of the statement
		return t.tx.StmtContext(ctx, stmt).ExecContext(ctx, args...)
	}
	return t.tx.ExecContext(ctx, query, args...)
}

func (t *preparedTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := t.driver.prepared(query); stmt != nil {
		//nolint:sqlclosecheck // the transaction closes its copy of the statement
		return t.tx.StmtContext(ctx, stmt).QueryContext(ctx, args...)
	}
	return t.tx.QueryContext(ctx, query, args...)
}
