package spotify_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify/sim"
)

const playlistsPath = "/v1/me/playlists"

// extend gives the app extended quota, with which it has all endpoints.
func (w *world) extend(t *testing.T) {
	t.Helper()
	if err := w.simulated.ChangeAppSwitches(func(app *sim.AppSwitches) { app.Extended = true }); err != nil {
		t.Fatal(err)
	}
}

// forbid makes requests to these paths fail like those to endpoints that the app does not have.
func (w *world) forbid(paths ...string) {
	for _, path := range paths {
		w.answer(path, respond(http.StatusForbidden, `{"error":{"status":403,"message":"Forbidden"}}`))
	}
}

// playlist creates a playlist that contains the first songs of the catalogue.
func (w *world) playlist(t *testing.T, songs int) string {
	t.Helper()
	uri, err := w.CreatePlaylist(t.Context(), host, "ANTWON-PARTY", "The room's songs")
	if err != nil {
		t.Fatal(err)
	}
	for _, song := range w.songs[:songs] {
		if err := w.Append(t.Context(), host, uri, song.URI); err != nil {
			t.Fatal(err)
		}
	}
	return uri
}

func below(playlistURI string) string {
	return "/v1/playlists/" + strings.TrimPrefix(playlistURI, "spotify:playlist:")
}

// uris returns the URIs of songs, one per line, for comparison and for messages.
func uris(songs []party.Song) string {
	var list strings.Builder
	for _, song := range songs {
		list.WriteString(song.URI + "\n")
	}
	return list.String()
}

func tracks(songs ...sim.Track) string {
	var list strings.Builder
	for _, song := range songs {
		list.WriteString(song.URI + "\n")
	}
	return list.String()
}

// TestRoomPlaylistWithNewAndOldEndpoints covers an app of 2026, and an older one.
func TestRoomPlaylistWithNewAndOldEndpoints(t *testing.T) {
	for name, prepare := range map[string]func(*testing.T, *world){
		"2026": func(*testing.T, *world) {},
		"an old app": func(t *testing.T, w *world) {
			w.extend(t)
			if err := w.simulated.ChangeSwitches(w.player.ID, func(s *sim.Switches) { s.ItemsForbidden = true }); err != nil {
				t.Fatal(err)
			}
			w.answer(playlistsPath, func(rw http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					w.handler.ServeHTTP(rw, r)
					return
				}
				respond(http.StatusNotFound, "")(rw, r)
			})
			w.answer("/v1/me/library", respond(http.StatusGone, ""))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, ctx := newWorld(t), t.Context()
			prepare(t, w)
			uri := w.playlist(t, 3)
			lists, _, err := w.Playlists(ctx, host, 50, 0)
			if err != nil || len(lists) != 1 || lists[0].URI != uri || lists[0].Name != "ANTWON-PARTY" ||
				lists[0].SongCount != 3 {
				t.Fatalf("the host's playlists: %+v, %v", lists, err)
			}
			songs, err := w.PlaylistSongs(ctx, host, uri)
			if err != nil || uris(songs) != tracks(w.songs[:3]...) || songs[0].Name != w.songs[0].Name {
				t.Fatalf("in it: %+v, %v", songs, err)
			}
			if err := w.PlayPlaylist(ctx, host, uri, w.songs[1].URI, ""); err != nil {
				t.Fatal(err)
			}
			if s := w.state(t); s.Context != uri || s.Song.URI != w.songs[1].URI || !s.Playing {
				t.Errorf("it does not play from the second song on: %+v", s)
			}
			if err := w.ForgetPlaylist(ctx, host, uri); err != nil {
				t.Fatal(err)
			}
			if lists, _, err := w.Playlists(ctx, host, 50, 0); err != nil || len(lists) != 0 {
				t.Errorf("the host still has %+v, %v", lists, err)
			}
		})
	}
}

func TestCreatedPlaylistIsPrivate(t *testing.T) {
	w := newWorld(t)
	w.playlist(t, 0)
	if body := w.sent(playlistsPath)[0].body; !strings.Contains(body, `"public":false`) {
		t.Errorf("sent %s", body)
	}
}

func TestPlaylistSongsReturnsTheLastFifty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		uri := w.playlist(t, 0)
		for i, song := range w.songs[:53] {
			if i%20 == 0 {
				time.Sleep(30 * time.Second)
			}
			if err := w.Append(t.Context(), host, uri, song.URI); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(30 * time.Second)
		songs, err := w.PlaylistSongs(t.Context(), host, uri)
		if err != nil || uris(songs) != tracks(w.songs[3:53]...) {
			t.Errorf("got %d songs, %v", len(songs), err)
		}
	})
}

// A whole playlist is read page by page, at most twenty of them, and once a minute.
func TestWholePlaylistIsReadOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		const items = "/v1/playlists/p/items"
		w.answer(items, func(rw http.ResponseWriter, r *http.Request) {
			respond(http.StatusOK, `{"total":1500,"items":[{"item":{"uri":"spotify:track:`+r.FormValue("offset")+`"}}]}`)(rw, r)
		})
		for range 2 {
			songs, err := w.WholePlaylist(t.Context(), host, "spotify:playlist:p")
			if err != nil || len(songs) != 20 || songs[19].URI != "spotify:track:950" {
				t.Fatalf("got %d songs, %v", len(songs), err)
			}
		}
		if n := w.requestCount(items); n != 20 {
			t.Errorf("sent %d requests, want 20", n)
		}
		w.answer(items, respond(http.StatusNotFound, ""))
		time.Sleep(time.Minute)
		_, err := w.WholePlaylist(t.Context(), host, "spotify:playlist:p")
		if party.CodeOf(err) != party.NotFound {
			t.Errorf("a playlist that was deleted: %v", err)
		}
	})
}

// TestPlaylistItemsUnderOldAndNewName also covers entries that are not songs.
func TestPlaylistItemsUnderOldAndNewName(t *testing.T) {
	w := newWorld(t)
	w.answer("/v1/playlists/p/items", respond(http.StatusOK, `{"total":5,"items":[
		{"item":{"uri":"spotify:track:a","name":"A"}},{"item":null},{"track":{"uri":"spotify:track:b"}},
		{"item":{"uri":"spotify:episode:e"}},
		{"item":{"uri":"spotify:track:c"},"track":{"uri":"spotify:track:c"}}]}`))
	songs, err := w.PlaylistSongs(t.Context(), host, "spotify:playlist:p")
	if err != nil || uris(songs) != "spotify:track:a\nspotify:track:b\nspotify:track:c\n" {
		t.Errorf("got %+v, %v", songs, err)
	}
}

// TestMissingEndpointsAreRetriedAfterADay, or as soon as the host reconnects.
func TestMissingEndpointsAreRetriedAfterADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx := newWorld(t), t.Context()
		w.connect(t, "another", w.account(t).RefreshToken)
		old := "/v1/users/" + w.player.ID + "/playlists"
		w.forbid(playlistsPath, old, "/v1/playlists/p/items", "/v1/playlists/p/tracks", "/v1/me/library",
			"/v1/playlists/p/followers")
		expectUnavailable := func(hostID string) {
			t.Helper()
			_, err := w.CreatePlaylist(ctx, hostID, "name", "description")
			expectFault(t, err, playback.Unavailable)
			expectFault(t, w.Append(ctx, hostID, "spotify:playlist:p", w.songs[0].URI), playback.Unavailable)
			_, err = w.PlaylistSongs(ctx, hostID, "spotify:playlist:p")
			expectFault(t, err, playback.Unavailable)
			expectFault(t, w.ForgetPlaylist(ctx, hostID, "spotify:playlist:p"), playback.Unavailable)
		}
		asked := func(n int) {
			t.Helper()
			for path, want := range map[string]int{
				playlistsPath: n, old: n, "/v1/playlists/p/items": 2 * n, "/v1/playlists/p/tracks": 2 * n,
				"/v1/me/library": n, "/v1/playlists/p/followers": n,
			} {
				if got := w.requestCount(path); got != want {
					t.Errorf("%s: asked %d times, want %d", path, got, want)
				}
			}
		}
		expectUnavailable(host)
		expectUnavailable(host)
		asked(1)
		time.Sleep(24 * time.Hour)
		expectUnavailable(host)
		asked(2)
		w.Forget("another")
		expectUnavailable(host)
		asked(2)
		w.Forget(host)
		expectUnavailable(host)
		asked(3)

		w.answer(playlistsPath, nil)
		if _, err := w.CreatePlaylist(ctx, "another", "name", "description"); err != nil {
			t.Errorf("another host: %v", err)
		}
	})
}

// TestMissingPlaylistIsNotAMissingEndpoint, if the endpoint worked before.
func TestMissingPlaylistIsNotAMissingEndpoint(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	uri := w.playlist(t, 1)
	expectFault(t, w.Append(ctx, host, "spotify:playlist:0000000000000000000000", w.songs[0].URI), playback.Gone)
	if err := w.Append(ctx, host, uri, w.songs[1].URI); err != nil {
		t.Error(err)
	}
}

// TestOtherFailuresAreNotAMissingEndpoint: the next alternative is not tried, and the first one is tried again.
func TestOtherFailuresAreNotAMissingEndpoint(t *testing.T) {
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   playback.FaultKind
	}{
		"not on the list": {respond(403, "User not registered in the Developer Dashboard"), playback.NotAllowed},
		"a player's no": {respond(403,
			`{"error":{"status":403,"message":"Player command failed","reason":"CONTEXT_DISALLOW"}}`), playback.Restricted},
		"broken":         {respond(502, "<html>"), playback.Unreachable},
		"not understood": {respond(400, ""), playback.Gone},
	} {
		t.Run(name, func(t *testing.T) {
			w, ctx := newWorld(t), t.Context()
			w.answer("/v1/playlists/p/items", tt.answer)
			for range 2 {
				expectFault(t, w.Append(ctx, host, "spotify:playlist:p", w.songs[0].URI), tt.want)
			}
			if w.requestCount("/v1/playlists/p/items") != 2 || w.requestCount("/v1/playlists/p/tracks") != 0 {
				t.Errorf("asked %+v", w.requests)
			}
		})
	}
}

func TestMissingPlaylistScope(t *testing.T) {
	const missing = `{"error":{"status":403,"message":"Insufficient client scope"}}`
	w, ctx := newWorld(t), t.Context()
	uri := w.playlist(t, 0)
	w.answer(playlistsPath, respond(http.StatusForbidden, missing))
	_, err := w.CreatePlaylist(ctx, host, "name", "description")
	expectReason(t, err, playback.ReconnectNeeded, party.ReasonScope)
	if w.accounts.of(host).NeedsReconnect {
		t.Error("the host is marked as having to reconnect")
	}
	// A playlist that stays in the library is no reason to make the host reconnect.
	w.answer("/v1/me/library", respond(http.StatusForbidden, missing))
	expectFault(t, w.ForgetPlaylist(ctx, host, uri), playback.Unavailable)
	w.extend(t)
	if err := w.ForgetPlaylist(ctx, host, uri); err != nil && w.requestCount(below(uri)+"/followers") == 0 {
		t.Errorf("the old way was not tried: %v", err)
	}
}

func TestPlaylistsReturnsAPage(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.answer(playlistsPath, respond(http.StatusOK, `{"items":[null,
		{"uri":"spotify:playlist:a","name":"New","images":[{"url":"large"},{"url":"small"}],"items":{"total":3},
			"external_urls":{"spotify":"https://open.spotify.com/playlist/a"}},
		{"uri":"spotify:playlist:b","name":"Old","images":null,"tracks":{"total":4}}]}`))
	lists, _, err := w.Playlists(ctx, host, 20, 40)
	if err != nil || len(lists) != 2 {
		t.Fatalf("got %+v, %v", lists, err)
	}
	a, b := lists[0], lists[1]
	if a.Name != "New" || a.SongCount != 3 || *a.ImageURL != "large" ||
		a.SpotifyURL != "https://open.spotify.com/playlist/a" {
		t.Errorf("got %+v", a)
	}
	if b.Name != "Old" || b.SongCount != 4 || b.ImageURL != nil {
		t.Errorf("got %+v", b)
	}
	if query := w.sent(playlistsPath)[0].query; query != "limit=20&offset=40" {
		t.Errorf("asked for %s", query)
	}
	w.answer(playlistsPath, respond(http.StatusServiceUnavailable, ""))
	_, _, err = w.Playlists(ctx, host, 20, 0)
	expectCode(t, err, party.UpstreamUnavailable, 5*time.Second)
}
