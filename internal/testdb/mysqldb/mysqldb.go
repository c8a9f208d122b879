// Package mysqldb creates empty databases on a MySQL server, for tests and benchmarks. It does not import package
// testing, so commands can use it.
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

var created atomic.Int64 // databases of this process

// Create creates an empty database on the server at ANTWON_TEST_MYSQL_URL, by default at 127.0.0.1:3306 as root without
// a password, and returns its URL. drop deletes it. Create fails within seconds if no server answers.
func Create() (databaseURL string, drop func(), err error) {
	server, err := url.Parse(cmp.Or(os.Getenv("ANTWON_TEST_MYSQL_URL"), "mysql://root@127.0.0.1:3306"))
	if err != nil {
		return "", nil, fmt.Errorf("ANTWON_TEST_MYSQL_URL: %w", err)
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.Timeout = "tcp", server.Host, server.User.Username(), 2*time.Second
	cfg.Passwd, _ = server.User.Password()
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return "", nil, err
	}
	admin := sql.OpenDB(connector)
	name := fmt.Sprintf("antwon_test_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), created.Add(1))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"); err != nil {
		_ = admin.Close()
		return "", nil, err
	}
	server.Path = "/" + name
	return server.String(), func() {
		_, _ = admin.Exec("DROP DATABASE " + name) // a database that is left over does no harm
		_ = admin.Close()
	}, nil
}
