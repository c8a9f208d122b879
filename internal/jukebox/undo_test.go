package jukebox_test

import (
	"context"
	"testing"

	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

func TestUndoRevertsOnlyTheLastAction(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, ben := p.join("Gina"), p.join("Ben")
		_, err := p.Undo(gina, p.room.ID, nil)
		p.wants(party.Conflict, err)
		undo := func(who context.Context, queue string) {
			p.Helper()
			_, err := p.Undo(who, p.room.ID, nil)
			p.must(err)
			p.expect("queue", p.queue(), queue)
		}
		one, two := p.add(ben, 1), p.add(gina, 2)
		p.like(gina, two)
		p.expect("queue", p.queue(), "2 1")
		undo(gina, "1 2") // the like
		undo(gina, "1")   // the song
		_, err = p.Undo(gina, p.room.ID, nil)
		p.wants(party.Conflict, err)
		p.like(gina, one)
		_, err = p.UnlikeQueueItem(gina, one.ID, nil)
		p.must(err)
		undo(gina, "1")
		if likes := p.state().Queue[0].LikeCount; likes != 1 {
			p.Errorf("after taking the unlike back it has %d likes", likes)
		}
		undo(ben, "1") // Gina likes it: it is hers now
		if who := p.state().Queue[0].AddedBy.DisplayName; who != "Gina" {
			p.Errorf("the song is %s's", who)
		}
		p.add(ben, 3)
		p.add(gina, 4)
		_, err = p.ClearQueue(p.host, p.room.ID, nil)
		p.must(err)
		p.add(ben, 3) // comes back before the host does
		undo(p.host, "1 4 3")
		_, err = p.RemoveQueueItem(p.host, one.ID, nil)
		p.must(err)
		undo(p.host, "1 4 3")
		_, err = p.Undo(p.host, p.room.ID, nil)
		p.wants(party.Conflict, err)
	})
}

// A host removes what one guest added and undoes that, and the songs of the others stay throughout.
func TestAllSongsOfAGuestAreRemovedAndComeBack(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, ben := p.join("Gina"), p.join("Ben")
		p.step(party.PlaybackStep{CommitItem: p.add(gina, 1).ID})
		p.add(gina, 2)
		p.add(ben, 3)
		p.add(gina, 4)
		p.settle(party.SettingsChange{RequireApproval: pointer(true)})
		p.add(gina, 5) // waits for approval
		key := "remove Gina's"
		for range 2 {
			_, err := p.RemoveGuestSongs(p.host, p.room.ID, p.id(gina), &key)
			p.must(err)
		}
		p.expect("what was handed to the player stays", p.queue(), "1 3")
		if n := len(p.state().Awaiting); n != 0 {
			p.Errorf("%d songs still wait for approval", n)
		}
		events, _, err := p.Lists().Log(p.host, p.room, lists.First(1, nil), false)
		p.must(err)
		p.expect("the log", events[0].Message()+" "+*events[0].Detail, "Hanna removed all songs of Gina. 3")
		_, err = p.Undo(p.host, p.room.ID, &key)
		p.must(err)
		p.expect("undone", p.queue(), "1 2 3 4")
		if n := len(p.state().Awaiting); n != 1 {
			p.Errorf("%d songs wait for approval again, want 1", n)
		}
		_, err = p.RemoveGuestSongs(p.host, p.room.ID, p.room.ID, nil)
		p.wants(party.NotFound, err)
	})
}

func TestUndoByKeyRevertsThatActionOnce(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, ben := p.join("Gina"), p.join("Ben")
		one, two := p.add(ben, 1), p.add(ben, 2)
		undo := func(who context.Context, key, queue string) {
			p.Helper()
			for range 2 { // a double tap
				_, err := p.Undo(who, p.room.ID, &key)
				p.must(err)
			}
			p.expect("queue", p.queue(), queue)
		}
		_, err := p.LikeQueueItem(gina, two.ID, pointer("first"))
		p.must(err)
		_, err = p.LikeQueueItem(gina, one.ID, pointer("second"))
		p.must(err)
		undo(gina, "first", "1 2")
		_, err = p.AddSong(gina, p.room.ID, uri(1), pointer("nothing")) // she likes it already
		p.must(err)
		_, err = p.Undo(gina, p.room.ID, pointer("nothing"))
		p.wants(party.Conflict, err)
		_, err = p.AddSong(gina, p.room.ID, uri(2), pointer("like"))
		p.must(err)
		undo(gina, "like", "1 2")
		for _, who := range []context.Context{ben, p.host} { // keys are everybody's own
			_, err = p.Undo(who, p.room.ID, pointer("second"))
			p.wants(party.Conflict, err)
		}
		_, err = p.ClearQueue(p.host, p.room.ID, pointer("clear"))
		p.must(err)
		p.add(p.host, 3) // on another device
		undo(p.host, "clear", "1 2 3")
	})
}

func TestUndoIsRefusedAfterTheSongIsCommitted(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		item := p.add(gina, 1)
		p.like(gina, item)
		p.step(party.PlaybackStep{CommitItem: item.ID})
		_, err := p.Undo(gina, p.room.ID, nil)
		p.refusedBecause(err, party.ReasonCommitted)
		if got := p.state().Queue[0]; got.LikeCount != 1 {
			p.Errorf("it has %d likes", got.LikeCount)
		}
	})
}
