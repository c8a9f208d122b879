package scenarios_test

import (
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// playerScenarios test players that report wrong states, or play something that nobody asked for.
func playerScenarios() []scenario {
	return []scenario{
		{
			name:   "an advertisement of half a minute",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK HOST_TOOK_OVER OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.ad(30 * time.Second)
			},
		},
		{
			name:   "an advertisement after the commit",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK HOST_TOOK_OVER OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.app.ad(30 * time.Second)
			},
		},
		{
			name:   "an episode of a podcast",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK HOST_TOOK_OVER OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.episode(4 * time.Minute)
			},
		},
		{
			name:   "the progress freezes in the middle of a song",
			played: "1 2 3", silence: "24.52s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, states: "SKIPPED PLAYED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.freeze()
			},
		},
		{
			name:   "the progress freezes after the commit",
			states: "SKIPPED PLAYED PLAYED",
			played: "1 2 3", silence: "23.64s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.app.freeze()
			},
		},
		{
			name:   "the player gets stuck before the end of its last song",
			played: "1 2 3", silence: "1m59.846s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{spotify: func(s *sim.Switches) { s.EndStuck = true }},
			course: func(p *fixture) {
				p.addSome(1)
				time.Sleep(5 * time.Minute)
				p.addSome(2)
			},
		},
		{
			name:   "the progress counts on past the end of the song",
			played: "1 2 3", silence: "24.4s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(20 * time.Second)
				p.app.vanish()
			},
		},
		{
			name:   "the progress is always null", // so it is unknown that the songs reached their ends
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3, spotify: func(s *sim.Switches) { s.Progress = "null" }}, course: nothing,
		},
		{
			name:   "the player's state is stale for 1.5 s after each command",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4, spotify: func(s *sim.Switches) { s.Stale = 1500 * time.Millisecond }},
			states:  "SKIPPED PLAYED PLAYED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.skip()
			},
		},
		{
			name:   "the player plays another release than the one that was added",
			played: "1 2 3", silence: "0s",
			health: "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			course: func(p *fixture) {
				p.add(p.host)
				p.addTrack(p.host, p.relinkedSong())
				p.add(p.host)
			},
		},
		{
			name:   "Spotify's autoplay starts when the queue is empty, until a guest adds a song",
			played: "1 other 2 3 other", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY HOST_TOOK_OVER OK NOTHING_TO_PLAY",
			options: options{songs: 1, spotify: func(s *sim.Switches) { s.Autoplay = true }},
			course: func(p *fixture) {
				time.Sleep(4 * time.Minute)
				p.addSome(2)
			},
		},
		{
			name:   "the player repeats the song",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.askAsHost("PUT", "repeat?state=track")
			},
		},
	}
}

// relinkedSong returns a song of which the player plays another release.
func (w *world) relinkedSong() sim.Track {
	for _, track := range w.spotify.Catalogue() {
		if track.PlaysAs != track.ID && track.Playable {
			return track
		}
	}
	w.t.Fatal("the catalogue has no relinked song")
	return sim.Track{}
}
