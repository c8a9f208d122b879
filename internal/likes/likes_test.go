package likes_test

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/bulk"
	"antwon.dj/backend/internal/likes"
	"antwon.dj/backend/internal/party"
)

// Deciding a like allocates its event's id and its answer, and what the batch and the room keep of it.
func TestDecidingALikeAllocatesAsMuchEachTime(t *testing.T) {
	const want = 13
	change := &likes.Change{RoomID: "room", ItemID: "item", UserID: "user"}
	found := &bulk.Found{Role: party.RoleGuest, Item: &party.QueueItem{ID: "item", State: party.Queued}}
	got := testing.AllocsPerRun(100, func() {
		room, batch := likes.Room{ID: "room"}, likes.New(1)
		if err := batch.Decide(&room, change, found, time.Time{}); err != nil || len(room.Events) != 1 {
			t.Fatalf("the like was not counted: %v", err)
		}
	})
	if got != want {
		t.Errorf("deciding a like takes %v allocations, want %d", got, want)
	}
}
