package jukebox_test

import (
	"testing"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// selects returns how many queries the database has been sent.
func (p *fixture) selects() (n uint64) {
	p.Helper()
	families, err := p.metrics.Gather()
	p.must(err)
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			for _, label := range metric.GetLabel() {
				if family.GetName() == "antwon_sql_seconds" && label.GetValue() == "SELECT" {
					n += metric.GetHistogram().GetSampleCount()
				}
			}
		}
	}
	return n
}

// The viewer's role used to be read twice for each like: once to authorize the request, and once in the transaction.
func TestLikeOfAKnownGuestReadsOnce(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		guest := p.join("Gina")
		liked, next := p.add(p.host, 1), p.add(p.host, 2)
		p.like(guest, liked)
		p.like(p.host, next)
		before := p.selects()
		p.like(guest, next) // the guest and the song are known, though not together
		if n := p.selects() - before; n != 1 {
			t.Errorf("a like ran %d queries, want the one of its transaction", n)
		}
	})
}

// What this server remembers about a guest is out of date once another server has changed it.
func TestLikeIsDecidedByTheRoleInItsTransaction(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		other := p.replica(p.bus)
		guest, key := p.join("Gina"), "key"
		item := p.add(p.host, 1)
		like := func(key *string) error { return second(p.LikeQueueItem(guest, item.ID, key)) }
		unlike := func() error { return second(p.UnlikeQueueItem(guest, item.ID, nil)) }
		p.must(like(&key))
		expect := func(when string, err error, want party.Code) {
			t.Helper()
			if got := codeOf(err); got != want {
				t.Errorf("%s: %q (%v), want %q", when, got, err, want)
			}
		}
		p.must(second(other.RemoveGuest(p.host, p.room.ID, p.id(guest), false)))
		expect("removed", unlike(), party.Forbidden)
		expect("removed, again", unlike(), party.Forbidden)
		p.must(second(p.JoinRoom(guest, p.room.Code, "Gina")))
		expect("back", unlike(), "")
		p.must(second(other.CloseRoom(p.host, p.room.ID, nil)))
		expect("closed", like(nil), party.Conflict)
		p.must(jukebox.Exec(p.Context(), p.store, "DELETE FROM memberships WHERE user_id = '"+p.id(guest)+"'"))
		expect("closed, and no longer a member", like(nil), party.Forbidden)
	})
}

// A repeated like is recognised in a room that has been closed since by another server.
func TestRepeatedLikeIsRecognisedInARoomThatAnotherServerClosed(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		other := p.replica(p.bus)
		guest, key := p.join("Gina"), "key"
		item := p.add(p.host, 1)
		p.must(second(p.LikeQueueItem(guest, item.ID, &key)))
		p.must(second(other.CloseRoom(p.host, p.room.ID, nil)))
		again, err := p.LikeQueueItem(guest, item.ID, &key)
		if p.must(err); again.LikeCount != 1 {
			t.Errorf("the repeated like returned %d likes, want 1", again.LikeCount)
		}
	})
}
