package spotify_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/spotify/sim"
)

func TestSearchReturnsPages(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	title := w.songs[0].Name
	songs, _, err := w.Search(ctx, host, title, 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(songs) == 0 || !strings.Contains(songs[0].Name, title) {
		t.Fatalf("searching %q found %+v", title, songs)
	}
	if _, _, err = w.Search(ctx, host, "  "+strings.ToUpper(title), 10, 0); err != nil || w.requestCount(searchPath) != 1 {
		t.Errorf("the same search was sent %d times, %v", w.requestCount(searchPath), err)
	}

	first, hasMore, err := w.Search(ctx, host, "a", 2, 0)
	if err != nil || len(first) != 2 || !hasMore {
		t.Fatalf("first page: %d songs, more %v, %v", len(first), hasMore, err)
	}
	second, _, err := w.Search(ctx, host, "a", 2, 2)
	if err != nil || len(second) != 2 || second[0].URI == first[0].URI {
		t.Errorf("second page: %+v, %v", second, err)
	}
	none, hasMore, err := w.Search(ctx, host, "nothing is called like this", 10, 0)
	if err != nil || len(none) != 0 || hasMore {
		t.Errorf("found %+v, more %v, %v", none, hasMore, err)
	}
}

func TestSongIsFoundByURI(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	want := w.songs[0]
	got, err := w.Song(ctx, host, want.URI)
	if err != nil {
		t.Fatal(err)
	}
	if got.URI != want.URI || got.Name != want.Name || !slices.Equal(got.Artists, want.Artists) ||
		got.AlbumName != want.Album ||
		got.ISRC != want.ISRC || got.DurationMS != want.DurationMS || got.Explicit != want.Explicit || !got.Playable {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.SpotifyURL != "https://open.spotify.com/track/"+want.ID || got.ImageURL == nil ||
		!strings.HasSuffix(*got.ImageURL, "640") {
		t.Errorf("got the page %q and the cover %v", got.SpotifyURL, got.ImageURL)
	}
	_, err = w.Song(ctx, host, "spotify:track:0000000000000000000000")
	expectCode(t, err, party.NotFound, 0)
}

func TestArtistIsFoundByURI(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	song, err := w.Song(ctx, host, w.songs[0].URI)
	if err != nil {
		t.Fatal(err)
	}
	name, err := w.Artist(ctx, host, song.ArtistURIs[0])
	if err != nil || name != song.Artists[0] {
		t.Errorf("%s is %q, %v; want %q", song.ArtistURIs[0], name, err, song.Artists[0])
	}
	_, err = w.Artist(ctx, host, "spotify:artist:0000000000000000000000")
	if party.CodeOf(err) != party.NotFound {
		t.Errorf("unknown artist: %v", err)
	}
}

func TestUnplayableSongIsMarked(t *testing.T) {
	w := newWorld(t)
	i := slices.IndexFunc(w.simulated.Catalogue(), func(track sim.Track) bool { return !track.Playable })
	track := w.simulated.Catalogue()[i]
	if got, err := w.Song(t.Context(), host, track.URI); err != nil || got.Playable {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestMissingFieldsAndNonSongsAreTolerated covers fields that Spotify omits, and items of a list that are not songs.
func TestMissingFieldsAndNonSongsAreTolerated(t *testing.T) {
	w := newWorld(t)
	w.answer(searchPath, respond(http.StatusOK, `{"tracks":{"next":null,"items":[null,
		{"uri":"spotify:episode:e","type":"episode","name":"A talk"},
		{"uri":"spotify:local:a:b:c:1","id":null,"is_local":true,"name":"A file","album":{"images":null,"release_date":null}},
		{"uri":"spotify:track:s","name":"A song","album":{"images":[]}}]}}`))
	songs, hasMore, err := w.Search(t.Context(), host, "sparse", 10, 0)
	if err != nil || hasMore || len(songs) != 1 {
		t.Fatalf("found %+v, more %v, %v", songs, hasMore, err)
	}
	if s := songs[0]; s.URI != "spotify:track:s" || s.ImageURL != nil || s.ISRC != "" || !s.Playable {
		t.Errorf("got %+v", s)
	}
	w.answer(searchPath, respond(http.StatusOK, `{"tracks":null}`))
	if songs, hasMore, err := w.Search(t.Context(), host, "nothing at all", 10, 0); err != nil || hasMore ||
		len(songs) != 0 {
		t.Errorf("found %+v, more %v, %v", songs, hasMore, err)
	}
}

func TestSearchUsesEachHostsOwnToken(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.connect(t, "another", w.account(t).RefreshToken)
	for _, hostID := range []string{host, "another", host} {
		if _, _, err := w.Search(ctx, hostID, "a", 10, 0); err != nil {
			t.Fatal(err)
		}
	}
	sent := w.sent(searchPath)
	if len(sent) != 2 || sent[0].authorization == sent[1].authorization {
		t.Errorf("sent %+v", sent)
	}
}

func TestSearchFailuresAreNotCached(t *testing.T) {
	tests := []struct {
		name  string
		fault sim.Fault
		code  party.Code
		retry time.Duration
	}{
		{"502", sim.Fault{Status: 502, PlainText: true}, party.UpstreamUnavailable, 5 * time.Second},
		{"503 with a time", sim.Fault{Status: 503, RetryAfter: time.Minute}, party.UpstreamUnavailable, time.Minute},
		{"not on the list", sim.Fault{Status: 403, Message: "User not registered in the Developer Dashboard",
			PlainText: true}, party.UpstreamUnavailable, 5 * time.Second},
		{"a query that is not understood", sim.Fault{Status: 400}, party.BadUserInput, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			tt.fault.Path = searchPath
			w.simulated.InjectFault(tt.fault)
			_, _, err := w.Search(t.Context(), host, "anything", 10, 0)
			expectCode(t, err, tt.code, tt.retry)
			if _, _, err := w.Search(t.Context(), host, "anything", 10, 0); err != nil {
				t.Errorf("the failure was kept: %v", err)
			}
		})
	}
}

// TestRefusedRefreshIsNotBadUserInput: the token endpoint also answers 400, which must not be blamed on the guest.
func TestRefusedRefreshIsNotBadUserInput(t *testing.T) {
	for _, reason := range []string{"invalid_grant", "invalid_client"} {
		t.Run(reason, func(t *testing.T) {
			w, ctx := newWorld(t), t.Context()
			w.answer(tokenPath, respond(http.StatusBadRequest, fmt.Sprintf(`{"error":%q}`, reason)))
			_, _, err := w.Search(ctx, host, "anything", 10, 0)
			expectCode(t, err, party.UpstreamUnavailable, 5*time.Second)
			w.connect(t, host, "another")
			_, err = w.Song(ctx, host, w.songs[0].URI)
			expectCode(t, err, party.UpstreamUnavailable, 5*time.Second)
		})
	}
	t.Run("not connected", func(t *testing.T) {
		_, _, err := newWorld(t).Search(t.Context(), "a stranger", "anything", 10, 0)
		expectCode(t, err, party.UpstreamUnavailable, 5*time.Second)
	})
}

func TestDatabaseFailureIsInternal(t *testing.T) {
	w := newWorld(t)
	w.accounts.cannotRead = errors.New("disk full")
	_, _, err := w.Search(t.Context(), host, "anything", 10, 0)
	if party.CodeOf(err) != party.Internal || !errors.Is(err, w.accounts.cannotRead) {
		t.Errorf("got %v", err)
	}
}

func TestCanceledSearchDoesNotFailOthers(t *testing.T) {
	w := newWorld(t)
	handler, arrived, goOn := holdOne(w.handler.ServeHTTP)
	w.answer(searchPath, handler)
	ctx, cancel := context.WithCancel(t.Context())
	left, stays := make(chan error), make(chan error)
	go func() {
		_, _, err := w.Search(ctx, host, "Anything", 10, 0)
		left <- err
	}()
	<-arrived
	go func() {
		_, _, err := w.Search(t.Context(), host, "anything", 10, 0)
		stays <- err
	}()
	cancel()
	err := <-left
	expectCode(t, err, party.UpstreamUnavailable, 5*time.Second)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(goOn)
	if err := <-stays; err != nil || w.requestCount(searchPath) != 1 {
		t.Errorf("the remaining caller got %v, after %d requests", err, w.requestCount(searchPath))
	}
}

// TestSearchesAreCachedPerHost for 30 seconds, regardless of case and spaces.
func TestSearchesAreCachedPerHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx := newWorld(t), t.Context()
		w.connect(t, "another", w.account(t).RefreshToken)
		search := func(hostID, query string, limit, offset, asked int) {
			t.Helper()
			if _, _, err := w.Search(ctx, hostID, query, limit, offset); err != nil || w.requestCount(searchPath) != asked {
				t.Errorf("%v, after %d requests instead of %d", err, w.requestCount(searchPath), asked)
			}
		}
		search(host, "some song", 10, 0, 1)
		search(host, "  Some   SONG ", 10, 0, 1)
		search(host, "some song", 5, 0, 2)
		search(host, "some song", 10, 10, 3)
		search("another", "some song", 10, 0, 4)
		time.Sleep(30*time.Second - time.Millisecond)
		search(host, "some song", 10, 0, 4)
		time.Sleep(time.Millisecond)
		search(host, "some song", 10, 0, 5)
		w.Forget(host)
		search(host, "some song", 10, 0, 6)
	})
}

func TestConcurrentSearchesShareOneRequest(t *testing.T) {
	w := newWorld(t)
	w.state(t)
	handler, arrived, goOn := holdOne(w.handler.ServeHTTP)
	w.answer(searchPath, handler) // a second request would panic
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if songs, _, err := w.Search(t.Context(), host, "a", 10, 0); err != nil || len(songs) != 10 {
				t.Errorf("found %d, %v", len(songs), err)
			}
		})
	}
	<-arrived
	close(goOn)
	all.Wait()
	if n := w.requestCount(searchPath); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// TestFoundSongIsCached: adding a song that a search found sends no request. Later the song is requested at most once
// in ten minutes.
func TestFoundSongIsCached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx := newWorld(t), t.Context()
		found, _, err := w.Search(ctx, host, "a", 10, 0)
		if err != nil {
			t.Fatal(err)
		}
		song, err := w.Song(ctx, host, found[3].URI)
		if err != nil || song.Name != found[3].Name || song.ISRC != found[3].ISRC || len(w.requests) != 2 {
			t.Errorf("got %+v, %v, after %d requests", song, err, len(w.requests))
		}
		time.Sleep(10 * time.Minute)
		for range 2 {
			if again, err := w.Song(ctx, host, found[3].URI); err != nil || again.URI != song.URI || len(w.requests) != 3 {
				t.Errorf("got %+v, %v, after %d requests", again, err, len(w.requests))
			}
		}
	})
}
