package scenarios_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"antwon.dj/backend/internal/jukebox"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

// byPlaylist returns the options of a party whose songs are delivered by playlist.
func byPlaylist(songs int, spotify func(*sim.Switches)) options {
	delivery := party.DeliveryPlaylist
	return options{songs: songs, spotify: spotify, settings: party.SettingsChange{Delivery: &delivery}}
}

// following makes the player notice additions to its playlist.
func following(s *sim.Switches) { s.FollowsPlaylist = true }

// playlistScenarios test the delivery by playlist.
func playlistScenarios() []scenario {
	pressed := func(p *fixture) {
		time.Sleep(time.Minute)
		p.pressPlay()
	}
	return []scenario{
		{name: "a whole queue",
			played: "1 2 3 4 5", silence: "0s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST/PRESS_PLAY OK NOTHING_TO_PLAY",
			options: byPlaylist(5, following), course: pressed},
		{
			name:   "a whole queue, with likes until 45 s before the end",
			played: "1 4 5 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST/PRESS_PLAY OK NOTHING_TO_PLAY",
			options: byPlaylist(5, following),
			course: func(p *fixture) {
				guest := p.join("Gina")
				pressed(p)
				p.untilLeft(46 * time.Second)
				must(p.t, p.like(guest, 4))
				time.Sleep(2 * time.Second)
				must(p.t, p.like(guest, 5))
			},
		},
		{name: "the player ignores additions",
			played: "1 2 3 4", silence: "1.040875s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST/PRESS_PLAY OK OK/PLAYLIST_IGNORED NOTHING_TO_PLAY",
			options: byPlaylist(4, nil), course: pressed},
		{
			name:   "the playlist's endpoints answer 403",
			played: "1 2 3", silence: "0s",
			health:  "NOTHING_TO_PLAY OK OK/NO_PLAYLIST NOTHING_TO_PLAY",
			options: byPlaylist(3, func(s *sim.Switches) { s.ItemsForbidden = true }), course: nothing,
		},
		{
			name:   "the player ignores additions until the host chooses the delivery again",
			played: "1 2 3 4 5", silence: "4.200875s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST/PRESS_PLAY OK OK/PLAYLIST_IGNORED OK NOTHING_TO_PLAY",
			options: byPlaylist(5, nil),
			course: func(p *fixture) {
				pressed(p)
				p.untilHeard("2")
				must(p.t, p.spotify.ChangeSwitches(p.account.ID, following))
				list := party.DeliveryPlaylist
				_, err := p.server.UpdateRoom(
					p.host, p.room.ID, jukebox.RoomUpdate{Settings: &party.SettingsChange{Delivery: &list}}, nil,
				)
				must(p.t, err)
			},
		},
		{
			name:   "an addition is answered 502 and was carried out",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST/PRESS_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: byPlaylist(4, following),
			course: func(p *fixture) {
				pressed(p)
				p.fail(sim.Fault{
					Path: "/v1/playlists/", Method: http.MethodPost, Status: http.StatusBadGateway, AfterApplying: true,
				})
			},
		},
		{
			name:   "an addition is answered 502 and was not carried out",
			played: "1 2 3 4", silence: "0s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST/PRESS_PLAY OK UNREACHABLE OK NOTHING_TO_PLAY",
			options: byPlaylist(4, following),
			course: func(p *fixture) {
				pressed(p)
				p.fail(sim.Fault{Path: "/v1/playlists/", Method: http.MethodPost, Status: http.StatusBadGateway})
			},
		},
		{
			name:   "the host removes the next song after it was added",
			played: "1 2 3 4", silence: "3.18s",
			health:  "NOTHING_TO_PLAY OK DEVICE_LOST/PRESS_PLAY OK NOTHING_TO_PLAY",
			options: byPlaylist(4, following), states: "PLAYED SKIPPED PLAYED PLAYED",
			course: func(p *fixture) {
				pressed(p)
				p.untilLeft(30 * time.Second)
				must(p.t, p.remove(p.host, 2))
			},
		},
	}
}

// fallbackScenarios test songs that the server adds when nothing else waits.
func fallbackScenarios() []scenario {
	yes := true
	return []scenario{
		{
			name:   "songs of the host's playlist play, and give way to a guest's song",
			played: "1 other 2", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{settings: party.SettingsChange{Fallback: &yes}},
			course: func(p *fixture) {
				uri := p.app.playlist(p.music[100:110]...)
				_, err := p.server.UpdateRoom(
					p.host, p.room.ID, jukebox.RoomUpdate{Settings: &party.SettingsChange{FallbackPlaylistURI: &uri}}, nil,
				)
				must(p.t, err)
				p.addSome(1)
				time.Sleep(5 * time.Minute)
				p.add(p.join("Gina"))
				p.untilHeard("2")
				p.closeRoom()
			},
		},
		{
			name:   "without a playlist, similar songs play",
			played: "1 other 2", silence: "0s",
			health:  "NOTHING_TO_PLAY OK NOTHING_TO_PLAY",
			options: options{songs: 1, settings: party.SettingsChange{Fallback: &yes}},
			course: func(p *fixture) {
				time.Sleep(5 * time.Minute)
				p.add(p.join("Gina"))
				p.untilHeard("2")
				p.closeRoom()
			},
		},
	}
}

// untilHeard lets time pass until a song of the party plays and has only a minute left.
func (p *fixture) untilHeard(song string) {
	p.t.Helper()
	for range 60 {
		if strings.HasSuffix(" "+p.played(), " "+song) {
			p.untilLeft(time.Minute)
			return
		}
		time.Sleep(10 * time.Second)
	}
	p.t.Errorf("song %s did not start within ten minutes; heard: %s", song, p.played())
}

// closeRoom closes the room.
func (p *fixture) closeRoom() {
	p.t.Helper()
	_, err := p.server.CloseRoom(p.host, p.room.ID, nil)
	must(p.t, err)
}

// askAsHost sends a request about the player to the Web API, as the host's app does.
func (p *fixture) askAsHost(method, path string) { p.app.ask(method, "me/player/"+path, nil, nil) }

// playlist creates a playlist of the host's and returns its URI.
func (a app) playlist(tracks ...sim.Track) string {
	var created struct{ ID, URI string }
	a.ask(http.MethodPost, "me/playlists", map[string]any{"name": "Mine"}, &created)
	var uris []string
	for _, track := range tracks {
		uris = append(uris, track.URI)
	}
	a.ask(http.MethodPost, "playlists/"+created.ID+"/items", map[string]any{"uris": uris}, nil)
	return created.URI
}

// ask sends a request to the Web API with the host's token.
func (a app) ask(method, path string, body, into any) {
	a.t.Helper()
	text, err := json.Marshal(body)
	must(a.t, err)
	r := httptest.NewRequestWithContext(a.t.Context(), method, "/v1/"+path, bytes.NewReader(text))
	r.Header.Set("Authorization", "Bearer "+a.token())
	answer := a.spotify.direct(r)
	if answer.Code >= 300 {
		a.t.Fatalf("the host's app: %s %s: %d %s", method, path, answer.Code, answer.Body)
	}
	if into != nil {
		must(a.t, json.Unmarshal(answer.Body.Bytes(), into))
	}
}

// token returns an access token of the host's app.
func (a app) token() string {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.account.RefreshToken}}
	r := httptest.NewRequestWithContext(a.t.Context(), http.MethodPost, "/api/token",
		strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := io.ReadAll(a.spotify.direct(r).Body)
	must(a.t, err)
	var token struct {
		Access string `json:"access_token"`
	}
	must(a.t, json.Unmarshal(answer, &token))
	return token.Access
}
