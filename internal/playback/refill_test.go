package playback_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/live"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
)

// chosen has the room play from a playlist of so many songs, while a plays.
func (p *fixture) chosen(n int) (f []party.Song) {
	playlist := "spotify:playlist:dinner"
	p.settings.Fallback, p.settings.FallbackPlaylistURI = true, &playlist
	for i := range n {
		f = append(f, playable(p.player.record(fmt.Sprint("f", i), time.Minute)))
	}
	p.player.suggestions = f
	return f
}

// A song that waits for approval is no item of the queue: the driver suggests it for ever, and is deaf for ten seconds each time.
func TestASongThatWaitsForApprovalIsNotSuggested(t *testing.T) {
	inParty(t, func(t *testing.T, p *fixture) {
		f := p.chosen(9)
		p.add(f[3]) // asked for by a newcomer
		p.change(func() { p.item("item " + f[3].URI).State = party.AwaitingApproval })
		p.add(p.player.record("a", 10*time.Minute))
		defer p.drive()()
		time.Sleep(30 * time.Second)
		p.remove(f[0]) // one is missing, and f3 is the first that is not there
		time.Sleep(12 * time.Second)
		before := p.player.called("suggest")
		p.wish(party.PauseCommand, "")
		time.Sleep(5 * time.Second)
		if p.player.called("pause") == 0 {
			t.Error("the host's pause waited for a refill that changes nothing")
		}
		time.Sleep(3 * time.Minute)
		if n := p.player.called("suggest") - before; n > 3 {
			t.Errorf("suggestions were asked for %d times in three minutes", n)
		}
	})
}

// What nobody asked for begins on no device that nobody chose: after a silence a song has to be somebody's wish.
func TestFallbackMusicDoesNotWakeTheHostsPhoneTheNextDay(t *testing.T) {
	for what, list := range map[string]bool{"a chosen playlist": true, "music that goes with the songs before": false} {
		t.Run(what, func(t *testing.T) {
			inParty(t, func(t *testing.T, p *fixture) {
				p.chosen(9)
				if !list {
					p.settings.FallbackPlaylistURI = nil
				}
				p.add(p.player.record("a", 4*time.Minute))
				defer p.drive()()
				time.Sleep(time.Minute)
				p.player.host(func() { p.player.pause(); p.player.away, p.player.devices = true, nil }) // all go home
				time.Sleep(10 * time.Hour)
				p.player.host(func() { p.player.devices = []string{"phone"} })
				before := p.player.called("play")
				p.change(func() {}) // somebody opens the page, or is counted out
				time.Sleep(10 * time.Minute)
				if n := p.player.called("play") - before; n > 0 {
					t.Errorf("the server told the host's phone %d times to play what nobody asked for; items: %s", n, p.states())
				}
			})
		})
	}
}

// The songs that stand at the queue's end are ones that may play.
func TestHeldFallbackSongsMakeRoomForOthers(t *testing.T) {
	inParty(t, func(t *testing.T, p *fixture) {
		f := p.chosen(9)
		p.add(p.player.record("a", 10*time.Minute))
		defer p.drive()()
		time.Sleep(10 * time.Second)
		p.change(func() { // the host forbids these
			for _, s := range f[:3] {
				p.settings.Blocked = append(p.settings.Blocked, party.Blocked{URI: s.URI})
				p.item("item " + s.URI).Refusal = &party.Refusal{Reason: party.ReasonBlocked}
			}
		})
		time.Sleep(time.Minute)
		p.mu.Lock()
		defer p.mu.Unlock()
		n := 0
		for _, i := range p.items {
			if i.State == party.Queued && i.IsFallback() && i.Refusal == nil {
				n++
			}
		}
		if n != 3 {
			t.Errorf("%d songs of the playlist can be liked", n)
		}
	})
}

// A host who switches fallback music off, or to another playlist, while it is looked for gets none of it.
func TestFallbackMusicThatIsSwitchedOffMeanwhileStaysAway(t *testing.T) {
	other := "spotify:playlist:dance"
	for what, change := range map[string]func(*party.RoomSettings){
		"off":              func(s *party.RoomSettings) { s.Fallback = false },
		"another playlist": func(s *party.RoomSettings) { s.FallbackPlaylistURI = &other },
	} {
		t.Run(what, func(t *testing.T) {
			inParty(t, func(t *testing.T, p *fixture) {
				f := p.chosen(3)
				asked := 0
				p.player.fail = func(call string) (*playback.Fault, bool) {
					if call == "suggest" {
						if asked++; asked > 1 {
							p.player.suggestions = nil // the other playlist is empty
							return nil, false
						}
						p.mu.Lock()
						change(&p.settings)
						p.version++
						p.mu.Unlock()
						p.bus.Publish(live.Hint{Topic: "room", Version: p.version})
						p.player.mu.Unlock()
						time.Sleep(time.Second) // Spotify takes its time, and the change is seen meanwhile
						p.player.mu.Lock()
					}
					return nil, false
				}
				p.add(p.player.record("a", 10*time.Minute))
				defer p.drive()()
				time.Sleep(20 * time.Second)
				if i := p.item("item " + f[0].URI); i != nil {
					t.Errorf("music of the playlist of before came: %s", p.states())
				}
			})
		})
	}
}

// After so many songs that nobody asked for everybody has left; nobody comes back because a server starts anew, or because the
// room's version grows (a phone that wakes up, somebody who is counted out).
func TestFallbackMusicThatHasEndedStaysSo(t *testing.T) {
	for what, again := range map[string]func(p *fixture, stop func()) func(){
		"a restart":      func(p *fixture, stop func()) func() { stop(); return p.drive() },
		"a phone wakes":  func(p *fixture, stop func()) func() { p.change(func() {}); return stop },
		"nothing at all": func(p *fixture, stop func()) func() { return stop },
	} {
		t.Run(what, func(t *testing.T) {
			inParty(t, func(t *testing.T, p *fixture) {
				f := p.chosen(200)
				p.player.fail = func(call string) (*playback.Fault, bool) { // what was heard is not suggested again
					if call == "suggest" {
						heard := map[string]bool{}
						for _, s := range p.player.started {
							heard[s.uri] = true
						}
						p.player.suggestions = slices.DeleteFunc(slices.Clone(f), func(s party.Song) bool { return heard[s.URI] })
					}
					return nil, false
				}
				p.add(p.player.record("a", time.Minute))
				stop := p.drive()
				time.Sleep(2 * time.Hour)
				before := len(strings.Fields(p.player.heard()))
				if before > 60 {
					t.Errorf("%d songs", before)
				}
				stop = again(p, stop)
				defer func() { stop() }()
				time.Sleep(2 * time.Hour)
				if n := len(strings.Fields(p.player.heard())) - before; n > 0 {
					t.Errorf("%d more songs played with nobody there", n)
				}
			})
		})
	}
}

// library suggests as spotify.Client does: what is left of the chosen playlist and, where nothing is, other music.
type library struct {
	*turntable
	playlist, other []party.Song
}

func (l *library) Suggest(_ context.Context, _ string, seeds playback.Seeds) ([]party.Song, error) {
	left := func(songs []party.Song) []party.Song {
		return slices.DeleteFunc(slices.Clone(songs), func(s party.Song) bool {
			return !seeds.Fits(s) || slices.ContainsFunc(seeds.Recent, func(r party.Song) bool { return r.URI == s.URI })
		})
	}
	if songs := left(l.playlist); len(songs) > 0 {
		return songs, nil
	}
	return left(l.other), nil
}

// small has the room play from a playlist of n songs, beside which there is other music.
func (p *fixture) small(n int, each time.Duration) *library {
	l := &library{turntable: p.player, playlist: p.chosen(0)}
	for i := range n {
		l.playlist = append(l.playlist, playable(p.player.record(fmt.Sprint("f", i), each)))
	}
	for i := range 30 {
		l.other = append(l.other, playable(p.player.record(fmt.Sprint("o", i), each)))
	}
	return l
}

// silence lets time pass and tells for how long of it nothing played.
func (p *fixture) silence(howLong time.Duration) (silent time.Duration) {
	const step = 5 * time.Second
	for range howLong / step {
		time.Sleep(step)
		p.mu.Lock()
		if p.playback.Status != party.Playing {
			silent += step
		}
		p.mu.Unlock()
	}
	return silent
}

// The music goes on after a short playlist.
func TestTheMusicGoesOnAfterAShortPlaylist(t *testing.T) {
	inParty(t, func(t *testing.T, p *fixture) {
		l := p.small(6, 3*time.Minute)
		p.add(p.player.record("a", 3*time.Minute))
		defer p.driveWith(l)()
		time.Sleep(time.Minute)
		if silent := p.silence(60 * time.Minute); silent > 30*time.Second {
			t.Errorf("silence for %v; items: %s", silent, p.states())
		}
	})
}

// The music goes on although the host has taken a song of the playlist out.
func TestTheMusicGoesOnWithoutADeclinedSong(t *testing.T) {
	inParty(t, func(t *testing.T, p *fixture) {
		l := p.small(6, 3*time.Minute)
		p.add(p.player.record("a", 3*time.Minute))
		defer p.driveWith(l)()
		time.Sleep(time.Minute)
		p.remove(l.playlist[0])
		if silent := p.silence(60 * time.Minute); silent > 30*time.Second {
			t.Errorf("silence for %v; items: %s", silent, p.states())
		}
	})
}

// A host who presses play wants music, also if only fallback music waits and the device sleeps.
func TestTheHostWakesTheDeviceForFallbackMusic(t *testing.T) {
	inParty(t, func(t *testing.T, p *fixture) {
		p.chosen(9)
		p.add(p.player.record("a", 4*time.Minute))
		stop := p.drive()
		time.Sleep(3 * time.Minute)
		p.player.host(func() { p.player.away, p.player.devices = true, nil }) // the speaker is switched off
		time.Sleep(time.Hour)
		stop()
		p.change(func() { p.item("item spotify:track:a").State = party.Played })
		p.player.host(func() { p.player.devices = []string{"speaker"} })
		defer p.drive()()
		time.Sleep(time.Minute)
		expectHeard(t, p, "a")
		p.wish(party.ResumeCommand, "")
		time.Sleep(10 * time.Second)
		expectHeard(t, p, "a f0")
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.answers) != 1 || p.answers[0].Code != "" {
			t.Errorf("the host pressed play: %+v", p.answers)
		}
	})
}

func TestTheMusicGoesOnAfterAShortPlaylistOfShortSongs(t *testing.T) {
	inParty(t, func(t *testing.T, p *fixture) {
		l := p.small(6, 153*time.Second)
		p.add(p.player.record("a", 153*time.Second))
		defer p.driveWith(l)()
		time.Sleep(30 * time.Second)
		if silent := p.silence(60 * time.Minute); silent > 30*time.Second {
			t.Errorf("silence for %v; items: %s", silent, p.states())
		}
	})
}
