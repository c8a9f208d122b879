package jukebox_test

import (
	"fmt"
	"strconv"
	"testing"

	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

// A host adds songs for Gina, who has a phone, and for Oma, who has none. The limits for each guest apply to both, and
// the log says who added their songs.
func TestHostAddsSongsInTheNameOfGuests(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		ginasID := p.id(gina)
		addFor := func(n int, userID, name *string) (*party.QueueItem, error) {
			added, err := p.AddSongFor(p.host, p.room.ID, uri(n), userID, name, nil)
			if err != nil {
				return nil, err
			}
			return added.Item, nil
		}
		p.settle(party.SettingsChange{RequestsOpen: pointer(false), MaxQueuedPerGuest: pointer(2)})
		first, err := addFor(1, &ginasID, nil)
		p.must(err)
		p.expect("owner", first.AddedBy.User.ID, ginasID)
		_, err = addFor(2, &ginasID, nil)
		p.must(err)
		_, err = addFor(3, &ginasID, nil)
		p.refusedBecause(err, party.ReasonTooManyQueued)
		p.expect("the sentence", asError(err).Message,
			"This guest has 2 songs in the queue already. Please wait until one has been played.")

		oma, err := addFor(3, nil, pointer(" Oma "))
		p.must(err)
		again, err := addFor(4, nil, pointer("oma"))
		p.must(err)
		p.expect("one name is one guest", again.AddedBy.User.ID, oma.AddedBy.User.ID)
		p.expect("her name", again.AddedBy.DisplayName, "Oma")
		_, err = addFor(5, nil, pointer("Oma"))
		p.refusedBecause(err, party.ReasonTooManyQueued)

		events, _, err := p.Lists().Log(p.host, p.room, lists.First(1, nil), false)
		p.must(err)
		p.expect("the log", events[0].Message(), "Hanna added “Song 4” for Oma.")
		_, err = p.Undo(p.host, p.room.ID, nil)
		p.must(err)
		p.expect("undone", p.queue(), "1 2 3")
		_, err = p.RemoveQueueItem(gina, first.ID, nil)
		p.must(err) // it is hers
	})
}

// A host undoes adding a song for Gina. It is removed as if she had withdrawn it, or passes to the next owner if
// somebody else likes it.
func TestUndoOfASongInTheNameOfAGuestWithdrawsItForThem(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina, ben := p.join("Gina"), p.join("Ben")
		ginasID := p.id(gina)
		addFor := func(n int) *party.QueueItem {
			added, err := p.AddSongFor(p.host, p.room.ID, uri(n), &ginasID, nil, nil)
			p.must(err)
			return added.Item
		}
		p.like(gina, addFor(1))
		p.must(second(p.Undo(p.host, p.room.ID, nil)))
		p.expect("only she liked it", p.queue(), "")

		song := addFor(2)
		p.like(gina, song)
		p.like(ben, song)
		p.must(second(p.Undo(p.host, p.room.ID, nil)))
		p.expect("Ben liked it, too", p.queue(), "2")
		p.expect("whose it is", p.state().Queue[0].AddedBy.User.ID, p.id(ben))
		p.expect("likes", strconv.Itoa(p.state().Queue[0].LikeCount), "1")
	})
}

func TestSongInTheNameOfAGuestIsNotLiked(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		ben := p.join("Ben")
		p.add(ben, 1)
		added, err := p.AddSongFor(p.host, p.room.ID, uri(1), nil, pointer("Oma"), nil)
		p.must(err)
		if !added.AlreadyQueued || added.Item.LikeCount != 0 {
			p.Errorf("it has %d likes, queued before: %t", added.Item.LikeCount, added.AlreadyQueued)
		}
	})
}

// A host who adds a song that waits for approval approves it, no matter in whose name they add it.
func TestSongThatWaitsIsApprovedByAddingItForAGuest(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.settle(party.SettingsChange{RequireApproval: pointer(true)})
		gina := p.join("Gina")
		ginasID := p.id(gina)
		waiting := p.add(gina, 1)
		p.expect("before", string(waiting.State), "AWAITING_APPROVAL")
		p.wants(party.NotFound, second(p.AddSongFor(p.host, p.room.ID, uri(1), &p.room.ID, nil, nil)))
		added, err := p.AddSongFor(p.host, p.room.ID, uri(1), &ginasID, nil, nil)
		p.must(err)
		p.expect("after", string(added.Item.State), "QUEUED")
	})
}

func TestNobodyAddsForStrangersOrForThoseWhoWereRemoved(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		ginasID := p.id(p.join("Gina"))
		add := func(userID, name *string) error {
			return second(p.AddSongFor(p.host, p.room.ID, uri(1), userID, name, nil))
		}
		p.wants(party.NotFound, add(&p.room.ID, nil))
		p.expect("field", p.wants(party.BadUserInput, add(&ginasID, pointer("Oma"))).Field, "forName")
		p.expect("field", p.wants(party.BadUserInput, add(nil, pointer(" "))).Field, "forName")
		_, err := p.RemoveGuest(p.host, p.room.ID, ginasID, false)
		p.must(err)
		p.wants(party.Conflict, add(&ginasID, nil))
	})
}

// Only a ban is permanent. A guest who was removed may join again; Oma has no phone, so she is back when a host adds a
// song for her.
func TestRemovedGuestWithoutAPhoneIsBackWhenAHostAddsForThem(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		add := func(n int) (string, error) {
			added, err := p.AddSongFor(p.host, p.room.ID, uri(n), nil, pointer("Oma"), nil)
			if err != nil {
				return "", err
			}
			return added.Item.AddedBy.User.ID, nil
		}
		omasID, err := add(1)
		p.must(err)
		p.must(second(p.RemoveGuest(p.host, p.room.ID, omasID, false)))
		again, err := add(2)
		p.must(err)
		p.expect("she", again, omasID)
		if p.state().Removed[omasID] {
			p.Error("Oma still counts as removed")
		}
		p.must(second(p.RemoveGuest(p.host, p.room.ID, omasID, true)))
		_, err = add(3)
		p.wants(party.Conflict, err)
	})
}

func TestGuestsWithoutAPhoneAreBounded(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.settle(party.SettingsChange{MaxQueueLength: pointer(200)})
		add := func(n, name int) error {
			return second(p.AddSongFor(p.host, p.room.ID, uri(n), nil, pointer(fmt.Sprint("Guest ", name)), nil))
		}
		for n := range 100 {
			p.must(add(n, n))
		}
		refusal := p.wants(party.Conflict, add(100, 100))
		p.expect("the sentence", refusal.Message,
			"This room has 100 guests without a phone, and no more can be added here. Please use one of their names.")
		p.must(add(100, 99))
	})
}

// Names that are typed on a tablet must not use up all guests without a phone that a room can have.
func TestNamesFromASharedTabletLeaveSomeToTheHost(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		p.settle(party.SettingsChange{MaxQueueLength: pointer(200)})
		bar := p.tablet()
		for n := range 50 {
			p.mustAddAs(bar, n, fmt.Sprint("Guest ", n))
		}
		p.wants(party.Conflict, second(p.AddSongFor(bar, p.room.ID, uri(50), nil, pointer("Guest 50"), nil)))
		p.mustAddAs(bar, 50, "Guest 7")
		p.mustAddAs(p.host, 51, "Oma")
	})
}

func TestSomebodyWithoutAPhoneCanOnlyBeAGuest(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		oma := p.mustAddAs(p.host, 1, "Oma").OwnerID()
		for _, role := range []party.Role{party.RoleTablet, party.RoleCohost} {
			p.wants(party.Conflict, second(p.SetRole(p.host, p.room.ID, oma, role)))
		}
		p.must(second(p.SetRole(p.host, p.room.ID, oma, party.RoleGuest)))
	})
}
