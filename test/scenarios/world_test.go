package scenarios_test

import (
	"cmp"
	"context"
	"database/sql"
	"log/slog"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"antwon.dj/backend/internal/account"
	"antwon.dj/backend/internal/session"
	"antwon.dj/backend/internal/spotify"
	"antwon.dj/backend/internal/spotify/sim"
)

// world is what the servers of a scenario share.
type world struct {
	t        testing.TB
	spotify  *outside
	database string  // URL
	reading  *sql.DB // looks at it past everything that is tested
	vault    *spotify.Vault
	tokens   *session.Tokens
	log      *slog.Logger
	logged   *journal
	accounts map[string]sim.Account // by the host's user id
	random   func(n int64) int64    // the same each time
	alone    bool                   // there is never more than one server
	faults   int                    // that were switched on
}

// inBubble runs a scenario in fake time.
func inBubble(t *testing.T, scenario func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, scenario)
}

// newWorld has a Spotify and an empty database, and no server yet.
func newWorld(t testing.TB) *world { return newWorldOf(t, 0) }

// newWorldOf is a world where every song lasts so many seconds; 0: each its own.
func newWorldOf(t testing.TB, seconds int) *world {
	t.Helper()
	logged, file := &journal{}, filepath.Join(t.TempDir(), "antwon.db")
	w := &world{
		t: t, spotify: openSpotify(t, seconds), database: "sqlite:" + file, vault: newVault(t), tokens: newTokens(t),
		log: slog.New(slog.NewTextHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug})), logged: logged, accounts: map[string]sim.Account{}, random: seeded(1),
	}
	var err error
	w.reading, err = sql.Open("sqlite", "file:"+file+"?mode=ro")
	must(t, err)
	t.Cleanup(func() { must(t, w.reading.Close()) })
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("logged:\n%s", logged)
		}
	})
	return w
}

// NewAccount makes a world the account.DemoAccounts: every host has an account of their own.
func (w *world) NewAccount(_ context.Context, hostID, displayName string) (account.SpotifyCredentials, error) {
	spotifyAccount, err := w.spotify.AddAccount(displayName)
	if err != nil {
		return account.SpotifyCredentials{}, err
	}
	w.accounts[hostID] = spotifyAccount
	sealed, err := w.vault.SealRefreshToken(hostID, spotifyAccount.RefreshToken)
	return account.SpotifyCredentials{AccountID: spotifyAccount.ID, DisplayName: displayName, Sealed: sealed}, err
}

// songs are n songs of about this length, each of which Spotify has once and plays as it is.
func (w *world) songs(n int, length time.Duration) []sim.Track {
	releases := map[string]int{}
	catalogue := w.spotify.Catalogue()
	for _, track := range catalogue {
		releases[track.ISRC]++
	}
	plain := slices.DeleteFunc(catalogue, func(t sim.Track) bool { return !t.Playable || releases[t.ISRC] > 1 })
	off := func(t sim.Track) time.Duration { return (lengthOf(t) - length).Abs() }
	slices.SortFunc(plain, func(a, b sim.Track) int { return cmp.Or(cmp.Compare(off(a), off(b)), strings.Compare(a.ID, b.ID)) })
	if len(plain) < n {
		w.t.Fatalf("the catalogue has %d songs, not %d", len(plain), n)
	}
	return plain[:n]
}

// seeded returns random numbers that are the same for the same seed.
func seeded(seed uint64) func(n int64) int64 {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 1))
	return func(n int64) int64 {
		mu.Lock()
		defer mu.Unlock()
		return random.Int64N(n)
	}
}

func lengthOf(t sim.Track) time.Duration { return time.Duration(t.DurationMS) * time.Millisecond }

// journal is a log to read.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// nothingWentWrong fails the test if a server logged a warning or an error.
func (w *world) nothingWentWrong() {
	w.t.Helper()
	for line := range strings.Lines(w.logged.String()) {
		if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
			w.t.Errorf("logged: %s", line)
		}
	}
}
