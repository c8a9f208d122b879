package scenarios_test

import (
	"net/http"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// spotifyAppScenarios test a host who uses Spotify's app. The server observes the effect and respects it.
func spotifyAppScenarios() []scenario {
	return []scenario{
		{
			name:   "pauses for five minutes",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.pause()
				time.Sleep(5 * time.Minute)
				p.app.resume()
			},
		},
		{
			name:   "pauses after the commit",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.app.pause()
				time.Sleep(5 * time.Minute)
				p.app.resume()
			},
		},
		{
			name:   "seeks to the last seconds",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.seek(lengthOf(p.track(1)) - 5*time.Second)
			},
		},
		{
			name:   "seeks back to the beginning after the commit",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.app.seek(0)
			},
		},
		{
			name:   "skips before the commit",
			played: "1 2 3", silence: "2.8s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, states: "SKIPPED PLAYED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.skip()
			},
		},
		{
			name:   "skips after the commit",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.app.skip()
			},
		},
		{
			name:   "plays a song of their own",
			played: "1 other 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK HOST_TOOK_OVER OK NOTHING_TO_PLAY",
			options: options{songs: 3}, states: "SKIPPED PLAYED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.play(p.music[0])
			},
		},
		{
			name:   "plays a song of their own after the commit",
			played: "1 other 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK HOST_TOOK_OVER OK NOTHING_TO_PLAY",
			options: options{songs: 3}, states: "SKIPPED PLAYED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.app.play(p.music[0])
			},
		},
		{
			name:   "plays a song of their own instead of the committed one, while the player cannot be observed",
			played: "1 2 other 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE HOST_TOOK_OVER OK NOTHING_TO_PLAY",
			options: options{songs: 3}, states: "PLAYED SKIPPED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(5 * time.Second)
				p.fail(sim.Fault{Path: playerPath, Status: http.StatusBadGateway, Times: 3})
				time.Sleep(11 * time.Second)
				p.app.play(p.songs(1, 2*time.Minute)[0])
			},
		},
		{
			name:   "plays one of the room's songs early",
			played: "1 3 2 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4}, states: "SKIPPED PLAYED PLAYED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.play(p.track(3))
			},
		},
		{
			name:   "plays one of the room's songs early, after the commit",
			played: "1 3 2 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 4}, states: "SKIPPED PLAYED PLAYED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.app.play(p.track(3))
			},
		},
	}
}

// commandScenarios test host commands, which are carried out once, whatever Spotify answers.
func commandScenarios() []scenario {
	return []scenario{
		{
			name:   "skips a song",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3}, states: "SKIPPED PLAYED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.skip()
			},
		},
		{
			name:   "skips a song; Spotify carries it out and answers 502",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 3}, states: "SKIPPED PLAYED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.fail(sim.Fault{Path: playPath, Status: http.StatusBadGateway, AfterApplying: true})
				p.skip()
			},
		},
		{
			name:   "skips a song after the commit; Spotify carries it out and answers 502",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 4}, states: "SKIPPED PLAYED PLAYED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.fail(sim.Fault{Path: nextPath, Status: http.StatusBadGateway, AfterApplying: true})
				p.skip()
			},
		},
		{
			name:   "skips a song after the commit; Spotify answers 502 and does not carry it out: the host is told",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: options{songs: 4},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.fail(sim.Fault{Path: nextPath, Status: http.StatusBadGateway})
				_, err := p.server.SkipSong(p.host, p.room.ID, nil)
				if party.CodeOf(err) != party.UpstreamUnavailable {
					p.t.Errorf("the skip is answered %v", err)
				}
			},
		},
		{
			name:   "pauses and resumes; Spotify carries out the pause and answers 502",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.fail(sim.Fault{Path: "/v1/me/player/pause", Status: http.StatusBadGateway, AfterApplying: true})
				_, err := p.server.PausePlayback(p.host, p.room.ID)
				must(p.t, err)
				time.Sleep(5 * time.Minute)
				_, err = p.server.ResumePlayback(p.host, p.room.ID)
				must(p.t, err)
			},
		},
		{
			name:   "skips while Spotify is cooling down: refused at once",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK COOLING_DOWN OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.fail(sim.Fault{Path: playerPath, Status: tooMany, RetryAfter: 37 * time.Second})
				time.Sleep(20 * time.Second)
				if _, err := p.server.SkipSong(p.host, p.room.ID, nil); err == nil {
					p.t.Error("a skip succeeds during the cool-down")
				}
			},
		},
		{
			name:   "transfers playback to another device; Spotify carries it out and answers 502",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				kitchen := p.app.addDevice(sim.Device{Name: "Kitchen", Type: "Speaker"})
				p.fail(sim.Fault{Path: playerPath, Method: http.MethodPut, Status: http.StatusBadGateway, AfterApplying: true})
				_, err := p.server.TransferPlayback(p.host, p.room.ID, kitchen)
				must(p.t, err)
			},
		},
	}
}

// skip skips the current song by a host command.
func (p *fixture) skip() {
	p.t.Helper()
	_, err := p.server.SkipSong(p.host, p.room.ID, nil)
	must(p.t, err)
}

// track returns one of the party's songs, by its number.
func (p *fixture) track(song int) sim.Track { return p.spotify.tracks[p.items[song-1].Song.URI] }
