package scenarios_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// The tests in this file test the helpers that scenarios rely on, with parties whose course is known beforehand.

// expect compares the party's outcome with the expected one.
func (p *fixture) expect(played string, silence time.Duration, health string, states ...string) {
	p.t.Helper()
	o := p.outcome()
	if o.played != played || o.silence != silence.String() || o.health != health || o.states != strings.Join(states, " ") {
		p.t.Errorf("outcome:\n%v\nwant: played %s\nsilence %v\nhealth %s\nstates %v", o, played, silence, health, states)
	}
}

func TestSimulatorReportsWhatTheHostPlays(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{})
		time.Sleep(time.Second) // the server finds nothing to play
		p.server.stop()         // from now on no server drives the player
		one, two := p.music[0], p.music[1]
		p.app.play(one)
		time.Sleep(time.Minute)
		p.app.pause()
		time.Sleep(time.Minute)
		p.app.resume()
		time.Sleep(lengthOf(one) + 5*time.Second) // it ended a minute and five seconds ago
		p.app.play(two)
		time.Sleep(10 * time.Second)
		p.app.play(two)
		time.Sleep(10 * time.Second)
		p.app.close()
		time.Sleep(10 * time.Second)
		p.app.resumeOn(p.app.addDevice(sim.Device{Name: "Kitchen", Type: "Speaker"}))
		time.Sleep(10 * time.Second)
		p.expect("other other other", time.Minute+15*time.Second, "NOTHING_TO_PLAY")
	})
}

func TestPartyPlaysItsQueue(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{songs: 3})
		guest := p.join("Gina")
		must(t, p.like(guest, 3))
		p.untilDone(time.Hour)
		time.Sleep(time.Minute)
		p.expect("1 3 2", 0, "NOTHING_TO_PLAY OK NOTHING_TO_PLAY", "PLAYED", "PLAYED", "PLAYED")
		if calls := p.spotify.calls(time.Time{}); calls["POST me/player/queue"] != 2 || calls["PUT me/player/play"] != 1 {
			t.Errorf("requests to Spotify: %v; want two songs enqueued and one played", calls)
		}
		p.noWarnings()
	})
}

func TestInjectedFaultReachesTheServer(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{songs: 2})
		time.Sleep(time.Minute)
		p.spotify.InjectFault(sim.Fault{
			Method: http.MethodPost, Path: "/v1/me/player/queue", Status: http.StatusTooManyRequests,
			RetryAfter: 5 * time.Second,
		})
		p.untilDone(time.Hour)
		p.expect("1 2", 0, "NOTHING_TO_PLAY OK COOLING_DOWN OK NOTHING_TO_PLAY", "PLAYED", "PLAYED")
	})
}

// A server is killed in the middle of a song, and another one starts on its database a minute later.
func TestNextServerTakesOverFromAKilledOne(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := open(t, options{songs: 3})
		time.Sleep(time.Minute)
		before := p.spotify.total()
		p.server.kill()
		time.Sleep(time.Minute)
		if p.spotify.total() > before {
			t.Error("a killed server sends requests to Spotify")
		}
		if _, err := p.server.AddSong(p.host, p.room.ID, p.music[9].URI, nil); err == nil {
			t.Error("a killed server accepts a song")
		}
		p.switchTo(p.start("two"))
		p.untilDone(time.Hour)
		p.expect("1 2 3", 0, "NOTHING_TO_PLAY OK NOTHING_TO_PLAY", "PLAYED", "PLAYED", "PLAYED")
	})
}

func TestRoomsOfOneServerAreIndependent(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		one := open(t, options{songs: 2})
		two := one.open(one.server, options{songs: 3, name: "Hugo", length: 4 * time.Minute})
		time.Sleep(10 * time.Second)
		two.app.close()
		one.untilDone(time.Hour)
		one.expect("1 2", 0, "NOTHING_TO_PLAY OK NOTHING_TO_PLAY", "PLAYED", "PLAYED")
		if health := two.outcome().health; health != "NOTHING_TO_PLAY OK DEVICE_LOST" {
			t.Errorf("the other room has shown %s", health)
		}
		if got := two.states(); got[2] != string(party.Queued) || two.silence() < time.Minute {
			t.Errorf(
				"the other room's songs are %v after a silence of %v; want one QUEUED and at least a minute", got, two.silence(),
			)
		}
		must(t, two.remove(two.host, 3))
		two.app.open()
		two.app.resume()
		two.untilDone(time.Hour)
		if o := two.outcome(); o.states != "PLAYED PLAYED REMOVED" || o.played != "1 2" {
			t.Errorf("outcome of the other room:\n%v", o)
		}
	})
}
