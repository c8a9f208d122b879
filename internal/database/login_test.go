package database_test

import (
	"context"
	"sync"
	"testing"

	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/testdb"
)

// wallet knows a password, and gets to know another one only when the first is refused.
type wallet struct {
	mu      sync.Mutex
	url     string // guarded by mu
	newer   string // guarded by mu
	refused int    // guarded by mu
}

func (w *wallet) login(_ context.Context, refused bool) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if refused {
		w.url = w.newer
		w.refused++
	}
	return w.url, nil
}

func (w *wallet) keep(newer string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.newer = newer
}

func TestAChangedPasswordIsTakenUpByNewConnections(t *testing.T) {
	account := testdb.NewAccount(t, testdb.MySQL(t), "first")
	started := account.URL().String()
	w := &wallet{url: started, newer: started}
	store, err := database.OpenAs(t.Context(), started, w.login)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()

	account.SetPassword("second")
	account.EndConnections()
	if err := store.Ready(t.Context()); err == nil {
		t.Fatal("the database still lets the old password in: this test shows nothing")
	}
	w.keep(account.URL().String())
	if err := store.Ready(t.Context()); err != nil {
		t.Errorf("with the new password within reach: %v", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refused != 2 {
		t.Errorf("refused %d times, want once for each password that was not right", w.refused)
	}
}

func TestPasswordsAreAskedForByEachConnection(t *testing.T) {
	account := testdb.NewAccount(t, testdb.MySQL(t), "first")
	// The URL that the store was opened with names nobody who may come in.
	elsewhere := *account.URL()
	elsewhere.User = nil
	w := &wallet{url: account.URL().String()}
	store, err := database.OpenAs(t.Context(), elsewhere.String(), w.login)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if w.refused > 0 {
		t.Errorf("refused %d times", w.refused)
	}
}
