package jukebox_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// refusedBecause is what an error of a refusal says.
func (p *fixture) refusedBecause(err error, reason party.RefusalReason) {
	p.Helper()
	if got := p.wants(party.Refused, err); got.Reason != reason || got.Message == "" {
		p.Fatalf("refused with %s (%s), want %s", got.Reason, got.Message, reason)
	}
}

// wantsToAdd expects that adding a song is refused, and that a search tells so in advance.
func (p *fixture) wantsToAdd(who context.Context, n int, reason party.RefusalReason) {
	p.Helper()
	_, err := p.AddSong(who, p.room.ID, uri(n), nil)
	p.refusedBecause(err, reason)
	found, err := p.SearchSongs(who, p.room.ID, "x", 1, n-1)
	p.must(err)
	hit := found.Hits[0]
	if hit.CanAdd || hit.Refusal == nil || hit.Refusal.Reason != reason {
		p.Errorf("the search says %+v, want %s", hit.Refusal, reason)
	}
}

// playNow commits a song and starts it, as the player's driver does, and ends what played.
func (p *fixture) playNow(item *party.QueueItem) {
	p.Helper()
	state, err := p.LoadState(p.Context(), p.room.ID, nil)
	p.must(err)
	p.step(party.PlaybackStep{CommitItem: item.ID})
	step := party.PlaybackStep{StartedItem: item.ID, Playback: &party.Playback{
		Status: party.Playing, Item: item, Song: &item.Song, ProgressMS: pointer(0), ObservedAt: time.Now(), Health: party.HealthOK,
	}}
	if state.NowPlaying != nil {
		step.EndedItem = state.NowPlaying.ID
	}
	p.step(step)
}

func (p *fixture) state() *party.State {
	p.Helper()
	state, err := p.LoadState(p.Context(), p.room.ID, nil)
	p.must(err)
	return state
}

func TestRulesAboutSongsHoldForEverybody(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.settle(party.SettingsChange{
			AllowExplicit: pointer(false), MaxSongSeconds: pointer(300), Blocked: []string{uri(5), "https://open.spotify.com/artist/" + artist(7)[15:]},
		})
		for _, who := range []context.Context{gina, p.host} {
			p.wantsToAdd(who, 777, party.ReasonBlocked) // by its artist, which comes first
			p.wantsToAdd(who, 888, party.ReasonTooLong)
			p.wantsToAdd(who, 5, party.ReasonBlocked)
			p.wantsToAdd(who, 27, party.ReasonBlocked)
			p.wantsToAdd(who, 666, party.ReasonNotPlayable)
		}
		_, err := p.AddSong(gina, p.room.ID, uri(1005), nil)
		p.refusedBecause(err, party.ReasonBlocked) // the same recording from another release
		p.settle(party.SettingsChange{Blocked: []string{}})
		p.wantsToAdd(gina, 777, party.ReasonExplicit)
		p.settle(party.SettingsChange{AllowExplicit: pointer(true), MaxSongSeconds: pointer(0)})
		p.add(gina, 777)
		p.add(gina, 888)
		p.add(gina, 5)
	})
}

func TestASongThatWasPlayedCoolsDown(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.playNow(p.add(gina, 1))
		p.playNow(p.add(gina, 2))
		p.wantsToAdd(gina, 1, party.ReasonPlayedRecently)
		_, err := p.AddSong(p.host, p.room.ID, uri(1001), nil) // another release of it
		p.refusedBecause(err, party.ReasonPlayedRecently)
		p.settle(party.SettingsChange{CooldownMinutes: pointer(0)})
		p.add(gina, 1)
	})
}

func TestRulesAboutGuestsHoldForGuests(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		for _, row := range []struct {
			reason party.RefusalReason
			on     party.SettingsChange
			off    party.SettingsChange
		}{
			{party.ReasonRequestsClosed, party.SettingsChange{RequestsOpen: pointer(false)}, party.SettingsChange{RequestsOpen: pointer(true)}},
			{party.ReasonLastCall, party.SettingsChange{LastCallAt: pointer(time.Now().Add(-time.Second))}, party.SettingsChange{LastCallAt: &time.Time{}}},
		} {
			p.settle(row.on)
			p.wantsToAdd(gina, 1, row.reason)
			item := p.add(p.host, 1)
			_, err := p.RemoveQueueItem(p.host, item.ID, nil)
			p.must(err)
			p.settle(row.off)
			item = p.add(gina, 1)
			_, err = p.RemoveQueueItem(gina, item.ID, nil)
			p.must(err)
		}
	})
}

func TestAGuestHasOnlySoManySongsInTheQueue(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, ben := p.join("Gina"), p.join("Ben")
		p.settle(party.SettingsChange{MaxQueuedPerGuest: pointer(2)})
		first := p.add(gina, 1)
		p.add(gina, 2)
		p.wantsToAdd(gina, 3, party.ReasonTooManyQueued)
		p.add(ben, 3)
		p.add(gina, 3) // is a like
		p.add(p.host, 4)
		p.add(p.host, 5)
		p.add(p.host, 6)
		quota := p.quota(gina)
		if quota.Queued != 2 || *quota.MaxQueued != 2 || p.quota(p.host).MaxQueued != nil {
			t.Errorf("Gina's quota is %+v", quota)
		}
		p.playNow(first)
		p.add(gina, 7)
		p.settle(party.SettingsChange{MaxQueueLength: pointer(6)})
		p.wantsToAdd(ben, 8, party.ReasonQueueFull)
		p.wantsToAdd(p.host, 8, party.ReasonQueueFull)
	})
}

func (p *fixture) quota(who context.Context) jukebox.Quota {
	p.Helper()
	v, err := p.ViewerInRoom(who, p.state())
	p.must(err)
	return v.Quota
}

func TestAddsPerHourRefill(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.settle(party.SettingsChange{AddsPerHour: pointer(2)})
		p.add(gina, 1)
		p.add(p.join("Ben"), 2)
		p.add(gina, 2) // is a like
		second := p.add(gina, 3)
		p.wantsToAdd(gina, 4, party.ReasonTooManyAdded)
		quota := p.quota(gina)
		if *quota.AddsLeft != 0 || time.Until(*quota.RefillsAt).Round(time.Minute) != 30*time.Minute {
			t.Errorf("her quota is %+v", quota)
		}
		_, err := p.Undo(gina, p.room.ID, nil)
		p.must(err)
		if back := p.quota(gina); *back.AddsLeft != 1 || back.RefillsAt != nil {
			t.Errorf("after taking %s back it is %+v", second.ID, back)
		}
		p.add(gina, 4)
		p.settle(party.SettingsChange{AddsPerHour: pointer(3)})
		p.add(gina, 5)
		p.wantsToAdd(gina, 6, party.ReasonTooManyAdded)
	})
}

func TestNewRulesHoldBackWhatIsQueuedAndLetItGoAgain(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		explicit, other := p.add(gina, 777), p.add(gina, 1)
		p.like(gina, explicit)
		before := p.state().Version
		p.settle(party.SettingsChange{AllowExplicit: pointer(false)})
		state := p.state()
		p.expect("queue", songs(state.Queue), "1 777")
		if held := state.Queue[1].Refusal; held == nil || held.Reason != party.ReasonExplicit {
			t.Errorf("the explicit song says %+v", held)
		}
		if change := state.QueueChange(&before); !change.Reset {
			t.Error("the rules changed songs that did not change themselves, and clients were not told all of them")
		}
		if next := state.NextToPlay(time.Now()); next == nil || next.ID != other.ID {
			t.Errorf("next is %+v", next)
		}
		p.wants(party.Conflict, p.tryStep(party.PlaybackStep{CommitItem: explicit.ID})) // decided on an older state
		p.settle(party.SettingsChange{AllowExplicit: pointer(true)})
		p.expect("queue", songs(p.state().Queue), "777 1")
		p.step(party.PlaybackStep{CommitItem: explicit.ID})
	})
}

func TestSettingsAreCheckedAndSayWhatToChange(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		for field, change := range map[string]party.SettingsChange{
			"maxSongSeconds": {MaxSongSeconds: pointer(29)}, "cooldownMinutes": {CooldownMinutes: pointer(-1)}, "maxQueueLength": {MaxQueueLength: pointer(501)},
			"maxQueuedPerGuest": {MaxQueuedPerGuest: pointer(-1)}, "addsPerHour": {AddsPerHour: pointer(501)}, "skipVotePercent": {SkipVotePercent: pointer(101)},
			"trustedAfter": {TrustedAfter: pointer(0)}, "orderMode": {OrderMode: pointer(party.OrderMode("CHAOS"))},
			"blocked": {Blocked: []string{"spotify:album:0000000000000000000001"}}, "lastCallAt": {LastCallAt: pointer(time.Unix(-1e10, 0))},
		} {
			_, err := p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Settings: &change}, nil)
			if got := p.wants(party.BadUserInput, err); got.Field != "input.settings."+field {
				t.Errorf("%s: the error names %s", field, got.Field)
			}
		}
		_, err := p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Settings: &party.SettingsChange{Blocked: []string{uri(404)}}}, nil)
		p.wants(party.BadUserInput, err)
	})
}

func TestSettingsStayAsTheyWereSet(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		at := time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC)
		p.settle(party.SettingsChange{
			OrderMode: pointer(party.OrderFair), AllowExplicit: pointer(false), MaxSongSeconds: pointer(400), CooldownMinutes: pointer(7), MaxQueueLength: pointer(50),
			MaxQueuedPerGuest: pointer(3), AddsPerHour: pointer(9), SkipVotePercent: pointer(30), RequireApproval: pointer(true), TrustedAfter: pointer(2),
			LastCallAt: &at, Blocked: []string{uri(3), artist(4), uri(3)},
		})
		s := p.state().Settings
		got := fmt.Sprint(s.OrderMode, s.AllowExplicit, *s.MaxSongSeconds, s.CooldownMinutes, s.MaxQueueLength, *s.MaxQueuedPerGuest, *s.AddsPerHour,
			s.SkipVotePercent, s.RequireApproval, s.TrustedAfter, s.LastCallAt, s.BlockedURIs(), s.BlockedNames())
		p.expect("settings", got, fmt.Sprint("FAIR", false, 400, 7, 50, 3, 9, 30, true, 2, &at, []string{uri(3), artist(4)}, []string{"Song 3", "Artist 4"}))
		version := p.state().Version
		p.settle(party.SettingsChange{MaxSongSeconds: pointer(400), Blocked: []string{uri(3), artist(4)}})
		if p.state().Version != version {
			t.Error("setting what is set was a change")
		}
		p.settle(party.SettingsChange{MaxSongSeconds: pointer(0), MaxQueuedPerGuest: pointer(0), AddsPerHour: pointer(0), LastCallAt: &time.Time{}, Blocked: []string{}})
		s = p.state().Settings
		if s.MaxSongSeconds != nil || s.MaxQueuedPerGuest != nil || s.AddsPerHour != nil || s.LastCallAt != nil || len(s.Blocked) > 0 {
			t.Errorf("what was taken away is still there: %+v", s)
		}
	})
}

func TestNewcomersSongsWaitForApprovalUntilTheyAreTrusted(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.settle(party.SettingsChange{RequireApproval: pointer(true), TrustedAfter: pointer(2)})
		gina, ben := p.join("Gina"), p.join("Ben")
		first := p.add(gina, 1)
		if first.State != party.AwaitingApproval || p.queue() != "" {
			t.Fatalf("her song is %s, and the queue %q", first.State, p.queue())
		}
		p.expect("Gina sees", songs(p.awaiting(gina)), "1")
		p.expect("Ben sees", songs(p.awaiting(ben)), "")
		p.expect("the host sees", songs(p.awaiting(p.host)), "1")
		for range 2 {
			approved, err := p.ApproveItem(p.host, first.ID)
			p.must(err)
			if approved.State != party.Queued {
				t.Errorf("an approved song is %s", approved.State)
			}
		}
		second := p.add(gina, 2)
		p.expect("queue", p.queue(), "1")
		_, err := p.RemoveQueueItem(p.host, second.ID, nil) // declined
		p.must(err)
		_, err = p.ApproveItem(p.host, second.ID)
		p.wants(party.NotFound, err)
		third := p.add(gina, 3)
		_, err = p.ApproveItem(p.host, third.ID)
		p.must(err)
		if trusted := p.add(gina, 4); trusted.State != party.Queued {
			t.Errorf("after two accepted songs the next one is %s", trusted.State)
		}
		p.add(ben, 5)
		p.add(p.host, 5) // the host wants it, too
		p.expect("queue", p.queue(), "5 1 3 4")
	})
}

func (p *fixture) awaiting(who context.Context) []*party.QueueItem {
	p.Helper()
	v, err := p.ViewerInRoom(who, p.state())
	p.must(err)
	return v.AwaitingApproval
}

func TestAWithdrawnSongPassesToWhoLikedItFirst(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, ben, cem := p.join("Gina"), p.join("Ben"), p.join("Cem")
		item, alone := p.add(gina, 1), p.add(gina, 2)
		p.like(gina, item)
		p.like(gina, alone)
		p.like(ben, item)
		p.like(cem, item)
		_, err := p.RemoveGuest(p.host, p.room.ID, p.id(ben), false) // who liked it first is here no more
		p.must(err)
		for _, withdrawn := range []*party.QueueItem{item, alone} {
			_, err := p.RemoveQueueItem(gina, withdrawn.ID, nil)
			p.must(err)
		}
		state := p.state()
		p.expect("queue", songs(state.Queue), "1")
		if left := state.Queue[0]; left.AddedBy.DisplayName != "Cem" || left.LikeCount != 2 {
			t.Errorf("it belongs to %s now and has %d likes", left.AddedBy.DisplayName, left.LikeCount)
		}
		_, err = p.RemoveQueueItem(gina, item.ID, nil)
		p.wants(party.Forbidden, err)
		_, err = p.Undo(gina, p.room.ID, nil) // the second one
		p.must(err)
		_, err = p.Undo(gina, p.room.ID, nil) // the first one
		p.must(err)
		state = p.state()
		p.expect("queue", songs(state.Queue), "1 2")
		if back := state.Queue[0]; back.AddedBy.DisplayName != "Gina" || back.LikeCount != 3 || state.Queue[1].LikeCount != 1 {
			t.Errorf("taken back, it belongs to %s and has %d likes", back.AddedBy.DisplayName, back.LikeCount)
		}
	})
}

func TestUndoTakesBackTheLastThingAndNothingElse(t *testing.T) {
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
			t.Errorf("after taking the unlike back it has %d likes", likes)
		}
		undo(ben, "1") // Gina likes it: it is hers now
		if who := p.state().Queue[0].AddedBy.DisplayName; who != "Gina" {
			t.Errorf("the song is %s's", who)
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

func TestUndoByItsKeyTakesBackThisAndOnlyOnce(t *testing.T) {
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

func TestUndoComesTooLateForWhatWasHandedOver(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		item := p.add(gina, 1)
		p.like(gina, item)
		p.step(party.PlaybackStep{CommitItem: item.ID})
		_, err := p.Undo(gina, p.room.ID, nil)
		p.refusedBecause(err, party.ReasonCommitted)
		if got := p.state().Queue[0]; got.LikeCount != 1 {
			t.Errorf("it has %d likes", got.LikeCount)
		}
	})
}

func TestPinsAreTheHostsHand(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		var items []*party.QueueItem
		for n := range 5 {
			items = append(items, p.add(gina, n+1))
		}
		queue, err := p.PinItem(p.host, items[4].ID, 2, party.UntilPlayed, nil)
		p.must(err)
		p.expect("queue", songs(queue.Items), "1 5 2 3 4")
		p.playNow(items[0])
		p.like(gina, items[3])
		p.expect("queue", p.queue(), "5 4 2 3")
		_, err = p.UnpinItem(p.host, items[4].ID)
		p.must(err)
		p.expect("queue", p.queue(), "4 2 3 5")
		_, err = p.PinItem(p.host, items[4].ID, 1, party.UntilOvertaken, pointer(2))
		p.must(err)
		p.expect("queue", p.queue(), "5 4 2 3")
		p.like(p.host, items[3])
		p.expect("overtaken", p.queue(), "4 2 3 5")
		for field, err := range map[string]error{
			"position": second(p.PinItem(p.host, items[4].ID, 0, party.UntilPlayed, nil)),
			"likes":    second(p.PinItem(p.host, items[4].ID, 1, party.UntilOvertaken, nil)),
			"until":    second(p.PinItem(p.host, items[4].ID, 1, "WHENEVER", nil)),
		} {
			if got := p.wants(party.BadUserInput, err); got.Field != field {
				t.Errorf("%s: the error names %s", field, got.Field)
			}
		}
		p.step(party.PlaybackStep{CommitItem: items[3].ID})
		_, err = p.PinItem(p.host, items[3].ID, 2, party.UntilPlayed, nil)
		p.refusedBecause(err, party.ReasonCommitted)
	})
}

func TestTheLogSaysWhoDidWhat(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		item := p.add(gina, 1)
		p.like(gina, item)
		_, err := p.SetRole(p.host, p.room.ID, p.id(gina), party.RoleCohost)
		p.must(err)
		_, err = p.RemoveQueueItem(gina, item.ID, nil)
		p.must(err)
		_, err = p.Undo(gina, p.room.ID, nil)
		p.must(err)
		p.settle(party.SettingsChange{OrderMode: pointer(party.OrderFair), AllowExplicit: pointer(false)})
		tell := func(likes bool) (told []string) {
			var after *string
			for more := true; more; {
				var page []jukebox.RoomEvent
				page, more, err = p.Log(p.host, p.room, jukebox.First(2, after), likes)
				p.must(err)
				for _, e := range page {
					line := e.Actor.DisplayName + " " + string(e.Kind)
					if e.Subject != nil {
						line += " to " + e.Subject.DisplayName
					}
					if e.Detail != nil {
						line += " " + *e.Detail
					}
					told = append(told, line)
					after = pointer(e.Cursor)
				}
			}
			return told
		}
		want := []string{
			"Hanna SETTINGS orderMode, allowExplicit", "Gina UNDONE REMOVED", "Gina REMOVED to Gina", "Hanna ROLE to Gina COHOST", "Gina LIKED", "Gina ADDED", "Gina JOINED",
		}
		if got := tell(true); !slices.Equal(got, want) {
			t.Errorf("the log says %q, want %q", got, want)
		}
		want = slices.Delete(want, 4, 5)
		if got := tell(false); !slices.Equal(got, want) {
			t.Errorf("without likes it says %q, want %q", got, want)
		}
	})
}

func TestRecapAndExportTellOfTheEvening(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, ben := p.join("Gina"), p.join("Ben")
		_, err := p.ExportHistory(p.host, p.room.ID)
		p.wants(party.Conflict, err)
		one, two, three := p.add(gina, 1), p.add(gina, 2), p.add(ben, 3)
		p.like(gina, one)
		p.like(ben, one)
		p.like(ben, two)
		for _, item := range []*party.QueueItem{one, three, two} {
			p.playNow(item)
		}
		p.step(party.PlaybackStep{EndedItem: two.ID, Skipped: true})
		_, err = p.CloseRoom(p.host, p.room.ID, nil)
		p.must(err)
		recap, err := p.Recap(gina, p.room)
		p.must(err)
		p.expect("Gina's evening", fmt.Sprint(songs(recap.SongsPlayed), ", gave ", recap.LikesGiven, ", got ", recap.LikesGot), "1 2, gave 1, got 2")
		saved, err := p.ExportHistory(p.host, p.room.ID)
		p.must(err)
		if !slices.Equal(p.catalog.saved, []string{uri(1), uri(3)}) || saved.SongCount != 2 {
			t.Errorf("saved %v as %+v", p.catalog.saved, saved)
		}
	})
}
