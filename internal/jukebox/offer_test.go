package jukebox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

// cohost returns the context of a new host who has connected Spotify and is a co-host of the room.
func (p *fixture) cohost(name string) context.Context {
	p.Helper()
	who := p.newHost(name)
	p.must(second(p.JoinRoom(who, p.room.Code, name)))
	p.must(second(p.SetRole(p.host, p.room.ID, p.id(who), party.RoleCohost)))
	return who
}

// offered returns to whom the room is offered, and whether they have accepted; empty: to nobody.
func (p *fixture) offered() string {
	p.Helper()
	room, err := p.Room(p.host, p.room.ID)
	p.must(err)
	offer, err := room.StandingOffer(time.Now())
	p.must(err)
	if offer == nil {
		return ""
	}
	to, err := p.RoomMember(p.host, room, offer.UserID)
	p.must(err)
	return fmt.Sprint(to.DisplayName, " ", offer.Accepted)
}

func TestCohostWhoAcceptsTheRoomBecomesItsHost(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		ben := p.cohost("Ben")
		playing := p.play(1)
		p.add(p.join("Gina"), 2)
		p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(ben))))
		p.expect("offered to", p.offered(), "Ben false")
		p.must(second(p.AnswerRoomOffer(ben, p.room.ID, true)))
		p.expect("accepted by", p.offered(), "Ben true")
		p.expect("members before the song ends", p.members(), "Gina GUEST, Ben COHOST, Hanna HOST")

		p.step(party.PlaybackStep{EndedItem: playing.ID})
		p.step(party.PlaybackStep{ChangeHost: true})
		p.expect("members", p.members(), "Gina GUEST, Ben HOST, Hanna COHOST")
		p.expect("offer", p.offered(), "")
		p.expect("queue", p.queue(), "2")
		state, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		p.expect("host of the player", state.HostID, p.id(ben))

		p.must(second(p.SetRole(ben, p.room.ID, p.id(p.host), party.RoleGuest))) // the new host decides
		p.wants(party.Forbidden, second(p.CloseRoom(p.host, p.room.ID, nil)))
		p.openRoom(p.host, "ANOTHER") // the old host may have a room again
		p.must(second(p.CloseRoom(ben, p.room.ID, nil)))
	})
}

func TestChangeOfTheHostReachesSubscribers(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		ben := p.cohost("Ben")
		before, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(ben))))
		p.must(second(p.AnswerRoomOffer(ben, p.room.ID, true)))
		offered, err := p.LoadState(p.Context(), p.room.ID, before)
		p.must(err)
		if offered.RoomVersion == before.RoomVersion || !offered.Offer.Accepted {
			t.Errorf("the offer %+v is no new version of the room", offered.Offer)
		}
		p.step(party.PlaybackStep{ChangeHost: true})
		after, err := p.LoadState(p.Context(), p.room.ID, offered)
		p.must(err)
		if after.RoomVersion == offered.RoomVersion || after.HostID != p.id(ben) || after.Offer.UserID != "" {
			t.Errorf("after the change the host is %s, with the offer %+v", after.HostID, after.Offer)
		}
	})
}

func TestNobodyIsMadeHostAgainstTheirWill(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		ben, cora, gina := p.cohost("Ben"), p.cohost("Cora"), p.join("Gina")
		for _, tt := range []struct {
			code party.Code
			err  error
		}{
			{party.Conflict, second(p.OfferRoom(p.host, p.room.ID, p.id(gina)))},
			{party.Conflict, second(p.OfferRoom(p.host, p.room.ID, p.id(p.host)))},
			{party.NotFound, second(p.OfferRoom(p.host, p.room.ID, p.id(p.newHost("Otto"))))},
			{party.BadUserInput, second(p.OfferRoom(p.host, p.room.ID, "x"))},
			{party.Forbidden, second(p.OfferRoom(ben, p.room.ID, p.id(cora)))},
			{party.Conflict, second(p.AnswerRoomOffer(ben, p.room.ID, true))}, // nobody has offered it
		} {
			p.wants(tt.code, tt.err)
		}
		p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(ben))))
		p.wants(party.Conflict, second(p.AnswerRoomOffer(cora, p.room.ID, true)))
		p.wants(party.Forbidden, second(p.AnswerRoomOffer(cora, p.room.ID, false)))
		p.wants(party.Conflict, second(p.AnswerRoomOffer(p.host, p.room.ID, true)))
		p.must(second(p.AnswerRoomOffer(ben, p.room.ID, false)))
		p.expect("declined", p.offered(), "")
		p.wants(party.Conflict, second(p.AnswerRoomOffer(ben, p.room.ID, true)))
		p.step(party.PlaybackStep{ChangeHost: true}) // of a driver with an old state
		p.expect("members", p.members(), "Gina GUEST, Cora COHOST, Ben COHOST, Hanna HOST")
	})
}

func TestOfferEndsByItselfOrByEitherSide(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		ben, cora := p.cohost("Ben"), p.cohost("Cora")
		offer := func() { p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(ben)))) }
		offer()
		p.must(jukebox.AgeOffer(p.Context(), p.store, party.OfferLifetime))
		p.expect("after ten minutes", p.offered(), "")
		p.wants(party.Conflict, second(p.AnswerRoomOffer(ben, p.room.ID, true)))

		offer()
		p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(cora))))
		p.expect("a second offer replaces the first", p.offered(), "Cora false")
		offer()
		p.must(second(p.AnswerRoomOffer(ben, p.room.ID, true)))
		p.wants(party.Conflict, second(p.OfferRoom(p.host, p.room.ID, p.id(cora))))
		p.must(second(p.AnswerRoomOffer(p.host, p.room.ID, false))) // withdrawn, even now
		p.expect("withdrawn", p.offered(), "")

		offer()
		p.must(second(p.AnswerRoomOffer(ben, p.room.ID, true)))
		p.must(second(p.SetRole(p.host, p.room.ID, p.id(ben), party.RoleGuest)))
		p.expect("to a guest", p.offered(), "")
		p.step(party.PlaybackStep{ChangeHost: true})
		p.expect("members", p.members(), "Cora COHOST, Ben GUEST, Hanna HOST")
	})
}

func TestOnlyWhoCouldOpenARoomTakesOneOver(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.must(second(p.SetRole(p.host, p.room.ID, p.id(gina), party.RoleCohost)))
		p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(gina))))
		p.wants(party.Forbidden, second(p.AnswerRoomOffer(gina, p.room.ID, true))) // she has not signed in

		ben := p.cohost("Ben")
		p.must(p.DisconnectSpotify(ben))
		p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(ben))))
		p.wants(party.Forbidden, second(p.AnswerRoomOffer(ben, p.room.ID, true)))

		cora := p.cohost("Cora")
		own := p.openRoom(cora, "CORAS")
		p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(cora))))
		p.wants(party.Conflict, second(p.AnswerRoomOffer(cora, p.room.ID, true)))
		p.must(second(p.CloseRoom(cora, own.ID, nil)))
		p.must(second(p.AnswerRoomOffer(cora, p.room.ID, true)))

		p.openRoom(cora, "CORAS") // while the last song plays
		p.step(party.PlaybackStep{ChangeHost: true})
		p.expect("members", p.members(), "Cora COHOST, Ben COHOST, Gina COHOST, Hanna HOST")
		p.expect("offer", p.offered(), "")
	})
}

func TestCohostWithoutSpotifyDoesNotBecomeHost(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		ben := p.cohost("Ben")
		p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(ben))))
		p.must(second(p.AnswerRoomOffer(ben, p.room.ID, true)))
		p.must(p.DisconnectSpotify(ben)) // while the last song plays
		p.step(party.PlaybackStep{ChangeHost: true})
		p.expect("members", p.members(), "Ben COHOST, Hanna HOST")
		p.expect("offer", p.offered(), "")
	})
}

func TestClosedRoomIsNotOffered(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		ben := p.cohost("Ben")
		p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(ben))))
		p.must(second(p.AnswerRoomOffer(ben, p.room.ID, true)))
		p.must(second(p.CloseRoom(p.host, p.room.ID, nil)))
		p.expect("offered to", p.offered(), "")
	})
}

// Nothing of the old host's player is left: the new host begins with an empty player, and the songs that were handed
// over wait again.
func TestNewHostBeginsWithAnEmptyPlayer(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		ben := p.cohost("Ben")
		playing, next := p.play(1), p.add(p.join("Gina"), 2)
		p.step(party.PlaybackStep{CommitItem: next.ID, PlaylistURI: "spotify:playlist:room"})
		p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(ben))))
		p.must(second(p.AnswerRoomOffer(ben, p.room.ID, true)))
		p.step(party.PlaybackStep{ChangeHost: true}) // its player was paused in the middle of the song
		state, err := p.LoadState(p.Context(), p.room.ID, nil)
		p.must(err)
		if state.NowPlaying != nil || state.Committed() != nil || state.PlaylistURI != "" {
			t.Errorf("the new host's room begins with %v, %v and %q", state.NowPlaying, state.Committed(), state.PlaylistURI)
		}
		p.expect("status", fmt.Sprint(state.Playback.Status, state.Playback.Device), "IDLE<nil>")
		p.expect("queue", p.queue(), "2")
		room, err := p.Room(ben, p.room.ID)
		p.must(err)
		plays, _, err := p.Lists().History(ben, room, lists.First(5, nil))
		p.must(err)
		p.expect("history", fmt.Sprint(len(plays), plays[0].Item.ID == playing.ID), "1 true")
	})
}

func TestChangeOfTheHostIsInTheLog(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		ben := p.cohost("Ben")
		p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(ben))))
		p.must(second(p.AnswerRoomOffer(ben, p.room.ID, true)))
		p.step(party.PlaybackStep{ChangeHost: true})
		room, err := p.Room(p.host, p.room.ID)
		p.must(err)
		events, _, err := p.Lists().Log(p.host, room, lists.First(2, nil), false)
		p.must(err)
		p.expect("last", events[0].Message(), "Ben took the room over from Hanna.")
		p.expect("before", events[1].Message(), "Hanna offered the room to Ben.")
	})
}

// A co-host who joined without an account signs in to accept the room, and stays the one to whom it is offered.
func TestOfferFollowsAGuestWhoSignsIn(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		phone := account.WithCaller(p.Context(), account.Caller{BrowserID: "phone"})
		joined, err := p.JoinRoom(phone, p.room.Code, "Gina")
		p.must(err)
		gina := p.as(&joined.Session)
		p.must(second(p.SetRole(p.host, p.room.ID, p.id(gina), party.RoleCohost)))
		p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(gina))))
		greta := p.newHost("Greta")
		p.must(p.MergeGuest(p.Context(), p.id(gina), p.id(greta)))
		p.expect("offered to", p.offered(), "Gina false")
		p.must(second(p.AnswerRoomOffer(greta, p.room.ID, true)))
	})
}

// A co-host without an account may turn out to be the room's host, who has nothing to accept.
func TestOfferEndsIfTheGuestIsTheHost(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		gina := p.join("Gina")
		p.must(second(p.SetRole(p.host, p.room.ID, p.id(gina), party.RoleCohost)))
		p.must(second(p.OfferRoom(p.host, p.room.ID, p.id(gina))))
		p.must(p.MergeGuest(p.Context(), p.id(gina), p.id(p.host)))
		p.expect("offered to", p.offered(), "")
	})
}
