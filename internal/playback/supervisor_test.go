package playback_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
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

// failOnce makes the next call of a kind fail.
func failOnce(kind string, fault playback.FaultKind, applied bool) func(string) (*playback.Fault, bool) {
	done := false
	return func(call string) (*playback.Fault, bool) {
		if done || call != kind {
			return nil, false
		}
		done = true
		return &playback.Fault{Kind: fault}, applied
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
		if n := p.player.called("next"); n != 1 {
			t.Errorf("Next was sent %d times, want 1", n)
		}
	})
}

func TestSongsPlayAfterAFailedCommand(t *testing.T) {
	for _, kind := range []string{"play", "enqueue"} {
		for _, tt := range []struct {
			fault   playback.FaultKind
			applied bool
		}{
			{playback.Unreachable, true}, {playback.Unreachable, false}, {playback.NoDevice, false},
			{playback.Restricted, false},
			{playback.CoolingDown, false}, {playback.NotAllowed, false},
		} {
			t.Run(fmt.Sprint(kind, " ", tt.fault, " ", tt.applied), func(t *testing.T) {
				inFixture(t, func(t *testing.T, p *fixture) {
					p.addAll(
						p.player.newSong("a", time.Minute), p.player.newSong("b", time.Minute), p.player.newSong("c", time.Minute),
					)
					p.player.fail = failOnce(kind, tt.fault, tt.applied)
					defer p.drive()()
					time.Sleep(5 * time.Minute)
					expectHeard(t, p, "a b c")
					expectStates(t, p, "PLAYED PLAYED PLAYED")
				})
			})
		}
	}
}

func TestUnavailableSongIsOvertakenByOthers(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.addAll(p.player.newSong("a", time.Minute), p.player.newSong("b", time.Minute), p.player.newSong("c", time.Minute))
		p.player.fail = failOnce("enqueue", playback.Gone, false)
		defer p.drive()()
		time.Sleep(150 * time.Second)
		expectHeard(t, p, "a c b")
	})
}

func TestCrashBetweenIntentAndAnswerRepeatsNoSong(t *testing.T) {
	for name, tt := range map[string]struct {
		sent  bool
		after time.Duration
	}{
		"before it was sent": {false, 3 * time.Second},
		"after it was sent":  {true, 3 * time.Second},
		"found much later":   {true, 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			inFixture(t, func(t *testing.T, p *fixture) {
				a, b, c := p.threeSongs()
				p.addAll(a, b, c)
				p.player.start(a, time.Now().Add(-50*time.Second))
				p.put(a, party.NowPlaying, "")
				p.put(b, party.Committed, party.CommitPending)
				if tt.sent {
					p.player.queue = append(p.player.queue, b)
				}
				time.Sleep(tt.after)
				defer p.drive()()
				time.Sleep(4 * time.Minute)
				expectHeard(t, p, "a b c")
				expectStates(t, p, "PLAYED PLAYED PLAYED")
			})
		})
	}
}

func TestSongsPlayAfterADatabaseOutage(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.addAll(p.player.newSong("a", time.Minute), p.player.newSong("b", time.Minute))
		from := time.Now()
		p.failRecording = func(party.PlaybackStep) error {
			if since := time.Since(from); since > 40*time.Second && since < 55*time.Second {
				return errors.New("the database is down")
			}
			return nil
		}
		defer p.drive()()
		time.Sleep(3 * time.Minute)
		expectHeard(t, p, "a b")
		expectStates(t, p, "PLAYED PLAYED")
	})
}

func TestHealthIsLoggedWhenItChanges(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.add(p.player.newSong("a", 10*time.Minute))
		from := time.Now()
		p.player.fail = func(string) (*playback.Fault, bool) {
			if since := time.Since(from); since > time.Minute && since < 4*time.Minute {
				return &playback.Fault{Kind: playback.Unreachable, Err: errors.New("502")}, false
			}
			return nil, false
		}
		stop := p.drive()
		time.Sleep(3 * time.Minute)
		if health := p.health(); health != party.HealthUnreachable {
			t.Errorf("health is %s during the outage, want UNREACHABLE", health)
		}
		time.Sleep(3 * time.Minute)
		if health := p.health(); health != party.HealthOK {
			t.Errorf("health is %s after the outage, want OK", health)
		}
		stop()
		// once at the beginning, once as the health before the end
		if n := strings.Count(p.logged.String(), "UNREACHABLE"); n != 2 {
			t.Errorf("the log names UNREACHABLE %d times, want 2:\n%s", n, p.logged)
		}
	})
}

func TestLostDeviceIsReported(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.addAll(p.player.newSong("a", time.Minute), p.player.newSong("b", time.Minute))
		defer p.drive()()
		time.Sleep(20 * time.Second)
		p.player.asHost(func() { p.player.pause(); p.player.away, p.player.devices = true, nil })
		time.Sleep(20 * time.Second)
		if health := p.health(); health != party.HealthDeviceLost {
			t.Errorf("health is %s without a device, want DEVICE_LOST", health)
		}
		p.player.asHost(func() { p.player.away = false; p.player.resume() })
		time.Sleep(2 * time.Minute)
		expectHeard(t, p, "a b")
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

// TestNothingPlaysTwice drives a party through random changes, faults and acts of the host.
func TestNothingPlaysTwice(t *testing.T) {
	for seed := range uint64(200) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			inFixture(t, func(t *testing.T, p *fixture) { runRandomParty(t, p, rand.New(rand.NewPCG(seed, 1))) })
		})
	}
}

func runRandomParty(t *testing.T, p *fixture, random *rand.Rand) {
	calm := time.Now().Add(20 * time.Minute)
	chance := rand.New(rand.NewPCG(random.Uint64(), 2)) // of the player alone, which has its own goroutine
	p.player.fail = func(string) (*playback.Fault, bool) { return randomFault(chance, calm) }
	p.player.stale = time.Duration(random.IntN(1500)) * time.Millisecond
	own := p.player.newSong("own", 70*time.Second)
	songs := []party.Song{}
	stop := p.drive()
	for time.Now().Before(calm) {
		time.Sleep(time.Duration(random.IntN(20_000)) * time.Millisecond)
		switch choice := random.IntN(20); {
		case choice < 10 || len(songs) == 0:
			s := p.player.newSong(fmt.Sprint(len(songs)), time.Duration(2+random.IntN(60))*time.Second)
			songs = append(songs, s)
			p.add(s)
		case choice < 14:
			p.like(songs[random.IntN(len(songs))])
		case choice < 15:
			p.remove(songs[random.IntN(len(songs))])
		case choice < 16:
			p.player.asHost(p.player.pause)
		case choice < 18:
			p.player.asHost(p.player.resume)
		case choice < 19:
			p.player.asHost(func() { p.player.start(own, time.Now()) })
		default: // restart the server
			stop()
			stop = p.drive()
		}
	}
	p.player.asHost(p.player.resume)
	time.Sleep(3 * time.Hour)
	stop()

	heard := make(map[string]bool)
	for _, s := range p.player.started {
		if heard[s.uri] && s.uri != own.URI {
			t.Errorf("%s was heard to its end and then played again", s.uri)
		}
		heard[s.uri] = heard[s.uri] || s.full
	}
	left := p.states()
	for _, state := range []string{"QUEUED", "COMMITTED", "PLAYING"} {
		if strings.Contains(left, state) {
			t.Errorf("songs are left at the end: %s", left)
		}
	}
}

// randomFault fails every tenth call until the time calm.
func randomFault(random *rand.Rand, calm time.Time) (*playback.Fault, bool) {
	if time.Now().After(calm) || random.IntN(10) > 0 {
		return nil, false
	}
	kinds := []playback.FaultKind{
		playback.Unreachable, playback.Unreachable, playback.Unreachable, playback.Restricted, playback.NoDevice,
		playback.CoolingDown, playback.NotAllowed, playback.Gone,
	}
	kind := kinds[random.IntN(len(kinds))]
	return &playback.Fault{Kind: kind}, kind == playback.Unreachable && random.IntN(2) == 0
}

func (p *fixture) command(kind party.HostCommandKind, argument string) {
	p.change(func() {
		id := fmt.Sprint(kind, len(p.answers)+len(p.commands))
		p.commands = append(p.commands, party.HostCommand{ID: id, Kind: kind, Argument: argument, At: time.Now()})
	})
}

func expectAnswers(t *testing.T, p *fixture, want ...party.Code) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	var got []party.Code
	for _, a := range p.answers {
		got = append(got, a.Code)
	}
	if !slices.Equal(got, want) {
		t.Errorf("commands were answered %q, want %q", got, want)
	}
}

func TestHostCommandsAreCarriedOut(t *testing.T) {
	for _, stale := range []time.Duration{0, 1500 * time.Millisecond} {
		t.Run(fmt.Sprint("stale for ", stale), func(t *testing.T) {
			inFixture(t, func(t *testing.T, p *fixture) {
				p.player.stale = stale
				a, b, c := p.threeSongs()
				p.addAll(a, b, c)
				defer p.drive()()
				time.Sleep(20 * time.Second)
				p.command(party.PauseCommand, "")
				time.Sleep(4 * time.Minute)
				expectHeard(t, p, "a")
				p.command(party.ResumeCommand, "")
				time.Sleep(10 * time.Second)
				p.command(party.SkipCommand, a.URI)
				time.Sleep(5 * time.Second)
				expectHeard(t, p, "a b")
				p.command(party.SkipCommand, a.URI) // somebody else skips the same song
				time.Sleep(50 * time.Second)        // c is committed
				p.command(party.SkipCommand, b.URI)
				time.Sleep(5 * time.Second)
				expectHeard(t, p, "a b c")
				expectAnswers(t, p, "", "", "", "", "")
				time.Sleep(time.Minute)
				expectHeard(t, p, "a b c")
			})
		})
	}
}

func TestCommandWithLostAnswerIsNotRepeated(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		a, b, c := p.threeSongs()
		p.addAll(a, b, c)
		defer p.drive()()
		time.Sleep(50 * time.Second) // b is committed
		p.player.asHost(func() { p.player.fail = failOnce("next", playback.Unreachable, true) })
		p.command(party.SkipCommand, a.URI)
		time.Sleep(20 * time.Second)
		expectHeard(t, p, "a b")
		expectAnswers(t, p, "")
	})
}

func TestPlaybackMovesToTheOnlyOtherDevice(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.addAll(p.player.newSong("a", time.Minute), p.player.newSong("b", time.Minute))
		defer p.drive()()
		time.Sleep(20 * time.Second)
		p.player.asHost(func() { p.player.pause(); p.player.away, p.player.devices = true, []string{"laptop"} })
		time.Sleep(2 * time.Minute)
		expectHeard(t, p, "a b")
		expectStates(t, p, "PLAYED PLAYED")
		if p.player.device != "laptop" {
			t.Errorf("playback is on %s, want laptop", p.player.device)
		}
	})
}

func TestPausedSongStaysPausedWhenItsDeviceDisappears(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.addAll(p.player.newSong("a", time.Minute), p.player.newSong("b", time.Minute))
		defer p.drive()()
		time.Sleep(20 * time.Second)
		p.player.asHost(p.player.pause)
		time.Sleep(time.Minute)
		p.player.asHost(func() { p.player.away, p.player.devices = true, []string{"laptop"} })
		time.Sleep(30 * time.Second)
		if n := p.player.called("transfer"); n != 0 {
			t.Errorf("playback was transferred %d times, want 0", n)
		}
	})
}

func TestPausedSongStaysPausedAfterARestartWithoutItsDevice(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.addAll(p.player.newSong("a", time.Minute), p.player.newSong("b", time.Minute))
		stop := p.drive()
		time.Sleep(20 * time.Second)
		p.player.asHost(p.player.pause)
		time.Sleep(time.Minute)
		stop()
		p.player.asHost(func() { p.player.away, p.player.devices = true, []string{"laptop"} })
		defer p.drive()()
		time.Sleep(30 * time.Second)
		if n := p.player.called("transfer"); n != 0 {
			t.Errorf("playback was transferred %d times, want 0", n)
		}
	})
}

func TestFallbackSongsGiveWay(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.settings.Fallback = true
		for i := range 3 {
			p.player.suggestions = append(p.player.suggestions, playable(p.player.newSong(fmt.Sprint("f", i), time.Minute)))
		}
		p.add(p.player.newSong("a", 2*time.Minute))
		defer p.drive()()
		time.Sleep(150 * time.Second)
		expectHeard(t, p, "a f0")
		p.add(p.player.newSong("b", time.Minute))
		time.Sleep(time.Minute)
		expectHeard(t, p, "a f0 b")
	})
}

func TestNextFallbackSongsOfThePlaylistAreQueued(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		playlist := "spotify:playlist:dinner"
		p.settings.Fallback, p.settings.FallbackPlaylistURI = true, &playlist
		f := make([]party.Song, 9)
		for i := range f {
			f[i] = playable(p.player.newSong(fmt.Sprint("f", i), time.Minute))
		}
		p.player.suggestions = f
		p.add(p.player.newSong("a", 2*time.Minute))
		defer p.drive()()
		time.Sleep(10 * time.Second)
		expectStates(t, p, "PLAYING QUEUED QUEUED QUEUED")
		p.remove(f[1])
		p.like(f[2])
		time.Sleep(10 * time.Second)
		expectStates(t, p, "PLAYING QUEUED REMOVED QUEUED QUEUED QUEUED") // f0 to f4: two more, and f1 does not come back
		p.add(p.player.newSong("b", time.Minute))
		time.Sleep(5 * time.Minute)
		expectHeard(t, p, "a f2 b f0 f3")
	})
}

func playable(s party.Song) party.Song {
	s.Playable = true
	return s
}

func TestFallbackSongsEndAfterFortyInARow(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.settings.Fallback = true
		defer p.drive()()
		p.add(p.player.newSong("a", time.Minute))
		for i := range 100 {
			next := playable(p.player.newSong(fmt.Sprint("f", i), time.Minute))
			p.player.asHost(func() { p.player.suggestions = []party.Song{next} })
			time.Sleep(time.Minute)
		}
		if n := len(strings.Fields(p.player.heard())); n < 30 || n > 60 {
			t.Errorf("%d songs played, want 41 or so", n)
		}
	})
}

func TestPlaylistPlaysOnceTheHostStartsIt(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.settings.Delivery, p.playback.Delivery = party.DeliveryPlaylist, party.DeliveryPlaylist
		a, b, c := p.threeSongs()
		p.addAll(a, b, c)
		defer p.drive()()
		time.Sleep(time.Minute)
		expectHeard(t, p, "")
		if p.reason() != party.ReasonPressPlay {
			t.Errorf("the health's reason is %q, want PRESS_PLAY", p.reason())
		}
		p.player.asHost(func() { p.player.playList(a.URI) })
		time.Sleep(4 * time.Minute)
		expectHeard(t, p, "a b c")
		expectStates(t, p, "PLAYED PLAYED PLAYED")
		if n := p.player.called("enqueue") + p.player.called("play"); n != 0 {
			t.Errorf("%d songs were delivered otherwise than by playlist", n)
		}
		p.close()
		time.Sleep(time.Second)
		if n := p.player.called("forget_playlist"); n != 1 {
			t.Errorf("the playlist was removed %d times, want 1", n)
		}
	})
}

func (p *fixture) reason() party.HealthReason {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.playback.Reason
}

func TestPlayerThatIgnoresThePlaylistGetsItsQueue(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.settings.Delivery, p.playback.Delivery = party.DeliveryPlaylist, party.DeliveryPlaylist
		a, b, c := p.threeSongs()
		p.addAll(a, b, c)
		p.player.ignoresAdditions = true
		defer p.drive()()
		time.Sleep(time.Minute)
		p.command(party.ResumeCommand, "")
		time.Sleep(5 * time.Minute)
		expectHeard(t, p, "a b c")
		expectStates(t, p, "PLAYED PLAYED PLAYED")
		if p.playback.Delivery != party.DeliveryQueue {
			t.Errorf("songs are delivered by %s, want QUEUE", p.playback.Delivery)
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

func TestNodeSuspendedBetweenIntentAndCommandSendsNothing(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		a, b, c := p.threeSongs()
		p.addAll(a, b, c)
		p.suspends = func(step party.PlaybackStep) bool { return step.CommitItem == "item "+b.URI }
		defer p.drive()()
		time.Sleep(time.Second)
		defer p.drive()()
		time.Sleep(4 * time.Minute)
		expectHeard(t, p, "a b c")
		expectStates(t, p, "PLAYED PLAYED PLAYED")
		if p.lease.Epoch != 2 {
			t.Errorf("the lease was taken %d times, want 2", p.lease.Epoch)
		}
	})
}
