// Command diff writes the migrations that lead from the newest ones to the tables described in ent/schema, for both
// dialects. It replays them on an empty database of each: SQLite in memory, and one that it creates for the purpose on
// the MySQL server at ANTWON_TEST_MYSQL_URL.
//
//	go run ./ent/migrate/diff NAME     writes what is missing, under that name
//	go run ./ent/migrate/diff          writes nothing, and fails if something is missing
package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	atlas "ariga.io/atlas/sql/migrate"
	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"
	"github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite"

	"antwon.dj/backend/ent/migrate"
)

func main() {
	name := strings.Join(os.Args[1:], "_")
	if err := errors.Join(sqliteDiff(name), mysqlDiff(name)); err != nil {
		fmt.Fprintln(os.Stderr, "migrations:", err)
		os.Exit(1)
	}
}

func sqliteDiff(name string) error {
	db, err := sql.Open("sqlite", "file:diff?mode=memory&_fk=1")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	return diff(db, dialect.SQLite, "ent/migrate/sqlite", name)
}

func mysqlDiff(name string) (err error) {
	server, err := url.Parse(cmp.Or(os.Getenv("ANTWON_TEST_MYSQL_URL"), "mysql://root@127.0.0.1:3306"))
	if err != nil {
		return err
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User = "tcp", server.Host, server.User.Username()
	cfg.Passwd, _ = server.User.Password()
	admin, err := sql.Open("mysql", cfg.FormatDSN())
	if err != nil {
		return err
	}
	defer admin.Close()
	cfg.DBName = fmt.Sprintf("antwon_diff_%d", time.Now().UnixNano())
	ctx := context.Background()
	create := "CREATE DATABASE " + cfg.DBName + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
	if _, err := admin.ExecContext(ctx, create); err != nil {
		return err
	}
	defer func() {
		_, dropErr := admin.ExecContext(ctx, "DROP DATABASE "+cfg.DBName)
		err = errors.Join(err, dropErr)
	}()
	db, err := sql.Open("mysql", cfg.FormatDSN()+"?parseTime=true&loc=UTC")
	if err != nil {
		return err
	}
	defer db.Close()
	return diff(db, dialect.MySQL, "ent/migrate/mysql", name)
}

// diff replays the folder's migrations on the empty database and plans what the tables lack after them.
func diff(db *sql.DB, dialectName, folder, name string) error {
	dir, err := atlas.NewLocalDir(folder)
	if err != nil {
		return err
	}
	m, err := schema.NewMigrate(entsql.OpenDB(dialectName, db), schema.WithDir(target(dir, name)),
		schema.WithMigrationMode(schema.ModeReplay), schema.WithDialect(dialectName), schema.WithErrNoPlan(true),
		schema.WithFormatter(atlas.DefaultFormatter), schema.WithDropColumn(true), schema.WithDropIndex(true))
	if err != nil {
		return err
	}
	err = m.NamedDiff(context.Background(), name, migrate.Tables...)
	switch {
	case errors.Is(err, atlas.ErrNoPlan):
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w", dialectName, err)
	case name == "":
		return fmt.Errorf(
			"%s: the tables differ from what the migrations make: make migration NAME=what_changes", dialectName)
	}
	return nil
}

// target is the folder itself, or a copy in memory when nothing shall be written.
func target(dir *atlas.LocalDir, name string) atlas.Dir {
	if name != "" {
		return dir
	}
	scratch := &atlas.MemDir{}
	if files, err := dir.Files(); err == nil {
		_ = scratch.CopyFiles(files) // an incomplete copy shows as a difference
	}
	return scratch
}
