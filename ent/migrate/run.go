package migrate

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
)

// runner runs migrations so that a process that ends in the middle, in whatever way, can be followed by another one
// that goes on. What changes rows is committed together with its record. MySQL commits what changes tables by itself;
// there the record of the statement before says what the tables looked like, so that the next process sees whether the
// statement took effect.
type runner struct {
	conn      *sql.Conn
	revisions *revisions
	commits   bool // statements are committed one by one, instead of all together
}

// run runs the statements of a migration that are not recorded. When ctx ends it stops before the next statement.
func (r runner) run(ctx context.Context, file migrate.File, hash string) error {
	statements, err := file.Stmts()
	if err != nil {
		return fmt.Errorf("read migration %s: %w", file.Name(), err)
	}
	rev, err := r.begin(ctx, file, hash, statements)
	if err != nil {
		return fmt.Errorf("begin migration %s: %w", file.Name(), err)
	}
	for _, statement := range statements[rev.Applied:] {
		if err := ctx.Err(); err != nil {
			return err
		}
		rev.Applied++
		rev.PartialHashes = partialHashes(statements[:rev.Applied])
		if err := r.step(context.WithoutCancel(ctx), statement, rev); err != nil {
			return fmt.Errorf("statement %d of migration %s: %w", rev.Applied, file.Name(), err)
		}
	}
	return nil
}

// begin returns the record of a migration: a new one, or that of a process that ended in the middle of it. The latter
// then includes the statement that the process was at, if that took effect.
func (r runner) begin(
	ctx context.Context, file migrate.File, hash string, statements []string,
) (*migrate.Revision, error) {
	rev, err := r.revisions.ReadRevision(ctx, file.Version())
	if errors.Is(err, migrate.ErrRevisionNotExist) {
		rev = &migrate.Revision{
			Version: file.Version(), Description: file.Desc(), Type: migrate.RevisionTypeExecute,
			Total: len(statements), Hash: hash,
		}
		err = r.revisions.WriteRevision(ctx, rev)
	}
	if err != nil || !r.commits {
		return rev, err
	}
	if known := partialHashes(statements[:min(rev.Applied, len(statements))]); !slices.Equal(rev.PartialHashes, known) {
		return nil, errors.New("its first statements have changed since they were run")
	}
	if err := r.revisions.createTables(ctx); err != nil {
		return nil, err
	}
	if rev.Applied < len(statements) {
		tookEffect, err := r.tookEffect(ctx, rev, statements[rev.Applied])
		if err != nil {
			return nil, err
		}
		if tookEffect {
			rev.Applied++
			rev.PartialHashes = partialHashes(statements[:rev.Applied])
		}
	}
	return rev, r.commit(ctx, "", rev)
}

// tookEffect reports whether the statement after the last recorded one has changed tables.
func (r runner) tookEffect(ctx context.Context, rev *migrate.Revision, next string) (bool, error) {
	recorded, err := r.revisions.tablesAfter(ctx, rev)
	if err != nil || recorded == "" || changesRows(next) {
		return false, err
	}
	present, err := describeTables(ctx, r.conn)
	if err != nil || present == recorded {
		return false, err
	}
	return r.took(ctx, next)
}

// step runs a statement and records that. It must not be interrupted in between.
func (r runner) step(ctx context.Context, statement string, rev *migrate.Revision) error {
	if r.commits && changesRows(statement) {
		return r.commit(ctx, statement, rev)
	}
	if _, err := r.conn.ExecContext(ctx, statement); err != nil {
		return err
	}
	if r.commits {
		return r.commit(ctx, "", rev)
	}
	return r.revisions.WriteRevision(ctx, rev)
}

// commit commits a statement that changes rows, unless it is empty, together with what was done and what the tables
// look like.
func (r runner) commit(ctx context.Context, statement string, rev *migrate.Revision) error {
	tables, err := describeTables(ctx, r.conn)
	if err != nil {
		return err
	}
	tx, err := r.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // no effect after the commit
	if statement != "" {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if err := r.revisions.write(ctx, tx, rev); err != nil {
		return err
	}
	if err := r.revisions.writeTables(ctx, tx, rev, tables); err != nil {
		return err
	}
	return tx.Commit()
}

// changesRows reports whether a statement changes rows and not tables, so that MySQL can undo it.
func changesRows(statement string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(statement), " ")
	return slices.Contains([]string{"INSERT", "UPDATE", "DELETE", "REPLACE"}, strings.ToUpper(word))
}

// partialHashes identifies each of the statements that were run, together with those before it.
func partialHashes(statements []string) []string {
	var hashes []string
	sum := sha256.New()
	for _, statement := range statements {
		sum.Write([]byte(statement)) // never fails
		hashes = append(hashes, "h1:"+base64.StdEncoding.EncodeToString(sum.Sum(nil)))
	}
	return hashes
}

// describeTables identifies what the tables of a MySQL database look like: it changes with each statement that changes
// tables.
func describeTables(ctx context.Context, conn *sql.Conn) (string, error) {
	var lines []string
	for _, query := range []string{
		`SELECT CONCAT_WS(' ', table_name, column_name, ordinal_position, COALESCE(column_default, '-'), is_nullable,
			column_type, COALESCE(collation_name, '-'), extra) FROM information_schema.columns WHERE table_schema = DATABASE()`,
		`SELECT CONCAT_WS(' ', table_name, index_name, non_unique, seq_in_index, column_name)
			FROM information_schema.statistics WHERE table_schema = DATABASE()`,
		`SELECT CONCAT_WS(' ', table_name, constraint_name, column_name, referenced_table_name, referenced_column_name)
			FROM information_schema.key_column_usage WHERE table_schema = DATABASE()`,
		`SELECT CONCAT_WS(' ', table_name, constraint_name, update_rule, delete_rule)
			FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()`,
	} {
		found, err := selectTexts(ctx, conn, query)
		if err != nil {
			return "", fmt.Errorf("describe the tables: %w", err)
		}
		lines = append(lines, found...)
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return base64.StdEncoding.EncodeToString(sum[:]), nil
}

func selectTexts(ctx context.Context, conn *sql.Conn, query string) (texts []string, err error) {
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}
