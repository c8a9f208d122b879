package sim_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zmb3/spotify/v2"
	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/spotify/sim"
)

// api sends a request to the Web API, expects a status, and returns the body.
func (p *playerTest) api(status int, method, path, body string) string {
	p.Helper()
	got := ask(p.T, method, strings.TrimSuffix(p.url, "/me/player")+path, p.bearer, body)
	if got.status != status {
		p.Errorf("%s %s: %d instead of %d: %s", method, path, got.status, status, got.body)
	}
	return got.body
}

// newPlaylist creates a private playlist that contains songs.
func (p *playerTest) newPlaylist(songs ...sim.Track) (id, uri string) {
	p.Helper()
	var made struct{ ID, URI string }
	must(p.T, json.Unmarshal([]byte(p.api(201, "POST", "/me/playlists", `{"name":"ANTWON-ABCD","public":false}`)), &made))
	if len(songs) > 0 {
		p.api(201, "POST", "/playlists/"+made.ID+"/items", urisBody(songs...))
	}
	return made.ID, made.URI
}

func urisBody(songs ...sim.Track) string {
	list := []string{}
	for _, song := range songs {
		list = append(list, song.URI)
	}
	data, _ := json.Marshal(map[string]any{"uris": list})
	return string(data)
}

// items returns the URIs in a playlist.
func (p *playerTest) items(id string) (list []string) {
	p.Helper()
	var page struct {
		Total int
		Items []struct{ Item struct{ URI string } }
	}
	must(p.T, json.Unmarshal([]byte(p.api(200, "GET", "/playlists/"+id+"/items?limit=50", "")), &page))
	for _, item := range page.Items {
		list = append(list, item.Item.URI)
	}
	if page.Total != len(list) {
		p.Errorf("%d items of %d", len(list), page.Total)
	}
	return list
}

func (p *playerTest) wantItems(id string, songs ...sim.Track) {
	p.Helper()
	var want []string
	for _, song := range songs {
		want = append(want, song.URI)
	}
	if got := p.items(id); !slices.Equal(got, want) {
		p.Errorf("the playlist holds\n%q\nnot\n%q", got, want)
	}
}

func TestPlaylistLifecycle(t *testing.T) {
	p := newPlayerTest(t)
	a, b, c, d := p.songs[0], p.songs[1], p.songs[2], p.songs[3]
	id, uri := p.newPlaylist(a, b)
	at := "/playlists/" + id
	p.wantItems(id, a, b)
	p.api(201, "POST", at+"/items", `{"uris":["`+c.URI+`"],"position":1}`)
	p.api(201, "POST", at+"/items?uris="+a.URI+","+d.URI, urisBody(b)) // the query wins
	p.wantItems(id, a, c, b, a, d)
	p.api(200, "PUT", at+"/items", `{"range_start":0,"insert_before":3,"range_length":2}`)
	p.wantItems(id, b, a, c, a, d)
	p.api(200, "PUT", at+"/items", `{"range_start":4,"insert_before":0}`)
	p.wantItems(id, d, b, a, c, a)
	var answer struct {
		Snapshot string `json:"snapshot_id"`
	}
	must(t, json.Unmarshal([]byte(p.api(200, "DELETE", at+"/items", `{"items":[{"uri":"`+a.URI+`"}]}`)), &answer))
	p.wantItems(id, d, b, c)
	p.api(200, "DELETE", at+"/items", `{"items":[{"uri":"`+b.URI+`"}],"snapshot_id":"`+answer.Snapshot+`"}`)
	p.api(200, "PUT", at+"/items", urisBody(c))
	p.wantItems(id, c)
	p.api(200, "PUT", at+"/items", `{"uris":[]}`)
	p.wantItems(id)

	p.api(200, "PUT", at, `{"name":"After the party","description":"It was good."}`)
	if got := p.api(200, "GET", at, ""); !strings.Contains(got, `"name":"After the party"`) ||
		!strings.Contains(got, `"public":false`) || strings.Contains(got, `"tracks"`) {
		t.Errorf("the playlist: %s", got)
	}
	if got := p.api(200, "GET", at+"/items?fields=total,next,items(item(name,artists.name))",
		""); got != `{"items":[],"next":null,"total":0}` {
		t.Errorf("fields: %s", got)
	}
	if got := p.api(200, "GET", "/me/playlists", ""); !strings.Contains(got, id) {
		t.Errorf("my playlists: %s", got)
	}
	if got := p.api(200, "DELETE", "/me/library?uris="+url.QueryEscape(uri), ""); got != "" {
		t.Errorf("unfollowing answers %s", got)
	}
	if got := p.api(200, "GET", "/me/playlists", ""); strings.Contains(got, id) {
		t.Errorf("my playlists, after unfollowing: %s", got)
	}
	p.api(200, "GET", at, "") // unfollowing does not delete it
}

func TestFieldsSelectParts(t *testing.T) {
	p := newPlayerTest(t)
	id, _ := p.newPlaylist(p.songs[0])
	for fields, want := range map[string]string{
		"total":                       `{"total":1}`,
		"items(item(uri))":            `{"items":[{"item":{"uri":"` + p.songs[0].URI + `"}}]}`,
		"items.item.uri,total":        `{"items":[{"item":{"uri":"` + p.songs[0].URI + `"}}],"total":1}`,
		"items(item.uri,is_local)":    `{"items":[{"is_local":false,"item":{"uri":"` + p.songs[0].URI + `"}}]}`,
		"items.item(uri,type),offset": `{"items":[{"item":{"type":"track","uri":"` + p.songs[0].URI + `"}}],"offset":0}`,
		"nothing":                     `{}`,
	} {
		if got := p.api(200, "GET", "/playlists/"+id+"/items?fields="+url.QueryEscape(fields), ""); got != want {
			t.Errorf("%s: %s", fields, got)
		}
	}
	for _, fields := range []string{"items(", "items)", "a,,b", "a..b", "items(item", "(a)", "a(b)c"} {
		p.api(400, "GET", "/playlists/"+id+"/items?fields="+url.QueryEscape(fields), "")
	}
}

func TestInvalidPlaylistRequests(t *testing.T) {
	p := newPlayerTest(t)
	id, uri := p.newPlaylist(p.songs[0])
	at := "/playlists/" + id
	for _, tt := range []struct{ method, path, body, want string }{
		{"POST", "/me/playlists", `{"public":false}`, message(400, "Missing required field: name", "")},
		{"POST", "/me/playlists", `{"name":"x","public":true,"collaborative":true}`,
			message(400, "Collaborative playlists can only be private", "")},
		{"GET", "/me/playlists?limit=51", "", message(400, "Invalid limit", "")},
		{"GET", at + "/items?limit=51", "", message(400, "Invalid limit", "")},
		{"GET", "/playlists/nothing", "", message(404, "Not Found", "")},
		{"POST", at + "/items", `{"uris":["spotify:track:nothing"]}`, message(404, "Not Found", "")},
		{"POST", at + "/items", `{"uris":[]}`, message(400, "No uris provided", "")},
		{"POST", at + "/items", `{"uris":["` + p.songs[0].URI + `"],"position":2}`, message(400, "Index out of bounds", "")},
		{"POST", at + "/items", urisBody(slices.Repeat(p.songs[:1], 101)...),
			message(400, "You can add a maximum of 100 tracks per request.", "")},
		{"PUT", at + "/items", `{"range_start":1,"insert_before":0}`, message(400, "Index out of bounds", "")},
		{"PUT", at + "/items", `{"range_start":0,"insert_before":0,"range_length":9223372036854775807}`,
			message(400, "Index out of bounds", "")},
		{"PUT", at + "/items", `{}`, message(400, "Missing uris", "")},
		{"DELETE", at + "/items", `{"tracks":[{"uri":"x"}]}`, message(400, "Missing items", "")},
		{"DELETE", at + "/items", `{"items":[{"uri":"x"}],"snapshot_id":"x"}`, message(400, "Invalid snapshot id", "")},
		{"DELETE", "/me/library?uris=" + strings.Repeat(uri+",", 40) + uri, "", message(400, "Too many uris", "")},
		{"DELETE", "/me/library", "", message(400, "Invalid uri", "")},
		{"POST", at + "/tracks", urisBody(p.songs[0]), message(403, "Forbidden", "")},
		{"DELETE", at + "/followers", "", message(403, "Forbidden", "")},
	} {
		if got := ask(t, tt.method, strings.TrimSuffix(p.url, "/me/player")+tt.path, p.bearer, tt.body); got.body != tt.want {
			t.Errorf("%s %s: %d %s\nnot %s", tt.method, tt.path, got.status, got.body, tt.want)
		}
	}
	p.wantItems(id, p.songs[0])

	guest := addAccount(t, p.sim)
	p.bearer = bearer(t, strings.TrimSuffix(p.url, "/v1/me/player"), guest)
	p.api(200, "GET", at, "")
	for _, call := range [][3]string{{"GET", "/items"}, {"POST", "/items", urisBody(p.songs[0])},
		{"PUT", "/items", `{"uris":[]}`}, {"PUT", "", `{"name":"mine"}`}} {
		if got := p.api(403, call[0], at+call[1], call[2]); got != message(403, "Forbidden", "") {
			t.Errorf("of another: %s", got)
		}
	}
}

// TestPlaylistScopes: playlists are public by default, and private and public ones require different scopes.
func TestPlaylistScopes(t *testing.T) {
	s, server := start(t, sim.Config{})
	token := func(scopes ...string) string {
		config := app(server.URL, "web", "x", callback, scopes...)
		_, to, _ := visit(t, browser(t), config.AuthCodeURL("s")+"&decision=allow&account=rosa")
		token, err := config.Exchange(t.Context(), to.Get("code"))
		must(t, err)
		return "Bearer " + token.AccessToken
	}
	const private, public = `{"name":"x","public":false}`, `{"name":"x"}`
	for _, tt := range []struct {
		scope, body string
		status      int
	}{
		{"playlist-modify-private", private, 201}, {"playlist-modify-private", public, 403},
		{"playlist-modify-public", private, 403}, {"playlist-modify-public", public, 201}, {"user-top-read", public, 403},
	} {
		if got := ask(t, "POST", server.URL+"/v1/me/playlists", token(tt.scope), tt.body); got.status != tt.status {
			t.Errorf("%s with %s: %d %s", tt.body, tt.scope, got.status, got.body)
		}
	}
	for scope, want := range map[string]int{"playlist-read-private": 2, "user-top-read": 1} {
		var page struct{ Total int }
		must(t, json.Unmarshal([]byte(ask(t, "GET", server.URL+"/v1/me/playlists", token(scope), "").body), &page))
		if page.Total != want {
			t.Errorf("%d playlists with %s", page.Total, scope)
		}
	}
	if len(s.Accounts()) != 1 {
		t.Error("the account was created twice")
	}
}

// TestPlayerNoticesPlaylistChangesOnlyWithSwitch: as a rule, a player does not notice that its playlist has changed.
func TestPlayerNoticesPlaylistChangesOnlyWithSwitch(t *testing.T) {
	for _, follows := range []bool{false, true} {
		t.Run(fmt.Sprint(follows), func(t *testing.T) {
			p := newPlayerTest(t)
			p.tune(func(s *sim.Switches) { s.FollowsPlaylist = follows })
			id, uri := p.newPlaylist(p.songs[0], p.songs[1], p.songs[2])
			p.api(200, "PUT", "/me/player/play", `{"context_uri":"`+uri+`","offset":{"position":1}}`)
			if got := p.raw().body; !strings.Contains(got, `"context":{"type":"playlist","uri":"`+uri+`"`) {
				t.Errorf("context: %s", got)
			}
			p.api(201, "POST", "/playlists/"+id+"/items", urisBody(p.songs[3]))
			p.api(200, "DELETE", "/playlists/"+id+"/items", `{"items":[{"uri":"`+p.songs[0].URI+`"}]}`)
			p.clock.pass(401 * time.Second)
			if follows {
				wantPlaying(t, p.client, p.songs[3], time.Second)
			} else if state(t, p.client).Playing {
				t.Error("the player noticed the change")
			}
			must(t, p.host.PlayPlaylist(uri, 2)) // started again, it plays the changed playlist
			wantPlaying(t, p.client, p.songs[3], 0)
			if err := p.host.PlayPlaylist(uri, 3); err == nil {
				t.Error("an index beyond the end was accepted")
			}
		})
	}
}

func TestPlaylistsSurviveRestart(t *testing.T) {
	cfg := sim.Config{StateFile: filepath.Join(t.TempDir(), "spotify.json")}
	s, server := start(t, cfg)
	account, song := addAccount(t, s), plain(s, 1)[0]
	p := &playerTest{T: t, bearer: bearer(t, server.URL, account), url: server.URL + "/v1/me/player"}
	id, _ := p.newPlaylist(song)
	server.Close()
	_, server = start(t, cfg)
	p.url = server.URL + "/v1/me/player"
	p.wantItems(id, song)
}

// TestExtendedQuotaRestoresRemovedEndpoints: the zmb3 library, which knows only the old paths, works.
func TestExtendedQuotaRestoresRemovedEndpoints(t *testing.T) {
	p := newPlayerTest(t)
	must(t, p.sim.ChangeAppSwitches(func(a *sim.AppSwitches) { a.Extended = true }))
	ctx := t.Context()
	me, err := p.client.CurrentUser(ctx)
	must(t, err)
	if me.Product != "premium" || me.Country == "" {
		t.Errorf("me: %+v", me)
	}
	list, err := p.client.CreatePlaylistForUser(ctx, me.ID, "Old", "", false, false)
	must(t, err)
	ids := []spotify.ID{spotify.ID(p.songs[0].ID), spotify.ID(p.songs[1].ID)}
	_, err = p.client.AddTracksToPlaylist(ctx, list.ID, ids...)
	must(t, err)
	_, err = p.client.RemoveTracksFromPlaylist(ctx, list.ID, ids[0])
	must(t, err)
	page, err := p.client.GetPlaylistItems(ctx, list.ID)
	must(t, err)
	if len(page.Items) != 1 || page.Items[0].Track.Track.ID != ids[1] {
		t.Errorf("items: %+v", page.Items)
	}
	must(t, p.client.UnfollowPlaylist(ctx, list.ID))
	recommended, err := p.client.GetRecommendations(ctx, spotify.Seeds{Tracks: ids}, nil, spotify.Limit(30))
	must(t, err)
	if len(recommended.Tracks) != 30 || len(recommended.Seeds) != 2 {
		t.Errorf("recommended: %d for %d", len(recommended.Tracks), len(recommended.Seeds))
	}
	tracks, err := p.client.GetTracks(ctx, ids)
	must(t, err)
	top, err := p.client.GetArtistsTopTracks(ctx, tracks[0].Artists[0].ID, "DE")
	must(t, err)
	if len(tracks) != 2 || len(top) == 0 || tracks[0].Popularity == 0 {
		t.Errorf("tracks: %+v, of the artist: %d", tracks, len(top))
	}
	found, err := p.client.Search(ctx, "umbrellas", spotify.SearchTypeTrack, spotify.Limit(50))
	must(t, err)
	if found.Tracks.Limit != 50 {
		t.Errorf("search: %+v", found.Tracks)
	}
}

func TestTopAndSavedTracks(t *testing.T) {
	p := newPlayerTest(t)
	ctx := t.Context()
	top, err := p.client.CurrentUsersTopTracks(ctx, spotify.Limit(50))
	must(t, err)
	saved, err := p.client.CurrentUsersTracks(ctx, spotify.Limit(50))
	must(t, err)
	if len(top.Tracks) != 30 || len(saved.Tracks) != 40 {
		t.Fatalf("%d top and %d saved tracks", len(top.Tracks), len(saved.Tracks))
	}
	p.api(200, "DELETE", "/me/library?uris="+string(saved.Tracks[0].URI), "")
	again, err := p.client.CurrentUsersTracks(ctx, spotify.Limit(50))
	must(t, err)
	if len(again.Tracks) != 39 || again.Tracks[0].ID != saved.Tracks[1].ID {
		t.Errorf("%d saved tracks", len(again.Tracks))
	}
	albums, err := p.client.GetArtistAlbums(ctx, top.Tracks[0].Artists[0].ID, nil, spotify.Limit(10))
	must(t, err)
	songs, err := p.client.GetAlbumTracks(ctx, albums.Albums[0].ID, spotify.Limit(50))
	must(t, err)
	if len(songs.Tracks) == 0 {
		t.Errorf("albums: %+v", albums)
	}
	p.api(400, "GET", "/artists/"+string(top.Tracks[0].Artists[0].ID)+"/albums?limit=11", "")
}

// TestOldStateFileIsMigrated: a file from before playlists, authorizations and several devices is still read.
func TestOldStateFileIsMigrated(t *testing.T) {
	songs := plain(open(t), 1)
	file := filepath.Join(t.TempDir(), "spotify.json")
	now := newClock()
	write(t, file, `{"version":1,"accounts":{"sima":{"id":"sima","display_name":"Rosa","refresh_token":"AQold",
		"device":{"id":"dev","name":"Living room","active":true},
		"player":{"track":"`+songs[0].ID+`","playing":true,"position_ns":0,
			"since":"`+now.Now().Add(-10*time.Second).Format(time.RFC3339)+`"}}}}`)
	s, server := start(t, sim.Config{StateFile: file, Now: now.Now})
	account := sim.Account{ID: "sima", RefreshToken: "AQold"}
	client := login(server, account)
	devices, err := client.PlayerDevices(t.Context())
	must(t, err)
	if len(devices) != 1 || devices[0].ID != "dev" || !devices[0].Active || devices[0].Type != "Speaker" {
		t.Errorf("devices: %+v", devices)
	}
	if got := state(t, client); !got.Playing || got.Item.ID.String() != songs[0].ID {
		t.Errorf("state: %+v", got)
	}
	must(t, s.Host("sima").Pause())
	must(t, s.Host("sima").Resume())
	if got := state(t, client); got.Progress == 0 {
		t.Error("resumed from the beginning")
	}
	_, err = tokens(server, oauth2.AuthStyleInHeader, "AQold").Token()
	must(t, err)
}
