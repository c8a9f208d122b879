package jukebox_test

import (
	"context"
	"testing"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

func (p *fixture) withdrawVote(who context.Context) {
	p.Helper()
	p.must(second(p.WithdrawSkipVote(who, p.room.ID, nil)))
}

// skipVote returns what the API says about a user's vote on the song that plays.
func (p *fixture) skipVote(who context.Context) *party.SkipVote {
	p.Helper()
	viewer, err := p.ViewerInRoom(who, p.state())
	p.must(err)
	return viewer.SkipVote
}

// A vote that was taken back no longer counts, can be given again, and leaves one event of each kind in the log.
func TestWithdrawnSkipVoteNoLongerCounts(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		guests := p.present(3)
		p.notePresence(3 * time.Second)
		p.withdrawVote(guests[0]) // nothing plays
		first, next := p.add(guests[0], 1), p.add(guests[0], 2)
		p.playNow(first)
		time.Sleep(10 * time.Second)
		before := p.version()
		p.withdrawVote(guests[0]) // there is no vote
		if now := p.version(); now != before {
			p.Errorf("withdrawing no vote changed the room from version %d to %d", before, now)
		}
		for range 3 {
			p.must(p.vote(guests[0]))
			p.withdrawVote(guests[0])
		}
		if votes := p.state().Playback.SkipVotes; votes != 0 {
			p.Errorf("%d votes count after the vote was withdrawn", votes)
		}
		p.must(p.vote(guests[1]))
		if commands := p.state().PendingCommands; len(commands) != 0 {
			p.Errorf("one vote of three asks the player for %+v", commands)
		}
		p.must(p.vote(guests[0]))
		if commands := p.state().PendingCommands; len(commands) != 1 {
			p.Errorf("two votes of three ask the player for %+v", commands)
		}
		p.logHas(map[party.EventKind]int{party.EventVoted: 2, party.EventUnvoted: 1})
		p.step(party.PlaybackStep{EndedItem: first.ID})
		p.playNow(next)
		p.withdrawVote(guests[0]) // their vote was on the song before
		if votes := p.state().Playback.SkipVotes; votes != 0 {
			p.Errorf("the next song has %d votes", votes)
		}
	})
}

// The player did not answer when the votes skipped the song. Withdrawing a vote then does not repeat the skip command,
// even if the remaining votes are enough.
func TestWithdrawnSkipVoteDoesNotSkip(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		guests := p.present(4)
		p.notePresence(3 * time.Second)
		p.playNow(p.add(guests[0], 1))
		time.Sleep(10 * time.Second)
		for _, guest := range guests[:3] {
			p.must(p.vote(guest))
		}
		p.logHas(map[party.EventKind]int{party.EventSkipped: 1})
		time.Sleep(party.CommandTimeout + time.Second)
		p.withdrawVote(guests[2])
		if votes := p.state().Playback.SkipVotes; votes != 2 {
			p.Errorf("%d votes are left", votes)
		}
		p.logHas(map[party.EventKind]int{party.EventSkipped: 1, party.EventUnvoted: 1})
	})
}

// logHas compares how many events of some kinds the log has.
func (p *fixture) logHas(want map[party.EventKind]int) {
	p.Helper()
	events, _, err := p.Lists().Log(p.host, p.room, lists.First(100, nil), false)
	p.must(err)
	have := map[party.EventKind]int{}
	for _, e := range events {
		have[e.Kind]++
	}
	for kind, n := range want {
		if have[kind] != n {
			p.Errorf("the log has %d events %s, want %d", have[kind], kind, n)
		}
	}
}

// The API says who may vote on the song that plays, so that nobody is offered a vote that is then refused.
func TestViewerSeesWhetherTheyMayVote(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		guests := p.present(3)
		p.notePresence(3 * time.Second)
		if vote := p.skipVote(guests[0]); vote != nil {
			p.Errorf("a vote on nothing: %+v", vote)
		}
		item := p.add(guests[0], 1)
		p.playNow(item)
		time.Sleep(time.Second)
		late := p.join("Late")
		p.arrive(late)
		if vote := p.skipVote(late); vote.CanVote() || vote.Refusal.Reason != party.ReasonJustArrived {
			p.Errorf("a guest who came after the song began sees %+v", vote)
		}
		if vote := p.skipVote(guests[0]); vote.ItemID != item.ID || !vote.CanVote() || vote.Voted {
			p.Errorf("a guest who was present before sees %+v", vote)
		}
		if vote := p.skipVote(p.host); !vote.CanVote() || vote.Voted {
			p.Errorf("the host, who is not connected, sees %+v", vote)
		}
		time.Sleep(10 * time.Second)
		p.must(p.vote(guests[0]))
		if mine, other := p.skipVote(guests[0]), p.skipVote(guests[1]); !mine.Voted || other.Voted {
			p.Errorf("the voter sees %+v, another guest %+v", mine, other)
		}
		screen, err := p.WatchRoom(p.Context(), p.room.Code)
		p.must(err)
		if vote := p.skipVote(p.as(&screen.Session)); vote != nil {
			p.Errorf("a screen sees %+v", vote)
		}
		p.settle(party.SettingsChange{SkipVotePercent: pointer(0)})
		if vote := p.skipVote(guests[1]); vote.CanVote() || vote.Refusal.Reason != party.ReasonVotesOff {
			p.Errorf("where voting is off a guest sees %+v", vote)
		}
	})
}

// However often a browser signs out and in, it has one vote on a song.
func TestBrowserThatSignsOutAndInHasOneVote(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		p.present(4)
		puppets := []*account.Session{}
		for _, name := range []string{"One", "Two", "Three"} {
			puppet := p.joinFrom("phone", name)
			p.arrive(p.as(puppet))
			puppets = append(puppets, puppet)
		}
		p.playNow(p.add(p.host, 1))
		time.Sleep(10 * time.Second)
		votes := func(want int, when string) {
			p.Helper()
			if n := p.state().Playback.SkipVotes; n != want {
				p.Errorf("%d votes %s, want %d", n, when, want)
			}
		}
		for i, puppet := range puppets {
			who := p.as(puppet)
			p.must(p.vote(who))
			votes(1, "of the browser")
			if i == len(puppets)-1 {
				break
			}
			p.refusedBecause(p.vote(p.as(puppets[i+1])), party.ReasonAlreadyVoted)
			p.must(p.SignOut(p.Context(), puppet.Refresh))
			votes(0, "after signing out")
			again := p.as(p.joinFrom("phone", "Again"))
			p.arrive(again)
			p.refusedBecause(p.vote(again), party.ReasonJustArrived)
		}
		p.withdrawVote(p.as(p.joinFrom("phone", "Last"))) // it is the browser's vote
		votes(0, "after the browser took its vote back")
	})
}
