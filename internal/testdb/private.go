package testdb

import (
	"context"
	"database/sql"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// startTimeout bounds how long a private server may take to start. Machines that run many tests are slow.
const startTimeout = time.Minute

// Private is a MariaDB server of the test's own, which the test may break. It has an empty database, antwon, and a user
// who may do everything in it, but who is no administrator: so a read-only server refuses this user's writes.
type Private struct {
	tb      testing.TB
	folder  string
	addr    string
	options []string
	cmd     *exec.Cmd
	admin   *sql.DB
}

// StartPrivate starts a MariaDB server with these additional options, such as "--read-only". It ends with the test.
// Where there is no MariaDB the test is skipped, as by MySQL.
func StartPrivate(tb testing.TB, options ...string) *Private {
	tb.Helper()
	required(tb, func() (string, func(), error) {
		_, err := exec.LookPath("mariadbd")
		return "", func() {}, err
	})
	p := &Private{tb: tb, folder: tb.TempDir(), addr: unusedAddress(tb), options: options}
	install := exec.CommandContext(tb.Context(), "mariadb-install-db", "--no-defaults", "--datadir="+p.folder,
		"--auth-root-authentication-method=normal", "--skip-test-db", "--user=root")
	if said, err := install.CombinedOutput(); err != nil {
		tb.Fatalf("make a private MariaDB: %v\n%s", err, said)
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.Logger = "tcp", p.addr, "root", &mysql.NopLogger{}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	p.admin = sql.OpenDB(connector)
	tb.Cleanup(func() {
		_ = p.admin.Close()
		p.stop()
	})
	p.start()
	p.Exec("CREATE DATABASE antwon CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
	p.Exec("CREATE USER antwon@'%' IDENTIFIED BY 'secret'")
	p.Exec("GRANT ALL ON antwon.* TO antwon@'%'")
	return p
}

// start starts the server, and waits until it answers.
func (p *Private) start() {
	p.tb.Helper()
	_, port, _ := net.SplitHostPort(p.addr)
	options := append([]string{
		"--no-defaults", "--datadir=" + p.folder, "--port=" + port, "--bind-address=127.0.0.1", "--user=root",
		"--socket=" + filepath.Join(p.folder, "socket"), "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M",
		"--skip-name-resolve", "--innodb-flush-log-at-trx-commit=2",
	}, p.options...)
	//nolint:gosec // a test's own options
	p.cmd = exec.CommandContext(context.WithoutCancel(p.tb.Context()), "mariadbd", options...)
	said := &strings.Builder{}
	p.cmd.Stdout, p.cmd.Stderr = said, said
	if err := p.cmd.Start(); err != nil {
		p.tb.Fatal(err)
	}
	for deadline := time.Now().Add(startTimeout); p.admin.PingContext(p.tb.Context()) != nil; {
		if time.Now().After(deadline) {
			p.stop()
			p.tb.Fatalf("the private MariaDB does not start:\n%s", said)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// stop kills the server: nobody needs its data.
func (p *Private) stop() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill() // it may have ended by itself
	_ = p.cmd.Wait()
	p.cmd = nil
}

// Addr returns the host and the port at which the server listens.
func (p *Private) Addr() string { return p.addr }

// URL returns the URL of the database for the user without administrator's rights.
func (p *Private) URL() string { return "mysql://antwon:secret@" + p.addr + "/antwon" }

// Exec runs a statement as the administrator.
func (p *Private) Exec(statement string) {
	p.tb.Helper()
	if _, err := p.admin.ExecContext(p.tb.Context(), statement); err != nil {
		p.tb.Fatalf("%s: %v", statement, err)
	}
}

// EndConnections ends all connections of the user without administrator's rights.
func (p *Private) EndConnections() {
	p.tb.Helper()
	p.Exec("KILL CONNECTION USER antwon")
}

func unusedAddress(tb testing.TB) string {
	tb.Helper()
	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
