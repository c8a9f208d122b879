package playback_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

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

func TestSongRefusedTwiceIsOvertakenByOthers(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.addAll(p.player.newSong("a", time.Minute), p.player.newSong("b", time.Minute), p.player.newSong("c", time.Minute))
		refusals := 0
		p.player.fail = func(call string) (*playback.Fault, bool) {
			if call != "enqueue" || refusals == 2 {
				return nil, false
			}
			refusals++
			return &playback.Fault{Kind: playback.Gone}, false
		}
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
		// once when the outage begins, and once when it ends, as the health before that
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
