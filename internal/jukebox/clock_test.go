package jukebox_test

import (
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/testdb"
)

// When the database's clock is set back by a minute, what a node wrote before is a minute further in the future.
func TestRoomsOfADeadNodeAreTakenOverInTimeAlthoughTheClockWasSetBack(t *testing.T) {
	const life, setBack = 5 * time.Second, time.Minute
	synctest.Test(t, func(t *testing.T) {
		p := newParty(t, testdb.SQLite(t))
		other := p.replica(p.bus)
		renewOne := func(ahead time.Duration) {
			t.Helper()
			_, err := p.Driver().RenewNode(p.Context(), "one", life+ahead)
			p.must(err)
		}
		renewTwo := func() (alive int) {
			t.Helper()
			alive, err := other.Driver().RenewNode(p.Context(), "two", life)
			p.must(err)
			return alive
		}
		renewOne(0)
		first, err := p.Driver().TakeLease(p.Context(), p.room.ID, "one")
		p.must(err)

		for range 5 { // while it lives, it keeps its rooms, whatever the clock says
			renewOne(setBack)
			renewTwo()
			p.expect("driven", other.driven(), "one")
			time.Sleep(2 * time.Second)
		}
		died := time.Now()
		for other.driven() == "one" {
			if time.Since(died) > 2*life {
				t.Fatal("nobody can take the room over")
			}
			time.Sleep(2 * time.Second)
			renewTwo()
		}
		second, err := other.Driver().TakeLease(p.Context(), p.room.ID, "two")
		p.must(err)
		if second.Epoch != first.Epoch+1 {
			t.Errorf("epoch %d after %d", second.Epoch, first.Epoch)
		}
		if alive := renewTwo(); alive != 1 {
			t.Errorf("%d nodes are alive, want 1", alive)
		}
		t.Logf("taken over after %s", time.Since(died))
	})
}
