package scenarios_test

import (
	"cmp"
	"context"
	"database/sql"
	"log/slog"
	"maps"
	"math/rand/v2"
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
	"antwon.dj/backend/internal/testdb"
	"antwon.dj/backend/internal/testlog"
)

// world is what all servers of a scenario share.
type world struct {
	t         testing.TB
	spotify   *spotifyServer
	database  string  // URL
	reading   *sql.DB // reads the database directly
	cipher    *spotify.TokenCipher
	tokens    *session.Tokens
	log       *slog.Logger
	logged    *testlog.Log
	accounts  map[string]sim.Account // by the host's user id
	random    func(n int64) int64    // the same numbers in every run
	oneServer bool                   // there is never more than one server
	faults    int                    // how many requests have to meet a fault
}

// inBubble runs a scenario in fake time.
func inBubble(t *testing.T, scenario func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, scenario)
}

// newWorld returns a world with a Spotify and an empty database, but no server.
func newWorld(t testing.TB) *world { return newWorldOf(t, 0) }

// newWorldOf is newWorld with songs that all last this many seconds; 0: each has its own duration.
func newWorldOf(t testing.TB, seconds int) *world {
	t.Helper()
	logged, database := testlog.New(t), testdb.SQLite(t)
	w := &world{
		t: t, spotify: openSpotify(t, seconds), database: database, cipher: newCipher(t), tokens: newTokens(t),
		log: slog.New(slog.NewTextHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug})), logged: logged,
		accounts: map[string]sim.Account{}, random: seeded(1),
	}
	var err error
	w.reading, err = sql.Open("sqlite", "file:"+strings.TrimPrefix(database, "sqlite:")+"?mode=ro")
	must(t, err)
	t.Cleanup(func() { must(t, w.reading.Close()) })
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("logged:\n%s", logged)
		}
	})
	return w
}

// NewAccount implements account.DemoAccounts: every host gets an account of their own.
func (w *world) NewAccount(_ context.Context, hostID, displayName string) (account.SpotifyCredentials, error) {
	added, err := w.spotify.AddAccount(displayName)
	if err != nil {
		return account.SpotifyCredentials{}, err
	}
	w.accounts[hostID] = added
	encrypted, err := w.cipher.EncryptRefreshToken(hostID, added.RefreshToken)
	return account.SpotifyCredentials{AccountID: added.ID, DisplayName: displayName, EncryptedTokens: encrypted}, err
}

// songs returns the n songs closest to this duration. Spotify has only one release of each, and can play it.
func (w *world) songs(n int, length time.Duration) []sim.Track {
	releases := map[string]int{}
	catalogue := w.spotify.Catalogue()
	for _, track := range catalogue {
		releases[track.ISRC]++
	}
	plain := slices.DeleteFunc(catalogue, func(t sim.Track) bool { return !t.Playable || releases[t.ISRC] > 1 })
	off := func(t sim.Track) time.Duration { return (lengthOf(t) - length).Abs() }
	slices.SortFunc(
		plain, func(a, b sim.Track) int { return cmp.Or(cmp.Compare(off(a), off(b)), strings.Compare(a.ID, b.ID)) },
	)
	if len(plain) < n {
		w.t.Fatalf("the catalogue has %d songs, want %d", len(plain), n)
	}
	return plain[:n]
}

// seeded returns a source of random numbers that are the same for the same seed.
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

// must fails the test at once if err is not nil.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// noWarnings fails the test if a server has logged a warning or an error.
func (w *world) noWarnings() {
	w.t.Helper()
	for line := range strings.Lines(w.logged.String()) {
		if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
			w.t.Errorf("logged: %s", line)
		}
	}
}
