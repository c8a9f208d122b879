package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"net/url"
	"slices"

	"github.com/go-sql-driver/mysql"
)

// Credentials returns the user and the password for a MySQL database, in a URL of which the rest is ignored. It is
// called for each new connection, and once more, with refused set, if the database rejects them: then it should look
// for newer ones. It must be safe for concurrent use.
type Credentials func(ctx context.Context, refused bool) (databaseURL string, err error)

// accessDenied are the numbers of MySQL's errors for a wrong user or password.
var accessDenied = []uint16{1045, 1698}

// credentialsConnector opens connections with the present credentials, and with newer ones if the database rejects
// those.
type credentialsConnector struct {
	driver.Connector
	retry driver.Connector // calls Credentials with refused set
}

func newConnector(cfg *mysql.Config, credentials Credentials) (driver.Connector, error) {
	if credentials == nil {
		return mysql.NewConnector(cfg)
	}
	first, err := connectorAs(cfg, credentials, false)
	if err != nil {
		return nil, err
	}
	retry, err := connectorAs(cfg, credentials, true)
	if err != nil {
		return nil, err
	}
	return &credentialsConnector{first, retry}, nil
}

func connectorAs(cfg *mysql.Config, credentials Credentials, refused bool) (driver.Connector, error) {
	cfg = cfg.Clone()
	err := cfg.Apply(mysql.BeforeConnect(func(ctx context.Context, cfg *mysql.Config) error {
		databaseURL, err := credentials(ctx, refused)
		if err != nil {
			return err
		}
		u, err := url.Parse(databaseURL)
		if err != nil {
			return errors.New("the credentials of the database are no URL") // err contains the password
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

// refusedCredentials says that the database refused the newest known credentials. While credentials are being changed,
// that is temporary: the database accepts the new ones before Credentials returns them.
type refusedCredentials struct{ error }

func (e refusedCredentials) Unwrap() error { return e.error }

// Connect implements driver.Connector.
func (c *credentialsConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if !isAccessDenied(err) {
		return conn, err
	}
	if conn, err = c.retry.Connect(ctx); isAccessDenied(err) {
		err = refusedCredentials{err}
	}
	return conn, err
}

func isAccessDenied(err error) bool {
	refusal, ok := errors.AsType[*mysql.MySQLError](err)
	return ok && slices.Contains(accessDenied, refusal.Number)
}
