package playback_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
)

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
