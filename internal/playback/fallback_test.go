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

// choosePlaylist sets a fallback playlist of n songs for the room.
func (p *fixture) choosePlaylist(n int) (f []party.Song) {
	playlist := "spotify:playlist:dinner"
	p.settings.Fallback, p.settings.FallbackPlaylistURI = true, &playlist
	for i := range n {
		f = append(f, playable(p.player.newSong(fmt.Sprint("f", i), time.Minute)))
	}
	p.player.suggestions = f
	return f
}

// A song that awaits approval is not in the queue. The driver once suggested it again and again, and ignored host
// commands for ten seconds each time.
func TestSongAwaitingApprovalIsNotSuggested(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		f := p.choosePlaylist(9)
		p.add(f[3]) // added by a newcomer
		p.change(func() { p.item("item " + f[3].URI).State = party.AwaitingApproval })
		p.add(p.player.newSong("a", 10*time.Minute))
		defer p.drive()()
		time.Sleep(30 * time.Second)
		p.remove(f[0]) // one fallback song is missing, and f3 is the first that is not queued
		time.Sleep(12 * time.Second)
		before := p.player.called("suggest")
		p.command(party.PauseCommand, "")
		time.Sleep(5 * time.Second)
		if p.player.called("pause") == 0 {
			t.Error("the pause waited for a fallback search that adds nothing")
		}
		time.Sleep(3 * time.Minute)
		if n := p.player.called("suggest") - before; n > 3 {
			t.Errorf("%d fallback searches in three minutes, want at most 3", n)
		}
	})
}

// After a long silence, fallback songs must not start on a device that nobody has activated.
func TestFallbackSongsWakeNoDevice(t *testing.T) {
	for what, list := range map[string]bool{"a chosen playlist": true, "similar songs": false} {
		t.Run(what, func(t *testing.T) {
			inFixture(t, func(t *testing.T, p *fixture) {
				p.choosePlaylist(9)
				if !list {
					p.settings.FallbackPlaylistURI = nil
				}
				p.add(p.player.newSong("a", 4*time.Minute))
				defer p.drive()()
				time.Sleep(time.Minute)
				p.player.asHost(func() { p.player.pause(); p.player.away, p.player.devices = true, nil }) // everybody goes home
				time.Sleep(10 * time.Hour)
				p.player.asHost(func() { p.player.devices = []string{"phone"} })
				before := p.player.called("play")
				p.change(func() {}) // somebody opens the page, or their presence expires
				time.Sleep(10 * time.Minute)
				if n := p.player.called("play") - before; n > 0 {
					t.Errorf("fallback songs were played on the host's phone %d times; items: %s", n, p.states())
				}
			})
		})
	}
}

// Held fallback songs do not count, because they cannot play.
func TestHeldFallbackSongsAreReplaced(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		f := p.choosePlaylist(9)
		p.add(p.player.newSong("a", 10*time.Minute))
		defer p.drive()()
		time.Sleep(10 * time.Second)
		p.change(func() { // the host blocks these songs
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
			t.Errorf("%d fallback songs may play, want 3", n)
		}
	})
}

// A search that was started before the host switched fallback songs off, or chose another playlist, adds nothing.
func TestFallbackChangedDuringASearchAddsNothing(t *testing.T) {
	other := "spotify:playlist:dance"
	for what, change := range map[string]func(*party.RoomSettings){
		"off":              func(s *party.RoomSettings) { s.Fallback = false },
		"another playlist": func(s *party.RoomSettings) { s.FallbackPlaylistURI = &other },
	} {
		t.Run(what, func(t *testing.T) {
			inFixture(t, func(t *testing.T, p *fixture) {
				f := p.choosePlaylist(3)
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
						time.Sleep(time.Second) // Spotify answers slowly, and the change is known by then
						p.player.mu.Lock()
					}
					return nil, false
				}
				p.add(p.player.newSong("a", 10*time.Minute))
				defer p.drive()()
				time.Sleep(20 * time.Second)
				if i := p.item("item " + f[0].URI); i != nil {
					t.Errorf("a song of the former playlist was added: %s", p.states())
				}
			})
		})
	}
}

// Once fallback songs have ended, they start again neither after a restart of the server, nor when the room's version
// rises without anybody adding a song.
func TestEndedFallbackStaysEnded(t *testing.T) {
	for what, again := range map[string]func(p *fixture, stop func()) func(){
		"a restart":      func(p *fixture, stop func()) func() { stop(); return p.drive() },
		"a new version":  func(p *fixture, stop func()) func() { p.change(func() {}); return stop },
		"nothing at all": func(p *fixture, stop func()) func() { return stop },
	} {
		t.Run(what, func(t *testing.T) {
			inFixture(t, func(t *testing.T, p *fixture) {
				f := p.choosePlaylist(200)
				p.player.fail = func(call string) (*playback.Fault, bool) { // songs that were heard are not suggested again
					if call == "suggest" {
						heard := map[string]bool{}
						for _, s := range p.player.started {
							heard[s.uri] = true
						}
						p.player.suggestions = slices.DeleteFunc(slices.Clone(f), func(s party.Song) bool { return heard[s.URI] })
					}
					return nil, false
				}
				p.add(p.player.newSong("a", time.Minute))
				stop := p.drive()
				time.Sleep(2 * time.Hour)
				before := len(strings.Fields(p.player.heard()))
				if before > 60 {
					t.Errorf("%d songs played before the fallback ended, want about 41", before)
				}
				stop = again(p, stop)
				defer func() { stop() }()
				time.Sleep(2 * time.Hour)
				if n := len(strings.Fields(p.player.heard())) - before; n > 0 {
					t.Errorf("%d more songs played, want 0", n)
				}
			})
		})
	}
}

// suggester is a fakePlayer that suggests as spotify.Client does: the rest of the chosen playlist or, if none is left,
// similar songs.
type suggester struct {
	*fakePlayer
	playlist, similar []party.Song
}

func (l *suggester) Suggest(_ context.Context, _ string, seeds playback.Seeds) ([]party.Song, error) {
	left := func(songs []party.Song) []party.Song {
		return slices.DeleteFunc(slices.Clone(songs), func(s party.Song) bool {
			return !seeds.Fits(s) || slices.ContainsFunc(seeds.Recent, func(r party.Song) bool { return r.URI == s.URI })
		})
	}
	if songs := left(l.playlist); len(songs) > 0 {
		return songs, nil
	}
	return left(l.similar), nil
}

// smallPlaylist sets a fallback playlist of n songs. When it has been played, the player suggests similar songs.
func (p *fixture) smallPlaylist(n int, each time.Duration) *suggester {
	l := &suggester{fakePlayer: p.player, playlist: p.choosePlaylist(0)}
	for i := range n {
		l.playlist = append(l.playlist, playable(p.player.newSong(fmt.Sprint("f", i), each)))
	}
	for i := range 30 {
		l.similar = append(l.similar, playable(p.player.newSong(fmt.Sprint("o", i), each)))
	}
	return l
}

// silence lets time pass and returns for how long nothing played meanwhile.
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

func TestMusicContinuesAfterAShortPlaylist(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		l := p.smallPlaylist(6, 3*time.Minute)
		p.add(p.player.newSong("a", 3*time.Minute))
		defer p.driveWith(l)()
		time.Sleep(time.Minute)
		if silent := p.silence(60 * time.Minute); silent > 30*time.Second {
			t.Errorf("nothing played for %v, want at most 30s; items: %s", silent, p.states())
		}
	})
}

func TestMusicContinuesWithoutADeclinedSong(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		l := p.smallPlaylist(6, 3*time.Minute)
		p.add(p.player.newSong("a", 3*time.Minute))
		defer p.driveWith(l)()
		time.Sleep(time.Minute)
		p.remove(l.playlist[0])
		if silent := p.silence(60 * time.Minute); silent > 30*time.Second {
			t.Errorf("nothing played for %v, want at most 30s; items: %s", silent, p.states())
		}
	})
}

// A host who resumes playback wants music, even if only fallback songs wait and no device is active.
func TestResumeWakesTheDeviceForFallbackSongs(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		p.choosePlaylist(9)
		p.add(p.player.newSong("a", 4*time.Minute))
		stop := p.drive()
		time.Sleep(3 * time.Minute)
		p.player.asHost(func() { p.player.away, p.player.devices = true, nil }) // the speaker is switched off
		time.Sleep(time.Hour)
		stop()
		p.change(func() { p.item("item spotify:track:a").State = party.Played })
		p.player.asHost(func() { p.player.devices = []string{"speaker"} })
		defer p.drive()()
		time.Sleep(time.Minute)
		expectHeard(t, p, "a")
		p.command(party.ResumeCommand, "")
		time.Sleep(10 * time.Second)
		expectHeard(t, p, "a f0")
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.answers) != 1 || p.answers[0].Code != "" {
			t.Errorf("answers to the resume command: %+v, want one success", p.answers)
		}
	})
}

func TestMusicContinuesAfterAShortPlaylistOfShortSongs(t *testing.T) {
	inFixture(t, func(t *testing.T, p *fixture) {
		l := p.smallPlaylist(6, 153*time.Second)
		p.add(p.player.newSong("a", 153*time.Second))
		defer p.driveWith(l)()
		time.Sleep(30 * time.Second)
		if silent := p.silence(60 * time.Minute); silent > 30*time.Second {
			t.Errorf("nothing played for %v, want at most 30s; items: %s", silent, p.states())
		}
	})
}
