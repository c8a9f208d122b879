package jukebox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
)

// refusedBecause checks that err is a refusal with this reason and a message.
func (p *fixture) refusedBecause(err error, reason party.RefusalReason) {
	p.Helper()
	if got := p.wants(party.Refused, err); got.Reason != reason || got.Message == "" {
		p.Fatalf("refused with %s (%s), want %s", got.Reason, got.Message, reason)
	}
}

// cannotAdd expects that adding a song is refused, and that a search says so in advance.
func (p *fixture) cannotAdd(who context.Context, n int, reason party.RefusalReason) {
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
		Status: party.Playing, Item: item, Song: &item.Song,
		ProgressMS: pointer(0), ObservedAt: time.Now(), Health: party.HealthOK,
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

func TestSongRulesApplyToEverybody(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.settle(party.SettingsChange{
			AllowExplicit: pointer(false), MaxSongSeconds: pointer(300),
			Blocked: []string{uri(5), "https://open.spotify.com/artist/" + artist(7)[15:]},
		})
		for _, who := range []context.Context{gina, p.host} {
			p.cannotAdd(who, 777, party.ReasonBlocked) // by its artist, which comes first
			p.cannotAdd(who, 888, party.ReasonTooLong)
			p.cannotAdd(who, 5, party.ReasonBlocked)
			p.cannotAdd(who, 27, party.ReasonBlocked)
			p.cannotAdd(who, 666, party.ReasonNotPlayable)
		}
		_, err := p.AddSong(gina, p.room.ID, uri(1005), nil)
		p.refusedBecause(err, party.ReasonBlocked) // the same recording from another release
		p.settle(party.SettingsChange{Blocked: []string{}})
		p.cannotAdd(gina, 777, party.ReasonExplicit)
		p.settle(party.SettingsChange{AllowExplicit: pointer(true), MaxSongSeconds: pointer(0)})
		p.add(gina, 777)
		p.add(gina, 888)
		p.add(gina, 5)
	})
}

func TestPlayedSongCoolsDown(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.playNow(p.add(gina, 1))
		p.playNow(p.add(gina, 2))
		p.cannotAdd(gina, 1, party.ReasonPlayedRecently)
		_, err := p.AddSong(p.host, p.room.ID, uri(1001), nil) // another release of it
		p.refusedBecause(err, party.ReasonPlayedRecently)
		p.settle(party.SettingsChange{CooldownMinutes: pointer(0)})
		p.add(gina, 1)
	})
}

func TestGuestRulesApplyToGuestsOnly(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		for _, row := range []struct {
			reason party.RefusalReason
			on     party.SettingsChange
			off    party.SettingsChange
		}{
			{party.ReasonRequestsClosed,
				party.SettingsChange{RequestsOpen: pointer(false)}, party.SettingsChange{RequestsOpen: pointer(true)}},
			{party.ReasonNotOpenYet,
				party.SettingsChange{RequestsOpenAt: pointer(time.Now().Add(time.Hour))},
				party.SettingsChange{RequestsOpenAt: pointer(time.Now().Add(-time.Second))}},
			{party.ReasonLastCall,
				party.SettingsChange{LastCallAt: pointer(time.Now().Add(-time.Second))},
				party.SettingsChange{LastCallAt: &time.Time{}}},
		} {
			p.settle(row.on)
			p.cannotAdd(gina, 1, row.reason)
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

// A guest who is too early is told how long to wait, and can add songs after that time.
func TestRefusalSaysWhenRequestsOpen(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		gina := p.join("Gina")
		p.settle(party.SettingsChange{RequestsOpenAt: pointer(time.Now().Add(5 * time.Hour))})
		_, err := p.AddSong(gina, p.room.ID, uri(1), nil)
		refused := p.wants(party.Refused, err)
		if refused.Reason != party.ReasonNotOpenYet || refused.RetryAfter.Round(time.Minute) != 5*time.Hour {
			p.Errorf("refused with %s for %v", refused.Reason, refused.RetryAfter)
		}
		p.expect("the sentence", refused.Message, "Guests can add songs in 5 hours.")
		time.Sleep(refused.RetryAfter)
		p.add(gina, 1)
	})
}

func TestQueuedSongsOfAGuestAreLimited(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, ben := p.join("Gina"), p.join("Ben")
		p.settle(party.SettingsChange{MaxQueuedPerGuest: pointer(2)})
		first := p.add(gina, 1)
		p.add(gina, 2)
		p.cannotAdd(gina, 3, party.ReasonTooManyQueued)
		p.add(ben, 3)
		p.add(gina, 3) // is a like
		p.add(p.host, 4)
		p.add(p.host, 5)
		p.add(p.host, 6)
		quota := p.quota(gina)
		if quota.Queued != 2 || *quota.MaxQueued != 2 || p.quota(p.host).MaxQueued != nil {
			p.Errorf("Gina's quota is %+v", quota)
		}
		p.playNow(first)
		p.add(gina, 7)
		p.settle(party.SettingsChange{MaxQueueLength: pointer(6)})
		p.cannotAdd(ben, 8, party.ReasonQueueFull)
		p.cannotAdd(p.host, 8, party.ReasonQueueFull)
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
		p.cannotAdd(gina, 4, party.ReasonTooManyAdded)
		quota := p.quota(gina)
		if *quota.AddsLeft != 0 || time.Until(*quota.RefillsAt).Round(time.Minute) != 30*time.Minute {
			p.Errorf("her quota is %+v", quota)
		}
		_, err := p.Undo(gina, p.room.ID, nil)
		p.must(err)
		if back := p.quota(gina); *back.AddsLeft != 1 || back.RefillsAt != nil {
			p.Errorf("after taking %s back it is %+v", second.ID, back)
		}
		p.add(gina, 4)
		p.settle(party.SettingsChange{AddsPerHour: pointer(3)})
		p.add(gina, 5)
		p.cannotAdd(gina, 6, party.ReasonTooManyAdded)
	})
}

func TestChangedRulesHoldAndReleaseQueuedSongs(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		explicit, other := p.add(gina, 777), p.add(gina, 1)
		p.like(gina, explicit)
		before := p.state().Version
		p.settle(party.SettingsChange{AllowExplicit: pointer(false)})
		state := p.state()
		p.expect("queue", songs(state.Queue), "1 777")
		if held := state.Queue[1].Refusal; held == nil || held.Reason != party.ReasonExplicit {
			p.Errorf("the explicit song says %+v", held)
		}
		if change := state.QueueChange(&before); !change.Reset {
			p.Error("the rules changed songs that did not change themselves, and clients were not told all of them")
		}
		if next := state.NextToPlay(time.Now()); next == nil || next.ID != other.ID {
			p.Errorf("next is %+v", next)
		}
		p.wants(party.Conflict, p.tryStep(party.PlaybackStep{CommitItem: explicit.ID})) // decided on an older state
		p.settle(party.SettingsChange{AllowExplicit: pointer(true)})
		p.expect("queue", songs(p.state().Queue), "777 1")
		p.step(party.PlaybackStep{CommitItem: explicit.ID})
	})
}

func TestInvalidSettingsNameTheirField(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		for field, change := range map[string]party.SettingsChange{
			"maxSongSeconds":    {MaxSongSeconds: pointer(29)},
			"cooldownMinutes":   {CooldownMinutes: pointer(-1)},
			"maxQueueLength":    {MaxQueueLength: pointer(501)},
			"maxQueuedPerGuest": {MaxQueuedPerGuest: pointer(-1)},
			"addsPerHour":       {AddsPerHour: pointer(501)},
			"skipVotePercent":   {SkipVotePercent: pointer(101)},
			"trustedAfter":      {TrustedAfter: pointer(0)},
			"orderMode":         {OrderMode: pointer(party.OrderMode("CHAOS"))},
			"blocked":           {Blocked: []string{"spotify:album:0000000000000000000001"}},
			"requestsOpenAt":    {RequestsOpenAt: pointer(time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC))},
			"lastCallAt":        {LastCallAt: pointer(time.Unix(-1e10, 0))},
		} {
			_, err := p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Settings: &change}, nil)
			if got := p.wants(party.BadUserInput, err); got.Field != "input.settings."+field {
				p.Errorf("%s: the error names %s", field, got.Field)
			}
		}
		for _, wrong := range []struct {
			field  string
			change party.SettingsChange
		}{
			{"input.block", party.SettingsChange{Block: []string{"spotify:album:0000000000000000000001"}}},
			{"input.unblock", party.SettingsChange{Unblock: []string{"a song"}}},
			{"input.unblock", party.SettingsChange{Block: []string{uri(1), uri(2)}, Unblock: []string{uri(2)}}},
			{"input.settings.blocked", party.SettingsChange{Blocked: []string{uri(1)}, Unblock: []string{uri(2)}}},
		} {
			_, err := p.UpdateRoom(p.host, p.room.ID, jukebox.RoomUpdate{Settings: &wrong.change}, nil)
			p.expect("field", p.wants(party.BadUserInput, err).Field, wrong.field)
		}
		unknown := jukebox.RoomUpdate{Settings: &party.SettingsChange{Blocked: []string{uri(404)}}}
		_, err := p.UpdateRoom(p.host, p.room.ID, unknown, nil)
		p.wants(party.BadUserInput, err)
	})
}

func TestSettingsAreStoredUnchanged(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		at := time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC)
		p.settle(party.SettingsChange{
			OrderMode: pointer(party.OrderFair), AllowExplicit: pointer(false), MaxSongSeconds: pointer(400),
			CooldownMinutes: pointer(7), MaxQueueLength: pointer(50), MaxQueuedPerGuest: pointer(3),
			AddsPerHour: pointer(9), SkipVotePercent: pointer(30), RequireApproval: pointer(true), TrustedAfter: pointer(2),
			LastCallAt: &at, Blocked: []string{uri(3), artist(4), uri(3)},
		})
		s := p.state().Settings
		got := fmt.Sprint(s.OrderMode, s.AllowExplicit, *s.MaxSongSeconds, s.CooldownMinutes, s.MaxQueueLength,
			*s.MaxQueuedPerGuest, *s.AddsPerHour,
			s.SkipVotePercent, s.RequireApproval, s.TrustedAfter, s.LastCallAt, s.BlockedURIs(), s.BlockedNames())
		p.expect("settings", got, fmt.Sprint("FAIR", false, 400, 7, 50, 3, 9, 30, true, 2, &at,
			[]string{uri(3), artist(4)}, []string{"Song 3", "Artist 4"}))
		version := p.state().Version
		p.settle(party.SettingsChange{MaxSongSeconds: pointer(400), Blocked: []string{uri(3), artist(4)}})
		if p.state().Version != version {
			p.Error("setting the present values counted as a change")
		}
		p.settle(party.SettingsChange{
			MaxSongSeconds: pointer(0), MaxQueuedPerGuest: pointer(0), AddsPerHour: pointer(0),
			LastCallAt: &time.Time{}, Blocked: []string{},
		})
		s = p.state().Settings
		if s.MaxSongSeconds != nil || s.MaxQueuedPerGuest != nil || s.AddsPerHour != nil || s.LastCallAt != nil ||
			len(s.Blocked) > 0 {
			p.Errorf("settings that were reset are still set: %+v", s)
		}
	})
}

func TestNewcomersSongsWaitForApprovalUntilTheyAreTrusted(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.settle(party.SettingsChange{RequireApproval: pointer(true), TrustedAfter: pointer(2)})
		gina, ben := p.join("Gina"), p.join("Ben")
		first := p.add(gina, 1)
		if first.State != party.AwaitingApproval || p.queue() != "" {
			p.Fatalf("her song is %s, and the queue %q", first.State, p.queue())
		}
		p.expect("Gina sees", songs(p.awaiting(gina)), "1")
		p.expect("Ben sees", songs(p.awaiting(ben)), "")
		p.expect("the host sees", songs(p.awaiting(p.host)), "1")
		for range 2 {
			approved, err := p.ApproveItem(p.host, first.ID)
			p.must(err)
			if approved.State != party.Queued {
				p.Errorf("an approved song is %s", approved.State)
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
			p.Errorf("after two accepted songs the next one is %s", trusted.State)
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

func TestWithdrawnSongPassesToItsFirstLiker(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, ben, cem := p.join("Gina"), p.join("Ben"), p.join("Cem")
		item, alone := p.add(gina, 1), p.add(gina, 2)
		p.like(gina, item)
		p.like(gina, alone)
		p.like(ben, item)
		p.like(cem, item)
		_, err := p.RemoveGuest(p.host, p.room.ID, p.id(ben), false) // Ben liked it first, and has left the room
		p.must(err)
		for _, withdrawn := range []*party.QueueItem{item, alone} {
			_, err := p.RemoveQueueItem(gina, withdrawn.ID, nil)
			p.must(err)
		}
		state := p.state()
		p.expect("queue", songs(state.Queue), "1")
		if left := state.Queue[0]; left.AddedBy.DisplayName != "Cem" || left.LikeCount != 2 {
			p.Errorf("it belongs to %s now and has %d likes", left.AddedBy.DisplayName, left.LikeCount)
		}
		_, err = p.RemoveQueueItem(gina, item.ID, nil)
		p.wants(party.Forbidden, err)
		_, err = p.Undo(gina, p.room.ID, nil) // the second one
		p.must(err)
		_, err = p.Undo(gina, p.room.ID, nil) // the first one
		p.must(err)
		state = p.state()
		p.expect("queue", songs(state.Queue), "1 2")
		back := state.Queue[0]
		if back.AddedBy.DisplayName != "Gina" || back.LikeCount != 3 || state.Queue[1].LikeCount != 1 {
			p.Errorf("taken back, it belongs to %s and has %d likes", back.AddedBy.DisplayName, back.LikeCount)
		}
	})
}

func TestHostsReorderSongsByPins(t *testing.T) {
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
				p.Errorf("%s: the error names %s", field, got.Field)
			}
		}
		p.step(party.PlaybackStep{CommitItem: items[3].ID})
		_, err = p.PinItem(p.host, items[3].ID, 2, party.UntilPlayed, nil)
		p.refusedBecause(err, party.ReasonCommitted)
	})
}
