package playback_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

func expectHeard(t *testing.T, p *fixture, want string) {
	t.Helper()
	if got := p.player.heard(); got != want {
		t.Errorf("heard %q, want %q\n%s", got, want, p.logged)
	}
}

func expectStates(t *testing.T, p *fixture, want string) {
	t.Helper()
	if got := p.states(); got != want {
		t.Errorf("items are %s, want %s", got, want)
	}
}

func TestSongsPlayInOrder(t *testing.T) {
	for _, length := range []time.Duration{2 * time.Second, 4 * time.Second, 20 * time.Second, 200 * time.Second} {
		t.Run(length.String(), func(t *testing.T) {
			inFixture(t, func(t *testing.T, p *fixture) {
				var songs []party.Song
				for i := range 8 {
					songs = append(songs, p.player.newSong(fmt.Sprint(i), length))
				}
				p.addAll(songs...)
				defer p.drive()()
				time.Sleep(9*length + 10*time.Second)

				expectHeard(t, p, "0 1 2 3 4 5 6 7")
				expectStates(t, p, strings.TrimSpace(strings.Repeat("PLAYED ", 8)))
				for i, s := range p.player.started[1:] {
					if gap := s.at.Sub(p.player.started[i].at) - length; gap > time.Second || gap < 0 {
						t.Errorf("silence of %v before song %d, want at most 1s", gap, i+1)
					}
				}
				if health := p.health(); health != party.HealthNothingToPlay {
					t.Errorf("health at the end is %s, want NOTHING_TO_PLAY", health)
				}
				if p.conflicts > 0 {
					t.Errorf("%d steps did not fit the room's state, want 0", p.conflicts)
				}
			})
		})
	}
}

func TestObservationsAreFew(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		for i := range 20 {
			p.add(p.player.newSong(fmt.Sprint(i), 3*time.Minute))
		}
		defer p.drive()()
		time.Sleep(time.Hour)
		if total := p.player.called(""); total > 350 {
			t.Errorf("%d calls in an hour, want at most 350", total)
		}
	})
}

func TestLikesReorderUntilTheCommit(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		a, b, c := p.threeSongs()
		p.addAll(a, b, c)
		defer p.drive()()
		time.Sleep(40 * time.Second)
		p.like(c)
		time.Sleep(10 * time.Second) // c is committed now
		p.like(b)
		p.like(b)
		time.Sleep(3 * time.Minute)
		expectHeard(t, p, "a c b")
	})
}

func TestSongForAnIdlePlayerPlaysAtOnce(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		defer p.drive()()
		time.Sleep(10 * time.Minute)
		p.add(p.player.newSong("a", time.Minute))
		time.Sleep(time.Second)
		expectHeard(t, p, "a")
		time.Sleep(time.Second)
		expectStates(t, p, "PLAYING")
	})
}

func TestHostsPauseAndOwnSongAreRespected(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		a, b := p.player.newSong("a", time.Minute), p.player.newSong("b", time.Minute)
		own := p.player.newSong("own", time.Minute)
		p.add(a)
		defer p.drive()()
		time.Sleep(20 * time.Second)
		p.player.asHost(p.player.pause)
		p.add(b)
		time.Sleep(10 * time.Minute)
		expectHeard(t, p, "a")
		p.player.asHost(func() { p.player.start(own, time.Now()) })
		time.Sleep(30 * time.Second)
		if health := p.health(); health != party.HealthHostTookOver {
			t.Errorf("health is %s while the host plays something else, want HOST_TOOK_OVER", health)
		}
		time.Sleep(2 * time.Minute)
		expectHeard(t, p, "a own b")
		expectStates(t, p, "SKIPPED PLAYED")
	})
}

func TestRemovedCommittedSongIsSkipped(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		a, b, c := p.threeSongs()
		p.addAll(a, b, c)
		defer p.drive()()
		time.Sleep(50 * time.Second)
		p.remove(b)
		time.Sleep(20 * time.Second)
		expectHeard(t, p, "a b c")
		expectStates(t, p, "PLAYED SKIPPED PLAYING")
		if n, m := p.player.called("play"), p.player.called("next"); n != 2 || m != 0 {
			t.Errorf("Play was sent %d times, and Next %d times; want the third song played in place of the second", n, m)
		}
	})
}

func TestClosedRoomIsNotObserved(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.addAll(p.player.newSong("a", time.Minute), p.player.newSong("b", time.Minute))
		defer p.drive()()
		time.Sleep(20 * time.Second)
		p.close()
		time.Sleep(time.Second)
		before := p.player.called("look")
		time.Sleep(5 * time.Minute)
		if n := p.player.called("look") - before; n != 0 {
			t.Errorf("%d observations after the room was closed, want 0", n)
		}
		expectHeard(t, p, "a")
	})
}

func TestWakeStartsADriverAtOnce(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.close()
		p.add(p.player.newSong("a", time.Minute))
		ctx, cancel := context.WithCancel(t.Context())
		supervisor := playback.New(p, p.player, playback.Options{})
		done := make(chan error)
		go func() { done <- supervisor.Run(ctx) }()
		time.Sleep(100 * time.Millisecond)
		p.change(func() { p.status = party.Open })
		supervisor.Wake("room")
		time.Sleep(500 * time.Millisecond)
		expectHeard(t, p, "a")
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

func TestIdleRoomIsNotObservedUntilItChanges(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.add(p.player.newSong("a", time.Minute))
		defer p.drive()()
		time.Sleep(20 * time.Minute)
		calls := p.player.called("")
		time.Sleep(10 * time.Hour)
		if n := p.player.called("") - calls; n != 0 {
			t.Errorf("%d calls while nothing happened, want 0", n)
		}
		p.add(p.player.newSong("b", time.Minute))
		time.Sleep(2 * time.Second)
		expectHeard(t, p, "a b")
	})
}

func TestWatchedIdleRoomIsObserved(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.add(p.player.newSong("a", time.Minute))
		defer p.drive()()
		time.Sleep(time.Hour)
		screen, err := p.hub.Watch(t.Context(), "room")
		if err != nil {
			t.Fatal(err)
		}
		defer screen.Close()
		calls := p.player.called("look")
		time.Sleep(time.Hour)
		if n := p.player.called("look") - calls; n < 30 || n > 150 {
			t.Errorf("%d observations in an hour with a screen, want 30 to 150", n)
		}
	})
}

func TestOneNodeDrivesARoom(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		var songs []party.Song
		for i := range 6 {
			songs = append(songs, p.player.newSong(fmt.Sprint(i), time.Minute))
		}
		p.addAll(songs...)
		one := p.drive()
		time.Sleep(time.Second)
		two := p.drive()
		time.Sleep(100 * time.Second)
		one() // the second node takes over
		time.Sleep(100 * time.Second)
		three := p.drive()
		time.Sleep(time.Second)
		two()
		time.Sleep(4 * time.Minute)
		three()
		expectHeard(t, p, "0 1 2 3 4 5")
		if p.lease.Epoch != 3 {
			t.Errorf("the lease was taken %d times, want 3", p.lease.Epoch)
		}
	})
}

// stoppedWhileWatching cancels the supervisor as soon as it watches a room.
type stoppedWhileWatching struct {
	*fixture
	stop context.CancelFunc
}

func (s stoppedWhileWatching) Watch(ctx context.Context, roomID string) (*live.Watcher[*party.State], error) {
	watcher, err := s.fixture.Watch(ctx, roomID)
	s.stop()
	return watcher, err
}

func TestRunReturnsWhenCanceledBeforeTheFirstState(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		ctx, stop := context.WithCancel(t.Context())
		if err := playback.New(stoppedWhileWatching{p, stop}, p.player, playback.Options{}).Run(ctx); err != nil {
			t.Error(err)
		}
	})
}

// A room's calls to Spotify are counted across servers: the next server knows the count, and adds the calls that may
// not have been recorded. Not every call is recorded by itself.
func TestNextServerGoesOnCountingCalls(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		a, b, c := p.threeSongs()
		p.addAll(a, b, c)
		for servers := range 3 {
			stop := p.drive()
			for range 50 {
				time.Sleep(time.Second)
				made, known := p.player.called(""), p.knownCalls()
				if known < made-5 || known > made+5*servers {
					t.Errorf("with %d servers before, %d calls are known of %d", servers, known, made)
				}
			}
			stop()
		}
		expectHeard(t, p, "a b c")
	})
}

// knownCalls returns how many calls are stored with the room's lease.
func (p *fixture) knownCalls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lease.Calls.At(time.Now()).Total()
}

// If the count of a room's calls cannot be stored, its driver goes on, because it knows more than the next one would.
func TestDriverGoesOnWhenItsCallsCannotBeStored(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		a, b, c := p.threeSongs()
		p.addAll(a, b, c)
		failed := 0
		p.failRecording = func(step party.PlaybackStep) error {
			if step.Calls = nil; !step.IsEmpty() {
				return nil
			}
			failed++
			return errors.New("the database is gone")
		}
		stop := p.drive()
		time.Sleep(10 * time.Minute)
		stop()
		expectHeard(t, p, "a b c")
		if failed == 0 || p.drivers != 1 {
			t.Errorf("%d steps failed, and %d drivers were started: want some, and one", failed, p.drivers)
		}
	})
}
