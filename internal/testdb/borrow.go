package testdb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"

	"entgo.io/ent/dialect"

	"antwon.dj/backend/ent/migrate"
	"antwon.dj/backend/internal/testdb/mysqldb"
)

// prefix begins the names of the databases that are reused. The rest of a name is a digest of the migrations, and a
// number.
const prefix = "antwon_test_"

// maxBorrowed bounds how many databases there are, and so how many tests use one at once.
const maxBorrowed = 256

// borrow locks a database that nobody uses, and deletes its rows. The lock is one of the server, so that several test
// processes share the databases; it ends with its connection, also when a process is killed.
func borrow() (databaseURL string, giveBack func(), err error) {
	server, admin, err := mysqldb.Connect()
	if err != nil {
		return "", nil, err
	}
	dropOutdated(admin)
	name, conn, err := lockFree(admin)
	if err != nil {
		return "", nil, errors.Join(err, admin.Close())
	}
	giveBack = func() {
		_ = conn.Close()
		_ = admin.Close()
	}
	if err := mysqldb.CreateNamed(admin, name); err != nil {
		giveBack()
		return "", nil, err
	}
	if err := deleteRows(conn, name); err != nil {
		giveBack()
		return "", nil, fmt.Errorf("empty database %s: %w", name, err)
	}
	server.Path = "/" + name
	return server.String(), giveBack, nil
}

// lockFree locks the first database that is free. The connection holds the lock.
func lockFree(admin *sql.DB) (name string, conn *sql.Conn, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), mysqldb.StatementTimeout)
	defer cancel()
	conn, err = admin.Conn(ctx)
	if err != nil {
		return "", nil, err
	}
	for n := range maxBorrowed {
		name = fmt.Sprintf("%s%s_%d", prefix, migrations(), n)
		locked, err := lock(ctx, conn, name)
		if err != nil {
			return "", nil, errors.Join(err, conn.Close())
		}
		if locked {
			return name, conn, nil
		}
	}
	return "", nil, errors.Join(fmt.Errorf("%d test databases are in use", maxBorrowed), conn.Close())
}

func lock(ctx context.Context, conn *sql.Conn, name string) (locked bool, err error) {
	var got sql.NullBool
	err = conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, 0)", name).Scan(&got)
	return got.Bool, err
}

// migrations is a digest of the migrations for MySQL.
var migrations = sync.OnceValue(func() string {
	sum, err := migrate.Checksum(dialect.MySQL)
	if err != nil {
		panic(err) // they are embedded
	}
	digest := sha256.Sum256([]byte(sum))
	return hex.EncodeToString(digest[:4])
})

// deleteRows deletes all rows, except those that say which migrations were applied. It commits once: each commit waits
// for the disk.
func deleteRows(conn *sql.Conn, database string) error {
	ctx, cancel := context.WithTimeout(context.Background(), mysqldb.StatementTimeout)
	defer cancel()
	tables, err := names(ctx, conn, "SELECT table_name FROM information_schema.tables WHERE table_schema = ?", database)
	if err != nil {
		return err
	}
	// A connection that a test left open may hold a lock. The test then fails here instead of waiting for a minute.
	const options = "SET foreign_key_checks = 0, lock_wait_timeout = 10, innodb_lock_wait_timeout = 10"
	if _, err := conn.ExecContext(ctx, options); err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // no effect after the commit
	for _, table := range tables {
		if strings.Contains(table, "revisions") {
			continue
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM `"+database+"`.`"+table+"`"); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// dropOutdated drops, once per process, unused databases of other migrations.
var dropOutdated = func() func(*sql.DB) {
	var once sync.Once
	return func(admin *sql.DB) {
		once.Do(func() {
			ctx, cancel := context.WithTimeout(context.Background(), mysqldb.StatementTimeout)
			defer cancel()
			conn, err := admin.Conn(ctx)
			if err != nil {
				return // the caller finds the server gone, too
			}
			defer conn.Close()
			all, _ := names(ctx, conn, "SELECT schema_name FROM information_schema.schemata")
			for _, name := range all {
				if !strings.HasPrefix(name, prefix) || strings.HasPrefix(name, prefix+migrations()) {
					continue
				}
				if locked, err := lock(ctx, conn, name); err == nil && locked {
					_, _ = conn.ExecContext(ctx, "DROP DATABASE "+name) // another process may be faster
				}
			}
		})
	}
}()

func names(ctx context.Context, conn *sql.Conn, query string, args ...any) (found []string, err error) {
	rows, err := conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		found = append(found, name)
	}
	return found, rows.Err()
}
