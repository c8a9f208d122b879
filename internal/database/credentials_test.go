package database_test

import (
	"context"
	"sync"
	"testing"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/testdb"
)

// wallet returns a password, and replaces it with a newer one only when it is refused.
type wallet struct {
	mu      sync.Mutex
	url     string // guarded by mu
	newer   string // guarded by mu
	refused int    // guarded by mu
}

func (w *wallet) credentials(_ context.Context, refused bool) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if refused {
		w.url = w.newer
		w.refused++
	}
	return w.url, nil
}

func (w *wallet) setNewer(newer string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.newer = newer
}

func TestNewConnectionsUseAChangedPassword(t *testing.T) {
	account := testdb.NewAccount(t, testdb.MySQL(t), "first")
	started := account.URL().String()
	w := &wallet{url: started, newer: started}
	store, err := database.OpenWith(t.Context(), started, database.Options{Credentials: w.credentials})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()

	account.SetPassword("second")
	account.EndConnections()
	if err := store.Ready(t.Context()); !database.Unavailable(err) {
		t.Fatalf("until the new password is available: %v, want a database that is unavailable for a while", err)
	}
	w.setNewer(account.URL().String())
	if err := store.Ready(t.Context()); err != nil {
		t.Errorf("with the new password available: %v", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refused != 2 {
		t.Errorf("refused %d times, want once for each rejected password", w.refused)
	}
}

func TestConnectionsUseTheCredentialsInsteadOfTheURL(t *testing.T) {
	account := testdb.NewAccount(t, testdb.MySQL(t), "first")
	// The URL with which the database is opened has no user.
	elsewhere := *account.URL()
	elsewhere.User = nil
	w := &wallet{url: account.URL().String()}
	store, err := database.OpenWith(t.Context(), elsewhere.String(), database.Options{Credentials: w.credentials})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if w.refused > 0 {
		t.Errorf("refused %d times", w.refused)
	}
}
