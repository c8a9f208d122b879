package playback_test

import (
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// A host changes the volume while songs play and follow each other: each command is answered once and shown at once,
// and the songs are not affected.
func TestVolumeIsSetWhileSongsPlay(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		a, b, c := p.threeSongs()
		p.addAll(a, b, c)
		defer p.drive()()
		time.Sleep(10 * time.Second)
		for range 20 { // until b plays
			p.command(party.VolumeCommand, "30")
			time.Sleep(50 * time.Millisecond) // it may be on its way
			p.command(party.VolumeCommand, "45")
			time.Sleep(3 * time.Second)
			if shown := p.shownVolume(); shown != 45 {
				t.Fatalf("the room shows a volume of %d %%", shown)
			}
		}
		time.Sleep(2 * time.Minute)
		expectHeard(t, p, "a b c")
		expectStates(t, p, "PLAYED PLAYED PLAYED")
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, answer := range p.answers {
			if answer.Code != "" {
				t.Errorf("answered %+v", answer)
			}
		}
		if len(p.answers) != 20 {
			t.Errorf("%d answers to 20 commands that were not superseded", len(p.answers))
		}
	})
}

// shownVolume returns the volume that the room shows.
func (p *fixture) shownVolume() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.playback.Device == nil || p.playback.Device.VolumePercent == nil {
		return -1
	}
	return *p.playback.Device.VolumePercent
}

// If a device refuses the volume, or is gone, the host's command is answered with that error. The room's music and
// health are not affected.
func TestRefusedVolumeConcernsNoSong(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		a, b, c := p.threeSongs()
		p.addAll(a, b, c)
		defer p.drive()()
		time.Sleep(10 * time.Second)
		for _, kind := range []playback.FaultKind{playback.Restricted, playback.Unreachable, playback.NoDevice} {
			p.player.asHost(func() { p.player.fail = failOnce("volume", kind, false) })
			p.command(party.VolumeCommand, "30")
			time.Sleep(3 * time.Second)
			if health := p.health(); health != party.HealthOK {
				t.Errorf("after %s the room's health is %s", kind, health)
			}
		}
		expectAnswers(t, p, party.Conflict, party.UpstreamUnavailable, party.NotFound)
		time.Sleep(3 * time.Minute)
		expectHeard(t, p, "a b c")
		p.player.asHost(func() { p.player.away, p.player.devices = true, nil })
		time.Sleep(time.Minute)
		p.command(party.VolumeCommand, "30")
		time.Sleep(3 * time.Second)
		expectAnswers(t, p, party.Conflict, party.UpstreamUnavailable, party.NotFound, party.NotFound)
		if n := p.player.called("volume"); n != 3 {
			t.Errorf("the volume was set %d times, want 3", n)
		}
	})
}
