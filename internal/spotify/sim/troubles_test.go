package sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/spotify/sim"
)

// TestTroublesOfEveryKind lets each kind of trouble happen several times while music plays and is looked at. The log of
// what was heard has to stay consistent, and afterwards everything has to work again.
func TestTroublesOfEveryKind(t *testing.T) {
	for _, kind := range sim.TroubleKinds() {
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
	account, random, songs := addAccount(t, s), rand.New(rand.NewPCG(seed, 1)), plain(s, 20)
	host := s.Host(account.ID)
	token := tokenFrom(t, s, account)
	for range 8 {
		_ = host.Resume() // fails while no app is open
		_ = host.PlayURI(songs[random.IntN(len(songs))].URI)
		request(t, s, token, "PUT", "/play", songs[random.IntN(len(songs))], songs[random.IntN(len(songs))], songs[2])
		_ = host.Skip()
		trouble, err := sim.DrawTrouble(random, sim.Bounds{Kinds: []string{kind}, Longest: 20 * time.Second, Most: 3,
			Songs: []string{songs[0].URI, songs[1].URI}})
		must(t, err)
		if trouble.Kind != kind {
			t.Errorf("drew %q", trouble.Kind)
		}
		if trouble.Begin(s, account.ID) == nil {
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
	must(t, s.EndTroubles(account.ID))
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
		encoded, err := json.Marshal(map[string]any{"uris": uris(songs...)})
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

func TestDrawTroubleIsDeterministicAndBounded(t *testing.T) {
	draw := func(seed uint64, b sim.Bounds) sim.Trouble {
		trouble, err := sim.DrawTrouble(rand.New(rand.NewPCG(seed, 0)), b)
		must(t, err)
		return trouble
	}
	kinds := map[string]bool{}
	for seed := range uint64(600) {
		first, again := draw(seed, sim.Bounds{}), draw(seed, sim.Bounds{})
		if first.Kind != again.Kind || first.Detail != again.Detail {
			t.Errorf("seed %d: %+v and %+v", seed, first, again)
		}
		kinds[first.Kind] = true
	}
	if len(kinds) != len(sim.TroubleKinds()) {
		t.Errorf("%d of %d kinds were drawn", len(kinds), len(sim.TroubleKinds()))
	}
	if _, err := sim.DrawTrouble(rand.New(rand.NewPCG(1, 1)), sim.Bounds{Kinds: []string{"rain"}}); err == nil ||
		!strings.Contains(err.Error(), "crossfade") {
		t.Errorf("an unknown kind: %v", err)
	}
}
