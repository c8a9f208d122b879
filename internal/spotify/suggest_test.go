package spotify_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/spotify/sim"
)

const (
	recommendationsPath = "/v1/recommendations"
	topPath             = "/v1/me/top/tracks"
	savedPath           = "/v1/me/tracks"
)

// heard returns songs that a room has played, as the room remembers them.
func (w *world) heard(tracks ...sim.Track) (songs []party.Song) {
	for _, track := range tracks {
		songs = append(songs,
			party.Song{URI: track.URI, Name: track.Name, Artists: track.Artists, ISRC: track.ISRC, Playable: true})
	}
	return songs
}

// suggest returns suggested songs. It fails the test unless they are playable, distinct, and none of the recent ones.
func (w *world) suggest(t *testing.T, seeds playback.Seeds) []party.Song {
	t.Helper()
	songs, err := w.Suggest(t.Context(), host, seeds)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, song := range seeds.Recent {
		seen[song.URI], seen["ISRC "+song.ISRC] = true, true
	}
	for _, song := range songs {
		if !song.Playable || seen[song.URI] || seen["ISRC "+song.ISRC] {
			t.Errorf("%+v is not playable, recent, or a duplicate", song)
		}
		seen[song.URI], seen["ISRC "+song.ISRC] = true, true
	}
	return songs
}

// songs returns a handler for a list of n songs, whose URIs begin with from. The shape wraps each song.
func songs(from string, n int, shape string) http.HandlerFunc {
	var items []string
	for i := range n {
		items = append(items,
			fmt.Sprintf(shape, fmt.Sprintf(`{"uri":"spotify:track:%s%d","external_ids":{"isrc":"%s-%d"}}`, from, i, from, i)))
	}
	list := strings.Join(items, ",")
	return respond(http.StatusOK,
		fmt.Sprintf(`{"total":%d,"items":[%s],"tracks":{"items":[%s],"total":%d}}`, n, list, list, n))
}

// TestFallbackSourcesAreTriedInOrder: each source has fewer songs than are wanted, so that all of them are used.
func TestFallbackSourcesAreTriedInOrder(t *testing.T) {
	w := newWorld(t)
	seeds := playback.Seeds{Recent: w.heard(w.songs[0])}
	w.answer(recommendationsPath, respond(http.StatusOK, `{"tracks":[{"uri":"spotify:track:recommended0"}]}`))
	w.answer(searchPath, songs("found", 2, "%s"))
	w.answer(topPath, songs("top", 2, "%s"))
	w.answer(savedPath, songs("saved", 2, `{"track":%s}`))
	var order []string
	for _, song := range w.suggest(t, seeds) {
		order = append(order, strings.TrimRight(strings.TrimPrefix(song.URI, "spotify:track:"), "0123456789"))
	}
	if got := slices.Compact(order); !slices.Equal(got, []string{"recommended", "found", "top", "saved"}) {
		t.Errorf("in the order %v", got)
	}

	t.Run("a chosen playlist is enough, however short", func(t *testing.T) {
		w.answer("/v1/playlists/chosen/items", songs("chosen", 2, `{"item":%s}`))
		before := w.requestCount(recommendationsPath) + w.requestCount(searchPath) + w.requestCount(topPath)
		seeds.PlaylistURI = "spotify:playlist:chosen"
		if songs := w.suggest(t, seeds); len(songs) != 2 ||
			w.requestCount(recommendationsPath)+w.requestCount(searchPath)+w.requestCount(topPath) != before {
			t.Errorf("found %v, and asked for other music", songs)
		}
	})
}

// TestFallbackSongsWithoutRecommendations covers an app of 2026, in a room that has played songs.
func TestFallbackSongsWithoutRecommendations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		recent := w.heard(w.songs[:4]...)
		seeds := playback.Seeds{Recent: recent}
		first := w.suggest(t, seeds)
		if len(first) < 10 || w.requestCount(recommendationsPath) != 1 || w.requestCount(searchPath) == 0 {
			t.Errorf("found %d songs, %d recommendations, %d searches", len(first), w.requestCount(recommendationsPath),
				w.requestCount(searchPath))
		}

		requests := len(w.requests)
		seeds.Recent = slices.Insert(recent, 0, first[0])
		second := w.suggest(t, seeds)
		if uris(second) != uris(first[1:]) || len(w.requests) != requests {
			t.Errorf("%d requests within ten minutes", len(w.requests)-requests)
		}
		time.Sleep(10 * time.Minute)
		w.suggest(t, seeds)
		if len(w.requests) == requests || w.requestCount(recommendationsPath) != 1 {
			t.Errorf("after ten minutes %d requests, %d for recommendations", len(w.requests)-requests,
				w.requestCount(recommendationsPath))
		}
		time.Sleep(24 * time.Hour)
		w.suggest(t, seeds)
		if w.requestCount(recommendationsPath) != 2 {
			t.Errorf("a day later recommendations were tried %d times", w.requestCount(recommendationsPath))
		}
	})
}

func TestFallbackSongsFromRecommendations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.extend(t)
		seeds := playback.Seeds{Recent: w.heard(w.songs[:7]...)}
		for range 3 {
			if songs := w.suggest(t, seeds); len(songs) < 10 {
				t.Errorf("found %d", len(songs))
			}
			time.Sleep(10 * time.Minute)
		}
		sent := w.sent(recommendationsPath)
		if len(sent) != 3 || w.requestCount(searchPath) != 0 {
			t.Errorf("%d recommendations, %d searches", len(sent), w.requestCount(searchPath))
		}
		if query, _ := url.ParseQuery(sent[0].query); len(strings.Split(query.Get("seed_tracks"), ",")) != 5 {
			t.Errorf("asked with %s", sent[0].query)
		}
	})
}

// TestFallbackStartsAnywhereInChosenPlaylist, which is longer than a page, and keeps its order from there.
func TestFallbackStartsAnywhereInChosenPlaylist(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.restart(func(c *spotify.Config) { c.RequestsPer30s = 1_000 })
		uri := w.playlist(t, 90)
		got := w.suggest(t, playback.Seeds{PlaylistURI: uri})
		// Of the 41 places where a full page begins, and then of the 50 on it, the random source takes the middle.
		var want []sim.Track
		for _, track := range slices.Concat(w.songs[45:70], w.songs[20:45]) {
			if !slices.ContainsFunc(want, func(other sim.Track) bool { return other.ISRC == track.ISRC }) {
				want = append(want, track)
			}
		}
		if uris(got) != tracks(want...) {
			t.Errorf("got\n%s", uris(got))
		}
	})
}

// TestRefusedChosenPlaylistDoesNotAffectOthers: Spotify refuses to show another user's playlist.
func TestRefusedChosenPlaylistDoesNotAffectOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.forbid("/v1/playlists/theirs/items", "/v1/playlists/theirs/tracks")
		if songs := w.suggest(t, playback.Seeds{PlaylistURI: "spotify:playlist:theirs"}); len(songs) < 10 {
			t.Errorf("found %d songs elsewhere", len(songs))
		}
		uri := w.playlist(t, 1)
		if _, err := w.PlaylistSongs(t.Context(), host, uri); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Hour)
		w.suggest(t, playback.Seeds{PlaylistURI: "spotify:playlist:theirs"})
		if n := w.requestCount("/v1/playlists/theirs/items"); n != 1 {
			t.Errorf("asked %d times for it", n)
		}
	})
}

// TestArtistSearchRestartsAtFirstSong if the random offset was beyond the last song.
func TestArtistSearchRestartsAtFirstSong(t *testing.T) {
	w := newWorld(t)
	w.answer(searchPath, func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("offset") != "0" {
			songs("none", 0, "%s")(rw, r)
			return
		}
		songs("found", 10, "%s")(rw, r)
	})
	recent := []party.Song{{URI: "spotify:track:x", Artists: []string{`The "Few"`, "Guest"}},
		{URI: "spotify:track:y", Artists: []string{"The Few"}}, {}}
	if got := w.suggest(t, playback.Seeds{Recent: recent}); len(got) != 10 {
		t.Errorf("found %d", len(got))
	}
	sent := w.sent(searchPath)
	if query, _ := url.ParseQuery(sent[0].query); len(sent) != 2 || query.Get("q") != `artist:"the few"` ||
		query.Get("offset") != "20" {
		t.Errorf("searched %+v", sent)
	}
}

func TestSourcesWithoutScopeAreSkipped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.answer(tokenPath, respond(http.StatusOK,
			`{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r",`+
				`"scope":"user-read-playback-state user-library-read"}`))
		w.answer("/v1/me", respond(http.StatusOK, `{"id":"someone"}`))
		credentials, err := w.Authorize(t.Context(), host, "code", "verifier")
		if err != nil {
			t.Fatal(err)
		}
		w.accounts.change(host, func(c *account.SpotifyCredentials) { *c = credentials })
		w.answer(savedPath, songs("saved", 3, `{"track":%s}`))
		seeds := playback.Seeds{PlaylistURI: "spotify:playlist:chosen"}
		if got := w.suggest(t, seeds); len(got) != 3 {
			t.Errorf("found %+v", got)
		}
		w.answer(tokenPath, grant("b", "", 3600)) // the refresh does not repeat the scope
		for range 2 {
			time.Sleep(2 * time.Hour)
			if got := w.suggest(t, seeds); len(got) != 3 {
				t.Errorf("found %+v", got)
			}
		}
		if n := w.requestCount(topPath) + w.requestCount("/v1/playlists/chosen/items"); n != 0 ||
			w.requestCount(savedPath) != 3 {
			t.Errorf("asked %d times for what was not granted", n)
		}
	})
}

// TestLeastRecentSongIsTheLastResort when all sources fail or are empty.
func TestLeastRecentSongIsTheLastResort(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"nothing anywhere": respond(http.StatusOK, `{"items":[],"tracks":{"items":[]}}`),
		"all broken":       respond(http.StatusBadGateway, ""),
		"all refused":      respond(http.StatusForbidden, `{"error":{"status":403,"message":"Insufficient client scope"}}`),
		"too many":         respond(http.StatusTooManyRequests, "Too many requests"),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, path := range []string{recommendationsPath, searchPath, topPath, savedPath} {
				w.answer(path, answer)
			}
			recent := w.heard(w.songs[0], w.songs[1], w.songs[0], w.songs[2])
			recent[1].Playable = false
			got, err := w.Suggest(t.Context(), host, playback.Seeds{Recent: recent})
			if err != nil || uris(got) != tracks(w.songs[2], w.songs[0]) {
				t.Errorf("got %+v, %v", got, err)
			}
			none, err := w.Suggest(t.Context(), host, playback.Seeds{})
			if _, failed := errors.AsType[*playback.Fault](err); len(none) != 0 ||
				failed != (name == "all broken" || name == "too many") {
				t.Errorf("without recent songs: %+v, %v", none, err)
			}
		})
	}
}

// TestEmptyFallbackIsCached: the host of the room has no songs at all.
func TestEmptyFallbackIsCached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for _, path := range []string{topPath, savedPath} {
			w.answer(path, respond(http.StatusOK, `{"items":[]}`))
		}
		for range 20 {
			if songs, err := w.Suggest(t.Context(), host, playback.Seeds{}); err != nil || len(songs) != 0 {
				t.Errorf("got %+v, %v", songs, err)
			}
			time.Sleep(time.Minute)
		}
		if n := w.requestCount(topPath); n != 2 {
			t.Errorf("asked %d times in 20 minutes", n)
		}
	})
}

// TestFallbackIsRefilledWhenAllSongsWerePlayed, even within ten minutes.
func TestFallbackIsRefilledWhenAllSongsWerePlayed(t *testing.T) {
	w := newWorld(t)
	first := append(w.suggest(t, playback.Seeds{Recent: w.heard(w.songs[0])}), w.heard(w.songs[0])...)
	w.answer(searchPath, songs("found", 10, "%s"))
	w.answer(topPath, songs("top", 10, "%s"))
	if second := w.suggest(t, playback.Seeds{Recent: first}); len(second) < 10 {
		t.Errorf("got %+v", second)
	}
}

// TestFallbackStopsAtFailureOfAllCalls: no further source is tried.
func TestFallbackStopsAtFailureOfAllCalls(t *testing.T) {
	for want, answer := range map[playback.FaultKind]http.HandlerFunc{
		playback.CoolingDown: respond(http.StatusTooManyRequests, ""),
		playback.NotAllowed:  respond(http.StatusForbidden, "User not registered in the Developer Dashboard"),
	} {
		w := newWorld(t)
		w.answer(topPath, answer)
		_, err := w.Suggest(t.Context(), host, playback.Seeds{})
		expectFault(t, err, want)
		if n := w.requestCount(savedPath); n != 0 {
			t.Errorf("%s: asked %d times", want, n)
		}
	}
}
