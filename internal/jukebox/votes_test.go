package jukebox_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/ent"
	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/testdb"
)

// onBothInBubble is onBothDatabases in a synctest bubble, with its fake clock.
func onBothInBubble(t *testing.T, story func(p *fixture)) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, url string) {
		synctest.Test(t, func(t *testing.T) { story(newParty(t, url)) })
	})
}

// present returns n guests who are present in the room until the test ends.
func (p *fixture) present(n int) (guests []context.Context) {
	p.Helper()
	for i := range n {
		guest := p.join(fmt.Sprint("Guest ", i))
		_, leave, err := p.Connect(guest, p.room.ID)
		p.must(err)
		p.Cleanup(leave)
		guests = append(guests, guest)
	}
	return guests
}

// arrive makes a member present from now on, until the test ends or leave is called.
func (p *fixture) arrive(who context.Context) (leave func()) {
	p.Helper()
	_, leave, err := p.Connect(who, p.room.ID)
	p.must(err)
	p.Cleanup(leave)
	p.must(p.StoreArrived(p.Context()))
	return leave
}

// notePresence runs RunPresence for a while, and for a moment longer, so that the work that is due at its end is done.
func (p *fixture) notePresence(howLong time.Duration) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), howLong+time.Second)
	defer cancel()
	p.must(p.RunPresence(ctx))
}

func TestGuestsWhoArePresentSkipByVote(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		guests := p.present(5)
		p.notePresence(3 * time.Second)
		if state := p.state(); state.Present != 5 || state.Playback.SkipVotesNeeded != 3 {
			p.Fatalf("%d are present, and %d votes needed", state.Present, state.Playback.SkipVotesNeeded)
		}
		vote := func(who context.Context) error { return second(p.VoteToSkip(who, p.room.ID, nil)) }
		p.wants(party.Conflict, vote(guests[0])) // nothing plays
		first, next := p.add(guests[0], 1), p.add(guests[1], 2)
		p.playNow(first)
		p.refusedBecause(vote(guests[0]), party.ReasonTooEarly)
		if from := p.state().Playback.VotesFrom; time.Until(*from) != 10*time.Second {
			p.Errorf("votes count in %v", time.Until(*from))
		}
		time.Sleep(10 * time.Second)
		p.must(vote(guests[0]))
		p.refusedBecause(vote(guests[0]), party.ReasonAlreadyVoted)
		key := "the same tap"
		for range 2 {
			p.must(second(p.VoteToSkip(guests[1], p.room.ID, &key)))
		}
		state := p.state()
		if state.Playback.SkipVotes != 2 || len(state.PendingCommands) != 0 {
			p.Fatalf("%d votes, and the player is asked for %v", state.Playback.SkipVotes, state.PendingCommands)
		}
		p.must(vote(guests[2]))
		p.must(vote(guests[3]))
		commands := p.state().PendingCommands
		if len(commands) != 1 || commands[0].Kind != party.SkipCommand || commands[0].Argument != first.Song.URI {
			p.Fatalf("after enough votes the player is asked for %v", commands)
		}
		p.step(party.PlaybackStep{
			EndedItem: first.ID, Skipped: true, Answered: &party.Answer{CommandID: p.state().PendingCommands[0].ID},
		})
		p.playNow(next)
		if votes := p.state().Playback.SkipVotes; votes != 0 {
			p.Errorf("the next song begins with %d votes", votes)
		}
		p.refusedBecause(vote(guests[4]), party.ReasonTooEarly) // it was meant for the song before
		history, _, err := p.Lists().History(p.host, p.room, lists.First(2, nil))
		p.must(err)
		if by := history[1].SkippedBy; by == nil || *by != party.SkippedByVotes || history[0].SkippedBy != nil {
			p.Errorf("the history says that it was skipped by %v", by)
		}
	})
}

// The version of the playback is the room's version at its last change, so it never decreases.
func TestPlaybackHasTheVersionOfItsLastChange(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		guests := p.present(5)
		p.notePresence(3 * time.Second)
		item := p.add(p.host, 1)
		changed := func(what string) {
			p.Helper()
			state := p.state()
			if shown := state.Playback.ShownVersion(); shown != state.Version {
				p.Errorf("after %s the playback has version %d, and the room %d", what, shown, state.Version)
			}
		}
		p.playNow(item)
		changed("the start of a song")
		time.Sleep(10 * time.Second)
		_, err := p.VoteToSkip(guests[0], p.room.ID, nil)
		p.must(err)
		changed("a vote")
		p.settle(party.SettingsChange{Delivery: pointer(party.DeliveryPlaylist)})
		changed("another delivery")
		before := p.state().Playback.ShownVersion()
		p.like(guests[0], p.add(p.host, 2))
		if now := p.state().Playback.ShownVersion(); now != before {
			p.Errorf("a like changed the playback's version from %d to %d", before, now)
		}
	})
}

func TestSkipNeedsTwoVotesAndVotingSwitchedOn(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		guests := p.present(1)
		p.notePresence(3 * time.Second)
		p.playNow(p.add(guests[0], 1))
		time.Sleep(time.Minute)
		p.must(second(p.VoteToSkip(guests[0], p.room.ID, nil)))
		if state := p.state(); len(state.PendingCommands) > 0 || state.Playback.SkipVotesNeeded != 2 {
			p.Errorf("%d votes are needed, the player is asked for %v", state.Playback.SkipVotesNeeded, state.PendingCommands)
		}
		p.settle(party.SettingsChange{SkipVotePercent: pointer(0)})
		p.refusedBecause(second(p.VoteToSkip(p.join("Ben"), p.room.ID, nil)), party.ReasonVotesOff)
		if needed := p.state().Playback.SkipVotesNeeded; needed != 0 {
			p.Errorf("%d votes are needed where nobody can vote", needed)
		}
	})
}

// Six of ten want to skip, which is enough once others have left; a vote counts while the voter is present.
func TestNeededVotesAreRecountedWhenGuestsLeave(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		stay := p.present(3)
		var leave []func()
		for i := range 7 {
			_, gone, err := p.Connect(p.join(fmt.Sprint("Leaver ", i)), p.room.ID)
			p.must(err)
			leave = append(leave, gone)
		}
		p.notePresence(3 * time.Second)
		p.playNow(p.add(stay[0], 1))
		time.Sleep(20 * time.Second)
		p.must(second(p.VoteToSkip(stay[0], p.room.ID, nil)))
		p.must(second(p.VoteToSkip(stay[1], p.room.ID, nil)))
		if state := p.state(); state.Present != 10 || state.Playback.SkipVotesNeeded != 5 || len(state.PendingCommands) > 0 {
			p.Fatalf("%d are present, %d votes needed, %v", state.Present, state.Playback.SkipVotesNeeded, state.PendingCommands)
		}
		for _, gone := range leave {
			gone()
		}
		p.notePresence(4 * time.Minute)
		state := p.state()
		if state.Present != 3 || state.Playback.SkipVotesNeeded != 2 || state.Playback.SkipVotes != 2 {
			p.Errorf("%d are present, %d of %d votes", state.Present, state.Playback.SkipVotes, state.Playback.SkipVotesNeeded)
		}
		if len(state.PendingCommands) != 1 {
			p.Errorf("the player is asked for %v", state.PendingCommands)
		}
	})
}

func TestLoweredThresholdMakesVotesSufficient(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		guests := p.present(8)
		p.notePresence(3 * time.Second)
		p.playNow(p.add(guests[0], 1))
		time.Sleep(10 * time.Second)
		for _, guest := range guests[:2] {
			p.must(second(p.VoteToSkip(guest, p.room.ID, nil)))
		}
		if commands := p.state().PendingCommands; len(commands) != 0 {
			p.Fatalf("two of eight ask the player for %+v", commands)
		}
		p.settle(party.SettingsChange{SkipVotePercent: pointer(25)})
		state := p.state()
		if now := state.Playback; len(state.PendingCommands) != 1 || now.SkipVotesNeeded != 2 || now.SkipVotes != 2 {
			p.Errorf("%d votes of %d, and the player is asked for %+v",
				now.SkipVotes, now.SkipVotesNeeded, state.PendingCommands)
		}
	})
}

// A failure of the database does not lose the guests who arrive meanwhile: they count as soon as it works again.
func TestGuestsWhoArriveDuringAFailureAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newParty(t, testdb.SQLite(t))
		run := func(statement string) {
			p.must(p.store.InTx(p.Context(), func(tx *ent.Tx) error {
				_, err := tx.ExecContext(p.Context(), statement)
				return err
			}))
		}
		p.present(2)
		run("CREATE TRIGGER broken BEFORE UPDATE ON memberships BEGIN SELECT RAISE(ABORT, 'broken'); END")
		p.notePresence(3 * time.Second)
		if n := p.state().Present; n != 0 {
			t.Fatalf("%d are present although nothing could be stored", n)
		}
		run("DROP TRIGGER broken")
		p.notePresence(3 * time.Second)
		if n := p.state().Present; n != 2 {
			t.Errorf("%d are present after the failure, want 2", n)
		}
	})
}

func TestScreensAndStrangersAreNotPresent(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		screen, err := p.WatchRoom(p.Context(), p.room.Code)
		p.must(err)
		_, leave, err := p.Connect(p.as(&screen.Session), p.room.ID)
		p.must(err)
		defer leave()
		p.present(2)
		p.notePresence(3 * time.Second)
		count, err := p.PresentCount(p.host, must(p.Room(p.host, p.room.ID)))
		p.must(err)
		if *count != 2 {
			p.Errorf("%d are present", *count)
		}
	})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func TestScheduleMovesWithLikesPausesAndTheRules(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		gina := p.join("Gina")
		var items []*party.QueueItem
		for n := range 4 {
			items = append(items, p.add(gina, n+1))
		}
		p.playNow(items[0])
		began := time.Now()
		told := func() (lines string) {
			for _, e := range p.state().Schedule(time.Now()).Entries {
				if e.Message == "" || e.Earliest.After(e.Likely) {
					p.Errorf("entry %+v", e)
				}
				lines += fmt.Sprint(e.Reason, " ", e.Likely.Sub(began).Minutes(), " ", e.Earliest.Sub(began).Minutes(), "\n")
			}
			return lines
		}
		p.expect("at first", told(), "AGE 3 3\nAGE 6 3\nAGE 9 3\n")
		p.like(gina, items[3])
		p.step(party.PlaybackStep{CommitItem: items[3].ID})
		p.expect("after a like and a commitment", told(), "COMMITTED 3 3\nAGE 6 6\nAGE 9 6\n")
		p.step(party.PlaybackStep{Playback: &party.Playback{
			Status: party.Paused, Item: items[0], ProgressMS: pointer(60_000), ObservedAt: time.Now(), Health: party.HealthOK,
		}})
		time.Sleep(10 * time.Minute)
		p.expect("ten minutes into a pause", told(), "COMMITTED 12 12\nAGE 15 15\nAGE 18 15\n")
		p.settle(party.SettingsChange{Blocked: []string{items[1].Song.URI}, OrderMode: pointer(party.OrderTurns)})
		p.expect("with a song held back", told(), "COMMITTED 12 12\nTURN 15 15\nHELD 18 15\n")
	})
}

// vote votes to skip, as somebody with a browser, and returns the refusal or nil.
func (p *fixture) vote(who context.Context) error { return second(p.VoteToSkip(who, p.room.ID, nil)) }

// joinFrom joins a guest with this browser, and returns their session.
func (p *fixture) joinFrom(browser, name string) *account.Session {
	p.Helper()
	ctx := account.WithCaller(p.Context(), account.Caller{Address: "192.0.2.1", BrowserID: browser})
	joined, err := p.JoinRoom(ctx, p.room.Code, name)
	p.must(err)
	return &joined.Session
}

// A guest who joins while a song plays cannot vote on it, connected or not: otherwise fake guests that join for the
// vote would decide.
func TestOnlyThoseWhoWerePresentBeforeTheSongVote(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		guests := p.present(3)
		p.notePresence(3 * time.Second)
		first, next := p.add(guests[0], 1), p.add(guests[0], 2)
		p.playNow(first)
		late := p.join("Late")
		time.Sleep(20 * time.Second)
		p.refusedBecause(p.vote(late), party.ReasonJustArrived)
		p.arrive(late)
		p.refusedBecause(p.vote(late), party.ReasonJustArrived)
		p.must(p.vote(guests[0]))
		if state := p.state(); state.Playback.SkipVotes != 1 || len(state.PendingCommands) != 0 {
			p.Errorf("%d votes, and the player is asked for %v", state.Playback.SkipVotes, state.PendingCommands)
		}
		p.step(party.PlaybackStep{EndedItem: first.ID})
		p.playNow(next)
		time.Sleep(10 * time.Second)
		p.must(p.vote(late))
	})
}

// A browser has one vote, however many guests join with it.
func TestOneBrowserHasOneVote(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		p.present(2)
		one, two := p.as(p.joinFrom("phone", "One")), p.as(p.joinFrom("phone", "Two"))
		p.arrive(one)
		p.arrive(two)
		p.playNow(p.add(p.host, 1))
		time.Sleep(10 * time.Second)
		p.must(p.vote(one))
		p.refusedBecause(p.vote(two), party.ReasonAlreadyVoted)
		if state := p.state(); state.Playback.SkipVotes != 1 || len(state.PendingCommands) != 0 {
			p.Errorf("%d votes, and the player is asked for %v", state.Playback.SkipVotes, state.PendingCommands)
		}
	})
}

// Signing out withdraws the user's vote, and after signing in again they cannot vote on this song.
func TestSigningOutTakesTheVoteAlong(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		guests := p.present(3)
		p.notePresence(3 * time.Second)
		session := p.joinFrom("phone", "Puppet")
		puppet := p.as(session)
		leave := p.arrive(puppet)
		p.playNow(p.add(p.host, 1))
		time.Sleep(10 * time.Second)
		p.must(p.vote(guests[0]))
		p.must(p.vote(puppet))
		if state := p.state(); state.Playback.SkipVotes != 2 || state.Present != 4 {
			p.Fatalf("%d votes of %d present", state.Playback.SkipVotes, state.Present)
		}
		p.must(p.SignOut(p.Context(), session.Refresh))
		leave()
		if state := p.state(); state.Playback.SkipVotes != 1 || state.Present != 3 {
			p.Errorf("after signing out: %d votes of %d present", state.Playback.SkipVotes, state.Present)
		}
		again := p.as(p.joinFrom("phone", "Puppet"))
		p.arrive(again)
		p.refusedBecause(p.vote(again), party.ReasonJustArrived)
	})
}

// In a room with LikesAfterMinutes, fake guests that join for a song cannot lift it at once.
func TestGuestsLikeSongsSomeTimeAfterJoiningWhereTheHostWantsIt(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		gina := p.join("Gina")
		item := p.add(p.host, 1)
		p.settle(party.SettingsChange{LikesAfterMinutes: pointer(5)})
		p.refusedBecause(second(p.LikeQueueItem(gina, item.ID, nil)), party.ReasonJustArrived)
		added, err := p.AddSong(gina, p.room.ID, uri(1), nil) // which would be a like
		p.must(err)
		if !added.AlreadyQueued || added.Item.LikeCount != 0 {
			p.Errorf("adding the queued song: %+v, with %d likes", added, added.Item.LikeCount)
		}
		p.like(p.host, item)
		time.Sleep(5 * time.Minute)
		p.like(gina, item)
		if n := p.state().Queue[0].LikeCount; n != 2 {
			p.Errorf("%d likes", n)
		}
		p.must(second(p.UnlikeQueueItem(p.join("Otto"), item.ID, nil)))
	})
}
