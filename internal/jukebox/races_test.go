package jukebox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/lists"
	"antwon.dj/backend/internal/party"
)

// atOnce runs functions concurrently and returns their errors. It fails the test if an error has another reason than a
// rule, the room's state or a role, because callers must not notice deadlocks.
func (p *fixture) atOnce(calls ...func() error) []error {
	p.Helper()
	errs := make([]error, len(calls))
	start := make(chan struct{})
	var running sync.WaitGroup
	for i, call := range calls {
		running.Go(func() {
			<-start
			errs[i] = call()
		})
	}
	close(start)
	running.Wait()
	for _, err := range errs {
		switch codeOf(err) {
		case "", party.Refused, party.Conflict, party.NotFound, party.Forbidden:
		default:
			p.Errorf("a concurrent call failed: %v", err)
		}
	}
	return errs
}

func succeeded(errs []error) (n int) {
	for _, err := range errs {
		if err == nil {
			n++
		}
	}
	return n
}

const rounds = 20 // of each race

// races runs a race repeatedly, each time in a new room.
func races(t *testing.T, race func(p *fixture, gina, ben context.Context)) {
	t.Helper()
	onBothDatabases(t, func(p *fixture) {
		for round := range rounds {
			q := *p
			q.host = p.newHost("Hanna")
			q.room = p.openRoom(q.host, fmt.Sprint("RACE-", round))
			race(&q, q.join("Gina"), q.join("Ben"))
			if p.Failed() {
				p.Fatalf("round %d", round)
			}
		}
	})
}

func TestSecondConcurrentAddOfARecordingBecomesALike(t *testing.T) {
	races(t, func(p *fixture, gina, ben context.Context) {
		add := func(who context.Context, n int) func() error {
			return func() error { return second(p.AddSong(who, p.room.ID, uri(n), nil)) }
		}
		if n := succeeded(p.atOnce(add(gina, 1), add(ben, 1001))); n != 2 {
			t.Errorf("%d of 2 adds succeeded", n)
		}
		queue := p.state().Queue
		if len(queue) != 1 || queue[0].LikeCount != 1 {
			t.Errorf("the queue is %s, want one song with one like", songs(queue))
		}
	})
}

func TestConcurrentLikeAndCommitAgree(t *testing.T) {
	races(t, func(p *fixture, gina, ben context.Context) {
		item := p.add(gina, 1)
		errs := p.atOnce(
			func() error { return second(p.LikeQueueItem(ben, item.ID, nil)) },
			func() error { return p.tryStep(party.PlaybackStep{CommitItem: item.ID}) })
		committed := p.state().Queue[0]
		if errs[1] != nil || committed.State != party.Committed {
			t.Errorf("the song was not committed: %v", errs[1])
		}
		if liked := errs[0] == nil; liked != (committed.LikeCount == 1) {
			t.Errorf("the like returned %v, but the song has %d likes", errs[0], committed.LikeCount)
		}
	})
}

func TestConcurrentWithdrawalAndCommitExcludeEachOther(t *testing.T) {
	races(t, func(p *fixture, gina, _ context.Context) {
		item := p.add(gina, 1)
		errs := p.atOnce(
			func() error { return second(p.RemoveQueueItem(gina, item.ID, nil)) },
			func() error { return p.tryStep(party.PlaybackStep{CommitItem: item.ID}) })
		if succeeded(errs) != 1 || (errs[1] == nil) != (p.state().Committed() != nil) {
			t.Errorf("withdrawing returned %v, committing %v, and the queue is %s", errs[0], errs[1], p.queue())
		}
	})
}

func TestLimitsHoldForConcurrentAdds(t *testing.T) {
	races(t, func(p *fixture, gina, _ context.Context) {
		p.settle(party.SettingsChange{MaxQueuedPerGuest: pointer(3), AddsPerHour: pointer(3)})
		var adds []func() error
		for n := range 10 {
			adds = append(adds, func() error { return second(p.AddSong(gina, p.room.ID, uri(n+1), nil)) })
		}
		if n := succeeded(p.atOnce(adds...)); n != 3 || len(p.state().Queue) != 3 || *p.quota(gina).AddsLeft != 0 {
			t.Errorf("%d adds succeeded, want 3; the queue is %s", n, p.queue())
		}
	})
}

func TestNewRuleAppliesToConcurrentAdds(t *testing.T) {
	races(t, func(p *fixture, gina, ben context.Context) {
		errs := p.atOnce(
			func() error { return second(p.AddSong(gina, p.room.ID, uri(777), nil)) },
			func() error {
				update := jukebox.RoomUpdate{Settings: &party.SettingsChange{AllowExplicit: pointer(false)}}
				return second(p.UpdateRoom(p.host, p.room.ID, update, nil))
			},
			func() error { return second(p.AddSong(ben, p.room.ID, uri(1), nil)) })
		if errs[1] != nil || errs[2] != nil {
			t.Errorf("the setting and the other add returned %v", errs[1:])
		}
		state := p.state()
		if n := len(state.Queue); (errs[0] == nil) != (n == 2) {
			t.Errorf("adding the explicit song returned %v, but %d songs wait", errs[0], n)
		}
		if next := state.NextToPlay(time.Now()); next == nil || next.Song.Explicit {
			t.Errorf("next to play is %+v, want the song that is not explicit", next)
		}
	})
}

func TestConcurrentClearAndUndoLoseNothing(t *testing.T) {
	races(t, func(p *fixture, gina, _ context.Context) {
		for n := range 5 {
			p.add(gina, n+1)
		}
		clear := func() error { return second(p.ClearQueue(p.host, p.room.ID, nil)) }
		undo := func() error { return second(p.Undo(p.host, p.room.ID, nil)) }
		p.must(clear())
		errs := p.atOnce(undo, undo, func() error { return second(p.AddSong(gina, p.room.ID, uri(3), nil)) }, clear)
		state := p.state()
		seen := map[string]bool{}
		for _, item := range state.Queue {
			if seen[item.Song.ISRC] {
				t.Errorf("a song is twice in the queue: %s", songs(state.Queue))
			}
			seen[item.Song.ISRC] = true
		}
		for last := error(nil); last == nil; last = undo() { // whichever came first, the songs are not lost
		}
		if n := len(p.state().Queue); n == 0 && errs[3] == nil {
			t.Errorf("the queue is empty after everything was undone: %v", errs)
		}
	})
}

func TestDemotedCohostCannotFinishAnAction(t *testing.T) {
	races(t, func(p *fixture, gina, ben context.Context) {
		_, err := p.SetRole(p.host, p.room.ID, p.id(gina), party.RoleCohost)
		p.must(err)
		item := p.add(ben, 1)
		errs := p.atOnce(
			func() error { return second(p.SetRole(p.host, p.room.ID, p.id(gina), party.RoleGuest)) },
			func() error { return second(p.RemoveQueueItem(gina, item.ID, nil)) },
			func() error {
				return second(p.UpdateRoom(gina, p.room.ID, jukebox.RoomUpdate{Name: pointer("Mine")}, nil))
			})
		log, _, err := p.Lists().Log(p.host, p.room, lists.First(10, nil), false)
		p.must(err)
		demoted := false
		for i := range log { // the oldest first
			e := log[len(log)-1-i]
			demoted = demoted || e.Kind == "ROLE" && *e.Detail == "GUEST"
			if demoted && e.Actor != nil && e.Actor.DisplayName == "Gina" {
				t.Errorf("she did %s after she was no longer a co-host: %v", e.Kind, errs)
			}
		}
		if removed := len(p.state().Queue) == 0; removed != (errs[1] == nil) {
			t.Errorf("the song was removed: %t, but removing returned %v", removed, errs[1])
		}
	})
}

func TestVotesForTheEndedSongDoNotSkipTheNext(t *testing.T) {
	onBothInBubble(t, func(p *fixture) {
		guests := p.present(4)
		p.notePresence(3 * time.Second)
		for round := range rounds {
			first, next := p.add(guests[0], 2*round+1), p.add(guests[1], 2*round+2)
			p.playNow(first)
			p.step(party.PlaybackStep{CommitItem: next.ID})
			p.notePresence(61 * time.Second)
			var calls []func() error
			for _, guest := range guests {
				calls = append(calls, func() error { return second(p.VoteToSkip(guest, p.room.ID, nil)) })
			}
			calls = append(calls, func() error {
				return p.tryStep(party.PlaybackStep{EndedItem: first.ID, StartedItem: next.ID, Playback: &party.Playback{
					Status: party.Playing, Item: next, ProgressMS: pointer(0), ObservedAt: time.Now(), Health: party.HealthOK,
				}})
			})
			for i, err := range p.atOnce(calls...) {
				if e := new(party.Error); errors.As(err, &e) && (i == len(guests) || e.Reason != party.ReasonTooEarly) {
					p.Errorf("call %d returned %v", i, err)
				}
			}
			state := p.state()
			for _, command := range state.PendingCommands { // one for the ended song, if the votes came first
				if command.Argument != first.Song.URI {
					p.Errorf("round %d: a command skips %s, which has only just begun", round, command.Argument)
				}
				p.step(party.PlaybackStep{Answered: &party.Answer{CommandID: command.ID}})
			}
			if state.Playback.SkipVotes != 0 || state.NowPlaying.ID != next.ID {
				p.Errorf("round %d: the next song begins with %d votes", round, state.Playback.SkipVotes)
			}
			p.step(party.PlaybackStep{EndedItem: next.ID})
		}
	})
}

// joinMany lets n guests join the room, a few at a time: a transaction must not wait for all the others.
func (p *fixture) joinMany(n int) []context.Context {
	p.Helper()
	rooms := make([]*jukebox.JoinedRoom, n)
	var joins []func() error
	for i := range n {
		joins = append(joins, func() (err error) {
			rooms[i], err = p.JoinRoom(p.Context(), p.room.Code, fmt.Sprint("Guest ", i))
			return err
		})
	}
	for some := range slices.Chunk(joins, 10) {
		if joined := succeeded(p.atOnce(some...)); joined != len(some) {
			p.Fatalf("%d of %d guests joined", joined, len(some))
		}
	}
	var guests []context.Context
	for _, room := range rooms {
		guests = append(guests, p.as(&room.Session))
	}
	return guests
}

// A thousand guests like songs at the same moment: every like counts once, and no guest gets an error.
func TestThousandConcurrentLikesCountOnceEach(t *testing.T) {
	onBothDatabases(t, func(p *fixture) {
		const guests = 1_000
		var items []*party.QueueItem
		for n := range 10 {
			items = append(items, p.add(p.host, n+1))
		}
		var likes []func() error
		for i, guest := range p.joinMany(guests) {
			likes = append(likes, func() error { return second(p.LikeQueueItem(guest, items[i%len(items)].ID, nil)) })
		}
		began := time.Now()
		if n := succeeded(p.atOnce(likes...)); n != guests {
			p.Errorf("%d of %d likes succeeded", n, guests)
		}
		p.Logf("%d likes took %v", guests, time.Since(began).Round(time.Millisecond))
		total := 0
		for _, item := range p.state().Queue {
			if total += item.LikeCount; item.LikeCount != guests/len(items) {
				p.Errorf("%s has %d likes", item.Song.Name, item.LikeCount)
			}
		}
		if total != guests {
			p.Errorf("%d likes were counted, want %d", total, guests)
		}
	})
}
