package playback_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// TestNothingPlaysTwice drives a party through random changes, faults and acts of the host.
func TestNothingPlaysTwice(t *testing.T) {
	for seed := range uint64(playback.RandomParties) {
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
