package database_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/testdb"
)

const maxWAL = 16 << 20

// A backup reads for long, and meanwhile the write-ahead log grows. It used to keep its size, 195 MB, afterwards.
func TestWriteAheadLogDoesNotKeepTheSizeThatABackupGaveIt(t *testing.T) {
	for name, shrink := range map[string]func(db *database.DB, size func() int64) error{
		"with the next writes": func(db *database.DB, _ func() int64) error {
			fill(t, db, 3)
			return nil
		},
		"while others read": func(db *database.DB, size func() int64) (err error) {
			defer readAllTheTime(t, db)()
			for range 100 { // each waits only briefly for readers, which take long on a slow machine
				if err = db.Checkpoint(t.Context()); err != nil || size() <= maxWAL {
					break
				}
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := testdb.SQLite(t)
			db, err := database.Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			size := func() int64 {
				log, err := os.Stat(strings.TrimPrefix(url, "sqlite:") + "-wal")
				if err != nil {
					t.Fatal(err)
				}
				return log.Size()
			}
			fill(t, db, 1)
			reading, err := db.SQL.QueryContext(t.Context(), "SELECT id FROM nodes")
			if err != nil || !reading.Next() {
				t.Fatal(err)
			}
			defer reading.Close()
			fill(t, db, 40)
			grown := size()
			if grown <= maxWAL {
				t.Fatalf("the log has only %d bytes, so this test shows nothing", grown)
			}
			if err := db.Checkpoint(t.Context()); err != nil || size() != grown {
				t.Errorf("a log that is being read: %v, %d bytes of %d", err, size(), grown)
			}
			if err := errors.Join(reading.Err(), reading.Close()); err != nil {
				t.Fatal(err)
			}
			if err := shrink(db, size); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d KiB became %d KiB", grown>>10, size()>>10)
			if size() > maxWAL {
				t.Errorf("the log still has %d bytes", size())
			}
		})
	}
}

// readAllTheTime reads the database in several goroutines, so that one is always reading, until stop is called.
func readAllTheTime(t *testing.T, db *database.DB) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var reading sync.WaitGroup
	for range 4 {
		reading.Go(func() {
			for ctx.Err() == nil {
				var rows int
				_ = db.SQL.QueryRowContext(ctx, "SELECT COUNT(*) FROM nodes").Scan(&rows) // it fails when ctx ends
			}
		})
	}
	return func() {
		cancel()
		reading.Wait()
	}
}

// fill writes about half a megabyte in each of n transactions.
func fill(t *testing.T, db *database.DB, n int) {
	t.Helper()
	for range n {
		err := db.InTx(t.Context(), func(tx *ent.Tx) error {
			var nodes []*ent.NodeCreate
			for range 4_000 {
				nodes = append(nodes, tx.Node.Create().SetID(database.NewID()).SetAliveUntil(time.Now()))
			}
			return tx.Node.CreateBulk(nodes...).Exec(t.Context())
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
