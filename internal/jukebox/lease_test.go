package jukebox_test

import (
	"errors"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

func (p *fixture) driven() string {
	p.Helper()
	rooms, err := p.Driver().OpenRooms(p.Context())
	p.must(err)
	for _, room := range rooms {
		if room.ID == p.room.ID {
			return room.NodeID
		}
	}
	return "no such room"
}

func TestOneNodeHoldsTheLeaseOfARoom(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		d := p.Driver()
		renew := func(node string, life time.Duration, want int) {
			t.Helper()
			alive, err := d.RenewNode(p.Context(), node, life)
			p.must(err)
			if alive != want {
				p.Errorf("%d nodes are alive, want %d", alive, want)
			}
		}
		renew("one", time.Minute, 1)
		renew("two", time.Minute, 2)
		p.expect("at first", p.driven(), "")
		first, err := d.TakeLease(p.Context(), p.room.ID, "one")
		p.must(err)
		p.expect("taken", p.driven(), "one")
		if _, err := d.TakeLease(p.Context(), p.room.ID, "two"); !errors.Is(err, party.ErrLeaseLost) {
			p.Errorf("a second node takes the room: %v", err)
		}
		again, err := d.TakeLease(p.Context(), p.room.ID, "one")
		p.must(err)
		if again != first {
			p.Errorf("taking the lease again returned %+v, want %+v", again, first)
		}

		renew("one", -time.Second, 1) // as if it had not been renewed for long
		p.expect("without its node", p.driven(), "")
		second, err := d.TakeLease(p.Context(), p.room.ID, "two")
		p.must(err)
		if second.Epoch != first.Epoch+1 || !second.Inherited || first.Inherited {
			p.Errorf("%+v after %+v", second, first)
		}
		item := p.add(p.host, 1)
		_, err = d.ApplyPlayback(p.Context(), first, party.PlaybackStep{CommitItem: item.ID})
		if !errors.Is(err, party.ErrLeaseLost) {
			p.Errorf("the first node, awake again, commits a song: %v", err)
		}
		_, err = d.ApplyPlayback(p.Context(), second, party.PlaybackStep{CommitItem: item.ID})
		p.must(err)
		p.must(d.RetireNode(p.Context(), "two"))
		p.expect("retired", p.driven(), "")

		renew("three", -2*time.Hour, 0)
		p.must(d.DeleteOldNodes(p.Context()))
		_, err = p.CloseRoom(p.host, p.room.ID, nil)
		p.must(err)
		_, err = d.TakeLease(p.Context(), p.room.ID, "three")
		p.wants(party.Conflict, err)
		second.Inherited = false // by its own
		if kept, err := d.TakeLease(p.Context(), p.room.ID, "two"); err != nil || kept != second {
			p.Errorf("the holder of the closed room's lease gets %+v, %v; want %+v", kept, err, second)
		}
		p.expect("closed", p.driven(), "no such room")
	})
}

// The count of a room's calls is stored with its lease, without a new version of the room, so that the next node goes
// on counting.
func TestLeaseTellsWhatARoomHasCost(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		first, err := p.Driver().TakeLease(p.Context(), p.room.ID, "one")
		p.must(err)
		p.expect("at first", first.Calls.String(), party.CallCount{}.String())
		calls := party.CallCount{}.Add(7, time.Now().Add(-time.Hour/2)).Add(60_000, time.Now())
		version, err := p.Driver().ApplyPlayback(p.Context(), first, party.PlaybackStep{Calls: &calls})
		p.must(err)
		if version != 0 {
			p.Errorf("the room has a version %d because of it", version)
		}
		for _, node := range []string{"one", "two"} {
			next, err := p.Driver().TakeLease(p.Context(), p.room.ID, node)
			p.must(err)
			p.expect("of "+node, next.Calls.String(), calls.String())
		}
		if _, err = p.Driver().ApplyPlayback(p.Context(), first, party.PlaybackStep{Calls: &calls}); err == nil {
			p.Error("a node without the lease records what the room has cost")
		}
	})
}
