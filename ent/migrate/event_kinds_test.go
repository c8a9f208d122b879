package migrate_test

import (
	"strconv"
	"testing"
	"time"

	"antwon.dj/backend/ent/roomevent"
	"antwon.dj/backend/internal/database"
	"antwon.dj/backend/internal/testdb"
)

// A server that starts on a database from before the kinds PASSED_ON and GUEST_REMOVED renames the old ones, and leaves
// every other event as it is.
func TestOldEventKindsAreRenamed(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		events := []struct{ kind, detail, wantKind, wantDetail string }{
			{"HANDED_ON", "", "PASSED_ON", ""},
			{"LEFT_OUT", "BANNED", "GUEST_REMOVED", "BANNED"},
			{"UNDONE", "HANDED_ON", "UNDONE", "PASSED_ON"},
			{"UNDONE", "LIKED", "UNDONE", "LIKED"},
			{"SETTINGS", "fallback, fallbackPlaylistURI", "SETTINGS", "fallback, fallbackPlaylistUri"},
			{"SETTINGS", "name", "SETTINGS", "name"},
		}
		db := open(t, url)
		now := time.Now()
		db.Write.User.Create().SetID("host").SetKind("HOST").SetDisplayName("Hanna").SetCreatedAt(now).ExecX(t.Context())
		db.Write.Room.Create().SetID("room").SetHostID("host").SetName("Party").SetCode("PARTY").SetStatus("OPEN").SetVersion(1).
			SetCreatedAt(now).ExecX(t.Context())
		for i, e := range events {
			db.Write.RoomEvent.Create().SetID(strconv.Itoa(i)).SetRoomID("room").SetAt(now).SetKind(e.kind).SetDetail(e.detail).
				ExecX(t.Context())
		}
		forgetMigration(t, db, "event_kinds")

		db = open(t, url)
		for i, e := range events {
			got := db.Read.RoomEvent.Query().Where(roomevent.ID(strconv.Itoa(i))).OnlyX(t.Context())
			if got.Kind != e.wantKind || *got.Detail != e.wantDetail {
				t.Errorf("%s %s became %s %s, want %s %s", e.kind, e.detail, got.Kind, *got.Detail, e.wantKind, e.wantDetail)
			}
		}
	})
}

func open(t *testing.T, url string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// forgetMigration makes the database one that has not seen a migration yet.
func forgetMigration(t *testing.T, db *database.DB, description string) {
	t.Helper()
	tx, err := db.Write.Tx(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "DELETE FROM schema_revisions WHERE description = ?", description); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
