package migrate

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ariga.io/atlas/sql/migrate"
)

const revisionTable = "schema_revisions"

// tablesTable says, on MySQL, what the tables looked like when a migration was last recorded.
const tablesTable = "schema_revisions_tables"

const revisionColumns = "version, description, type, applied, total, executed_at, execution_ns, error, error_stmt, " +
	"hash, partial_hashes, operator_version"

// revisions keeps in the database itself which migrations it has seen.
type revisions struct{ conn *sql.Conn }

func openRevisions(ctx context.Context, conn *sql.Conn) (*revisions, error) {
	_, err := conn.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+revisionTable+` (
		version varchar(255) NOT NULL PRIMARY KEY, description varchar(255) NOT NULL, type bigint NOT NULL,
		applied bigint NOT NULL, total bigint NOT NULL, executed_at varchar(64) NOT NULL, execution_ns bigint NOT NULL,
		error text NOT NULL, error_stmt text NOT NULL, hash varchar(255) NOT NULL, partial_hashes text NOT NULL,
		operator_version varchar(255) NOT NULL)`)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", revisionTable, err)
	}
	return &revisions{conn}, nil
}

func (r *revisions) Ident() *migrate.TableIdent { return &migrate.TableIdent{Name: revisionTable} }

func (r *revisions) ReadRevisions(ctx context.Context) ([]*migrate.Revision, error) {
	return r.read(ctx, "SELECT "+revisionColumns+" FROM "+revisionTable+" ORDER BY version")
}

func (r *revisions) ReadRevision(ctx context.Context, version string) (*migrate.Revision, error) {
	found, err := r.read(ctx, "SELECT "+revisionColumns+" FROM "+revisionTable+" WHERE version = ?", version)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, migrate.ErrRevisionNotExist
	}
	return found[0], nil
}

func (r *revisions) WriteRevision(ctx context.Context, rev *migrate.Revision) error {
	return r.write(ctx, r.conn, rev)
}

// execer is a connection, or a transaction on it.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func (r *revisions) write(ctx context.Context, to execer, rev *migrate.Revision) error {
	partial, err := json.Marshal(rev.PartialHashes)
	if err != nil {
		return err
	}
	rev.ExecutedAt = time.Now()
	_, err = to.ExecContext(ctx,
		"REPLACE INTO "+revisionTable+" ("+revisionColumns+") VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
		rev.Version, rev.Description, int64(rev.Type), rev.Applied, rev.Total, rev.ExecutedAt.UTC().Format(time.RFC3339Nano),
		int64(rev.ExecutionTime), rev.Error, rev.ErrorStmt, rev.Hash, string(partial), rev.OperatorVersion)
	return err
}

// createTables creates tablesTable. It comes after the first revision, because a database with any other table and no
// revision is not ours to migrate.
func (r *revisions) createTables(ctx context.Context) error {
	_, err := r.conn.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+tablesTable+` (
		version varchar(255) NOT NULL PRIMARY KEY, applied bigint NOT NULL, tables varchar(64) NOT NULL)`)
	if err != nil {
		return fmt.Errorf("create %s: %w", tablesTable, err)
	}
	return nil
}

func (r *revisions) writeTables(ctx context.Context, to execer, rev *migrate.Revision, tables string) error {
	_, err := to.ExecContext(ctx,
		"REPLACE INTO "+tablesTable+" (version, applied, tables) VALUES (?, ?, ?)", rev.Version, rev.Applied, tables)
	return err
}

// tablesAfter returns what the tables looked like after the last statement of a record; "" if that is unknown.
func (r *revisions) tablesAfter(ctx context.Context, rev *migrate.Revision) (tables string, err error) {
	err = r.conn.QueryRowContext(ctx, "SELECT tables FROM "+tablesTable+" WHERE version = ? AND applied = ?",
		rev.Version, rev.Applied).Scan(&tables)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return tables, err
}

func (r *revisions) DeleteRevision(ctx context.Context, version string) error {
	_, err := r.conn.ExecContext(ctx, "DELETE FROM "+revisionTable+" WHERE version = ?", version)
	return err
}

func (r *revisions) read(ctx context.Context, query string, args ...any) (all []*migrate.Revision, err error) {
	rows, err := r.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		rev, err := scanRevision(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, rev)
	}
	return all, rows.Err()
}

func scanRevision(rows *sql.Rows) (*migrate.Revision, error) {
	var rev migrate.Revision
	var kind, took int64
	var at, partial string
	err := rows.Scan(&rev.Version, &rev.Description, &kind, &rev.Applied, &rev.Total, &at, &took,
		&rev.Error, &rev.ErrorStmt, &rev.Hash, &partial, &rev.OperatorVersion)
	if err != nil {
		return nil, err
	}
	rev.Type, rev.ExecutionTime = migrate.RevisionType(kind), time.Duration(took)
	if rev.ExecutedAt, err = time.Parse(time.RFC3339Nano, at); err != nil {
		return nil, err
	}
	return &rev, json.Unmarshal([]byte(partial), &rev.PartialHashes)
}
