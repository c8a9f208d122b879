package main_test

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

// These stories are rows of "One answer is not a fact" in docs/playback.md, with the built program, a simulated Spotify
// in a process of its own, and real time. The machine may be slow, so most times are printed and not judged.

const (
	playerPath = "/v1/me/player"
	queuePath  = playerPath + "/queue"
)

// Two 401s within a moment, while the token endpoint works: no host has to connect Spotify again.
func TestPartyGoesOnAfterTwoRejectedTokens(t *testing.T) {
	t.Parallel()
	p := startOddParty(t, 3, 12)
	p.fault(map[string]any{
		"path": playerPath, "exact": true, "method": "GET", "status": http.StatusUnauthorized, "times": 2,
	})
	p.end("UNREACHABLE")
	p.expectInjected("401", 2)
}

// One 403 PREMIUM_REQUIRED in a room whose songs play: the song is handed to the player's queue again.
func TestOnePremiumRequiredChangesNoDelivery(t *testing.T) {
	t.Parallel()
	p := startOddParty(t, 3, 12)
	p.fault(map[string]any{
		"path": queuePath, "method": "POST", "status": http.StatusForbidden, "reason": "PREMIUM_REQUIRED",
	})
	p.untilHeard(2)
	p.expectPlayback("delivery", "QUEUE")
	p.end("UNREACHABLE")
	p.expectPlayback("delivery", "QUEUE")
	p.expectInjected("403 PREMIUM_REQUIRED", 1)
}

// One song is always refused: the others play, and the song leaves the queue after five attempts. The log says so.
func TestSongThatSpotifyAlwaysRefusesIsSkipped(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]map[string]any{
		"403 UNKNOWN":          {"status": http.StatusForbidden, "reason": "UNKNOWN"},
		"403 without a reason": {"status": http.StatusForbidden, "message": "Forbidden."},
		"502":                  {"status": http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startOddParty(t, 18, 20)
			refused := p.songs[1]
			fault["uri"], fault["times"], fault["path"] = refused.Song.URI, -1, playerPath
			p.fault(fault)
			p.songs = slices.Delete(p.songs, 1, 2)
			p.untilHeard(3)
			p.printSilence()
			began := time.Now()
			p.within(5*time.Minute, "the song to leave the queue", func() bool { return p.refused(refused) })
			t.Logf("it left the queue after %v", time.Since(began).Round(time.Second))
			p.expectHeardSoFar()
			p.expectHealth("UNREACHABLE")
			p.printSilence()
		})
	}
}

// Some looks at the player repeat the one before, or are four seconds old. Each song is heard to its end nevertheless.
func TestOldLooksCutNoSong(t *testing.T) {
	t.Parallel()
	p := startOddParty(t, 4, 12)
	for range 4 {
		for _, look := range []map[string]any{{"kind": "repeated"}, {"kind": "stale", "age": "4s"}} {
			p.look(look)
			time.Sleep(5 * time.Second)
		}
	}
	p.end()
	p.expectInjected("look repeated", 3)
	p.expectInjected("look stale", 3)
}

// While two songs play, Spotify answers 204 for the player, as if nothing played: no song is cut off, and the next song
// follows.
func TestPlayerThatCannotBeSeenPlaysOn(t *testing.T) {
	t.Parallel()
	p := startOddParty(t, 5, 12)
	p.look(map[string]any{"kind": "nothing", "for": "25s"})
	p.end()
	p.expectInjected("look nothing", 3)
}

// The host turns on repeat for each song, also for the second one. Each song is heard once.
func TestRepetitionIsTurnedOffEachTime(t *testing.T) {
	t.Parallel()
	p := startOddParty(t, 3, 16)
	for song := range p.songs {
		p.untilHeard(song + 1)
		p.act(map[string]any{"action": "repeat", "mode": "track"})
	}
	p.end()
}

// The host pauses in Spotify's app, and the device falls asleep. Nothing plays until a host resumes.
func TestPauseIsObeyedUntilSomebodyResumes(t *testing.T) {
	t.Parallel()
	t.Run("device wakes", func(t *testing.T) {
		t.Parallel()
		p := startOddParty(t, 2, 12)
		p.fallAsleep(map[string]any{"sleep_after": "5s", "sleep_listed": true})
		if refusal := p.resume(); refusal != "" {
			t.Errorf("resumePlayback fails with %s", refusal)
		}
		p.end("DEVICE_LOST")
	})
	t.Run("no device is listed", func(t *testing.T) {
		t.Parallel()
		p := startOddParty(t, 2, 12)
		p.fallAsleep(map[string]any{"sleep_after": "5s"})
		if refusal := p.resume(); refusal != "NOT_FOUND" {
			t.Errorf("resumePlayback fails with %q, want NOT_FOUND", refusal)
		}
		p.eventually("the host to be asked for a device", func() bool { return p.told("DEVICE_LOST") })
		p.act(map[string]any{"action": "open-app"})
		p.eventually("resumePlayback to succeed", func() bool {
			time.Sleep(2 * time.Second)
			return p.resume() == ""
		})
		p.end("DEVICE_LOST")
	})
}

// A command is answered 502, and takes effect seconds later. The song is heard once.
func TestSongOfALateCommandIsHeardOnce(t *testing.T) {
	t.Parallel()
	for _, late := range []string{"3s", "6s"} {
		t.Run(late, func(t *testing.T) {
			t.Parallel()
			p := startOddParty(t, 3, 20)
			p.fault(map[string]any{
				"path": queuePath, "method": "POST", "status": http.StatusBadGateway, "applied_after": late,
			})
			p.end("UNREACHABLE")
			p.expectInjected("502 applied later", 1)
		})
	}
}
