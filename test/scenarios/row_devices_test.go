package scenarios_test

import (
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// deviceScenarios test devices that disappear, appear, and refuse commands.
func deviceScenarios() []scenario {
	return []scenario{
		{
			name:   "the app is closed in the middle of a song and opened again two minutes later",
			played: "1 2 3", silence: "2m10.9s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.close()
				time.Sleep(2 * time.Minute)
				p.app.open()
			},
		},
		{
			name:   "the app is closed after the commit and opened again a minute later",
			played: "1 2 3", silence: "1m18.22s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				p.app.close()
				time.Sleep(time.Minute)
				p.app.open()
			},
		},
		{
			name:   "the app is closed and opened again, and the host presses play",
			played: "1 2 3", silence: "30s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.close()
				time.Sleep(30 * time.Second)
				p.app.open()
				p.app.resume()
			},
		},
		{
			name:   "the host skips the last song, closes the app, and opens it again two minutes later",
			played: "1 2", silence: "2m11.14s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST OK NOTHING_TO_PLAY",
			options: options{songs: 1},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.skip()
				p.app.close()
				time.Sleep(2 * time.Minute)
				p.app.open()
				p.addSome(1)
			},
		},
		{
			name:   "the device disappears, and one other exists",
			played: "1 2 3", silence: "10.42s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.addDevice(sim.Device{Name: "Kitchen", Type: "Speaker"})
				must(p.t, p.app.host.RemoveDevice(p.app.speaker()))
			},
		},
		{
			name:   "the device disappears, and two others exist: the host chooses",
			played: "1 2 3", silence: "1m2.12s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST DEVICE_LOST/CHOOSE_DEVICE OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				kitchen := p.app.addDevice(sim.Device{Name: "Kitchen", Type: "Speaker"})
				p.app.addDevice(sim.Device{Name: "Bath", Type: "Speaker"})
				must(p.t, p.app.host.RemoveDevice(p.app.speaker()))
				time.Sleep(time.Minute)
				_, err := p.server.TransferPlayback(p.host, p.room.ID, kitchen)
				must(p.t, err)
				time.Sleep(time.Second)
				_, err = p.server.ResumePlayback(p.host, p.room.ID)
				must(p.t, err)
			},
		},
		{
			name:   "the host transfers playback to another device",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.transfer(p.app.addDevice(sim.Device{Name: "Kitchen", Type: "Speaker"}))
			},
		},
		{
			name:   "there is no device when the first song is added",
			played: "1 2", silence: "0s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST OK NOTHING_TO_PLAY",
			options: options{},
			course: func(p *fixture) {
				p.app.close()
				p.addSome(2)
				time.Sleep(3 * time.Minute)
				p.app.open()
			},
		},
		{
			name:   "the device is restricted until the host transfers playback",
			played: "1 2 3", silence: "2m21.2s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST/RESTRICTED OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.restrict(p.app.speaker(), true)
				p.untilLeft(-2 * time.Minute)
				p.app.transfer(p.app.addDevice(sim.Device{Name: "Kitchen", Type: "Speaker"}))
			},
		},
		{
			name:   "the device is restricted for a while",
			played: "1 2 3", silence: "2m21.2s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST/RESTRICTED OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.app.restrict(p.app.speaker(), true)
				p.untilLeft(-2 * time.Minute)
				p.app.restrict(p.app.speaker(), false)
			},
		},
	}
}

// accountScenarios test accounts that Spotify does not let the server use, or only partly.
func accountScenarios() []scenario {
	return []scenario{
		{
			name:   "no Premium: the host plays the room's playlist",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE OK NOT_ALLOWED/NO_PREMIUM OK NOTHING_TO_PLAY",
			options: options{songs: 3, spotify: func(s *sim.Switches) { s.Free, s.FollowsPlaylist = true, true }},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.pressPlay()
			},
		},
		{
			name:   "Premium ends during the party and returns half an hour later",
			played: "1 2 3 4", silence: "2m59.906s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE NOT_ALLOWED/NO_PREMIUM OK NOT_ALLOWED/NO_PREMIUM OK NOTHING_TO_PLAY",
			options: options{songs: 4},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				must(p.t, p.spotify.ChangeSwitches(p.account.ID, func(s *sim.Switches) { s.Free, s.FollowsPlaylist = true, true }))
				time.Sleep(5 * time.Minute)
				p.pressPlay()
				time.Sleep(25 * time.Minute)
				must(p.t, p.spotify.ChangeSwitches(p.account.ID, func(s *sim.Switches) { s.Free = false }))
			},
		},
		{
			name:   "Premium ends after the commit, the player hangs, and the host plays the playlist an hour later",
			played: "1 3 2 4", silence: "1h0m0s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE NOT_ALLOWED/NO_PREMIUM OK HOST_TOOK_OVER OK NOTHING_TO_PLAY",
			options: options{songs: 4}, states: "SKIPPED PLAYED PLAYED PLAYED",
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				p.untilLeft(10 * time.Second)
				must(p.t, p.spotify.ChangeSwitches(p.account.ID, func(s *sim.Switches) { s.Free, s.FollowsPlaylist = true, true }))
				p.app.freeze()
				requests := p.spotify.total()
				time.Sleep(time.Hour)
				if requests = p.spotify.total() - requests; requests > 300 {
					p.t.Errorf("%d requests in an hour in which only the host can start the music, want at most 300", requests)
				}
				p.pressPlay()
			},
		},
		{
			name:   "the host is removed from the app's list and added again ten minutes later",
			played: "1 2 3", silence: "13m54.346s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE NOT_ALLOWED/NOT_LISTED OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				must(p.t, p.spotify.ChangeSwitches(p.account.ID, func(s *sim.Switches) { s.NotAllowed = true }))
				time.Sleep(10 * time.Minute)
				must(p.t, p.spotify.ChangeSwitches(p.account.ID, func(s *sim.Switches) { s.NotAllowed = false }))
			},
		},
		{
			name:   "the host is removed from the app's list, added again ten minutes later, and resumes playback",
			played: "1 2 3", silence: "8m0.086s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE NOT_ALLOWED/NOT_LISTED OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				must(p.t, p.spotify.ChangeSwitches(p.account.ID, func(s *sim.Switches) { s.NotAllowed = true }))
				time.Sleep(10 * time.Minute)
				if _, err := p.server.ResumePlayback(p.host, p.room.ID); party.CodeOf(err) != party.Forbidden {
					p.t.Errorf("resuming while the player is not allowed: %v, want FORBIDDEN", err)
				}
				must(p.t, p.spotify.ChangeSwitches(p.account.ID, func(s *sim.Switches) { s.NotAllowed = false }))
				_, err := p.server.ResumePlayback(p.host, p.room.ID)
				must(p.t, err)
			},
		},
		{
			name:   "the app's owner has no Premium for ten minutes",
			played: "1 2 3", silence: "13m54.346s",
			health:  "NOTHING_TO_PLAY OK UNREACHABLE NOT_ALLOWED/OWNER_PREMIUM OK NOTHING_TO_PLAY",
			options: options{songs: 3},
			course: func(p *fixture) {
				time.Sleep(time.Minute)
				must(p.t, p.spotify.ChangeAppSwitches(func(s *sim.AppSwitches) { s.OwnerFree = true }))
				time.Sleep(10 * time.Minute)
				must(p.t, p.spotify.ChangeAppSwitches(func(s *sim.AppSwitches) { s.OwnerFree = false }))
			},
		},
	}
}

// pressPlay plays the room's playlist in the host's app.
func (p *fixture) pressPlay() {
	p.t.Helper()
	must(p.t, p.app.host.PlayPlaylist(p.playlist(), 0))
}

// playlist returns the URI of the room's playlist at Spotify.
func (p *fixture) playlist() (uri string) {
	p.t.Helper()
	row := p.reading.QueryRowContext(p.t.Context(), "SELECT playlist_uri FROM rooms WHERE id = ?", p.room.ID)
	must(p.t, row.Scan(&uri))
	return uri
}
