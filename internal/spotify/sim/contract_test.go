package sim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"antwon.dj/backend/internal/spotify/contract"
	"antwon.dj/backend/internal/spotify/sim"
)

// contractTest sends requests to a simulator through a transport that checks them against Spotify's description.
type contractTest struct {
	*testing.T
	sim     *sim.Spotify
	account sim.Account
	clock   *clock
	songs   []sim.Track
	base    string
	bearer  string
	seen    map[string]bool // "GET 200"
}

func newContractTest(t *testing.T) *contractTest {
	t.Helper()
	now := newClock()
	s, server := start(t, sim.Config{Now: now.Now, CoverURL: "http://127.0.0.1:1/covers"})
	account := addAccount(t, s)
	return &contractTest{
		T: t, sim: s, account: account, clock: now, songs: plain(s, 5), base: server.URL + "/v1",
		bearer: bearer(t, server.URL, account), seen: map[string]bool{},
	}
}

// do sends a request, expects a status, and returns the body of the response.
func (c *contractTest) do(transport http.RoundTripper, status int, method, path, body string) string {
	c.Helper()
	request, err := http.NewRequestWithContext(c.Context(), method, c.base+path, strings.NewReader(body))
	must(c.T, err)
	request.Header.Set("Authorization", c.bearer)
	response, err := (&http.Client{Transport: transport}).Do(request)
	must(c.T, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	must(c.T, err)
	if response.StatusCode != status {
		c.Errorf("%s %s: %d instead of %d: %s", method, path, response.StatusCode, status, answer)
	}
	return string(answer)
}

func checking(t *testing.T) http.RoundTripper {
	t.Helper()
	transport := contract.Check(t, http.DefaultTransport)
	if transport == http.DefaultTransport {
		t.SkipNow() // contract.Check has logged why
	}
	return transport
}

func TestContractOfSuccesses(t *testing.T) {
	transport, c := checking(t), newContractTest(t)
	ok := func(status int, method, path, body string) string {
		c.Helper()
		return c.do(transport, status, method, path, body)
	}
	song, artist := c.songs[0], ""
	var track struct {
		Artists []struct{ ID string }
		Album   struct{ ID string }
	}
	must(t, json.Unmarshal([]byte(ok(200, "GET", "/tracks/"+song.ID, "")), &track))
	artist = track.Artists[0].ID

	ok(200, "GET", "/me", "")
	ok(200, "GET", "/search?type=track&q=umbrella&limit=10&offset=2&market=DE", "")
	ok(200, "GET", "/search?type=track&q=umbrella&limit=0", "")
	ok(200, "GET", "/artists/"+artist, "")
	ok(200, "GET", "/artists/"+artist+"/albums?limit=10&include_groups=album,single,appears_on", "")
	ok(200, "GET", "/albums/"+track.Album.ID+"/tracks?limit=50", "")
	ok(200, "GET", "/me/top/tracks?time_range=short_term&limit=5", "")
	ok(200, "GET", "/me/tracks?limit=5&offset=3", "")
	ok(404, "GET", "/recommendations?seed_tracks="+song.ID, "")

	ok(204, "GET", "/me/player", "")
	ok(204, "GET", "/me/player/currently-playing", "")
	ok(200, "GET", "/me/player/queue", "")
	ok(200, "GET", "/me/player/recently-played", "")
	ok(200, "GET", "/me/player/devices", "")
	device := c.sim.Host(c.account.ID).Devices()[0].ID
	for _, success := range []int{200, 202, 204} {
		must(t, c.sim.ChangeSwitches(c.account.ID, func(s *sim.Switches) { s.Success = success }))
		ok(success, "PUT", "/me/player", `{"device_ids":["`+device+`"],"play":false}`)
		ok(success, "PUT", "/me/player/play?device_id="+device,
			`{"uris":["`+song.URI+`","`+c.songs[1].URI+`"],"offset":{"position":0},"position_ms":1000}`)
		ok(success, "POST", "/me/player/queue?uri="+c.songs[2].URI, "")
		ok(success, "PUT", "/me/player/seek?position_ms=31000", "")
		ok(success, "POST", "/me/player/next", "")
		ok(success, "POST", "/me/player/next", "")
		ok(success, "POST", "/me/player/previous", "")
		ok(success, "PUT", "/me/player/volume?volume_percent=30", "")
		ok(success, "PUT", "/me/player/repeat?state=context", "")
		ok(success, "PUT", "/me/player/shuffle?state=true", "")
		ok(success, "PUT", "/me/player/pause", "")
		ok(success, "PUT", "/me/player/play", "")
	}
	ok(200, "GET", "/me/player", "")
	ok(200, "GET", "/me/player/currently-playing?additional_types=episode,track", "")
	ok(200, "GET", "/me/player/queue", "")
	ok(200, "GET", "/me/player/recently-played?limit=2", "")

	var list struct{ ID, URI string }
	must(t, json.Unmarshal([]byte(ok(201, "POST", "/me/playlists",
		`{"name":"A party","public":false,"description":"songs"}`)), &list))
	at := "/playlists/" + list.ID
	ok(200, "PUT", at, `{"name":"Another","description":"more songs"}`)
	ok(201, "POST", at+"/items", `{"uris":["`+song.URI+`","`+c.songs[3].URI+`"],"position":0}`)
	ok(201, "POST", at+"/items?uris="+c.songs[4].URI+"&position=1", "")
	ok(200, "PUT", at+"/items", `{"range_start":0,"insert_before":3}`)
	ok(200, "GET", at+"/items?limit=2", "")
	ok(200, "GET", at, "")
	ok(200, "GET", "/me/playlists?limit=50", "")
	ok(204, "PUT", "/me/player/play", `{"context_uri":"`+list.URI+`","offset":{"uri":"`+c.songs[3].URI+`"}}`)
	ok(200, "GET", "/me/player", "")
	ok(200, "DELETE", at+"/items", `{"items":[{"uri":"`+song.URI+`"}]}`)
	ok(200, "PUT", at+"/items", `{"uris":["`+song.URI+`"]}`)
	ok(200, "DELETE", "/me/library?uris="+list.URI, "")
}

// TestContractOfUnusualPlayerStates covers the states that a host can cause in Spotify's own apps.
func TestContractOfUnusualPlayerStates(t *testing.T) {
	transport, c := checking(t), newContractTest(t)
	host := c.sim.Host(c.account.ID)
	tune := func(change func(*sim.Switches)) func() error {
		return func() error { return c.sim.ChangeSwitches(c.account.ID, change) }
	}
	for name, do := range map[string]func() error{
		"advertisement":  func() error { return host.PlayAdvertisement(time.Minute) },
		"episode":        func() error { return host.PlayEpisode(time.Minute) },
		"vanished":       func() error { c.clock.pass(time.Hour); return host.PlayURI(c.songs[1].URI) },
		"null progress":  tune(func(s *sim.Switches) { s.Progress = "null" }),
		"closed":         host.CloseApp,
		"no volume, ids": func() error { return hideVolumeAndID(host) },
	} {
		t.Run(name, func(*testing.T) {
			must(t, host.OpenApp())
			must(t, host.PlayURI(c.songs[0].URI))
			must(t, do())
			if name == "vanished" {
				must(t, host.Vanish())
				c.clock.pass(time.Hour)
			}
			for _, path := range []string{"", "/currently-playing", "/queue", "/devices", "?additional_types=episode",
				"/currently-playing?additional_types=episode"} {
				status := 200
				if name == "closed" && path != "/queue" && path != "/devices" {
					status = 204
				}
				c.bearer = bearer(t, strings.TrimSuffix(c.base, "/v1"), c.account)
				c.do(transport, status, "GET", "/me/player"+path, "")
			}
		})
	}
}

func hideVolumeAndID(host sim.Host) error {
	return host.ChangeDevice(host.Devices()[0].ID, func(d *sim.Device) { d.Volume, d.WithoutID = nil, true })
}

func TestContractOfErrors(t *testing.T) {
	checking(t)
	c := newContractTest(t)
	transport := contract.CheckResponses(t, http.DefaultTransport)
	wrong := func(status int, method, path, body string) {
		c.Helper()
		c.do(transport, status, method, path, body)
	}
	tuned := func(change func(*sim.Switches), ask func()) {
		must(t, c.sim.ChangeSwitches(c.account.ID, change))
		ask()
		must(t, c.sim.ChangeSwitches(c.account.ID, func(s *sim.Switches) { *s = sim.Switches{} }))
	}
	nobody := "0000000000000000000000"
	wrong(400, "GET", "/search?type=track&q=a&limit=11", "")
	wrong(400, "GET", "/search?type=track", "")
	wrong(404, "GET", "/tracks/"+nobody, "")
	wrong(404, "GET", "/artists/"+nobody+"/albums", "")
	wrong(404, "GET", "/albums/"+nobody+"/tracks", "")
	wrong(404, "GET", "/playlists/"+nobody+"/items", "")
	wrong(400, "POST", "/me/playlists", `{"name":""}`)
	wrong(400, "DELETE", "/me/library?uris=x", "")
	wrong(400, "DELETE", "/me/library?uris="+strings.Repeat("spotify:track:a,", 40)+"spotify:track:a", "")
	for _, path := range []string{"/tracks?ids=a", "/users/u", "/users/u/playlists", "/playlists/p/tracks",
		"/artists/a/top-tracks", "/artists/a/related-artists", "/browse/new-releases", "/audio-features/a"} {
		wrong(403, "GET", path, "")
	}
	wrong(403, "PUT", "/me/player/pause", "")
	tuned(func(s *sim.Switches) { s.Free = true }, func() { wrong(403, "PUT", "/me/player/pause", "") })
	tuned(func(s *sim.Switches) { s.NotAllowed = true }, func() { wrong(403, "GET", "/me", "") })
	tuned(func(s *sim.Switches) { s.ItemsForbidden = true },
		func() { wrong(403, "GET", "/playlists/"+nobody+"/items", "") })
	must(t, c.sim.SetDeviceActive(c.account.ID, false))
	wrong(404, "POST", "/me/player/next", "")
	wrong(404, "PUT", "/me/player", `{"device_ids":["none"]}`)
	for _, fault := range []sim.Fault{
		{Status: 429, PlainText: true}, {Status: 429, Reason: "QUOTA_EXCEEDED"}, {Status: 502, HTML: true},
		{Status: 503, Empty: true}, {Status: 500},
	} {
		c.sim.InjectFault(fault)
		wrong(fault.Status, "GET", "/me/player/devices", "")
	}
	must(t, c.sim.ChangeAppSwitches(func(a *sim.AppSwitches) { a.Limit, a.LimitJSON = 1, true }))
	c.do(transport, 200, "GET", "/me", "")
	wrong(429, "GET", "/me", "")
	must(t, c.sim.ChangeAppSwitches(func(a *sim.AppSwitches) { *a = sim.AppSwitches{OwnerFree: true} }))
	wrong(403, "GET", "/me", "")
	c.bearer = "Bearer nonsense"
	wrong(401, "GET", "/me", "")
}

// TestContractOfExtendedQuota covers what Development Mode lost. The description still contains it, marked as
// deprecated.
func TestContractOfExtendedQuota(t *testing.T) {
	transport, c := checking(t), newContractTest(t)
	must(t, c.sim.ChangeAppSwitches(func(a *sim.AppSwitches) { a.Extended = true }))
	var list, track struct {
		ID      string
		Artists []struct{ ID string }
	}
	ok := func(status int, method, path, body string) string {
		c.Helper()
		return c.do(transport, status, method, path, body)
	}
	song := c.songs[0]
	must(t, json.Unmarshal([]byte(ok(200, "GET", "/tracks/"+song.ID, "")), &track))
	ok(200, "GET", "/me", "")
	ok(200, "GET", "/users/"+c.account.ID, "")
	ok(200, "GET", "/tracks?ids="+song.ID+","+c.songs[1].ID, "")
	ok(200, "GET", "/artists/"+track.Artists[0].ID, "")
	ok(200, "GET", "/artists/"+track.Artists[0].ID+"/albums?limit=10", "")
	ok(200, "GET", "/artists/"+track.Artists[0].ID+"/top-tracks", "")
	ok(200, "GET", "/artists/"+track.Artists[0].ID+"/related-artists", "")
	ok(200, "GET", "/recommendations?limit=15&seed_tracks="+song.ID+"&seed_artists="+track.Artists[0].ID, "")
	must(t, json.Unmarshal([]byte(ok(201, "POST", "/users/"+c.account.ID+"/playlists", `{"name":"Old"}`)), &list))
	at := "/playlists/" + list.ID
	ok(201, "POST", at+"/tracks", `{"uris":["`+song.URI+`"]}`)
	ok(200, "PUT", at+"/tracks", `{"uris":["`+song.URI+`","`+c.songs[1].URI+`"]}`)
	ok(200, "DELETE", at+"/tracks", `{"tracks":[{"uri":"`+song.URI+`"}]}`)
	ok(200, "GET", at+"/tracks?limit=100", "")
	ok(200, "GET", at, "")
	ok(200, "GET", "/users/"+c.account.ID+"/playlists", "")
	ok(200, "DELETE", at+"/followers", "")
}
