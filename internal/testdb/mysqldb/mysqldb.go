// Package mysqldb creates databases on a MySQL server, for tests and benchmarks. It does not import package testing, so
// commands can use it.
//
// The server is looked for at ANTWON_TEST_MYSQL_URL, by default at 127.0.0.1:3306 as root without a password.
package mysqldb

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"time"

	"github.com/go-sql-driver/mysql"
)

// StatementTimeout bounds an administrator's statements. Creating and emptying databases waits for the disk.
const StatementTimeout = 30 * time.Second

var created atomic.Int64 // databases of this process

// Create creates a database without tables, and returns its URL. drop deletes it.
func Create() (databaseURL string, drop func(), err error) {
	server, admin, err := Connect()
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("antwon_new_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), created.Add(1))
	if err := CreateNamed(admin, name); err != nil {
		_ = admin.Close()
		return "", nil, err
	}
	server.Path = "/" + name
	return server.String(), func() {
		_, _ = admin.ExecContext(context.Background(), "DROP DATABASE "+name) // a database that is left over does no harm
		_ = admin.Close()
	}, nil
}

// CreateNamed creates a database without tables, unless one with that name exists. admin is from Connect.
func CreateNamed(admin *sql.DB, name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), StatementTimeout)
	defer cancel()
	_, err := admin.ExecContext(ctx, "CREATE DATABASE IF NOT EXISTS "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
	return err
}

// Connect returns the server's URL, and connections to it as a user who may do everything. It does not wait for the
// server: the first statement fails if none answers within two seconds.
func Connect() (*url.URL, *sql.DB, error) {
	server, err := url.Parse(cmp.Or(os.Getenv("ANTWON_TEST_MYSQL_URL"), "mysql://root@127.0.0.1:3306"))
	if err != nil {
		return nil, nil, fmt.Errorf("ANTWON_TEST_MYSQL_URL: %w", err)
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.Timeout = "tcp", server.Host, server.User.Username(), 2*time.Second
	cfg.Passwd, _ = server.User.Password()
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, nil, err
	}
	return server, sql.OpenDB(connector), nil
}
