package spotify_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"antwon.dj/backend/internal/party"
	"antwon.dj/backend/internal/playback"
	"antwon.dj/backend/internal/spotify/sim"
)

func TestLongTextsAreCutOrDropped(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	if err := w.simulated.ChangeAppSwitches(func(app *sim.AppSwitches) {
		app.LongNames, app.LongURLs = 3000, 3000
	}); err != nil {
		t.Fatal(err)
	}
	song, err := w.Song(ctx, host, w.songs[0].URI)
	if err != nil || song.ImageURL != nil || len(song.Name) > 1024 || !strings.HasPrefix(song.Name, w.songs[0].Name) {
		t.Errorf("got %.200v, %v", song, err)
	}
}

// TestIDsThatFitNoColumnAreRefused: they cannot be shortened, because a shortened id could be that of another account.
func TestIDsThatFitNoColumnAreRefused(t *testing.T) {
	long := strings.Repeat("x", 300)
	w, ctx := newWorld(t), t.Context()
	w.answer("/v1/tracks/"+w.songs[0].ID, respond(http.StatusOK, `{"uri":"spotify:track:`+long+`","name":"Song"}`))
	_, err := w.Song(ctx, host, w.songs[0].URI)
	expectCode(t, err, party.NotFound, 0)
	w.answer("/v1/me/playlists", respond(http.StatusCreated, `{"uri":"spotify:playlist:`+long+`"}`))
	_, err = w.CreatePlaylist(ctx, host, "A list", "")
	expectFault(t, err, playback.Unreachable)
	verifier := oauth2.GenerateVerifier()
	code, _ := w.allow(t, w.AuthorizationURL("state", verifier))
	w.answer("/v1/me", respond(http.StatusOK, `{"id":"`+long+`"}`))
	_, err = w.Authorize(ctx, host, code, verifier)
	expectCode(t, err, party.UpstreamUnavailable, 5*time.Second)
}
