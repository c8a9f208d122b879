package playback_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

func (p *fixture) command(kind party.HostCommandKind, argument string) {
	p.change(func() {
		id := fmt.Sprint(kind, p.version)
		p.commands = slices.DeleteFunc(p.commands, func(c party.HostCommand) bool { // superseded
			return kind == party.VolumeCommand && c.Kind == kind
		})
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
		time.Sleep(130 * time.Second)
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

// The answer to a commit is lost, and the host pauses or changes the volume before the commit is verified. Neither
// command starts or skips a song, so neither waits for the verification, and each song is heard once.
func TestPauseWaitsForNoVerification(t *testing.T) {
	for _, applied := range []bool{true, false} {
		inFixture(t, func(t *testing.T, p *fixture) {
			a, b, c := p.threeSongs()
			p.addAll(a, b, c)
			defer p.drive()()
			time.Sleep(40 * time.Second)
			p.player.asHost(func() { p.player.fail = failOnce("enqueue", playback.Unreachable, applied) })
			for p.player.called("enqueue") == 0 {
				time.Sleep(100 * time.Millisecond)
			}
			p.command(party.VolumeCommand, "30")
			p.command(party.PauseCommand, "")
			time.Sleep(3 * time.Second)
			expectAnswers(t, p, "", "")
			p.player.asHost(func() {
				if p.player.playing {
					t.Error("the music plays on")
				}
			})
			time.Sleep(time.Minute)
			p.command(party.ResumeCommand, "")
			time.Sleep(3 * time.Minute)
			expectHeard(t, p, "a b c")
			expectStates(t, p, "PLAYED PLAYED PLAYED")
		})
	}
}
