package database_test

import (
	"strings"
	"sync"
	"testing"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/testdb"
)

func TestServersThatStartTogetherMigrateOnce(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, url string) {
		var starting sync.WaitGroup
		for range 4 {
			starting.Go(func() {
				store, err := database.Open(t.Context(), url)
				if err != nil {
					t.Error(err)
					return
				}
				if err := store.Ready(t.Context()); err != nil {
					t.Errorf("opened, but not ready: %v", err)
				}
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		starting.Wait()
	})
}

func TestConnectionsHaveTheirOptions(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		store, err := database.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		wants := map[string]string{
			"SELECT @@time_zone": "+00:00", "SELECT @@collation_connection": "utf8mb4_bin",
			"SELECT @@sql_mode LIKE '%STRICT_ALL_TABLES%'": "1", "SELECT @@wait_timeout": "10",
		}
		if strings.HasPrefix(url, "sqlite:") {
			wants = map[string]string{"PRAGMA foreign_keys": "1", "PRAGMA journal_mode": "wal", "PRAGMA synchronous": "2"}
		}
		for query, want := range wants {
			if got, err := database.Ask(t.Context(), store, query); err != nil || got != want {
				t.Errorf("%s = %q, %v; want %q", query, got, err, want)
			}
		}
		if strings.HasPrefix(url, "sqlite:") {
			return
		}
		isolation, err := database.Ask(t.Context(), store, "SELECT @@tx_isolation") // not every server has this name
		if err == nil && isolation != "READ-COMMITTED" {
			t.Errorf("isolation %q, want READ-COMMITTED", isolation)
		}
	})
}

func TestErrorsOfOpenDoNotShowThePassword(t *testing.T) {
	for _, url := range []string{
		"postgres://u:secret@127.0.0.1/x", "mysql://u:secret@127.0.0.1:1/x", "mysql://u:secret@", "sqlite:/proc/nowhere/x.db",
	} {
		store, err := database.Open(t.Context(), url)
		if err == nil {
			_ = store.Close()
			t.Errorf("%s was opened", url)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}
