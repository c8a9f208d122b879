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
	partial, err := json.Marshal(rev.PartialHashes)
	if err != nil {
		return err
	}
	_, err = r.conn.ExecContext(ctx,
		"REPLACE INTO "+revisionTable+" ("+revisionColumns+") VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
		rev.Version, rev.Description, int64(rev.Type), rev.Applied, rev.Total, rev.ExecutedAt.UTC().Format(time.RFC3339Nano),
		int64(rev.ExecutionTime), rev.Error, rev.ErrorStmt, rev.Hash, string(partial), rev.OperatorVersion)
	return err
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
