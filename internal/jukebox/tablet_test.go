package jukebox_test

import (
	"context"
	"testing"
	"time"

	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

// tablet returns the context of a device at the bar, which the host has made a shared tablet.
func (p *fixture) tablet() context.Context {
	p.Helper()
	bar := p.join("Bar")
	member, err := p.SetRole(p.host, p.room.ID, p.id(bar), party.RoleTablet)
	p.must(err)
	p.expect("its role", string(member.Role), "TABLET")
	return bar
}

// addAs adds a song on a tablet in somebody's name.
func (p *fixture) addAs(tablet context.Context, n int, name string) (*party.QueueItem, error) {
	added, err := p.AddSongFor(tablet, p.room.ID, uri(n), nil, &name, nil)
	if err != nil {
		return nil, err
	}
	return added.Item, nil
}

func (p *fixture) mustAddAs(tablet context.Context, n int, name string) *party.QueueItem {
	p.Helper()
	item, err := p.addAs(tablet, n, name)
	p.must(err)
	return item
}

// Oma and Karl share the tablet at the bar. Each has songs and turns of their own, as many as everybody else.
func TestSharedTabletAddsSongsInTheNamesOfThoseAtIt(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		bar := p.tablet()
		turns := party.OrderTurns
		p.settle(party.SettingsChange{MaxQueuedPerGuest: pointer(2), OrderMode: &turns})
		oma := p.mustAddAs(bar, 1, "Oma")
		p.expect("whose it is", oma.AddedBy.DisplayName, "Oma")
		p.mustAddAs(bar, 2, "oma ")
		_, err := p.addAs(bar, 3, "Oma")
		p.refusedBecause(err, party.ReasonTooManyQueued)
		karl := p.mustAddAs(bar, 3, "Karl")
		if karl.AddedBy.User.ID == oma.AddedBy.User.ID {
			t.Error("Karl and Oma are the same guest")
		}
		p.expect("in turns", p.queue(), "1 3 2")
		events, _, err := p.Lists().Log(p.host, p.room, lists.First(1, nil), false)
		p.must(err)
		p.expect("the log", events[0].Message(), "Bar added “Song 3” for Karl.")

		_, err = p.AddSong(bar, p.room.ID, uri(4), nil)
		p.wants(party.Forbidden, err)
		ginasID := p.id(p.join("Gina"))
		p.wants(party.BadUserInput, second(p.AddSongFor(bar, p.room.ID, uri(4), &ginasID, nil, nil)))
		barsID := p.id(bar)
		p.wants(party.NotFound, second(p.AddSongFor(p.host, p.room.ID, uri(4), &barsID, nil, nil)))
	})
}

// The users of a shared tablet are guests: no rule about guests can be bypassed there.
func TestRulesAboutGuestsHoldAtASharedTablet(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		bar := p.tablet()
		refused := func(change party.SettingsChange, reason party.RefusalReason) {
			t.Helper()
			p.settle(change)
			_, err := p.addAs(bar, 1, "Oma")
			p.refusedBecause(err, reason)
		}
		refused(party.SettingsChange{RequestsOpen: pointer(false)}, party.ReasonRequestsClosed)
		refused(party.SettingsChange{RequestsOpen: pointer(true), LastCallAt: pointer(time.Now())}, party.ReasonLastCall)
		p.settle(party.SettingsChange{LastCallAt: &time.Time{}, AddsPerHour: pointer(1)})
		found, err := p.SearchSongs(bar, p.room.ID, "song", 5, 0)
		p.must(err)
		for _, hit := range found.Hits {
			if !hit.CanAdd {
				t.Errorf("%s cannot be added: %v; whose limit is it?", hit.Song.Name, hit.Refusal)
			}
		}
		p.mustAddAs(bar, 1, "Oma")
		_, err = p.addAs(bar, 2, "Oma")
		p.refusedBecause(err, party.ReasonTooManyAdded)
		p.mustAddAs(bar, 2, "Karl")
	})
}

// Nobody checks the names that are typed on a tablet, so all its songs need approval.
func TestSongsFromASharedTabletWaitForApproval(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		bar := p.tablet()
		p.settle(party.SettingsChange{RequireApproval: pointer(true), TrustedAfter: pointer(1)})
		waits := p.mustAddAs(bar, 1, "Oma")
		p.expect("Oma's first song", string(waits.State), "AWAITING_APPROVAL")
		again := p.mustAddAs(bar, 1, "Karl") // which approves nothing
		p.expect("added again by Karl", string(again.State), "AWAITING_APPROVAL")
		p.must(second(p.ApproveItem(p.host, waits.ID)))
		p.expect("her second", string(p.mustAddAs(bar, 2, "Oma").State), "AWAITING_APPROVAL")
		p.expect("Karl's first", string(p.mustAddAs(bar, 3, "Karl").State), "AWAITING_APPROVAL")
	})
}

// A tablet has no vote of its own, and none for the names that are typed on it: likes and votes need a phone.
func TestSharedTabletNeitherLikesNorVotes(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		bar, gina := p.tablet(), p.join("Gina")
		song := p.add(gina, 1)
		p.wants(party.Forbidden, second(p.LikeQueueItem(bar, song.ID, nil)))
		for _, name := range []string{"Oma", "Karl", "Oma"} {
			if again := p.mustAddAs(bar, 1, name); again.LikeCount != 0 {
				t.Errorf("added again by %s it has %d likes", name, again.LikeCount)
			}
		}
		p.play(2)
		p.wants(party.Forbidden, second(p.VoteToSkip(bar, p.room.ID, nil)))
		p.wants(party.Forbidden, p.Reactions().React(bar, p.room.ID, party.Star))
		p.wants(party.Forbidden, second(p.Undo(bar, p.room.ID, nil)))
		p.wants(party.Forbidden, second(p.RemoveQueueItem(bar, song.ID, nil)))
	})
}

// A tablet does not count as present, so it does not raise the number of votes that a skip needs.
func TestSharedTabletIsNotPresent(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		_, leave, err := p.Connect(p.tablet(), p.room.ID)
		p.must(err)
		defer leave()
		p.present(2)
		p.notePresence(3 * time.Second)
		if present := p.state().Present; present != 2 {
			t.Errorf("%d are present", present)
		}
	})
}

// A tablet cannot bring back a guest whom a host has removed.
func TestSharedTabletBringsNobodyBackWhoWasRemoved(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		bar := p.tablet()
		omasID := p.mustAddAs(bar, 1, "Oma").AddedBy.User.ID
		p.must(second(p.RemoveGuest(p.host, p.room.ID, omasID, false)))
		_, err := p.addAs(bar, 2, "OMA")
		p.wants(party.Conflict, err)
		p.must(second(p.AddSongFor(p.host, p.room.ID, uri(2), nil, pointer("Oma"), nil)))
		p.mustAddAs(bar, 3, "Oma")
	})
}

// Only the host can make a guest's device a tablet, and make it a guest again.
func TestOnlyTheHostMakesATablet(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		bar, gina := p.tablet(), p.join("Gina")
		_, err := p.SetRole(p.host, p.room.ID, p.id(gina), party.RoleCohost)
		p.must(err)
		p.wants(party.Forbidden, second(p.SetRole(gina, p.room.ID, p.id(bar), party.RoleGuest)))
		p.must(second(p.SetRole(p.host, p.room.ID, p.id(bar), party.RoleGuest)))
		p.add(bar, 1)
		p.wants(party.Forbidden, second(p.AddSongFor(bar, p.room.ID, uri(2), nil, pointer("Oma"), nil)))
		p.must(second(p.RemoveGuest(gina, p.room.ID, p.id(bar), false)))
		p.wants(party.Conflict, second(p.SetRole(p.host, p.room.ID, p.id(bar), party.RoleTablet)))
	})
}
