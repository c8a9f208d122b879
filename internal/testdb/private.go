package testdb

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"antwon.dj/backend/internal/testport"
)

// PrivateServer is a MariaDB server that belongs to one test, which may break it.
type PrivateServer struct {
	Port    int
	tb      testing.TB
	folder  string
	options []string
	process *exec.Cmd
}

// Private starts a MariaDB server with these options on a port of 127.0.0.1 of its own, and stops it when the test
// ends. Its user root has no password. Where MariaDB is not installed, it skips the test, as MySQL does.
func Private(tb testing.TB, options ...string) *PrivateServer {
	tb.Helper()
	required(tb, func() (string, func(), error) {
		_, err := exec.LookPath("mariadbd")
		return "", func() {}, err
	})
	s := &PrivateServer{Port: testport.Free(tb), tb: tb, folder: tb.TempDir(), options: options}
	install := exec.CommandContext(tb.Context(), "mariadb-install-db", "--no-defaults", "--datadir="+s.data(),
		"--auth-root-authentication-method=normal", "--skip-test-db", "--user=root")
	install.Env = s.env()
	if out, err := install.CombinedOutput(); err != nil {
		tb.Fatalf("prepare a MariaDB server: %v\n%s", err, out)
	}
	tb.Cleanup(func() { s.Stop(syscall.SIGKILL) })
	s.Start()
	return s
}

func (s *PrivateServer) data() string { return filepath.Join(s.folder, "data") }

// env lets the server keep its temporary tables for itself: a MariaDB server that starts deletes those that it finds.
func (s *PrivateServer) env() []string { return append(os.Environ(), "TMPDIR="+s.folder) }

func (s *PrivateServer) socket() string { return filepath.Join(s.folder, "socket") }

// Start starts the server again after Stop, and waits until it answers.
func (s *PrivateServer) Start() {
	s.tb.Helper()
	var log bytes.Buffer
	s.process = exec.CommandContext(context.Background(), "mariadbd", append([]string{
		"--no-defaults", "--user=root", "--datadir=" + s.data(), "--socket=" + s.socket(),
		"--bind-address=127.0.0.1", "--port=" + strconv.Itoa(s.Port), "--innodb-flush-log-at-trx-commit=0",
	}, s.options...)...)
	s.process.Env, s.process.Stdout, s.process.Stderr = s.env(), &log, &log
	if err := s.process.Start(); err != nil {
		s.tb.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		err := errors.Join(s.answers("tcp", s.addr()), s.answers("unix", s.socket()))
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			_ = s.process.Process.Kill()
			_ = s.process.Wait()
			s.tb.Fatalf("MariaDB does not start: %v\n%s", err, &log)
		}
	}
}

// answers returns nil if the server accepts a connection. It opens its port and its socket one after the other.
func (s *PrivateServer) answers(network, addr string) error {
	conn, err := new(net.Dialer).DialContext(s.tb.Context(), network, addr)
	if err != nil {
		return err
	}
	return conn.Close()
}

// Stop sends the server a signal that ends it, and waits until it has ended. Stopping a stopped server does nothing.
func (s *PrivateServer) Stop(signal os.Signal) {
	s.tb.Helper()
	if s.process == nil || s.process.ProcessState != nil {
		return
	}
	s.Signal(signal)
	_ = s.process.Wait() // a killed process ends with an error
}

// Signal sends the server a signal, such as SIGSTOP.
func (s *PrivateServer) Signal(signal os.Signal) {
	s.tb.Helper()
	if err := s.process.Process.Signal(signal); err != nil {
		s.tb.Error(err)
	}
}

// URL returns the URL of a database of the server for its user root.
func (s *PrivateServer) URL(database string) string {
	return fmt.Sprintf("mysql://root@%s/%s", s.addr(), database)
}

// Exec executes a statement as root, outside of any database.
func (s *PrivateServer) Exec(statement string) {
	s.tb.Helper()
	db, err := sql.Open("mysql", "root@unix("+s.socket()+")/")
	if err != nil {
		s.tb.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(s.tb.Context(), statement); err != nil {
		s.tb.Fatalf("%s: %v", statement, err)
	}
}

func (s *PrivateServer) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)) }

// Addr returns the host and the port at which the server listens.
func (s *PrivateServer) Addr() string { return s.addr() }

// PartyURL creates an empty database, antwon, and returns its URL for a new user, antwon, who may do everything in it,
// but is no administrator: so a read-only server refuses this user's writes. Call it once.
func (s *PrivateServer) PartyURL() string {
	s.tb.Helper()
	s.Exec("CREATE DATABASE antwon CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
	s.Exec("CREATE USER antwon@'%' IDENTIFIED BY 'secret'")
	s.Exec("GRANT ALL ON antwon.* TO antwon@'%'")
	return "mysql://antwon:secret@" + s.addr() + "/antwon"
}
