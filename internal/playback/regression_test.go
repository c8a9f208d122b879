package playback_test

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// Each test in this file is named after a bug that it keeps from coming back.

func TestUnknownCommitDoesNotBlockATransfer(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.addAll(p.player.newSong("a", 100*time.Second), p.player.newSong("b", 100*time.Second))
		p.player.fail = func(call string) (*playback.Fault, bool) {
			if call != "enqueue" {
				return nil, false
			}
			p.player.pause()
			p.player.away = true
			return &playback.Fault{Kind: playback.Unreachable}, false
		}
		defer p.drive()()
		time.Sleep(3 * time.Minute)
		p.command(party.TransferCommand, "speaker")
		time.Sleep(20 * time.Second)
		if p.player.called("transfer") == 0 {
			t.Errorf("the host's transfer was not carried out: states %s, health %s", p.states(), p.health())
		}
	})
}

func TestInactiveDeviceStartsADeviceSearch(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.addAll(p.player.newSong("a", 100*time.Second), p.player.newSong("b", 100*time.Second))
		defer p.drive()()
		time.Sleep(50 * time.Second)
		p.player.asHost(func() {
			p.player.pause()
			p.player.away, p.player.shown = true, true
			p.player.devices = []string{"speaker"}
		})
		time.Sleep(10 * time.Minute)
		if p.player.called("devices") == 0 {
			t.Errorf("no device search: states %s, health %s", p.states(), p.health())
		}
	})
}

func TestQueuedSongIsNotSuggested(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		a := p.player.newSong("a", 180*time.Second)
		p.settings.Fallback = true
		p.player.suggestions = []party.Song{a}
		p.add(a)
		defer p.drive()()
		time.Sleep(124 * time.Second) // the fallback search has ended by now
		p.command(party.PauseCommand, "")
		time.Sleep(5 * time.Second)
		if p.player.called("pause") == 0 {
			t.Error("the pause waited for a fallback search that adds nothing")
		}
	})
}

func TestFailedFallbackSearchIsRepeatedSoon(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		a, f := p.player.newSong("a", 180*time.Second), p.player.newSong("f", 100*time.Second)
		p.settings.Fallback = true
		p.player.suggestions = []party.Song{playable(f)}
		p.player.fail = failOnce("suggest", playback.Unreachable, false)
		p.add(a)
		defer p.drive()()
		time.Sleep(10 * time.Minute)
		if len(p.player.started) < 2 || p.player.started[1].at.Sub(p.player.started[0].at) > 215*time.Second {
			t.Errorf("the second song started too late or not at all: heard %s", p.player.heard())
		}
	})
}

func TestOnlySongThatNeverPlaysIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*fakePlayer, string){
		"Spotify does not have it":              func(player *fakePlayer, uri string) { player.gone = uri },
		"Spotify accepts it and never plays it": func(player *fakePlayer, uri string) { player.neverPlays = uri },
	} {
		t.Run(name, func(t *testing.T) {
			inFixture(t, func(t *testing.T, p *fixture) {
				b := p.player.newSong("b", time.Minute)
				spoil(p.player, b.URI)
				p.addAll(p.player.newSong("a", time.Minute), b)
				p.settings.Fallback = true
				p.player.suggestions = []party.Song{playable(p.player.newSong("f", 10*time.Minute))}
				defer p.drive()()
				time.Sleep(5 * time.Minute)
				expectHeard(t, p, "a f")
				expectStates(t, p, "PLAYED SKIPPED PLAYING")
			})
		})
	}
}
