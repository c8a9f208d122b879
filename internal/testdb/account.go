package testdb

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

var accounts atomic.Int64 // MySQL users of this process

// Account is a MySQL user whose password a test may change. The user has all privileges for one database.
type Account struct {
	tb    testing.TB
	admin *sql.DB
	url   *url.URL
}

// NewAccount creates a user for a database that MySQL returned. The user is dropped when the test ends.
func NewAccount(tb testing.TB, databaseURL, password string) *Account {
	tb.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		tb.Fatal(err)
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User = "tcp", u.Host, u.User.Username()
	cfg.Passwd, _ = u.User.Password()
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	database := strings.Trim(u.Path, "/")
	u.User = url.UserPassword(fmt.Sprintf("antwon_%d_%d", os.Getpid(), accounts.Add(1)), password)
	a := &Account{tb, sql.OpenDB(connector), u}
	tb.Cleanup(func() {
		_, _ = a.admin.ExecContext(context.Background(), "DROP USER "+a.name()) // a leftover user harms nobody
		_ = a.admin.Close()
	})
	a.exec("DROP USER IF EXISTS " + a.name())
	a.exec("CREATE USER " + a.name() + " IDENTIFIED BY '" + password + "'")
	a.exec("GRANT ALL ON " + database + ".* TO " + a.name())
	return a
}

// URL returns the database's URL with the user and the present password.
func (a *Account) URL() *url.URL { return a.url }

// SetPassword changes the password. Open connections stay open.
func (a *Account) SetPassword(password string) {
	a.tb.Helper()
	a.url.User = url.UserPassword(a.url.User.Username(), password)
	a.exec("ALTER USER " + a.name() + " IDENTIFIED BY '" + password + "'")
}

// EndConnections ends all connections of the user, which then have to be opened again with the present password.
func (a *Account) EndConnections() {
	a.tb.Helper()
	old := a.connections()
	for _, id := range old {
		_, _ = a.admin.ExecContext(a.tb.Context(), "KILL "+id) // it may have ended by itself
	}
	isOld := func(id string) bool { return slices.Contains(old, id) }
	for deadline := time.Now().Add(10 * time.Second); slices.ContainsFunc(a.connections(), isOld); {
		if time.Now().After(deadline) {
			a.tb.Fatal("the database does not end connections")
		}
	}
}

func (a *Account) connections() (ids []string) {
	a.tb.Helper()
	rows, err := a.admin.QueryContext(a.tb.Context(),
		"SELECT id FROM information_schema.processlist WHERE user = ?", a.url.User.Username())
	if err != nil {
		a.tb.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			a.tb.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		a.tb.Fatal(err)
	}
	return ids
}

func (a *Account) name() string { return "'" + a.url.User.Username() + "'@'%'" }

func (a *Account) exec(statement string) {
	a.tb.Helper()
	if _, err := a.admin.ExecContext(a.tb.Context(), statement); err != nil {
		a.tb.Fatal(err)
	}
}
