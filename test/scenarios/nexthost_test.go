package scenarios_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// nextHost is a co-host of the party with an account and a player of their own, to whom the host offers the room.
type nextHost struct {
	who context.Context
	app app
}

// offer makes somebody a co-host and offers the room to them.
func (p *fixture) offer(name string) nextHost {
	p.t.Helper()
	login, err := p.server.DemoLogin(p.t.Context(), name)
	must(p.t, err)
	n := nextHost{who: account.WithViewer(p.t.Context(), login.User)}
	simulated := p.accounts[login.User.UserID]
	n.app = app{p.t, p.spotify, simulated, p.spotify.Host(simulated.ID)}
	_, err = p.server.JoinRoom(n.who, p.room.Code, name)
	must(p.t, err)
	_, err = p.server.SetRole(p.host, p.room.ID, login.User.UserID, party.RoleCohost)
	must(p.t, err)
	_, err = p.server.OfferRoom(p.host, p.room.ID, login.User.UserID)
	must(p.t, err)
	return n
}

func (p *fixture) accept(n nextHost) {
	p.t.Helper()
	_, err := p.server.AnswerRoomOffer(n.who, p.room.ID, true)
	must(p.t, err)
}

// withNextHost returns a fixture of the same room in which the host and the player are the next host's.
func (p *fixture) withNextHost(n nextHost) *fixture {
	next := *p
	next.host, next.account, next.app = n.who, n.app.account, n.app
	return &next
}

// expectHeard compares what was heard on the old player and on the new one. It checks that the songs of the room were
// heard in full, and that the new player began soon after the old one had stopped, but not before.
func (p *fixture) expectHeard(n nextHost, old, then string) {
	p.t.Helper()
	next := p.withNextHost(n)
	if p.played() != old || next.played() != then {
		p.t.Fatalf("heard %q and then %q, want %q and then %q", p.played(), next.played(), old, then)
	}
	for _, heard := range append(p.spotify.Plays(p.account.ID), p.spotify.Plays(n.app.account.ID)...) {
		if name := p.songName(heard.URI); name != other && !heard.Full {
			p.t.Errorf("song %s was cut: %+v", name, heard)
		}
	}
	ended, last := time.Time{}, time.Time{} // when the room's last song, and the last song at all, ended on the old player
	for _, heard := range p.spotify.Plays(p.account.ID) {
		if last = heard.Ended; p.songName(heard.URI) != other {
			ended = heard.Ended
		}
	}
	began := p.spotify.Plays(n.app.account.ID)[0].Started
	if gap := began.Sub(ended); gap < 0 || gap > 10*time.Second {
		p.t.Errorf("the new player began %v after the room's last song on the old one", gap)
	}
	if last.Sub(began) > 0 {
		p.t.Errorf("both players were heard for %v", last.Sub(began))
	}
}

func TestNextHostsPlayerFollowsWithoutACut(t *testing.T) {
	for name, at := range map[string]time.Duration{
		"in the middle of a song":             90 * time.Second,
		"when the next one was handed over":   8 * time.Second,
		"between the handover and the answer": 14 * time.Second,
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				p := open(t, options{songs: 4})
				ben := p.offer("Ben")
				time.Sleep(10 * time.Second)
				p.untilLeft(at)
				p.accept(ben)
				p.untilDone(time.Hour)
				time.Sleep(time.Minute)
				old, then := "1", "2 3 4"
				if at < 15*time.Second {
					old, then = "1 2", "3 4"
				}
				p.expectHeard(ben, old, then)
				expectStates(t, p, "PLAYED PLAYED PLAYED PLAYED")
			})
		})
	}
}

func TestNextHostTakesOverAtOnceWhileNothingPlays(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{})
		ben := p.offer("Ben")
		p.accept(ben)
		time.Sleep(5 * time.Second)
		expectHost(t, p, "Ben")
		p.addSome(2)
		p.untilDone(time.Hour)
		if next := p.withNextHost(ben); p.played() != "" || next.played() != "1 2" {
			t.Errorf("heard %q on the old player and %q on the new one", p.played(), next.played())
		}
	})
}

// An old player that goes on by itself after the room's last song is paused, so that two do not play at once.
func TestOldPlayerThatGoesOnIsPaused(t *testing.T) {
	for name, skip := range map[string]bool{"after the song's end": false, "after a skip": true} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				p := open(t, options{songs: 3, spotify: func(s *sim.Switches) { s.Autoplay = true }})
				ben := p.offer("Ben")
				time.Sleep(time.Minute)
				p.accept(ben)
				time.Sleep(10 * time.Second)
				if skip {
					_, err := p.server.SkipSong(p.host, p.room.ID, nil)
					must(t, err)
				}
				p.untilDone(time.Hour)
				silences := p.spotify.Silences(p.account.ID)
				if last := silences[len(silences)-1]; last.Why != "paused" || last.To.Sub(last.From) < 5*time.Minute {
					t.Errorf("the old player was silent last: %+v", last)
				}
				if next := p.withNextHost(ben); p.played() != "1 other" || next.played() != "2 3" {
					t.Errorf("heard %q on the old player and %q on the new one", p.played(), next.played())
				}
			})
		})
	}
}

// If Spotify fails for a moment when the server pauses the old player, the server tries again.
func TestPauseOfTheOldPlayerIsTriedAgain(t *testing.T) {
	for name, fault := range map[string]sim.Fault{
		"a server error": {Status: http.StatusBadGateway, Times: 2},
		"the rate limit": {Status: http.StatusTooManyRequests, RetryAfter: 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				p := open(t, options{songs: 3, spotify: func(s *sim.Switches) { s.Autoplay = true }})
				ben := p.offer("Ben")
				time.Sleep(time.Minute)
				p.accept(ben)
				fault.Path = "/v1/me/player/pause"
				p.fail(fault)
				p.untilDone(time.Hour)
				p.expectHeard(ben, "1 other", "2 3")
			})
		})
	}
}

// A co-host who meanwhile has opened a room of their own does not become the host, and the music goes on on the old
// player.
func TestMusicGoesOnIfTheNextHostHasAnotherRoom(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{songs: 3, spotify: func(s *sim.Switches) { s.Autoplay = true }})
		ben := p.offer("Ben")
		time.Sleep(time.Minute)
		p.accept(ben)
		_, err := p.server.CreateRoom(ben.who, jukebox.RoomInput{}, nil)
		must(t, err)
		p.untilDone(time.Hour)
		expectHost(t, p, "Hanna")
		if heard := p.played(); heard != "1 other 2 3 other" {
			t.Errorf("heard %q, want all songs of the room on the old player", heard)
		}
	})
}

// If the old host plays music of their own in Spotify's app, it plays on when the room leaves their player.
func TestOldHostsOwnMusicPlaysOn(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{})
		p.app.play(p.music[20])
		time.Sleep(20 * time.Second)
		ben := p.offer("Ben")
		p.accept(ben)
		time.Sleep(10 * time.Second)
		expectHost(t, p, "Ben")
		p.addSome(1)
		p.untilDone(time.Hour)
		if own := p.spotify.Plays(p.account.ID); len(own) != 1 || !own[0].Full {
			t.Errorf("the old host heard %+v", own)
		}
	})
}

// If the old host pauses in Spotify's app and leaves, the next host's player starts anyway.
func TestPausedPlayerIsLeftAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{songs: 3})
		ben := p.offer("Ben")
		time.Sleep(time.Minute)
		p.app.pause()
		time.Sleep(30 * time.Second)
		p.accept(ben)
		time.Sleep(20 * time.Second)
		expectHost(t, p, "Ben")
		p.untilDone(time.Hour)
		if next := p.withNextHost(ben); next.played() != "2 3" {
			t.Errorf("heard %q on the new player, want 2 3", next.played())
		}
	})
}

// An old player that can no longer be observed delays the next host only until its songs should be over.
func TestUnreachableOldPlayerDelaysNoLongerThanItsSongs(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{songs: 3})
		ben := p.offer("Ben")
		time.Sleep(time.Minute)
		must(t, p.server.DisconnectSpotify(p.host))
		p.accept(ben)
		time.Sleep(time.Minute)
		expectHost(t, p, "Hanna") // until her song should be over
		time.Sleep(2 * time.Minute)
		expectHost(t, p, "Ben")
		p.untilDone(time.Hour)
		if next := p.withNextHost(ben); next.played() != "2 3" {
			t.Errorf("heard %q on the new player, want 2 3", next.played())
		}
	})
}

func TestNextHostFollowsAfterAServerIsKilled(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{songs: 3})
		ben := p.offer("Ben")
		time.Sleep(30 * time.Second)
		p.accept(ben)
		time.Sleep(10 * time.Second)
		p.server.kill()
		p.switchTo(p.start("two"))
		p.untilDone(time.Hour)
		time.Sleep(time.Minute)
		p.expectHeard(ben, "1", "2 3")
	})
}

// After a pause a song ends later than its start and length suggest. A server that starts observes the player first, so
// it does not cut the song.
func TestPausedSongIsNotCutAfterARestart(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{songs: 3})
		ben := p.offer("Ben")
		time.Sleep(30 * time.Second)
		p.app.pause()
		time.Sleep(5 * time.Minute)
		p.app.resume()
		time.Sleep(10 * time.Second)
		p.accept(ben)
		time.Sleep(5 * time.Second)
		p.server.kill()
		p.switchTo(p.start("two"))
		p.untilDone(time.Hour)
		time.Sleep(time.Minute)
		p.expectHeard(ben, "1", "2 3")
	})
}

func TestNextHostOfAnIdleRoomFollowsAfterARestart(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{})
		time.Sleep(20 * time.Minute)
		ben := p.offer("Ben")
		p.server.stopDriving()
		time.Sleep(time.Second)
		p.accept(ben)
		p.server.kill()
		p.switchTo(p.start("two"))
		time.Sleep(time.Minute)
		expectHost(t, p, "Ben")
	})
}

// The room's playlist is removed from the old host's library, and the next host gets one of their own.
func TestNextHostGetsAPlaylistOfTheirOwn(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{songs: 4, settings: party.SettingsChange{Delivery: new(party.DeliveryPlaylist)}})
		time.Sleep(10 * time.Second)
		_, err := p.server.ResumePlayback(p.host, p.room.ID)
		must(t, err)
		ben := p.offer("Ben")
		time.Sleep(30 * time.Second)
		p.accept(ben)
		p.untilDone(time.Hour)
		if lists := p.playlists(p.host); strings.Contains(lists, "ANTWON-") {
			t.Errorf("the old host still has %s", lists)
		}
		if lists := p.playlists(ben.who); !strings.Contains(lists, "ANTWON-"+p.room.Code) {
			t.Errorf("the next host has %s", lists)
		}
		expectStates(t, p, "PLAYED PLAYED PLAYED PLAYED")
	})
}

// A next host without a device gets the same advice as any host.
func TestNextHostWithoutADeviceIsTold(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{songs: 2})
		ben := p.offer("Ben")
		ben.app.close()
		time.Sleep(10 * time.Second)
		p.accept(ben)
		p.untilLeft(-20 * time.Second)
		expectHost(t, p, "Ben")
		if health := p.health.String(); !strings.HasSuffix(health, "DEVICE_LOST") {
			t.Errorf("the room shows %s", health)
		}
		ben.app.open()
		p.untilDone(time.Hour)
	})
}

// playlists returns the playlists in a host's library.
func (p *fixture) playlists(who context.Context) string {
	p.t.Helper()
	viewer, err := account.ViewerFrom(who)
	must(p.t, err)
	lists, _, err := p.server.spotify.Playlists(p.t.Context(), viewer.UserID, 50, 0)
	must(p.t, err)
	return fmt.Sprint(lists)
}

func expectStates(t *testing.T, p *fixture, want string) {
	t.Helper()
	if got := strings.Join(p.states(), " "); got != want {
		t.Errorf("states are %s, want %s", got, want)
	}
}

func expectHost(t *testing.T, p *fixture, want string) {
	t.Helper()
	room, err := p.server.Room(p.host, p.room.ID)
	must(t, err)
	host, err := p.server.RoomMember(p.host, room, room.HostID)
	must(t, err)
	if host.DisplayName != want {
		t.Errorf("the host is %s, want %s", host.DisplayName, want)
	}
}
