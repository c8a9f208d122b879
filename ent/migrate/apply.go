package migrate

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/mysql"
	"ariga.io/atlas/sql/sqlite"
	"entgo.io/ent/dialect"
)

//go:embed mysql sqlite
var files embed.FS

// lockTimeout bounds how long a starting server waits for another one that is migrating the same database.
const lockTimeout = time.Minute

// Apply brings the database up to the newest version, and returns how many migrations it ran. Of several servers that
// start at once one migrates and the others wait. db must not enforce foreign keys on SQLite, where tables are rebuilt.
func Apply(ctx context.Context, db *sql.DB, dialectName string) (applied int, err error) {
	return applyTo(ctx, db, dialectName, "")
}

// applyTo is Apply up to a version, the number in a migration's name; "" means the newest.
func applyTo(ctx context.Context, db *sql.DB, dialectName, version string) (applied int, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return 0, fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	if dialectName == dialect.SQLite {
		return applySQLite(ctx, conn, version)
	}
	return applyMySQL(ctx, conn, version)
}

// Pending says how many migrations the database lacks.
func Pending(ctx context.Context, db *sql.DB, dialectName string) (int, error) {
	dir, err := directory(dialectName)
	if err != nil {
		return 0, err
	}
	all, err := dir.Files()
	if err != nil {
		return 0, err
	}
	var done int
	err = db.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+revisionTable+" WHERE applied = total").Scan(&done)
	return len(all) - done, err
}

// Checksum identifies the migrations of a dialect: it changes with any of them.
func Checksum(dialectName string) (string, error) {
	dir, err := directory(dialectName)
	if err != nil {
		return "", err
	}
	sum, err := dir.Checksum()
	return sum.Sum(), err
}

// applySQLite runs everything in one immediate transaction, which is lock and safety net at once.
func applySQLite(ctx context.Context, conn *sql.Conn, version string) (applied int, err error) {
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return 0, fmt.Errorf("lock the database: %w", err)
	}
	drv, err := sqlite.Open(conn)
	if err == nil {
		applied, err = execute(ctx, drv, conn, dialect.SQLite, version)
	}
	if err != nil {
		_, rollbackErr := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return 0, errors.Join(err, rollbackErr)
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return applied, err
}

// applyMySQL holds a named lock: MySQL commits each table change by itself, so a migration that was interrupted is
// resumed after the statement it stopped at.
func applyMySQL(ctx context.Context, conn *sql.Conn, version string) (applied int, err error) {
	drv, err := mysql.Open(conn)
	if err != nil {
		return 0, err
	}
	var schema string
	if err := conn.QueryRowContext(ctx, "SELECT DATABASE()").Scan(&schema); err != nil {
		return 0, fmt.Errorf("which database: %w", err)
	}
	name := sha256.Sum256([]byte(schema)) // MySQL takes no more than 64 characters
	unlock, err := drv.Lock(ctx, fmt.Sprintf("antwon-migrate-%x", name[:16]), lockTimeout)
	if err != nil {
		return 0, fmt.Errorf("lock the database: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	return execute(ctx, drv, conn, dialect.MySQL, version)
}

// execute runs what the database lacks, up to a version.
func execute(
	ctx context.Context, drv migrate.Driver, conn *sql.Conn, dialectName, version string,
) (applied int, err error) {
	dir, err := directory(dialectName)
	if err != nil {
		return 0, err
	}
	revisions, err := openRevisions(ctx, conn)
	if err != nil {
		return 0, err
	}
	pending, err := pendingFiles(ctx, drv, dir, revisions)
	if err != nil {
		return 0, err
	}
	sums, err := dir.Checksum()
	if err != nil {
		return 0, err
	}
	runner := runner{conn: conn, revisions: revisions, commits: dialectName == dialect.MySQL}
	for _, file := range pending {
		if version != "" && file.Version() > version {
			break
		}
		hash, err := sums.SumByName(file.Name())
		if err != nil {
			return applied, err
		}
		if err := runner.run(ctx, file, hash); err != nil {
			return applied, err
		}
		applied++
	}
	return applied, nil
}

// pendingFiles returns the migrations that the database lacks, in order, beginning with one that was interrupted.
func pendingFiles(
	ctx context.Context, drv migrate.Driver, dir migrate.Dir, revisions *revisions,
) ([]migrate.File, error) {
	executor, err := migrate.NewExecutor(drv, dir, revisions)
	if err != nil {
		return nil, err
	}
	pending, err := executor.Pending(ctx)
	if errors.Is(err, migrate.ErrNoPendingFiles) {
		return nil, nil
	}
	return pending, err
}

// directory is the embedded folder of one dialect, with the checksums that prove it whole.
func directory(dialectName string) (migrate.Dir, error) {
	folder := map[string]string{dialect.MySQL: "mysql", dialect.SQLite: "sqlite"}[dialectName]
	dir := &migrate.MemDir{}
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		content, err := files.ReadFile(folder + "/" + entry.Name())
		if err != nil {
			return nil, err
		}
		if err := dir.WriteFile(entry.Name(), content); err != nil {
			return nil, err
		}
	}
	return dir, nil
}
