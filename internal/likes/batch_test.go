package likes

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/bulk"
	"antwon.dj/backend/internal/party"
)

// Many guests like what they like already, each with a key. The keys are stored together, and those of a guest are
// trimmed, with statements of their own, only if there are too many.
func TestKeysOfLikesThatChangeNothingAreTrimmedOnlyIfThereAreMany(t *testing.T) {
	for stored, trims := range map[int]int{0: 0, KeysPerObject - 1: 0, KeysPerObject: 3} {
		room, batch := Room{ID: "room", Version: 7}, New(3)
		for _, user := range []string{"Gina", "Otto", "Lou"} {
			change := &Change{ItemID: "item", UserID: user, Once: &Key{UserID: user, Hash: "key"}}
			found := &bulk.Found{
				Role: party.RoleGuest, Item: &party.QueueItem{ID: "item", State: party.Queued}, Liked: true, Keys: stored,
			}
			if err := batch.Decide(&room, change, found, time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
		trimmed := 0
		for _, kept := range batch.kept {
			if kept.forget {
				trimmed++
			}
		}
		if len(batch.stored) != 3 || trimmed != trims {
			t.Errorf("with %d keys: %d are stored, and %d trimmed; want 3 and %d", stored, len(batch.stored), trimmed, trims)
		}
		if !room.Written || room.Version != 7 || len(room.Events) > 0 {
			t.Errorf("the room is %+v, want it written and unchanged", room)
		}
	}
}
