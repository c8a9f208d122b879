// Package sim is a Spotify of our own, for demonstrations and tests: a simulated accounts service and Web API, spoken to
// over real HTTP by the same clients that speak to Spotify.
//
// It promises:
//
//   - What it answers has the shapes, statuses and error bodies of Spotify's Web API reference for an app in Development
//     Mode as of November 2026, and of what such apps have been seen to get where the reference is silent. That is one
//     user's profile, search for tracks, single tracks, and the player; every other endpoint is 403 or 404.
//   - Songs, artists and covers are invented, and the same in every process.
//   - Each account has one player, and its time really runs: the current song ends, the next one follows, without any
//     request. With a state file it goes on while the process is down.
//   - Whatever was answered is in the state file, even if the process is killed.
//
// It differs from Spotify in that its state is never stale, its player plays nothing of its own accord when the list is
// empty, and scopes and clients are not checked. Faults are injected by Fail and SetDeviceActive.
//
// All methods and handlers are safe for concurrent use.
package sim

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Config is what Open needs; the zero value is a Spotify without covers that keeps nothing.
type Config struct {
	// CoverURL is the absolute URL that Covers is served under, "http://127.0.0.1:8080/covers". Empty: albums have no
	// images.
	CoverURL string
	// StateFile keeps accounts and players across restarts. It belongs to one process at a time; its directory has to
	// exist. Empty: nothing is kept.
	StateFile string
	// SongSeconds is what every song lasts. 0: between two and five minutes.
	SongSeconds int
	// Now is the clock of players and tokens. Nil: time.Now.
	Now func() time.Time
	// Log is told of new accounts and failures to save. Nil: discarded.
	Log *slog.Logger
}

// Spotify is a simulated Spotify. Open makes one.
type Spotify struct {
	coverURL  string
	stateFile string
	clock     func() time.Time
	log       *slog.Logger
	catalogue *catalogue

	mu       sync.Mutex // guards what follows
	accounts map[string]account
	faults   []Fault
}

// Open makes a Spotify with the accounts and players of its state file. A file that cannot be read or understood is an
// error that says what to do.
func Open(cfg Config) (*Spotify, error) {
	s := &Spotify{
		coverURL:  strings.TrimSuffix(cfg.CoverURL, "/"),
		stateFile: cfg.StateFile,
		clock:     cfg.Now,
		log:       cfg.Log,
		catalogue: newCatalogue(cfg.SongSeconds),
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	s.accounts, err = loadState(cfg.StateFile, s.catalogue)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Handler serves POST /api/token (the accounts service) and everything below /v1/ (the Web API). A client's base URL is
// where it is mounted, plus "/v1/".
func (s *Spotify) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/token", s.token)
	s.routes(mux)
	return s.failing(mux)
}

// Close writes the state file a last time.
func (s *Spotify) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return saveState(s.stateFile, s.accounts)
}

// now is wall-clock time: without the monotonic reading, which stands still while a machine sleeps and is lost in a
// file.
func (s *Spotify) now() time.Time { return s.clock().Round(0) }
