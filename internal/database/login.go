package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"

	"github.com/go-sql-driver/mysql"
)

// DatabaseLogin says who connects to a MySQL database, by a URL of which only the user and the password count. It is asked for
// each new connection, and once more with refused set when the database does not accept what it said.
type Credentials func(ctx context.Context, refused bool) (databaseURL string, err error)

// accessDenied are MySQL's errors for a wrong user or password.
var accessDenied = []uint16{1045, 1698}

// loginConnector opens connections with the credentials of the moment, and tries newer ones if they are refused.
type loginConnector struct {
	driver.Connector
	again driver.Connector
}

func newConnector(cfg *mysql.Config, login Credentials) (driver.Connector, error) {
	if login == nil {
		return mysql.NewConnector(cfg)
	}
	first, err := connectorAs(cfg, login, false)
	if err != nil {
		return nil, err
	}
	again, err := connectorAs(cfg, login, true)
	return &loginConnector{first, again}, err
}

func connectorAs(cfg *mysql.Config, login Credentials, refused bool) (driver.Connector, error) {
	cfg = cfg.Clone()
	err := cfg.Apply(mysql.BeforeConnect(func(ctx context.Context, cfg *mysql.Config) error {
		databaseURL, err := login(ctx, refused)
		if err != nil {
			return err
		}
		u, err := parseMySQL(databaseURL)
		if err != nil {
			return err
		}
		cfg.User = u.User.Username()
		cfg.Passwd, _ = u.User.Password()
		return nil
	}))
	if err != nil {
		return nil, err
	}
	return mysql.NewConnector(cfg)
}

// Connect implements driver.Connector.
func (c *loginConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	var refusal *mysql.MySQLError
	if errors.As(err, &refusal) && slices.Contains(accessDenied, refusal.Number) {
		return c.again.Connect(ctx)
	}
	return conn, err
}
