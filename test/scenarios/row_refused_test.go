package scenarios_test

import (
	"net/http"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// refusedSongScenarios test songs that Spotify always refuses. The others play meanwhile, and the song leaves the queue
// after five tries.
func refusedSongScenarios() (all []scenario) {
	refusals := []struct {
		name    string
		fault   sim.Fault
		silence string // if the song is not the first one
		health  string
	}{
		{"403 UNKNOWN", sim.Fault{Status: http.StatusForbidden, Reason: "UNKNOWN"}, "0s", "OK"},
		{"403 without a reason", sim.Fault{Status: http.StatusForbidden, Message: "Forbidden."}, "0s", "OK"},
		{"502", sim.Fault{Status: http.StatusBadGateway}, "400ms", "OK UNREACHABLE OK"},
	}
	for _, r := range refusals {
		all = append(all, scenario{
			name:   "one song is always answered " + r.name + " when it is committed",
			played: "1 3 4 5 6 7 8", silence: r.silence,
			health:  "NOTHING_TO_PLAY " + r.health + " NOTHING_TO_PLAY",
			options: options{songs: 8}, states: "PLAYED SKIPPED PLAYED PLAYED PLAYED PLAYED PLAYED PLAYED",
			course: func(p *fixture) { p.refuse(2, r.fault) },
		}, scenario{
			name:   "the first song of a silent room is always answered " + r.name,
			played: "2 3 4 5 6 7 8", silence: "0s",
			health: "NOTHING_TO_PLAY " + r.health + " NOTHING_TO_PLAY",
			states: "SKIPPED PLAYED PLAYED PLAYED PLAYED PLAYED PLAYED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				fault := r.fault
				fault.URI = p.music[0].URI
				p.persist(fault)
				p.addSome(8)
				time.Sleep(20 * time.Second) // what is answered 502 may begin late
				if p.played() != "2" {
					p.t.Errorf("20 s later played %q, want song 2", p.played())
				}
				p.wholeParty(10 * time.Second)
				p.heal()
			},
		})
	}
	return all
}

// refuse refuses a song of the party until all others have been heard.
func (p *fixture) refuse(song int, f sim.Fault) {
	p.t.Helper()
	f.URI = p.track(song).URI
	p.persist(f)
	p.wholeParty(10 * time.Second)
	p.heal()
}

// brokenSongScenarios test a song that Spotify accepts but the player cannot load, or cannot play to its end.
func brokenSongScenarios() (all []scenario) {
	for _, broken := range []struct {
		how     string
		played  string
		silence string
		health  string
		most    time.Duration
	}{
		{sim.TrackSkipped, "1 3 4 5", "2.48s", "OK", 10 * time.Second},
		{sim.TrackSilent, "1 3 4 5", "2.48s", "OK", 10 * time.Second},
		{sim.TrackStuck, "1 3 4 5", "3m16.214152s", "OK", 200 * time.Second},
		{sim.TrackEndless, "1 2 3 4 5", "3.52s", "OK", 10 * time.Second},
	} {
		states := "PLAYED SKIPPED PLAYED PLAYED PLAYED"
		if broken.how == sim.TrackEndless {
			states = "PLAYED PLAYED PLAYED PLAYED PLAYED"
		}
		all = append(all, scenario{
			name:   "the player cannot load one song, or end it: " + broken.how,
			played: broken.played, silence: broken.silence,
			health:  "NOTHING_TO_PLAY " + broken.health + " NOTHING_TO_PLAY",
			options: options{songs: 5}, states: states,
			course: func(p *fixture) {
				must(p.t, p.spotify.BreakTrack(p.track(2).URI, broken.how))
				p.wholeParty(broken.most)
			},
		})
	}
	return all
}
