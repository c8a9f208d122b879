package playback_test

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// Each of these was a bug once.

func TestAnUnknownCommitKeepsNobodyWaitingWhileTheDeviceIsAway(t *testing.T) {
	inParty(t, func(t *testing.T, p *fixture) {
		p.addAll(p.player.record("a", 100*time.Second), p.player.record("b", 100*time.Second))
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
		p.wish(party.TransferCommand, "speaker")
		time.Sleep(20 * time.Second)
		if p.player.called("transfer") == 0 {
			t.Errorf("the host's transfer was not carried out: states %s, health %s", p.states(), p.health())
		}
	})
}

func TestAnInactiveDeviceThatIsShownIsLookedFor(t *testing.T) {
	inParty(t, func(t *testing.T, p *fixture) {
		p.addAll(p.player.record("a", 100*time.Second), p.player.record("b", 100*time.Second))
		defer p.drive()()
		time.Sleep(50 * time.Second)
		p.player.host(func() {
			p.player.pause()
			p.player.away, p.player.shown = true, true
			p.player.devices = []string{"speaker"}
		})
		time.Sleep(10 * time.Minute)
		if p.player.called("devices") == 0 {
			t.Errorf("nobody looked for a device: states %s, health %s", p.states(), p.health())
		}
	})
}

func TestASongThatIsHereIsNotSuggested(t *testing.T) {
	inParty(t, func(t *testing.T, p *fixture) {
		a := p.player.record("a", 180*time.Second)
		p.settings.Fallback = true
		p.player.suggestions = []party.Song{a}
		p.add(a)
		defer p.drive()()
		time.Sleep(124 * time.Second) // it has been looked for by now
		p.wish(party.PauseCommand, "")
		time.Sleep(5 * time.Second)
		if p.player.called("pause") == 0 {
			t.Error("the host's pause waited for a refill that changes nothing")
		}
	})
}

func TestALookThatFailsOnceIsRepeatedSoon(t *testing.T) {
	inParty(t, func(t *testing.T, p *fixture) {
		a, f := p.player.record("a", 180*time.Second), p.player.record("f", 100*time.Second)
		p.settings.Fallback = true
		p.player.suggestions = []party.Song{playable(f)}
		p.player.fail = failOnce("suggest", playback.Unreachable, false)
		p.add(a)
		defer p.drive()()
		time.Sleep(10 * time.Minute)
		if len(p.player.started) < 2 || p.player.started[1].at.Sub(p.player.started[0].at) > 215*time.Second {
			t.Errorf("silence after the first song: heard %s", p.player.heard())
		}
	})
}

func TestTheOnlySongDoesNotWaitForeverForSpotifyToPlayIt(t *testing.T) {
	for name, spoil := range map[string]func(*turntable, string){
		"Spotify does not have it":     func(player *turntable, uri string) { player.gone = uri },
		"Spotify takes it for nothing": func(player *turntable, uri string) { player.mute = uri },
	} {
		t.Run(name, func(t *testing.T) {
			inParty(t, func(t *testing.T, p *fixture) {
				b := p.player.record("b", time.Minute)
				spoil(p.player, b.URI)
				p.addAll(p.player.record("a", time.Minute), b)
				p.settings.Fallback = true
				p.player.suggestions = []party.Song{playable(p.player.record("f", 10*time.Minute))}
				defer p.drive()()
				time.Sleep(5 * time.Minute)
				expectHeard(t, p, "a f")
				expectStates(t, p, "PLAYED SKIPPED PLAYING")
			})
		})
	}
}
