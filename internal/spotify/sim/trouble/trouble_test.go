package trouble_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
	"antwon.dj/backend/internal/spotify/sim/trouble"
)

// TestTroublesOfEveryKind lets each kind of trouble happen several times while music plays and clients read the
// player's state. The log of what was heard has to stay consistent, and afterwards everything has to work again.
func TestTroublesOfEveryKind(t *testing.T) {
	for _, kind := range trouble.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := 0
				for seed := range uint64(2) {
					began += evening(t, kind, seed)
				}
				if began == 0 {
					t.Error("it never happened")
				}
			})
		})
	}
}

// evening plays songs for half an hour of troubles, and returns how many of them happened.
func evening(t *testing.T, kind string, seed uint64) (began int) {
	s, err := sim.Open(sim.Config{SongSeconds: 60, Seed: seed})
	must(t, err)
	account, err := s.AddAccount("Rosa")
	must(t, err)
	random, songs := rand.New(rand.NewPCG(seed, 1)), playable(s)
	host := s.Host(account.ID)
	token := tokenFrom(t, s, account)
	for range 8 {
		_ = host.Resume() // fails while no app is open
		_ = host.PlayURI(songs[random.IntN(len(songs))].URI)
		request(t, s, token, "PUT", "/play", songs[random.IntN(len(songs))], songs[random.IntN(len(songs))], songs[2])
		_ = host.Skip()
		drawn, err := trouble.Draw(random, trouble.Bounds{Kinds: []string{kind}, Longest: 20 * time.Second, Most: 3,
			Songs: []string{songs[0].URI, songs[1].URI}})
		must(t, err)
		if drawn.Kind != kind {
			t.Errorf("drew %q", drawn.Kind)
		}
		if drawn.Begin(s, account.ID) == nil {
			began++
		}
		for range 3 {
			wait := time.Duration(random.IntN(30)) * time.Second
			request(t, s, token, "POST", "/queue?uri="+songs[random.IntN(len(songs))].URI)
			time.Sleep(wait)
			request(t, s, token, "GET", "")
			request(t, s, token, "GET", "/queue")
		}
	}
	wantConsistentLog(t, s, account.ID)
	must(t, trouble.End(s, account.ID))
	must(t, host.OpenApp())
	must(t, host.Repeat("off"))
	must(t, host.PlayURI(songs[0].URI))
	time.Sleep(time.Second)
	if status := request(t, s, tokenFrom(t, s, account), "GET", ""); status != 200 {
		t.Errorf("after the troubles: %d", status)
	}
	if plays := s.Plays(account.ID); plays[len(plays)-1].URI != songs[0].URI || !plays[len(plays)-1].Ended.IsZero() {
		t.Errorf("after the troubles %+v plays", plays[len(plays)-1])
	}
	return began
}

// request sends a request about the player, with the songs that it plays, if any. It may fail in any way. The result is
// the status, or 0 if there was no response.
func request(t *testing.T, s *sim.Spotify, token, method, path string, songs ...sim.Track) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	body := ""
	if len(songs) > 0 {
		var uris []string
		for _, song := range songs {
			uris = append(uris, song.URI)
		}
		encoded, err := json.Marshal(map[string]any{"uris": uris})
		must(t, err)
		body = string(encoded)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://sim/v1/me/player"+path, strings.NewReader(body))
	must(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	w := &impatient{ResponseRecorder: httptest.NewRecorder()}
	defer func() { _ = recover() }() // a connection that was cut
	s.Handler().ServeHTTP(w, r)
	return w.Code
}

// impatient is a client that disconnects after a megabyte.
type impatient struct{ *httptest.ResponseRecorder }

func (w *impatient) Write(b []byte) (int, error) {
	if w.Body.Len() > 1<<20 {
		return 0, errors.New("the client has disconnected")
	}
	return w.ResponseRecorder.Write(b)
}

// wantConsistentLog fails the test unless at most one song is audible at any time, and none during a silence.
func wantConsistentLog(t *testing.T, s *sim.Spotify, accountID string) {
	t.Helper()
	plays := s.Plays(accountID)
	for i, play := range plays {
		if i < len(plays)-1 && (play.Ended.IsZero() || plays[i+1].Started.Before(play.Ended)) ||
			!play.Ended.IsZero() && play.Ended.Sub(play.Started) < play.Paused ||
			!play.Ended.IsZero() && play.Ended.Sub(play.Started)-play.Paused > time.Minute {
			t.Errorf("song %d of %d was heard impossibly: %+v", i, len(plays), play)
		}
	}
	if !slices.IsSortedFunc(s.Silences(accountID), func(a, b sim.Silence) int { return a.To.Compare(b.From) }) {
		t.Errorf("silences overlap: %+v", s.Silences(accountID))
	}
}

func TestDrawIsDeterministicAndBounded(t *testing.T) {
	draw := func(seed uint64, b trouble.Bounds) trouble.Trouble {
		drawn, err := trouble.Draw(rand.New(rand.NewPCG(seed, 0)), b)
		must(t, err)
		return drawn
	}
	kinds := map[string]bool{}
	for seed := range uint64(600) {
		first, again := draw(seed, trouble.Bounds{}), draw(seed, trouble.Bounds{})
		if first.Kind != again.Kind || first.Detail != again.Detail {
			t.Errorf("seed %d: %+v and %+v", seed, first, again)
		}
		kinds[first.Kind] = true
	}
	if len(kinds) != len(trouble.Kinds()) {
		t.Errorf("%d of %d kinds were drawn", len(kinds), len(trouble.Kinds()))
	}
	if _, err := trouble.Draw(rand.New(rand.NewPCG(1, 1)), trouble.Bounds{Kinds: []string{"rain"}}); err == nil ||
		!strings.Contains(err.Error(), "crossfade") {
		t.Errorf("an unknown kind: %v", err)
	}
}

// playable returns twenty songs that play under their own URI.
func playable(s *sim.Spotify) []sim.Track {
	return slices.DeleteFunc(s.Catalogue(), func(t sim.Track) bool { return !t.Playable || t.PlaysAs != t.ID })[:20]
}

// tokenFrom returns an access token.
func tokenFrom(t *testing.T, s *sim.Spotify, account sim.Account) string {
	t.Helper()
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {account.RefreshToken}, "client_id": {"x"}}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	var token struct {
		Access string `json:"access_token"`
	}
	must(t, json.Unmarshal(w.Body.Bytes(), &token))
	return token.Access
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
