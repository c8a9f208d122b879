package database_test

import (
	"strings"
	"testing"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/testdb"
)

// A user who may not create tables can open a database that needs no migration.
func TestLeastRightsAreEnoughForADatabaseThatIsUpToDate(t *testing.T) {
	server := testdb.Private(t, "--sql-mode=")
	owner := server.PartyURL()
	server.Exec("CREATE USER least@'%' IDENTIFIED BY 'secret'")
	server.Exec("GRANT SELECT, INSERT, UPDATE, DELETE ON antwon.* TO least@'%'")
	least := strings.Replace(owner, "antwon:", "least:", 1)
	if _, err := database.Open(t.Context(), least); err == nil || !strings.Contains(err.Error(), "run antwon migrate") {
		t.Errorf("without tables: %v", err)
	}
	migrated, err := database.Open(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	defer migrated.Close()
	opened, err := database.Open(t.Context(), least)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if err := opened.Ready(t.Context()); err != nil {
		t.Errorf("not ready: %v", err)
	}

	// This server's own mode would cut a text that is too long.
	err = opened.InTx(t.Context(), func(tx *ent.Tx) error {
		_, err := tx.ExecContext(t.Context(), "UPDATE nodes SET id = ?", strings.Repeat("x", 1_000))
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "Data too long") {
		t.Errorf("a text that is too long: %v", err)
	}
}
