package jukebox_test

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// Songs that a guest has added are not counted twice against a new limit, even if there was no limit for a moment.
func TestLimitSwitchedOffAndOnCountsSongsOnce(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.settle(party.SettingsChange{AddsPerHour: pointer(2)})
		p.add(gina, 1)
		p.add(gina, 2)
		p.settle(party.SettingsChange{AddsPerHour: pointer(0)}) // as many as they like
		p.settle(party.SettingsChange{AddsPerHour: pointer(10)})
		if left := *p.quota(gina).AddsLeft; left < 8 {
			p.Errorf("of ten songs an hour she has %d left after two", left)
		}
		if _, err := p.AddSong(gina, p.room.ID, uri(3), nil); err != nil {
			p.Errorf("her third song of ten: %v", err)
		}
	})
}

// ViewerInRoom.next is the viewer's song at the head of the queue. A song that a rule holds is not the head.
func TestHeldSongIsNotPlayedNext(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.add(gina, 1)
		p.settle(party.SettingsChange{Blocked: []string{uri(1)}})
		v, err := p.ViewerInRoom(gina, p.state())
		p.must(err)
		if v.Next != nil {
			p.Errorf("song %s plays next, although it is held: %s", v.Next.Song.Name, v.Next.Refusal.Reason)
		}
	})
}

// ScheduleEntry.earliest assumes that likes carry the song past all others, but only those that likes can overtake.
func TestNoSongIsScheduledBeforeOneItCannotOvertake(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		pinned, other := p.add(gina, 1), p.add(gina, 2)
		_, err := p.PinItem(p.host, pinned.ID, 1, party.UntilPlayed, nil)
		p.must(err)
		p.like(gina, other)
		p.expect("likes do not help", p.queue(), "1 2")
		now := time.Now()
		if e := p.state().Schedule(now).Entries[1]; e.Earliest.Sub(now) < 3*time.Minute {
			p.Errorf("it plays in %v at the earliest, and what is pinned before it takes three minutes", e.Earliest.Sub(now))
		}
	})
}

func TestNoSongPlaysBeforeItsTurn(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, ben := p.join("Gina"), p.join("Ben")
		p.settle(party.SettingsChange{OrderMode: pointer(party.OrderTurns)})
		p.add(gina, 1)
		bens := p.add(ben, 2)
		for _, who := range []string{"A", "B", "C"} {
			p.like(p.join(who), bens)
		}
		p.expect("likes do not help", p.queue(), "1 2")
		now := time.Now()
		if e := p.state().Schedule(now).Entries[1]; e.Earliest.Sub(now) < 3*time.Minute {
			p.Errorf("Ben's song plays in %v at the earliest, and it is Gina's turn for three minutes", e.Earliest.Sub(now))
		}
	})
}

// A song that is removed with its playlist does not count as declined.
func TestSongsRemovedWithTheirPlaylistCanReturnWithIt(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		dinner, dance := "spotify:playlist:37i9dQZF1DX", "spotify:playlist:37i9dQZF1DY"
		p.settle(party.SettingsChange{FallbackPlaylistURI: &dinner})
		s, err := p.catalog.Song(p.Context(), "", uri(7))
		p.must(err)
		p.step(party.PlaybackStep{Fallback: []party.Song{s}})
		p.settle(party.SettingsChange{FallbackPlaylistURI: &dance})
		p.settle(party.SettingsChange{FallbackPlaylistURI: &dinner})
		declined, err := p.Driver().Declined(p.Context(), p.room.ID)
		p.must(err)
		if len(declined) > 0 {
			p.Errorf("%s is no longer suggested, because the host had chosen another playlist for a moment", declined[0].Name)
		}
	})
}

// While a newcomer's songs wait for a host's approval, other guests do not see them.
func TestSongsAwaitingApprovalAreHidden(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.settle(party.SettingsChange{RequireApproval: pointer(true)})
		gina, ben := p.join("Gina"), p.join("Ben")
		item := p.add(gina, 1)
		found, err := p.SearchSongs(ben, p.room.ID, "x", 1, 0)
		p.must(err)
		if id := found.Hits[0].QueueItemID; id != nil && *id == item.ID {
			p.Error("Ben's search shows an item that is neither queued, committed nor playing")
		}
	})
}

// A difference may be applied to any state from since on. A replica that saw a song wait for approval, and then nothing
// until it had left the queue again, has to report it as removed: others saw it there.
func TestSongApprovedAndRemovedBetweenLoadsIsReportedRemoved(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.settle(party.SettingsChange{RequireApproval: pointer(true)})
		item := p.add(p.join("Gina"), 1)
		p.add(p.host, 2)
		slow := p.state()
		_, err := p.ApproveItem(p.host, item.ID)
		p.must(err)
		var c client
		c.apply(p.state().QueueChange(nil)) // at another replica
		_, err = p.RemoveQueueItem(p.host, item.ID, nil)
		p.must(err)
		slow, err = p.LoadState(p.Context(), p.room.ID, slow)
		p.must(err)
		c.apply(slow.QueueChange(c.version))
		p.expect("client shows", c.shows(), queueOf(slow))
	})
}

// Fallback songs give way to guests' songs: undo of a cleared queue brings guests' songs back before it.
func TestUndoneClearBringsBackGuestsSongs(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.settle(party.SettingsChange{MaxQueueLength: pointer(3)})
		p.step(party.PlaybackStep{Fallback: []party.Song{p.song(7), p.song(8), p.song(9)}})
		for n := 1; n <= 3; n++ {
			p.add(gina, n)
		}
		before := p.queue()
		_, err := p.ClearQueue(p.host, p.room.ID, nil)
		p.must(err)
		_, err = p.Undo(p.host, p.room.ID, nil)
		p.must(err)
		p.expect("after undo", p.queue(), before)
	})
}

// A removed fallback song can be restored even if the queue is full of other songs.
func TestUndoneRemovalOfFallback(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.settle(party.SettingsChange{MaxQueueLength: pointer(1)})
		p.step(party.PlaybackStep{Fallback: []party.Song{p.song(7)}})
		p.add(gina, 1)
		items := p.state().Queue
		_, err := p.RemoveQueueItem(p.host, items[len(items)-1].ID, nil)
		p.must(err)
		_, err = p.Undo(p.host, p.room.ID, nil)
		p.must(err)
	})
}

// The stored presence of a guest who has left is deleted, although a screen stays connected.
func TestPresenceIsForgottenWithAScreen(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		screen, err := p.WatchRoom(p.Context(), p.room.Code)
		p.must(err)
		_, leaveTV, err := p.Connect(p.as(&screen.Session), p.room.ID)
		p.must(err)
		defer leaveTV()
		gina := p.join("Gina")
		_, leave, err := p.Connect(gina, p.room.ID)
		p.must(err)
		p.notePresence(90 * time.Second)
		leave()
		p.notePresence(30*time.Minute + time.Second)
		p.expectNoPresence()
	})
}

func TestPresenceIsForgottenInAClosedRoom(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		gina := p.join("Gina")
		_, leave, err := p.Connect(gina, p.room.ID)
		p.must(err)
		p.notePresence(90 * time.Second)
		leave()
		_, err = p.CloseRoom(p.host, p.room.ID, nil)
		p.must(err)
		p.notePresence(30*time.Minute + time.Second)
		p.expectNoPresence()
	})
}

// expectNoPresence expects that only screens have a stored time of presence.
func (p *fixture) expectNoPresence() {
	p.Helper()
	n, err := jukebox.Count(p.Context(), p.store,
		"SELECT count(*) FROM memberships WHERE seen_at IS NOT NULL AND role <> 'SCREEN'")
	p.must(err)
	if n > 0 {
		p.Errorf("half an hour after all have left, %d have a stored time of presence", n)
	}
}

// Joining and leaving affect no user in particular.
func TestPresenceAffectsNoUser(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		gina := p.join("Gina")
		watcher, err := p.Watch(gina, p.room.ID)
		p.must(err)
		defer watcher.Close()
		p.present(2)
		before := p.version()
		p.upTo(watcher, before)
		p.notePresence(3 * time.Second)
		s := p.upTo(watcher, p.version())
		if s.Present != 2 || s.AffectedSince(p.id(gina)) > before {
			p.Errorf("%d are present; Gina is affected since %d, before %d, now %d",
				s.Present, s.AffectedSince(p.id(gina)), before, s.Version)
		}
	})
}

func (p *fixture) song(n int) party.Song {
	s, err := p.catalog.Song(p.Context(), "", uri(n))
	p.must(err)
	return s
}

// A change of the settings affects everybody, even if it also lets a vote succeed: it changes every guest's quota.
func TestSettingsAffectEverybody(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		guests := p.present(8)
		p.notePresence(3 * time.Second)
		p.playNow(p.add(guests[0], 1))
		p.add(guests[0], 2)
		time.Sleep(10 * time.Second)
		for _, guest := range guests[:2] {
			p.must(second(p.VoteToSkip(guest, p.room.ID, nil)))
		}
		watcher, err := p.Watch(guests[7], p.room.ID)
		p.must(err)
		defer watcher.Close()
		before := p.version()
		p.upTo(watcher, before)
		p.settle(party.SettingsChange{SkipVotePercent: pointer(25), AddsPerHour: pointer(5)})
		s := p.upTo(watcher, p.version())
		if s.AffectedSince(p.id(guests[7])) <= before {
			p.Errorf("guest 7 is not informed that they may add five songs an hour")
		}
	})
}

// The vote of a guest who was absent for a while does not count again after they return: only members who are present
// throughout the song count.
func TestVoteOfAGuestWhoWasAwayNoLongerCounts(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		p.present(3)
		gina := p.join("Gina")
		_, leave, err := p.Connect(gina, p.room.ID)
		p.must(err)
		p.notePresence(3 * time.Second)
		p.playNow(p.add(gina, 1))
		time.Sleep(10 * time.Second)
		p.must(second(p.VoteToSkip(gina, p.room.ID, nil)))
		leave()
		p.notePresence(5 * time.Minute)
		gone := p.state().Playback.SkipVotes
		_, leave, err = p.Connect(gina, p.room.ID)
		p.must(err)
		defer leave()
		p.notePresence(3 * time.Second)
		if n := p.state().Playback.SkipVotes; gone != 0 || n != 0 {
			p.Errorf("while she was away %d votes, and %d when she is back", gone, n)
		}
	})
}

// A fallback song that loses its last like does not play if the host has turned fallback off.
func TestUnlikedFallbackAfterItsEnd(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.step(party.PlaybackStep{Fallback: []party.Song{p.song(7)}})
		item := p.state().Queue[0]
		p.like(gina, item)
		p.settle(party.SettingsChange{Fallback: pointer(false)})
		_, err := p.UnlikeQueueItem(gina, item.ID, nil)
		p.must(err)
		if next := p.state().NextToPlay(time.Now()); next != nil {
			p.Errorf("%s plays, although it has no likes", next.Song.URI)
		}
	})
}
