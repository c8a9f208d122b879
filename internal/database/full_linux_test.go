package database_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/testdb"
)

// smallDisk mounts a disk of this size, and puts the test's temporary files there. Only root may do so.
func smallDisk(t *testing.T, size string) (folder string) {
	t.Helper()
	folder, err := os.MkdirTemp("", "disk") //nolint:usetesting // t.TempDir has to be on the disk
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(folder) })
	if err := unix.Mount("tmpfs", folder, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("MySQL with a full disk left out: no disk can be mounted, which takes root outside of a container: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(folder, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("TMPDIR", folder)
	return folder
}

// fillUp writes a file until the disk is full, and returns it.
func fillUp(t *testing.T, folder string) (path string) {
	t.Helper()
	path = filepath.Join(folder, "filler")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for err == nil {
		_, err = file.Write(make([]byte, 64<<10))
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	return path
}

// A MySQL database whose disk is full is not ready, and a write that needs space fails as if the database were
// unavailable. Both recover by themselves when there is space again.
func TestMySQLWithAFullDiskIsNotReadyUntilThereIsSpace(t *testing.T) {
	if testing.Short() {
		t.Skip("left out: -short")
	}
	disk := smallDisk(t, "300m")
	server := testdb.Private(t, "--innodb-file-per-table=0", "--innodb-log-file-size=16M")
	db, err := database.Open(t.Context(), server.PartyURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	server.Exec("CREATE TABLE antwon.large (id bigint AUTO_INCREMENT PRIMARY KEY, text longtext)")
	grow := func() error {
		return db.InTx(t.Context(), func(tx *ent.Tx) error {
			_, err := tx.ExecContext(t.Context(), "INSERT INTO large (text) VALUES (REPEAT('x', 1000000))")
			return err
		})
	}
	if err := errors.Join(grow(), db.Ready(t.Context())); err != nil {
		t.Fatal(err)
	}
	filler := fillUp(t, disk)
	for err == nil {
		err = grow() // until the free space inside the file is used up
	}
	if !database.Unavailable(err) {
		t.Errorf("a large row on a full disk: %v", err)
	}
	ready := db.Ready(t.Context())
	if ready == nil || !database.Unavailable(ready) {
		t.Errorf("the readiness with a full disk: %v", ready)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Ready(t.Context()), grow()); err != nil {
		t.Errorf("when there is space again: %v", err)
	}
}
