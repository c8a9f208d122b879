package database

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// LockServer makes this process the only server on a SQLite file, until unlock is called or the process ends: two of
// them would not see each other's changes, and would both drive the players. Programs that only open the database, such
// as antwon migrate and sqlite3, need no lock. A MySQL database may have several servers, and is not locked.
func LockServer(databaseURL string) (unlock func() error, err error) {
	path, ok := strings.CutPrefix(databaseURL, "sqlite:")
	if !ok {
		return func() error { return nil }, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the database's directory: %w", err)
	}
	lock := flock.New(path+"-lock", flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the database: %w", err)
	}
	if !locked {
		return nil, fmt.Errorf("another server uses the database %s: stop it first, or give this server another file", path)
	}
	return lock.Unlock, nil
}
